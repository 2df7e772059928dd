"""Films of cameras and shared desks: the picture at a moment, scaled into its place."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import av

from bbbmig.convert.render.picture.scaling import Scaler
from bbbmig.convert.render.picture.yuv import Planes
from bbbmig.errors import RecordingFailed

log = logging.getLogger(__name__)

_JUMP_S = 12.0
"""Gaps longer than that are jumped over, shorter ones played through."""
_HD_LINES = 720
"""Films of that height are taken for BT.709 if they do not say, lower ones and VP9 for BT.601, as Chromium does."""


class Film:
    """A film, moved on in time; usable inside `with`. `broken` counts packets that could not be decoded."""

    def __init__(self, path: Path, name: str) -> None:
        """Open it. Raise RecordingFailed, with its name, if it cannot be played."""
        self.broken = 0
        try:
            self._container = av.open(str(path))
            self._stream = self._container.streams.video[0]
        except (av.error.FFmpegError, IndexError) as error:
            raise RecordingFailed(f"{name} cannot be played: {error}", hint="fetch it again, or look at it") from error
        self._stream.thread_count = 1
        is_vp9 = self._stream.codec_context.codec.canonical_name == "vp9"
        self._scaler = Scaler(hd_standard=self._stream.height >= _HD_LINES and not is_vp9)
        self._frames = self._decoded()
        self._shown: av.VideoFrame | None = None
        self._scaled: tuple[av.VideoFrame, tuple[int, int], av.VideoFrame] | None = None
        self._coming: av.VideoFrame | None = next(self._frames, None)

    def __enter__(self) -> Self:
        """Keep it open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._container.close()

    def move_to(self, at: float) -> bool:
        """Go on to a moment; tell whether another picture is seen than before."""
        if self._coming is None or _time(self._coming) > at:
            return False
        if at - _time(self._coming) > _JUMP_S:
            self._jump(at)
        fresh = False
        while self._coming is not None and _time(self._coming) <= at:
            self._shown, self._coming, fresh = self._coming, next(self._frames, None), True
        return fresh

    def picture(self, width: int, height: int) -> Planes | None:
        """Return what is seen, fitted into that size; None before the first picture. Good until the next call."""
        if self._shown is None:
            return None
        size = self.fitted(width, height)
        if self._scaled is None or self._scaled[0] is not self._shown or self._scaled[1] != size:
            self._scaled = self._shown, size, self._scaler.scaled(self._shown, size)
        return Planes.of(self._scaled[2])

    def fitted(self, width: int, height: int) -> tuple[int, int]:
        """Return width and height of its pictures when they are fitted into that size."""
        scale = min(width / max(1, self._stream.width), height / max(1, self._stream.height))
        return (
            min(width, max(2, round(self._stream.width * scale / 2) * 2)),
            min(height, max(2, round(self._stream.height * scale / 2) * 2)),
        )

    def _jump(self, at: float) -> None:
        """Go to the key frame before a moment."""
        try:
            self._container.seek(round(at * 1_000_000), backward=True)
        except av.error.FFmpegError as error:
            log.info("cannot be jumped into, is played on: %s", error)
            return
        self._frames = self._decoded()
        self._coming = next(self._frames, None)

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
    """Return when a frame is shown, a hair earlier, against rounding to thousandths."""
    return float(frame.time) - 0.0015
