"""Recordings that are not for everybody: whose title or course a person's patterns match (exams, juries, councils).

They go to their known owners alone. Nobody else is to see them: neither all staff on Pod's claim page, nor the
administrator in the owners' stead.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from bbbmig.domain.owner import Ownership
from bbbmig.domain.ownership import withheld
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.plan import Reason
from bbbmig.domain.recording import Recording

PUBLISH_GIVES = "`publish` gives it to them"
_ALIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'") | dict.fromkeys(map(chr, (*range(0x2010, 0x2016), 0x2212)), "-")
)
"""Signs that keyboards and editors exchange for each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBack:
    """Why a recording is not put where everybody claims it; `hint` says what may be done about it."""

    reason: Reason
    detail: str
    hint: str = ""


class Exclusion:
    """Patterns of titles and courses: regular expressions found anywhere, whatever capitals and accents they have."""

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        """Take patterns. Raise ValueError, with words for a person, for one that cannot be read or excludes all."""
        self._patterns = {pattern: _compiled(pattern) for pattern in patterns}

    def why(self, recording: Recording, ownership: Ownership | None = None) -> str:
        """Say which pattern names a recording, and where: `jury: title “Délibération du jury”`; "" if none does.

        Looked into are all names that it has and its course, as the old server and whoever knows its owners say.
        """
        for pattern, expression in self._patterns.items():
            for what, text in _texts(recording, ownership):
                if expression.search(_plain(text)):
                    return f"{pattern}: {what} “{one_line(text)}”"
        return ""

    def of(self, recordings: Iterable[Recording], owners: Mapping[str, Ownership] | None = None) -> dict[str, str]:
        """Return by recordID why recordings are excluded; the others are absent."""
        if not self._patterns:
            return {}
        said = ((one.record_id, self.why(one, (owners or {}).get(one.record_id))) for one in recordings)
        return {record_id: why for record_id, why in said if why}


NOTHING_EXCLUDED = Exclusion()


def excluded(why: Mapping[str, str]) -> dict[str, KeptBack]:
    """Return what keeps excluded recordings back, by recordID."""
    return {one: KeptBack(reason=Reason.EXCLUDED, detail=said) for one, said in why.items()}


def known(owners: Mapping[str, Ownership]) -> dict[str, KeptBack]:
    """Return what keeps recordings back of which the owners are known, or may be known later, by recordID."""
    return {one: kept for one, ownership in owners.items() if (kept := _known(ownership)) is not None}


def _known(ownership: Ownership) -> KeptBack | None:
    """Say that the owners of one are known, or why they may be known later; None if it is nobody's."""
    if ownership.owners:
        names = ", ".join(owner.username for owner in ownership.owners)
        return KeptBack(reason=Reason.OWNER_KNOWN, detail=names, hint=PUBLISH_GIVES)
    reason, detail = withheld(ownership)
    return None if reason is None else KeptBack(reason=reason, detail=detail)


def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        expression = re.compile(_plain(pattern), re.IGNORECASE)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression ({error})") from None
    if expression.search(""):
        raise ValueError(f"{pattern!r} would exclude every recording")
    return expression


def _texts(recording: Recording, ownership: Ownership | None) -> Iterator[tuple[str, str]]:
    """Go through the names of a recording and of its course, each once."""
    names = chain(
        [recording.title, recording.recording_name, recording.meeting_name],
        [ownership.activity] if ownership is not None else [],
    )
    courses = chain(
        [recording.origin.context, recording.origin.context_label, recording.metadata.get("bbb-context-name", "")],
        [ownership.course] if ownership is not None else [],
    )
    yield from (("title", text) for text in dict.fromkeys(names) if text)
    yield from (("course", text) for text in dict.fromkeys(courses) if text)


def _plain(text: str) -> str:
    """Write a text without accents, with plain quotes, dashes and blanks."""
    parts = unicodedata.normalize("NFKD", text.translate(_ALIKE))
    return re.sub(r"\s+", " ", "".join(one for one in parts if not unicodedata.combining(one)))
