"""Whether all shapes of a recording can be drawn, found by drawing them without a picture.

A stroke has dozens of versions, each a little longer than the one before, and a lecture may have 200,000. Of versions
that are made alike one is drawn; what only one of them holds is another make, and drawn as well, wherever it stands.
"""

import re
import zlib
from collections.abc import Hashable

from bbbmig.convert.render.picture.board_pictures import BoardPictures
from bbbmig.convert.render.picture.live_board import LiveBoard
from bbbmig.convert.render.timeline.model import Drawing, Timeline, Version

_MANY = 3000
"""So many versions are all drawn."""
_LOOSE = re.compile(rb'"(id|parentId|index|text|label|name|assetId)":"[^"\\]+"')
"""Words that may be any."""
_ZERO = re.compile(rb"(?<=[\[:,])-?0(?:\.0+)?(?=[,\]}])")
_POSITIVE = re.compile(rb"(?<=[\[:,])\d{1,5}(?:\.\d+)?(?:e-\d+)?(?=[,\]}])")
_NEGATIVE = re.compile(rb"(?<=[\[:,])-\d{1,5}(?:\.\d+)?(?:e-\d+)?(?=[,\]}])")
"""Numbers as boards hold them; others make a version of its own."""
_OF_POINT = re.compile(rb'("[xyz]":|(?<=[\[,]))[ZPN](?=[,\]}])')
_REPEATED = re.compile(rb"(\{[^{}]*\}|\[[^][{}]*\])(?:,\1)+")
_WORD = re.compile(r"-?\d{1,5}(?:\.\d+)?(?:e-\d+)?(?![\d.])")
_STEPS = re.compile(r"([A-Za-z]?[P ,]+)\1+")


def misshapen(timeline: Timeline, pictures: BoardPictures) -> int:
    """Return how many shapes hold data that make no sense; pictures on the board are read by the way."""
    if sum(map(len, timeline.boards.values())) <= _MANY:
        return sum(len(_unreadable(versions, pictures, timeline)) for versions in timeline.boards.values())
    good: set[Hashable] = set()
    found = 0
    for versions in timeline.boards.values():
        makes = [make_of(version) for version in versions]
        first: dict[Hashable, Version] = {}
        for make, version in zip(makes, versions, strict=True):
            if make not in good:
                first.setdefault(make, version)
        bad = _unreadable(tuple(first.values()), pictures, timeline)
        good |= {make for make, version in first.items() if version.shape not in bad}
        if bad:
            # their like are drawn one by one
            likely = {version.shape for make, version in zip(makes, versions, strict=True) if make not in good}
            bad |= _unreadable(tuple(one for one in versions if one.shape in likely), pictures, timeline)
        found += len(bad)
    return found


def make_of(version: Version) -> Hashable:
    """Return what versions that are made alike have in common: all but words that may be any, and ordinary numbers."""
    content = version.content
    if isinstance(content, Drawing):
        parts = tuple(
            (part.tag, tuple(sorted((name, _alike(value)) for name, value in part.attributes.items())))
            for part in content.parts
        )
        return _alike(content.style), parts
    text = _LOOSE.sub(rb'"\1":"a"', zlib.decompress(content))
    text = _NEGATIVE.sub(b"N", _POSITIVE.sub(b"P", _ZERO.sub(b"Z", text)))
    return _REPEATED.sub(rb"\1,\1", _OF_POINT.sub(rb"\1P", text))


def _alike(value: str) -> str:
    """Return an attribute without its numbers, a step of a path that is repeated once."""
    return _STEPS.sub(r"\1\1", _WORD.sub("P", value))


def _unreadable(versions: tuple[Version, ...], pictures: BoardPictures, timeline: Timeline) -> set[str]:
    """Draw versions of the shapes of one board; return the names of those that make no sense."""
    board = LiveBoard(versions, pictures, timeline.assets)
    for at in sorted({version.start for version in versions}):
        board.move_to(at)
    return board.unreadable
