"""Carry out one action of a plan of files: make it, put it into the recorder's directory, tell Pod.

The ledger is written between the steps, so that a run that is killed leaves at most one step to repeat:
nothing, a `.part` that goes on growing next time, or a whole file that only has to be registered.
"""

import stat
from dataclasses import dataclass
from pathlib import Path

from bbbmig.apply.ports import Install, Memory, RecorderPort
from bbbmig.apply.video_file import FileMaker, Made
from bbbmig.domain.history import NOTHING, Effect, Entry, History, State
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Kind
from bbbmig.domain.recording import Recording
from bbbmig.errors import RecordingFailed, Stopped

_NOT_OURS = "bbbmig did not put it there: look at it and move it away, then the next run makes the file"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDelivery:
    """Delivers files. `directory` is the recorder's here, `pod_directory` the same as Pod's server sees it.

    `history` has what was done of files to claim.
    """

    server: str
    directory: Path
    pod_directory: str
    maker: FileMaker
    install: Install
    recorder: RecorderPort
    memory: Memory
    history: History = NOTHING

    def carry_out(self, action: Action) -> Outcome:
        """Do what remains to be done. Raises as `FileMaker.make` and the recorder.

        A file that is there already is looked into, unless it is the one that the ledger says bbbmig put there.
        """
        if action.kind is Kind.REGISTER:
            target = self.directory / action.target
            duration_s = self._look_into(action.recording, target)
            before = self.history.entry(Effect.CLAIM, action.recording.record_id)
            notes = before.detail if before is not None and before.state is State.DELIVERED else ""
            there = Made(
                part=target,
                suffix=target.suffix,
                how="the file was there already",
                duration_s=duration_s,
                notes=notes,
            )
            return self._register(action, target, there)
        target, made = self._deliver(action)
        return self._register(action, target, made)

    def _deliver(self, action: Action) -> tuple[Path, Made]:
        """Make the file and give it its name. A failure of the recording itself is counted; MachineError is none."""
        self._remember(action, State.STARTED)
        try:
            made = self.maker.make(action, self.directory / action.target)
            target = (self.directory / action.target).with_suffix(made.suffix)
            self.memory.check_lock(action.recording.record_id)
            size = self.install(made.part, target)
        except RecordingFailed as error:
            if not self.maker.stop.is_set():
                self._remember(action, State.FAILED, detail=error.message)
            raise
        self._remember(action, State.DELIVERED, target, size, made=made)
        return target, made

    def _look_into(self, recording: Recording, target: Path) -> float | None:
        """Return how long a file is that bears the sign of a recording, None if bbbmig put it there.

        Raise RecordingFailed if it is not whole, or not of the recording. That counts as no failure: once it is moved
        away, the recording is tried as if nothing had been.
        """
        size = _size(target)
        known = self.history.entry(Effect.CLAIM, recording.record_id)
        if known is not None and Path(known.location).name == target.name and known.size == size:
            return None
        try:
            duration_s = self.maker.look_into(recording, target)
        except Stopped:
            raise
        except RecordingFailed as error:
            raise RecordingFailed(f"Pod is not told of {target}: {error.message}", hint=_NOT_OURS) from error
        if _size(target) != size:
            raise RecordingFailed(f"Pod is not told of {target}: it is still being written", hint="run again")
        return duration_s

    def _register(self, action: Action, target: Path, made: Made) -> Outcome:
        """Tell Pod of the file, with its true size and the recording's date."""
        size = _size(target)
        location = f"{self.pod_directory.rstrip('/')}/{target.name}"
        self.memory.check_lock(action.recording.record_id)
        self.recorder.register(location, size=size, added=action.recording.start)
        self._remember(action, State.DONE, target, size, made=made)
        return Outcome(action=action, status=Status.DONE, detail=made.how, location=location, size=size)

    def _remember(
        self,
        action: Action,
        state: State,
        target: Path | None = None,
        size: int | None = None,
        *,
        detail: str = "",
        made: Made | None = None,
    ) -> None:
        """Write down how far this one has come, and what the file that was made lacks."""
        record_id = action.recording.record_id
        entry = Entry(
            record_id=record_id,
            effect=Effect.CLAIM,
            state=state,
            location=str(target) if target else "",
            size=size,
            duration_s=made.duration_s if made else None,
            detail=made.notes if made else detail,
            again=state is State.STARTED and self.history.done(Effect.CLAIM, record_id) is not None,
        )
        self.memory.write(self.server, [entry])


def _size(target: Path) -> int:
    """Return the size of a file in bytes. Raise RecordingFailed if it is gone, or is a link or the like."""
    try:
        seen = target.lstat()
    except OSError as error:
        raise RecordingFailed(
            f"{target} cannot be read any more: {error.strerror}",
            hint="if somebody has claimed it in Pod meanwhile, all is well: the next run knows",
        ) from error
    if not stat.S_ISREG(seen.st_mode):
        raise RecordingFailed(f"Pod is not told of {target}: it is not a file", hint=_NOT_OURS)
    return seen.st_size
