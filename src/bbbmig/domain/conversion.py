"""What every converter of a presentation into a video file offers, whichever technique it uses."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bbbmig.domain.presentation_files import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """A published presentation: `page` is its playback address, `media` the address of its folder of files.

    `media` ends with "/" (`https://host/presentation/ID/`). `folder` is that same folder on this machine's
    disk: a copy that was fetched (`published_files`), or the server's own. `cookies` open protected recordings of
    Scalelite. `notes` are what a person should know of the copy.
    """

    record_id: str
    page: str
    media: str
    title: str = ""
    start: datetime | None = None
    folder: Path | None = None
    cookies: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a converter says before it starts: can it at all, will it show everything, and what not."""

    able: bool
    faithful: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A finished video file: its length in seconds, the converter's name, what a person should know."""

    path: Path
    duration_s: float
    converter: str
    notes: tuple[str, ...] = ()


Progress = Callable[[float, float], None]
"""Called with seconds of recording done and in all."""


class Converter(Protocol):
    """One technique. It leaves nothing behind but the finished file, however it ends."""

    @property
    def name(self) -> str:
        """The word for it in the settings and in outcomes: "render", "bbb-recorder", "screen"."""
        ...

    @property
    def reads(self) -> Purpose:
        """Which files of a presentation it reads from its folder."""
        ...

    def preflight(self, presentation: Presentation) -> Verdict:
        """Say, without converting, whether it can do this one and what it could not show."""
        ...

    def convert(
        self, presentation: Presentation, target: Path, *, progress: Progress, stop: threading.Event
    ) -> Conversion:
        """Make `target` appear whole or not at all.

        Raise RecordingFailed when this recording cannot be converted, ConfigError when a program is missing,
        RemoteError when the server failed, MachineError for what is no fault of the recording; return soon after
        `stop` is set, with Stopped.
        """
        ...
