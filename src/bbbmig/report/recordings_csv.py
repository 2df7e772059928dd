"""The list of recordings as CSV: the old script's 13 columns and delimiter first, then bbbmig's own.

Scripts that read the old file go on working: names, order, `;` and the values of the first columns are the old ones
(Esup-Pod 4.1.0, pod/video/management/commands/migrate_bbb_recordings.py). Columns are only ever added at the end.
"""

import csv
import functools
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.domain.spreadsheet_cells import plain_line, safe_row
from bbbmig.transfer.whole_file import opened

DELIMITER = ";"


def _moment(moment: datetime | None) -> str:
    """Write a moment in UTC, to the second; "" if there is none."""
    if moment is None:
        return ""
    in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return f"{in_utc.isoformat()[:_TO_THE_SECOND]}Z"


_TO_THE_SECOND = len("2026-11-23T20:30:15")


def _local_day(moment: datetime | None) -> str:
    """Write the day of this machine's time zone on which a moment lies, "" if there is none."""
    return "" if moment is None else moment.astimezone().isoformat()[:_TO_THE_DAY]


_TO_THE_DAY = len("2026-11-23")


def _number(number: float | None) -> str:
    """Write a whole number, "" if there is none."""
    return "" if number is None else str(round(number))


def _url(recording: Recording, kind: str) -> str:
    """Return a playback's address, "" if there is none."""
    for playback in recording.playbacks:  # as `Recording.playback`; it is asked twice for each row
        if playback.type == kind and playback.url:
            return playback.url
    return ""


@functools.lru_cache(maxsize=256)
def _names_of(types: tuple[str, ...]) -> str:
    """Join the names of formats; few sets of them come back again and again."""
    return " ".join(dict.fromkeys(filter(None, types)))


OLD_COLUMNS = (
    "meeting_name",
    "recording_name",
    "start_date",
    "origin",
    "origin_server_name",
    "origin_version",
    "origin_context",
    "origin_id",
    "origin_label",
    "description",
    "published",
    "state",
    "source_url",
)
OWN_COLUMNS = (
    "record_id",
    "meeting_id",
    "start",
    "end",
    "duration_s",
    "participants",
    "size",
    "formats",
    "presentation_url",
    "video_url",
    "breakout_parent",
)


def _old_cells(recording: Recording, video: str, presentation: str) -> list[str]:
    """Return the values of OLD_COLUMNS; `source_url` is what the old script would have moved."""
    origin = recording.origin
    return [
        recording.meeting_name,
        recording.metadata.get("name") or recording.recording_name,
        _local_day(recording.start),
        origin.name,
        origin.server_name,
        origin.version,
        origin.context,
        origin.context_id,
        origin.context_label,
        recording.description,
        "true" if recording.published else "false",
        recording.state,
        video or presentation,
    ]


def _own_cells(recording: Recording, video: str, presentation: str) -> list[str]:
    """Return the values of OWN_COLUMNS."""
    return [
        recording.record_id,
        recording.meeting_id,
        _moment(recording.start),
        _moment(recording.end),
        _number(recording.meeting_duration_s),
        _number(recording.participants),
        _number(recording.size),
        _names_of(tuple([playback.type for playback in recording.playbacks])),
        presentation,
        video,
        recording.breakout_parent,
    ]


OLD_OWNERS_COLUMN = "Moodle_owners"
OWNER_COLUMNS = ("owners", "owners_why", "candidates", "candidates_why")


def header(*, owners: bool) -> list[str]:
    """Name the columns; with `owners` the old script's column for them and bbbmig's own."""
    old = [*OLD_COLUMNS, OLD_OWNERS_COLUMN] if owners else [*OLD_COLUMNS]
    return [*old, *OWN_COLUMNS, *(OWNER_COLUMNS if owners else ())]


def rows(recordings: Iterable[Recording], owners: Mapping[str, Ownership] | None = None) -> Iterator[list[str]]:
    """Yield a row for each recording, its cells as they are: `write` makes them safe."""
    for recording in recordings:
        video, presentation = _url(recording, "video"), _url(recording, "presentation")
        cells, own = _old_cells(recording, video, presentation), _own_cells(recording, video, presentation)
        if owners is not None:
            old_owners, *ours = _owners(owners.get(recording.record_id))
            cells.append(old_owners)
            own += ours
        cells += own
        yield cells


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
    """Write a table, header first, and return its number of lines; `-` is stdout. Raises as `opened`.

    Cells are one line each, and none is run as a formula.
    """
    line_end = "\r\n" if bom else "\n"
    with opened(path, encoding="utf-8-sig" if bom else "utf-8") as stream:
        writer = csv.writer(stream, delimiter=DELIMITER, lineterminator=line_end)
        count = 0
        for row in table:
            line = plain_line(row, DELIMITER)
            if line is None:
                writer.writerow(safe_row(row))
            else:
                stream.write(line + line_end)
            count += 1
    return count
