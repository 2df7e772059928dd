"""What a film or a sound holds, told by its packets: nothing is decoded, and nothing that it says is believed."""

from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from bbbmig.errors import RecordingFailed

BREAKS_OFF_S = 1.0
"""What ends so much earlier than it promised, or than something else, is not whole."""


@dataclass(frozen=True, slots=True)
class Packets:
    """The packets of a film: when each is shown, in seconds, its bytes, and whether the picture can be begun there."""

    at: npt.NDArray[np.float64]
    sizes: npt.NDArray[np.int64]
    keys: npt.NDArray[np.bool_]
    width: int
    height: int

    @property
    def end_s(self) -> float:
        """Return when the last picture ends: it lasts as long as most do."""
        ordered = np.sort(self.at)
        return float(ordered[-1]) + (float(np.median(np.diff(ordered))) if len(ordered) > 1 else 0.0)


@dataclass(frozen=True, slots=True)
class Scanned:
    """One file. `name` is its name below the presentation's folder; `sound_end_s` is 0 if there is no sound.

    `promised_s` is the length that the file says it has, or that its packets have if that is more.
    """

    path: Path
    name: str
    film: Packets | None
    sound_end_s: float
    promised_s: float

    @property
    def film_end_s(self) -> float:
        """Return when its picture ends, 0 without one."""
        return self.film.end_s if self.film else 0.0

    @property
    def end_s(self) -> float:
        """Return when the last of it is seen or heard."""
        return max(self.film_end_s, self.sound_end_s)

    @property
    def breaks_off(self) -> bool:
        """Tell whether it ends before it says that it does."""
        return self.end_s < self.promised_s - BREAKS_OFF_S


def scan(path: Path, name: str) -> Scanned:
    """Read the packets of a file. Raise RecordingFailed if it is empty, cannot be played, or holds nothing."""
    if not path.stat().st_size:
        raise RecordingFailed(f"{name} is empty")
    try:
        with av.open(str(path)) as container:
            return _scanned(container, path, name)
    except (av.error.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RecordingFailed(f"{name} cannot be played ({reason})", hint="fetch it again, or look at it") from error


def _scanned(container: av.container.InputContainer, path: Path, name: str) -> Scanned:
    """Go through the packets of the first picture and the first sound."""
    picture = next(iter(container.streams.video), None)
    sound = next(iter(container.streams.audio), None)
    streams = [stream for stream in (picture, sound) if stream is not None]
    units_s = {stream.index: float(stream.time_base or 0) for stream in streams}
    found: list[tuple[float, int, bool]] = []
    sound_end_s = 0.0
    try:
        for packet in container.demux(streams):
            if not packet.size or packet.pts is None:
                continue
            unit_s = units_s[packet.stream.index]
            at = packet.pts * unit_s
            if packet.stream is picture:
                found.append((at, packet.size, packet.is_keyframe))
            else:
                sound_end_s = max(sound_end_s, at + (packet.duration or 0) * unit_s)
    except av.error.FFmpegError:
        pass  # it ends here: how far it came is what is asked
    if not found and not sound_end_s:
        raise RecordingFailed(f"{name} holds neither picture nor sound")
    film = None
    if found and picture is not None:
        times, sizes, keys = zip(*found, strict=True)
        film = Packets(
            np.array(times, np.float64), np.array(sizes, np.int64), np.array(keys, bool), picture.width, picture.height
        )
    said_s = float(container.duration or 0) / av.time_base
    end_s = max(sound_end_s, film.end_s if film else 0.0)
    return Scanned(path, name, film, sound_end_s, max(said_s, end_s))


def said_length_s(path: Path) -> float:
    """Return how long a file says that it is, 0 if it does not or cannot be played."""
    try:
        with av.open(str(path)) as container:
            return float(container.duration or 0) / av.time_base
    except (av.error.FFmpegError, ValueError):
        return 0.0
