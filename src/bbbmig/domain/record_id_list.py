"""Lists of recordIDs that people write, or take from a CSV of bbbmig's: one a line."""

_HEADER = "record_id"


def record_ids_in(text: str) -> list[str]:
    """Return the recordIDs of a text, each once: what stands before the first `;` or tab of each line.

    A line that begins with `#` is a remark. The header of a CSV is left out, and so is an apostrophe that keeps
    spreadsheets from taking a cell for a formula.
    """
    cells = (line.replace("\t", ";").split(";")[0].strip().strip('"').lstrip("'") for line in text.splitlines())
    return list(dict.fromkeys(cell for cell in cells if cell and cell != _HEADER and not cell.startswith("#")))
