"""What one may choose about the video."""

from dataclasses import dataclass
from typing import Literal

Webcams = Literal["side", "corner", "none"]
Sound = Literal["aac", "copy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a presentation becomes a video.

    `webcams` stand at the side of the slide, in its corner, or are left out; where nobody had a camera they are left
    out anyway. `height` is in pixels, the width follows (16:9). `sound` "copy" keeps the recording's own, into .mkv
    only. `quality` is the constant quality of H.264: smaller is better and larger. `captions` writes
    `NAME.LOCALE.vtt` beside the video and, unless `caption_tracks` is off, tracks into an mp4; `chat` writes
    `NAME.chat.txt` with what was said in public, names included.
    """

    webcams: Webcams = "side"
    height: int = 720
    sound: Sound = "aac"
    quality: int = 23
    captions: bool = True
    caption_tracks: bool = True
    chat: bool = False
