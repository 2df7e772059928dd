"""Drafts that bbbmig gave to people whom the owners file names no more: given to those whom it names now.

Only what nobody has touched moves by itself: a draft whose title and description are those that bbbmig sent. It keeps
its file, and nothing is converted once more. What was published or changed is somebody's work: a person looks.
"""

import hashlib
import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from bbbmig.domain.choices import CoOwners
from bbbmig.domain.history import Effect, Entry, History
from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.owners_file import SOURCE as OWNERS_FILE
from bbbmig.domain.ownership import administrator, each_once
from bbbmig.domain.person import folded
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.plan import Action, Kind, Reason, left_alone
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import Video
from bbbmig.domain.video_standing import SeenInPod, number_of

NOT_NAMED = "whom the owners file does not name any more"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """What Pod says of videos whose people changed, by recordID: slugs of those that nobody touched, why not others."""

    untouched: Mapping[str, str] = field(default_factory=dict)
    touched: Mapping[str, str] = field(default_factory=dict)


class Rules(Protocol):
    """What decides, of the rules of `publish`."""

    @property
    def history(self) -> History:
        """Return what was done before."""
        ...

    @property
    def administrator(self) -> str:
        """Name who takes what is to be nobody's."""
        ...

    @property
    def co_owners(self) -> CoOwners:
        """Say what becomes of owners after the first."""
        ...

    @property
    def drafts(self) -> Drafts:
        """Return what Pod says of videos whose people changed."""
        ...


def fingerprint(title: str, description: str) -> str:
    """Return what tells the words of a video from others, whatever an editor of HTML does to tags and blanks."""
    words = " ".join(html.unescape(_TAG.sub(" ", description)).split())
    return hashlib.sha256(f"{one_line(title)}\n{words}".encode()).hexdigest()


def taken_from(history: History, ownership: Ownership) -> list[str]:
    """Name those who own a recording's video, first or further, and whom a person's decision does not name any more."""
    if ownership.source != OWNERS_FILE:
        return []
    record_id = ownership.record_id
    having = {**history.owners(Effect.SENT, record_id), **history.owners(Effect.PUBLISH, record_id)}
    if not history.owners(Effect.PUBLISH, record_id):
        return []
    named = {folded(owner.username) for owner in ownership.owners}
    return sorted(entry.target for name, entry in having.items() if name not in named)


def to_look_at(history: History, owners: Mapping[str, Ownership]) -> list[Entry]:
    """Return the rows of videos some of whose people are not named any more."""
    return [
        row
        for record_id, ownership in owners.items()
        if taken_from(history, ownership)
        for row in history.owners(Effect.PUBLISH, record_id).values()
    ]


def drafts(history: History, rows: Collection[Entry], seen: SeenInPod) -> Drafts:
    """Sort videos by whether they are as bbbmig sent them; what Pod does not list is in neither."""
    untouched: dict[str, str] = {}
    touched: dict[str, str] = {}
    for row in rows:
        video = seen.videos.get(number_of(row) or 0)
        if video is None:
            touched[row.record_id] = "its owner was changed in Pod, or Pod could not say"
        elif why := _changed(history, row, video):
            touched[row.record_id] = why
        else:
            untouched[row.record_id] = video.slug
    return Drafts(untouched={one: slug for one, slug in untouched.items() if one not in touched}, touched=touched)


def _changed(history: History, row: Entry, video: Video) -> str:
    """Say what somebody did to a video, "" if nobody did anything."""
    sent = history.done(Effect.SENT, row.record_id, row.target)
    if not video.is_draft:
        return "it is no draft any more"
    if not video.encoded:
        return "Pod has not encoded it yet: run again"
    if sent is None:
        return "it is not known whether somebody changed it"
    return "" if sent.location == fingerprint(video.title, video.description) else "somebody changed it"


def taken_back(recording: Recording, ownership: Ownership, rules: Rules) -> Action | None:
    """Return what becomes of a video whose people are not named any more; None if they are."""
    names = ", ".join(taken_from(rules.history, ownership))
    if not names:
        return None
    left_out = ownership.finding is Finding.LEFT_OUT
    if left_out and folded(rules.administrator) in rules.history.owners(Effect.PUBLISH, recording.record_id):
        return None  # that is where it went
    slug = rules.drafts.untouched.get(recording.record_id)
    if slug is None:
        why = rules.drafts.touched.get(recording.record_id, "")
        said = "; ".join(filter(None, (why, "change the video's owner in Pod")))
        return left_alone(recording, Reason.ALREADY_DONE, f"for {names}, {NOT_NAMED}: {said}")
    owners = each_once(ownership.owners) or (administrator(rules.administrator, ownership),)
    others = owners[1:] if rules.co_owners != "none" else ()
    why = f"draft taken back from {names}, {NOT_NAMED}"
    return Action(kind=Kind.GIVE, recording=recording, target=slug, owner=owners[0], others=others, detail=why)


def copies_named(published: Action, ownership: Ownership, history: History) -> Action:
    """Name those who keep a copy of their own although they are not named any more: a person takes it back."""
    names = ", ".join(taken_from(history, ownership))
    if not names or published.reason is not Reason.ALREADY_DONE:
        return published
    return replace(published, detail=f"for {names}, {NOT_NAMED}: delete their copy in Pod")
