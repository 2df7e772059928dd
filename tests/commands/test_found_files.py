"""What lies in the recorder's directory and bears a recording's sign: looked into before Pod is told of it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.presentation import ffmpeg
from bbbmig.domain.file_names import short_id
from tests.commands.operator_at_work import Operator
from tests.commands.test_claim import VIDEO, one_video, registered, taker

__all__ = ["one_video", "taker"]

NAME = f"By hand {short_id(VIDEO.record_id)}.mp4"


def film_of(media: Media) -> Path:
    (film,) = media.files.values()
    return film


@pytest.mark.parametrize(
    ("put", "what"),
    [
        (lambda path: path.symlink_to("/etc/hostname"), "a link"),
        (lambda path: path.symlink_to("nowhere"), "a link"),
        (lambda path: path.mkdir(), "a folder"),
        (os.mkfifo, "a pipe"),
    ],
    ids=["link", "dangling", "folder", "pipe"],
)
def test_what_is_no_file_is_named_and_left_alone(
    taker: Operator,
    sample_pod: SamplePod,
    put: Callable[[Path], None],
    what: str,
) -> None:
    path = taker.recorder / NAME
    put(path)
    for arguments in (("--dry",), ()):
        ended = taker.json("claim", *arguments)
        (action,) = ended.actions
        assert (ended.code, action["status"], action["reason"]) == (3, "failed", "what bears its name is not a file")
        assert f"{NAME} is {what}" in action["detail"]
    assert [one.name for one in taker.dropped] == [NAME]
    assert registered(sample_pod) == []
    path.rmdir() if what == "a folder" else path.unlink()
    assert taker.json("claim").counts == {"done": 1}


def test_a_link_to_a_good_film_is_not_followed(
    taker: Operator,
    sample_pod: SamplePod,
    one_video: Media,
) -> None:
    (taker.recorder / NAME).symlink_to(film_of(one_video))
    sample_pod.check_directory()  # Pod itself follows it
    assert taker.json("claim").actions[0]["reason"] == "what bears its name is not a file"


@pytest.mark.parametrize("how", ["half", "text", "empty", "another"])
def test_a_file_that_is_not_whole_is_not_registered(
    taker: Operator,
    sample_pod: SamplePod,
    one_video: Media,
    how: str,
) -> None:
    path = taker.recorder / NAME
    film = film_of(one_video)
    if how == "another":
        ffmpeg("-i", str(film), "-t", "1", "-c", "copy", str(path))
        taker.set(converter__duration_tolerance_s=1)
    else:
        content = film.read_bytes()
        path.write_bytes({"half": content[: len(content) // 2], "text": b"soon here\n", "empty": b""}[how])
    before = (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode)
    for _ in range(4):  # it is nobody's failure, and waits for nobody
        ended = taker.json("claim")
        (action,) = ended.actions
        assert (ended.code, action["kind"], action["status"]) == (3, "register", "failed")
        assert str(path) in action["detail"]
    assert "move it away" in taker.run("claim").out
    assert (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_mode) == before
    assert registered(sample_pod) == []
    path.unlink()
    assert taker.json("claim").counts == {"done": 1}


def test_a_good_file_of_somebody_is_registered_and_nothing_is_downloaded(
    taker: Operator,
    sample_pod: SamplePod,
    one_video: Media,
) -> None:
    path = taker.recorder / NAME
    ffmpeg("-i", str(film_of(one_video)), "-c", "copy", str(path))
    (action,) = taker.json("claim").actions
    assert (action["kind"], action["status"]) == ("register", "done")
    assert [row["file"] for row in registered(sample_pod)] == [str(path)]
    assert taker.dropped == [path]
