"""What a container holds besides picture and sound is taken out of it, and nothing else changes."""

import shutil
import threading
from pathlib import Path

import pytest

from bbbmig.convert.only_film import leave_only_film
from bbbmig.convert.probe import chapters_in, probe, streams_in
from bbbmig.errors import RecordingFailed
from bbbmig.transfer.partial_file import note_of
from tests.convert.conftest import ffmpeg
from tests.made_once import made_once

SUBTITLES = "1\n00:00:00,500 --> 00:00:01,500\nBonjour\n"
CHAPTERS = ";FFMETADATA1\n" + "".join(
    f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={start + 1000}\ntitle=Chapitre {start}\n" for start in (0, 1000)
)
PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=10:duration=2")
SOUND = ("-f", "lavfi", "-i", "sine=duration=2")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
VP8 = ("-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus")


def make(folder: Path) -> Path:
    """Films with all that may be in them."""
    subtitles, chapters, cover = (folder / name for name in ("s.srt", "c.txt", "cover.png"))
    subtitles.write_text(SUBTITLES, encoding="utf-8")
    chapters.write_text(CHAPTERS, encoding="utf-8")
    films = (*PICTURE, *SOUND)
    both = ("-map", "0:v", "-map", "1:a")
    ffmpeg("-f", "lavfi", "-i", "color=red:size=64x64:duration=1:rate=1", "-frames:v", "1", cover)
    words = ("-i", subtitles, "-i", chapters, *both, "-map", "2", "-map", "2", "-map_metadata", "3")
    ffmpeg(*films, *words, *H264, "-c:s", "mov_text", folder / "subtitles.mp4")
    ffmpeg(*films, "-i", subtitles, *both, "-map", "2", *VP8, "-c:s", "webvtt", folder / "subtitles.webm")
    ffmpeg(*films, "-i", chapters, *both, "-map_metadata", "2", *H264, folder / "chapters.mp4")
    ffmpeg(*films, "-attach", subtitles, "-metadata:s:t", "mimetype=text/plain", *both, *H264, folder / "attached.mkv")
    pictured = ("-map", "0", "-map", "1", "-c:a", "libmp3lame", "-disposition:v", "attached_pic")
    ffmpeg(*SOUND, "-i", cover, *pictured, folder / "cover.mp3")
    ffmpeg(*films, *both, "-timecode", "01:00:00:00", *H264, "-f", "mov", folder / "timecode.m4v")
    return folder


@pytest.fixture(scope="session")
def odd_films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "odd-films", make)


@pytest.mark.parametrize(
    ("name", "others", "kept", "chapters"),
    [
        ("subtitles.mp4", "2 tracks of subtitles", ["h264", "aac"], 2),
        ("subtitles.webm", "a track of subtitles", ["vp8", "opus"], 0),
        ("attached.mkv", "an attachment", ["h264", "aac"], 0),
        ("cover.mp3", "a cover", ["mp3"], 0),
        ("timecode.m4v", "a track of data", ["h264", "aac"], 0),
    ],
)
def test_it_is_taken_out_and_the_film_stays_whole(
    odd_films: Path, tmp_path: Path, name: str, others: str, kept: list[str], chapters: int
) -> None:
    part = tmp_path / f"{name}.part"
    shutil.copyfile(odd_films / name, part)
    note_of(part).write_text("{}")
    work, stop = tmp_path / "work", threading.Event()
    assert leave_only_film(part, Path(name).suffix, work=work, stop=stop) == others
    streams = streams_in(part)
    assert [one.codec for one in streams if one.is_played] == kept
    assert all(one.is_played or one.is_chapters for one in streams)
    assert probe(part).duration_s == pytest.approx(2.0, abs=0.1)
    assert len(chapters_in(part)) == chapters
    assert not note_of(part).exists()  # or a later run would go on with the server's bytes
    assert not any(work.iterdir())
    assert leave_only_film(part, Path(name).suffix, work=work, stop=stop) == ""


def test_what_holds_nothing_else_is_not_touched(odd_films: Path, tmp_path: Path) -> None:
    part = tmp_path / "chapters.mp4.part"
    shutil.copyfile(odd_films / "chapters.mp4", part)
    note_of(part).write_text("{}")
    assert leave_only_film(part, ".mp4", work=tmp_path / "work", stop=threading.Event()) == ""
    assert part.read_bytes() == (odd_films / "chapters.mp4").read_bytes()
    assert note_of(part).exists()
    assert not (tmp_path / "work").exists()


def test_what_cannot_be_copied_is_refused_and_stays(
    odd_films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = tmp_path / "subtitles.mp4.part"
    shutil.copyfile(odd_films / "subtitles.mp4", part)
    monkeypatch.setattr("bbbmig.convert.only_film._MUXERS", {"mov": "wav"})
    with pytest.raises(RecordingFailed, match="2 tracks of subtitles cannot be taken out"):
        leave_only_film(part, ".mp4", work=tmp_path / "work", stop=threading.Event())
    assert part.read_bytes() == (odd_films / "subtitles.mp4").read_bytes()
