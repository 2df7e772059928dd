"""Frames of films, scaled, with their colours as the video keeps them (BT.709, 16 to 235).

FFmpeg's own filters, kept between frames: a quarter of the time of a conversion that begins anew for each frame, and
within one step of the exact value, where that was up to seven off.
"""

import av
from av.video.reformatter import ColorRange, Colorspace

_UNTOLD = (0, 2)
"""FFmpeg's numbers for RGB, which no film is, and for not told."""
_SAME = "iprimaries=bt709:primaries=bt709:itrc=bt709:trc=bt709:irange=tv:range=tv"
"""Only the matrix differs: primaries and the curve of brightness are left as they are, as Chromium does."""
_FROM_601 = f"ispace=smpte170m:space=bt709:{_SAME}"


class Scaler:
    """Scales frames; frames of another size or form may come at any time (VP8 and VP9 change their size inside)."""

    def __init__(self, *, hd_standard: bool) -> None:
        """Say what is taken for granted where a frame does not tell: BT.709 if `hd_standard`, else BT.601."""
        self._hd_standard = hd_standard
        self._graphs: dict[tuple[object, ...], av.filter.Graph] = {}

    def scaled(self, frame: av.VideoFrame, size: tuple[int, int]) -> av.VideoFrame:
        """Return the frame in that size, as yuv420p."""
        told = frame.colorspace not in _UNTOLD
        is_709 = frame.colorspace == Colorspace.ITU709 if told else self._hd_standard
        is_full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
        key = (frame.width, frame.height, frame.format.name, is_709, is_full, size)
        graph = self._graphs.get(key)
        if graph is None:
            if len(self._graphs) >= _MOST:
                self._graphs.clear()
            graph = self._graphs[key] = _graph(frame, size, is_709=is_709, is_full=is_full)
        graph.push(frame)
        return graph.vpull()


_MOST = 8
"""So many are kept: a film that changes its size all the time must not fill the memory."""


def _graph(frame: av.VideoFrame, size: tuple[int, int], *, is_709: bool, is_full: bool) -> av.filter.Graph:
    """Set the filters up for frames like this one."""
    graph = av.filter.Graph()
    graph.threads = 1
    form = frame.format
    last = graph.add_buffer(width=frame.width, height=frame.height, format=form, time_base=frame.time_base)
    ranges = f"in_range={'full' if is_full else 'limited'}:out_range=limited"
    matrix = "out_color_matrix=bt709" if form.is_rgb else "in_color_matrix=bt709:out_color_matrix=bt709"
    steps = [("scale", f"{size[0]}:{size[1]}:flags=area+accurate_rnd:{ranges}:{matrix}"), ("format", "yuv420p")]
    if not is_709 and not form.is_rgb:
        steps.append(("colorspace", _FROM_601))
    for name, arguments in (*steps, ("buffersink", "")):
        step = graph.add(name, arguments)
        last.link_to(step)
        last = step
    graph.configure()
    return graph
