"""When somebody had a camera on: BigBlueButton fills the rest of the film with white, to carry the sound.

Looked at are all key frames but those that are too large to be white, and every picture between two of them where one
is white and the other is not, or where packets are larger than those of a white picture that stays (22 to 35 bytes, as
seen in films of BBB 2.1 to 3.0), or small for a while among larger ones: so a camera that was on for a few seconds of
an hour is found, and an hour with cameras costs little more than reading it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import av
import numpy as np

from bbbmig.convert.render.media.scan import Packets, Scanned

Spans = tuple[tuple[float, float], ...]

_QUIET = 150
"""Bytes of a packet in which hardly anything can appear."""
_MORE, _A_FEW, _SOME = 1.5, 8.0, 3
"""Some packets that are so many times, and bytes, larger than the smallest ones are not of a picture that stays."""
_POINTS_A_BYTE = 60
"""A key frame with more bytes than that shows something: white ones of films of BBB 0.9 to 3.0 have 600 to 2,000 points
a byte, cameras 5 to 150."""
_WHITE = 220
_OFF = 16
"""How far from the picture's usual brightness (0 to 255) a point is not of it any more."""
_SHARE = 0.002
"""Which part of the points may be off in a picture that is one colour: what lossy coding leaves behind."""
_STEP = 5
"""Every fifth point of every fifth line is looked at."""
_OFTEN, _LITTLE = 75, 0.25
"""A quarter of the packets are larger than the usual ones of something that moves; a quarter of that is little."""
_SHORTEST_OFF_S = 3.0
"""A camera that is off for less, say while it is changed, is taken to be on: the layout would only flicker."""


@dataclass(frozen=True, slots=True)
class _Look:
    """A picture that was looked at."""

    at: float
    is_white: bool


def camera_times(scanned: Scanned) -> Spans:
    """Return when something is seen in the film of the cameras, in seconds; what cannot be decoded counts as seen."""
    packets = scanned.film
    if packets is None:
        return ()
    keys = _key_looks(scanned, packets)
    if not keys:
        return ((0.0, packets.end_s),)
    looks = sorted((*keys, *_looks(scanned, _between(packets, keys))), key=lambda look: look.at)
    looks[0] = _Look(0.0, looks[0].is_white)  # nothing is seen before it
    return _spans(looks, packets.end_s)


def _key_looks(scanned: Scanned, packets: Packets) -> list[_Look]:
    """Return what all key frames show, in the order of time; what is much larger than white needs no look."""
    large = packets.keys & (packets.sizes > packets.width * packets.height / _POINTS_A_BYTE)
    seen = [_Look(float(at), is_white=False) for at in packets.at[large]]
    return sorted((*seen, *_looks(scanned, packets.keys & ~large)), key=lambda look: look.at)


def _between(packets: Packets, keys: Sequence[_Look]) -> np.ndarray:
    """Mark the packets whose pictures have to be looked at as well."""
    wanted = np.zeros(len(packets.at), bool)
    others = packets.sizes[~packets.keys]
    still = float(np.percentile(others, 1)) * _MORE + _A_FEW if len(others) else 0.0
    ends = [*(key.at for key in keys[1:]), np.inf]
    following = [*keys[1:], None]
    for key, after, end in zip(keys, following, ends, strict=True):
        inside = (packets.at >= key.at) & (packets.at < end)
        differs = after is not None and after.is_white != key.is_white
        sizes = packets.sizes[inside & ~packets.keys]
        moves = key.is_white and bool((sizes > _QUIET).any() or np.count_nonzero(sizes > still) >= _SOME)
        rests = not key.is_white and _rests(packets.at[inside & ~packets.keys], sizes)
        if differs or moves or rests:
            wanted |= inside
    return wanted


def _rests(at: np.ndarray, sizes: np.ndarray) -> bool:
    """Tell whether little happens for a while among pictures in which more does: the camera may have gone."""
    if not len(sizes):
        return False
    busy = np.flatnonzero(sizes >= np.percentile(sizes, _OFTEN) * _LITTLE)
    bounds = np.concatenate(([at[0]], at[busy], [at[-1]]))
    return bool((np.diff(bounds) > _SHORTEST_OFF_S).any())


def _looks(scanned: Scanned, wanted: np.ndarray) -> list[_Look]:
    """Look at the wanted pictures; such between key frames come with all that lie before them."""
    found: list[_Look] = []
    if not wanted.any():
        return found
    with av.open(str(scanned.path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        number = -1
        for packet in container.demux(stream):
            if packet.size and packet.pts is not None:
                number += 1
                if number >= len(wanted) or not wanted[number]:
                    continue
                if packet.is_keyframe:
                    found.extend(_decoded(stream, None))
                    stream.codec_context.flush_buffers()
            found.extend(_decoded(stream, packet))
    return found


def _decoded(stream: av.VideoStream, packet: "av.Packet[av.VideoStream] | None") -> Iterator[_Look]:
    """Decode a packet, None for what the decoder still holds; what is broken gives nothing."""
    try:
        frames = stream.codec_context.decode(packet)
    except (av.error.FFmpegError, EOFError):
        return
    for frame in frames:
        if frame.time is not None:
            yield _Look(float(frame.time), _is_white(frame))


def _is_white(frame: av.VideoFrame) -> bool:
    """Tell whether a picture is the white of BigBlueButton, but for what coding leaves behind."""
    plane = frame.planes[0]
    lines = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)[: frame.height, : frame.width]
    points = lines[::_STEP, ::_STEP].astype(np.int16)
    usual = np.median(points)
    return bool(usual >= _WHITE and (np.abs(points - usual) > _OFF).mean() <= _SHARE)


def _spans(looks: Sequence[_Look], end_s: float) -> Spans:
    """Join what was seen into spans; a picture stays until the next one that was looked at."""
    found: list[tuple[float, float]] = []
    for look, after in pairwise((*looks, _Look(end_s, is_white=True))):
        if look.is_white or after.at <= look.at:
            continue
        if found and look.at - found[-1][1] < _SHORTEST_OFF_S:
            found[-1] = found[-1][0], after.at
        else:
            found.append((look.at, after.at))
    return tuple(found)
