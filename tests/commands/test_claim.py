"""`bbbmig claim`: a whole file for each recording in the recorder's directory, which Pod knows with its true date."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbbmig.apply.claims import ClaimDelivery
from bbbmig.demo.bbb_http import Request, Response, page
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import _film
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.presentation import ffmpeg
from bbbmig.demo.recordings import meeting_recording, sample_recordings
from bbbmig.domain.file_names import short_id, short_id_in
from bbbmig.domain.recording import Recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.made_once import made_once

FILES = "/rest/recordingfiletreatment/"
START = datetime(2023, 5, 6, 12, 30, tzinfo=UTC)
VIDEO = meeting_recording("room-1", "Algèbre", START, "video")


Mishap = Callable[[Request, Response], Response]
"""What is sent instead of the good response."""


@dataclass(slots=True)
class Mishaps:
    """What goes wrong with the files of a sample server: `spoil` is asked about every request for one."""

    bbb: SampleBbb
    media: Media
    spoil: Mishap
    served: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        good = self.bbb.playbacks.respond

        def respond(request: Request) -> Response:
            response = good(request)
            if request.path.endswith(tuple(self.media.files)):
                self.served.append(request)
                return self.spoil(request, response)
            return response

        self.bbb.playbacks.respond = respond  # type: ignore[method-assign] # that is the mishap


def unspoilt(_request: Request, response: Response) -> Response:
    return response


def gone(_request: Request, _response: Response) -> Response:
    return page("gone", 404)


@pytest.fixture(scope="session")
def one_video(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """A film of 3 seconds behind VIDEO."""
    return made_once(tmp_path_factory, "one-video", _one_video)


def _one_video(folder: Path) -> Media:
    path = folder / "film.mp4"
    ffmpeg(*_film(1, 3.0), str(path))
    return Media(files={f"/video/{VIDEO.record_id}/video-0.m4v": path}, durations_s={VIDEO.record_id: 3.0})


@pytest.fixture
def taker(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, one_video: Media) -> Operator:
    """An operator of a server with one recording, a video."""
    return operator_of(bbb=serve_bbb([VIDEO], media=one_video), pod=sample_pod)


def mishaps(taker: Operator, media: Media) -> Mishaps:
    assert taker.bbb is not None
    return Mishaps(taker.bbb, media, unspoilt)


def videos_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def registered(pod: SamplePod) -> list[dict[str, object]]:
    return pod.rows("SELECT file, file_size, date_added, recorder_id FROM recorder_recordingfiletreatment ORDER BY id")


def whole_and_registered_once(operator: Operator, pod: SamplePod, expected: Mapping[str, bytes]) -> None:
    """Each recording has one file, byte for byte, and Pod knows it once, with size and date."""
    found = {short_id_in(path.name): path.read_bytes() for path in videos_in(operator.recorder)}
    assert found == {short_id(record_id): content for record_id, content in expected.items()}
    rows = registered(pod)
    assert Counter(row["file"] for row in rows) == Counter(map(str, videos_in(operator.recorder)))
    starts = {short_id(one.record_id): one.start for one in (*sample_recordings(), VIDEO)}
    for row in rows:
        name = str(row["file"])
        assert row["recorder_id"] == 1
        assert row["file_size"] == Path(name).stat().st_size
        assert datetime.fromisoformat(str(row["date_added"])).replace(tzinfo=UTC) == starts[short_id_in(name)]
    assert not [path for path in operator.dropped if path.name.startswith(".")]


def is_a_file(recording: Recording) -> bool:
    """Tell whether a recording can be had without converting."""
    return bool(recording.playback("video") or (recording.playback("podcast") and len(recording.playbacks) == 1))


def contents(media: Media) -> dict[str, bytes]:
    return {path.split("/")[2]: file.read_bytes() for path, file in media.files.items()}


def test_videos_are_downloaded_whole_and_registered_with_their_dates(
    operator: Operator, sample_pod: SamplePod, bbb_media: Media
) -> None:
    ended = operator.json("claim", "--jobs", "2")
    assert ended.code == 0
    done = {action["record_id"] for action in ended.actions if action["status"] == "done"}
    assert done == {one.record_id for one in sample_recordings() if is_a_file(one)}
    whole_and_registered_once(operator, sample_pod, {i: c for i, c in contents(bbb_media).items() if i in done})
    assert {action["record_id"] for action in ended.actions} == {one.record_id for one in sample_recordings()}
    assert len(ended.actions) == len(sample_recordings())


def test_users_can_claim_what_was_delivered(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("claim", "--range", "1:6")
    for _ in range(2):
        sample_pod.check_directory()
    claim_page = sample_pod.browser("staffonly").get("/record/claim_record/")
    files = [str(row["file"]) for row in registered(sample_pod)]
    assert len(files) == 4
    assert "Séminaire 🎓" in claim_page.text
    sample_pod.claim("staffonly", files[0])
    again = operator.json("claim", "--range", "1:6")
    assert set(again.counts) == {"skipped"}


def test_a_file_that_is_lost_is_said_and_comes_back_when_asked_for(
    taker: Operator, sample_pod: SamplePod, one_video: Media
) -> None:
    taker.run("claim")
    (path,) = videos_in(taker.recorder)
    path.unlink()
    sample_pod.check_directory()  # Pod's cron forgets files that are gone
    sample_pod.rows("DELETE FROM recorder_recordingfiletreatment")
    (action,) = taker.json("claim").actions
    assert (action["status"], action["reason"]) == ("skipped", "removed in Pod since")
    assert f"{datetime.now(UTC):%Y-%m}" in action["detail"]
    assert taker.json("claim", "--again").counts == {"done": 1}
    whole_and_registered_once(taker, sample_pod, contents(one_video))
    assert [one["reason"] for one in taker.json("claim", "--again").actions] == ["already done"]


def test_a_file_that_was_claimed_is_not_made_once_more(taker: Operator, sample_pod: SamplePod) -> None:
    taker.run("claim")
    for _ in range(2):
        sample_pod.check_directory()
    (row,) = registered(sample_pod)
    sample_pod.claim("staffonly", str(row["file"]))
    assert videos_in(taker.recorder) == []  # Pod moved it away
    for arguments in ((), ("--again",)):
        assert [one["reason"] for one in taker.json("claim", *arguments).actions] == ["already done"]


def test_a_second_run_sends_not_one_post_and_downloads_nothing(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("claim", "--range", "1:6")
    assert operator.bbb is not None
    posts = len(sample_pod.requests("POST", "PATCH"))
    before = {path: path.stat().st_mtime_ns for path in videos_in(operator.recorder)}
    asked = len(operator.bbb.requests)
    again = operator.json("claim", "--range", "1:6")
    assert set(again.counts) == {"skipped"}
    assert len(sample_pod.requests("POST", "PATCH")) == posts
    assert {path: path.stat().st_mtime_ns for path in videos_in(operator.recorder)} == before
    assert len(operator.bbb.requests) == asked + 1  # the list


def test_with_an_empty_ledger_nothing_is_fetched_twice(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("claim", "--range", "1:6")
    posts = len(sample_pod.requests("POST"))
    operator.ledger.unlink()
    assert set(operator.json("claim", "--range", "1:6").counts) == {"skipped"}
    assert len(sample_pod.requests("POST")) == posts


def test_protected_videos_open_with_a_fresh_token_each(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, bbb_media: Media
) -> None:
    bbb = serve_bbb(flavour="scalelite-protected", media=bbb_media)
    bbb.playbacks.used_up_tokens = 1  # a link preview was faster
    operator = operator_of(bbb=bbb, pod=sample_pod)
    ended = operator.json("claim", "--range", "1:6")
    assert (ended.code, ended.counts["done"]) == (0, 4)
    done = {action["record_id"] for action in ended.actions if action["status"] == "done"}
    whole_and_registered_once(operator, sample_pod, {i: c for i, c in contents(bbb_media).items() if i in done})


@pytest.mark.parametrize(("suffix", "codecs"), [(".webm", ("-c:v", "libvpx", "-c:a", "libvorbis")), (".m4v", ())])
def test_a_file_keeps_the_kind_that_it_is(
    operator_of: MakeOperator,
    serve_bbb: ServeBbb,
    sample_pod: SamplePod,
    one_video: Media,
    tmp_path: Path,
    suffix: str,
    codecs: tuple[str, ...],
) -> None:
    film = tmp_path / f"film{suffix}"
    (source,) = one_video.files.values()
    ffmpeg("-i", str(source), *(codecs or ("-c", "copy", "-f", "mp4")), str(film))
    media = Media(files={f"/video/{VIDEO.record_id}/video-0{suffix}": film}, durations_s={VIDEO.record_id: 3.0})
    operator = operator_of(bbb=serve_bbb([VIDEO], media=media), pod=sample_pod)
    ended = operator.json("claim")
    assert ended.code == 0
    (path,) = videos_in(operator.recorder)
    assert path.name == f"Algèbre 2023-05-06 14h30 {short_id(VIDEO.record_id)}{suffix}"
    assert ended.actions[0]["place"] == str(path)
    whole_and_registered_once(operator, sample_pod, {VIDEO.record_id: film.read_bytes()})


def test_the_kind_is_that_of_the_alternative_that_came(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, one_video: Media, tmp_path: Path
) -> None:
    film = tmp_path / "film.webm"
    (source,) = one_video.files.values()
    ffmpeg("-i", str(source), "-c:v", "libvpx", "-c:a", "libvorbis", str(film))
    folder = f"/video/{VIDEO.record_id}/"
    media = Media(files={f"{folder}a.m4v": source, f"{folder}b.webm": film}, durations_s={VIDEO.record_id: 3.0})
    operator = operator_of(bbb=serve_bbb([VIDEO], media=media), pod=sample_pod)
    server = mishaps(operator, media)
    server.spoil = lambda request, response: page("gone", 404) if request.path.endswith(".m4v") else response
    assert operator.json("claim").code == 0
    (path,) = videos_in(operator.recorder)
    assert (path.suffix, path.read_bytes()) == (".webm", film.read_bytes())


def test_a_download_that_is_cut_goes_on_where_it_was(taker: Operator, sample_pod: SamplePod, one_video: Media) -> None:
    server = mishaps(taker, one_video)
    (film,) = one_video.files.values()
    half = film.stat().st_size // 2
    left = iter([half])

    def cut_once(_request: Request, response: Response) -> Response:
        return replace(response, sent=next(left, None))

    server.spoil = cut_once
    assert taker.run("claim").code == 0
    assert [request.headers.get("Range") for request in server.served] == [None, f"bytes={half}-"]
    whole_and_registered_once(taker, sample_pod, contents(one_video))


def test_a_download_that_stays_cut_is_taken_up_by_the_next_run(
    taker: Operator, sample_pod: SamplePod, one_video: Media
) -> None:
    server = mishaps(taker, one_video)
    sent = iter([20_000])

    def dying(_request: Request, response: Response) -> Response:
        return replace(response, sent=next(sent, 0))

    server.spoil = dying
    ended = taker.json("claim")
    assert (ended.code, ended.counts) == (3, {"failed": 1})
    assert videos_in(taker.recorder) == []
    assert registered(sample_pod) == []
    server.spoil = unspoilt
    assert taker.json("claim").counts == {"done": 1}
    assert server.served[-1].headers["Range"] == "bytes=20000-"
    whole_and_registered_once(taker, sample_pod, contents(one_video))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (page("Please log in"), "a page"),
        (Response(body=(b"<!DOCTYPE html><html>sorry</html>",), content_type="video/mp4"), "a page"),
        (Response(body=(b"\0" * 50_000,), content_type="video/mp4"), "not a whole media file"),
        (Response(body=(), content_type="video/mp4"), "empty"),
        (page("gone", 404), "HTTP 404"),
    ],
    ids=["page", "page-called-video", "zeros", "empty", "gone"],
)
def test_what_is_no_film_never_gets_a_name_in_the_recorders_directory(
    taker: Operator, sample_pod: SamplePod, one_video: Media, body: Response, said: str
) -> None:
    server = mishaps(taker, one_video)
    server.spoil = lambda _request, _response: body
    ended = taker.json("claim")
    assert ended.code == 3
    assert said in ended.actions[0]["detail"]
    assert videos_in(taker.recorder) == []
    assert registered(sample_pod) == []


def test_a_film_that_is_longer_than_the_server_says_is_taken_and_that_is_said(
    taker: Operator, sample_pod: SamplePod, one_video: Media
) -> None:
    assert taker.bbb is not None
    taker.bbb.playbacks._media = Media(files=one_video.files, durations_s={VIDEO.record_id: 0.5})
    taker.set(converter__duration_tolerance_s=1)
    ended = taker.json("claim")
    assert ended.code == 0
    assert "though the server says 0.5 s" in ended.actions[0]["detail"]
    assert len(registered(sample_pod)) == 1


def lasts_an_hour(taker: Operator, media: Media) -> Mishaps:
    """Let the server say that its film lasts an hour."""
    assert taker.bbb is not None
    taker.bbb.playbacks._media = Media(files=media.files, durations_s={VIDEO.record_id: 3600.0})
    return mishaps(taker, media)


def test_a_whole_film_that_is_shorter_than_the_server_says_is_taken_and_that_is_said(
    taker: Operator, sample_pod: SamplePod, one_video: Media
) -> None:
    lasts_an_hour(taker, one_video)
    ended = taker.json("claim")
    assert ended.code == 0
    assert "though the server says 3600.0 s" in ended.actions[0]["detail"]
    whole_and_registered_once(taker, sample_pod, contents(one_video))


@pytest.mark.parametrize("share", [0.5, 0.97])
def test_a_film_that_is_cut_on_the_server_is_refused(
    taker: Operator, sample_pod: SamplePod, one_video: Media, share: float
) -> None:
    server = lasts_an_hour(taker, one_video)
    (film,) = contents(one_video).values()
    server.spoil = lambda _request, _response: Response(
        body=(film[: int(share * len(film))],), content_type="video/mp4"
    )
    assert taker.json("claim").code == 3
    assert (videos_in(taker.recorder), registered(sample_pod)) == ([], [])


@pytest.mark.parametrize("suffix", ["ogg", "browser.webm"])
def test_a_shorter_file_that_would_not_show_a_cut_is_refused(
    taker: Operator, sample_pod: SamplePod, one_video: Media, tmp_path: Path, suffix: str
) -> None:
    (source,) = one_video.files.values()
    film = tmp_path / f"film.{suffix}"
    codecs = ("-vn", "-c:a", "libvorbis") if suffix == "ogg" else ("-c:v", "libvpx", "-an", "-f", "webm", "-live", "1")
    ffmpeg("-i", str(source), *codecs, str(film))
    server = lasts_an_hour(taker, one_video)
    server.spoil = lambda _request, _response: Response(body=(film.read_bytes(),), content_type="video/webm")
    ended = taker.json("claim")
    assert ended.code == 3
    assert "the recording 3600.0 s" in ended.actions[0]["detail"]
    assert (videos_in(taker.recorder), registered(sample_pod)) == ([], [])


def test_what_failed_three_times_waits_for_a_person(taker: Operator, one_video: Media) -> None:
    server = mishaps(taker, one_video)
    server.spoil = gone
    for _ in range(3):
        assert taker.json("claim").counts == {"failed": 1}
    assert [action["reason"] for action in taker.json("claim").actions] == ["failed before"]
    server.spoil = unspoilt
    assert taker.json("claim", "--retry-failed").counts == {"done": 1}


def test_a_full_disk_is_not_counted_against_the_recording(
    taker: Operator, one_video: Media, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bbbmig.transfer.disk.RESERVE_BYTES", 1 << 60)
    for _ in range(4):
        ended = taker.json("claim")
        assert ended.code == 4
        assert ended.counts == {}
        assert "MiB left" in ended.err
    monkeypatch.undo()
    assert taker.json("claim").counts == {"done": 1}
    assert videos_in(taker.recorder)[0].read_bytes() == next(iter(contents(one_video).values()))


def test_an_answer_of_pod_that_is_lost_registers_nothing_twice(
    taker: Operator, sample_pod: SamplePod, one_video: Media
) -> None:
    sample_pod.fault("cut", path=FILES, method="POST", late=True, times=1)
    assert taker.run("claim").code == 0
    whole_and_registered_once(taker, sample_pod, contents(one_video))


def test_a_file_that_pod_could_not_be_told_of_is_only_registered_next_time(
    taker: Operator, sample_pod: SamplePod, one_video: Media
) -> None:
    server = mishaps(taker, one_video)
    sample_pod.fault("status", path=FILES, method="POST", status=500)
    assert taker.run("claim").code == 3
    assert len(videos_in(taker.recorder)) == 1
    sample_pod.heal()
    sample_pod.check_directory()  # Pod's cron is faster, and knows no date
    ended = taker.json("claim")
    assert [(action["kind"], action["status"]) for action in ended.actions] == [("register", "done")]
    assert len(server.served) == 1
    whole_and_registered_once(taker, sample_pod, contents(one_video))


def test_a_file_that_is_claimed_while_the_run_goes_on_stops_nothing(
    taker: Operator, sample_pod: SamplePod, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_pod.fault("status", path=FILES, method="POST", status=500)
    taker.run("claim")
    sample_pod.heal()
    (path,) = videos_in(taker.recorder)
    register = ClaimDelivery._register

    def late(self: ClaimDelivery, *arguments: object) -> object:
        path.unlink(missing_ok=True)
        return register(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ClaimDelivery, "_register", late)
    ended = taker.json("claim")
    assert ended.code == 3
    assert "claimed" in ended.actions[0]["detail"]


def test_a_server_that_is_gone_ends_the_run_after_a_few_recordings(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, bbb_media: Media
) -> None:
    operator = operator_of(bbb=serve_bbb(media=bbb_media), pod=sample_pod)
    assert operator.bbb is not None
    operator.bbb.playbacks.respond = lambda request: page("Bad Gateway", 502)  # type: ignore[method-assign] # noqa: ARG005
    ended = operator.json("claim")
    assert (ended.code, ended.counts["failed"], ended.end["exit_code"]) == (5, 5, 5)


def test_once_the_time_is_over_the_rest_is_left_to_the_next_run(operator: Operator, sample_pod: SamplePod) -> None:
    sample_pod.fault("slow", path=FILES, method="POST", seconds=1.1, times=1)
    ended = operator.json("claim", "--max-duration", "1s", "--range", "1:6")
    assert (ended.code, ended.counts["done"], ended.counts["postponed"]) == (0, 1, 3)
    assert operator.json("claim", "--range", "1:6").counts["done"] == 3


def test_after_too_many_failures_no_more_is_begun(operator: Operator, bbb_media: Media) -> None:
    server = mishaps(operator, bbb_media)
    server.spoil = gone
    ended = operator.json("claim", "--max-failures", "2")
    assert ended.code == 3
    assert (ended.counts["failed"], ended.counts["postponed"]) == (2, 6)
    assert any("--max-failures" in a["detail"] for a in ended.actions if a["status"] == "postponed")


def test_leftovers_of_dead_runs_go_and_files_of_others_stay(taker: Operator) -> None:
    other = taker.recorder / ".upload.part"
    ours = taker.recorder / f".Old 2020-01-01 10h00 {'0' * 12}.mp4.part"
    film = taker.recorder / "By hand.mp4"
    for path in (other, ours, film):
        path.write_bytes(b"x")
    assert taker.run("claim").code == 0
    assert (other.exists(), ours.exists(), film.exists()) == (True, False, True)


def test_the_part_of_a_file_is_hidden_and_no_video_for_pod(taker: Operator, one_video: Media) -> None:
    server = mishaps(taker, one_video)
    seen: list[str] = []

    def look(_request: Request, response: Response) -> Response:
        seen.extend(
            str(path.relative_to(taker.recorder))
            for path in taker.recorder.rglob("*")
            if path.is_file() and path.name != "ledger"
        )
        return replace(response, sent=1000) if len(server.served) == 1 else response

    server.spoil = look
    assert taker.run("claim").code == 0
    assert seen
    assert all(re.fullmatch(r"\.bbbmig/.*\.part(\.json)?", name) for name in seen)


def test_files_get_the_rights_of_the_settings(taker: Operator) -> None:
    taker.set(recorder__mode="0640")
    taker.run("claim")
    (path,) = videos_in(taker.recorder)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_directory_that_is_not_there_is_a_matter_of_this_machine(taker: Operator) -> None:
    taker.set(recorder__directory=taker.folder / "nowhere")
    ended = taker.run("claim")
    assert ended.code == 4
    assert "recorder.directory" in ended.err


def test_what_the_owners_file_gives_to_nobody_is_left_out(taker: Operator, tmp_path: Path) -> None:
    decided = tmp_path / "owners.csv"
    decided.write_text(f"owners;record_id\n-;{VIDEO.record_id}\n", encoding="utf-8")
    ended = taker.json("claim", "--owners", str(decided))
    assert [(one["status"], one["reason"]) for one in ended.actions] == [("skipped", "left out")]
    assert videos_in(taker.recorder) == []
