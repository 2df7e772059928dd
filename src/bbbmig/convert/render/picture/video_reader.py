"""Films of cameras and shared desks: the picture at a moment, scaled into its place."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter

from bbbmig.convert.render.picture.yuv import Planes
from bbbmig.errors import RecordingFailed

log = logging.getLogger(__name__)

_JUMP_S = 12.0
"""Gaps longer than that are jumped over, shorter ones played through."""
_HD_LINES = 720
"""Films of that height are taken for BT.709 if they do not say, lower ones and VP9 for BT.601, as Chromium does."""
_UNTOLD = (0, 2)
"""FFmpeg's numbers for RGB, which no film is, and for not told."""
_SMALL_PACKET = 400
"""Mean bytes a frame of a film that may be blank: 29 in a blank one, 1,384 with a camera.

docs/facts/conversion.md#files-of-a-presentation"""
_LOOKS = 6
_FLAT = 6


class Film:
    """A film, moved on in time; usable inside `with`. `broken` counts packets that could not be decoded."""

    def __init__(self, path: Path, name: str, width: int, height: int) -> None:
        """Open it, to be fitted into that size. Raise RecordingFailed, with its name, if it cannot be played."""
        self.broken = 0
        try:
            self._container = av.open(str(path))
            self._stream = self._container.streams.video[0]
        except (av.error.FFmpegError, IndexError) as error:
            raise RecordingFailed(f"{name} cannot be played: {error}", hint="fetch it again, or look at it") from error
        self._stream.thread_count = 1
        self._hd_standard = (
            self._stream.height >= _HD_LINES and self._stream.codec_context.codec.canonical_name != "vp9"
        )
        scale = min(width / max(1, self._stream.width), height / max(1, self._stream.height))
        self._size = (
            min(width, max(2, round(self._stream.width * scale / 2) * 2)),
            min(height, max(2, round(self._stream.height * scale / 2) * 2)),
        )
        self._reformatter = VideoReformatter()
        self._frames = self._decoded()
        self._shown: av.VideoFrame | None = None
        self._coming: av.VideoFrame | None = next(self._frames, None)

    def __enter__(self) -> Self:
        """Keep it open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._container.close()

    @property
    def size(self) -> tuple[int, int]:
        """Give width and height of its scaled pictures."""
        return self._size

    def move_to(self, at: float) -> Planes | None:
        """Go on to a moment; give the picture if it is another than before, None if it is the same or none yet."""
        if self._coming is None or _time(self._coming) > at:
            return None
        if at - _time(self._coming) > _JUMP_S:
            self._jump(at)
        fresh = False
        while self._coming is not None and _time(self._coming) <= at:
            self._shown, self._coming, fresh = self._coming, next(self._frames, None), True
        return Planes.of(self._scaled(self._shown)) if fresh and self._shown is not None else None

    def _jump(self, at: float) -> None:
        """Go to the key frame before a moment."""
        self._container.seek(round(at * 1_000_000), backward=True)
        self._frames = self._decoded()
        self._coming = next(self._frames, None)

    def _scaled(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Scale a frame, its colours as the output keeps them."""
        told = frame.colorspace not in _UNTOLD
        standard = frame.colorspace == Colorspace.ITU709 if told else self._hd_standard
        return self._reformatter.reformat(
            frame,
            *self._size,
            "yuv420p",
            src_colorspace=Colorspace.ITU709 if standard else Colorspace.ITU601,
            dst_colorspace=Colorspace.ITU709,
            interpolation=Interpolation.AREA,
            threads=1,
        )

    def _decoded(self) -> Iterator[av.VideoFrame]:
        """Yield frames; what is broken is passed over and counted."""
        for packet in self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError as error:
                self.broken += 1
                log.info("a broken packet: %s", error)
                continue
            for frame in frames:
                if frame.pts is not None:
                    yield frame


def _time(frame: av.VideoFrame) -> float:
    """Give when a frame is shown, a hair earlier, against rounding to thousandths."""
    return float(frame.time) - 0.0015


def is_blank(path: Path) -> bool:
    """Tell whether a film shows nothing: BBB makes a white one where nobody had a camera, to carry the sound.

    True as well if there is no picture in it at all.
    """
    with av.open(str(path)) as container:
        if not container.streams.video:
            return True
        stream = container.streams.video[0]
        sizes = [packet.size for packet in container.demux(stream) if packet.size]
        if not sizes or sum(sizes) / len(sizes) > _SMALL_PACKET:
            return not sizes
        length = float(container.duration or 0)
        return all(_is_flat(container, stream, length * look / _LOOKS) for look in range(_LOOKS))


def _is_flat(container: av.container.InputContainer, stream: av.VideoStream, at_us: float) -> bool:
    """Tell whether the key frame before a moment is one colour."""
    container.seek(round(at_us), backward=True)
    frame = next(container.decode(stream), None)
    if frame is None:
        return True
    y = np.frombuffer(memoryview(frame.planes[0]), np.uint8).reshape(-1, frame.planes[0].line_size)[:, : frame.width]
    return int(y.max()) - int(y.min()) <= _FLAT
