"""The sections about work on this machine: conversion, publishing, owners, the ledger, the log."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from bbbmig.convert.render.options import Sound, Webcams
from bbbmig.domain.choices import CoOwners, UnknownOwner, Via
from bbbmig.domain.exclusion import Exclusion
from bbbmig.domain.file_plan import SOURCES, SourceKind
from bbbmig.domain.video_texts import FIELDS, TEMPLATE, DateInTitle, fields_in
from bbbmig.settings.field_types import (
    NUMBER,
    WORDS,
    LocalPath,
    PathOrNone,
    Program,
    Seconds,
    Section,
    Text,
    Words,
    unique,
)

ConverterName = Literal["render", "bbb-recorder", "screen"]


class RenderSection(Section):
    """`[converter.render]`: our own renderer, without a browser."""

    webcams: Webcams = Field(
        default="side", description="Where webcams go; they are left out by themselves when nobody had one on"
    )
    height: Annotated[Literal[720, 1080], NUMBER] = Field(default=720, description="Height of the picture in pixels")
    sound: Sound = Field(
        default="aac", description="Sound encoded for mp4, or copied as it is (faster), which gives an mkv"
    )
    quality: int = Field(
        default=23,
        ge=0,
        le=51,
        description="Constant quality of H.264: a smaller number gives a better picture and a larger file",
    )
    captions: bool = Field(default=True, description="Save captions as `.vtt` beside the video, where there are any")
    chat: bool = Field(default=False, description="Save the chat, with names, as a text file beside the video")


class BbbRecorderSection(Section):
    """`[converter.bbb_recorder]`: the program bbb-recorder, which films a browser."""

    directory: PathOrNone = Field(
        default=None,
        description="Where bbb-recorder is installed (the old `IMPORT_VIDEO_BBB_RECORDER_PLUGIN`)",
        json_schema_extra={"default": "none: not used"},
    )
    node: Program = Field(default="node", description="The program node, a name in `PATH` or a path")


class ScreenSection(Section):
    """`[converter.screen]`: a browser of today, filmed."""

    browser: Program = Field(default="chromium", description="Chromium or Chrome, a name in `PATH` or a path")


class ConverterSection(Section):
    """`[converter]`: how presentations become videos."""

    order: Annotated[tuple[ConverterName, ...], WORDS, AfterValidator(unique)] = Field(
        default=("render", "bbb-recorder", "screen"), description="Which converters may be used, the best first"
    )
    sources: Annotated[tuple[SourceKind, ...], WORDS, AfterValidator(unique)] = Field(
        default=SOURCES,
        description="Where a video file may come from, the best first: the server's video, one that another program "
        "made beside the presentation, the presentation converted, the film of a shared screen, the sound alone",
    )
    doubtful: Literal["next", "accept"] = Field(
        default="next",
        description="What happens when a converter cannot show everything: ask the next one, or accept it",
    )
    time_limit_factor: Annotated[float, Field(ge=1, allow_inf_nan=False)] = Field(
        default=1.5,
        description="A conversion is ended after the recording's length times this, and `time_limit_margin_s`",
    )
    time_limit_margin_s: Seconds = Field(default=300.0, description="What is added to that")
    duration_tolerance_s: Seconds = Field(
        default=5.0, description="How much shorter or longer than the recording a video may be"
    )
    duration_tolerance_percent: Annotated[float, Field(ge=0, le=100)] = Field(
        default=2.0, description="The same, as a share of the length; whichever is larger holds"
    )
    directory: LocalPath = Field(
        description="Where conversions work, in folders of their own, with some GB an hour of recording; "
        "the converters' logs stay in `logs` there (the old `IMPORT_VIDEO_BBB_RECORDER_PATH`)",
        json_schema_extra={"default": "`$CACHE_DIRECTORY/work`, or `~/.cache/bbbmig/work`"},
    )
    render: RenderSection = RenderSection()
    bbb_recorder: BbbRecorderSection = BbbRecorderSection()
    screen: ScreenSection = ScreenSection()


def _description(value: str) -> str:
    """Take a template whose names in braces are those that can be filled in."""
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    try:
        names = fields_in(value)
    except ValueError:
        raise ValueError(f"must hold braces around these names alone: {known}; a brace itself is doubled") from None
    if unknown := [name for name in names if name not in FIELDS]:
        raise ValueError(f"knows no {{{unknown[0]}}}; these are known: {known}")
    return value


def _language(value: str) -> str:
    if re.fullmatch(r"[a-z]{2}", value) is None:
        raise ValueError("must be the two letters of a language, such as fr or en")
    return value


def _exclusion(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Take patterns that can be read, and do not exclude everything. Raise ValueError for the first other one."""
    Exclusion(patterns)
    return patterns


class ChooseSection(Section):
    """`[choose]`: which recordings are not for everybody."""

    exclude: Annotated[Words, AfterValidator(_exclusion)] = Field(
        default=(),
        description="Titles or courses (exams, juries, councils) that go to their known owners alone, never onto the "
        "claim page that all staff see: words or regular expressions, whatever capitals and accents",
    )


class PublishSection(Section):
    """`[publish]`: videos straight into the moderators' dashboards."""

    via: Via = Field(default="upload", description="Send the file over REST, or drop it into the recorder's directory")
    type: int = Field(default=1, ge=1, description="Number in Pod of the type that the videos get")
    co_owners: CoOwners = Field(
        default="additional",
        description="What moderators after the first get: `additional` ownership, a `copy` of their own, `none`",
    )
    unknown_owner: UnknownOwner = Field(
        default="claim", description="What becomes of a recording whose owner is not known"
    )
    date_in_title: DateInTitle = Field(
        default="when needed",
        description="Which titles end with the date, as in `Algebra, 2022-01-17 09h15`: `when needed`, those of which "
        "an owner has several; `always`; `never`",
    )
    description: Annotated[str, AfterValidator(_description)] = Field(
        default=TEMPLATE,
        description="HTML below each video. `{title}`, `{course}`, `{activity}`, `{date}`, `{moderators}` and "
        "`{description}` are filled in; a line of it is left out when nothing is known of what it names",
        json_schema_extra={"default": "a paragraph each of course, activity, date, moderators, description"},
    )
    language: Annotated[str, AfterValidator(_language)] = Field(
        default="fr", description="The language spoken in the videos, in two letters"
    )
    channel: str = Field(default="", description="Channel of Pod for the videos, by title or number; empty: none")
    theme: str = Field(default="", description="Theme of that channel, by title or number; empty: none")
    discipline: str = Field(default="", description="Discipline of the videos, by title or number; empty: none")
    licence: Literal["", "by", "by-nd", "by-nc-nd", "by-nc", "by-nc-sa", "by-sa"] = Field(
        default="", description="Creative Commons licence of the videos, in Pod's words; empty: none"
    )
    links: Literal["remove", "keep"] = Field(
        default="remove",
        description="What becomes of links that bbbmig made, once their owners have a video that plays",
    )
    encoding_hours: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        default=24.0,
        description="After so many hours, a video that Pod has not encoded is given to its encoder once more",
    )


class OwnersSection(Section):
    """`[owners]`: what people said about whose a recording is."""

    file: PathOrNone = Field(
        default=None,
        description="The CSV of `bbbmig owners`, filled in; used when `--owners` is not given",
        json_schema_extra={"default": "none"},
    )
    accept: Literal["certain", "likely", "doubtful"] = Field(
        default="likely",
        description="How sure it must be whose a recording is for them to be given it; others are only listed",
    )


class LedgerSection(Section):
    """`[ledger]`: the memory of what was done."""

    url: Text = Field(
        repr=False,
        description="SQLAlchemy URL: SQLite, or MySQL, MariaDB, PostgreSQL when several machines share it",
        json_schema_extra={
            "default": "`ledger.sqlite` in `$STATE_DIRECTORY`, or in `~/.local/state/bbbmig`",
            "secret": True,
        },
    )


def _queue_name(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", value) is None:
        raise ValueError("must be at most 60 letters, digits, - and _")
    return value


def _broker(value: str) -> str:
    """Take the address of a kind of broker that is known; the text may hold a password."""
    if value and urlsplit(value).scheme not in ("amqp", "amqps", "redis", "rediss"):
        raise ValueError("must be an address such as amqp://bbbmig:…@mq.univ.fr/bbbmig or redis://mq.univ.fr:6379/3")
    return value.strip()


class QueueSection(Section):
    """`[queue]`: recordings for several machines."""

    broker: Annotated[SecretStr, AfterValidator(lambda value: SecretStr(_broker(value.get_secret_value())))] = Field(
        default=SecretStr(""),
        description="RabbitMQ (`amqp://`, `amqps://`) or Redis (`redis://`, `rediss://`) through which "
        "`claim --queue` and `publish --queue` share recordings among workers",
        json_schema_extra={"default": "none"},
    )
    name: Annotated[Text, AfterValidator(_queue_name)] = Field(
        default="bbbmig", description="What queues are called there, before a dot and the old server's name"
    )


class LogSection(Section):
    """`[log]`: the log file."""

    file: PathOrNone = Field(
        default=None,
        description="The file; `auto`: `bbbmig.log` in `$LOGS_DIRECTORY`, else beside the default ledger. Empty: none",
        json_schema_extra={"default": '`"auto"`'},
    )
    level: Literal["debug", "info", "warning"] = Field(default="info", description="The least that is written into it")


class MirrorSection(Section):
    """`[mirror]`: the copy of what the old server publishes."""

    directory: PathOrNone = Field(
        default=None,
        description="Where `bbbmig mirror` copies the old server's files to, laid out as its own `published/`; "
        "what is whole there is taken from there by every command",
        json_schema_extra={"default": "none"},
    )
