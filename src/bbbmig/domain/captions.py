"""Captions of a recording: what was said, in one language, as WebVTT."""

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass

_PRIMARY = re.compile(r"([A-Za-z]+)(?:[_-].*)?")
_UNKNOWN = frozenset({"", "und", "null"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Caption:
    """One file of captions; `locale` is BigBlueButton's word for its language: "fr", "pt_BR", "und" for none."""

    locale: str
    text: str


_SRT_TIME = re.compile(r"^(\d{1,3}:\d\d:\d\d),(\d{3})( --> )(\d{1,3}:\d\d:\d\d),(\d{3})", re.MULTILINE)


def webvtt(data: bytes) -> str:
    """Return captions as WebVTT in UTF-8, "" for what is no captions: a page, an empty file.

    SubRip (.srt) of the same name becomes WebVTT, and a text that is not UTF-8 is read as windows-1252, as players do.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    text = text.lstrip("\0\ufeff \t\r\n")
    if text.startswith("WEBVTT"):
        return text
    found, count = _SRT_TIME.subn(r"\1.\2\3\4.\5", text)
    return f"WEBVTT\n\n{found}" if count and text[:1].isdigit() else ""


def by_language(captions: Iterable[Caption], default: str) -> tuple[dict[str, str], list[str]]:
    """Return the texts by languages of two letters, as Pod has them, and the locales that are left out.

    Those of no known language are taken for `default`. Of several of one language ("pt_BR", "pt_PT") the first counts.
    """
    texts: dict[str, str] = {}
    left_out: list[str] = []
    for one in captions:
        language = default if one.locale in _UNKNOWN else _two_letters(one.locale)
        if not language or language in texts:
            left_out.append(one.locale)
        else:
            texts[language] = one.text
    return texts, left_out


def _two_letters(locale: str) -> str:
    """Return the language of a locale, "" if it has no code of two letters."""
    found = _PRIMARY.fullmatch(locale)
    return found[1].lower() if found and len(found[1]) == 2 else ""  # noqa: PLR2004 - ISO 639-1
