"""Names of files and links in Pod: readable by a teacher, unique per recording, within Pod's limits.

A dropped file's name is the title that Pod proposes when it is claimed, with its extension; its link on the claim
page is not URL-encoded, so some characters break it (docs/facts/pod-rest.md#the-page-of-claims).
"""

import hashlib
import re
import unicodedata

from bbbmig.domain.plain_text import one_line
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import TargetLimits

FILE_NAME_BYTES = 240
"""What file systems allow (255), less room for `.part` and the like."""
TITLE_LENGTH = 90
"""Longer titles are cut in file names: the claim page shows 43 characters, its form the whole name."""

_BREAKS_LINKS = re.compile(r"""[&#+%?"<>/\\|;*:`$]""")
_SHORT_ID = re.compile(r" \[?([0-9a-f]{12})\]?\.\w+$")
_NAME_LENGTH = 40
_LONGEST_SUFFIX = len(".webm")


def short_id(record_id: str) -> str:
    """Return twelve hexadecimal digits that stand for a recordID in file names.

    With eight, two of 50,000 recordings would share theirs once in four servers, and one of both be taken for done;
    with twelve it is once in 200,000.
    """
    return hashlib.sha1(record_id.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()[:12]


def key_of(record_id: str) -> str:
    """Return a name for files that only bbbmig sees: a digest, since a recordID may hold anything, "/" among it."""
    return hashlib.sha256(record_id.encode(errors="surrogatepass")).hexdigest()[:32]


def short_id_in(file_name: str) -> str:
    """Find the short id in a name that `file_name` made, "" if there is none."""
    match = _SHORT_ID.search(file_name)
    return match[1] if match else ""


def title_in(limits: TargetLimits, recording: Recording) -> str:
    """Return the title of a link or a video: one line, no longer than the target takes, never empty."""
    title = one_line(unicodedata.normalize("NFC", recording.title)) or recording.record_id
    return cut(title, limits.title)


def file_name(recording: Recording, suffix: str, *, room: int = FILE_NAME_BYTES) -> str:
    """Name a file `Title 2023-05-06 14h30 1a2b3c4d5e6f.mp4`, in at most `room` characters and 240 bytes.

    The date is that of the start in this machine's time zone. `suffix` is like ".mp4"; Pod takes lower case only, and
    there is room for a longer one, since the server decides what kind of file comes. Raise ValueError if not even the
    date fits.
    """
    when = recording.start.astimezone().strftime(" %Y-%m-%d %Hh%M") if recording.start else ""
    tail = f"{when} {short_id(recording.record_id)}{suffix.lower()}"
    room -= max(0, _LONGEST_SUFFIX - len(suffix))
    if room < len(tail) + 8:
        raise ValueError(f"{room} characters are not enough for a file name")
    title = one_line(_BREAKS_LINKS.sub(" ", unicodedata.normalize("NFC", recording.title))).strip(". ")
    title = title or "BigBlueButton"
    title = cut(title, min(TITLE_LENGTH, room - len(tail)))
    while len((title + tail).encode()) > FILE_NAME_BYTES:
        title = title[:-1]
    return title.rstrip() + tail


def copy_name(name: str, username: str, *, room: int = FILE_NAME_BYTES) -> str:
    """Name the copy of a file that is for one person: their user name before the short id, within the same limits."""
    tail_at = _SHORT_ID.search(name)
    if tail_at is None:
        raise ValueError(f"{name!r} is no name that file_name made")
    whose = one_line(_BREAKS_LINKS.sub(" ", username))
    tail = f" {cut(whose, _NAME_LENGTH)}{name[tail_at.start() :]}"
    title = cut(name[: tail_at.start()], max(1, room - len(tail)))
    while len((title + tail).encode()) > FILE_NAME_BYTES and len(title) > 1:
        title = title[:-1]
    return title.rstrip() + tail


def cut(text: str, length: int) -> str:
    """Shorten to so many characters, with "…" at the end if something was cut off."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
