"""The owners file as bbbmig writes it: recordings whose owner is unknown or doubtful, for people to decide.

What people have written into a file stays as it is, to the byte; new lines are added below.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bbbmig.domain import playback_url
from bbbmig.domain.choices import Language
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.owners_file import DELIMITER, SOURCE, Form, form_of, parse_owners
from bbbmig.domain.owners_sheet_french import in_french
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.recording import Recording
from bbbmig.domain.spreadsheet_cells import harmless

COLUMNS = (
    *("owners", "record_id", "doubt", "candidates", "why"),
    *("title", "course", "activity", "date", "minutes", "playback", "meeting_id"),
)
"""`owners` and `record_id` come first: some spreadsheets leave out cells at the end of a line when they are empty."""
FRENCH_COLUMNS = (
    *("propriétaires", "record_id", "doute", "candidats", "pourquoi"),
    *("titre", "cours", "activité", "date", "minutes", "lecture", "meeting_id"),
)

_UNKNOWN = {
    Finding.NOBODY: "nobody found",
    Finding.UNKNOWN_SERVER: "unknown server",
    Finding.NOT_SEARCHED: "not searched",
    Finding.FAILED: "search failed: run again",
}


def doubt(ownership: Ownership) -> str:
    """Say why a person should look at this result, "" if none need to: it is sure enough, or decided already."""
    if ownership.finding is Finding.DOUBTFUL:
        return (
            "doubtful" if all(one.confidence is Confidence.DOUBTFUL for one in ownership.candidates) else "not certain"
        )
    if ownership.finding is not Finding.FOUND:
        return _UNKNOWN.get(ownership.finding, "")
    if all(owner.confidence is Confidence.DOUBTFUL for owner in ownership.owners):
        return "doubtful"
    return "all suspended" if all(owner.suspended for owner in ownership.owners) else ""


def rows(recordings: Iterable[Recording], owners: Mapping[str, Ownership]) -> Iterator[tuple[str, ...]]:
    """Yield the rows, in the order of COLUMNS, of the recordings about which there is a doubt."""
    for recording in recordings:
        unasked = Ownership(record_id=recording.record_id, finding=Finding.NOT_SEARCHED)
        ownership = owners.get(recording.record_id, unasked)
        if words := doubt(ownership):
            yield _row(recording, ownership, words)


def lines(of: Iterable[Sequence[str]], *, language: Language = Language.EN) -> Iterator[str]:
    """Write the header and these rows as lines of CSV, each with its line feed; no cell is run as a formula."""
    yield _line(FRENCH_COLUMNS if language is Language.FR else COLUMNS)
    for row in of:
        yield _line(_said(row, language))


def merged(
    before: bytes,
    of: Iterable[Sequence[str]],
    *,
    language: Language | None = None,
    bom: bool = False,
    name: str = SOURCE,
) -> tuple[bytes, int]:
    """Add rows to a file below what is there, which stays as it is; return the file, and how many were added.

    Only recordings without a line get one. New lines have the file's own columns, separator, encoding and language
    (unless `language` says otherwise); what the encoding cannot hold becomes "?". With `bom`, a file in UTF-8 begins
    with a byte order mark. Raise ConfigError if people's file cannot be read, or has bad lines.
    """
    form = form_of(before, name=name)
    if form is None:
        rows = list(of)
        text = "".join(lines(rows, language=language or Language.EN))
        return text.encode("utf-8-sig" if bom else "utf-8"), len(rows)
    seen = parse_owners(before, name=name).seen
    rows = [row for row in of if row[COLUMNS.index("record_id")] not in seen]
    added = "".join(_line(_arranged(_said(row, language or _language_of(form)), form), form) for row in rows)
    return _appended(before, added, form, bom=bom), len(rows)


def _appended(before: bytes, added: str, form: Form, *, bom: bool) -> bytes:
    encoding = form.encoding
    if encoding == "utf-16":
        encoding = "utf-16-le" if before.startswith(b"\xff\xfe") else "utf-16-be"
    encoding = "utf-8" if encoding == "utf-8-sig" else encoding
    last = before.decode(form.encoding)[-1:]
    gap = "" if not added or last in ("\n", "\r") else form.line_end
    mark = b"\xef\xbb\xbf" if bom and encoding == "utf-8" and not before.startswith(b"\xef\xbb\xbf") else b""
    return mark + before + (gap + added).encode(encoding, errors="replace")


def _language_of(form: Form) -> Language:
    """Tell by the header in which language a file is kept."""
    theirs = set(form.head)
    return Language.FR if len(theirs & {*FRENCH_COLUMNS}) > len(theirs & {*COLUMNS}) else Language.EN


def _arranged(row: Sequence[str], form: Form) -> list[str]:
    """Put cells where a file has them; columns that it does not have fall away, its own are left empty."""
    cells = dict(zip(COLUMNS, row, strict=True))
    return [cells.get(column, "") for column in form.columns]


def _line(row: Sequence[str], form: Form | None = None) -> str:
    line = io.StringIO()
    delimiter, line_end = (form.delimiter, form.line_end) if form else (DELIMITER, "\n")
    csv.writer(line, delimiter=delimiter, lineterminator=line_end).writerow(map(harmless, row))
    return line.getvalue()


def _said(row: Sequence[str], language: Language) -> Sequence[str]:
    """Say doubt and reasons in a language; all other cells are names, titles and numbers."""
    if language is Language.EN:
        return row
    spoken = {COLUMNS.index(column) for column in ("doubt", "why")}
    return [in_french(cell) if number in spoken else cell for number, cell in enumerate(row)]


def _row(recording: Recording, ownership: Ownership, words: str) -> tuple[str, ...]:
    """Write all that a person needs to decide; the candidates are ready to be copied into `owners`."""
    people = ownership.owners or ownership.candidates
    why = [f"{_person(owner)}: {owner.why}" for owner in people]
    # The old playback page shows slides and names; a video alone does not tell whose lecture it is.
    playback = next(filter(None, map(recording.playback, ("presentation", "video", "screenshare", "podcast"))), None)
    seconds = recording.meeting_duration_s
    minutes = (playback.length_min if playback else 0) or (None if seconds is None else round(seconds / 60))
    cells = (
        "",
        recording.record_id,
        words,
        " ".join(owner.username for owner in people),
        "; ".join(filter(None, (*why, ownership.detail))),
        recording.title,
        ownership.course or recording.origin.context,
        ownership.activity,
        recording.start.astimezone().strftime("%Y-%m-%d %H:%M") if recording.start else "",
        "" if minutes is None else str(minutes),
        playback_url.without_token(playback.url) if playback else "",
        recording.meeting_id,
    )
    return tuple(map(one_line, cells))


def _person(owner: Owner) -> str:
    """Name somebody so that people know who it is."""
    about = ", ".join(filter(None, (owner.full_name, owner.email, "suspended" if owner.suspended else "")))
    return f"{owner.username} ({about})" if about else owner.username
