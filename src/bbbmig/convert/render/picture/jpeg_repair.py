"""A JPEG that breaks off, as a picture that is whole: what is left of it above, white below.

Where the data end, the decoder fills the rest with grey (128 in every sample, as ITU T.81 has it for blocks without
coefficients). One with several passes (progressive) is there as a whole, less sharp, and stays as it is.
"""

import numpy as np
import pyvips

_JPEG = b"\xff\xd8\xff"
_GREYS = (127, 128)
_BLOCK, _BLUR = 8, 2
"""The side of a block of points, and how far colours blur into the next one."""
_PRINTED = 4
"""Samples a pixel of what is meant for print, where white is none of each."""


def repaired_jpeg(data: bytes) -> bytes | None:
    """Return it as a PNG; None if it is none, or nothing of it can be read."""
    if not data.startswith(_JPEG):
        return None
    try:
        image = pyvips.Image.new_from_buffer(data, "", fail_on="none")
        pixels = image.numpy().reshape(image.height, image.width, image.bands).copy()
    except pyvips.Error:
        return None
    if not _whiten(pixels, 0 if image.bands == _PRINTED else 255):
        return None
    whole = pyvips.Image.new_from_array(pixels, interpretation=image.interpretation)
    if image.get_typeof("icc-profile-data"):
        whole = whole.copy()
        whole.set_type(pyvips.GValue.blob_type, "icc-profile-data", image.get("icc-profile-data"))
    made: bytes = whole.colourspace("srgb").pngsave_buffer(compression=1, keep="none")
    return made


def _whiten(pixels: np.ndarray, white: int) -> bool:
    """Make what was not decoded white; tell whether anything was decoded."""
    grey = pixels[-1, -1]
    if grey.min() < _GREYS[0] or grey.max() > _GREYS[1]:
        return True
    decoded = (pixels != grey).any(axis=2)
    bands = [_reach(decoded[top : top + _BLOCK]) for top in range(0, len(pixels), _BLOCK)]
    last = max((number for number, reach in enumerate(bands) if reach), default=-1)
    pixels[(last + 1) * _BLOCK :] = white
    # colours are as coarse as two blocks, which are written together
    for number in range(max(0, last - 1), last + 1):
        pixels[number * _BLOCK : (number + 1) * _BLOCK, bands[number] :] = white
    return last >= 0


def _reach(band: np.ndarray) -> int:
    """Return the column up to which the blocks of a band were decoded; colours of neighbours blur its edges."""
    lines = band[_BLUR:-_BLUR] if len(band) == _BLOCK else band[_BLUR:] if len(band) > _BLUR else band
    found = np.flatnonzero(lines.any(axis=0))
    inner = found[(found % _BLOCK >= _BLUR) & (found % _BLOCK < _BLOCK - _BLUR)]
    return (int(inner[-1]) // _BLOCK + 1) * _BLOCK if len(inner) else 0
