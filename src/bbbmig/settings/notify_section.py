"""The section about those who are told how a run went."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr

from bbbmig.settings.field_types import PathOrNone, Section, Words

TELLING = ("import-links", "claim", "publish", "mirror", "status", "moodle-notice", "remove-links", "worker")
"""Commands of which there are news unless `commands` says otherwise: those that change something, and `status`."""


def _address(value: object) -> object:
    if isinstance(value, str) and value.strip() and not _has_host(value.strip(), "https", "http"):
        raise ValueError("must be an address that begins with https://")
    return value.strip() if isinstance(value, str) else value


def _mail_by(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not (text == "sendmail" or text.startswith("/") or _has_host(text, "smtp", "smtps")):
        raise ValueError('must be "sendmail", the path of such a program, or smtp://HOST, smtps://USER@HOST')
    return text


def _has_host(address: str, *schemes: str) -> bool:
    """Tell whether an address has one of these schemes, a host, and a port that can be if any."""
    try:
        parts = urlsplit(address)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0 and not re.search(r"\s", address)
    except ValueError:
        return False


Address = Annotated[SecretStr, BeforeValidator(_address)]
MailBy = Annotated[str, BeforeValidator(_mail_by)]


class NotifySection(Section):
    """`[notify]`: who is told that a run began, how it ended and with which counts."""

    commands: Words = Field(
        default=TELLING, description="Commands of which there are news; dry runs of them are never told"
    )
    url: Address = Field(
        default=SecretStr(""),
        description="Address of a service that watches jobs: it gets start, success and failure with the counts",
    )
    style: Literal["healthchecks", "kuma", "ntfy", "json"] = Field(
        default="healthchecks",
        description="What stands behind `url`: healthchecks, a push monitor of Uptime Kuma, a topic of ntfy, or a "
        "program of your own that takes JSON (docs/scripting.md)",
    )
    url_token: SecretStr = Field(
        default=SecretStr(""), description="Sent to `url` as a bearer token, where one is needed"
    )
    metrics_file: PathOrNone = Field(
        default=None,
        description="File for Prometheus' node exporter (`….prom`), as `--metrics-file`",
        json_schema_extra={"default": "none"},
    )
    mail_to: Words = Field(default=(), description="Addresses that get a mail at the end of a run")
    mail_from: str = Field(
        default="", description="Who the mail is from", json_schema_extra={"default": "the first of `mail_to`"}
    )
    mail_by: MailBy = Field(
        default="sendmail",
        description="`sendmail`, the path of such a program, or `smtp://[USER@]HOST[:PORT]`, `smtps://…`",
    )
    mail_password: SecretStr = Field(default=SecretStr(""), description="Password of the user of `mail_by`")
    mail_when: Literal["trouble", "always"] = Field(
        default="trouble", description="`always`: also when a run ended with exit code 0"
    )
    language: Literal["en", "fr"] = Field(default="en", description="Language of what people read of it")
