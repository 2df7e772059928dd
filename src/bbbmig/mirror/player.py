"""The player of the mirror: a build of bbb-playback, in the folder whose address is compiled into it.

https://github.com/bigbluebutton/bbb-playback: `homepage` in package.json is /playback/presentation/2.3, and it asks for
/presentation/ID/ on its own host (src/utils/data/index.js).
"""

import json
import posixpath
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from bbbmig.domain.mirror_files import own_name
from bbbmig.domain.presentation_files import safe_name
from bbbmig.errors import ConfigError
from bbbmig.mirror.fetching import Fetching
from bbbmig.mirror.places import Places
from bbbmig.transfer.disk import disk_errors

PATH = "playback/presentation/2.3"
INDEX, MANIFEST = "index.html", "asset-manifest.json"
_MOST_FILES = 2000
_MODE = 0o755
_HREF = re.compile(rb"""\b(?:href|src)=["']?([^"'\s>]{1,500})""")
_URL = re.compile(rb"""url\(["']?([^"')\s]{1,500})["']?\)""")
_CHUNK = re.compile(rb"""["'](static/(?:js|css|media)/[\w.~-]{1,200})["']""")
_TEXTS = frozenset({".html", ".json", ".css", ".js"})


def install_player(places: Places, build: Path) -> int:
    """Copy a build into the mirror, in place of an older one; return the number of its files.

    Raise ConfigError if the folder holds none, or one for another address; MachineError, NoSpace.
    """
    index = build / INDEX
    if not index.is_file():
        raise ConfigError(
            f"{build} holds no build of bbb-playback: there is no {INDEX}", hint="npm ci && npm run build"
        )
    if f"/{PATH}/" not in index.read_text(encoding="utf-8", errors="replace"):
        raise ConfigError(
            f"{build} was not built for /{PATH}/", hint="build it as it is: no PUBLIC_URL, no other homepage"
        )
    with _replacing(places) as draft, disk_errors(draft):
        shutil.copytree(build, draft, symlinks=False, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".*"))
        return _opened(draft)


def fetch_player(places: Places, fetching: Fetching) -> int:
    """Fetch the old server's player into the mirror; return the number of its files.

    Its files name one another: the page and the manifest the first ones, style sheets their fonts. Raise ConfigError if
    the server has none, RemoteError, MachineError.
    """
    known: dict[str, bytes | None] = {}
    with _replacing(places) as draft:
        while names := [name for name in _named(known) if name not in known][:_MOST_FILES]:
            if len(known) > _MOST_FILES:
                raise ConfigError(f"the old server's player names more than {_MOST_FILES} files", hint="--player DIR")
            for name in names:
                target = draft / name
                with disk_errors(target):
                    target.parent.mkdir(parents=True, exist_ok=True)
                got = fetching.get(name, target)
                is_text = got.file is not None and target.suffix in _TEXTS
                known[name] = target.read_bytes() if is_text else b"" if got.file else None
        if not known[INDEX] or f"/{PATH}/".encode() not in (known[INDEX] or b""):
            raise ConfigError(
                "the old server has no player at /playback/presentation/2.3/ that could be copied",
                hint="build bbb-playback and name its folder: --player DIR",
            )
        return _opened(draft)


class _replacing:  # noqa: N801 - used like a function
    """Yield a new folder that takes the player's place at the end, if nothing went wrong."""

    def __init__(self, places: Places) -> None:
        self._target = places.directory / PATH
        self._draft = places.parts / f"player-{secrets.token_hex(4)}"

    def __enter__(self) -> Path:
        with disk_errors(self._draft):
            self._draft.mkdir(mode=_MODE)
        return self._draft

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if kind is None:
            with disk_errors(self._target):
                self._target.parent.mkdir(parents=True, exist_ok=True)
                old = self._draft.with_name(self._draft.name + ".old")
                if self._target.exists():
                    self._target.rename(old)
                self._draft.rename(self._target)
                shutil.rmtree(old, ignore_errors=True)
        shutil.rmtree(self._draft, ignore_errors=True)


def _named(known: dict[str, bytes | None]) -> Iterator[str]:
    """Yield the names of a player's files, as far as they are known."""
    yield from (INDEX, MANIFEST)
    for name, content in known.items():
        if not content:
            continue
        found: list[str] = []
        if name == INDEX:
            found = [_below(match[1].decode(errors="replace")) for match in _HREF.finditer(content)]
        elif name == MANIFEST:
            found = [_below(value) for value in _values(content)]
        elif PurePosixPath(name).suffix == ".css":
            folder = posixpath.dirname(name)
            urls = (match[1].decode(errors="replace").partition("?")[0] for match in _URL.finditer(content))
            found = [_below(posixpath.normpath(posixpath.join(f"/{PATH}", folder, url))) for url in urls]
        elif PurePosixPath(name).suffix == ".js":
            found = [match[1].decode() for match in _CHUNK.finditer(content)]
        yield from filter(own_name, found)


def _values(content: bytes) -> list[str]:
    """Return the addresses in asset-manifest.json: `{"files": {"main.js": "/playback/…/main.1a2b.js", …}}`."""
    try:
        files = json.loads(content).get("files", {})
    except (ValueError, AttributeError, RecursionError):
        return []
    return [value for value in files.values() if isinstance(value, str)] if isinstance(files, dict) else []


def _below(address: str) -> str:
    """Return the name of a file below the player's folder, "" if it is elsewhere."""
    path = address.partition("?")[0].partition("#")[0]
    return safe_name(path.removeprefix(f"/{PATH}/")) if path.startswith(f"/{PATH}/") else ""


def _opened(draft: Path) -> int:
    """Let a web server read it; count the files."""
    files = [path for path in draft.rglob("*") if path.is_file()]
    for path in draft.rglob("*"):
        path.chmod(_MODE if path.is_dir() else 0o644)
    draft.chmod(_MODE)
    return len(files)
