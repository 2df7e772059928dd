"""Files behind playbacks: pages read, redirections followed, tokens traded for cookies, films of others found."""

import dataclasses
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import respx

from bbbmig.bbb.media import MediaFinder, MediaSource
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.recordings import sample_recordings
from bbbmig.domain.recording import Playback, Recording
from bbbmig.errors import BbbmigError, RecordingFailed, RemoteError
from tests.bbb.conftest import Connect, ListFrom
from tests.bbb_server import ServeBbb

Find = Callable[[SampleBbb], MediaFinder]


@pytest.fixture
def finder(connect: Connect) -> Find:
    return lambda sample: MediaFinder(connect(sample), sleep=lambda _s: None)


def film(sample: SampleBbb) -> Recording:
    return next(recording for recording in sample.recordings if recording.playback("video"))


def fetched(source: MediaSource) -> httpx.Response:
    return httpx.get(source.urls[0], cookies=dict(source.cookies))


def seconds_of(content: bytes, path: Path) -> float:
    path.write_bytes(content)
    probe = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "format=duration", str(path)]
    said = json.loads(subprocess.run(probe, check=True, capture_output=True).stdout)
    return float(said["format"]["duration"])


@pytest.mark.parametrize("flavour", ["bbb-2.6", "scalelite", "scalelite-protected"])
def test_the_film_behind_a_video_page_is_whole_and_as_long_as_promised(
    serve_bbb: ServeBbb, bbb_media: Media, finder: Find, tmp_path: Path, flavour: str
) -> None:
    sample = serve_bbb(flavour=flavour, media=bbb_media)
    recording = film(sample)
    source = finder(sample).source(recording, "video")
    assert source is not None
    folder = "/playback/video" if flavour == "bbb-2.6" else "/video"
    assert source.urls == (f"{sample.base}{folder}/{recording.record_id}/video-0.m4v",)
    assert source.kind == "video"
    length = seconds_of(fetched(source).content, tmp_path / "film.m4v")
    assert source.duration_s == pytest.approx(length, abs=0.2)


def test_a_protected_film_answers_to_its_own_cookie_only(serve_bbb: ServeBbb, bbb_media: Media, finder: Find) -> None:
    sample = serve_bbb(flavour="scalelite-protected", media=bbb_media)
    one, other, *_ = (recording for recording in sample.recordings if recording.playback("video"))
    find = finder(sample)
    first, second = find.video(one), find.video(other)
    assert [fetched(source).status_code for source in (first, second)] == [200, 200]
    stolen = dataclasses.replace(first, cookies=second.cookies)
    assert fetched(stolen).status_code == 404
    assert [name for name, _ in first.cookies] == [f"recording_video_{one.record_id}"]


def test_a_token_is_asked_for_just_before_it_is_used(serve_bbb: ServeBbb, bbb_media: Media, finder: Find) -> None:
    sample = serve_bbb(flavour="scalelite-protected", media=bbb_media)
    recording = film(sample)
    finder(sample).video(recording)
    assert sample.asked_for == [recording.record_id]
    assert all(request.method == "GET" for request in sample.requests)


def test_a_token_that_somebody_used_up_is_asked_for_again_once(
    serve_bbb: ServeBbb, bbb_media: Media, finder: Find
) -> None:
    sample = serve_bbb(flavour="scalelite-protected", media=bbb_media)
    sample.playbacks.used_up_tokens = 1
    assert fetched(finder(sample).video(film(sample))).status_code == 200
    assert sample.asked_for == [film(sample).record_id] * 2

    sample.playbacks.used_up_tokens = 5
    with pytest.raises(RecordingFailed, match="HTTP 404"):
        finder(sample).video(film(sample))
    assert sample.asked_for == [film(sample).record_id] * 4


def test_a_protected_recording_that_is_gone_fails_alone(serve_bbb: ServeBbb, finder: Find) -> None:
    sample = serve_bbb(flavour="scalelite-protected")
    gone = dataclasses.replace(film(sample), record_id=f"{'0' * 40}-1234567890123")
    with pytest.raises(RecordingFailed, match="no longer has it"):
        finder(sample).video(gone)


def test_an_unpublished_film_fails_with_what_to_look_at(serve_bbb: ServeBbb, bbb_media: Media, finder: Find) -> None:
    hidden = [dataclasses.replace(recording, published=False) for recording in sample_recordings()]
    sample = serve_bbb(hidden, flavour="bbb-2.6", media=bbb_media)
    with pytest.raises(RecordingFailed, match="HTTP 404") as failed:
        finder(sample).video(film(sample))
    assert "still published" in failed.value.hint


def test_a_page_without_a_film_fails(serve_bbb: ServeBbb, finder: Find) -> None:
    sample = serve_bbb(flavour="bbb-2.6")
    with pytest.raises(RecordingFailed, match="names no file"):
        finder(sample).video(film(sample))


def test_a_page_without_end_fails(serve_bbb: ServeBbb, finder: Find) -> None:
    sample = serve_bbb()
    with respx.mock:
        respx.get(url__startswith=sample.base).respond(200, html="x" * ((1 << 20) + 1))
        with pytest.raises(RecordingFailed, match="more than 1 MiB"):
            finder(sample).video(film(sample))


def test_a_metadata_xml_that_breaks_off_costs_only_the_length(serve_bbb: ServeBbb, finder: Find) -> None:
    sample = serve_bbb()
    with respx.mock:
        respx.get(url__regex=".*/metadata.xml").mock(side_effect=httpx.ReadError)
        respx.get(url__regex=".*/playback/video/.*").respond(200, html='<video src="v.m4v">')
        source = finder(sample).video(film(sample))
    assert source.urls[0].endswith("/v.m4v")
    assert source.duration_s is None


def test_a_server_that_fails_is_no_fault_of_the_recording(serve_bbb: ServeBbb, finder: Find) -> None:
    sample = serve_bbb()
    recording = film(sample)
    with respx.mock:
        pages = respx.get(url__startswith=sample.base).respond(503)
        with pytest.raises(RemoteError, match="HTTP 503"):
            finder(sample).video(recording)
    assert pages.call_count == 3


def test_a_page_of_another_host_is_looked_for_on_this_one(serve_bbb: ServeBbb, bbb_media: Media, finder: Find) -> None:
    """BigBlueButton writes its default host into video playbacks (#21125), and hosts are renamed."""
    sample = serve_bbb(flavour="bbb-2.6", media=bbb_media)
    recording = film(sample)
    path = f"/playback/video/{recording.record_id}/"
    old = dataclasses.replace(recording, playbacks=(Playback(type="video", url=f"http://127.0.0.1:9{path}"),))
    assert finder(sample).video(old).urls == (f"{sample.base}{path}video-0.m4v",)


def test_an_address_without_host_belongs_to_the_server(serve_bbb: ServeBbb, bbb_media: Media, finder: Find) -> None:
    sample = serve_bbb(flavour="bbb-2.6", media=bbb_media)
    path = f"/playback/video/{film(sample).record_id}/"
    bare = dataclasses.replace(film(sample), playbacks=(Playback(type="video", url=path),))
    assert finder(sample).video(bare).urls == (f"{sample.base}{path}video-0.m4v",)


def test_a_playback_that_is_the_film_itself_is_not_read_as_a_page(
    serve_bbb: ServeBbb, bbb_media: Media, finder: Find
) -> None:
    sample = serve_bbb(flavour="bbb-2.6", media=bbb_media)
    recording = film(sample)
    url = f"{sample.base}/video/{recording.record_id}/video-0.m4v"
    direct = dataclasses.replace(recording, playbacks=(Playback(type="video", url=url),))
    assert finder(sample).video(direct).urls == (url,)


@pytest.mark.parametrize(
    "path", ["/presentation/{id}/meeting.mp4", "/presentation/{id}/video.mp4", "/recording/{id}.mp4"]
)
def test_films_that_other_programs_made_are_found(
    serve_bbb: ServeBbb, bbb_media: Media, finder: Find, path: str
) -> None:
    recording = next(r for r in sample_recordings() if [p.type for p in r.playbacks] == ["presentation"])
    place = path.format(id=recording.record_id)
    media = Media(files={place: next(iter(bbb_media.files.values()))}, durations_s={recording.record_id: 2.5})
    sample = serve_bbb([recording], flavour="bbb-2.6", media=media)
    assert finder(sample).source(sample.recordings[0], "exported") == MediaSource(
        kind="exported", urls=(sample.base + place,), duration_s=2.5
    )


@pytest.mark.parametrize("kind", ["text/html", "application/octet-stream"])
def test_films_and_sound_are_told_by_their_first_bytes(serve_bbb: ServeBbb, finder: Find, kind: str) -> None:
    """As a Scalelite from 1.2 on calls every file for clients that accept anything."""
    sample = serve_bbb()
    recording = next(r for r in sample.recordings if not r.playback("video") and r.playback("presentation"))
    only = next(r for r in sample.recordings if [p.type for p in r.playbacks] == ["podcast"])
    with respx.mock:
        headers = {"Content-Type": kind, "Content-Length": "2000000"}
        respx.head(url__startswith=sample.base).respond(200, headers=headers)
        respx.get(url__regex=r".*\.mp4").respond(206, content=b"\0\0\0\x20ftypisom", headers={"Content-Type": kind})
        respx.get(url__regex=r".*\.ogg").respond(200, content=b"OggS" + bytes(1 << 21), headers={"Content-Type": kind})
        respx.get(url__regex=r".*\.xml").respond(404)
        exported = finder(sample).source(recording, "exported")
        podcast = finder(sample).source(only, "podcast")
    assert exported is not None
    assert exported.urls[0].endswith("/meeting.mp4")
    assert podcast is not None
    assert podcast.urls[0].endswith("/audio.ogg")


def test_a_page_called_film_is_read_as_a_page(serve_bbb: ServeBbb, finder: Find) -> None:
    sample = serve_bbb()
    with respx.mock:
        respx.get(url__regex=".*/metadata.xml").respond(404)
        pages = respx.get(url__regex=".*/playback/video/.*")
        pages.respond(200, content=b'<video src="v.m4v">', headers={"Content-Type": "application/octet-stream"})
        assert finder(sample).video(film(sample)).urls[0].endswith("/v.m4v")


def test_a_front_page_for_every_address_is_no_film(serve_bbb: ServeBbb, finder: Find) -> None:
    sample = serve_bbb()
    recording = next(r for r in sample.recordings if not r.playback("video") and r.playback("presentation"))
    with respx.mock:
        respx.route(url__startswith=sample.base).respond(200, html="<div id='app'></div>")
        assert finder(sample).source(recording, "exported") is None


def test_protected_presentations_are_not_asked_for_films_of_others(serve_bbb: ServeBbb, finder: Find) -> None:
    sample = serve_bbb(flavour="scalelite-protected")
    recording = next(r for r in sample.recordings if not r.playback("video") and r.playback("presentation"))
    assert finder(sample).source(recording, "exported") is None
    assert sample.requests == []


@pytest.mark.parametrize("flavour", ["bbb-2.6", "scalelite-protected"])
def test_the_sound_of_a_podcast_is_found(serve_bbb: ServeBbb, bbb_media: Media, finder: Find, flavour: str) -> None:
    sample = serve_bbb(flavour=flavour, media=bbb_media)
    find = finder(sample)
    only = next(r for r in sample.recordings if [p.type for p in r.playbacks] == ["podcast"])
    source = find.source(only, "podcast")
    assert source is not None
    assert (source.kind, source.urls) == ("podcast", (f"{sample.base}/podcast/{only.record_id}/audio.ogg",))
    assert fetched(source).content.startswith(b"OggS")


def test_a_recording_without_playback_has_no_source(serve_bbb: ServeBbb, finder: Find) -> None:
    sample = serve_bbb()
    empty = next(r for r in sample.recordings if not r.playbacks)
    assert all(finder(sample).source(empty, kind) is None for kind in ("video", "exported", "podcast"))


def test_a_missing_metadata_xml_costs_only_the_length(serve_bbb: ServeBbb, bbb_media: Media, finder: Find) -> None:
    zero = next(r for r in sample_recordings() if (video := r.playback("video")) and video.length_min == 0)
    sample = serve_bbb([zero], flavour="bbb-2.6", media=dataclasses.replace(bbb_media, durations_s={}))
    assert finder(sample).video(sample.recordings[0]).duration_s is None


def test_a_protected_presentation_is_opened_for_a_converter(
    serve_bbb: ServeBbb, list_from: ListFrom, finder: Find
) -> None:
    sample = serve_bbb(flavour="scalelite-protected")
    recording = next(r for r in list_from(sample).recordings if r.playback("presentation"))
    page = finder(sample).open_page(recording, "presentation")
    assert page.url == f"{sample.base}/playback/presentation/2.3/{recording.record_id}"
    folder = f"{sample.base}/presentation/{recording.record_id}"
    opened = httpx.get(f"{folder}/metadata.xml", cookies=dict(page.cookies))
    assert (opened.status_code, httpx.get(f"{folder}/metadata.xml").status_code) == (200, 404)


@pytest.mark.parametrize(
    ("flavour", "form", "expected"),
    [
        ("bbb-2.2", "2.0/playback.html?meetingId=x", True),
        ("bbb-2.2", "2.3/x", False),
        ("bbb-2.6", "2.0/playback.html?meetingId=x", True),  # sent on to 2.3
        ("bbb-2.6", "2.3/x", True),
    ],
)
def test_which_form_of_presentation_addresses_answers(
    serve_bbb: ServeBbb,
    finder: Find,
    flavour: str,
    form: str,
    expected: bool,  # noqa: FBT001
) -> None:
    sample = serve_bbb(flavour=flavour)
    assert finder(sample).answers(f"{sample.base}/playback/presentation/{form}") is expected


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("2.0/playback.html?meetingId=x", True),
        ("2.3/x", True),
        ("0.9.0/playback.html?meetingId=x", False),  # a refusal in XML, with status 200
    ],
)
def test_the_refusal_of_a_scalelite_is_no_player(
    serve_bbb: ServeBbb,
    finder: Find,
    form: str,
    expected: bool,  # noqa: FBT001
) -> None:
    sample = serve_bbb(flavour="scalelite")
    assert finder(sample).answers(f"{sample.base}/playback/presentation/{form}") is expected
    assert finder(sample).answers(f"{sample.base}/no/such/film.mp4", player=False) is False


def test_a_log_in_page_is_no_player(serve_bbb: ServeBbb, finder: Find) -> None:
    sample = serve_bbb()
    with respx.mock:
        respx.get(f"{sample.base}/playback/presentation/2.3/x").respond(302, headers={"Location": f"{sample.base}/b"})
        respx.get(f"{sample.base}/b").respond(200, html="log in")
        assert finder(sample).answers(f"{sample.base}/playback/presentation/2.3/x") is False


def test_errors_hold_no_token(serve_bbb: ServeBbb, finder: Find, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "bbbmig")
    sample = serve_bbb(flavour="scalelite-protected")
    sample.playbacks.used_up_tokens = 5
    with pytest.raises(BbbmigError) as failed:
        finder(sample).video(film(sample))
    assert "token=***" in caplog.text
    tokens = [request.parameters["token"] for request in sample.requests if "token" in request.parameters]
    assert tokens
    for token in tokens:
        assert token not in caplog.text + failed.value.message + failed.value.hint
