"""The CSVs behind every number of a status: who wants to know which ones, finds them there."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from pathlib import Path

from bbbmig.domain.recording_state import Caveat, RecordingState, Safety, Why
from bbbmig.domain.spreadsheet_cells import safe_row
from bbbmig.domain.status import ServerStatus
from bbbmig.masking import masked
from bbbmig.report.status_view import list_name
from bbbmig.transfer.whole_file import opened

DELIMITER = ";"
COLUMNS = (
    "record_id",
    "title",
    "start",
    "hours",
    "owners",
    "course",
    "class",
    "why",
    "caveats",
    "detail",
    "by",
    "since",
    "place",
    "who_acts",
    "command",
)


def lists_of(status: ServerStatus) -> Mapping[str, Sequence[RecordingState]]:
    """Return the recordings of every list, by the name of its file: each class, each finding, each caveat."""
    lists: dict[str, list[RecordingState]] = {list_name(safety): [] for safety in Safety}
    for state in status.states:
        lists[list_name(state.safety)].append(state)
        lists.setdefault(list_name(state.why), []).append(state)
        for caveat in state.caveats:
            lists.setdefault(list_name(caveat), []).append(state)
    return lists


def write_lists(status: ServerStatus, folder: Path) -> int:
    """Write the lists into a folder, readable for their owner only; return how many there are.

    Lists of an earlier time that would be empty now are removed: they would be believed.
    """
    lists = lists_of(status)
    for name, states in lists.items():
        with opened(folder / name, encoding="utf-8-sig") as stream:
            csv.writer(stream, delimiter=DELIMITER).writerows([COLUMNS, *_rows(states)])
    possible = {list_name(key) for key in (*Why, *Caveat)}
    for name in possible - lists.keys():
        (folder / name).unlink(missing_ok=True)
    return len(lists)


def _rows(states: Iterable[RecordingState]) -> Iterator[list[str]]:
    for state in states:
        one, length_s = state.recording, state.length_s
        yield safe_row(
            [
                one.record_id,
                one.title,
                one.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if one.start else "",
                f"{length_s / 3600:.2f}" if length_s is not None else "",
                " ".join(state.owners),
                state.ownership.course if state.ownership else one.origin.context,
                state.safety,
                state.why,
                " ".join(str(caveat).replace(" ", "_") for caveat in state.caveats),
                masked(state.detail),
                state.by,
                state.since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if state.since else "",
                state.place,
                state.why.actor,
                state.why.command,
            ]
        )
