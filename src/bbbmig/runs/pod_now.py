"""What Pod has now, asked in as few requests as that takes: one a page or a person, never one for each recording.

What fails is left open, and said; only a Pod that refuses us, or that does not answer at all, ends or voids it.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TypeVar

from bbbmig.domain.claimed_videos import ClaimedFile, videos_of
from bbbmig.domain.file_names import short_id_in
from bbbmig.domain.history import Entry, History
from bbbmig.domain.person import folded
from bbbmig.domain.playback_url import record_id_in
from bbbmig.domain.state_rules import Claim, PodNow
from bbbmig.domain.target import Link, Video
from bbbmig.domain.video_standing import SeenInPod, not_listed, number_of, published_rows
from bbbmig.errors import RemoteError
from bbbmig.pod.errors import NoSuchRoute
from bbbmig.runs.run import Run

log = logging.getLogger(__name__)
T = TypeVar("T")


def pod_now(run: Run, history: History, record_ids: Collection[str]) -> PodNow | None:
    """Ask Pod for everything that concerns these recordings; None if it does not answer at all.

    Raise RemoteRefused if it refuses us, ConfigError for a recorder's directory that cannot be read.
    """
    adapters = run.adapters
    if _or_none(adapters.pod.version, "Pod") is None:
        return None
    claimed, waiting = _files(run)
    published = _published(run, published_rows(history, record_ids))
    theirs = _by_owner(run, {file.username for file in claimed or ()})
    links = _or_none(adapters.links.all, "external recordings")
    return PodNow(
        seen=published,
        waiting=waiting,
        claims=None if claimed is None else _claims(claimed, theirs),
        links=None if links is None else _by_recording(links),
    )


def _or_none(ask: Callable[[], T], what: str) -> T | None:
    """Ask; None if Pod cannot say, or has not got our file. Raise RemoteRefused for anything else that it refuses."""
    try:
        return ask()
    except NoSuchRoute as error:
        log.info("%s: %s", what, error.message)
    except RemoteError as error:
        log.warning("%s: Pod could not be asked: %s", what, error.message)
    return None


def _files(run: Run) -> tuple[list[ClaimedFile] | None, list[str] | None]:
    """Return bbbmig's files that people claimed, and the names of those that wait; None for what is not known."""
    if not run.settings.has("recorder"):
        return None, None
    recorder, users = run.adapters.recorder, run.adapters.users

    def claimed() -> list[ClaimedFile]:
        ours = [one for one in recorder.claims() if short_id_in(PurePosixPath(one.file).name)]
        names = users.by_id({one.user for one in ours})
        return [
            ClaimedFile(
                name=PurePosixPath(one.file).name,
                username=names[one.user].username,
                title=one.title,
                claimed=one.added,
            )
            for one in ours
            if one.user in names
        ]

    waiting = _or_none(lambda: [PurePosixPath(file).name for file in recorder.waiting_files()], "files that wait")
    return _or_none(claimed, "claimed files"), waiting


def _published(run: Run, rows: Sequence[Entry]) -> SeenInPod:
    """Ask for the videos that the ledger calls published: all by their numbers, else those of each owner."""
    numbers = {number for row in rows if (number := number_of(row)) is not None}
    if not numbers:
        return SeenInPod(videos={})
    ask = run.adapters.published_videos
    videos = ask.numbered(numbers)
    if videos is not None:
        return SeenInPod(videos=videos)
    people = {folded(row.target): row.target for row in rows}
    seen = _by_owner(run, people.values())
    gone = not_listed(rows, seen)
    elsewhere = _or_none(lambda: ask.existing(gone), "videos given to others")
    if elsewhere is None:
        log.warning("%d videos are in nobody's list, and Pod could not say whether they exist", len(gone))
        return replace(seen, silent={*seen.silent, *people})
    return replace(seen, elsewhere=elsewhere)


def _by_owner(run: Run, usernames: Collection[str]) -> SeenInPod:
    """List the videos of these people; whoever cannot be asked about is silent."""
    adapters = run.adapters
    users = _or_none(lambda: adapters.users.find(usernames), "people") if usernames else {}
    if users is None:
        return SeenInPod(videos={}, silent={folded(name) for name in usernames})
    return adapters.published_videos.of(list({user.id: user for user in users.values()}.values()))


def _claims(files: Iterable[ClaimedFile], seen: SeenInPod) -> dict[str, Claim]:
    """Find the video of each claimed file among those of its owner."""
    by_person: defaultdict[str, list[ClaimedFile]] = defaultdict(list)
    for file in files:
        by_person[folded(file.username)].append(file)
    videos: defaultdict[str, list[Video]] = defaultdict(list)
    for video in seen.videos.values():
        videos[folded(video.owner)].append(video)
    claims: dict[str, Claim] = {}
    for person, its in by_person.items():
        found = videos_of(its, videos[person])
        told = person not in seen.silent
        claims |= {file.name: Claim(file=file, video=found.get(file.name), told=told) for file in its}
    return claims


def _by_recording(links: Iterable[Link]) -> dict[str, list[str]]:
    """Sort external recordings by the recordID in their address."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for link in links:
        if record_id := record_id_in(link.source_url):
            found[record_id].append(link.owner_username)
    return dict(found)
