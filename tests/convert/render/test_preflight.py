"""What a video could not show is said before it is made."""

import json
from pathlib import Path

import pytest

from bbbmig.convert.render.address import presentation_at
from bbbmig.convert.render.converter import RenderConverter
from bbbmig.domain.conversion import Verdict
from tests.convert.render.conftest import GetSample
from tests.convert.render.sample import ERAS, Era, Sample


def verdict(sample: Sample) -> Verdict:
    return RenderConverter().preflight(presentation_at(str(sample.folder)))


@pytest.mark.parametrize("era", ERAS)
def test_ordinary_recordings_of_every_generation_are_shown_faithfully(get_sample: GetSample, era: Era) -> None:
    assert verdict(get_sample(era)) == Verdict(able=True, faithful=True)


def test_everything_that_is_lost_is_named(get_sample: GetSample, tmp_path: Path) -> None:
    sample = get_sample("2.2").copied(tmp_path)
    sample.rewrite("shapes.svg", "slide-2.png", "slide-9.png")
    sample.rewrite("shapes.svg", '<path d="M200 700L1400 700"/>', '<image href="poll_result1.svg"/><video/>')
    for name in ("deskshare/deskshare.webm", "video/webcams.webm"):
        (sample.folder / name).unlink()
    (sample.folder / "external_videos.json").write_text('[{"timestamp": 1, "external_video_url": "https://x"}]')
    found = verdict(sample)
    assert found.able
    assert not found.faithful
    assert found.reasons == (
        "there is no sound in it",
        "1 external videos were shown: only their addresses were recorded, of which a card tells",
        '1 shapes of the kind "video" are shown as dashed boxes, or not at all',
        "a desk was shared, and its film is missing",
        "presentation/p/slide-9.png is missing: white is shown instead",
        "poll_result1.svg is missing: a card is shown instead, or nothing up to 2.5",
    )


def test_shapes_that_are_not_known_are_named_by_kind(get_sample: GetSample, tmp_path: Path) -> None:
    sample = get_sample("3.0").copied(tmp_path)
    path = sample.folder / "tldraw.json"
    document = json.loads(path.read_text())
    for number, kind in enumerate(("unheard-of", "unheard-of", "geo")):
        data = {"id": f"shape:{number}", "type": kind, "x": 1, "y": 2, "props": {"geo": "torus", "w": 5, "h": 5}}
        document["1"]["shapes"].append({"id": number, "timestamp": 1.0, "undo": -1, "shape_data": data})
    path.unlink()
    path.write_text(json.dumps(document))
    assert verdict(sample).reasons == (
        '2 shapes of the kind "unheard-of" are shown as dashed boxes, or not at all',
        '1 shapes of the kind "geo:torus" are shown as dashed boxes, or not at all',
    )


def test_what_cannot_be_read_cannot_be_converted(get_sample: GetSample, tmp_path: Path) -> None:
    sample = get_sample("2.2").copied(tmp_path)
    sample.rewrite("shapes.svg", "</svg>", "")
    found = verdict(sample)
    assert not found.able
    assert found.reasons[0].startswith("shapes.svg is not whole")
