"""`print`: what a site puts into files of other programs, made for it; one function for each thing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from bbbmig.bbb.api_url import api_base, host_of
from bbbmig.errors import ConfigError, UsageError
from bbbmig.report.web_server import apache, moved_page, nginx
from bbbmig.report.web_server.site import UNPROTECTED, Site, site
from bbbmig.runs.shipped import PLACES, shipped
from bbbmig.settings import Settings, load
from bbbmig.transfer.whole_file import opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the user says of the thing to print; "" and () where they do not."""

    host: str = ""
    allow: tuple[str, ...] = ()
    redirects: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A text for a file, or several `files` by their names, and what is to be said beside it.

    `own`: a site changes them, so that none is ever written over.
    """

    text: str
    said: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    own: bool = False


def printed(config: Path | None, thing: str, wish: Wish) -> Printed:
    """Return what is to be printed. Raise UsageError for what is not known, ConfigError if a setting is missing."""
    if thing not in THINGS:
        raise UsageError(f"there is no {thing!r} to print", hint=f"these are known: {', '.join(THINGS)}")
    return THINGS[thing](config, wish)


def write(made: Printed, output: Path) -> None:
    """Write what is printed to a file, to stdout ("-"), or, where there are several files, into a folder.

    Raise ConfigError if it cannot be written, or if a file is there that a site may have changed.
    """
    if not (made.files and output.is_dir()):
        _write(made.text, output, own=made.own)
        return
    for name in made.files:
        _ensure_free(output / name, own=made.own)
    for name, text in made.files.items():
        _write(text, output / name, own=made.own)


def _write(text: str, path: Path, *, own: bool) -> None:
    """Write one file, or to stdout."""
    _ensure_free(path, own=own)
    with opened(path) as stream:
        stream.write(text)


def _ensure_free(path: Path, *, own: bool) -> None:
    """Raise ConfigError if a file of a site's own stands there."""
    if own and path.is_file():
        raise ConfigError(f"{path} is there already, and may have your own lines", hint="name another file, or move it")


def _shipped(thing: str, _config: Path | None, _wish: Wish) -> Printed:
    """Return files that the wheel carries, one after the other where there are several."""
    files = shipped(thing)
    if len(files) == 1:
        return Printed(text=next(iter(files.values())), files=files, own=True)
    mark = "--" if thing == "grants" else "#"
    text = "\n".join(f"{mark} ----- {name}\n{text}" for name, text in files.items())
    return Printed(text=text, files=files, own=True)


def _nginx(config: Path | None, wish: Wish) -> Printed:
    """Return nginx' server block for the mirror."""
    return Printed(text=nginx.block(_site(load(config), wish)), said=UNPROTECTED)


def _apache(config: Path | None, wish: Wish) -> Printed:
    """Return Apache's virtual host for the mirror."""
    return Printed(text=apache.block(_site(load(config), wish)), said=UNPROTECTED)


def _page(_config: Path | None, _wish: Wish) -> Printed:
    """Return the page that says where recordings have gone."""
    return Printed(text=moved_page.PAGE)


def _site(settings: Settings, wish: Wish) -> Site:
    """Put together what a web server is told; its name is that of playback_base, else that of the old server."""
    directory = settings.mirror.directory
    if directory is None:
        raise ConfigError("there is no mirror: mirror.directory is not set", hint="docs/operations.md")
    host = wish.host
    if not host and settings.has("bbb"):
        host = urlsplit(settings.bbb.playback_base).hostname or host_of(api_base(settings.bbb.url)).partition(":")[0]
    return site(host=host or "bbb-archive.example.org", root=directory, allow=wish.allow, redirects=wish.redirects)


THINGS: Mapping[str, Callable[[Path | None, Wish], Printed]] = {
    **{thing: partial(_shipped, thing) for thing in PLACES},
    "nginx": _nginx,
    "apache": _apache,
    "page": _page,
}
"""What can be printed, by the word that asks for it."""
