"""Addresses as old servers give them: dead and private hosts, forms that nobody knows any more, and none at all."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bbbmig.demo.bbb_http import Loopback, Request, Response, page
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import make_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import meeting_recording
from bbbmig.domain.recording import Recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.made_once import made_once

START = datetime(2023, 5, 6, 12, 30, tzinfo=UTC)
FILM = meeting_recording("room-film", "Algèbre", START, "video")
LESSON = meeting_recording("room-lesson", "Analyse", START + timedelta(days=1), "presentation 2.3")
OTHERS = tuple(
    meeting_recording(f"room-{number}", f"Séance {number}", START - timedelta(days=number), "presentation 2.3")
    for number in range(1, 19)
)
DEAD = "bigbluebutton.example.com"
PRIVATE = "192.168.0.166"


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return made_once(tmp_path_factory, "addresses", lambda folder: make_media(folder, [FILM]))


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No name is known but those of this machine, and whatever is not this machine is not connected to."""
    asked: list[str] = []
    found: Callable[..., Any] = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - those of socket
        name = host.decode() if isinstance(host, bytes) else str(host)
        if name in ("127.0.0.1", "localhost"):
            return found(host, *rest, **more)
        asked.append(name)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.fixture
def operator(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod) -> Callable[..., Operator]:
    def make(recordings: Sequence[Recording], flavour: str = "bbb-2.6", **options: Any) -> Operator:  # noqa: ANN401
        return operator_of(bbb=serve_bbb(recordings, flavour=flavour, **options), pod=sample_pod)

    return make


def at(recording: Recording, url: str) -> Recording:
    """Let the server give that address, in which {id} is the recordID."""
    (playback,) = recording.playbacks
    return replace(recording, playbacks=(replace(playback, url=url.format(id=recording.record_id)),))


def links(pod: SamplePod) -> list[str]:
    return [str(row["source_url"]) for row in pod.rows("SELECT source_url FROM import_video_externalrecording")]


def base_of(operator: Operator) -> str:
    assert isinstance(operator.bbb, SampleBbb)
    return operator.bbb.base


@pytest.mark.parametrize("host", [DEAD, PRIVATE, "[fe80::1]", "localhost:81"])
@pytest.mark.parametrize("others", [(), OTHERS], ids=["alone", "one of many"])
def test_a_link_leads_to_the_server_where_the_host_of_its_address_is_dead_or_private(
    operator: Callable[..., Operator], sample_pod: SamplePod, host: str, others: Sequence[Recording]
) -> None:
    path = f"/playback/presentation/2.3/{LESSON.record_id}"
    user = operator([at(LESSON, f"http://{host}{path}"), *others])
    ended = user.run("import-links", "--range", "1:1")
    assert ended.code == 0, ended.err
    assert links(sample_pod) == [base_of(user) + path]
    assert host.strip("[]") in ended.err
    assert "which answers" in ended.err

    checked = user.run("check")
    assert "is asked instead, and answers" in checked.out
    assert host.strip("[]") in checked.out


def test_an_address_that_answers_nowhere_is_kept_and_said(
    operator: Callable[..., Operator], sample_pod: SamplePod
) -> None:
    given = f"http://{DEAD}/somewhere/{FILM.record_id}/"
    user = operator([at(FILM, given)])
    ended = user.run("import-links")
    assert links(sample_pod) == [given]
    assert "its addresses are kept" in ended.err
    checked = user.run("check")
    assert checked.code != 0
    assert "[bbb] hosts" in checked.out + checked.err


@pytest.mark.parametrize("host", [DEAD, PRIVATE])
@pytest.mark.parametrize("others", [(), OTHERS], ids=["alone", "one of many"])
def test_a_file_is_fetched_from_the_server_where_the_host_of_its_address_is_dead_or_private(
    operator: Callable[..., Operator], film: Media, host: str, others: Sequence[Recording], no_names: list[str]
) -> None:
    user = operator([at(FILM, f"http://{host}/playback/video/{{id}}/"), *others], media=film)
    assert user.json("claim", "--meeting", FILM.meeting_id).counts == {"done": 1}
    assert not others or not no_names  # what few recordings name is not even looked up


def test_a_presentation_on_a_dead_host_is_looked_for_on_the_server(
    operator: Callable[..., Operator], film: Media
) -> None:
    exported = f"/presentation/{LESSON.record_id}/video.mp4"
    (file,) = film.files.values()
    media = Media(files={exported: file}, durations_s={LESSON.record_id: 2.0})
    user = operator([at(LESSON, f"http://{DEAD}/playback/presentation/2.3/{{id}}")], media=media)
    user.set(converter__order=["render"])
    assert user.json("claim").counts == {"done": 1}


def test_an_old_form_that_alone_answers_is_kept(operator: Callable[..., Operator], sample_pod: SamplePod) -> None:
    path = f"/playback/presentation/0.9.0/playback.html?meetingId={LESSON.record_id}"
    user = operator([at(LESSON, path)], flavour="bbb-1.1")
    assert user.run("import-links").code == 0
    assert links(sample_pod) == [base_of(user) + path]


@pytest.mark.parametrize("form", ["2.0", "2.3"])
def test_a_form_that_the_settings_name_is_written_only_where_it_answers(
    operator: Callable[..., Operator], sample_pod: SamplePod, form: str
) -> None:
    path = f"/playback/presentation/0.9.0/playback.html?meetingId={LESSON.record_id}"
    user = operator([at(LESSON, path)], flavour="bbb-2.2")
    user.set(bbb__playback_url=form)
    user.run("import-links")
    written = f"/playback/presentation/2.0/playback.html?meetingId={LESSON.record_id}"
    assert links(sample_pod) == [base_of(user) + (written if form == "2.0" else path)]


def test_a_front_page_for_every_address_is_no_player(operator: Callable[..., Operator], sample_pod: SamplePod) -> None:
    path = f"/presentation/2.3.0/{LESSON.record_id}"
    user = operator([at(LESSON, path)])
    assert user.bbb is not None
    good = user.bbb.playbacks.respond

    def respond(request: Request) -> Response:
        response = good(request)
        return page("Welcome") if response.status == 404 else response

    user.bbb.playbacks.respond = respond  # type: ignore[method-assign]
    user.run("import-links")
    assert links(sample_pod) == [base_of(user) + path]


def test_a_presentation_that_is_a_film_itself_is_linked_as_it_is_and_claimed(
    operator: Callable[..., Operator], sample_pod: SamplePod, film: Media
) -> None:
    """A proxy before several servers, b3lb, gives all its recordings such addresses."""
    (file,) = film.files.values()
    media = Media(files={f"/b3lb/r/{LESSON.record_id}": file}, durations_s={LESSON.record_id: 2.0})
    user = operator([at(LESSON, "/b3lb/r/{id}")], media=media)
    user.set(converter__order=["render"])
    assert user.run("import-links").code == 0
    assert links(sample_pod) == [f"{base_of(user)}/b3lb/r/{LESSON.record_id}"]
    assert user.json("claim").counts == {"done": 1}


@pytest.mark.parametrize("form", ["//{host}/playback/video/{{id}}/", "/playback/video/{{id}}/"])
def test_addresses_without_scheme_or_host_are_the_servers_in_plan_and_run(
    operator_of: MakeOperator, sample_pod: SamplePod, film: Media, form: str
) -> None:
    with SampleBbb([FILM], media=film) as bbb:
        short = form.format(host=bbb.base.removeprefix("http://"))
        element = bbb._xml[FILM.record_id]
        written = f"{bbb.base}/playback/video/{FILM.record_id}/".encode()
        assert written in element
        bbb._xml[FILM.record_id] = element.replace(written, short.format(id=FILM.record_id).encode())
        user = operator_of(bbb=bbb, pod=sample_pod)
        planned, done = (user.json("import-links", *options).actions[0] for options in (["--dry"], []))
        assert (planned["status"], done["status"]) == ("planned", "done")
        assert planned["url"] == done["url"] == f"{bbb.base}/playback/video/{FILM.record_id}/"
        assert links(sample_pod) == [planned["url"]]


def test_nothing_is_asked_of_other_programs_of_this_machine(operator: Callable[..., Operator], film: Media) -> None:
    """A page names a film on another port, or sends on to it: nothing goes there, with or without cookies."""
    requests: list[Request] = []

    def respond(request: Request) -> Response:
        requests.append(request)
        return page("secret")

    other = Loopback(respond)
    other.start()
    try:
        place = f"http://127.0.0.1:{other.server_port}/rest/users/"
        user = operator(
            [FILM, at(LESSON, "/presentation/x"), meeting_recording("p", "P", START, "podcast")], media=film
        )
        assert user.bbb is not None
        good = user.bbb.playbacks.respond

        def spoilt(request: Request) -> Response:
            if request.path.startswith("/playback/video"):
                return replace(page(f'<video src="{place}x.mp4">'), headers={"Set-Cookie": "playback=SECRET"})
            if request.path.startswith(("/podcast", "/presentation")):
                return Response(status=302, headers={"Location": place})
            return good(request)

        user.bbb.playbacks.respond = spoilt  # type: ignore[method-assign]
        user.set(converter__order=["render"])
        ended = user.json("claim")
        assert ended.counts == {"failed": 3}
        assert requests == []
        user.set(bbb__hosts=[f"127.0.0.1:{other.server_port}"])
        user.run("claim")
        assert requests
    finally:
        other.stop()
