"""The mirror instead of the old server: every command works when that is switched off."""

import csv
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.file_names import short_id, short_id_in
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.test_mirror import ALL, LESSON, SOUND, VIDEO, media_of, published

__all__ = ["published"]


@pytest.fixture
def bbb(published: Path) -> Iterator[SampleBbb]:
    server = SampleBbb(ALL, flavour="bbb-2.6", media=media_of(published))
    with server:
        yield server


@pytest.fixture
def mover(operator_of: MakeOperator, bbb: SampleBbb, sample_pod: SamplePod, tmp_path: Path) -> Operator:
    """An operator whose mirror is whole."""
    mover = operator_of(bbb=bbb, pod=sample_pod)
    mover.set(mirror__directory=tmp_path / "mirror", converter__order=["render"])
    assert mover.json("mirror").code == 0
    return mover


def switch_off(bbb: SampleBbb) -> int:
    """Let the server be gone; return how many requests it had."""
    bbb.__exit__(None, None, None)
    return len(bbb.requests)


def rows(operator: Operator) -> list[dict[str, str]]:
    out = operator.folder / "out.csv"
    ended = operator.run("export-csv", str(out))
    assert ended.code == 0
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_with_offline_the_list_is_that_of_the_mirror(mover: Operator, bbb: SampleBbb) -> None:
    before = rows(mover)
    asked = switch_off(bbb)
    mover.set(bbb__offline=True)
    assert rows(mover) == before
    assert len(bbb.requests) == asked


def test_a_server_that_does_not_answer_is_stood_in_for_and_that_is_said(mover: Operator, bbb: SampleBbb) -> None:
    switch_off(bbb)
    ended = mover.run("export-csv", "-")
    assert ended.code == 0
    assert "the list of the mirror in" in ended.err
    assert len(ended.out.splitlines()) == 1 + len(ALL)


def test_claim_makes_the_same_files_from_the_mirror_as_from_the_server(
    mover: Operator, bbb: SampleBbb, published: Path
) -> None:
    asked = switch_off(bbb)
    mover.set(bbb__offline=True)
    ended = mover.json("claim")
    assert (ended.code, ended.counts) == (0, {"done": 3})
    files = {short_id_in(path.name): path for path in mover.dropped if path.is_file()}
    for one, name in ((VIDEO, "video/{}/video-0.m4v"), (SOUND, "podcast/{}/audio.ogg")):
        there = published / name.format(one.record_id)
        assert files[short_id(one.record_id)].read_bytes() == there.read_bytes()
    from_server = mover.folder / "from-server.mp4"
    lesson = published / "presentation" / LESSON.record_id
    assert mover.run("render", str(lesson), str(from_server)).code == 0
    assert frames(files[short_id(LESSON.record_id)]) == frames(from_server)
    assert len(bbb.requests) == asked


def frames(path: Path) -> str:
    """Return the digests of all packets of a film."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v", "-map", "0:a", "-c", "copy", "-f", "md5", "-"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_publish_and_import_links_work_from_the_mirror(mover: Operator, bbb: SampleBbb, sample_pod: SamplePod) -> None:
    switch_off(bbb)
    mover.set(
        bbb__offline=True, bbb__playback_base="https://bbb-archive.univ.fr", publish__unknown_owner="administrator"
    )
    ended = mover.json("publish")
    assert (ended.code, ended.counts) == (0, {"done": 3})
    ended = mover.json("import-links")
    assert ended.code == 0
    links = [row["source_url"] for row in sample_pod.rows("SELECT source_url FROM import_video_externalrecording")]
    assert sorted(links) == sorted(
        [
            f"https://bbb-archive.univ.fr/playback/presentation/2.3/{LESSON.record_id}",
            f"https://bbb-archive.univ.fr/playback/video/{VIDEO.record_id}/",
            f"https://bbb-archive.univ.fr/podcast/{SOUND.record_id}/audio.ogg",
        ]
    )


def test_render_takes_the_address_of_what_is_in_the_mirror(mover: Operator, bbb: SampleBbb, tmp_path: Path) -> None:
    switch_off(bbb)
    ended = mover.run("render", f"{bbb.base}/playback/presentation/2.3/{LESSON.record_id}", str(tmp_path / "out.mp4"))
    assert (ended.code, (tmp_path / "out.mp4").is_file()) == (0, True)


def test_check_says_that_the_mirror_stands_in(mover: Operator, bbb: SampleBbb) -> None:
    switch_off(bbb)
    said = [one for one in mover.json("check").objects if one.get("place") == "BigBlueButton"]
    assert [one["level"] for one in said] == ["note"]
    mover.set(bbb__offline=True)
    said = [one for one in mover.json("check").objects if one.get("place") == "BigBlueButton"]
    assert [one["level"] for one in said] == ["ok"]
    assert "3 of them whole there" in said[0]["what"]


def test_what_is_not_whole_is_not_taken_and_says_so(mover: Operator, bbb: SampleBbb, tmp_path: Path) -> None:
    (tmp_path / "mirror" / "video" / VIDEO.record_id / "video-0.m4v").write_bytes(b"cut")
    assert mover.json("mirror", "--verify").code == 3
    switch_off(bbb)
    mover.set(bbb__offline=True)
    ended = mover.json("claim")
    assert (ended.code, ended.counts) == (3, {"done": 2, "failed": 1})
    (failed,) = [one for one in ended.actions if one["status"] == "failed"]
    assert "is not whole in the mirror, and bbb.offline is set" in failed["detail"]


def test_offline_without_a_mirror_is_a_setting_that_cannot_be(
    operator_of: MakeOperator, serve_bbb: ServeBbb, tmp_path: Path
) -> None:
    operator = operator_of(bbb=serve_bbb(ALL, flavour="bbb-2.6"))
    operator.set(bbb__offline=True)
    assert operator.run("export-csv", "-").code == 4
    operator.set(mirror__directory=tmp_path / "nothing")
    ended = operator.run("export-csv", "-")
    assert (ended.code, "nothing was copied into" in ended.err) == (4, True)


def test_what_was_deleted_on_the_server_stays_in_the_mirror_s_list(mover: Operator, bbb: SampleBbb) -> None:
    bbb._ids.remove(SOUND.record_id)
    assert mover.json("mirror").code == 0
    switch_off(bbb)
    mover.set(bbb__offline=True)
    assert len(rows(mover)) == len(ALL)


def test_json_of_a_run_from_the_mirror_says_when_its_list_was_taken(mover: Operator) -> None:
    mover.set(bbb__offline=True)
    start = next(one for one in mover.json("export-csv", "-").objects if one["type"] == "start")
    assert start["from_cache"] is True
    assert json.dumps(start["taken_at"])
