"""Captions of a recording: what was said, in one language, as WebVTT."""

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
