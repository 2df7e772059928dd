"""The sound's stream, in step with the picture: each sample where the recording has it, gaps filled with silence."""

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import av
import numpy as np

from bbbmig.convert.render.options import Sound
from bbbmig.errors import RecordingFailed

log = logging.getLogger(__name__)

_OFF_S = 0.03
"""How far sound may be off before silence is put in or something is left out: less is jitter of time stamps."""
_RATES = (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000)
_BITS_PER_CHANNEL = 64_000
_SILENCE_S = 0.5


class SoundStream(Protocol):
    """Sound on its way into the file."""

    def write_until(self, moment: float) -> None:
        """Write what is heard before that moment."""
        ...

    def finish(self, end: float) -> None:
        """Write all of it until the end."""
        ...


class SoundSource:
    """A film or sound file with a sound stream; usable inside `with`. `broken` counts packets that were passed over."""

    def __init__(self, path: Path, name: str) -> None:
        """Open it. Raise RecordingFailed, with its name, if it cannot be played."""
        self.broken = 0
        self.name = name
        try:
            self._container = av.open(str(path))
        except av.error.FFmpegError as error:
            raise RecordingFailed(f"{name} cannot be played: {error}", hint="fetch it again, or look at it") from error
        self.stream = next(iter(self._container.streams.audio), None)
        self.duration_s = float(self._container.duration or 0) / 1_000_000
        if self.stream is not None:
            self.stream.codec_context.thread_count = 1

    def __enter__(self) -> Self:
        """Keep it open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self._container.close()

    def packets(self) -> Iterator["av.Packet[av.AudioStream]"]:
        """Yield the packets of the sound."""
        if self.stream is not None:
            yield from self._container.demux(self.stream)

    def frames(self) -> Iterator[av.AudioFrame]:
        """Yield sound; what is broken is passed over and counted."""
        for packet in self.packets():
            try:
                frames = packet.decode()
            except av.error.FFmpegError as error:
                self.broken += 1
                log.info("%s: a broken packet: %s", self.name, error)
                continue
            for frame in frames:
                if isinstance(frame, av.AudioFrame):
                    yield frame


class EncodedSound:
    """Sound as AAC."""

    def __init__(self, container: av.container.OutputContainer, source: SoundSource, stream: av.AudioStream) -> None:
        """Add the stream to a file."""
        self._container, self._frames = container, source.frames()
        self._rate = stream.rate if stream.rate in _RATES else 48_000
        channels = 1 if stream.channels == 1 else 2
        self._layout = "mono" if channels == 1 else "stereo"
        made = container.add_stream("aac", rate=self._rate, options={"aac_coder": "fast"})
        made.layout = self._layout
        made.bit_rate = _BITS_PER_CHANNEL * (1 if channels == 1 else 2)
        made.codec_context.thread_count = 1
        self._made = made
        self._resampler = av.AudioResampler("fltp", self._layout, self._rate)
        self._written = 0
        self._coming: av.AudioFrame | None = next(self._frames, None)

    def write_until(self, moment: float) -> None:
        """Encode what begins before that moment."""
        while self._coming is not None and (self._coming.time or 0.0) < moment:
            self._write(self._coming)
            self._coming = next(self._frames, None)

    def finish(self, end: float) -> None:
        """Encode until the end, and what the encoder still holds."""
        self.write_until(end)
        self._container.mux(self._made.encode(None))

    def _write(self, frame: av.AudioFrame) -> None:
        """Encode sound at its place."""
        begins = round((frame.time or 0.0) * self._rate)
        off = begins - self._written
        if off > _OFF_S * self._rate:
            self._be_silent(off)
        elif off < -max(_OFF_S * self._rate, frame.samples):
            return
        for piece in self._resampler.resample(frame):
            self._encode(piece)

    def _be_silent(self, samples: int) -> None:
        """Encode silence, in pieces."""
        channels = 1 if self._layout == "mono" else 2
        while samples > 0:
            count = min(samples, round(_SILENCE_S * self._rate))
            quiet = av.AudioFrame.from_ndarray(np.zeros((channels, count), np.float32), "fltp", self._layout)
            quiet.sample_rate = self._rate
            self._encode(quiet)
            samples -= count

    def _encode(self, frame: av.AudioFrame) -> None:
        """Encode samples behind those that were written."""
        frame.pts, frame.time_base = self._written, Fraction(1, self._rate)
        self._written += frame.samples
        self._container.mux(self._made.encode(frame))


class CopiedSound:
    """Sound as the recording has it."""

    def __init__(self, container: av.container.OutputContainer, source: SoundSource, stream: av.AudioStream) -> None:
        """Add the stream to a file."""
        self._container, self._packets = container, source.packets()
        self._made = container.add_stream_from_template(stream)
        self._coming: av.Packet[av.AudioStream] | None = next(self._packets, None)

    def write_until(self, moment: float) -> None:
        """Copy what begins before that moment."""
        while self._coming is not None and self._seconds(self._coming) < moment:
            if self._coming.size:
                self._coming.stream = self._made
                self._container.mux(self._coming)
            self._coming = next(self._packets, None)

    def finish(self, end: float) -> None:
        """Copy until the end."""
        self.write_until(end)

    def _seconds(self, packet: "av.Packet[av.AudioStream]") -> float:
        """Return when a packet is heard; the one that ends a stream has no time."""
        return float(packet.pts * packet.time_base) if packet.pts is not None and packet.time_base else 0.0


def sound_stream(container: av.container.OutputContainer, source: SoundSource, sound: Sound) -> SoundStream | None:
    """Add a source's sound to a file; None if it has none."""
    if source.stream is None:
        return None
    return (CopiedSound if sound == "copy" else EncodedSound)(container, source, source.stream)
