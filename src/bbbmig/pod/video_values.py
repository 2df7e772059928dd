"""A video of Pod: what it is told of one, and what it tells (docs/facts/pod-rest.md#videos)."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from bbbmig.pod.json_row import Row
from bbbmig.pod.users import PodUser

TITLE_LENGTH = 250
_SAME_MOMENT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoType:
    """A kind of video, of which each has one: "Cours", "Conférence"."""

    id: int
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVideo:
    """A video to upload. `type_id` and `site_ids` are Pod's numbers; `description` may be HTML.

    `recorded` (aware) becomes the date of the event and the date of the video: with the title it tells a video that
    Pod has already. `also` are further owners, who see and edit it as the first does.
    """

    title: str
    owner: PodUser
    type_id: int
    site_ids: tuple[int, ...]
    recorded: datetime | None = None
    also: tuple[PodUser, ...] = ()
    description: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PodVideo:
    """A video that Pod has; `slug` names it in addresses, `added` is aware."""

    id: int
    title: str
    slug: str
    added: datetime | None
    is_draft: bool
    encoded: bool
    encoding: bool


def values(video: NewVideo) -> dict[str, str | list[str]]:
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
    more = {"description": video.description, "main_lang": video.language}
    return values | {key: text for key, text in more.items() if text}


def title_of(video: NewVideo) -> str:
    """Give the title as Pod keeps it."""
    return video.title.strip()[:TITLE_LENGTH].rstrip()


def is_of(added: datetime | None, recorded: datetime) -> bool:
    """Tell whether a video's date is that of a recording."""
    return added is not None and abs((added - recorded).total_seconds()) < _SAME_MOMENT_S


def created(row: Row) -> PodVideo:
    """Read what a POST answers."""
    return PodVideo(
        id=row.number("id"),
        title=row.text("title"),
        slug=row.text("slug"),
        added=row.moment_or_none("date_added"),
        is_draft=row.flag("is_draft"),
        encoded=row.flag("encoded"),
        encoding=row.flag("encoding_in_progress"),
    )


def listed(row: Row) -> PodVideo:
    """Read what user_videos answers; the slug is the end of the video's address."""
    data = row.inner("video_data")
    return PodVideo(
        id=row.number("id"),
        title=data.text("title"),
        slug=urlsplit(data.text("full_url")).path.rstrip("/").rpartition("/")[2],
        added=row.moment_or_none("date_added"),
        is_draft=row.flag("is_draft"),
        encoded=row.flag("encoded"),
        encoding=row.flag("encoding_in_progress"),
    )
