"""Recordings that BigBlueButton's own scripts published, where there are any: BBBMIG_TEST_PUBLISHED names the folder.

They are not part of this repository; what was found in them is in the other tests, in made-up recordings of their form.
"""

import os
import re
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from bbbmig.convert.render.address import presentation_at
from bbbmig.convert.render.converter import RenderConverter
from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.prepared import prepare
from tests.convert.render.player import Player

PUBLISHED = Path(os.environ.get("BBBMIG_TEST_PUBLISHED") or "/nowhere")
RECORDINGS = sorted(path for path in PUBLISHED.glob("*/*-*") if (path / "metadata.xml").is_file())

pytestmark = pytest.mark.parametrize("folder", RECORDINGS, ids=lambda folder: folder.parent.name)


def right(folder: Path, words: str) -> str:
    """Find a line of the right values."""
    found = re.search(rf"^- {words}(.*)$", (folder.parent / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else ""


def test_the_length_is_right_and_everything_is_shown(folder: Path) -> None:
    timeline = prepare(LocalFiles(folder), "x").timeline
    assert timeline.duration_s == pytest.approx(float(right(folder, "length ").split()[0]), abs=0.05)
    said = RenderConverter().preflight(presentation_at(str(folder)))
    lost = [reason for reason in said.reasons if "external videos" not in reason and "desks that were" not in reason]
    assert (said.able, lost) == (True, [])


def test_each_image_is_shown_at_its_time(folder: Path) -> None:
    """As the list of images in the right values says; the last one ends with the recording, and 0.9 leaves holes."""
    timeline = prepare(LocalFiles(folder), "x").timeline
    listed = re.findall(r"image(\d+) ([\d.]+)\u2013([\d.]+) ([\w.-]+)", right(folder, r"\d+ images in shapes.svg: "))
    assert len(timeline.shows) == len(listed)
    for show, (number, begin, _, name) in zip(timeline.shows, listed, strict=True):
        assert show.slide.board == f"image{number}"
        assert show.slide.href.endswith(name)
        assert show.start == pytest.approx(float(begin) if float(begin) > 1 else 0.0)
    assert timeline.shows[-1].end == timeline.duration_s


def test_no_moment_is_all_black_or_one_colour(folder: Path) -> None:
    """But while there is neither slide nor camera, which the right values say of one recording."""
    with ExitStack() as stack:
        player = Player(stack, folder, "side", 360)
        timeline, media = player.prepared.timeline, player.prepared.media
        for share in (0.05, 0.3, 0.5, 0.7, 0.95):
            at = timeline.duration_s * share
            shown = any(s.start <= at < s.end and "logo" not in s.slide.href for s in timeline.shows)
            seen = any(start <= at < end for start, end in media.camera_times)
            player.composer.move_to(at)
            picture = player.still()
            if shown or seen:
                assert np.ptp(picture[..., 0]) > 60, at
