"""Kinds of values in the settings: each says in a person's words what is wrong, and never shows the value itself."""

import re
from pathlib import Path, PurePosixPath
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic.fields import FieldInfo

_RIGHTS = 0o777
_OWNER_READS = 0o400

_Item = TypeVar("_Item")


class Section(BaseModel):
    """A table of the configuration: unknown keys are errors, values do not change, inputs stay out of messages."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def is_secret(field: FieldInfo) -> bool:
    """Tell whether a value must never be shown: a password, or an address that may hold one."""
    extra = field.json_schema_extra
    return field.annotation is SecretStr or (isinstance(extra, dict) and bool(extra.get("secret")))


def _web_address(value: object) -> object:
    """Check the shape only; whoever calls the server knows which path it needs."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or re.search(r"\s", text):
        raise ValueError("must be an address such as https://host.example.org/")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password")
    if parts.query or parts.fragment:
        raise ValueError("must be the address of the server, without ? and what follows")
    return text


def _web_address_or_none(value: object) -> object:
    return "" if value == "" else _web_address(value)


def _local_path(value: object) -> object:
    """Take only absolute paths: cron and systemd start programs in folders that nobody thinks of."""
    if isinstance(value, str):
        value = Path(value).expanduser()
    if isinstance(value, Path) and not value.is_absolute():
        raise ValueError("must be an absolute path, beginning with / or ~")
    return value


def _path_or_none(value: object) -> object:
    return None if value == "" else _local_path(value)


def _number(value: object) -> object:
    """Read digits: environment variables hold nothing else."""
    return int(value) if isinstance(value, str) and value.strip().isdecimal() else value


def _program(value: object) -> object:
    """Take a name to be found in PATH or an absolute path."""
    if isinstance(value, str) and "/" in value:
        return str(_local_path(value))
    return value


def _remote_directory(value: object) -> object:
    """Take an absolute path of another machine: nothing here can be asked about it."""
    if isinstance(value, str | Path) and not PurePosixPath(value).is_absolute():
        raise ValueError("must be an absolute path, beginning with /")
    return value


def _mode(value: object) -> object:
    """Read "0644"; a number without quotes is refused, since 644 is not 0o644."""
    if not isinstance(value, str) or re.fullmatch(r"(0o)?[0-7]{3,4}", value.strip()) is None:
        raise ValueError('must be an octal mode in quotes, such as "0644"')
    mode = int(value.strip().removeprefix("0o"), 8)
    if mode & ~_RIGHTS or not mode & _OWNER_READS:
        raise ValueError('must let the owner read, and set nothing but rights, such as "0644"')
    return mode


def _words(value: object) -> object:
    """Let a text with commas stand for a list: environment variables hold nothing else."""
    if isinstance(value, str):
        value = value.strip().removeprefix("[").removesuffix("]").split(",")
        value = [word.strip().strip("\"'") for word in value]
    if isinstance(value, list | tuple):
        return tuple(word.strip() if isinstance(word, str) else word for word in value if word != "")
    return value


def _hosts(value: object) -> object:
    """Take host names, as recordings carry them."""
    words = _words(value)
    if isinstance(words, tuple) and any(isinstance(word, str) and ("/" in word or " " in word) for word in words):
        raise ValueError("must be host names such as moodle.univ.fr, without https:// and path")
    return words


def _pattern(value: object) -> object:
    if isinstance(value, str):
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"must be a regular expression ({error})") from None
    return value


def _secret(value: object) -> object:
    """Drop the line end of a pasted secret; refuse an empty one and what cannot be sent in a header."""
    if isinstance(value, str):
        value = value.strip()
        if not value:
            raise ValueError("must not be empty")
        if not (value.isascii() and value.isprintable()) or " " in value:
            raise ValueError("must be letters, digits and signs without spaces: was more than the secret pasted?")
    return value


def _not_empty(value: object) -> object:
    if isinstance(value, str):
        value = value.strip()
        if not value:
            raise ValueError("must not be empty")
    return value


def unique(values: tuple[_Item, ...]) -> tuple[_Item, ...]:
    """Refuse a list that names the same thing twice, or nothing."""
    if not values:
        raise ValueError("must name at least one")
    if len(set(values)) < len(values):
        raise ValueError("must not name the same one twice")
    return values


WebAddress = Annotated[str, BeforeValidator(_web_address)]
WebAddressOrNone = Annotated[str, BeforeValidator(_web_address_or_none)]
LocalPath = Annotated[Path, BeforeValidator(_local_path)]
PathOrNone = Annotated[Path | None, BeforeValidator(_path_or_none)]
"""A path, or "" for none: neither TOML nor the environment has a word for nothing."""
RemoteDirectory = Annotated[PurePosixPath, BeforeValidator(_remote_directory)]
Program = Annotated[str, BeforeValidator(_program)]
Mode = Annotated[int, BeforeValidator(_mode)]
NUMBER = BeforeValidator(_number)
WORDS = BeforeValidator(_words)
Words = Annotated[tuple[str, ...], WORDS]
Hosts = Annotated[tuple[str, ...], BeforeValidator(_hosts)]
Pattern = Annotated[str, BeforeValidator(_pattern)]
Key = Annotated[SecretStr, BeforeValidator(_secret)]
"""A secret made by a machine: BBB's, Pod's token."""
Text = Annotated[str, BeforeValidator(_not_empty)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
