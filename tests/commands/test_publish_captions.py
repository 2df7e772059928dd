"""Captions and chapters of published videos: in Pod once, whichever way the video came."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bbbmig.convert.probe import streams_in
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import make_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.presentation import make_presentation
from bbbmig.demo.recordings import meeting_recording
from bbbmig.domain.recording import Recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.owners_files import belongs
from tests.commands.test_publish import quick  # noqa: F401 - a fixture
from tests.convert.conftest import ffmpeg
from tests.pod_server import PodFor
from tests.waiting import wait_until

START = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
FILM = meeting_recording("room-film", "Le film", START, "video")
LESSON = meeting_recording("room-lesson", "La leçon", START, "presentation 2.3")
FRENCH = "WEBVTT\n\n00:00.500 --> 00:01.500\nL'été à Liège\n"
PORTUGUESE = "WEBVTT\n\n00:00.500 --> 00:01.500\nO verão\n"
TRACKS = (
    "SELECT t.lang, f.file FROM completion_track t JOIN main_customfilemodel f ON f.id = t.src_id"
    " JOIN video_video v ON v.id = t.video_id ORDER BY t.lang"
)


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """A film whose page names captions, and a lesson whose folder lists them."""
    folder = tmp_path_factory.mktemp("captions")
    made = make_media(folder, [FILM])
    lesson = make_presentation(folder / "lesson", seconds=4.0)
    texts = {"fr": FRENCH, "pt_BR": PORTUGUESE}
    for locale, text in texts.items():
        (folder / f"{locale}.vtt").write_text(text, encoding="utf-8")
    listed = folder / "captions.json"
    listed.write_text(json.dumps([{"locale": locale, "localeName": locale} for locale in texts]), encoding="utf-8")
    files = {**made.files, **{f"/presentation/{LESSON.record_id}/{name}": path for name, path in lesson.items()}}
    files[f"/presentation/{LESSON.record_id}/captions.json"] = listed
    for path in (f"/video/{FILM.record_id}", f"/presentation/{LESSON.record_id}"):
        files |= {f"{path}/caption_{locale}.vtt": folder / f"{locale}.vtt" for locale in texts}
    return Media(files=files, durations_s={**made.durations_s, LESSON.record_id: 4.0})


@pytest.fixture
def bbb(serve_bbb: ServeBbb, media: Media) -> SampleBbb:
    return serve_bbb([FILM, LESSON], media=media)


@pytest.fixture
def publisher_of(
    operator_of: MakeOperator,
    bbb: SampleBbb,
    sample_pod: SamplePod,
    quick: None,  # noqa: ARG001, F811
) -> Callable[[Recording], Operator]:
    def make(one: Recording) -> Operator:
        operator = operator_of(bbb=bbb, pod=sample_pod)
        belongs(operator, {one.record_id: "staffonly"})
        operator.set(publish__unknown_owner="skip", converter__order=["render"])
        return operator

    return make


def forget(operator: Operator, video: int) -> None:
    """Let the ledger be one of before: nobody has looked for captions of that video."""
    with sqlite3.connect(operator.ledger) as ledger:
        gone = ledger.execute("DELETE FROM bbbmig_effects WHERE effect = 'captions' AND target = ?", (str(video),))
        assert gone.rowcount == 1
    ledger.close()


def remove_track(pod: SamplePod, language: str) -> None:
    with sqlite3.connect(pod.directory / "db.sqlite3", timeout=60) as database:
        assert database.execute("DELETE FROM completion_track WHERE lang = ?", (language,)).rowcount == 1
    database.close()


def tracks(pod: SamplePod) -> dict[str, str]:
    return {
        row["lang"]: (pod.directory / "media" / row["file"]).read_text(encoding="utf-8") for row in pod.rows(TRACKS)
    }


@pytest.mark.parametrize("via", ["upload", "recorder"])
@pytest.mark.parametrize("one", [FILM, LESSON], ids=["film", "lesson"])
def test_are_given_once(
    publisher_of: Callable[[Recording], Operator], sample_pod: SamplePod, one: Recording, via: str
) -> None:
    operator = publisher_of(one)
    ran = operator.json("publish", "--via", via)
    assert "captions fr, pt" in " ".join(action["detail"] for action in ran.actions)
    assert tracks(sample_pod) == {"fr": FRENCH, "pt": PORTUGUESE}
    ends = "SELECT 1 FROM video_video WHERE encoded AND NOT encoding_in_progress"
    wait_until(lambda: sample_pod.rows(ends), "its encoding does not end")
    assert operator.json("publish", "--via", via).counts["skipped"] == 2
    assert tracks(sample_pod) == {"fr": FRENCH, "pt": PORTUGUESE}


def test_an_old_file_of_ours_in_pod_costs_the_captions_alone_and_that_is_said(
    publisher_of: Callable[[Recording], Operator], sample_pod: SamplePod
) -> None:
    operator = publisher_of(FILM)
    sample_pod.fault("absent", path="/rest/bbbmig/")
    ran = operator.run("publish", "-q")
    assert ran.code == 0
    assert "replace pod/custom/bbbmig_urls.py by what `bbbmig pod-extension` prints" in ran.err
    assert (len(sample_pod.rows("SELECT 1 FROM video_video")), tracks(sample_pod)) == (1, {})


def test_where_pod_fails_over_them_the_next_run_gives_them(
    publisher_of: Callable[[Recording], Operator], sample_pod: SamplePod
) -> None:
    operator = publisher_of(FILM)
    sample_pod.fault("status", path="/rest/bbbmig/captions/", status=500)
    assert operator.run("publish").code == 3
    sample_pod.heal()
    assert operator.json("publish").counts["done"] == 1
    assert (len(sample_pod.rows("SELECT 1 FROM video_video")), list(tracks(sample_pod))) == (1, ["fr", "pt"])


def test_settings_may_do_without(publisher_of: Callable[[Recording], Operator], sample_pod: SamplePod) -> None:
    operator = publisher_of(FILM)
    operator.set(converter__render__captions=False)
    assert operator.run("publish").code == 0
    assert tracks(sample_pod) == {}


def test_files_of_users_take_them_in_the_folder_of_the_owner(
    operator_of: MakeOperator, bbb: SampleBbb, pods: PodFor
) -> None:
    pod = pods(podfile=True)
    operator = operator_of(bbb=bbb, pod=pod)
    belongs(operator, {FILM.record_id: "staffonly"})
    operator.set(publish__unknown_owner="skip", converter__order=["render"])
    assert operator.run("publish").code == 0
    rows = pod.rows(
        "SELECT t.lang, d.name, d.owner_id FROM completion_track t JOIN podfile_customfilemodel f ON f.id = t.src_id"
        " JOIN podfile_userfolder d ON d.id = f.folder_id ORDER BY t.lang"
    )
    assert rows == [{"lang": lang, "name": "BigBlueButton", "owner_id": 3} for lang in ("fr", "pt")]


class TestPostponed:
    """A video whose title is put right by a later run, because Pod's encoder was behind."""

    def test_gets_title_chapters_and_captions_then(
        self, publisher_of: Callable[[Recording], Operator], sample_pod: SamplePod
    ) -> None:
        operator = publisher_of(LESSON)
        sample_pod.encoder("queued")
        assert operator.json("publish", "--via", "recorder").counts["postponed"] == 1
        assert (tracks(sample_pod), sample_pod.rows("SELECT 1 FROM video_chapter")) == ({}, [])
        sample_pod.encoder("works")
        wait_until(lambda: sample_pod.rows("SELECT 1 FROM video_video WHERE encoded"), "it is not encoded")
        assert operator.json("publish", "--via", "recorder").counts["done"] == 1
        assert [row["title"] for row in sample_pod.rows("SELECT title FROM video_video")] == [LESSON.title]
        chapters = sample_pod.rows("SELECT title, time_start FROM video_chapter ORDER BY time_start")
        assert len(chapters) > 1
        assert chapters[0]["time_start"] == 0
        assert list(tracks(sample_pod)) == ["fr", "pt"]
        assert not list((operator.folder / "work").glob("*.chapters.json"))


@pytest.fixture(scope="session")
def subtitled(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """A film that holds a track of subtitles itself."""
    folder = tmp_path_factory.mktemp("subtitled")
    (folder / "fr.vtt").write_text(FRENCH, encoding="utf-8")
    made = make_media(folder, [FILM])
    ((address, film),) = made.files.items()
    both = folder / "both.mp4"
    ffmpeg("-i", film, "-i", folder / "fr.vtt", "-map", "0", "-map", "1", "-c", "copy", "-c:s", "mov_text", both)
    return replace(made, files={address: both})


@pytest.mark.parametrize("way", ["upload", "recorder", "claim"])
def test_a_film_that_holds_some_is_encoded_all_the_same(
    operator_of: MakeOperator,
    serve_bbb: ServeBbb,
    sample_pod: SamplePod,
    subtitled: Media,
    way: str,
    quick: None,  # noqa: ARG001, F811
) -> None:
    operator = operator_of(bbb=serve_bbb([FILM], media=subtitled), pod=sample_pod)
    belongs(operator, {FILM.record_id: "staffonly"})
    ran = operator.json(*(["claim"] if way == "claim" else ["publish", "--via", way]))
    assert "without a track of subtitles that was inside the file" in " ".join(one["detail"] for one in ran.actions)
    if way == "claim":
        (file,) = (path for path in operator.dropped if path.suffix == ".m4v")
        assert [one.kind for one in streams_in(file)] == ["video", "audio"]
        return
    ends = "SELECT 1 FROM video_video WHERE encoded AND NOT encoding_in_progress"
    wait_until(lambda: sample_pod.rows(ends), "its encoding does not end")


def asked_for_captions(bbb: SampleBbb) -> int:
    return sum(request.path.endswith(("captions.json", ".vtt")) for request in bbb.requests)


@pytest.mark.parametrize("one", [FILM, LESSON], ids=["film", "lesson"])
def test_videos_of_earlier_runs_get_them_once(
    publisher_of: Callable[[Recording], Operator], sample_pod: SamplePod, bbb: SampleBbb, one: Recording
) -> None:
    operator = publisher_of(one)
    operator.set(converter__render__captions=False)
    assert operator.json("publish").counts["done"] == 1
    assert tracks(sample_pod) == {}
    operator.set(converter__render__captions=True)
    dry = operator.run("publish", "--dry")
    assert "1 videos published earlier would be looked at for captions" in dry.err
    assert tracks(sample_pod) == {}
    ran = operator.run("publish")
    assert ran.code == 0
    assert "1 videos that were published earlier have captions now" in ran.err
    assert tracks(sample_pod) == {"fr": FRENCH, "pt": PORTUGUESE}

    remove_track(sample_pod, "pt")  # a person does not want them
    before = asked_for_captions(bbb)
    assert operator.run("publish").code == 0
    assert asked_for_captions(bbb) == before
    assert tracks(sample_pod) == {"fr": FRENCH}
    assert len(sample_pod.rows("SELECT 1 FROM video_video")) == 1


def test_what_a_person_put_there_meanwhile_stays(
    publisher_of: Callable[[Recording], Operator], sample_pod: SamplePod
) -> None:
    operator = publisher_of(FILM)
    operator.run("publish")
    (film,) = (row["id"] for row in sample_pod.rows("SELECT id FROM video_video"))
    words = "WEBVTT\n\n00:00.500 --> 00:01.500\nRelu\n"
    for row in sample_pod.rows("SELECT f.file FROM completion_track t JOIN main_customfilemodel f ON f.id = t.src_id"):
        (sample_pod.directory / "media" / row["file"]).write_text(words, encoding="utf-8")
    remove_track(sample_pod, "pt")
    forget(operator, film)
    assert operator.run("publish").code == 0
    assert tracks(sample_pod) == {"fr": words, "pt": PORTUGUESE}


def test_while_pod_has_no_way_to_take_them_nothing_is_asked_and_nothing_forgotten(
    publisher_of: Callable[[Recording], Operator], sample_pod: SamplePod, bbb: SampleBbb
) -> None:
    operator = publisher_of(FILM)
    sample_pod.fault("absent", path="/rest/bbbmig/")
    assert operator.run("publish").code == 0
    before = asked_for_captions(bbb)
    ran = operator.run("publish")
    assert (ran.code, asked_for_captions(bbb), tracks(sample_pod)) == (0, before, {})
    assert "replace pod/custom/bbbmig_urls.py" in ran.err
    sample_pod.heal()
    assert operator.run("publish").code == 0
    assert list(tracks(sample_pod)) == ["fr", "pt"]


def test_a_server_that_fails_over_them_is_asked_again_by_the_next_run(
    publisher_of: Callable[[Recording], Operator], sample_pod: SamplePod
) -> None:
    operator = publisher_of(FILM)
    operator.set(converter__render__captions=False)
    operator.run("publish")
    operator.set(converter__render__captions=True)
    for methods, said in (("POST", "its captions come with a later run"), ("", "come with a later run")):
        sample_pod.fault(
            "status", path="/rest/bbbmig/captions/", status=500, **({"method": methods} if methods else {})
        )
        ran = operator.run("publish")
        assert (ran.code, said in ran.err) == (0, True), ran.err
    sample_pod.heal()
    assert operator.run("publish").code == 0
    assert list(tracks(sample_pod)) == ["fr", "pt"]
