"""What a playback page and a metadata.xml say; pure.

The page of the `video` format is one `<video>` with a list of `<source src="video-0.m4v" type="video/mp4">`: names
differ with BigBlueButton's settings, so they are read, never guessed.
"""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

from bbbmig.xml import XmlError
from bbbmig.xml.metadata import read_metadata


def sources(page: str, address: str) -> tuple[str, ...]:
    """Return the absolute addresses of a page's videos, in its order, which is that of preference, without repeats.

    `address` is the page's own, after redirections; a `<base href>` is followed.
    """
    reader = _Sources()
    reader.feed(page)
    reader.close()
    base = urljoin(address, reader.base)
    return tuple(dict.fromkeys(urljoin(base, source) for source in reader.found))


def tracks(page: str) -> tuple[str, ...]:
    """Return the files of captions that a page names, as it names them: `<track src="caption_fr.vtt">`."""
    reader = _Sources()
    reader.feed(page)
    reader.close()
    return tuple(dict.fromkeys(reader.tracks))


def duration_s(metadata: bytes) -> float | None:
    """Return the length of the recorded part from a metadata.xml; None if it does not say, or says nothing of use.

    This is the true length; start and end are those of the meeting.
    """
    try:
        found = read_metadata(metadata).duration_s
    except XmlError:
        return None
    return found if found > 0 else None


class _Sources(HTMLParser):
    """Collects `<source src>` and `<video src>`, those of `<audio>` left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tracks: list[str] = []
        self.base = ""
        self._in_audio = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note addresses; white space around them is not part of them (HTML standard, 2.4.3)."""
        values = dict(attributes)
        if tag == "audio":
            self._in_audio = True
        elif tag == "base" and not self.base:
            self.base = (values.get("href") or "").strip()
        elif tag == "track":
            self.tracks.append((values.get("src") or "").strip())
        elif tag == "video" or (tag == "source" and not self._in_audio):
            source = (values.get("src") or "").strip()
            if source and not (values.get("type") or "").startswith(("audio/", "image/")):
                self.found.append(source)

    def handle_endtag(self, tag: str) -> None:
        """Leave `<audio>`."""
        if tag == "audio":
            self._in_audio = False


_ASKS = re.compile(r"<form\b|type=[\"']?password", re.IGNORECASE)


def asks_who(page: str) -> bool:
    """Tell whether a page is one on which people log in: a server that protects recordings may send it with 200."""
    return _ASKS.search(page) is not None
