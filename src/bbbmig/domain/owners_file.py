"""The owners file: recordings whose owner is unknown or doubtful, for people to decide, and what they decided.

It is a CSV with a header; only its columns `owners` and `record_id` are read back, wherever they stand. In `owners`:

    (nothing)            undecided: the next source decides (Pod's meeting, Moodle, else the administrator)
    jdupont mmartin      user names in Pod, separated by a space (commas do as well): these and no others get it
    -                    nobody is to get it, the administrator neither

There is no word for the administrator: write their user name. Files that a spreadsheet has saved are taken as they
come: with `;`, `,` or tabs, in UTF-8 with or without BOM, UTF-16 or Windows-1252.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bbbmig.domain import playback_url
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.person import folded
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.recording import Recording
from bbbmig.domain.spreadsheet_cells import harmless, plain
from bbbmig.errors import ConfigError

SOURCE = "owners file"
DELIMITER = ";"
COLUMNS = (
    *("owners", "record_id", "doubt", "candidates", "why"),
    *("title", "course", "activity", "date", "minutes", "playback"),
)
"""`owners` and `record_id` come first: some spreadsheets leave out cells at the end of a line when they are empty."""

LEAVE_OUT = "-"
_TYPED_FOR_IT = frozenset({LEAVE_OUT, "–", "—"})  # noqa: RUF001 - spreadsheets correct a hyphen to a dash
_DELIMITERS = (DELIMITER, ",", "\t")
_USER_NAME = re.compile(r"[\w.@+-]{1,150}")
"""What Pod takes for a user name (docs/facts/pod-rest.md#users)."""
_NUMBER = re.compile(r"[0-9.]+E\+[0-9]+")
"""What spreadsheets make of a user name of many digits."""
_BETWEEN_NAMES = re.compile(r"[\s,;]+")
_NO_HEADER = re.compile(r'(?:sep=)?[;,"\s]*', re.IGNORECASE)
"""A line without a word, or Excel's own first line, which names the delimiter."""
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How xlsx and ods, and xls begin."""

_HINT = "mend these lines, or leave their cell `owners` empty; nothing was done"

_UNKNOWN = {
    Finding.NOBODY: "nobody found",
    Finding.UNKNOWN_SERVER: "unknown server",
    Finding.NOT_SEARCHED: "not searched",
    Finding.FAILED: "search failed: run again",
}


def doubt(ownership: Ownership) -> str:
    """Say why a person should look at this result, "" if none need to: it is sure enough, or decided already."""
    if ownership.finding is not Finding.FOUND:
        return _UNKNOWN.get(ownership.finding, "")
    if all(owner.confidence is Confidence.DOUBTFUL for owner in ownership.owners):
        return "doubtful"
    return "all suspended" if all(owner.suspended for owner in ownership.owners) else ""


def rows(recordings: Iterable[Recording], owners: Mapping[str, Ownership]) -> Iterator[tuple[str, ...]]:
    """Give the rows, in the order of COLUMNS, of the recordings about which there is a doubt."""
    for recording in recordings:
        unasked = Ownership(record_id=recording.record_id, finding=Finding.NOT_SEARCHED)
        ownership = owners.get(recording.record_id, unasked)
        if words := doubt(ownership):
            yield _row(recording, ownership, words)


def lines(of: Iterable[Sequence[str]]) -> Iterator[str]:
    """Write the header and these rows as lines of CSV, each with its line feed; no cell is run as a formula."""
    for row in (COLUMNS, *of):
        line = io.StringIO()
        csv.writer(line, delimiter=DELIMITER, lineterminator="\n").writerow(map(harmless, row))
        yield line.getvalue()


def _row(recording: Recording, ownership: Ownership, words: str) -> tuple[str, ...]:
    """Write all that a person needs to decide; the candidates are ready to be copied into `owners`."""
    why = [f"{_person(owner)}: {owner.why}" for owner in ownership.owners]
    # The old playback page shows slides and names; a video alone does not tell whose lecture it is.
    playback = next(filter(None, map(recording.playback, ("presentation", "video", "screenshare", "podcast"))), None)
    seconds = recording.meeting_duration_s
    minutes = (playback.length_min if playback else 0) or (None if seconds is None else round(seconds / 60))
    cells = (
        "",
        recording.record_id,
        words,
        " ".join(owner.username for owner in ownership.owners),
        "; ".join(filter(None, (*why, ownership.detail))),
        recording.title,
        ownership.course or recording.origin.context,
        ownership.activity,
        recording.start.astimezone().strftime("%Y-%m-%d %H:%M") if recording.start else "",
        "" if minutes is None else str(minutes),
        playback_url.without_token(playback.url) if playback else "",
    )
    return tuple(map(one_line, cells))


def _person(owner: Owner) -> str:
    """Name somebody so that people know who it is."""
    about = ", ".join(filter(None, (owner.full_name, owner.email, "suspended" if owner.suspended else "")))
    return f"{owner.username} ({about})" if about else owner.username


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersFile:
    """What people decided: FOUND or LEFT_OUT by recordID; lines left `undecided` are counted.

    `warnings` say what is odd about lines that do no harm, each with its number.
    """

    owners: dict[str, Ownership]
    undecided: int = 0
    warnings: tuple[str, ...] = ()


def parse_owners(data: bytes, *, known: Collection[str] | None = None, name: str = SOURCE) -> OwnersFile:
    """Read the bytes of an owners file.

    `known` are the recordIDs of all recordings of the server, not of the selection alone: a line about another one is
    a warning, for recordings may have been deleted since; None if nobody has asked the server yet. Raise ConfigError
    naming every bad line with its number.
    """
    reading = _Reading(known=None if known is None else frozenset(known))
    reading.read(_decoded(data, name))
    if reading.known is not None and reading.seen and not reading.seen & reading.known:
        reading.problems.append("not one of its recordIDs is on this server: is it the right file?")
    if reading.problems:
        count = len(reading.problems)
        title = f"{name}: {count} problem{'s' if count > 1 else ''}"
        raise ConfigError("\n".join([title, *(f"  {problem}" for problem in reading.problems)]), hint=_HINT)
    return OwnersFile(
        owners={one: _ownership(one, names) for one, (_, names) in reading.decided.items()},
        undecided=len(reading.seen - reading.decided.keys()),
        warnings=tuple(reading.warnings),
    )


def _decoded(data: bytes, name: str) -> str:
    """Turn bytes into text, in whatever way a spreadsheet wrote them."""
    if data.startswith(_WORKBOOKS):
        raise ConfigError(f"{name}: is a workbook, not CSV", hint="in the spreadsheet: save as, CSV UTF-8")
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ConfigError(f"{name}: is no text that can be read", hint="in the spreadsheet: save as, CSV UTF-8")


def _ownership(record_id: str, names: tuple[str, ...]) -> Ownership:
    """Make the result for one recording."""
    if names == (LEAVE_OUT,):
        return Ownership(record_id=record_id, finding=Finding.LEFT_OUT, source=SOURCE)
    owners = tuple(Owner(username=one, why=SOURCE, confidence=Confidence.CERTAIN) for one in names)
    return Ownership(record_id=record_id, finding=Finding.FOUND, owners=owners, source=SOURCE)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One file on its way through: what was decided where, and what is wrong."""

    known: frozenset[str] | None
    decided: dict[str, tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def read(self, text: str) -> None:
        """Find the header, then take every line."""
        physical = io.StringIO(text, newline="")
        skipped = 0
        for head in physical:
            skipped += 1
            if _NO_HEADER.fullmatch(head):
                continue
            delimiter, columns = _header(head)
            absent = [f"`{column}`" for column in ("owners", "record_id") if columns.count(column) != 1]
            if absent:
                there = ", ".join(filter(None, columns))
                self.problems.append(f"line {skipped}: no single column {' and '.join(absent)} (found: {there})")
            else:
                self._rows(physical, delimiter, columns, skipped)
            return
        self.problems.append("it is empty")

    def _rows(self, physical: Iterable[str], delimiter: str, columns: Sequence[str], skipped: int) -> None:
        reader = csv.reader(physical, delimiter=delimiter, strict=True)
        line = skipped + 1
        try:
            for row in reader:
                self._row(line, [plain(cell.strip()) for cell in row], columns)
                line = skipped + reader.line_num + 1
        except csv.Error as error:
            self.problems.append(f"line {line}: {error}: is a quotation mark missing? The rest was not read")

    def _row(self, line: int, row: Sequence[str], columns: Sequence[str]) -> None:
        """Take one line: a decision, an undecided one, or a problem."""
        if any(row[len(columns) :]):
            self.problems.append(f"line {line}: {len(row)} cells, the header has {len(columns)}")
            return
        cells = dict(zip(columns, row, strict=False))
        record_id, typed = cells.get("record_id", ""), cells.get("owners", "")
        if not record_id:
            if typed:
                self.problems.append(f"line {line}: no record_id")
            return
        self.seen.add(record_id)
        if self.known is not None and record_id not in self.known:
            self.warnings.append(f"line {line}: there is no recording {record_id}")
        names = _names(typed)
        if wrong := _wrong(names):
            self.problems.append(f"line {line}: {wrong}")
        elif names:
            first, decided = self.decided.setdefault(record_id, (line, names))
            if set(map(folded, decided)) != set(map(folded, names)):
                before = f"line {first} says {' '.join(decided)}"
                self.problems.append(f"line {line}: {record_id}: {' '.join(names)}, but {before}")


def _header(head: str) -> tuple[str, list[str]]:
    """Find the delimiter that makes sense of the header, and the names of the columns."""
    found = {
        delimiter: [plain(cell.strip()).casefold() for cell in next(csv.reader([head], delimiter=delimiter))]
        for delimiter in _DELIMITERS
    }
    best = max(found, key=lambda delimiter: len({"owners", "record_id"} & set(found[delimiter])))
    return best, found[best]


def _names(typed: str) -> tuple[str, ...]:
    """Split a cell into user names, each once."""
    if typed in _TYPED_FOR_IT:
        return (LEAVE_OUT,)
    names = filter(None, _BETWEEN_NAMES.split(unicodedata.normalize("NFC", typed)))
    unique: dict[str, str] = {}
    for name in names:
        unique.setdefault(folded(name), name)
    return tuple(unique.values())


def _wrong(names: tuple[str, ...]) -> str:
    """Say what is wrong with these user names, "" if nothing is."""
    if _TYPED_FOR_IT & set(names) and names != (LEAVE_OUT,):
        return f"{LEAVE_OUT} (leave it out) beside user names"
    bad = [repr(name) for name in names if _USER_NAME.fullmatch(name) is None or _NUMBER.fullmatch(name)]
    return f"no user name of Pod: {', '.join(bad)}" if bad else ""
