"""What `--check` says is what the video leaves out or guesses: no more, and no less."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bbbmig.convert.render.address import presentation_at
from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.options import Options
from bbbmig.convert.render.pipeline import produce
from bbbmig.convert.render.preflight import verdict
from bbbmig.domain.conversion import Verdict
from tests.convert.render.conftest import GetSample
from tests.convert.render.old_sample import make_old_sample
from tests.convert.render.sample import ERAS, Era, Sample

SHARED = Path(os.environ.get("BBBMIG_TEST_PUBLISHED") or "/nowhere/data/published").parents[1]
CASES = sorted(path.parent for path in SHARED.glob("cases/render/*/metadata.xml"))


def compared(folder: Path, out: Path) -> Verdict:
    """Return what is said beforehand; the video made of it must say the same."""
    said = verdict(LocalFiles(folder), "x")
    assert said.able
    options = Options(height=180, quality=40)
    made = produce(presentation_at(str(folder)), LocalFiles(folder), options, out, lambda *_: None)
    assert made.notes == said.reasons
    return said


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_of_each_recording_that_once_was_shown_wrongly(folder: Path, tmp_path: Path) -> None:
    said = compared(folder, tmp_path / "out.mp4")
    named = {
        "06a": "1 shapes hold data that make no sense",
        "06g": "1 shapes hold data that make no sense",
        "08c": "not the name of a file",
        "09c": "breaks off: what is below is lost",
        "09e": "the sound ends at 7 s of 12 s",
        "10a": "video/webcams.webm is empty: video/webcams.mp4 serves instead",
    }
    expected = named.get(folder.name[:3])
    assert bool(expected) == bool(said.reasons)
    assert expected is None or any(expected in reason for reason in said.reasons)


@pytest.mark.parametrize("era", ["0.9", *ERAS])
def test_of_ordinary_recordings_of_every_generation(get_sample: GetSample, tmp_path: Path, era: str) -> None:
    folder = make_old_sample(tmp_path) if era == "0.9" else get_sample(era, "sound").folder
    said = compared(folder, tmp_path / "out.mp4")
    assert said.faithful
    assert [reason for reason in said.reasons if "desks that were shared" not in reason] == []


def spoil_json(change: Callable[[Any], object]) -> Callable[[Sample], None]:
    def spoil(sample: Sample) -> None:
        path = sample.folder / "tldraw.json"
        document = json.loads(path.read_text())
        change(document)
        path.unlink()
        path.write_text(json.dumps(document))

    return spoil


def without(name: str) -> Callable[[Sample], None]:
    return lambda sample: (sample.folder / name).unlink()


def rewritten(name: str, old: str, new: str) -> Callable[[Sample], None]:
    return lambda sample: sample.rewrite(name, old, new)


SPOILT: list[tuple[Era, Callable[[Sample], object], str]] = [
    ("2.2", without("cursor.xml"), "cursor.xml is missing: the pointer is not known"),
    ("2.2", without("panzooms.xml"), "panzooms.xml is missing: which part of the slides was seen is not known"),
    ("2.2", without("caption_fr.vtt"), "1 captions are listed, and their files are missing, empty or no captions"),
    ("2.5", rewritten("captions.json", "]", ""), "captions.json cannot be read: there are no captions"),
    ("2.5", rewritten("shapes.svg", 'timestamp="2.0"', 'timestamp="soon"'), "1 versions of drawings have no time"),
    ("2.5", rewritten("shapes.svg", 'image="image4"', 'image="image9"'), "there are drawings on 1 slides that"),
    ("2.5", rewritten("shapes.svg", 'in="4.0"', 'in="NaN"'), "1 slides have no time that makes sense"),
    ("2.2", rewritten("cursor.xml", 'timestamp="0.5"', 'timestamp=""'), "1 moves of the pointer or of the view"),
    ("1.1", rewritten("shapes.svg", "M200 700L1400 700", "M200 700Lx 700"), "1 shapes hold data that make no sense"),
    ("2.7", rewritten("presentation/p/svgs/slide2.svg", "<rect", '<image href="a.png"/><rect'), "holds a picture that"),
    ("2.7", spoil_json(lambda it: it.update({"9": it.pop("4")})), "there are drawings on 1 slides that"),
    ("2.7", spoil_json(lambda it: it["1"]["shapes"][1].update(timestamp=None)), "1 versions of drawings have no time"),
    ("3.0", spoil_json(lambda it: it["1"]["shapes"][0].update(timestamp=1e400)), "1 versions of drawings have no time"),
    ("3.0", spoil_json(lambda it: it["4"]["shapes"].append([])), "1 shapes hold data that make no sense"),
    ("3.0", spoil_json(lambda it: it["4"]["shapes"][0]["shape_data"].update(type="x")), '1 shapes of the kind "x"'),
]  # fmt: skip


@pytest.mark.parametrize(("era", "spoil", "note"), SPOILT, ids=[f"{era} {note[:40]}" for era, _, note in SPOILT])
def test_of_what_is_spoilt(
    get_sample: GetSample, tmp_path: Path, era: Era, spoil: Callable[[Sample], object], note: str
) -> None:
    sample = get_sample(era, "sound").copied(tmp_path)
    spoil(sample)
    said = compared(sample.folder, tmp_path / "out.mp4")
    assert not said.faithful
    assert [note in reason for reason in said.reasons] == [True]
