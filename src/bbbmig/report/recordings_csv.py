"""The list of recordings as CSV: the old script's 13 columns and delimiter first, then bbbmig's own.

Scripts that read the old file go on working: names, order, `;` and the values of the first columns are the old ones
(Esup-Pod 4.1.0, pod/video/management/commands/migrate_bbb_recordings.py). Columns are only ever added at the end.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.domain.spreadsheet_cells import safe_row
from bbbmig.transfer.whole_file import opened

DELIMITER = ";"

Column = Callable[[Recording], str]


def _moment(moment: datetime | None) -> str:
    """Write a moment in UTC, to the second; "" if there is none."""
    if moment is None:
        return ""
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{in_utc.isoformat()[:_TO_THE_SECOND]}Z"


_TO_THE_SECOND = len("2026-11-23T20:30:15")


def _number(number: float | None) -> str:
    """Write a whole number, "" if there is none."""
    return "" if number is None else str(round(number))


def _url(recording: Recording, kind: str) -> str:
    """Return a playback's address, "" if there is none."""
    for playback in recording.playbacks:  # as `Recording.playback`; it is asked four times for each row
        if playback.type == kind and playback.url:
            return playback.url
    return ""


def _formats(recording: Recording) -> str:
    """Name the playback formats, each once."""
    return " ".join(dict.fromkeys([playback.type for playback in recording.playbacks if playback.type]))


def _source_url(recording: Recording) -> str:
    """Return what the old script would have moved: the video, else the presentation."""
    return _url(recording, "video") or _url(recording, "presentation")


OLD_COLUMNS: Mapping[str, Column] = {
    "meeting_name": lambda r: r.meeting_name,
    "recording_name": lambda r: r.metadata.get("name") or r.recording_name,
    "start_date": lambda r: r.start.astimezone().date().isoformat() if r.start else "",
    "origin": lambda r: r.origin.name,
    "origin_server_name": lambda r: r.origin.server_name,
    "origin_version": lambda r: r.origin.version,
    "origin_context": lambda r: r.origin.context,
    "origin_id": lambda r: r.origin.context_id,
    "origin_label": lambda r: r.origin.context_label,
    "description": lambda r: r.description,
    "published": lambda r: str(r.published).lower(),
    "state": lambda r: r.state,
    "source_url": _source_url,
}
OWN_COLUMNS: Mapping[str, Column] = {
    "record_id": lambda r: r.record_id,
    "meeting_id": lambda r: r.meeting_id,
    "start": lambda r: _moment(r.start),
    "end": lambda r: _moment(r.end),
    "duration_s": lambda r: _number(r.meeting_duration_s),
    "participants": lambda r: _number(r.participants),
    "size": lambda r: _number(r.size),
    "formats": _formats,
    "presentation_url": lambda r: _url(r, "presentation"),
    "video_url": lambda r: _url(r, "video"),
    "breakout_parent": lambda r: r.breakout_parent,
}
OLD_OWNERS_COLUMN = "Moodle_owners"
OWNER_COLUMNS = ("owners", "owners_why", "candidates", "candidates_why")


def header(*, owners: bool) -> list[str]:
    """Name the columns; with `owners` the old script's column for them and bbbmig's own."""
    old = [*OLD_COLUMNS, OLD_OWNERS_COLUMN] if owners else [*OLD_COLUMNS]
    return [*old, *OWN_COLUMNS, *(OWNER_COLUMNS if owners else ())]


def rows(recordings: Iterable[Recording], owners: Mapping[str, Ownership] | None = None) -> Iterator[list[str]]:
    """Yield a row for each recording; cells are one line each, and none is run as a formula."""
    old_columns, own_columns = tuple(OLD_COLUMNS.values()), tuple(OWN_COLUMNS.values())
    for recording in recordings:
        cells = [column(recording) for column in old_columns]
        own = [column(recording) for column in own_columns]
        if owners is not None:
            old_owners, *ours = _owners(owners.get(recording.record_id))
            cells.append(old_owners)
            own += ours
        yield safe_row([*cells, *own])


def _owners(ownership: Ownership | None) -> tuple[str, ...]:
    """Return the old script's list of names, then the values of OWNER_COLUMNS."""
    if ownership is None:
        return "", "", "", "", ""
    old = ", ".join(f"{owner.full_name} ({owner.username})".strip() for owner in ownership.owners)
    why = _why(ownership, ownership.owners)
    if ownership.finding is not Finding.FOUND:
        why = " ".join(filter(None, (str(ownership.finding).replace("_", " "), ownership.detail)))
    candidates = _why(ownership, ownership.candidates)
    return old, _names(ownership.owners), why, _names(ownership.candidates), candidates


def _names(people: Iterable[Owner]) -> str:
    return " ".join(owner.username for owner in people)


def _why(ownership: Ownership, people: Iterable[Owner]) -> str:
    """Say of each person by what source, why, and how surely."""
    source = f"{ownership.source}: " if ownership.source else ""
    return "; ".join(f"{owner.username}: {source}{owner.why} [{owner.confidence}]" for owner in people)


def write(path: Path, table: Iterable[list[str]], *, bom: bool = False) -> int:
    """Write a table, header first, and return its number of lines; `-` is stdout. Raises as `opened`."""
    with opened(path, encoding="utf-8-sig" if bom else "utf-8") as stream:
        writer = csv.writer(stream, delimiter=DELIMITER, lineterminator="\r\n" if bom else "\n")
        count = 0
        for row in table:
            writer.writerow(row)
            count += 1
    return count
