"""A video for its owners, step by step: what is written down, what Pod gets, what stops it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bbbmig.apply.delivery import Drop, Upload
from bbbmig.apply.publishing import STORING, PublishDelivery, unanswered
from bbbmig.convert.install_file import install_copy
from bbbmig.domain.file_names import file_name, title_in
from bbbmig.domain.history import Effect, Entry, History, State
from bbbmig.domain.outcome import Status
from bbbmig.domain.owner import Owner
from bbbmig.domain.plan import Action, Kind
from bbbmig.domain.target import User, Video, VideoRequest
from bbbmig.errors import BbbmigError, LockLost, MachineError, RecordingFailed, RemoteError
from bbbmig.pod.limits import POD
from bbbmig.transfer.throttle import Throttle
from tests.apply.fakes import SERVER, FakeMemory, FakePod
from tests.apply.test_claims import FakeMaker
from tests.domain.recordings import recording
from tests.domain.remembered import published

ONE = recording("a", "video")
NAME = file_name(ONE, ".mp4")
ACTION = Action(
    kind=Kind.DOWNLOAD, recording=ONE, target=NAME, owner=Owner(username="Jean"), others=(Owner(username="marie"),)
)


class There:
    """A work directory, a Pod, and what publishes."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.memory = FakeMemory()
        self.pod = FakePod()
        self.maker = FakeMaker(directory)
        self.maker.progress = lambda *_: None  # type: ignore[attr-defined] # as FileMaker has

    def install(self, part: Path, target: Path) -> int:
        part.rename(target)
        return target.stat().st_size

    def delivery(self, **values: object) -> PublishDelivery:
        given = {
            "server": SERVER,
            "directory": self.directory,
            "maker": self.maker,
            "install": self.install,
            "videos": self.pod,
            "sender": Upload(videos=self.pod, stop=self.maker.stop, throttle=Throttle(None)),
            "memory": self.memory,
            "user_of": self.pod.user_of,
            "type_id": 1,
            "site_ids": (1,),
            "limits": POD,
        }
        return PublishDelivery(**{**given, **values})  # type: ignore[arg-type] # fields

    @property
    def states(self) -> list[tuple[str, State]]:
        return self.memory.states(Effect.PUBLISH)


@pytest.fixture
def there(tmp_path: Path) -> There:
    return There(tmp_path / "work")


def test_each_step_is_written_down_and_the_file_goes_when_pod_has_it(there: There) -> None:
    outcome = there.delivery().carry_out(ACTION)
    assert there.states == [
        ("", State.STARTED),
        ("", State.DELIVERED),
        ("Jean", State.STARTED),
        ("Jean", State.DONE),
        ("", State.DONE),
    ]
    assert (outcome.status, outcome.location, outcome.size) == (Status.DONE, "0001-x", 4)
    assert list(there.directory.iterdir()) == []
    (video,) = there.pod.videos.values()
    assert video.title == title_in(POD, ONE)


def test_copies_are_videos_of_their_own(there: There) -> None:
    outcome = there.delivery(copies=True).carry_out(ACTION)
    assert outcome.location == "0001-x 0002-x"
    assert [who for who, _ in there.pod.videos] == ["Jean", "marie"]
    assert [target for target, state in there.states if state is State.DONE] == ["Jean", "marie", ""]


def test_what_pod_has_is_not_made(there: There) -> None:
    there.maker.fail = RecordingFailed("not needed")
    request = VideoRequest(title=title_in(POD, ONE), owner=User(id=1, username="Jean"), type_id=1, site_ids=())
    there.pod.made(request)
    outcome = there.delivery().carry_out(ACTION)
    assert (outcome.detail, outcome.location) == ("Pod had it already", "0001-x")
    assert there.states == [("Jean", State.DONE), ("", State.DONE)]


@pytest.mark.parametrize(
    ("error", "counted"), [(RecordingFailed("no"), True), (RemoteError("down"), False), (MachineError("full"), False)]
)
def test_only_what_is_wrong_with_the_recording_is_counted(there: There, error: BbbmigError, counted: bool) -> None:  # noqa: FBT001
    there.pod.fail = error
    with pytest.raises(type(error)):
        there.delivery().carry_out(ACTION)
    end = [("Jean", State.FAILED), ("", State.FAILED)] if counted else []
    assert there.states == [("", State.STARTED), ("", State.DELIVERED), ("Jean", State.STARTED), *end]
    assert [path.name for path in there.directory.iterdir()] == [NAME.replace(".mp4", ".webm")]  # for the next run


def test_a_lock_that_is_lost_while_it_is_sent_stops_the_sending(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = there.pod.upload

    def frozen(*arguments: object, **options: object) -> Video:
        there.memory.lost = True
        return upload(*arguments, **options)  # type: ignore[arg-type] # passed on

    monkeypatch.setattr(there.pod, "upload", frozen)
    with pytest.raises(LockLost):
        there.delivery().carry_out(ACTION)
    assert there.pod.videos == {}
    assert State.FAILED not in [state for _, state in there.states]


def test_without_the_lock_nothing_is_begun(there: There) -> None:
    there.memory.lost = True
    with pytest.raises(LockLost):
        there.delivery().carry_out(ACTION)
    assert there.pod.videos == {}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (None, False),
        (published(ONE, "jean", State.STARTED, at=datetime.now(UTC)), True),
        (published(ONE, "jean", State.STARTED, at=None), True),
        (published(ONE, "jean", State.STARTED, at=datetime.now(UTC) - STORING - timedelta(minutes=1)), False),
        (published(ONE, "jean", State.FAILED, at=datetime.now(UTC)), False),
        (published(ONE, "jean", State.DONE, at=datetime.now(UTC)), False),
    ],
)
def test_only_what_was_sent_a_moment_ago_is_waited_for(entry: Entry | None, expected: bool, there: There) -> None:  # noqa: FBT001
    assert unanswered(entry) is expected
    there.delivery(history=History([] if entry is None else [entry])).carry_out(ACTION)
    assert there.pod.done[0] == ("looked patiently" if expected else "looked once")


class TestDrop:
    """Into the recorder's directory, and Pod makes a video of it."""

    def drop(self, there: There, **values: object) -> Drop:
        directory = there.directory.parent / "recorder"
        directory.mkdir(exist_ok=True)

        def install_copy(file: Path, target: Path) -> int:
            if target.exists() and target.read_bytes() == file.read_bytes():
                return target.stat().st_size
            there.pod.done.append(f"copied to {target.name}")
            return target.write_bytes(file.read_bytes())

        given = {
            "videos": there.pod,
            "recorder": there.pod,
            "directory": directory,
            "pod_directory": "/pod/recorder/",
            "room": POD.path,
            "install_copy": install_copy,
        }
        return Drop(**{**given, **values})  # type: ignore[arg-type] # fields

    def test_a_file_is_copied_published_and_gets_its_title(self, there: There) -> None:
        there.delivery(sender=self.drop(there)).carry_out(ACTION)
        name = NAME.replace(".mp4", ".webm")
        stem = name.removesuffix(".webm")
        assert there.pod.done == [
            "looked once",
            f"copied to {name}",
            f"published /pod/recorder/{name} as {stem} for Jean",
            f"took over {stem}",
        ]

    def test_copies_have_names_of_their_own(self, there: There) -> None:
        there.delivery(sender=self.drop(there), copies=True).carry_out(ACTION)
        names = [one.removeprefix("copied to ") for one in there.pod.done if one.startswith("copied")]
        assert len(set(names)) == 2
        assert all(who in name for who, name in zip(("Jean", "marie"), names, strict=True))

    def test_a_file_that_pods_recorder_knows_is_only_waited_for(self, there: There) -> None:
        name = NAME.replace(".mp4", ".webm")
        there.delivery(sender=self.drop(there, in_pod=[name])).carry_out(ACTION)
        assert there.pod.done == ["looked once", f"took over {name.removesuffix('.webm')}"]

    def test_a_file_that_a_killed_run_dropped_is_not_copied_again(self, there: There) -> None:
        drop = self.drop(there)
        name = NAME.replace(".mp4", ".webm")
        (drop.directory / name).write_bytes(b"film")
        there.delivery(sender=drop).carry_out(ACTION)
        assert there.pod.done[1] == f"published /pod/recorder/{name} as {name.removesuffix('.webm')} for Jean"

    @pytest.mark.parametrize("how", ["file", "link", "dangling", "folder"])
    def test_what_merely_bears_its_name_is_neither_published_nor_touched(self, there: There, how: str) -> None:
        drop = self.drop(there, install_copy=install_copy)
        name = NAME.replace(".mp4", ".webm")
        theirs = drop.directory / name
        same = there.directory.parent / "same"
        if how == "file":
            theirs.write_bytes(b"mine")
        elif how == "folder":
            theirs.mkdir()
        else:
            theirs.symlink_to(same)
        if how == "link":
            same.write_bytes(b"film")
        with pytest.raises(RecordingFailed, match="is there already, and is another file"):
            there.delivery(sender=drop).carry_out(ACTION)
        assert there.pod.done == ["looked once"]
        assert theirs.is_symlink() == (how in ("link", "dangling"))
        assert how != "file" or theirs.read_bytes() == b"mine"
