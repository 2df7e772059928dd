"""A video of Pod: what it is told of one, and what it tells (docs/facts/pod-rest.md#videos)."""

import sys
from dataclasses import dataclass
from urllib.parse import urlsplit

from bbbmig.domain.target import Video, VideoRequest
from bbbmig.pod.json_row import Row
from bbbmig.pod.limits import POD


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoType:
    """A kind of video, of which each has one: "Cours", "Conférence". `sites` are the ids of those that offer it."""

    id: int
    title: str
    sites: tuple[int, ...] = ()


def values(video: VideoRequest) -> dict[str, str | list[str]]:
    """Write the values, for a form or JSON. Without is_draft, a form means that the video is public."""
    values: dict[str, str | list[str]] = {
        "title": title_of(video),
        "owner": f"/rest/users/{video.owner.id}/",
        "type": f"/rest/types/{video.type_id}/",
        "sites": [f"/rest/sites/{number}/" for number in video.site_ids],
        "is_draft": "true",
    }
    if video.also:
        values["additional_owners"] = [f"/rest/users/{user.id}/" for user in video.also]
    if video.recorded is not None:
        values["date_added"] = video.recorded.isoformat()
        values["date_evt"] = video.recorded.astimezone().date().isoformat()
    shelf = video.shelf
    for route, number in (("channels", shelf.channel), ("themes", shelf.theme), ("discipline", shelf.discipline)):
        if number is not None:
            values[route.removesuffix("s")] = [f"/rest/{route}/{number}/"]
    more = {"description": video.description, "main_lang": video.language, "licence": shelf.licence}
    return values | {key: text for key, text in more.items() if text}


def title_of(video: VideoRequest) -> str:
    """Return the title as Pod keeps it."""
    return video.title.strip()[: POD.title].rstrip()


def created(row: Row) -> Video:
    """Read what a POST answers."""
    return _flat(row, description=row.text("description") if "description" in row else "")


def numbered(row: Row) -> Video:
    """Read what our file in Pod answers of a video, by its number."""
    return _flat(row, owner=sys.intern(row.text("owner")))


def _flat(row: Row, **more: str) -> Video:
    """Read what both answer in the same keys."""
    return Video(
        id=row.number("id"),
        title=row.text("title"),
        slug=row.text("slug"),
        added=row.moment_or_none("date_added"),
        is_draft=row.flag("is_draft"),
        encoded=row.flag("encoded"),
        encoding=row.flag("encoding_in_progress"),
        duration_s=_seconds(row.raw("duration")),
        **more,
    )


def listed(row: Row) -> Video:
    """Read what user_videos answers; the slug is the end of the video's address."""
    data = row.inner("video_data")
    return Video(
        id=row.number("id"),
        title=data.text("title"),
        description=data.text("description") if "description" in data else "",
        slug=urlsplit(data.text("full_url")).path.rstrip("/").rpartition("/")[2],
        added=row.moment_or_none("date_added"),
        is_draft=row.flag("is_draft"),
        encoded=row.flag("encoded"),
        encoding=row.flag("encoding_in_progress"),
        duration_s=_seconds(data.raw("duration")),
    )


def _seconds(said: object) -> int | None:
    """Return a duration, which is a number in one reply and a text in another; None if it is neither."""
    text = str(said)
    return int(text) if text.isdecimal() else None
