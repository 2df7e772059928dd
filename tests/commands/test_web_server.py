"""`bbbmig print` and `bbbmig redirects`: old addresses go on working, proven on a real nginx."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.pod_server import SamplePod
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.test_mirror import ALL, LESSON, SOUND, VIDEO, media_of, published
from tests.web_server import nginx_with

__all__ = ["published"]


@pytest.fixture
def bbb(published: Path) -> Iterator[SampleBbb]:
    with SampleBbb(ALL, flavour="bbb-2.6", media=media_of(published)) as server:
        yield server


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build of bbb-playback, in small."""
    folder = tmp_path / "build"
    (folder / "static" / "js").mkdir(parents=True)
    (folder / "index.html").write_text('<!doctype html><script src="/playback/presentation/2.3/static/js/main.js">')
    (folder / "asset-manifest.json").write_text(
        json.dumps({"files": {"main.js": "/playback/presentation/2.3/static/js/main.js"}})
    )
    (folder / "static" / "js" / "main.js").write_text('import("static/js/787.chunk.js")')
    (folder / "static" / "js" / "787.chunk.js").write_text("787")
    return folder


@pytest.fixture
def host(operator_of: MakeOperator, bbb: SampleBbb, sample_pod: SamplePod, build: Path, tmp_path: Path) -> Operator:
    """An operator whose mirror is whole, player included."""
    host = operator_of(bbb=bbb, pod=sample_pod)
    host.set(mirror__directory=tmp_path / "mirror", publish__unknown_owner="administrator")
    assert host.json("mirror", "--player", str(build)).code == 0
    return host


def test_nginx_plays_the_mirror_at_the_old_addresses(host: Operator, tmp_path: Path) -> None:
    printed = host.run("print", "nginx", "--host", "bbb-archive.univ.fr")
    assert (printed.code, "ATTENTION: a mirror protects nothing" in printed.err) == (0, True)
    lesson, video, sound = LESSON.record_id, VIDEO.record_id, SOUND.record_id
    with nginx_with(printed.out, tmp_path / "nginx") as client:
        moved = {
            f"/playback/presentation/2.0/playback.html?meetingId={lesson}": f"/playback/presentation/2.3/{lesson}",
            f"/playback/presentation/0.9.0/playback.html?meetingId={lesson}": f"/playback/presentation/2.3/{lesson}",
            f"/playback/presentation/playback.html?meetingId={lesson}": f"/playback/presentation/2.3/{lesson}",
            f"/recording/{lesson}/presentation?token=0123": f"/playback/presentation/2.3/{lesson}",
            f"/recording/{video}/video?token=0123": f"/playback/video/{video}/",
            f"/recording/{sound}/podcast?token=0123": f"/podcast/{sound}/audio.ogg",
        }
        for old, new in moved.items():
            reply = client.get(old)
            assert reply.status_code in (301, 302)
            assert reply.headers["Location"].partition("/playback")[2] == new.partition("/playback")[2]
            assert reply.headers["Location"].endswith(new)
        assert "static/js/main.js" in client.get(f"/playback/presentation/2.3/{lesson}").text
        assert client.get("/playback/presentation/2.3/static/js/main.js").status_code == 200
        assert client.get(f"/presentation/{lesson}/shapes.svg").headers["Content-Type"].startswith("image/svg+xml")
        assert client.get(f"/presentation/{lesson}/caption_fr.vtt").headers["Content-Type"].startswith("text/vtt")
        film = client.get(f"/playback/video/{video}/video-0.m4v", headers={"Range": "bytes=10-19"})
        assert (film.status_code, len(film.content), film.headers["Content-Type"]) == (206, 10, "video/mp4")
        assert "<video>" in client.get(f"/playback/video/{video}/").text
        assert "<video>" in client.get(f"/video/{video}/").text
        assert client.get(f"/podcast/{sound}/audio.ogg").headers["Content-Type"] == "audio/ogg"
        for missing in (
            f"/presentation/{lesson}/polls.json",
            f"/presentation/{lesson}/",
            "/presentation/nobody/metadata.xml",
            f"/video/{video}/none.xml",
            "/.bbbmig/server",
            "/",
            "/nothing",
        ):
            assert client.get(missing).status_code == 404, missing


def test_only_networks_that_are_named_see_it(host: Operator, tmp_path: Path) -> None:
    block = host.run("print", "nginx", "--allow", "10.0.0.0/8", "--allow", "192.0.2.7").out
    with nginx_with(block, tmp_path / "nginx") as client:
        assert client.get(f"/presentation/{LESSON.record_id}/shapes.svg").status_code == 403


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("print", "nosuch"), "these are known"),
        (("print", "nginx", "--allow", "everybody"), "neither an address nor a network"),
        (("print", "nginx", "--host", "a b; return 200"), "is not the name of a host"),
        (("print", "nginx", "--redirects", "/etc/x;\nroot /"), "cannot stand in"),
        (("redirects", "lighttpd"), "these are known"),
    ],
)
def test_what_cannot_be_printed_is_a_usage_error(host: Operator, arguments: tuple[str, ...], said: str) -> None:
    ended = host.run(*arguments)
    assert ended.code == 2
    assert said in ended.err


def test_without_a_mirror_there_is_nothing_to_play(operator_of: MakeOperator, bbb: SampleBbb) -> None:
    ended = operator_of(bbb=bbb).run("print", "nginx")
    assert (ended.code, "mirror.directory" in ended.err) == (4, True)


def test_the_page_says_it_in_french_and_english(operator_of: MakeOperator) -> None:
    page = operator_of().run("print", "page").out
    assert "n'est plus ici" in page
    assert "no longer here" in page


def test_the_old_server_s_own_player_is_taken_with_all_its_files(
    host: Operator, bbb: SampleBbb, build: Path, tmp_path: Path
) -> None:
    files = {f"/playback/presentation/2.3/{path.relative_to(build)}": path for path in build.rglob("*")}
    good = bbb.playbacks.respond

    def respond(request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        from bbbmig.demo.bbb_http import file_response  # noqa: PLC0415

        return file_response(files[request.path], request) if request.path in files else good(request)

    bbb.playbacks.respond = respond  # type: ignore[method-assign] # a server with a player
    assert host.json("mirror", "--player", "server").code == 0
    there = tmp_path / "mirror" / "playback" / "presentation" / "2.3"
    assert {path.relative_to(there) for path in there.rglob("*")} == {
        path.relative_to(build) for path in build.rglob("*")
    }


def test_a_folder_that_is_no_player_is_refused(host: Operator, build: Path, tmp_path: Path) -> None:
    assert host.run("mirror", "--player", str(tmp_path)).code == 4
    (build / "index.html").write_text('<script src="./static/js/main.js">')
    ended = host.run("mirror", "--player", str(build))
    assert (ended.code, "was not built for" in ended.err) == (4, True)


@pytest.fixture
def publisher(host: Operator, sample_pod: SamplePod) -> Operator:
    """An operator with a published video in Pod, a draft, and a recording that is only in the mirror."""
    assert host.json("publish", "--meeting", VIDEO.meeting_id).code == 0
    assert host.json("publish", "--meeting", SOUND.meeting_id).code == 0
    sample_pod.rows("UPDATE video_video SET is_draft = 0 WHERE title LIKE 'Séminaire%'")
    return host


def test_redirects_lead_published_videos_to_pod_and_the_rest_to_the_mirror(
    publisher: Operator, sample_pod: SamplePod, tmp_path: Path
) -> None:
    file = tmp_path / "redirects.conf"
    ended = publisher.json("redirects", "nginx", "-o", str(file))
    assert ended.code == 0
    assert ended.end["words"].startswith("1 recordings lead to Pod, 1 to the mirror, 1 are drafts")
    (video,) = sample_pod.rows("SELECT slug FROM video_video WHERE is_draft = 0")
    new = f"{sample_pod.url}/video/{video['slug']}/"
    block = publisher.run("print", "nginx", "--redirects", str(file)).out
    with nginx_with(block, tmp_path / "nginx") as client:
        for old in (
            f"/playback/video/{VIDEO.record_id}/",
            f"/video/{VIDEO.record_id}/",
            f"/recording/{VIDEO.record_id}/video?token=0123",
        ):
            reply = client.get(old)
            assert (reply.status_code, reply.headers["Location"]) == (302, new)
        assert client.get(f"/video/{VIDEO.record_id}/video-0.m4v").status_code == 200  # files stay
        assert client.get(f"/podcast/{SOUND.record_id}/audio.ogg").status_code == 200  # a draft
        assert "static/js/main.js" in client.get(f"/playback/presentation/2.3/{LESSON.record_id}").text
        assert client.get("/playback/presentation/2.3/static/js/main.js").status_code == 200


def test_drafts_count_if_that_is_asked_for(publisher: Operator) -> None:
    assert "2 recordings lead to Pod" in publisher.run("redirects", "csv", "--drafts", "--dry").err


def test_the_table_has_every_old_address(publisher: Operator, bbb: SampleBbb, sample_pod: SamplePod) -> None:
    ended = publisher.run("redirects", "csv", "--host", "bbb-archive.univ.fr")
    assert ended.code == 0
    rows = {row["old_address"]: row for row in csv.DictReader(ended.out.splitlines(), delimiter=";")}
    old = f"{bbb.base}/playback/video/{VIDEO.record_id}/"
    assert rows[old]["new_address"].startswith(f"{sample_pod.url}/video/")
    lesson = f"/playback/presentation/2.0/playback.html?meetingId={LESSON.record_id}"
    assert rows[bbb.base + lesson]["new_address"] == f"https://bbb-archive.univ.fr{lesson}"
    assert rows[f"{bbb.base}/recording/{SOUND.record_id}/podcast"]["leads"] == "draft in Pod"


def test_without_a_mirror_the_rest_leads_to_the_page(publisher: Operator, tmp_path: Path) -> None:
    publisher.set(mirror__directory=None)
    file = tmp_path / "redirects.conf"
    assert publisher.run("redirects", "nginx", "-o", str(file)).code == 0
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "bbbmig-moved.html").write_text(publisher.run("print", "page").out)
    block = (
        f"include {file};\nserver {{ listen 80; root {tmp_path / 'www'};"
        " if ($bbbmig_target) { return 302 $bbbmig_target; } }"
    )
    with nginx_with(block, tmp_path / "nginx") as client:
        reply = client.get(f"/playback/presentation/2.3/{LESSON.record_id}")
        assert (reply.status_code, reply.headers["Location"].endswith("/bbbmig-moved.html")) == (302, True)
        assert "n'est plus ici" in client.get("/bbbmig-moved.html").text


def test_apache_gets_rules_for_the_same(publisher: Operator, sample_pod: SamplePod) -> None:
    rules = publisher.run("redirects", "apache").out.splitlines()
    at = rules.index(f'RewriteCond "%{{ENV:BBBMIG}}" "={VIDEO.record_id}"')
    assert rules[at + 1].startswith(f'RewriteRule "^" "{sample_pod.url}/video/')
    assert rules[at - 1] == 'RewriteRule "^" "-" [S=1]'
