"""Captions of videos in Pod: once for each language, with files of users and without."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.target import User, VideoRequest
from bbbmig.pod.captions import NO_WAY, Captions
from bbbmig.pod.client import PodServer
from bbbmig.pod.videos import Videos
from tests.pod_server import PodFor

OWNER = User(id=3, username="staffonly", is_staff=True)
FRENCH, ENGLISH = "WEBVTT\n\n00:01.000 --> 00:02.000\nL'été à Liège\n", "WEBVTT\n\n00:01.000 --> 00:02.000\nSummer\n"
TRACKS = {
    True: "SELECT t.lang, t.kind, f.file FROM completion_track t JOIN podfile_customfilemodel f ON f.id = t.src_id"
    " ORDER BY t.lang",
    False: "SELECT t.lang, t.kind, f.file FROM completion_track t JOIN main_customfilemodel f ON f.id = t.src_id"
    " ORDER BY t.lang",
}


@pytest.fixture(params=[True, False], ids=["podfile", "our file"])
def podfile(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def pod(pods: PodFor, *, podfile: bool) -> SamplePod:
    return pods(podfile=True) if podfile else pods()


@pytest.fixture
def server(pod: SamplePod) -> Iterator[PodServer]:
    with PodServer(pod.url, pod.token, sleep=lambda _: None) as server:
        yield server


@pytest.fixture
def video(server: PodServer, tmp_path: Path) -> int:
    file = tmp_path / "a.mp4"
    file.write_bytes(b"film")
    wanted = VideoRequest(
        title="Été", owner=OWNER, type_id=1, site_ids=(1,), recorded=datetime(2023, 5, 6, 12, tzinfo=UTC)
    )
    return Videos(server).upload(file, wanted).id


@pytest.fixture
def tracks(pod: SamplePod, *, podfile: bool) -> Callable[[], dict[str, str]]:
    """Gives what Pod has, by language."""

    def read() -> dict[str, str]:
        rows: list[dict[str, Any]] = pod.rows(TRACKS[podfile])
        assert [row["kind"] for row in rows] == ["subtitles"] * len(rows)
        texts = [(pod.directory / "media" / row["file"]).read_text(encoding="utf-8") for row in rows]
        assert len({row["lang"] for row in rows}) == len(rows)
        return {row["lang"]: text for row, text in zip(rows, texts, strict=True)}

    return read


def test_are_given_once(server: PodServer, video: int, tracks: Callable[[], dict[str, str]]) -> None:
    captions = Captions(server)
    assert captions.give(video, OWNER, {"fr": FRENCH, "en": ENGLISH}) == {}
    assert tracks() == {"fr": FRENCH, "en": ENGLISH}
    assert captions.give(video, OWNER, {"fr": "WEBVTT\n\nanother", "de": FRENCH}) == {}
    assert Captions(server).give(video, OWNER, {"fr": FRENCH}) == {}
    assert tracks() == {"fr": FRENCH, "en": ENGLISH, "de": FRENCH}


def test_a_language_that_pod_has_not_hinders_no_other(
    server: PodServer, video: int, tracks: Callable[[], dict[str, str]]
) -> None:
    refused = Captions(server).give(video, OWNER, {"xx": FRENCH, "en": ENGLISH})
    assert list(refused) == ["xx"]
    assert tracks() == {"en": ENGLISH}


@pytest.mark.parametrize("kind", ["cut", "status"])
def test_a_lost_answer_makes_no_second_track(
    pod: SamplePod, server: PodServer, video: int, tracks: Callable[[], dict[str, str]], kind: str, *, podfile: bool
) -> None:
    path = "/rest/tracks/" if podfile else "/rest/bbbmig/captions/"
    pod.fault(kind, path=path, method="POST", status=502, late=True, times=1)
    assert Captions(server).give(video, OWNER, {"fr": FRENCH}) == {}
    assert tracks() == {"fr": FRENCH}


def test_an_owner_without_folder_gets_one_and_a_second_run_finds_it(pods: PodFor, tmp_path: Path) -> None:
    pod = pods(podfile=True)
    with PodServer(pod.url, pod.token, sleep=lambda _: None) as server:
        file = tmp_path / "a.mp4"
        file.write_bytes(b"film")
        for number in range(2):
            wanted = VideoRequest(title=f"Été {number}", owner=OWNER, type_id=1, site_ids=(1,))
            made = Videos(server).upload(file, wanted)
            assert Captions(server).give(made.id, OWNER, {"fr": FRENCH}) == {}
    folders = pod.rows("SELECT name FROM podfile_userfolder WHERE owner_id = 3 ORDER BY name")
    assert [row["name"] for row in folders] == ["BigBlueButton", "home"]


def test_an_old_file_of_ours_is_said_once_and_nothing_fails(pods: PodFor, caplog: pytest.LogCaptureFixture) -> None:
    pod = pods()
    pod.fault("absent", path="/rest/bbbmig/")
    with PodServer(pod.url, pod.token) as server:
        captions = Captions(server)
        assert captions.give(1, OWNER, {"fr": FRENCH, "en": ENGLISH}) == {"fr": NO_WAY, "en": NO_WAY}
        assert captions.give(2, OWNER, {"fr": FRENCH}) == {"fr": NO_WAY}
    (said,) = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert "replace pod/custom/bbbmig_urls.py by what `bbbmig pod-extension` prints" in said


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ({"video": 99, "lang": "fr", "text": FRENCH}, "video"),
        ({"video": 1, "lang": "fr", "text": "no captions"}, "text"),
        ({"video": 1, "lang": "fr-FR", "text": FRENCH}, "lang"),
        ({"video": 1, "lang": "fr"}, "text"),
        ({"video": 1, "lang": "fr", "text": FRENCH, "kind": "captions"}, "kind"),
    ],
)
def test_our_file_refuses_what_it_does_not_understand(sample_pod: SamplePod, body: dict[str, object], key: str) -> None:
    reply = sample_pod.client().post("/rest/bbbmig/captions/", json=body)
    assert (reply.status_code, list(reply.json())) == (400, [key])
    assert sample_pod.client("stu").post("/rest/bbbmig/captions/", json=body).status_code == 403
    assert sample_pod.client(token="").post("/rest/bbbmig/captions/", json=body).status_code == 401
    assert sample_pod.rows("SELECT 1 FROM completion_track") == []
