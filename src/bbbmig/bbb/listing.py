"""Every recording of a server, in one call if it can, else by the beginnings of recordIDs.

Why beginnings: `recordID` is matched from its start by BigBlueButton and Scalelite of every version, recordIDs begin
with a SHA-1, so sixteen calls part them evenly, and servers that refuse to list everything allow it. `offset` and
`limit` are never used: they mean three different things in BigBlueButton and nothing in Scalelite.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bbbmig.bbb import merge
from bbbmig.bbb.cache import Cache, Entry
from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.reply_parser import ListProblem
from bbbmig.bbb.sharded_listing import CONNECTIONS, Taking, add_part, read_reply
from bbbmig.domain.recording import Recording
from bbbmig.domain.selection import newest_first

_DOOMED_AFTER = 2
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Every recording that the server gave, newest first, and how they were had.

    `checksum` is the algorithm that the server accepted, `calls` counts those that brought recordings or none.
    `why_parts` is "" when one call for everything was enough. `problems` are for people; the list is not `complete`
    when a recording or a part is missing because of them. `warnings` say that it may be too short all the same.
    """

    recordings: tuple[Recording, ...]
    problems: tuple[ListProblem, ...]
    checksum: str
    calls: int
    why_parts: str
    taken_at: datetime
    from_cache: bool
    warnings: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """Tell whether nothing is known to be missing."""
        return not any(problem.lost for problem in self.problems)


def list_recordings(
    server: BbbServer,
    cache: Cache,
    *,
    compare: bool = False,
    connections: int = CONNECTIONS,
    before: Entry | None = None,
) -> Listing:
    """Ask the server for every recording, published or not, and keep the replies in the cache.

    `before` is the list taken last, that of the cache if not given: where the last two needed parts because the call
    for everything timed out, that call is left out, but for once a week. An empty list, or one of fewer than half of
    the usual, is believed only when parts and other states bring no more, and with a warning.

    `compare` lists in parts even when one call was enough, and reports what only one of the two ways gave. Raise
    RemoteError when the server cannot be reached, or brings out nothing at all, RemoteRefused when it refuses us,
    ConfigError when the cache cannot be written.
    """
    before = before or cache.last()
    with cache.draft() as draft:
        taking = Taking(server, draft, connections=connections)
        doomed = not compare and is_doomed(before, datetime.now(UTC))
        if doomed:
            taking.leave_out_everything("the last calls for everything timed out")
        else:
            taking.everything()
        whole = set(taking.found)
        if compare or not whole:
            in_parts = taking.parts()
            if compare and whole:
                taking.problems += _differences(whole, in_parts)
        if not taking.found or (before and 2 * len(taking.found) < before.usual):
            taking.other_states()
        entry = _remembering(taking, before, doomed=doomed)
        entry = cache.keep(draft, entry)
        return _listing(entry, taking.found, taking.problems, from_cache=False)


def is_doomed(before: Entry | None, now: datetime) -> bool:
    """Tell whether a call for everything would time out once more: it did so twice, and that is not long ago."""
    if before is None or before.time_outs < _DOOMED_AFTER or before.whole_tried_at is None:
        return False
    return now - before.whole_tried_at < _WEEK


def _remembering(taking: Taking, before: Entry | None, *, doomed: bool) -> Entry:
    """Add to a new list what the next one should know of it and of those before."""
    entry = taking.entry()
    count = len(taking.found)
    is_less = before is not None and before.usual_at is not None and 2 * count < before.usual
    if before and is_less and entry.taken_at - (before.usual_at or entry.taken_at) < _WEEK:
        usual, usual_at = before.usual, before.usual_at
    else:
        usual, usual_at = count, entry.taken_at
    timed_out = doomed or taking.waited_s > 0
    return replace(
        entry,
        time_outs=(before.time_outs if before else 0) + 1 if timed_out else 0,
        whole_tried_at=before.whole_tried_at if before and doomed else entry.taken_at,
        usual=usual,
        usual_at=usual_at,
    )


def _warnings(entry: Entry, count: int) -> tuple[str, ...]:
    """Say what makes a list look too short, although nothing failed."""
    if not count:
        return ("0 recordings: is this the right server, and has it all that it should?",)
    if 2 * count < entry.usual:
        before = f"{entry.usual} of {entry.usual_at:%Y-%m-%d}" if entry.usual_at else str(entry.usual)
        return (
            f"{count} recordings, fewer than half of the {before}: were they deleted, or does bbb-web forget them?",
        )
    return ()


def cached_listing(cache: Cache) -> Listing:
    """Read the list that was kept last, without asking anybody. Raise ConfigError if there is none."""
    entry = cache.current()
    found: dict[str, Recording] = {}
    problems: list[ListProblem] = []
    for part in entry.parts:
        brought: dict[str, Recording] = {}
        problems += read_reply(partial(entry.chunks, part), str(entry.folder / part.file), brought)
        add_part(found, part, brought)
    return _listing(entry, found, problems, from_cache=True)


def one_recording(server: BbbServer, record_id: str, *, tokens: bool = False) -> Recording | None:
    """Ask for a recording by its whole recordID; None if the server has none of that id.

    With `tokens`, playback addresses carry their fresh single-use tokens: for use at once, not to be kept.
    """
    found: dict[str, Recording] = {}
    with server.recordings(record_id=record_id) as chunks:
        reply = list(chunks)
    read_reply(lambda: reply, f"getRecordings on {server.host}", found, tokens=tokens)
    return found.get(record_id)


def _differences(whole: set[str], in_parts: set[str]) -> list[ListProblem]:
    """Report the recordings that only one of the two ways gave; they are in the list."""
    told = ((whole - in_parts, "by its recordID"), (in_parts - whole, "everything"))
    return [
        ListProblem(record_id=record_id, what=f"not given when asked for {how}", lost=False)
        for missing, how in told
        for record_id in missing
    ]


def _listing(entry: Entry, found: dict[str, Recording], problems: list[ListProblem], *, from_cache: bool) -> Listing:
    """Put the list together."""
    gaps = [ListProblem(record_id=f"{prefix}…", what=f"could not be listed: {why}") for prefix, why in entry.gaps]
    return Listing(
        recordings=tuple(newest_first(merge.with_parents(found.values()))),
        problems=(*problems, *gaps),
        checksum=entry.checksum,
        calls=entry.calls,
        why_parts=entry.why_parts,
        taken_at=entry.taken_at,
        from_cache=from_cache,
        warnings=_warnings(entry, len(found)),
    )
