"""What ffprobe tells of a file, and what it does not tell on its own: that bytes are missing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bbbmig.convert.probe import check_media, probe
from bbbmig.errors import ConfigError, RecordingFailed
from tests.convert.conftest import FILM_S, ffmpeg, path_without

Cut = Callable[[str, float], Path]

WHOLE = ["film.mp4", "index-at-end.mp4", "film.webm", "of-a-browser.webm", "sound.ogg"]


@pytest.fixture
def cut(films: Path, tmp_path: Path) -> Cut:
    """The first part of a film."""

    def cut(name: str, share: float) -> Path:
        content = (films / name).read_bytes()
        path = tmp_path / name
        path.write_bytes(content[: int(share * len(content))])
        return path

    return cut


@pytest.mark.parametrize("name", WHOLE)
def test_the_length_is_found_in_every_container(films: Path, name: str) -> None:
    probed = check_media(films / name, expected_s=FILM_S, tolerance_s=0.5, tolerance_ratio=0)
    assert probed.duration_s == pytest.approx(FILM_S, abs=0.2)
    assert probed.has_audio
    assert probed.has_video == (name != "sound.ogg")


def test_pictures_and_codecs_are_named(films: Path) -> None:
    probed = probe(films / "film.mp4")
    assert (probed.video_codec, probed.audio_codec, probed.width, probed.height) == ("h264", "aac", 160, 90)
    assert "mp4" in probed.container
    assert probed.size == (films / "film.mp4").stat().st_size


@pytest.mark.parametrize("share", [0.3, 0.99])
@pytest.mark.parametrize("name", [name for name in WHOLE if name != "sound.ogg"])
def test_a_cut_film_is_found_whatever_it_says_of_itself(cut: Cut, name: str, share: float) -> None:
    with pytest.raises(RecordingFailed, match=r"cut off|not a whole media file"):
        check_media(cut(name, share), expected_s=None)


def test_cut_sound_is_found_by_its_length(cut: Cut) -> None:
    with pytest.raises(RecordingFailed, match=r"lasts 2\d\.\d s, the recording 40\.0 s"):
        check_media(cut("sound.ogg", 0.6), expected_s=FILM_S)


@pytest.mark.parametrize("expected_s", [FILM_S - 6, FILM_S + 6])
def test_another_length_than_the_recordings_is_a_failure(films: Path, expected_s: float) -> None:
    with pytest.raises(RecordingFailed, match=r"lasts 40\.0 s, the recording") as caught:
        check_media(films / "film.mp4", expected_s=expected_s)
    assert "tolerance" in caught.value.hint
    check_media(films / "film.mp4", expected_s=expected_s, tolerance_s=7)
    check_media(films / "film.mp4", expected_s=expected_s, tolerance_ratio=0.2)


@pytest.mark.parametrize("content", [b"", b"<!doctype html><html></html>", bytes(range(256)) * 1000])
def test_what_is_no_film_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    with pytest.raises(RecordingFailed, match=r"film\.mp4 is (empty|not a whole media file)"):
        probe(path)


def test_a_playlist_in_disguise_is_not_followed(films: Path, tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text(f"#EXTM3U\n#EXTINF:40,\nfile://{films / 'film.mp4'}\n#EXT-X-ENDLIST\n")
    with pytest.raises(RecordingFailed, match="not a whole media file"):
        probe(path)


def test_a_cover_is_no_film(films: Path, tmp_path: Path) -> None:
    cover, sound = tmp_path / "cover.png", tmp_path / "sound.m4a"
    ffmpeg("-f", "lavfi", "-i", "color=red:size=64x64", "-frames:v", "1", cover)
    tune = ("-i", films / "film.mp4", "-i", cover, "-map", "0:a", "-map", "1:v", "-c:a", "copy", "-c:v", "png")
    ffmpeg(*tune, "-disposition:v", "attached_pic", sound)
    assert not probe(sound).has_video
    with pytest.raises(RecordingFailed, match="no picture"):
        check_media(sound, expected_s=FILM_S, needs_video=True)


def test_names_are_no_options_and_no_addresses(films: Path, tmp_path: Path) -> None:
    for name in ("-i.mp4", "http:film.mp4", "50%03d é 🎓 'q'.mp4"):
        path = tmp_path / name
        path.write_bytes((films / "film.mp4").read_bytes())
        assert probe(path).duration_s == pytest.approx(FILM_S, abs=0.2)


def test_a_missing_file_and_a_missing_ffprobe_are_told_apart(
    films: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(RecordingFailed, match="is not there"):
        probe(tmp_path / "film.mp4")
    with path_without(monkeypatch, tmp_path / "bin"), pytest.raises(ConfigError, match="ffprobe") as caught:
        probe(films / "film.mp4")
    assert caught.value.hint == "apt install ffmpeg"
