"""A file for the recorder's directory, step by step: what is written down, what Pod is told, what stops it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bbbmig.apply.claims import ClaimDelivery
from bbbmig.apply.video_file import Made
from bbbmig.domain.history import NOTHING, Effect, Entry, History, State
from bbbmig.domain.outcome import Status
from bbbmig.domain.plan import Action, Kind
from bbbmig.domain.recording import Recording
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
        self.looked: list[str] = []
        self.seen: Callable[[Path], None] = lambda _path: None

    def look_into(self, _recording: Recording, path: Path) -> str:
        self.looked.append(path.name)
        self.seen(path)
        return ""

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
    assert there.maker.looked == ["By hand.mp4"]


@pytest.mark.parametrize(
    ("known", "looked"),
    [
        (claimed(ONE, state=State.DELIVERED, location="/srv/There.mp4", size=4), []),
        (claimed(ONE, state=State.DELIVERED, location="/srv/There.mp4", size=5), ["There.mp4"]),
        (claimed(ONE, state=State.DELIVERED, location="/srv/Other.mp4", size=4), ["There.mp4"]),
        (claimed(ONE, state=State.STARTED), ["There.mp4"]),
    ],
)
def test_a_file_is_looked_into_unless_bbbmig_put_it_there(there: There, known: Entry, looked: list[str]) -> None:
    (there.directory / "There.mp4").write_bytes(b"film")
    there.delivery(History([known])).carry_out(Action(kind=Kind.REGISTER, recording=ONE, target="There.mp4"))
    assert there.maker.looked == looked


def test_pod_is_not_told_of_a_file_that_is_no_whole_one(there: There) -> None:
    path = there.directory / "Half.mp4"
    path.write_bytes(b"film")

    def broken(_path: Path) -> None:
        raise RecordingFailed("Half.mp4 is cut off")

    def growing(path: Path) -> None:
        path.write_bytes(b"film film")

    for seen, said in ((broken, "is cut off"), (growing, "still being written")):
        there.maker.seen = seen
        with pytest.raises(RecordingFailed, match=f"{path}: .*{said}") as caught:
            there.delivery().carry_out(Action(kind=Kind.REGISTER, recording=ONE, target=path.name))
        assert caught.value.hint
    assert (there.states, there.pod.done, path.exists()) == ([], [], True)


def test_pod_is_not_told_of_a_link_that_took_the_place_of_a_file(there: There) -> None:
    (there.directory / "film").write_bytes(b"film")
    (there.directory / "There.mp4").symlink_to("film")
    known = claimed(ONE, state=State.DELIVERED, location="/srv/There.mp4", size=4)
    with pytest.raises(RecordingFailed, match="is not a file"):
        there.delivery(History([known])).carry_out(Action(kind=Kind.REGISTER, recording=ONE, target="There.mp4"))
    assert (there.states, there.pod.done, there.maker.looked) == ([], [], [])


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
