"""Where old playback addresses lead now: to a video in Pod, to the mirror, or to a page that says why not; pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from bbbmig.domain.history import Entry
from bbbmig.domain.mirror import is_plain_name
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import Video
from bbbmig.domain.video_standing import number_of

_PLAYERS = ("", "0.81/", "0.9.0/", "2.0/")
_PAGES = {
    "video": ("/playback/video/{id}/", "/video/{id}/"),
    "screenshare": ("/recording/screenshare/{id}/", "/screenshare/{id}/"),
    "podcast": ("/podcast/{id}/audio.ogg",),
}
PAGE = "/bbbmig-moved.html"
"""The page of `bbbmig print page`, where neither Pod nor a mirror has a recording."""


class Leads(StrEnum):
    """Where a recording's addresses lead."""

    TO_POD = "to Pod"
    DRAFT = "draft in Pod"
    """Nobody but its owners may see it, so its addresses lead elsewhere unless that is asked for."""
    ELSEWHERE = "to the mirror"
    """Or to the page, where there is no mirror."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Where one recording's addresses lead; `path` is that of its video in Pod, "" if it does not lead there."""

    recording: Recording
    leads: Leads
    path: str = ""


def redirects(
    recordings: Iterable[Recording], rows: Iterable[Entry], videos: Mapping[int, Video], *, drafts: bool
) -> list[Redirect]:
    """Decide where each recording's addresses lead; `rows` are those of published videos, `videos` what Pod lists.

    A video's address begins with its number and is found by that alone, whatever its title becomes
    (docs/facts/pod-rest.md#videos). A draft is 403 for students, so it counts with `drafts` only.
    """
    by_recording: dict[str, list[Video]] = {}
    for row in rows:
        video = videos.get(number_of(row) or 0)
        if video is not None:
            by_recording.setdefault(row.record_id, []).append(video)
    return [_one(recording, by_recording.get(recording.record_id, []), drafts=drafts) for recording in recordings]


def old_paths(recording: Recording) -> Iterator[str]:
    """Yield every path under which a recording was ever played, those of protected ones without their token."""
    kinds = {playback.type for playback in recording.playbacks}
    record_id = recording.record_id
    if "presentation" in kinds:
        yield f"/playback/presentation/2.3/{record_id}"
        yield from (f"/playback/presentation/{player}playback.html?meetingId={record_id}" for player in _PLAYERS)
    for kind, paths in _PAGES.items():
        if kind in kinds:
            yield from (path.format(id=record_id) for path in paths)
    yield from (f"/recording/{record_id}/{kind}" for kind in ("presentation", *_PAGES) if kind in kinds)


def old_hosts(recordings: Iterable[Recording]) -> Collection[str]:
    """Return the hosts, with their schemes, that these recordings name: "https://bbb.univ.fr"."""
    found: dict[str, None] = {}
    for recording in recordings:
        for playback in recording.playbacks:
            try:
                parts = urlsplit(playback.url)
            except ValueError:
                continue
            if parts.scheme in ("http", "https") and parts.netloc:
                found[f"{parts.scheme}://{parts.netloc}"] = None
    return found.keys()


def _one(recording: Recording, videos: list[Video], *, drafts: bool) -> Redirect:
    """Decide about one recording: a published video before a draft, the oldest first."""
    public = [one for one in videos if not one.is_draft and one.encoded]
    hidden = [one for one in videos if one.is_draft]
    usable = [*public, *(hidden if drafts else ())]
    if not is_plain_name(recording.record_id) or not usable:
        return Redirect(recording=recording, leads=Leads.DRAFT if hidden else Leads.ELSEWHERE)
    best = min(usable, key=lambda one: (one.is_draft, one.id))
    return Redirect(recording=recording, leads=Leads.TO_POD, path=f"/video/{best.slug}/")
