"""A file appears under its name in one step, whole, readable for Pod, and never in the place of another."""

import errno
import os
import pwd
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bbbmig.convert.install_file import install, install_copy, ownership
from bbbmig.domain.file_names import FILE_NAME_BYTES
from bbbmig.errors import ConfigError, MachineError, NoSpace, RecordingFailed
from bbbmig.transfer.leftovers import leftovers, remove_leftovers
from bbbmig.transfer.own_folder import FOLDER, own_folder
from bbbmig.transfer.partial_file import note_of, part_of

NAME = "Algèbre, séance 3 🎓 2023-05-06 14h30 1a2b3c4d5e6f.mp4"
POD_TAKES = {".3gp", ".avi", ".divx", ".flv", ".m2p", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts"}
POD_TAKES |= {".wmv", ".mp3", ".ogg", ".wav", ".wma", ".webm", ".ts", ".zip"}


@pytest.fixture
def recorder(tmp_path: Path) -> Path:
    folder = tmp_path / "recorder"
    folder.mkdir()
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder on another file system."""
    memory = Path("/dev/shm")
    assert memory.stat().st_dev != tmp_path.stat().st_dev
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(params=["with links", "without links"])
def _file_systems(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that know a second name for a file, and those that do not."""

    def refused(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    if request.param == "without links":
        monkeypatch.setattr(os, "link", refused)


def files_in(folder: Path) -> list[Path]:
    """What is there, but for an empty folder of bbbmig's own."""
    return sorted(path for path in folder.rglob("*") if path != folder / FOLDER)


def finished(target: Path, content: bytes = b"film") -> Path:
    part = part_of(target)
    own_folder(target.parent)
    part.write_bytes(content)
    note_of(part).write_text("{}")
    return part


def test_pod_takes_no_unfinished_file_for_a_video(recorder: Path) -> None:
    for suffix in POD_TAKES:
        part = part_of(recorder / f"film{suffix}")
        assert part.parent == recorder / FOLDER
        assert not {part.suffix, note_of(part).suffix} & POD_TAKES


def test_the_longest_name_leaves_room_for_its_unfinished_form(recorder: Path) -> None:
    part = finished(recorder / ("x" * (FILE_NAME_BYTES - 4) + ".mp4"))
    assert part.exists()


def test_a_file_gets_its_name_with_all_its_bytes_and_rights(recorder: Path) -> None:
    target = recorder / NAME
    assert install(finished(target, b"whole"), target, mode=0o640) == 5
    assert target.read_bytes() == b"whole"
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert files_in(recorder) == [target]
    assert target.stat().st_nlink == 1


def test_at_the_moment_it_appears_nothing_is_left_to_do(recorder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = recorder / NAME
    done: list[str] = []
    sync, link = os.fsync, os.link

    def synced(descriptor: int) -> None:
        done.append(f"fsync {Path(f'/proc/self/fd/{descriptor}').readlink().name}")
        sync(descriptor)

    def linked(source: Path, new: Path) -> None:
        done.append(f"appears with mode {stat.S_IMODE(source.stat().st_mode):o}")
        assert not note_of(source).exists()
        link(source, new)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "link", linked)
    install(finished(target), target, mode=0o644)
    assert done == [f"fsync {part_of(target).name}", "appears with mode 644", "fsync recorder"]


def test_a_file_from_another_file_system_appears_in_one_step_too(elsewhere: Path, recorder: Path) -> None:
    target, part = recorder / NAME, elsewhere / "converted.mp4"
    part.write_bytes(b"whole")
    assert install(part, target, mode=0o644) == 5
    assert target.read_bytes() == b"whole"
    assert files_in(recorder) == [target]
    assert not part.exists()


@pytest.mark.usefixtures("_file_systems")
def test_a_copy_appears_in_one_step_and_the_file_stays(elsewhere: Path, recorder: Path) -> None:
    for number, folder in enumerate((elsewhere, recorder)):
        file = folder / "whole.mp4"
        file.write_bytes(b"film")
        target = recorder / f"{number} {NAME}"
        own_folder(recorder)
        part_of(target).write_bytes(b"of a run that died")
        assert install_copy(file, target, mode=0o640) == 4
        assert (file.read_bytes(), target.read_bytes()) == (b"film", b"film")
        assert stat.S_IMODE(target.stat().st_mode) == 0o640
        assert install_copy(file, target) == 4  # once more does no harm
    assert leftovers(recorder) == []


def test_a_copy_that_finds_no_room_leaves_nothing(
    elsewhere: Path, recorder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = elsewhere / "converted.mp4"
    part.write_bytes(b"whole")

    def full(_source: Path, target: Path) -> None:
        target.write_bytes(b"wh")
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "copyfile", full)
        with pytest.raises(NoSpace, match="recorder is full"):
            install(part, recorder / NAME)
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=64 << 20))
    with pytest.raises(NoSpace, match=r"has only 64\.0 MiB left"):
        install(part, recorder / NAME)
    assert files_in(recorder) == []
    assert part.read_bytes() == b"whole"


@pytest.mark.usefixtures("_file_systems")
def test_another_file_of_that_name_is_never_replaced(recorder: Path) -> None:
    target = recorder / NAME
    target.write_bytes(b"somebody else's")
    with pytest.raises(RecordingFailed, match="is there already"):
        install(finished(target), target)
    assert target.read_bytes() == b"somebody else's"
    assert part_of(target).exists()


@pytest.mark.usefixtures("_file_systems")
def test_the_same_file_is_there_already_after_a_cut_run(recorder: Path) -> None:
    target = recorder / NAME
    install(finished(target), target)
    assert install(finished(target), target) == 4
    assert files_in(recorder) == [target]


def test_a_run_that_died_between_the_two_names_is_finished(recorder: Path) -> None:
    target = recorder / NAME
    os.link(finished(target), target)
    assert install(part_of(target), target) == 4
    assert files_in(recorder) == [target]


def test_owner_and_group_are_set_or_the_reason_is_said(recorder: Path) -> None:
    target = recorder / NAME
    nobody = pwd.getpwnam("nobody")
    part = finished(target)
    if os.geteuid() == 0:
        install(part, target, owner="nobody", group=str(nobody.pw_gid), mode=0o600)
        assert (target.stat().st_uid, target.stat().st_gid) == (nobody.pw_uid, nobody.pw_gid)
    else:
        with pytest.raises(ConfigError, match="cannot be set"):
            install(part, target, owner="nobody")
        assert not target.exists()


def test_users_and_groups_that_do_not_exist_are_named() -> None:
    assert ownership("", "") == (-1, -1)
    assert ownership("0", "root") == (0, 0)
    with pytest.raises(ConfigError, match="no user no-such-user"):
        ownership("no-such-user", "")
    with pytest.raises(ConfigError, match="no group no-such-group"):
        ownership("", "no-such-group")


def test_a_folder_that_is_gone_is_said_in_words(recorder: Path, tmp_path: Path) -> None:
    part = tmp_path / "converted.mp4"
    part.write_bytes(b"whole")
    recorder.rmdir()
    with pytest.raises(MachineError, match="cannot write"):
        install(part, recorder / NAME)
    assert not recorder.exists()


def test_what_a_dead_run_left_is_removed_but_for_what_is_still_useful(recorder: Path) -> None:
    useful, forgotten, bare = (recorder / f"film 2023-05-06 14h30 {n}a2b3c4d5e6f.mp4" for n in "123")
    for target in (useful, forgotten):
        finished(target)
    part_of(bare).write_bytes(b"without a note")
    others = [recorder / name for name in (".htaccess", ".upload.part", "film.mp4", "x 2023 1a2b3c4d5e6f.mp4.part")]
    for path in others:
        path.write_bytes(b"of somebody else")
    gone = {part_of(forgotten), note_of(part_of(forgotten)), part_of(bare)}
    kept = {part_of(useful), note_of(part_of(useful))}
    assert set(leftovers(recorder)) == gone | kept
    assert set(remove_leftovers(recorder, targets=[useful, bare])) == gone
    assert set(files_in(recorder)) == {*others, *kept}
    assert remove_leftovers(recorder / "nowhere") == []
