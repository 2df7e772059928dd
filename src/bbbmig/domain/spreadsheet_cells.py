"""Cells of CSV files that people open in spreadsheets: a title that begins with "=" must not be run as a formula.

Excel and LibreOffice take a cell for a formula by its first sign, quoted or not (OWASP, "CSV Injection"). An
apostrophe before it makes it a text; both programs show it and write it back as it is.
"""

import re

from bbbmig.domain.plain_text import one_line

_FORMULA = r"(?:[\t\r\n]|\s*[=+\-@\uff1d\uff0b\uff0d\uff20])"
"""The last four are the wide signs, which Japanese spreadsheets take as well."""
_DANGEROUS = re.compile(f"'*{_FORMULA}")
_MADE_HARMLESS = re.compile(f"'+{_FORMULA}")


_USUAL = "!-~\u00c0-\u024f\u2010-\u2027"
"""Signs of ASCII, of Latin alphabets and of typography: all are seen, and none is a blank."""
_PLAIN_CELL = rf"(?:[0-9A-Za-z\u00c0-\u024f][{_USUAL}]*+(?: [{_USUAL}]++)*+)?+"
_PLAIN_ROW = re.compile(rf"{_PLAIN_CELL}(?:\n{_PLAIN_CELL})*+")


def plain_line(cells: list[str], delimiter: str) -> str | None:
    """Return a row as a line of CSV where no cell needs quotes or `safe_row`, else None: nearly all rows are so."""
    joined = "\n".join(cells)
    if delimiter in joined or '"' in joined or joined.count("\n") != len(cells) - 1 or not _PLAIN_ROW.fullmatch(joined):
        return None
    return joined.replace("\n", delimiter)


def safe_row(cells: list[str]) -> list[str]:
    """Return the cells of a row, each in one line and none of them a formula.

    Nearly all rows are so already, and one look at the whole of a row shows it.
    """
    joined = "\n".join(cells)
    if joined.count("\n") == len(cells) - 1 and _PLAIN_ROW.fullmatch(joined):
        return cells
    return [harmless(one_line(cell)) for cell in cells]


def harmless(cell: str) -> str:
    """Write a text so that no spreadsheet runs it: with an apostrophe before it, where it is needed."""
    return f"'{cell}" if _DANGEROUS.match(cell) else cell


def plain(cell: str) -> str:
    """Read a cell that `harmless` wrote, or that a person typed: `plain(harmless(text)) == text` for every text."""
    return cell[1:] if _MADE_HARMLESS.match(cell) else cell
