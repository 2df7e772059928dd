"""Pictures that were put on the whiteboard: written into the file itself, or published in the recording's own folder.

An address is never fetched: what it says after the recording's folder is looked for there, and nowhere else.
"""

import base64
import binascii
from pathlib import PurePosixPath
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import skia

from bbbmig.convert.render.files import Files, safe_name
from bbbmig.convert.render.picture.images import Images

_DEEPEST = 4
"""How many folders deep a file is looked for by the end of its address."""
_KEPT = 32


class BoardPictures:
    """Returns the picture behind a reference; those that are lost are named in `images`."""

    def __init__(self, files: Files, images: Images) -> None:
        """Look there."""
        self._files, self._images = files, images
        self._written: dict[str, skia.Image | None] = {}
        self._names: dict[str, str] = {}

    def __call__(self, reference: str) -> skia.Image | None:
        """Return a picture, None if there is none that can be shown."""
        if reference.lstrip()[:5].lower() == "data:":
            if reference not in self._written:
                if len(self._written) >= _KEPT:
                    self._written.pop(next(iter(self._written)))
                self._written[reference] = self._images.written(_data(reference), reference)
            return self._written[reference]
        if reference not in self._names:
            self._names[reference] = self._published(reference)
        return self._images.drawn(self._names[reference])

    def _published(self, reference: str) -> str:
        """Return the name of a file of the recording; the reference itself if there is none."""
        if safe_name(reference):
            return reference
        try:
            path = PurePosixPath(unquote(urlsplit(reference.strip()).path))
        except ValueError:
            return reference
        parts = [part for part in path.parts if part not in {"/", ".", ".."}]
        for depth in range(min(_DEEPEST, len(parts)), 0, -1):
            name = safe_name("/".join(parts[-depth:]))
            if name and self._files.size(name) is not None:
                return name
        # named as it ends, so that the note says which
        return "/".join(parts[-1:]) or reference


def _data(reference: str) -> bytes:
    """Return what a `data:` address holds; nothing if it cannot be read."""
    head, _, body = reference.strip().partition(",")
    if not head.lower().endswith(";base64"):
        return unquote_to_bytes(body)
    try:
        return base64.b64decode(unquote_to_bytes(body), validate=False)
    except binascii.Error:
        return b""
