"""A sample of videos is read whole: fetched from Pod as a viewer's browser does, and looked into to its last second."""

import logging
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bbbmig.convert.probe import check_media
from bbbmig.domain.recording_state import RecordingState, Safety, Why
from bbbmig.domain.status import Read
from bbbmig.domain.trusted_hosts import TrustedHosts
from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.http import trust_only
from bbbmig.pod.encoded_files import EncodedFiles
from bbbmig.runs.run import Run
from bbbmig.transfer.cancel import check
from bbbmig.transfer.download import Downloader, Gone
from bbbmig.transfer.partial_file import part_of

log = logging.getLogger(__name__)


def read_sample(run: Run, found: Sequence[RecordingState], count: int) -> tuple[list[RecordingState], Read]:
    """Read so many videos, chosen at random; those that are not whole are broken, in the states that are returned.

    A video that Pod cannot give now is not read, and not broken; nor is any where Pod gives none at all: whatever
    serves its files is not there, where we ask. Raise ConfigError where ffprobe is missing, and RemoteRefused if Pod
    refuses us.
    """
    places = [place for place, state in enumerate(found) if video_number(state) is not None]
    chosen = secrets.SystemRandom().sample(places, min(count, len(places)))
    read, states = Read(asked=len(chosen)), list(found)
    pod = run.settings.pod
    with (
        tempfile.TemporaryDirectory(prefix="bbbmig-read-") as folder,
        Downloader(
            connect_timeout_s=pod.connect_timeout_s, bytes_per_s=run.adapters.limits.bytes_per_s or None
        ) as fetch,
    ):
        trusted = TrustedHosts.of(run.adapters.pod.url)
        trust_only(fetch.client, lambda: trusted)
        failures = {place: _failure(run, states[place], fetch, Path(folder)) for place in chosen}
    served = any(not isinstance(error, Gone | RemoteError) for error in failures.values())
    for place, error in failures.items():
        if isinstance(error, RecordingFailed) and (served or not isinstance(error, Gone)):
            states[place] = replace(states[place], why=Why.BROKEN, detail=error.message, caveats=())
        elif error is not None:
            log.warning("%s: not read: %s", states[place].recording.title, error.message)
    return states, replace(read, whole=list(failures.values()).count(None))


def _failure(run: Run, state: RecordingState, fetch: Downloader, folder: Path) -> RecordingFailed | RemoteError | None:
    """Read one video, and return what went wrong."""
    try:
        _read_whole(run, state, fetch, folder)
    except (RecordingFailed, RemoteError) as error:
        check(run.adapters.stop)
        return error
    return None


def video_number(state: RecordingState) -> int | None:
    """Return the number of the video that keeps a recording safe, None if it is not a video that does."""
    number = state.place.partition("-")[0]
    is_video = state.safety is Safety.SAFE or state.why is Why.WITH_ADMINISTRATOR
    return int(number) if is_video and number.isdecimal() else None


def _read_whole(run: Run, state: RecordingState, fetch: Downloader, folder: Path) -> None:
    """Fetch one video and look into it. Raise RecordingFailed if it is not whole, RemoteError if it cannot be had."""
    number = video_number(state)
    address = EncodedFiles(run.adapters.pod).largest(number or 0)
    if not address:
        raise RecordingFailed("Pod has no file of it that can be played")
    part = part_of(folder / f"{number}.mp4")
    try:
        fetch.fetch([address], part, stop=run.adapters.stop)
        check_media(part, expected_s=None, stop=run.adapters.stop)
    finally:
        part.unlink(missing_ok=True)
