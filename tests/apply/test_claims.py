"""A file for the recorder's directory, step by step: what is written down, what Pod is told, what stops it."""

import threading
from pathlib import Path

import pytest

from bbbmig.apply.claims import ClaimDelivery
from bbbmig.apply.video_file import Made
from bbbmig.domain.history import NOTHING, Effect, History, State
from bbbmig.domain.outcome import Status
from bbbmig.domain.plan import Action, Kind
from bbbmig.errors import BbbmigError, ConfigError, LockLost, MachineError, NoSpace, RecordingFailed, RemoteError
from tests.apply.fakes import SERVER, FakeMemory, FakePod
from tests.domain.recordings import recording
from tests.domain.remembered import claimed

ONE = recording("a", "video")
DOWNLOAD = Action(kind=Kind.DOWNLOAD, recording=ONE, target="Meeting a.mp4", url="https://bbb/film")


class FakeMaker:
    """Makes a file of four bytes, or fails."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stop = threading.Event()
        self.fail: BbbmigError | None = None

    def make(self, _action: Action, target: Path) -> Made:
        if self.fail is not None:
            raise self.fail
        part = target.with_name(".part")
        part.write_bytes(b"film")
        return Made(part=part, suffix=".webm", how="video")


class There:
    """A recorder's directory, and what delivers into it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.memory = FakeMemory()
        self.pod = FakePod()
        self.maker = FakeMaker(directory)
        self.install_fails: BbbmigError | None = None

    def install(self, part: Path, target: Path) -> int:
        if self.install_fails is not None:
            raise self.install_fails
        part.rename(target)
        return target.stat().st_size

    def delivery(self, history: History = NOTHING) -> ClaimDelivery:
        return ClaimDelivery(
            server=SERVER,
            directory=self.directory,
            pod_directory="/pod/recorder/",
            maker=self.maker,  # type: ignore[arg-type] # as far as it is used
            install=self.install,
            recorder=self.pod,
            memory=self.memory,
            history=history,
        )

    @property
    def states(self) -> list[State]:
        return [state for _, state in self.memory.states(Effect.CLAIM)]


@pytest.fixture
def there(tmp_path: Path) -> There:
    return There(tmp_path)


def test_each_step_is_written_down_after_it_and_pod_is_told_of_the_true_size(there: There) -> None:
    outcome = there.delivery().carry_out(DOWNLOAD)
    assert there.states == [State.STARTED, State.DELIVERED, State.DONE]
    assert (outcome.status, outcome.location, outcome.size) == (Status.DONE, "/pod/recorder/Meeting a.webm", 4)
    assert there.pod.done == [f"registered /pod/recorder/Meeting a.webm 4 {ONE.start}"]
    (_, delivered, done) = there.memory.written
    assert delivered.location == done.location == str(there.directory / "Meeting a.webm")


def test_a_file_that_is_there_is_only_registered(there: There) -> None:
    (there.directory / "By hand.mp4").write_bytes(b"12345")
    outcome = there.delivery().carry_out(Action(kind=Kind.REGISTER, recording=ONE, target="By hand.mp4"))
    assert (there.states, outcome.size) == ([State.DONE], 5)


def test_a_file_that_was_claimed_meanwhile_fails_for_itself(there: There) -> None:
    with pytest.raises(RecordingFailed, match="cannot be read any more"):
        there.delivery().carry_out(Action(kind=Kind.REGISTER, recording=ONE, target="gone.mp4"))
    assert there.states == []


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        (RecordingFailed("broken"), True),
        (RemoteError("down"), False),
        (NoSpace("full"), False),
        (MachineError("read-only"), False),
        (ConfigError("no ffprobe"), False),
    ],
)
@pytest.mark.parametrize("at", ["making", "installing"])
def test_only_what_is_wrong_with_the_recording_is_counted(
    there: There,
    error: BbbmigError,
    counted: bool,  # noqa: FBT001 - a parameter of tests
    at: str,
) -> None:
    there.maker.fail = error if at == "making" else None
    there.install_fails = error if at == "installing" else None
    with pytest.raises(type(error)):
        there.delivery().carry_out(DOWNLOAD)
    assert there.states == [State.STARTED, *([State.FAILED] if counted else [])]
    assert there.pod.done == []


def test_a_failure_when_asked_to_stop_is_not_counted(there: There) -> None:
    there.maker.fail = RecordingFailed("stopped")
    there.maker.stop.set()
    with pytest.raises(RecordingFailed):
        there.delivery().carry_out(DOWNLOAD)
    assert there.states == [State.STARTED]


def test_a_file_that_pod_was_not_told_of_is_remembered_as_delivered(there: There) -> None:
    there.pod.fail = RemoteError("down")
    with pytest.raises(RemoteError):
        there.delivery().carry_out(DOWNLOAD)
    assert there.states == [State.STARTED, State.DELIVERED]


def test_without_the_lock_nothing_gets_its_name(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    make = there.maker.make

    def slow(action: Action, target: Path) -> Made:
        there.memory.lost = True  # while it was made
        return make(action, target)

    monkeypatch.setattr(there.maker, "make", slow)
    with pytest.raises(LockLost):
        there.delivery().carry_out(DOWNLOAD)
    assert not (there.directory / "Meeting a.webm").exists()
    assert there.pod.done == []


def test_without_the_lock_pod_is_told_nothing(there: There) -> None:
    (there.directory / "By hand.mp4").write_bytes(b"12345")
    there.memory.lost = True
    with pytest.raises(LockLost):
        there.delivery().carry_out(Action(kind=Kind.REGISTER, recording=ONE, target="By hand.mp4"))
    assert there.pod.done == []


@pytest.mark.parametrize(("before", "again"), [(State.DONE, True), (State.FAILED, False), (State.STARTED, False)])
def test_what_was_done_is_begun_anew_on_purpose_only(there: There, before: State, again: bool) -> None:  # noqa: FBT001
    there.delivery(History([claimed(ONE, state=before)])).carry_out(DOWNLOAD)
    assert [one.again for one in there.memory.written] == [again, False, False]
