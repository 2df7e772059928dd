"""Whose ledger knows what lies in the recorder's directory: a second one would deliver all of it once more.

The mark names the ledger by a number of its own, and by its place: several machines that share one write its address
differently, and a lost one is begun anew at the same place.
"""

import platform
from datetime import UTC, datetime
from pathlib import Path

from bbbmig.errors import Locked
from bbbmig.masking import masked
from bbbmig.runs.run import Run
from bbbmig.transfer.directory_mark import mark_of, read_mark, write_mark

_WAY_OUT = (
    "use that ledger ([ledger] url): several machines may share one in MariaDB or PostgreSQL, and one serves several "
    "old servers; if it is gone for good, delete {}"
)


def check_mark(run: Run) -> None:
    """Raise Locked if the directory is another ledger's, MachineError if that cannot be read. Nothing is written."""
    directory = run.settings.recorder.directory
    found = read_mark(directory)
    if found is None or _is_ours(run, found):
        return
    where = mark_of(directory)
    whose = found.get("ledger") or "nobody can say which"
    about = "".join(f", {name} {found[name]}" for name in ("host", "server", "since") if found.get(name))
    raise Locked(f"{directory} belongs to another ledger: {whose}{about}", hint=_WAY_OUT.format(where))


def leave_mark(run: Run) -> None:
    """Mark the directory before something is delivered there. Raises as `check_mark`, and NoSpace."""
    directory = run.settings.recorder.directory
    found = read_mark(directory)
    ours = _ours(run)
    if found is not None and _is_ours(run, found) and found.get("id") == ours["id"]:
        return
    check_mark(run)
    if not write_mark(directory, ours, replace=found is not None):
        check_mark(run)  # somebody was faster


def _ours(run: Run) -> dict[str, str]:
    """Say what the mark of this run's ledger says."""
    ledger = run.adapters.ledger
    place = Path(ledger.file).absolute() if ledger.file is not None else masked(str(ledger))
    return {
        "ledger": str(place),
        "host": platform.node() if ledger.file is not None else "",
        "id": ledger.number(),
        "server": run.server,
        "since": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    }


def _is_ours(run: Run, found: dict[str, str]) -> bool:
    """Tell whether a mark is of this run's ledger."""
    ours = _ours(run)
    same_place = all(found.get(name, "") == ours[name] for name in ("ledger", "host"))
    return same_place or (bool(ours["id"]) and found.get("id") == ours["id"])
