"""Carry out one action of a plan of files: make it, put it into the recorder's directory, tell Pod.

The ledger is written between the steps, so that a run that is killed leaves at most one step to repeat:
nothing, a `.part` that goes on growing next time, or a whole file that only has to be registered.
"""

from dataclasses import dataclass
from pathlib import Path

from bbbmig.apply.ports import Install, Memory, RecorderPort
from bbbmig.apply.video_file import FileMaker
from bbbmig.domain.history import NOTHING, Effect, Entry, History, State
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Kind
from bbbmig.errors import RecordingFailed


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
        """Do what remains to be done. Raises as `FileMaker.make` and the recorder."""
        if action.kind is Kind.REGISTER:
            return self._register(action, self.directory / action.target, "the file was there already")
        target, how = self._deliver(action)
        return self._register(action, target, how)

    def _deliver(self, action: Action) -> tuple[Path, str]:
        """Make the file and give it its name. A failure of the recording itself is counted; MachineError is none."""
        self._remember(action, State.STARTED)
        try:
            made = self.maker.make(action, self.directory / action.target)
            target = (self.directory / action.target).with_suffix(made.suffix)
            self.memory.check_lock()
            size = self.install(made.part, target)
        except RecordingFailed as error:
            if not self.maker.stop.is_set():
                self._remember(action, State.FAILED, detail=error.message)
            raise
        self._remember(action, State.DELIVERED, target, size)
        return target, made.how

    def _register(self, action: Action, target: Path, how: str) -> Outcome:
        """Tell Pod of the file, with its true size and the recording's date."""
        try:
            size = target.stat().st_size
        except OSError as error:
            raise RecordingFailed(
                f"{target} cannot be read any more: {error.strerror}",
                hint="if somebody has claimed it in Pod meanwhile, all is well: the next run knows",
            ) from error
        location = f"{self.pod_directory.rstrip('/')}/{target.name}"
        self.memory.check_lock()
        self.recorder.register(location, size=size, added=action.recording.start)
        self._remember(action, State.DONE, target, size)
        return Outcome(action=action, status=Status.DONE, detail=how, location=location, size=size)

    def _remember(
        self, action: Action, state: State, target: Path | None = None, size: int | None = None, detail: str = ""
    ) -> None:
        """Write down how far this one has come."""
        record_id = action.recording.record_id
        entry = Entry(
            record_id=record_id,
            effect=Effect.CLAIM,
            state=state,
            location=str(target) if target else "",
            size=size,
            detail=detail,
            again=state is State.STARTED and self.history.done(Effect.CLAIM, record_id) is not None,
        )
        self.memory.write(self.server, [entry])
