"""After `publish`: videos of earlier runs get the captions of their recordings, once.

Videos were published before bbbmig gave captions, or while Pod had no way to take them. What Pod has of a language
stays, whoever put it there; once a video was looked at, it is never looked at again.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator, Mapping, Sequence

from bbbmig.apply.leases import LeasingMemory
from bbbmig.domain.history import Effect, Entry
from bbbmig.domain.person import folded
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import User
from bbbmig.domain.video_standing import Standing, number_of, published_rows
from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.runs import delivered
from bbbmig.runs.publish_extras import PublishExtras, captions_target, publish_extras
from bbbmig.runs.run import Run

log = logging.getLogger(__name__)

FAILURES = 3
"""After so many videos in a row of which a server says nothing, the others wait for the next run."""
_THERE = (Standing.PLAYABLE, Standing.BEING_ENCODED)


def add_missing_captions(run: Run, chosen: Sequence[Recording]) -> None:
    """Give captions to videos of which no run has; in a dry run, only count those that would be looked at.

    Raise RemoteRefused as the servers do, RemoteError as Pod does when it is asked how the videos stand.
    """
    if not run.settings.converter.render.captions:
        return
    rows = _unknown(run, chosen)
    if not rows:
        return
    if run.dry:
        log.info("%d videos published earlier would be looked at for captions", len(rows))
        return
    extras = publish_extras(run, threading.Event())  # that of the run was set when its work ended
    try:
        if not extras.captions.can_be_given():
            return
    except RemoteError as error:
        log.warning("captions of videos published earlier come with a later run: %s", error.message)
        return
    by_id = {one.record_id: one for one in chosen}
    given = sum(_each(run, rows, by_id, extras))
    if given:
        log.info("%d videos that were published earlier have captions now", given)


def _unknown(run: Run, chosen: Sequence[Recording]) -> list[Entry]:
    """Return the rows of videos that are in Pod, and were not looked at."""
    history = run.adapters.ledger.history(run.server, *delivered.KINDS, Effect.CAPTIONS)
    having = {one.record_id for one in chosen if one.playback("presentation") or one.playback("video")}
    rows = [one for one in published_rows(history, having) if number_of(one) is not None]
    rows = [one for one in rows if history.done(Effect.CAPTIONS, one.record_id, captions_target(one)) is None]
    stands = delivered.stands_of(run, history, {one.record_id for one in rows}) if rows else {}
    return [one for one in rows if one.key in stands and stands[one.key].standing in _THERE]


def _each(run: Run, rows: Sequence[Entry], by_id: Mapping[str, Recording], extras: PublishExtras) -> Iterator[bool]:
    """Yield for each video whether it got some."""
    users = run.adapters.users.find({row.target for row in rows})
    failures = 0
    for row in rows:
        if run.conditions.reached() or failures == FAILURES:
            return
        owner = users.get(folded(row.target))
        if owner is None:
            continue
        with _held(run, row.record_id) as holder:
            if holder:
                continue
            try:
                yield _given(by_id[row.record_id], row, owner, extras)
                failures = 0
            except (RecordingFailed, RemoteError) as error:
                failures += 1
                log.warning("%s: its captions come with a later run: %s", row.record_id, error.message)


def _given(recording: Recording, row: Entry, owner: User, extras: PublishExtras) -> bool:
    """Look for captions, give them, and tell whether there were any."""
    number = number_of(row)
    assert number is not None  # noqa: S101 - as `_unknown` chooses them
    return any(note.startswith("captions ") for note in extras.give_captions(recording, number, owner))


@contextlib.contextmanager
def _held(run: Run, record_id: str) -> Iterator[str]:
    """Hold the recording where several machines share the ledger; yield who else holds it, "" if nobody does."""
    memory: LeasingMemory = run.adapters.ledger
    if not run.adapters.ledger.shared:
        yield ""
        return
    with memory.leased(run.server, record_id) as holder:
        yield holder
