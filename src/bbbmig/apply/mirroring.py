"""Recordings copied into the mirror, or their copies proven: how each ends."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from bbbmig.domain.mirror import RecordingCopy, State
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.domain.recording import Recording

Progress = Callable[[Action, float, float | None, str], None]


class CopierPort(Protocol):
    """What copies a recording, as `mirror.copier.Copier`."""

    def copy(self, recording: Recording, *, told: Callable[[int, int | None], None]) -> tuple[RecordingCopy, bool]:
        """Copy what is not there yet or was changed; tell, too, whether anything came."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirroring:
    """Copies recordings."""

    copier: CopierPort
    progress: Progress

    def carry_out(self, action: Action) -> Outcome:
        """Copy one. Raise RemoteError, RecordingFailed, MachineError, Stopped."""
        copied, changed = self.copier.copy(
            action.recording, told=lambda have, total: self.progress(action, have, total, "bytes")
        )
        if copied.state is State.WHOLE and not changed:
            same = replace(action, kind=Kind.SKIP, target="", reason=Reason.ALREADY_DONE, detail="nothing has changed")
            return Outcome(action=same, status=Status.SKIPPED, size=copied.size)
        return outcome_of(action, copied)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """Proves copies, or takes over what somebody else has copied: both look at the disk alone."""

    look: Callable[[Recording], RecordingCopy]

    def carry_out(self, action: Action) -> Outcome:
        """Prove one. Raise RecordingFailed, MachineError, Stopped."""
        return outcome_of(action, self.look(action.recording))


def outcome_of(action: Action, copied: RecordingCopy) -> Outcome:
    """Return how a copy stands: anything but whole has failed, until a later run has it."""
    if copied.state is State.WHOLE:
        count = sum(len(one.files) for one in copied.formats.values())
        others = f"; not files of a folder, and left out: {', '.join(copied.others)}" if copied.others else ""
        detail = f"whole, {count} files{others}" if count else f"whole{others}"
        return Outcome(action=action, status=Status.DONE, detail=detail, size=copied.size)
    said = copied.why if copied.state is State.NOT_MIRRORABLE else f"missing: {'; '.join(copied.missing)}"
    return Outcome(action=action, status=Status.FAILED, detail=f"{copied.state}, {said}", size=copied.size)
