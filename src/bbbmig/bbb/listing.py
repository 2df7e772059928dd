"""Every recording of a server, in one call if it can, else by the beginnings of recordIDs.

Why beginnings: `recordID` is matched from its start by BigBlueButton and Scalelite of every version, recordIDs begin
with a SHA-1, so sixteen calls part them evenly, and servers that refuse to list everything allow it. `offset` and
`limit` are never used: they mean three different things in BigBlueButton and nothing in Scalelite.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bbbmig.bbb import merge
from bbbmig.bbb.cache import Cache, Entry
from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.reply_parser import Problem
from bbbmig.bbb.sharded_listing import Taking, read_reply
from bbbmig.domain.recording import Recording
from bbbmig.domain.selection import newest_first


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Every recording that the server gave, newest first, and how they were had.

    `checksum` is the algorithm that the server accepted, `calls` counts those that brought recordings or none.
    `why_parts` is "" when one call for everything was enough. `problems` are for people; the list is not `complete`
    when a recording or a part is missing because of them.
    """

    recordings: tuple[Recording, ...]
    problems: tuple[Problem, ...]
    checksum: str
    calls: int
    why_parts: str
    taken_at: datetime
    from_cache: bool

    @property
    def complete(self) -> bool:
        """Tell whether nothing is known to be missing."""
        return not any(problem.lost for problem in self.problems)


def list_recordings(server: BbbServer, cache: Cache, *, compare: bool = False) -> Listing:
    """Ask the server for every recording, published or not, and keep the replies in the cache.

    An empty list is believed only when every part is empty too. `compare` lists in parts even when one call was
    enough, and reports what only one of the two ways gave. Raise RemoteError when the server cannot be reached, or
    brings out nothing at all, RemoteRefused when it refuses us, ConfigError when the cache cannot be written.
    """
    with cache.draft() as draft:
        taking = Taking(server, draft)
        taking.everything()
        whole = set(taking.found)
        if compare or not whole:
            in_parts = taking.parts()
            if compare and whole:
                taking.problems += _differences(whole, in_parts)
        entry = cache.keep(draft, taking.entry())
        return _listing(entry, taking.found, taking.problems, from_cache=False)


def cached_listing(cache: Cache) -> Listing:
    """Read the list that was kept last, without asking anybody. Raise ConfigError if there is none."""
    entry = cache.current()
    found: dict[str, Recording] = {}
    problems: list[Problem] = []
    for part in entry.parts:
        problems += read_reply(partial(entry.chunks, part), str(entry.folder / part.file), found)
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


def _differences(whole: set[str], in_parts: set[str]) -> list[Problem]:
    """Report the recordings that only one of the two ways gave; they are in the list."""
    return [
        *(Problem(record_id=i, what="not given when asked for by its recordID", lost=False) for i in whole - in_parts),
        *(Problem(record_id=i, what="not given when asked for everything", lost=False) for i in in_parts - whole),
    ]


def _listing(entry: Entry, found: dict[str, Recording], problems: list[Problem], *, from_cache: bool) -> Listing:
    """Put the list together."""
    gaps = [Problem(record_id=f"{prefix}…", what=f"could not be listed: {why}") for prefix, why in entry.gaps]
    return Listing(
        recordings=tuple(newest_first(merge.with_parents(found.values()))),
        problems=(*problems, *gaps),
        checksum=entry.checksum,
        calls=entry.calls,
        why_parts=entry.why_parts,
        taken_at=entry.taken_at,
        from_cache=from_cache,
    )
