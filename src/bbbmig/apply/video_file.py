"""Make one whole video file of a recording: download what exists, else convert the presentation."""

import logging
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

from bbbmig.apply.ports import Fetcher, Finder, MediaFile, Published
from bbbmig.domain.conversion import Converter, Presentation, Verdict
from bbbmig.domain.file_names import key_of
from bbbmig.domain.file_plan import SOURCES
from bbbmig.domain.plan import Action
from bbbmig.domain.presentation_files import most_of
from bbbmig.domain.recording import Recording
from bbbmig.errors import RecordingFailed
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.download import Gone, taken_from

log = logging.getLogger(__name__)

Progress = Callable[[Action, float, float | None, str], None]
"""Called with how much is done and in all, in "bytes" or in "s" of recording."""

SUFFIXES = frozenset({".mp4", ".webm", ".m4v", ".mkv", ".ogg", ".ogv", ".mp3", ".m4a", ".opus", ".wav"})
"""What a server's media end with; Pod's VIDEO_ALLOWED_EXTENSIONS has them all.

docs/facts/pod-rest.md#the-page-of-claims"""

_FILMS = ("video/", "audio/", "deskshare/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A whole and checked file that waits to get its name: where, its true suffix, and how it was made.

    `duration_s` is its length in seconds; `notes` say what it lacks, or what was guessed, "" if nothing is known.
    """

    part: Path
    suffix: str
    how: str
    duration_s: float | None = None
    notes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMaker:
    """Makes files. `check` returns a file's length in seconds.

    It raises RecordingFailed if the file is not whole, or not of the length that is given (None: any). `shows_a_cut`
    tells whether `check` would see of this kind of file that its end is missing.

    `part_of` names the unfinished form of a file. `sources` are taken in their order (`domain.file_plan.SOURCES`), and
    so are `converters`: one that says it cannot, fails, or with `faithful_only` would leave something out, gives way to
    the next. What is unfinished lies beside its target when downloaded, in `work` when converted; captions and the like
    stay there. `only_film` takes out of a file of that suffix what is neither picture nor sound, and says what it was.
    """

    finder: Finder
    fetcher: Fetcher
    published: Published
    check: Callable[[Path, float | None], float]
    shows_a_cut: Callable[[Path], bool]
    part_of: Callable[[Path], Path]
    progress: Progress
    stop: threading.Event
    sources: Sequence[str] = SOURCES
    converters: Sequence[Converter] = ()
    faithful_only: bool = True
    work: Path = Path()
    only_film: Callable[[Path, str], str] = lambda _file, _suffix: ""

    def make(self, action: Action, target: Path) -> Made:
        """Make the file that is to become `target`. Raise RecordingFailed, RemoteError, ConfigError, MachineError.

        A source that does not hold what it promises gives way to the next; what is passed over is said.
        """
        refusals: list[str] = []
        for kind in self.sources:
            try:
                made = self._from(kind, action, target)
            except RecordingFailed as error:
                if self.stop.is_set():
                    raise
                refusals.append(f"{kind}: {error.message}")
            else:
                if made is not None:
                    return replace(made, how=f"{made.how} ({'; '.join(refusals)})") if refusals else made
        raise RecordingFailed("; ".join(refusals) or "the server offers no file that could be taken")

    def look_into(self, recording: Recording, path: Path) -> float:
        """Return how long a file is that somebody else has put there, if it is a whole one of the recording.

        It is held against the length of what the server has, as far as that says one. Raise RecordingFailed if it is
        not whole or too short, RemoteError.
        """
        for kind in self.sources:
            if kind == "presentation":
                continue
            try:
                source = self.finder.source(recording, kind)
            except RecordingFailed as error:  # perhaps that is why somebody has put it there
                log.info("%s: the length of its file is not compared: %s", recording.record_id, error.message)
                continue
            if source is not None and source.duration_s is not None:
                return self._checked(path, source, came_whole=False)[0]  # nobody knows how it came
        return self.check(path, None)

    def _from(self, kind: str, action: Action, target: Path) -> Made | None:
        """Make it from one source; None if the recording has none of that kind."""
        if kind != "presentation":
            source = self.finder.source(action.recording, kind)
            return None if source is None else self._download(action, source, target)
        if action.recording.playback(kind) is None or not self.converters:
            return None
        return self._convert(action)

    def _download(self, action: Action, source: MediaFile, target: Path) -> Made:
        """Fetch the file; a token that ran out in the meantime is replaced once."""
        part = self.part_of(target)
        try:
            size = self._fetch(action, source, part)
        except Gone:
            fresh = self.finder.source(action.recording, source.kind)
            if fresh is None:
                raise
            source = fresh
            size = self._fetch(action, source, part)
        suffix = Path(urlsplit(taken_from(source.urls, part)).path).suffix.lower()
        try:
            duration_s, notes = self._checked(part, source, came_whole=size == part.stat().st_size)
        except RecordingFailed:
            part.unlink(missing_ok=True)  # what is whole in bytes and wrong in content would be taken up again
            raise
        suffix = suffix if suffix in SUFFIXES else target.suffix
        if others := self.only_film(part, suffix):
            notes = "; ".join(filter(None, (notes, f"without {others} that was inside the file")))
        return Made(
            part=part,
            suffix=suffix,
            how=f"{source.kind} ({notes})" if notes else source.kind,
            duration_s=duration_s,
            notes=notes,
        )

    def _checked(self, part: Path, source: MediaFile, *, came_whole: bool) -> tuple[float, str]:
        """Return how long a file is and what is to be said of it, if it is whole. Raise RecordingFailed if not.

        One that is longer than the server says is taken, and that is said: metadata.xml was seen to tell 406 seconds of
        99 minutes (https://github.com/trahay/bbb-downloader/issues/6). So is a shorter one, if it cannot have been cut:
        the server named its size, and the file itself would show that its end is missing.
        """
        try:
            return self.check(part, source.duration_s), ""
        except RecordingFailed:
            length_s = self.check(part, None)
            if source.duration_s is None:
                raise
            if length_s <= source.duration_s and not (came_whole and self.shows_a_cut(part)):
                raise
            return length_s, f"it lasts {length_s:.1f} s, though the server says {source.duration_s:.1f} s"

    def _fetch(self, action: Action, source: MediaFile, part: Path) -> int | None:
        """Fetch into the part; return how many bytes the server said it has, None if it did not say."""
        said: list[int | None] = [None]

        def tell(done: int, total: int | None) -> None:
            said[0] = total
            self.progress(action, done, total, "bytes")

        self.fetcher.fetch(source.urls, part, cookies=dict(source.cookies), progress=tell, stop=self.stop)
        return said[0]

    def _convert(self, action: Action) -> Made:
        """Fetch the presentation's files once, and let the converters try, the best first."""
        with disk_errors(self.work):
            self.work.mkdir(mode=0o700, parents=True, exist_ok=True)

        def told(name: str, done: int, _total: int | None) -> None:
            if name.startswith(_FILMS):
                self.progress(action, done, None, "bytes")

        reads = most_of(converter.reads for converter in self.converters)
        given = self._presentation(action.recording)
        with self.published.fetched(given, reads, told=told, stop=self.stop) as presentation:
            return self._converted(action, presentation)

    def _converted(self, action: Action, presentation: Presentation) -> Made:
        """Let the converters try."""
        target = self.work / f"{key_of(action.recording.record_id)}.mp4"
        refusals: list[str] = []
        for converter, verdict in self._candidates(presentation, refusals):
            try:
                conversion = converter.convert(
                    presentation, target, progress=lambda d, t: self.progress(action, d, t, "s"), stop=self.stop
                )
                duration_s = self.check(conversion.path, conversion.duration_s)
            except RecordingFailed as error:
                if self.stop.is_set():
                    raise
                target.unlink(missing_ok=True)  # a name of ours, in a folder of ours
                refusals.append(f"{converter.name}: {error.message}")
                continue
            lacks = dict.fromkeys((*verdict.reasons, *conversion.notes))
            said = "; ".join(dict.fromkeys((*lacks, *refusals)))
            how = f"converted by {conversion.converter}"
            return Made(
                part=conversion.path,
                suffix=conversion.path.suffix,
                how=f"{how} ({said})" if said else how,
                duration_s=duration_s,
                notes="; ".join(lacks),
            )
        raise RecordingFailed("no converter could do it: " + "; ".join(refusals))

    def _candidates(self, presentation: Presentation, refusals: list[str]) -> Iterator[tuple[Converter, Verdict]]:
        """Yield the converters that can do it, in their order; why others are passed over is added to `refusals`.

        With `faithful_only`, those that would leave something out come after all others: better that than nothing.
        """
        doubtful: list[tuple[Converter, Verdict]] = []
        for converter in self.converters:
            verdict = converter.preflight(presentation)
            if not verdict.able:
                refusals.append(f"{converter.name} cannot do it: {', '.join(verdict.reasons)}")
            elif self.faithful_only and not verdict.faithful:
                doubtful.append((converter, verdict))
            else:
                yield converter, verdict
        yield from doubtful

    def _presentation(self, recording: Recording) -> Presentation:
        """Open the presentation's page; its files lie in a folder of the same host.

        Where no player answers, that folder is what was opened: there is no page then for a browser to film.
        """
        page = self.finder.open_page(recording, "presentation")
        media = urljoin(page.url, f"/presentation/{quote(recording.record_id, safe='')}/")
        return Presentation(
            record_id=recording.record_id,
            page=page.url if page.url != media else "",
            media=media,
            title=recording.title,
            start=recording.start,
            cookies=page.cookies,
        )


def remove_unchecked(work: Path, record_ids: Collection[str]) -> None:
    """Remove conversions of runs that were killed before they had looked whether the video is whole.

    bbbmig 0.1.0 named them after the recordID. Raise MachineError if the folder cannot be read or written.
    """
    if not work.is_dir():
        return
    ours = {*record_ids, *map(key_of, record_ids)}
    with disk_errors(work / "conversion"):
        for path in work.iterdir():
            if path.stem in ours and path.suffix in SUFFIXES:
                path.unlink(missing_ok=True)
