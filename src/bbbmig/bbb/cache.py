"""The replies of the last list, kept on disk as they came: to read again without asking, and to look into.

    DIRECTORY/bbb.univ.fr-1a2b3c4d5e6f/
        list.json                 which folder holds the list, when and how it was made
        2026-11-23T203015Z-x7k2m/ its replies: all.xml, or one file for each part of the list

A list becomes the current one in a single rename, when it is whole. Single-use tokens of protected recordings are
taken out before anything is written; secrets and checksums never come here. Names of people do: the directory is for
its owner only.
"""

import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bbbmig.bbb.api_url import api_base, host_of
from bbbmig.errors import ConfigError
from bbbmig.transfer.disk import check_room

CHUNK = 1 << 16

_LOOK_BYTES = 64 << 20
"""After so many bytes of a reply it is looked whether the disk has room for as many more."""
_FORMAT = 1
_MOMENTS = ("taken_at", "whole_tried_at", "usual_at")
_LONGEST_TEXT = 1 << 20
_ABANDONED_S = 24 * 3600
_WITHOUT_CACHE = "run once without --cache"
_TOKEN = re.compile(rb"\b(token|checksum)=[^&\s\"'<>\]]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A reply: the recordIDs it was asked for (beginnings, comma-separated; "" for all), its file, its bytes."""

    prefix: str
    file: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A list as it was taken. `gaps` are beginnings of recordIDs that could not be had, each with the reason.

    `why_parts` says why one call for everything was not enough, "" if it was. `time_outs` counts the lists in a row
    that needed parts since such a call timed out, the last such call being that of `whole_tried_at`. `usual` is how
    many recordings there are as a rule, and since when.
    """

    taken_at: datetime
    checksum: str
    calls: int
    why_parts: str = ""
    parts: tuple[Part, ...] = ()
    gaps: tuple[tuple[str, str], ...] = ()
    time_outs: int = 0
    whole_tried_at: datetime | None = None
    usual: int = 0
    usual_at: datetime | None = None
    folder: Path = field(default=Path())

    def chunks(self, part: Part) -> Iterator[bytes]:
        """Read a reply from disk, piece by piece. Raise ConfigError if it is gone or was changed."""
        return _chunks(self.folder, part)


class Draft:
    """A list in the making: replies are written into a folder of their own, by several threads if need be."""

    def __init__(self, folder: Path) -> None:
        """Write into that folder, which exists."""
        self.folder = folder
        self.kept = False

    def write(self, prefix: str, chunks: Iterable[bytes]) -> Part:
        """Keep a reply, tokens taken out. Raise ConfigError when the disk does not take it."""
        path = self.folder / f"{prefix.replace(',', '+') or 'all'}.xml"
        with _disk(path), path.open("wb") as file:
            checked = 0
            for piece in _without_tokens(chunks):
                if file.tell() >= checked:
                    check_room(self.folder, _LOOK_BYTES, what="the list of recordings")
                    checked = file.tell() + _LOOK_BYTES
                file.write(piece)
            return Part(prefix=prefix, file=path.name, size=file.tell())

    def chunks(self, part: Part) -> Iterator[bytes]:
        """Read a reply back, piece by piece."""
        return _chunks(self.folder, part)


class Cache:
    """The lists of one server below a directory, which is made when something is to be written."""

    def __init__(self, directory: Path, url: str) -> None:
        """Find the place of that server; its address may be written in any form of `address.api_base`."""
        base = api_base(url)
        host = re.sub(r"[^0-9A-Za-z.-]+", "_", host_of(base))
        self.server = urlsplit(base)._replace(netloc=host_of(base)).geturl()
        self.directory = directory / f"{host}-{hashlib.sha256(self.server.encode()).hexdigest()[:12]}"
        self._manifest = self.directory / "list.json"

    def current(self) -> Entry:
        """Return the last whole list. Raise ConfigError if there is none, or one of another version of bbbmig."""
        try:
            stored = json.loads(self._manifest.read_bytes())
        except FileNotFoundError:
            raise ConfigError(f"no list of recordings is kept in {self.directory}", hint=_WITHOUT_CACHE) from None
        except (OSError, ValueError) as error:
            raise ConfigError(f"cannot read {self._manifest}: {error}", hint=_WITHOUT_CACHE) from error
        if not isinstance(stored, dict) or stored.get("format") != _FORMAT:
            raise ConfigError(f"{self._manifest} is of another version of bbbmig", hint=_WITHOUT_CACHE)
        return _entry(stored, self.directory)

    def last(self) -> Entry | None:
        """Return the last whole list, None if there is none that can be read."""
        try:
            return self.current()
        except ConfigError:
            return None

    @contextlib.contextmanager
    def draft(self) -> Iterator[Draft]:
        """Yield a place to write replies to; it is thrown away at the end unless `keep` made it the current list."""
        with _disk(self.directory):
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=f"{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}-", dir=self.directory))
        draft = Draft(folder)
        try:
            yield draft
        finally:
            if not draft.kept:
                shutil.rmtree(folder, ignore_errors=True)  # a call that is still under way may be writing there

    def keep(self, draft: Draft, entry: Entry) -> Entry:
        """Make this list the current one; remove the one before, and what runs that were killed left behind."""
        stored = {"format": _FORMAT, "server": self.server, **asdict(entry)}
        stored |= {key: at.isoformat() for key in _MOMENTS if (at := getattr(entry, key))}
        stored["folder"] = draft.folder.name
        fresh = draft.folder / self._manifest.name
        with _disk(fresh):
            with fresh.open("w", encoding="utf-8") as file:
                json.dump(stored, file, indent=2)
                file.flush()
                os.fsync(file.fileno())
            before = set(self._folders()) - {draft.folder}
            current = self._current_folder()
            fresh.replace(self._manifest)
            draft.kept = True
            for folder in before:
                if folder == current or folder.stat().st_mtime < time.time() - _ABANDONED_S:
                    shutil.rmtree(folder)
        return _entry(stored, self.directory)

    def _folders(self) -> Iterator[Path]:
        """Return the folders of lists: the current one, those being made now, those abandoned."""
        return (path for path in self.directory.iterdir() if path.is_dir())

    def _current_folder(self) -> Path | None:
        """Return the folder of the current list, None if there is none that can be read."""
        last = self.last()
        return last.folder if last else None


@contextlib.contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Explain a disk that is full or forbidden."""
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"cannot keep the list of recordings in {path}: {error.strerror}",
            hint="is there room, and may this user write there? The setting is bbb.cache_directory",
        ) from error


def _without_tokens(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Mask the values of tokens; pieces are cut before a "<", which no value holds, so that none is split."""
    held = b""
    for chunk in chunks:
        piece = held + chunk
        cut = piece.rfind(b"<")
        if cut <= 0 and len(piece) < _LONGEST_TEXT:
            held = piece
            continue
        cut = cut if cut > 0 else len(piece)
        yield _masked(piece[:cut])
        held = piece[cut:]
    yield _masked(held)


def _masked(piece: bytes) -> bytes:
    """Mask tokens; to look for the words first takes a tenth of the time, and few servers have any."""
    return _TOKEN.sub(rb"\1=***", piece) if b"token=" in piece or b"checksum=" in piece else piece


def _chunks(folder: Path, part: Part) -> Iterator[bytes]:
    """Read a reply; raise ConfigError if it is gone or was changed."""
    path = folder / part.file
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != part.size:
                raise ConfigError(f"{path} was changed since it was written", hint=_WITHOUT_CACHE)
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", hint=_WITHOUT_CACHE) from error


def _entry(stored: dict[str, Any], directory: Path) -> Entry:
    """Read what `Cache.keep` wrote."""
    return Entry(
        taken_at=datetime.fromisoformat(stored["taken_at"]),
        checksum=stored["checksum"],
        calls=stored["calls"],
        why_parts=stored["why_parts"],
        parts=tuple(Part(**part) for part in stored["parts"]),
        gaps=tuple((prefix, why) for prefix, why in stored["gaps"]),
        time_outs=stored.get("time_outs", 0),
        whole_tried_at=_moment(stored.get("whole_tried_at")),
        usual=stored.get("usual", 0),
        usual_at=_moment(stored.get("usual_at")),
        folder=directory / stored["folder"],
    )


def _moment(text: str | None) -> datetime | None:
    """Read a moment that an earlier version may not have written."""
    return datetime.fromisoformat(text) if text else None
