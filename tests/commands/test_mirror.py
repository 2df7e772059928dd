"""`bbbmig mirror`: what the old server publishes, file by file, in a directory that is laid out as its own."""

import filecmp
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bbbmig.demo.bbb_http import Request, Response, page
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import _film, _sound
from bbbmig.demo.presentation import ffmpeg, make_presentation
from bbbmig.demo.recordings import meeting_recording
from bbbmig.mirror.places import Places
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator

START = datetime(2023, 5, 6, 12, 30, tzinfo=UTC)
LESSON = meeting_recording("room-1", "Algèbre", START, "presentation 2.3")
VIDEO = meeting_recording("room-2", "Séminaire", START - timedelta(days=1), "video")
SOUND = meeting_recording("room-3", "مقدمة", START - timedelta(days=2), "podcast")
ALL = (LESSON, VIDEO, SOUND)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lies in /var/bigbluebutton/published of a server."""
    root = tmp_path_factory.mktemp("published")
    lesson = root / "presentation" / LESSON.record_id
    make_presentation(lesson, seconds=3.0)
    (lesson / "presentation" / "p" / "thumbnails").mkdir(exist_ok=True)
    for number in (1, 2, 3):
        (lesson / "presentation" / "p" / "thumbnails" / f"thumb-{number}.png").write_bytes(b"\x89PNG thumb %d" % number)
    (lesson / "captions.json").write_text(json.dumps([{"locale": "fr", "localeName": "Français"}]))
    (lesson / "caption_fr.vtt").write_text("WEBVTT\n")
    (lesson / "notes.html").write_text("<html>notes</html>")
    (lesson / "presentation" / "p" / "textfiles").mkdir(exist_ok=True)
    for number in (1, 2, 3):
        (lesson / "presentation" / "p" / "textfiles" / f"slide-{number}.txt").write_text("" if number == 3 else "words")
    video = root / "video" / VIDEO.record_id
    (video / "css").mkdir(parents=True)
    ffmpeg(*_film(1, 3.0), str(video / "video-0.m4v"))
    (video / "index.html").write_text(
        '<!DOCTYPE html><link href="css/video.css?v=1" rel="stylesheet"><script src="https://elsewhere/x.js"></script>'
        '<video><source src="video-0.m4v" type="video/mp4"></video>'
    )
    (video / "css" / "video.css").write_text("@font-face { src: url('font/a.woff') } b { background: url(data:x) }")
    (video / "css" / "font").mkdir()
    (video / "css" / "font" / "a.woff").write_bytes(b"wOFF")
    (video / "captions.json").write_text("[]")
    sound = root / "podcast" / SOUND.record_id
    sound.mkdir(parents=True)
    ffmpeg(*_sound(2, 3.0), "-f", "ogg", str(sound / "audio.ogg"))
    for folder in (lesson, video, sound):
        write_metadata(folder)
    return root


def write_metadata(folder: Path, *, missing: int = 0) -> None:
    """Write metadata.xml with the size that BigBlueButton's `Find.find` counts."""
    path = folder / "metadata.xml"
    head = f"<recording><id>{folder.name}</id><playback><format>{folder.parent.name}</format><duration>3000</duration>"
    path.write_text(f"{head}</playback></recording>")
    size = sum(one.stat().st_size for one in (folder, *folder.rglob("*"))) + missing
    path.write_text(f"{head}<size>{size}</size></playback></recording>")


def media_of(root: Path) -> Media:
    """Serve a folder as it is."""
    files = {f"/{path.relative_to(root)}": path for path in sorted(root.rglob("*")) if path.is_file()}
    return Media(files=files, durations_s={one.record_id: 3.0 for one in ALL})


@pytest.fixture
def copyist(operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path) -> Operator:
    return make_copyist(operator_of, serve_bbb(ALL, flavour="bbb-2.6", media=media_of(published)), tmp_path / "mirror")


def make_copyist(operator_of: MakeOperator, bbb: SampleBbb, directory: Path, **servers: object) -> Operator:
    operator = operator_of(bbb=bbb, **servers)
    operator.set(mirror__directory=directory)
    return operator


def assert_same(left: Path, right: Path) -> None:
    """What `diff -r` says."""
    compared = filecmp.dircmp(left, right, ignore=[".bbbmig"])
    assert (compared.left_only, compared.right_only) == ([], [])
    _, different, errors = filecmp.cmpfiles(left, right, compared.common_files, shallow=False)
    assert (different, errors) == ([], [])
    for name in compared.common_dirs:
        assert_same(left / name, right / name)


def test_the_copy_is_what_the_server_has(copyist: Operator, published: Path, tmp_path: Path) -> None:
    ended = copyist.json("mirror")
    assert (ended.code, ended.counts) == (0, {"done": 3})
    assert_same(published, tmp_path / "mirror")
    (states,) = [one for one in ended.objects if one["type"] == "text"]
    assert (states["state"], states["recordings"]) == ("whole", 3)
    assert not list((tmp_path / "mirror" / ".bbbmig" / "parts").iterdir())


def test_a_second_run_asks_only_for_what_may_have_changed(copyist: Operator, published: Path, tmp_path: Path) -> None:
    copyist.json("mirror")
    assert copyist.bbb is not None
    first = len(copyist.bbb.requests)
    ended = copyist.json("mirror")
    assert (ended.code, ended.counts) == (0, {"skipped": 3})
    asked = [one.path.rpartition("/")[2] for one in copyist.bbb.requests[first:] if "/api/" not in one.path]
    assert set(asked) == {"metadata.xml", "captions.json", "index.html"}
    plain = [
        one.path
        for one in copyist.bbb.requests[first:]
        if "/api/" not in one.path
        if not one.headers.get("If-None-Match")
    ]
    assert len(plain) <= 1  # which of its two addresses the video has
    assert_same(published, tmp_path / "mirror")


def test_what_was_published_anew_or_is_damaged_here_is_fetched_again(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    root = tmp_path / "published"
    shutil.copytree(published, root)
    bbb = serve_bbb(ALL, flavour="bbb-2.6", media=media_of(root))
    copyist = make_copyist(operator_of, bbb, tmp_path / "mirror")
    copyist.json("mirror")
    here = tmp_path / "mirror" / "video" / VIDEO.record_id
    (here / "css" / "video.css").write_text("cut")
    film = root / "presentation" / LESSON.record_id / "video" / "webcams.webm"
    film.write_bytes(film.read_bytes() + b"more")
    os.utime(film, ns=(1, 1))
    write_metadata(film.parent.parent)
    ended = copyist.json("mirror")
    assert (ended.code, ended.counts) == (0, {"done": 2, "skipped": 1})
    assert_same(root, tmp_path / "mirror")


Harm = Callable[[Path], None]


def _without(name: str) -> Harm:
    return lambda folder: (folder / name).unlink()


KINDS_OF_MISSING = {
    "metadata.xml": _without("metadata.xml"),
    "shapes.svg": _without("shapes.svg"),
    "slides_new.xml": _without("slides_new.xml"),
    "panzooms.xml": _without("panzooms.xml"),
    "cursor.xml": _without("cursor.xml"),
    "presentation/p/slide-2.png": _without("presentation/p/slide-2.png"),
    "presentation/p/thumbnails/thumb-2.png": _without("presentation/p/thumbnails/thumb-2.png"),
    "presentation/p/textfiles/slide-1.txt": _without("presentation/p/textfiles/slide-1.txt"),
    "caption_fr.vtt": _without("caption_fr.vtt"),
    "film and sound": _without("video/webcams.webm"),
}


@pytest.mark.parametrize("what", KINDS_OF_MISSING)
def test_each_kind_of_missing_file_is_found(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path, what: str
) -> None:
    root = tmp_path / "published"
    shutil.copytree(published / "presentation", root / "presentation")
    KINDS_OF_MISSING[what](root / "presentation" / LESSON.record_id)
    media = media_of(root)
    bbb = serve_bbb([LESSON], flavour="bbb-2.6", media=media)
    if what == "metadata.xml":
        bbb.playbacks._metadata_xml = lambda *_: b""  # type: ignore[method-assign] # the sample would make one
    copyist = make_copyist(operator_of, bbb, tmp_path / "mirror")
    ended = copyist.json("mirror")
    assert (ended.code, ended.counts) == (3, {"failed": 1})
    assert what in ended.actions[0]["detail"]
    assert copyist.json("mirror", "--verify").code == 3


def test_a_film_that_nobody_names_is_missed_by_its_bytes(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    root = tmp_path / "published"
    shutil.copytree(published / "presentation", root / "presentation")
    write_metadata(root / "presentation" / LESSON.record_id, missing=924_532)
    bbb = serve_bbb([LESSON], flavour="bbb-2.6", media=media_of(root))
    ended = make_copyist(operator_of, bbb, tmp_path / "mirror").json("mirror")
    assert ended.code == 3
    assert "of the bytes that metadata.xml announces" in ended.actions[0]["detail"]


def test_verify_proves_without_the_server_and_the_next_run_mends(
    copyist: Operator, published: Path, tmp_path: Path
) -> None:
    copyist.json("mirror")
    assert copyist.bbb is not None
    asked = len(copyist.bbb.requests)
    assert (copyist.json("mirror", "--verify").code, copyist.json("mirror", "--verify").counts) == (0, {"done": 3})
    lesson = tmp_path / "mirror" / "presentation" / LESSON.record_id
    slide = lesson / "presentation" / "p" / "slide-1.png"
    content = bytearray(slide.read_bytes())
    content[40] ^= 1
    slide.write_bytes(content)
    (lesson / "caption_fr.vtt").unlink()
    (tmp_path / "mirror" / "video" / VIDEO.record_id / "video-0.m4v").write_bytes(b"cut")
    ended = copyist.json("mirror", "--verify")
    assert (ended.code, ended.counts) == (3, {"failed": 2, "done": 1})
    details = " ".join(one["detail"] for one in ended.actions)
    assert "slide-1.png: has other bytes than came" in details
    assert "caption_fr.vtt: is missing" in details
    assert "video-0.m4v: has 3 bytes instead of" in details
    assert len(copyist.bbb.requests) == asked
    assert copyist.json("mirror").code == 0
    assert copyist.json("mirror", "--verify").code == 0
    assert_same(published, tmp_path / "mirror")


def test_a_film_that_ends_too_early_is_found_by_its_length(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    root = tmp_path / "published"
    shutil.copytree(published / "presentation", root / "presentation")
    metadata = root / "presentation" / LESSON.record_id / "metadata.xml"
    metadata.write_text(metadata.read_text().replace("<duration>3000<", "<duration>9000<"))
    bbb = serve_bbb([LESSON], flavour="bbb-2.6", media=media_of(root))
    copyist = make_copyist(operator_of, bbb, tmp_path / "mirror")
    assert copyist.json("mirror").code == 0
    ended = copyist.json("mirror", "--verify")
    assert ended.code == 3
    assert "webcams.webm: it lasts 3.0 s, the recording 9.0 s" in ended.actions[0]["detail"]
    assert copyist.json("mirror").code == 3  # that is as the server has it, and stays said


def test_adopt_takes_over_what_rsync_brought(copyist: Operator, published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "mirror")
    assert copyist.bbb is not None
    ended = copyist.json("mirror", "--adopt")
    assert (ended.code, ended.counts) == (0, {"done": 3})
    assert not [one for one in copyist.bbb.requests if "/api/" not in one.path]
    assert copyist.json("mirror", "--verify").code == 0
    assert copyist.json("mirror").code == 0
    bytes_asked = [one for one in copyist.bbb.requests if one.path.endswith((".webm", ".m4v", ".ogg", ".png"))]
    there = {f"/{path.relative_to(published)}" for path in published.rglob("*")}
    assert not [one.path for one in bytes_asked if one.method == "GET" and one.path in there]  # nothing came twice


def test_a_run_over_a_full_folder_fetches_no_film_again(copyist: Operator, published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "mirror")
    assert copyist.json("mirror").code == 0
    assert copyist.bbb is not None
    films = [one for one in copyist.bbb.requests if one.path.endswith((".webm", ".m4v", ".ogg"))]
    assert {one.method for one in films} == {"HEAD"}


def test_adopt_says_what_rsync_did_not_bring(copyist: Operator, published: Path, tmp_path: Path) -> None:
    shutil.copytree(published, tmp_path / "mirror")
    shutil.rmtree(tmp_path / "mirror" / "video")
    (tmp_path / "mirror" / "podcast" / SOUND.record_id / "audio.ogg").unlink()
    ended = copyist.json("mirror", "--adopt")
    assert (ended.code, ended.counts) == (3, {"done": 1, "failed": 2})


def test_a_dry_run_writes_nothing_and_says_how_much_room_is_needed(copyist: Operator, tmp_path: Path) -> None:
    ended = copyist.json("mirror", "--dry")
    assert (ended.code, ended.counts) == (0, {"planned": 3})
    assert "to come" in ended.end["words"]
    assert not (tmp_path / "mirror").exists()


def test_a_disk_without_room_for_what_is_announced_ends_the_run_before_it_begins(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    large = replace(LESSON, playbacks=(replace(LESSON.playbacks[0], size=1 << 50),))
    bbb = serve_bbb([large], flavour="bbb-2.6", media=media_of(published))
    ended = make_copyist(operator_of, bbb, tmp_path / "mirror").run("mirror")
    assert ended.code == 4
    assert "what is to be copied needs" in ended.err
    assert not (tmp_path / "mirror" / "presentation").exists()


@pytest.mark.parametrize("record_id", ["../../escape", "/abs", ".hidden", "a/b", "a..b", "a b", "é" * 40])
def test_a_record_id_that_can_be_no_folder_is_refused_by_name(
    operator_of: MakeOperator, serve_bbb: ServeBbb, tmp_path: Path, record_id: str
) -> None:
    bbb = serve_bbb([replace(LESSON, record_id=record_id)], flavour="bbb-2.6")
    ended = make_copyist(operator_of, bbb, tmp_path / "mirror").json("mirror")
    assert (ended.code, ended.counts) == (3, {"failed": 1})
    assert ended.actions[0]["reason"] == "its recordID cannot be the name of a folder"
    assert [path.name for path in (tmp_path / "mirror").iterdir()] == [".bbbmig"]
    assert not [one for one in bbb.requests if "/api/" not in one.path]


def test_no_reference_of_a_recording_leaves_its_folder(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    root = tmp_path / "published"
    shutil.copytree(published / "presentation", root / "presentation")
    lesson = root / "presentation" / LESSON.record_id
    evil = ("/etc/passwd", "../../../x.png", "%2e%2e/%2e%2e/y.png", "a%00.png", "x" * 300 + ".png", "shapes.svg/z.png")
    shapes = (lesson / "shapes.svg").read_text()
    more = "".join(f'<image xlink:href="{name}"/>' for name in evil)
    (lesson / "shapes.svg").write_text(shapes.replace("</svg>", f"{more}</svg>"))
    (lesson / "captions.json").write_text(json.dumps([{"locale": "../../x"}, {"locale": "fr"}, 7, {"locale": None}]))
    (lesson / "presentation_text.json").write_text(json.dumps({"../..": {"slide-1": ""}, "p": {"slide-99999999": ""}}))
    before = {path for path in tmp_path.rglob("*") if "mirror" not in path.parts}
    bbb = serve_bbb([LESSON], flavour="bbb-2.6", media=media_of(root))
    copyist = make_copyist(operator_of, bbb, tmp_path / "mirror")
    ended = copyist.json("mirror")
    assert ended.code == 3  # shapes.svg is a file, so nothing can be below it
    assert not [one.path for one in bbb.requests if "passwd" in one.path or ".." in one.path or "\0" in one.path]
    there = {path.name for path in (tmp_path / "mirror").rglob("*")}
    assert not there & {"passwd", "x.png", "y.png", "z.png"}
    assert before <= set(tmp_path.rglob("*"))


def test_a_link_in_the_mirror_is_not_written_through(copyist: Operator, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "mirror" / "presentation").mkdir(parents=True)
    (tmp_path / "mirror" / "presentation" / LESSON.record_id).symlink_to(outside)
    ended = copyist.json("mirror")
    assert ended.code == 3
    assert list(outside.iterdir()) == []


def test_a_text_that_names_millions_of_pages_is_bounded(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    root = tmp_path / "published"
    shutil.copytree(published / "presentation", root / "presentation")
    lesson = root / "presentation" / LESSON.record_id
    many = {f"p{number}": {"slide-4999": ""} for number in range(2000)}
    (lesson / "presentation_text.json").write_text(json.dumps(many))
    bbb = serve_bbb([LESSON], flavour="bbb-2.6", media=media_of(root))
    ended = make_copyist(operator_of, bbb, tmp_path / "mirror").json("mirror")
    assert ended.code == 3
    assert "more than 20000 files" in ended.actions[0]["detail"]


def test_what_is_unpublished_is_named_and_left(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    bbb = serve_bbb([replace(LESSON, published=False), VIDEO], flavour="bbb-2.6", media=media_of(published))
    copyist = make_copyist(operator_of, bbb, tmp_path / "mirror")
    ended = copyist.json("mirror")
    assert (ended.code, ended.counts) == (0, {"done": 1, "skipped": 1})
    assert ended.end["reasons"] == {"unpublished": 1}
    shutil.copytree(published / "presentation", tmp_path / "mirror" / "presentation")  # rsync of unpublished/
    assert copyist.json("mirror", "--adopt").counts == {"done": 2}


def test_protected_recordings_are_opened_with_a_token_each(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    bbb = serve_bbb(ALL, flavour="scalelite-protected", media=media_of(published))
    copyist = make_copyist(operator_of, bbb, tmp_path / "mirror")
    ended = copyist.json("mirror", "--jobs", "2")
    assert (ended.code, ended.counts) == (0, {"done": 3})
    assert_same(published, tmp_path / "mirror")
    tokens = [one for one in bbb.requests if one.path.startswith("/recording/")]
    assert len(tokens) == len(ALL)


def test_a_cookie_that_grew_old_is_renewed_once_and_nothing_is_taken_for_absent(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    bbb = serve_bbb([LESSON], flavour="scalelite-protected", media=media_of(published))
    copyist = make_copyist(operator_of, bbb, tmp_path / "mirror")
    good = bbb.playbacks.respond
    seen: list[str] = []

    def respond(request: Request) -> Response:
        if request.path.startswith(f"/presentation/{LESSON.record_id}/"):
            seen.append(request.path)
            if len(seen) == 5:
                bbb.playbacks._cookies.clear()  # six hours are over
        return good(request)

    bbb.playbacks.respond = respond  # type: ignore[method-assign] # what happens in six hours
    ended = copyist.json("mirror")
    assert (ended.code, ended.counts) == (0, {"done": 1})
    assert_same(published / "presentation", tmp_path / "mirror" / "presentation")


def test_a_protected_recording_without_a_token_is_not_mirrorable(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    bbb = serve_bbb([LESSON, VIDEO], flavour="scalelite-protected", media=media_of(published))
    bbb.playbacks.token_life_s = -1
    ended = make_copyist(operator_of, bbb, tmp_path / "mirror").json("mirror")
    assert (ended.code, ended.counts) == (3, {"failed": 2})
    assert "not mirrorable, protected, and no token opens it" in ended.actions[0]["detail"]


@pytest.mark.parametrize("status", [403, 200])
def test_a_server_that_does_not_say_404_is_understood(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path, status: int
) -> None:
    """Storage says 403 of what is not there, and some servers have a front page for everything."""
    bbb = serve_bbb([LESSON], flavour="bbb-2.6", media=media_of(published))
    bbb.playbacks.missing = status
    ended = make_copyist(operator_of, bbb, tmp_path / "mirror").json("mirror")
    assert (ended.code, ended.counts) == (0, {"done": 1})
    assert_same(published / "presentation", tmp_path / "mirror" / "presentation")


def test_what_is_refused_is_not_taken_for_absent(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    root = tmp_path / "published"
    shutil.copytree(published / "presentation", root / "presentation")
    metadata = root / "presentation" / LESSON.record_id / "metadata.xml"
    metadata.write_text(metadata.read_text().replace("<size>", "<none>").replace("</size>", "</none>"))
    bbb = serve_bbb([LESSON], flavour="bbb-2.6", media=media_of(root))
    good = bbb.playbacks.respond
    bbb.playbacks.respond = (  # type: ignore[method-assign] # that is the mishap
        lambda request: page("no", 403) if request.path.endswith("notes.html") else good(request)
    )
    copyist = make_copyist(operator_of, bbb, tmp_path / "mirror")
    ended = copyist.json("mirror")
    assert ended.code == 3
    assert "notes.html: refused by the server" in ended.actions[0]["detail"]
    bbb.playbacks.respond = good  # type: ignore[method-assign]
    assert copyist.json("mirror").code == 0
    assert (tmp_path / "mirror" / "presentation" / LESSON.record_id / "notes.html").is_file()


def test_the_mirror_of_another_server_is_left_alone(
    operator_of: MakeOperator, copyist: Operator, serve_bbb: ServeBbb, tmp_path: Path
) -> None:
    copyist.json("mirror")
    other = operator_of("other", bbb=serve_bbb([VIDEO], flavour="bbb-2.6"))
    other.set(mirror__directory=tmp_path / "mirror")
    ended = other.run("mirror")
    assert ended.code == 4
    assert "is the copy of" in ended.err


def test_two_runs_do_not_write_into_one_mirror(copyist: Operator, tmp_path: Path) -> None:
    assert copyist.bbb is not None
    copyist.json("mirror")
    with Places(tmp_path / "mirror").locked():
        assert copyist.run("mirror").code == 11


def test_without_a_directory_it_says_which_key_is_missing(operator_of: MakeOperator, serve_bbb: ServeBbb) -> None:
    ended = operator_of(bbb=serve_bbb([], flavour="bbb-2.6")).run("mirror")
    assert ended.code == 4
    assert "mirror.directory" in ended.err


def test_what_the_server_no_longer_has_stays_in_the_mirror(copyist: Operator, published: Path, tmp_path: Path) -> None:
    copyist.json("mirror")
    assert copyist.bbb is not None
    copyist.bbb.playbacks.unstored.update(one.record_id for one in ALL)
    ended = copyist.json("mirror", "--every-file")
    assert ended.code == 0
    assert_same(published, tmp_path / "mirror")
    assert copyist.json("mirror", "--verify").code == 0


def test_a_server_that_goes_away_ends_the_run_and_the_next_one_goes_on(
    operator_of: MakeOperator, serve_bbb: ServeBbb, published: Path, tmp_path: Path
) -> None:
    many = [meeting_recording(f"room-{n}", "Cours", START - timedelta(days=n), "presentation 2.3") for n in range(8)]
    files = {
        f"/presentation/{one.record_id}/{path.relative_to(published / 'presentation' / LESSON.record_id)}": path
        for one in many
        for path in (published / "presentation" / LESSON.record_id).rglob("*")
        if path.is_file() and path.name != "metadata.xml"
    }
    bbb = serve_bbb(many, flavour="bbb-2.6", media=Media(files=files, durations_s={}))
    good = bbb.playbacks.respond
    bbb.playbacks.respond = (  # type: ignore[method-assign] # it fails
        lambda request: page("busy", 503) if request.path.endswith("slide-2.png") else good(request)
    )
    copyist = make_copyist(operator_of, bbb, tmp_path / "mirror")
    assert copyist.json("mirror").code == 5
    bbb.playbacks.respond = good  # type: ignore[method-assign]
    came = [one.path for one in bbb.requests if one.path.endswith("p/slide-1.png")]
    assert (copyist.json("mirror").code, len(came)) == (0, 5)
    again = [one.path for one in bbb.requests if one.path.endswith("p/slide-1.png")]
    assert len(again) == len(many)  # what had come was not asked for again


@pytest.mark.parametrize(
    "arguments",
    [("--verify", "--adopt"), ("--verify", "--every-file"), ("--verify", "--player", "x"), ("--adopt", "--every-file")],
)
def test_what_cannot_be_meant_together_is_a_usage_error(copyist: Operator, arguments: tuple[str, ...]) -> None:
    ended = copyist.run("mirror", *arguments)
    assert (ended.code, "leave" in ended.err) == (2, True)
