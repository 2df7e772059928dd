"""What is remembered of each recording of a mirror: one file of JSON lines.

The first line says which recording it is, as the old server listed it, and the verdict; each further line is a file
(`["presentation", "shapes.svg", bytes, sha256, ETag, Last-Modified]`) or one that the server does not have
(`["presentation", "polls.json", "missing"]`). While a recording is being copied, a journal of the first kind of lines
grows beside it: what is in there need not be fetched again after `kill -9`.
"""

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from bbbmig.domain.mirror import CopiedFile, FormatCopy, RecordingCopy
from bbbmig.domain.recording import Origin, Playback, Recording
from bbbmig.errors import MachineError
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.whole_file import write_whole

_FORMAT = 1
_FILE_VALUES, _ABSENT_VALUES = 6, 3
_MOMENTS = ("start", "end")


def write(path: Path, copy: RecordingCopy) -> None:
    """Write what is there of a recording, whole or not at all. Raise MachineError, NoSpace.

    It is not waited for until it is on the disk: after a power cut the sizes of files are compared anyway.
    """
    head = {
        "format": _FORMAT,
        "record_id": copy.recording.record_id,
        "state": copy.state,
        "checked_at": copy.checked_at.isoformat(),
        "why": copy.why,
        "others": copy.others,
        "formats": {
            kind: {"missing": one.missing, "as_served": one.as_served, "bytes": one.size, "files": len(one.files)}
            for kind, one in copy.formats.items()
        },
        "recording": _values(copy.recording),
    }
    lines = [json.dumps(head, ensure_ascii=False)]
    for kind, one in copy.formats.items():
        lines += [file_line(kind, name, file) for name, file in one.files.items()]
        lines += [json.dumps([kind, name, why], ensure_ascii=False) for name, why in one.absent.items()]
    with disk_errors(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(path, "\n".join(lines).encode(errors="surrogatepass") + b"\n")


def file_line(kind: str, name: str, file: CopiedFile) -> str:
    """Return the line of a file."""
    return json.dumps([kind, name, file.size, file.sha256, file.etag, file.last_modified], ensure_ascii=False)


def read(path: Path) -> RecordingCopy | None:
    """Read what is there of a recording; None if nothing is. Raise MachineError if it cannot be read."""
    with _explained(path), contextlib.suppress(FileNotFoundError), path.open("rb") as stream:
        lines = _lines(stream.read())
        head = next(lines, None)
        return None if head is None else _copy(head, lines)
    return None


def read_head(path: Path) -> RecordingCopy | None:
    """Read the same without its files: quickly, for all recordings of a mirror."""
    with _explained(path), contextlib.suppress(FileNotFoundError), path.open("rb") as stream:
        head = next(_lines(stream.readline()), None)
        return None if head is None else _copy(head, ())
    return None


def read_journal(path: Path) -> dict[str, dict[str, CopiedFile]]:
    """Return the files that an earlier run has brought, by format and name; a line that was cut is left out."""
    found: dict[str, dict[str, CopiedFile]] = {}
    with _explained(path), contextlib.suppress(FileNotFoundError):
        for line in _lines(path.read_bytes()):
            if isinstance(line, list) and len(line) == _FILE_VALUES:
                kind, name, *rest = line
                found.setdefault(kind, {})[name] = _file(rest)
    return found


class Journal:
    """Lines that are written as files come; opened with the first one, gone when the manifest is there."""

    def __init__(self, path: Path) -> None:
        """Go on with that file."""
        self._path = path
        self._stream: TextIO | None = None

    def note(self, kind: str, name: str, file: CopiedFile) -> None:
        """Write a line. Raise MachineError, NoSpace."""
        with disk_errors(self._path):
            if self._stream is None:
                self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._stream = self._path.open("a", encoding="utf-8", errors="surrogatepass")
                self._stream.write("\n")  # what was cut before must not run into this line
            self._stream.write(file_line(kind, name, file) + "\n")
            self._stream.flush()

    def close(self, *, done: bool) -> None:
        """Close it, and remove it if the manifest has it all."""
        if self._stream is not None:
            self._stream.close()
        if done:
            self._path.unlink(missing_ok=True)


def _lines(content: bytes) -> Iterator[Any]:
    """Yield the lines that are whole."""
    for line in content.decode(errors="surrogatepass").split("\n"):
        with contextlib.suppress(ValueError):
            if line:
                yield json.loads(line)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Explain what cannot be read."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        why = getattr(error, "strerror", None) or error
        raise MachineError(
            f"cannot read {path}: {why}", hint="remove it; bbbmig mirror asks for its files again"
        ) from error


def _copy(head: Mapping[str, Any], lines: Iterable[Any]) -> RecordingCopy:
    """Put a copy together from its lines."""
    files: dict[str, dict[str, CopiedFile]] = {kind: {} for kind in head["formats"]}
    absent: dict[str, dict[str, str]] = {kind: {} for kind in head["formats"]}
    for kind, name, *rest in lines:
        if len(rest) == _FILE_VALUES - 2:
            files[kind][name] = _file(rest)
        elif len(rest) == _ABSENT_VALUES - 2:
            absent[kind][name] = rest[0]
    formats = {
        kind: FormatCopy(
            files=files[kind],
            absent=absent[kind],
            missing=tuple(said["missing"]),
            as_served=said["as_served"],
            size=said["bytes"],
        )
        for kind, said in head["formats"].items()
    }
    return RecordingCopy(
        recording=_recording(head["recording"]),
        checked_at=datetime.fromisoformat(head["checked_at"]),
        formats=formats,
        others=tuple(head["others"]),
        why=head["why"],
    )


def _file(values: list[Any]) -> CopiedFile:
    """Read a file's values."""
    size, sha256, etag, last_modified = values
    return CopiedFile(size=int(size), sha256=str(sha256), etag=str(etag), last_modified=str(last_modified))


def _values(recording: Recording) -> dict[str, Any]:
    """Return a recording as JSON can say it; what is as usual is left out."""
    values = asdict(recording)
    for key in _MOMENTS:
        values[key] = values[key].isoformat() if values[key] else None
    return {key: value for key, value in values.items() if value not in (None, "", (), {})}


def _recording(values: Mapping[str, Any]) -> Recording:
    """Read a recording; keys of later versions are passed over."""
    known = {field.name for field in fields(Recording)}
    read = {key: value for key, value in values.items() if key in known}
    for key in _MOMENTS:
        if read.get(key):
            read[key] = datetime.fromisoformat(read[key])
    read["playbacks"] = tuple(Playback(**one) for one in values.get("playbacks", ()))
    read["origin"] = Origin(**values.get("origin", {}))
    read["breakout_rooms"] = tuple(values.get("breakout_rooms", ()))
    return Recording(**read)
