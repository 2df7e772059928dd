r"""A table that another program or a spreadsheet wrote as text, read by the names of its columns.

Three forms are told apart: CSV with `,` or `;` and quotation marks (`psql \copy … CSV HEADER`, `sqlite3 -csv -header`,
spreadsheets); tabs with quotation marks (spreadsheets); and tabs without any, where a backslash stands for what cannot
be written (`mysql --batch`, `psql \copy … HEADER`). In UTF-8 with or without BOM, UTF-16 or Windows-1252.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence

from bbbmig.errors import ConfigError

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How xlsx and ods, and xls begin."""
_QUOTED = re.compile(r'"(?:[^"]|"")*"', re.DOTALL)
_NEEDS_QUOTES = re.compile(r'[\t\r\n",;]')
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANT = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a", "f": "\f", "v": "\v"}
_MADE_BY_CLIENTS = frozenset("\\ntr0bfvZN\"'")
_NULL = frozenset({"NULL", "\\N"})
_LONGEST_CELL = 1 << 24

Cells = Mapping[str, str]
"""One line: cells by the name of their column, in small letters; empty ones are ""."""


def decoded(data: bytes, name: str) -> tuple[str, str]:
    """Return a text and its encoding, in whatever way a spreadsheet wrote it. Raise ConfigError if it is none."""
    if data.startswith(_WORKBOOKS):
        raise ConfigError(f"{name}: is a workbook, not CSV", hint="in the spreadsheet: save as, CSV UTF-8")
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise ConfigError(f"{name}: is not a text that can be read", hint="in the spreadsheet: save as, CSV UTF-8")


def read_table(data: bytes, name: str) -> tuple[Sequence[str], Iterator[tuple[int, Cells]]]:
    """Return the names of the columns in small letters, and the lines with their numbers, the header being line 1.

    Empty lines are left out. Raise ConfigError, also while lines are taken, for what is no table: `name` is how
    messages call the file.
    """
    text, _ = decoded(data, name)
    text = text.lstrip("\r\n")
    head = text.split("\n", 1)[0].rstrip("\r")
    if not head.strip():
        raise ConfigError(f"{name}: it is empty", hint="export it again, with a header")
    delimiter = max("\t,;", key=head.count)
    rows = _escaped(text) if delimiter == "\t" and _has_escapes(text) else _quoted(text, delimiter, name)
    _, columns = next(rows)
    names = [column.strip().lower() for column in columns]
    if twice := {one for one in names if one and names.count(one) > 1}:
        raise ConfigError(f"{name}: column {', '.join(sorted(twice))} is there twice", hint="give each its own name")
    return names, _lines(rows, names, name)


def _lines(rows: Iterator[tuple[int, list[str]]], names: Sequence[str], name: str) -> Iterator[tuple[int, Cells]]:
    for line, cells in rows:
        if not any(cells):
            continue
        if len(cells) > len(names) and any(cells[len(names) :]):
            raise ConfigError(
                f"{name}: line {line} has {len(cells)} cells, the header has {len(names)}",
                hint="is a quotation mark missing, or was it edited by hand? Export it again",
            )
        found = dict.fromkeys(names, "")
        found.update(zip(names, cells, strict=False))
        yield line, found


def _has_escapes(text: str) -> bool:
    """Tell whether a text with tabs is one without quotation marks: as many tabs in each line, no cell set in marks."""
    lines = text.rstrip("\r\n").split("\n")
    tabs = lines[0].count("\t")
    if any(found[1] not in _MADE_BY_CLIENTS for found in _ESCAPED.finditer(text)):
        return False
    for line in lines:
        if line.count("\t") != tabs:
            return False
        for cell in line.rstrip("\r").split("\t") if '"' in line else ():
            if cell.startswith('"') and _QUOTED.fullmatch(cell) and _NEEDS_QUOTES.search(cell[1:-1]):
                return False
    return True


def _escaped(text: str) -> Iterator[tuple[int, list[str]]]:
    """Read lines in which a backslash and a letter stand for what would end a cell or a line."""
    ends = "\r" if text.split("\n", 1)[0].endswith("\r") else ""
    for number, line in enumerate(text.split("\n"), start=1):
        yield number, [_plain(cell) for cell in line.removesuffix(ends).split("\t")]


def _plain(cell: str) -> str:
    if cell in _NULL:
        return ""
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), cell) if "\\" in cell else cell


def _quoted(text: str, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Read cells in quotation marks, which may hold ends of lines."""
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise ConfigError(
            f"{name}: line {line}: {error}", hint="is a quotation mark missing? Export it again, with a header"
        ) from error
