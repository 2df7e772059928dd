"""The captions of a recording: those that a converter left beside its video, or those that the server has."""

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urljoin

from bbbmig.apply.ports import Finder, Published
from bbbmig.domain.captions import Caption, webvtt
from bbbmig.domain.conversion import Presentation
from bbbmig.domain.file_names import key_of
from bbbmig.domain.presentation_files import CAPTIONS, Purpose, safe_name
from bbbmig.domain.recording import Recording
from bbbmig.errors import RecordingFailed, Stopped
from bbbmig.transfer.disk import disk_errors

log = logging.getLogger(__name__)

_LISTED = Purpose(index=(CAPTIONS,), films=False, pictures=False)
_HEAD, _TAIL = "caption_", ".vtt"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionFinder:
    """Finds captions. Converters leave them in `work`, as `KEY.fr.vtt`."""

    finder: Finder
    published: Published
    work: Path
    stop: threading.Event

    def of(self, recording: Recording) -> list[Caption]:
        """Return the captions of a recording, none if it has none. Raise RemoteError, MachineError, Stopped."""
        return self.converted(recording) or self._served(recording)

    def converted(self, recording: Recording) -> list[Caption]:
        """Return those that a converter left."""
        stem = f"{key_of(recording.record_id)}."
        with disk_errors(self.work):
            found = sorted(self.work.glob(f"{stem}*{_TAIL}"))
        return _read({path.name.removeprefix(stem).removesuffix(_TAIL): path for path in found}.items())

    def _served(self, recording: Recording) -> list[Caption]:
        """Return those that the server has beside the presentation, or names on the page of the video."""
        try:
            if recording.playback("presentation") is not None:
                page = self.finder.open_page(recording, "presentation")
                media = urljoin(page.url, f"/presentation/{quote(recording.record_id, safe='')}/")
                return self._fetched(recording, media, page.cookies, _LISTED)
            if recording.playback("video") is not None:
                page = self.finder.open_page(recording, "video")
                names = tuple(dict.fromkeys(filter(None, map(safe_name, page.tracks))))
                wanted = Purpose(index=names, films=False, pictures=False)
                return self._fetched(recording, urljoin(page.url, "."), page.cookies, wanted) if names else []
        except Stopped:
            raise
        except RecordingFailed as error:
            log.info("%s: its captions are not taken: %s", recording.record_id, error.message)
        return []

    def _fetched(
        self, recording: Recording, media: str, cookies: tuple[tuple[str, str], ...], wanted: Purpose
    ) -> list[Caption]:
        given = Presentation(record_id=recording.record_id, page="", media=media, cookies=cookies)
        with self.published.fetched(given, wanted, told=lambda *_: None, stop=self.stop) as local:
            if local.folder is None:
                return []
            found = [*local.folder.rglob(f"*{_TAIL}")]
            return _read((path.name.removeprefix(_HEAD).removesuffix(_TAIL), path) for path in sorted(found))


def _read(files: Iterable[tuple[str, Path]]) -> list[Caption]:
    """Read files by their locales; what is empty, or no WebVTT, is none."""
    read = [(locale, webvtt(path.read_bytes())) for locale, path in files]
    return [Caption(locale=locale, text=text) for locale, text in read if "-->" in text]
