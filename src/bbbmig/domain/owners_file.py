"""The owners file, read back: what people decided about whose recordings are.

It is a CSV with a header (`owners_sheet` writes it); its columns `owners`, `record_id` and `meeting_id` are read,
wherever they stand, in English or French. A line without recordID stands for all recordings of its meetingID, but for
those that have a decision of their own. In `owners`:

    (nothing)            undecided: the next source decides (Pod's meeting, Moodle, else the administrator)
    jdupont mmartin      user names in Pod, separated by a space (commas do as well): these and no others get it
    -                    nobody is to get it, the administrator neither

Lines that begin with `#` are remarks of people.
There is no word for the administrator: write their user name. Files that a spreadsheet has saved are taken as they
come: with `;`, `,` or tabs, in UTF-8 with or without BOM, UTF-16 or Windows-1252.
"""

import csv
import functools
import io
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from bbbmig.domain.csv_table import decoded
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.person import folded
from bbbmig.domain.recording import Recording
from bbbmig.domain.spreadsheet_cells import plain
from bbbmig.errors import ConfigError

SOURCE = "owners file"
DELIMITER = ";"
LEAVE_OUT = "-"
_TYPED_FOR_IT = frozenset({LEAVE_OUT, "–", "—"})  # noqa: RUF001 - spreadsheets correct a hyphen to a dash
_DELIMITERS = (DELIMITER, ",", "\t")
_USER_NAME = re.compile(r"[\w.@+-]{1,150}")
"""What Pod takes for a user name (docs/facts/pod-rest.md#users)."""
_NUMBER = re.compile(r"[0-9.]+E\+[0-9]+")
"""What spreadsheets make of a user name of many digits."""
_BETWEEN_NAMES = re.compile(r"[\s,;]+")
_REMARK = "#"
_NO_HEADER = re.compile(rf'(?:sep=)?[;,"\s]*|"?\s*{_REMARK}.*\s*', re.IGNORECASE)
"""A line without a word, a remark, or Excel's own first line, which names the delimiter."""
_HINT = "nothing was done; correct these lines, or empty their `owners` cell, and run again"

_COLUMNS = {
    "owners": ("owners", "propriétaires", "propriétaire"),
    "record_id": ("record_id", "recordID", "id enregistrement", "identifiant enregistrement", "enregistrement"),
    "meeting_id": ("meeting_id", "meetingID", "id réunion", "id salle", "salle"),
    "doubt": ("doubt", "doute"),
    "candidates": ("candidates", "candidats"),
    "why": ("why", "pourquoi"),
    "title": ("title", "titre"),
    "course": ("course", "cours"),
    "activity": ("activity", "activité"),
    "date": ("date",),
    "minutes": ("minutes", "durée"),
    "playback": ("playback", "lecture"),
}
"""The columns, and by which names people may call them; accents, capitals, spaces and marks do not matter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersFile:
    """What people decided: FOUND or LEFT_OUT by recordID, and for whole `rooms` by meetingID.

    `seen` are the recordIDs of all lines; those left `undecided` are counted. `lines` says by user name, as it was
    written first, which lines name somebody. `warnings` say what is odd about lines that do no harm.
    """

    owners: dict[str, Ownership]
    rooms: dict[str, Ownership] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    lines: dict[str, tuple[int, ...]] = field(default_factory=dict)
    undecided: int = 0
    warnings: tuple[str, ...] = ()

    def of(self, recordings: Iterable[Recording]) -> dict[str, Ownership]:
        """Return what people decided about these recordings, by recordID."""
        found: dict[str, Ownership] = {}
        for one in recordings:
            decided = self.owners.get(one.record_id) or self.rooms.get(one.meeting_id.strip())
            if decided is not None:
                found[one.record_id] = replace(decided, record_id=one.record_id)
        return found


def parse_owners(data: bytes, *, known: Collection[str] | None = None, name: str = SOURCE) -> OwnersFile:
    """Read the bytes of an owners file.

    `known` are the recordIDs of all recordings of the server, not of the selection alone: a line about another one is
    a warning, for recordings may have been deleted since; None if nobody has asked the server yet. Raise ConfigError
    naming every bad line with its number.
    """
    reading = _Reading(known=None if known is None else frozenset(known))
    reading.read(decoded(data, name)[0])
    if reading.known is not None and reading.seen and not reading.seen & reading.known:
        reading.problems.append("not one of its recordIDs is on this server: is it the right file?")
    if reading.problems:
        count = len(reading.problems)
        title = f"{name}: {count} problem{'s' if count > 1 else ''}"
        raise ConfigError("\n".join([title, *(f"  {problem}" for problem in reading.problems)]), hint=_HINT)
    decisions = {(column, key): _ownership(key, names) for (column, key), (_, names) in reading.decided.items()}
    owners = {key: ownership for (column, key), ownership in decisions.items() if column == "record_id"}
    return OwnersFile(
        owners=owners,
        rooms={key: ownership for (column, key), ownership in decisions.items() if column == "meeting_id"},
        seen=frozenset(reading.seen),
        lines={name: tuple(numbers) for name, numbers in reading.names.values()},
        undecided=len(reading.seen - owners.keys()),
        warnings=tuple(reading.warnings),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a file is written: what its text is encoded in, what separates cells, and the names of its columns.

    The columns have bbbmig's English names where it knows them, else those of the file; `head` are the latter.
    """

    encoding: str
    delimiter: str
    columns: tuple[str, ...]
    head: tuple[str, ...]
    line_end: str = "\n"


def form_of(data: bytes, *, name: str = SOURCE) -> Form | None:
    """Look how an owners file is written; None if it has no line. Raise ConfigError if it is not text."""
    text, encoding = decoded(data, name)
    for line in io.StringIO(text, newline=""):
        if _NO_HEADER.fullmatch(line):
            continue
        delimiter, head = _header(line)
        columns = tuple(map(_called, head))
        line_end = "\r\n" if line.endswith("\r\n") else "\n"
        return Form(encoding=encoding, delimiter=delimiter, columns=columns, head=tuple(head), line_end=line_end)
    return None


def _ownership(record_id: str, names: tuple[str, ...]) -> Ownership:
    """Make the result for one recording."""
    if names == (LEAVE_OUT,):
        return Ownership(record_id=record_id, finding=Finding.LEFT_OUT, source=SOURCE)
    return Ownership(record_id=record_id, finding=Finding.FOUND, owners=_owners(names), source=SOURCE)


@functools.lru_cache(maxsize=4096)
def _owners(names: tuple[str, ...]) -> tuple[Owner, ...]:
    """Return the owners of these names: the same ones for all their recordings, of which there may be thousands."""
    return tuple(Owner(username=one, why=SOURCE, confidence=Confidence.CERTAIN) for one in names)


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One file on its way through: what was decided where, and what is wrong."""

    known: frozenset[str] | None
    decided: dict[tuple[str, str], tuple[int, tuple[str, ...]]] = field(default_factory=dict)
    """By column and ID: a recordID, or a meetingID."""
    seen: set[str] = field(default_factory=set)
    names: dict[str, tuple[str, list[int]]] = field(default_factory=dict)
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
            delimiter, written = _header(head)
            columns = list(map(_called, written))
            absent = [f"`{column}`" for column in ("owners", "record_id") if columns.count(column) != 1]
            if columns.count("record_id") == 0 and columns.count("meeting_id") == 1:
                absent = absent[:-1]  # a file about whole rooms
            if absent:
                there = ", ".join(filter(None, written))
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
        """Take one line: a decision, an undecided one, a person's remark, or a problem."""
        if next(filter(None, row), "").startswith(_REMARK):
            return
        if any(row[len(columns) :]):
            self.problems.append(f"line {line}: {len(row)} cells, the header has {len(columns)}")
            return
        cells = dict(zip(columns, row, strict=False))
        typed = cells.get("owners", "")
        column = "record_id" if cells.get("record_id") else "meeting_id"
        key = cells.get(column, "")
        if not key:
            if typed:
                either = ", and no meeting_id" if "meeting_id" in columns else ""
                self.problems.append(f"line {line}: no record_id{either}")
            return
        if column == "record_id":
            self.seen.add(key)
            if self.known is not None and key not in self.known:
                self.warnings.append(f"line {line}: there is no recording {key}")
        names = _names(typed)
        if wrong := _wrong(names):
            self.problems.append(f"line {line}: {wrong}")
        elif names:
            self._decide(line, (column, key), names)

    def _decide(self, line: int, key: tuple[str, str], names: tuple[str, ...]) -> None:
        """Keep a decision, or say which line contradicts it."""
        for name in names if names != (LEAVE_OUT,) else ():
            self.names.setdefault(folded(name), (name, []))[1].append(line)
        first, decided = self.decided.setdefault(key, (line, names))
        if set(map(folded, decided)) != set(map(folded, names)):
            before = f"line {first} says {' '.join(decided)}"
            self.problems.append(f"line {line}: {key[1]}: {' '.join(names)}, but {before}")


def _header(head: str) -> tuple[str, list[str]]:
    """Find the delimiter that makes sense of the header, and the names of the columns as they are written."""
    found = {
        delimiter: [plain(cell.strip()) for cell in next(csv.reader([head], delimiter=delimiter))]
        for delimiter in _DELIMITERS
    }
    best = max(found, key=lambda one: len({"owners", "record_id", "meeting_id"} & set(map(_called, found[one]))))
    return best, found[best]


def _bare(text: str) -> str:
    """Write a name as it is compared: small letters and digits alone, without accents."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKD", text).casefold())


_BY_NAME = {_bare(name): column for column, names in _COLUMNS.items() for name in names}


def _called(name: str) -> str:
    """Return bbbmig's own name of a column; that of the file, in small letters, for columns of other people."""
    return _BY_NAME.get(_bare(name), name.casefold())


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
