"""What crosses the border to the place where recordings go: people, external recordings, videos, and their limits."""

from dataclasses import dataclass
from datetime import datetime

from bbbmig.domain.person import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetLimits:
    """The most characters that it takes for a title, an address, and the path of a file, its directory included."""

    title: int
    url: int
    path: int


@dataclass(frozen=True, slots=True, kw_only=True)
class User(Person):
    """Somebody who has an account there; only staff see "My external videos" and the claim page."""

    id: int
    is_staff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRequest:
    """An external recording that is to be.

    `type` is "bigbluebutton", "video", "peertube" or "youtube". Without `start_at` (aware), it gets this moment's.
    With a `record_id` that is part of `source_url`, a link of the owner to the same recording by another address
    counts as the same link.
    """

    name: str
    source_url: str
    owner_id: int
    type: str = "bigbluebutton"
    start_at: datetime | None = None
    record_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkResult:
    """What came of a LinkRequest: its number and whether it is new, or words for why there is none."""

    id: int | None
    created: bool
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An external recording that is there; `type` is as in LinkRequest, `start_at` aware, `id` and `site` numbers."""

    id: int
    name: str
    type: str
    source_url: str
    owner_username: str
    start_at: datetime
    site: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Where a video stands among others: numbers there, None for none; `licence` is a word such as "by-sa", or ""."""

    channel: int | None = None
    theme: int | None = None
    discipline: int | None = None
    licence: str = ""


NO_SHELF = Shelf()


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoRequest:
    """A video that is to be. `type_id` and `site_ids` are numbers there; `description` may be HTML.

    `recorded` (aware) becomes the date of the event and the date of the video: with the title, or one of `known_as`, it
    tells a video that is there already. So does `mark`, a text in the description, whatever people do to title and
    date. `also` are further owners, who see and edit it as the first does. `language` is spoken in it, two letters.
    """

    title: str
    owner: User
    type_id: int
    site_ids: tuple[int, ...]
    recorded: datetime | None = None
    also: tuple[User, ...] = ()
    description: str = ""
    mark: str = ""
    language: str = ""
    known_as: tuple[str, ...] = ()
    shelf: Shelf = NO_SHELF


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A video that is there; `slug` names it in addresses, `added` is aware.

    `duration_s` is in whole seconds, 0 until it is encoded, None if that was not told; `owner` is a user name, "" if
    that was not told.
    """

    id: int
    title: str
    slug: str
    added: datetime | None
    is_draft: bool
    encoded: bool
    encoding: bool
    description: str = ""
    duration_s: int | None = None
    owner: str = ""
