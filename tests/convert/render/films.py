"""What a finished video holds, as ffmpeg and ffprobe see it: nothing of the renderer is asked."""

import json
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

FFMPEG = ("ffmpeg", "-nostdin", "-v", "error")
_COLUMNS, _ROWS = 64, 36


@dataclass(frozen=True)
class Seen:
    """A video. `shown` are the times of its frames."""

    path: Path
    streams: list[dict[str, Any]]
    chapters: list[tuple[float, str]]
    tags: dict[str, str]
    duration_s: float
    shown: list[float]
    keys: list[float]

    def stream(self, kind: str) -> dict[str, Any] | None:
        return next((stream for stream in self.streams if stream["codec_type"] == kind), None)

    def color(self, at: float, x: float, y: float) -> tuple[int, int, int]:
        """Return the colour at a place, in parts of width and height."""
        red, green, blue = self.frames[round(at * 10), int(y * _ROWS), int(x * _COLUMNS)]
        return int(red), int(green), int(blue)

    @cached_property
    def frames(self) -> np.ndarray:
        """Return the whole film, small: ten frames a second."""
        small = f"fps=10,scale={_COLUMNS}:{_ROWS}:flags=area:in_color_matrix=bt709"
        command = (*FFMPEG, "-i", str(self.path), "-vf", small, "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
        done = subprocess.run(command, check=True, capture_output=True)
        return np.frombuffer(done.stdout, np.uint8).reshape(-1, _ROWS, _COLUMNS, 3)

    def beeps(self) -> list[float]:
        """Return when sound begins after silence."""
        command = (*FFMPEG, "-i", str(self.path), "-f", "s16le", "-ac", "1", "-ar", "8000", "-")
        samples = np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.int16)
        loud = np.abs(samples[: len(samples) // 40 * 40].reshape(-1, 40).astype(int)).max(1) > 1500
        starts = np.flatnonzero(loud & ~np.roll(loud, 1))
        quiet_before = [i for i in starts if not loud[max(0, i - 20) : i].any()]
        return [float(i) * 40 / 8000 for i in quiet_before]


def look(path: Path) -> Seen:
    """Ask ffprobe."""
    show = "stream:format:chapter:packet=pts_time,flags,stream_index"
    command = ("ffprobe", "-v", "error", "-of", "json", "-show_entries", show, str(path))
    said = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    index = next((s["index"] for s in said["streams"] if s["codec_type"] == "video"), -1)
    packets = [packet for packet in said["packets"] if packet["stream_index"] == index]
    return Seen(
        path=path,
        streams=said["streams"],
        chapters=[(float(c["start_time"]), c.get("tags", {}).get("title", "")) for c in said["chapters"]],
        tags={key.lower(): value for key, value in said["format"].get("tags", {}).items()},
        duration_s=float(said["format"]["duration"]),
        shown=[round(float(packet["pts_time"]), 3) for packet in packets],
        keys=[round(float(packet["pts_time"]), 3) for packet in packets if "K" in packet["flags"]],
    )
