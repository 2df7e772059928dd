"""Whole commands against a Scalelite: its types, tokens, threads, tenants, and storage that says 403."""

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_scalelite import TENANT, Site
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import make_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.presentation import make_presentation
from bbbmig.demo.recordings import meeting_recording
from bbbmig.domain.file_names import short_id_in
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.made_once import made_once

START = datetime(2023, 5, 6, 12, 30, tzinfo=UTC)
FILM, LESSON, SCREEN, SOUND = (
    meeting_recording(f"room-{form}", f"Séance {number}", START + timedelta(days=number), form)
    for number, form in enumerate(("video", "presentation 2.3", "screenshare", "podcast"))
)
ALL = (FILM, LESSON, SCREEN, SOUND)
LESSON_S = 3.0


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Media:
    """A file of each kind: film, lesson, shared screen, sound."""
    return made_once(tmp_path_factory, "scalelite", _kept)


def _kept(folder: Path) -> Media:
    media = make_media(folder, ALL)
    lesson = make_presentation(folder / "lesson", seconds=LESSON_S)
    files = {f"/presentation/{LESSON.record_id}/{name}": path for name, path in lesson.items()}
    return Media(files={**media.files, **files}, durations_s={**media.durations_s, LESSON.record_id: LESSON_S})


@pytest.fixture(params=["scalelite", "scalelite-protected"])
def scalelite(request: pytest.FixtureRequest, serve_bbb: ServeBbb, kept: Media) -> SampleBbb:
    return serve_bbb(ALL, flavour=request.param, media=kept)


@pytest.fixture
def operator(operator_of: MakeOperator, scalelite: SampleBbb, sample_pod: SamplePod) -> Operator:
    operator = operator_of(bbb=scalelite, pod=sample_pod)
    operator.set(converter__order=["render"])
    return operator


def outcomes(ended: Any) -> dict[str, str]:  # noqa: ANN401 - Ended
    return {action["record_id"]: action["status"] for action in ended.actions}


def test_claim_brings_everything_that_a_scalelite_has(operator: Operator, kept: Media) -> None:
    ended = operator.json("claim")
    assert (ended.code, outcomes(ended)) == (0, {one.record_id: "done" for one in ALL})
    files = {short_id_in(path.name): path for path in operator.dropped}
    assert len(files) == len(ALL)
    by_suffix = {path.suffix: path for path in files.values()}
    assert set(by_suffix) == {".m4v", ".mp4", ".webm", ".ogg"}
    for path, file in kept.files.items():
        if Path(path).suffix in (".m4v", ".ogg") or "/screenshare/" in path:
            assert by_suffix[file.suffix].read_bytes() == file.read_bytes()
    assert operator.json("claim").counts == {"skipped": len(ALL)}


def test_publish_brings_everything_that_a_scalelite_has(
    operator: Operator, sample_pod: SamplePod, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bbbmig.pod.videos._SETTLED_S", 0.01)
    monkeypatch.setattr("bbbmig.pod.videos._LOOKS_AFTER_S", (0.1, 0.2))
    owners = operator.folder / "owners.csv"
    owners.write_text("owners;record_id\n" + "".join(f"staffonly;{one.record_id}\n" for one in ALL))
    ended = operator.json("publish", "--owners", str(owners))
    assert (ended.code, outcomes(ended)) == (0, {one.record_id: "done" for one in ALL})
    titles = [row["title"] for row in sample_pod.rows("SELECT title FROM video_video ORDER BY title")]
    assert titles == sorted(one.title for one in ALL)


def test_render_makes_a_video_of_an_address_of_a_scalelite(
    serve_bbb: ServeBbb, kept: Media, operator_of: MakeOperator, sample_pod: SamplePod, tmp_path: Path
) -> None:
    bbb = serve_bbb(ALL, flavour="scalelite", media=kept)
    operator = operator_of(bbb=bbb, pod=sample_pod)
    url = f"{bbb.base}/playback/presentation/2.3/{LESSON.record_id}"
    ended = operator.run("render", url, str(tmp_path / "out.mp4"), "--quiet")
    assert ended.code == 0, ended.err
    assert (tmp_path / "out.mp4").stat().st_size > 10_000


def test_claim_needs_no_player(operator: Operator, scalelite: SampleBbb) -> None:
    """A Scalelite answers 500 for its player where nobody installed it; the files are what counts."""
    scalelite.playbacks.has_player = False
    assert httpx.get(f"{scalelite.base}/playback/presentation/2.3/{LESSON.record_id}").status_code == 500
    ended = operator.json("claim")
    assert (ended.code, outcomes(ended)) == (0, {one.record_id: "done" for one in ALL})


def test_a_presentation_without_files_is_still_a_failure_where_there_is_no_player(
    serve_bbb: ServeBbb, operator_of: MakeOperator, sample_pod: SamplePod
) -> None:
    bbb = serve_bbb([LESSON], flavour="scalelite")
    bbb.playbacks.has_player = False
    bbb.playbacks.unstored.add(LESSON.record_id)
    operator = operator_of(bbb=bbb, pod=sample_pod)
    operator.set(converter__order=["render"])
    ended = operator.json("claim")
    assert (ended.code, outcomes(ended)) == (3, {LESSON.record_id: "failed"})
    assert "HTTP 500" in ended.actions[0]["detail"]


def test_links_to_players_that_are_gone_lead_to_the_one_that_answers(
    serve_bbb: ServeBbb, operator_of: MakeOperator, sample_pod: SamplePod
) -> None:
    """A Scalelite answers 200 to addresses that it does not know: what it says there is no player."""
    (playback,) = LESSON.playbacks
    old = f"/playback/presentation/0.9.0/playback.html?meetingId={LESSON.record_id}"
    bbb = serve_bbb([replace(LESSON, playbacks=(replace(playback, url=old),))], flavour="scalelite")
    refused = httpx.get(bbb.base + old)
    assert (refused.status_code, "unsupportedRequest" in refused.text) == (200, True)
    assert operator_of(bbb=bbb, pod=sample_pod).json("import-links").code == 0
    (link,) = sample_pod.rows("SELECT source_url FROM import_video_externalrecording")
    assert link["source_url"] == f"{bbb.base}/playback/presentation/2.3/{LESSON.record_id}"


def test_links_of_protected_recordings_hold_no_token(operator: Operator, sample_pod: SamplePod) -> None:
    assert operator.json("import-links").code == 0
    urls = [row["source_url"] for row in sample_pod.rows("SELECT source_url FROM import_video_externalrecording")]
    assert len(urls) == len(ALL)
    assert not any("token" in url for url in urls)


def test_a_token_that_is_too_old_is_asked_for_again(
    serve_bbb: ServeBbb, kept: Media, operator_of: MakeOperator, sample_pod: SamplePod
) -> None:
    """The cookie ends between the page and the file: a fresh token opens it."""
    bbb = serve_bbb([FILM], flavour="scalelite-protected", media=kept)
    good = bbb.playbacks.respond
    seen: list[Any] = []

    def respond(request: Any) -> Any:  # noqa: ANN401 - the server's own
        if request.path.endswith(".m4v") and not seen:
            seen.append(request)
            bbb.playbacks.cookie_life_s = -1.0
            answer = good(request)
            bbb.playbacks.cookie_life_s = 3600.0
            return answer
        return good(request)

    bbb.playbacks.respond = respond  # type: ignore[method-assign]
    operator = operator_of(bbb=bbb, pod=sample_pod)
    assert operator.json("claim").counts == {"done": 1}
    assert seen


def test_storage_that_says_403_for_missing_files_costs_nothing(
    serve_bbb: ServeBbb, kept: Media, operator_of: MakeOperator, sample_pod: SamplePod
) -> None:
    bbb = serve_bbb([FILM, SOUND], flavour="scalelite", media=kept)
    bbb.playbacks.missing = 403
    operator = operator_of(bbb=bbb, pod=sample_pod)
    assert operator.json("claim").counts == {"done": 2}


@pytest.fixture
def resolving(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names below `localhost` are this machine, on systems that do not know it, too (RFC 6761, 6.3)."""
    found: Callable[..., Any] = socket.getaddrinfo

    def getaddrinfo(host: Any, *rest: Any, **more: Any) -> Any:  # noqa: ANN401 - those of socket
        name = host.decode() if isinstance(host, bytes) else host
        return found("127.0.0.1" if str(name).endswith(".localhost") else host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.usefixtures("resolving")
def test_each_tenant_sees_its_own_recordings_and_a_wrong_host_is_hinted_at(
    serve_bbb: ServeBbb, operator_of: MakeOperator, sample_pod: SamplePod
) -> None:
    owned = [replace(one, metadata={TENANT: tenant}) for one, tenant in zip(ALL, ("t1", "t1", "t2", ""), strict=True)]
    bbb = serve_bbb(owned, flavour="scalelite", site=Site(tenants={"t1": "first", "t2": "second"}))
    port = httpx.URL(bbb.base).port
    operator = operator_of(bbb=bbb, pod=sample_pod)
    for host, secret, count in (("t2.localhost", "second", 1), ("t1.localhost", "first", 2)):
        operator.set(bbb__url=f"http://{host}:{port}", bbb__secret=secret)
        assert len(operator.run("export-csv", "-").out.splitlines()) == 1 + count
    paths = f"/podcast/{SOUND.record_id}/metadata.xml", f"/video/{FILM.record_id}/metadata.xml"
    for host, statuses in (("t1.localhost", [404, 200]), ("t2.localhost", [404, 404]), ("t3.localhost", [200, 200])):
        replies = [httpx.get(bbb.base + path, headers={"Host": host}) for path in paths]
        assert [reply.status_code for reply in replies] == statuses
        assert all("checksumError" in reply.text for reply in replies) is (host == "t3.localhost")
    for host, secret in (("t3.localhost", "first"), ("t1.localhost", "second")):
        operator.set(bbb__url=f"http://{host}:{port}", bbb__secret=secret)
        refused = operator.run("export-csv", "-")
        assert refused.code == 6
        assert "checksumError" in refused.err
        assert f"Is '{host.partition('.')[0]}', the first label of the address, the name of a tenant?" in refused.err
