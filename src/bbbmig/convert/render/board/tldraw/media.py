"""Pictures on the board, and cards for what a video cannot show: films, web pages, bookmarks, pictures that are lost.

A picture's file is named by its asset: `{"id": "asset:…", "type": "image", "props": {"src", "title"…}}` in tldraw 2,
the same without `props` in tldraw 1; some versions keep the address in the shape itself.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import skia

from bbbmig.convert.render.board.text import Text, laid_out
from bbbmig.convert.render.board.tldraw.shape import Ink, Pen, Shape, argb, box, real
from bbbmig.convert.render.timeline.tldraw import ASSET_FIELDS

Images = Callable[[str], skia.Image | None]
"""Returns the picture behind a reference, None if the recording has lost it."""
Asset = Mapping[str, str]
"""What an asset says: `src`, `title`, `description`."""

_PAPER, _EDGE, _WORDS, _SOFT_WORDS = argb(0xFCFFFE), argb(0x8B9AA8), argb(0x1D1D1D), argb(0x4E5A66)
_CORNER, _PADDING, _TITLE, _SMALL, _LEAST = 6.0, 12.0, 18.0, 13.0, 8.0
_LONGEST = 300
CARDS = {"video": "Film", "embed": "Web page", "bookmark": "Bookmark"}
"""Kinds that are shown as a card, and what it is called."""


@dataclass(frozen=True, slots=True)
class Media:
    """What shapes refer to: assets by their ids, and the pictures behind references."""

    images: Images = lambda _reference: None
    assets: Mapping[str, Asset] = field(default_factory=dict)

    def of(self, shape: Shape) -> Asset:
        """Return what is known of a shape's asset, from the asset or from the shape itself."""
        own = shape.get("props") if isinstance(shape.get("props"), Mapping) else shape
        known: dict[str, str] = {}
        for source in (shape.get("meta"), own, self.assets.get(str((own or {}).get("assetId")))):
            if isinstance(source, Mapping):
                known |= {name: value for name in ASSET_FIELDS if isinstance(value := source.get(name), str) and value}
        return known


def draw_picture(ink: Ink, shape: Shape, width: float, height: float, media: Media) -> None:
    """Draw a picture as large as its shape, or the part of it that was cut out; a card if it is lost."""
    asset = media.of(shape)
    own = shape.get("props") or shape
    source = asset.get("src") or f"picture {own.get('assetId')}"
    image = media.images(source)
    if image is None:
        lost = {name: value for name, value in asset.items() if name != "src" or not source.startswith("data:")}
        draw_card(ink, "Picture that is lost", lost, width, height)
        return
    ink.picture(image, box(width, height), _cut_out(shape, image))


def _cut_out(shape: Shape, image: skia.Image) -> skia.Rect:
    """Return the part of a picture that is seen, in its pixels."""
    whole = skia.Rect.MakeWH(image.width(), image.height())
    crop = (shape.get("props") or {}).get("crop")
    if not isinstance(crop, Mapping):
        return whole
    (left, top), (right, bottom) = (
        (real((crop.get(corner) or {}).get("x", default)), real((crop.get(corner) or {}).get("y", default)))
        for corner, default in (("topLeft", 0.0), ("bottomRight", 1.0))
    )
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        return whole
    across, down = image.width(), image.height()
    return skia.Rect.MakeLTRB(left * across, top * down, right * across, bottom * down)


def draw_card(ink: Ink, what: str, asset: Asset, width: float, height: float) -> None:
    """Draw a card with what it stands for, its title and its address."""
    width, height = max(width, _LEAST), max(height, _LEAST)
    card = skia.Path().addRRect(skia.RRect.MakeRectXY(box(width, height), _CORNER, _CORNER))
    ink.fill(card, _PAPER)
    ink.line(card, Pen(color=_EDGE, width=1.0))
    title = asset.get("title") or asset.get("name") or ""
    lines = [(what, _SMALL, _SOFT_WORDS), (title, _TITLE, _WORDS), (asset.get("description", ""), _SMALL, _WORDS)]
    lines.append((address(asset.get("url") or asset.get("src") or ""), _SMALL, _SOFT_WORDS))
    top = _PADDING
    with ink.clipped(box(width, height)):
        for content, size, color in lines:
            if not content.strip():
                continue
            wide = max(1.0, width - 2 * _PADDING)
            text = Text(content=content[:_LONGEST], size=size, color=color, family="plex sans", width=wide)
            ink.text(text, _PADDING, top)
            top += laid_out(text).Height + _PADDING / 3


def address(reference: str) -> str:
    """Return an address as people read it: host and path; "" for data and what is none."""
    try:
        parts = urlsplit(reference)
    except ValueError:
        return ""
    if parts.scheme == "data":
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.hostname or ''}{parts.path.rstrip('/')}{query}"[:_LONGEST]
