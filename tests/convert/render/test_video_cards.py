"""Where a film of another site was shown, a card tells of it for a while, and leaves nothing behind."""

import json
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.picture.composer import Composer
from bbbmig.convert.render.picture.images import Images
from bbbmig.convert.render.picture.yuv import Planes
from bbbmig.convert.render.timeline.external import read_external_videos
from bbbmig.convert.render.timeline.model import ExternalVideo
from bbbmig.convert.render.timeline.notebook import Notebook
from bbbmig.convert.render.timeline.reading import read_recording
from tests.convert.render.conftest import GetSample
from tests.convert.render.sample import SECONDS

ADDRESS = "https://www.youtube.com/watch?v=AAAAAAAAAAA"


def frames(folder: Path, moments: list[float]) -> list[np.ndarray]:
    """Return the brightness of the picture at moments."""
    files = LocalFiles(folder)
    composer = Composer(read_recording(files).timeline(SECONDS), Images(files), 720)
    found = []
    with ExitStack():
        for number in range(SECONDS * 10):
            composer.move_to(number / 10)
            if number / 10 in moments:
                found.append(Planes.of(composer.frame).y.copy())
    return found


def test_a_card_is_laid_over_the_slide_and_taken_off(
    get_sample: GetSample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bbbmig.convert.render.picture.video_cards.SHOWN_S", 2.0)
    plain = get_sample("2.2").folder
    sample = get_sample("2.2").copied(tmp_path)
    (sample.folder / "external_videos.json").unlink(missing_ok=True)
    (sample.folder / "external_videos.json").write_text(json.dumps([{"timestamp": 0.6, "external_video_url": ADDRESS}]))
    moments = [0.5, 0.6, 1.0, 2.5, 2.6, 4.2, 9.0]
    for at, one, other in zip(moments, frames(sample.folder, moments), frames(plain, moments), strict=True):
        rows, columns = np.nonzero(one != other)
        if 0.6 <= at < 2.6:
            assert 20 < columns.min() < 30
            assert 550 < columns.max() < 570
            assert 580 < rows.min() < 600
            assert rows.max() < 710
            assert (one[rows.min() : rows.max(), 30:560] > 220).mean() > 0.7  # paper
            assert (one[rows.min() : rows.max(), 30:560] < 100).any()  # words
        else:
            assert not len(rows), at


def test_lists_of_films_are_read_as_far_as_they_make_sense(tmp_path: Path) -> None:
    path = tmp_path / "external_videos.json"
    assert read_external_videos(None, Notebook()) == ()
    for text, note in (
        ("", ""),
        ("[]", ""),
        ("{}", "cannot be read"),
        ("null", "cannot be read"),
        ("[", "cannot be read"),
        ("[[[", "cannot be read"),
        ('"x"', "cannot be read"),
        ("[5, null, {}]", "3 films of other sites were shown whose address is not known"),
        ('[{"external_video_url": ""}]', "1 films of other sites"),
    ):
        path.write_text(text)
        notebook = Notebook()
        assert read_external_videos(path, notebook) == ()
        assert [note in one.text and one.loses for one in notebook.notes] == ([True] if note else [])
    path.write_text(
        json.dumps([{"timestamp": 7, "external_video_url": ADDRESS}, {"timestamp": "x", "external_video_url": 5}])
    )
    assert read_external_videos(path, Notebook()) == (ExternalVideo(0, "5"), ExternalVideo(7, ADDRESS))
