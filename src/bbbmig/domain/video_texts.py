"""What people read of a video that is published: its title, and the description below it."""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from typing import Literal

from bbbmig.domain.file_names import cut, short_id, title_in
from bbbmig.domain.owner import Ownership
from bbbmig.domain.person import Person, folded
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.plan import Plan
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import TargetLimits, Video

DateInTitle = Literal["when needed", "always", "never"]
"""Which titles end with the date: those of which an owner has several, all, none."""
FIELDS = ("title", "course", "activity", "date", "moderators", "description")
"""What a template of descriptions may name."""
TEMPLATE = "<p>{course}</p>\n<p>{activity}</p>\n<p>{date}</p>\n<p>{moderators}</p>\n<p>{description}</p>"

_DATE = re.compile(r", [0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}h[0-9]{2}\Z")
_SAME_MOMENT_S = 1.0
NO_BREAK = "\u00a0"
"""Stands before a colon in French."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleRules:
    """What decides whether a title has the date; `several`: recordIDs whose owner has others of the same title."""

    date: DateInTitle = "never"
    several: frozenset[str] = frozenset()

    def need_date(self, recording: Recording, in_pod: Callable[[], Iterable[Video]]) -> bool:
        """Decide for one recording; `in_pod` gives the videos that its owners have, and is only called if it counts."""
        if self.date != "when needed":
            return self.date == "always"
        return recording.record_id in self.several or any(_is_another(video, recording) for video in in_pod())


def of_one_title(plan: Plan, owners: Mapping[str, Ownership]) -> frozenset[str]:
    """Return the recordIDs of those of which an owner has another one of the same title, published or not.

    `owners` is keyed by recordID; what is nobody's may be the administrator's in the plan.
    """
    keys: dict[str, set[tuple[str, str]]] = {}
    for action in plan:
        one = action.recording
        known = owners[one.record_id].owners if one.record_id in owners else ()
        people = filter(None, (action.owner, *action.others, *known))
        keys.setdefault(one.record_id, set()).update((folded(owner.username), _key(one.title)) for owner in people)
    count = Counter(key for of_one in keys.values() for key in of_one)
    return frozenset(record_id for record_id, of_one in keys.items() if any(count[key] > 1 for key in of_one))


def dated_title(recording: Recording, limits: TargetLimits) -> str:
    """Return the title and the moment, `Title, 2022-01-17 09h15`; only the title where the moment is not known."""
    when = moment(recording)
    if not when:
        return title_in(limits, recording)
    tail = f", {when}"
    return cut(title_in(limits, recording), limits.title - len(tail)) + tail


def moment(recording: Recording) -> str:
    """Return when it was recorded, `2022-01-17 09h15` in this machine's time zone, "" if that is not known."""
    start = recording.start or recording.created
    return start.astimezone().strftime("%Y-%m-%d %Hh%M") if start else ""


def description(
    recording: Recording, ownership: Ownership | None, known: Iterable[Person] = (), template: str = TEMPLATE
) -> str:
    """Fill in a template of HTML with what is known; a line of it of whose fields none is known is left out.

    `known` are people as Pod knows them, for the names of owners who are known by their user names alone; whoever has
    no name is not named.
    """
    names = {folded(person.username): person.full_name for person in known}
    owners = [one for one in ownership.owners if not one.stand_in] if ownership else []
    moderators = [one.full_name or names.get(folded(one.username), "") for one in owners]
    course = (ownership and ownership.course) or recording.origin.context
    activity = (ownership and ownership.activity) or recording.origin.context_label
    values = {
        "title": recording.title,
        "course": course,
        "activity": activity if activity != course else "",
        "date": moment(recording),
        "moderators": ", ".join(dict.fromkeys(filter(None, moderators))),
        "description": recording.description,
    }
    safe = {key: html.escape(one_line(text)) for key, text in values.items()}
    lines = [(line, fields_in(line)) for line in template.splitlines()]
    return "".join(line.format(**safe) for line, fields in lines if not fields or any(safe[key] for key in fields))


def fields_in(template: str) -> list[str]:
    """Return the names in braces of a template. Raise ValueError for braces that are not in pairs, or hold more."""
    found = [(name, form, conversion) for _, name, form, conversion in Formatter().parse(template) if name is not None]
    if any(form or conversion or not name.isidentifier() for name, form, conversion in found):
        raise ValueError("names in braces stand alone")
    return [name for name, _, _ in found]


def mark(record_id: str) -> str:
    """Return the text by which a video is known as one of a recording, for descriptions: people may change the rest."""
    return f"bbbmig {short_id(record_id)}"


def marked(text: str, record_id: str, language: str) -> str:
    """Return a description in HTML with the mark below it, and in a reader's words what that is."""
    said = "Reprise de BigBlueButton (référence" if language == "fr" else "Moved here from BigBlueButton (reference"
    return f"{text}<p>{said}{NO_BREAK if language == 'fr' else ''}: {mark(record_id)})</p>"


def is_of(added: datetime | None, recorded: datetime) -> bool:
    """Tell whether a video's date is that of a recording."""
    return added is not None and abs((added - recorded).total_seconds()) < _SAME_MOMENT_S


def _is_another(video: Video, recording: Recording) -> bool:
    """Tell whether a video has the title of a recording, with or without its date, and is of something else."""
    if _key(video.title) != _key(recording.title) and _key(_DATE.sub("", video.title)) != _key(recording.title):
        return False
    if re.search(rf"\b{mark(recording.record_id)}\b", video.description):
        return False
    start = recording.start or recording.created
    return start is None or not is_of(video.added, start)


def _key(title: str) -> str:
    """Return a title as people compare it."""
    return one_line(title).casefold()
