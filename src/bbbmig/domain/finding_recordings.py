"""Which recordings somebody means: a recordID, an address, part of a title."""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

from bbbmig.domain.history import Effect, History, State
from bbbmig.domain.playback_url import record_id_in
from bbbmig.domain.recording import Recording
from bbbmig.domain.video_standing import number_of

_VIDEO = re.compile(r"/video/(?:[a-z-]+/)?(\d+)-")


def is_address(text: str) -> bool:
    """Tell whether a text is an address of the web."""
    return text.startswith(("http://", "https://", "//"))


def by_identity(text: str, recordings: Iterable[Recording], history: History) -> list[Recording]:
    """Return the recordings with this recordID or meetingID, or that an address leads to: a playback, a video of Pod.

    `history` says which videos are theirs.
    """
    wanted = {text.strip()}
    if is_address(text):
        wanted = {record_id_in(text), *_of_video(text, history)} - {""}
    return [one for one in recordings if one.record_id in wanted or (one.meeting_id and one.meeting_id in wanted)]


def by_title(text: str, recordings: Iterable[Recording]) -> list[Recording]:
    """Return the recordings whose title has these words in it, whatever capitals and accents they have."""
    words = _plain(text).split()
    found = ((one, _plain(one.title)) for one in recordings) if words else ()
    return [one for one, title in found if all(word in title for word in words)]


def video_number_in(address: str) -> int | None:
    """Return the number of the video that an address of Pod leads to, None if it leads to none."""
    found = _VIDEO.search(urlsplit(address).path)
    return int(found[1]) if found else None


def _of_video(address: str, history: History) -> set[str]:
    """Return the recordIDs of which a video of Pod was made, as far as the ledger knows."""
    number = video_number_in(address)
    if number is None:
        return set()
    rows = history.of(Effect.PUBLISH)
    return {row.record_id for row in rows if row.target and row.state is State.DONE and number_of(row) == number}


def _plain(text: str) -> str:
    """Write a text without accents and capitals."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))
