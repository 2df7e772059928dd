"""What is to be moved in a long run: films that come slowly, presentations, sounds, and what can never be moved."""

import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import overload

from bbbmig.demo.bbb_http import Request, Response, page
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import make_media
from bbbmig.demo.presentation import make_presentation
from bbbmig.demo.recordings import meeting_recording
from bbbmig.domain.file_names import short_id
from bbbmig.domain.recording import Recording

LESSON_S = 2.5
_TITLES = ("Algèbre & géométrie", "Séminaire 🎓 « Données »", "مقدمة في الجبر", "L'« œuvre » : 100 % #1", "Cours")
_NEWEST = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
_PIECE = 128
"""Bytes of a piece; the sample server sends 64 of them at a time."""

Lesson = dict[str, Path]
"""The files of a presentation, by their names below `/presentation/ID/`."""


def make_lesson(folder: Path) -> Lesson:
    return make_presentation(folder / "lesson", seconds=LESSON_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Recordings and their media. `films` come as they are, by short id; `converted` and `hopeless` are short ids."""

    recordings: Sequence[Recording]
    media: Media
    films: dict[str, bytes]
    converted: frozenset[str]
    hopeless: frozenset[str]

    @property
    def movable(self) -> dict[str, Recording]:
        """Return what must arrive, by short id."""
        by_id = {short_id(one.record_id): one for one in self.recordings}
        return {short: one for short, one in by_id.items() if short not in self.hopeless}


def make_world(folder: Path, lesson: Lesson, rng: random.Random, *, videos: int, lessons: int, podcasts: int) -> World:
    """Make so many recordings of each kind, and two films that are not what the server says, in any order."""
    forms = ["video"] * (videos + 2) + ["presentation 2.3"] * lessons + ["podcast"] * podcasts
    rng.shuffle(forms)
    recordings = [
        meeting_recording(f"room-{number}", rng.choice(_TITLES), _NEWEST - timedelta(days=number, hours=number), form)
        for number, form in enumerate(forms)
    ]
    media = make_media(folder, recordings)
    files, durations_s = dict(media.files), dict(media.durations_s)
    cut, short = rng.sample([one for one in recordings if one.playback("video")], 2)
    durations_s[short.record_id] = 3600.0
    film = files[f"/video/{cut.record_id}/video-0.m4v"]
    film.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    converted = [one for one in recordings if one.playback("presentation")]
    for one in converted:
        files |= {f"/presentation/{one.record_id}/{name}": path for name, path in lesson.items()}
        durations_s[one.record_id] = LESSON_S
    hopeless = frozenset(short_id(one.record_id) for one in (cut, short))
    films = {short_id(path.split("/")[2]): file.read_bytes() for path, file in media.files.items()}
    return World(
        recordings=recordings,
        media=Media(files=files, durations_s=durations_s),
        films={name: content for name, content in films.items() if name not in hopeless},
        converted=frozenset(short_id(one.record_id) for one in converted),
        hopeless=hopeless,
    )


class Slowly(Sequence[bytes]):
    """A body that takes so many seconds to be sent."""

    def __init__(self, content: bytes, seconds: float) -> None:
        self._pieces = [content[start : start + _PIECE] for start in range(0, len(content), _PIECE)]
        self._pause_s = seconds / max(1, len(self._pieces))

    def __len__(self) -> int:
        return len(self._pieces)

    @overload
    def __getitem__(self, place: int) -> bytes: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[bytes]: ...
    def __getitem__(self, place: int | slice) -> bytes | Sequence[bytes]:
        found = self._pieces[place]
        if isinstance(place, slice):
            time.sleep(self._pause_s * len(found))
        return found


@dataclass(slots=True, kw_only=True)
class Weather:
    """How a server serves its media: so slowly (bytes a second), and so often not at all, or not to the end."""

    bbb: SampleBbb
    rng: random.Random
    bytes_per_s: float
    busy: float = 0.0
    cut: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Come between the server and its files."""
        good = self.bbb.playbacks.respond

        def respond(request: Request) -> Response:
            response = good(request)
            return self._spoilt(response) if response.headers.get("ETag") else response

        self.bbb.playbacks.respond = respond  # type: ignore[method-assign] # that is the weather

    def _spoilt(self, response: Response) -> Response:
        with self._lock:
            fate, share = self.rng.random(), self.rng.random()
        if fate < self.busy:
            return replace(page("busy", HTTPStatus.SERVICE_UNAVAILABLE), headers={"Retry-After": "0"})
        content = response.body.read_bytes() if isinstance(response.body, Path) else b"".join(response.body)
        sent = round(share * len(content)) if fate < self.busy + self.cut else None
        return replace(response, body=Slowly(content, len(content) / self.bytes_per_s), sent=sent)
