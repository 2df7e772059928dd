"""Captions as a track of the mp4, in step with the picture, so that a download carries them (3GPP timed text, tx3g).

A packet is the number of bytes of its text and the text: https://www.w3.org/TR/webvtt1/ gives the source's form,
ISO/IEC 14496-17 the result's. One text is shown at a time; an empty one clears it.
"""

import html
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

import av

_TIMES = re.compile(
    r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})[ \t]+-->[ \t]+(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,](\d{1,3})"
)
_TAG = re.compile(r"<[^<>]*>")
_MILLI = 1000
_LONGEST = 4000
"""Characters of a text: what is longer is no caption."""
_STYLE = (
    b"[Script Info]\nScriptType: v4.00+\nPlayResX: 384\nPlayResY: 288\n\n[V4+ Styles]\n"
    b"Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Alignment\n"
    b"Style: Default,Arial,16,&Hffffff,&H0,&H0,2\n\n[Events]\nFormat: Layer, Start, End, Style, Text\n"
)
"""What FFmpeg wants to be told of letters, in the form of ASS."""
_LANGUAGES = {
    "ar": "ara", "bg": "bul", "br": "bre", "ca": "cat", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu",
    "el": "ell", "en": "eng", "es": "spa", "et": "est", "eu": "eus", "fa": "fas", "fi": "fin", "fr": "fra",
    "ga": "gle", "gl": "glg", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "hy": "hye", "id": "ind",
    "is": "isl", "it": "ita", "ja": "jpn", "ka": "kat", "ko": "kor", "lt": "lit", "lv": "lav", "mk": "mkd",
    "nb": "nob", "nl": "nld", "nn": "nno", "no": "nor", "oc": "oci", "pl": "pol", "pt": "por", "ro": "ron",
    "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe", "tr": "tur", "uk": "ukr", "zh": "zho",
    "th": "tha", "vi": "vie",  # codespell:ignore tha,vie
}  # fmt: skip
"""ISO 639-1 to 639-2/T, which mp4 wants (https://www.loc.gov/standards/iso639-2/php/code_list.php)."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption: when it is shown, in seconds, and its text without tags, lines divided by line feeds."""

    start: float
    end: float
    text: str


class CaptionTrack:
    """A track of captions on its way into an mp4."""

    def __init__(self, container: av.container.OutputContainer, locale: str, cues: list[Cue]) -> None:
        """Add the track to a file."""
        self._container = container
        self._track = container.add_stream("mov_text")
        self._track.metadata["language"] = language(locale)
        context = self._track.codec_context
        context.subtitle_header = _STYLE
        context.time_base = Fraction(1, _MILLI)
        self._coming = cues
        self._written = 0

    def write_until(self, moment: float) -> None:
        """Write what begins before that moment."""
        while self._coming and self._coming[0].start < moment:
            cue = self._coming.pop(0)
            self._write(round(cue.start * _MILLI), round(cue.end * _MILLI), cue.text)

    def finish(self, end: float) -> None:
        """Write what begins before the end."""
        self.write_until(end)

    def _write(self, start: int, end: int, text: str) -> None:
        """Write a text."""
        content = text.encode("utf-8", "replace")
        packet = av.Packet(struct.pack(">H", len(content)) + content)
        packet.stream = self._track
        packet.time_base = Fraction(1, _MILLI)
        packet.pts = packet.dts = start
        packet.duration = end - start
        packet.is_keyframe = True
        self._container.mux(packet)


def language(locale: str) -> str:
    """Return the language of a locale as mp4 names it: "fra" for "fr" and "fr-CA"; "und" if it is not known."""
    code = re.split(r"[_-]", locale.lower())[0]
    return code if code in _LANGUAGES.values() else _LANGUAGES.get(code, "und")


def read_cues(path: Path, end: float) -> list[Cue]:
    """Read the captions of a WebVTT file until the recording's end, in the order of time, none over another."""
    found = sorted(_cues(path.read_text(encoding="utf-8-sig", errors="replace")), key=lambda cue: cue.start)
    cut = [
        Cue(cue.start, min(cue.end, following.start if following else end, end), cue.text)
        for cue, following in zip_longest(found, found[1:])
    ]
    return [cue for cue in cut if cue.start < cue.end]


def _cues(text: str) -> Iterator[Cue]:
    """Yield captions as the file lists them."""
    for block in re.split(r"(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)", text):
        lines = block.splitlines()
        at = next((number for number, line in enumerate(lines) if _TIMES.match(line.strip())), None)
        if at is None:
            continue
        times = _TIMES.match(lines[at].strip())
        said = html.unescape(_TAG.sub("", "\n".join(lines[at + 1 :]))).strip()[:_LONGEST]
        if times and said:
            values = [int(value or 0) for value in times.groups()]
            yield Cue(_seconds(values[:4]), _seconds(values[4:]), said)


def _seconds(values: list[int]) -> float:
    """Return hours, minutes, seconds and thousandths as seconds."""
    hours, minutes, seconds, thousandths = values
    return hours * 3600 + minutes * 60 + seconds + thousandths / _MILLI
