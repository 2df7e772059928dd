"""Which external recordings nobody needs any more, because whoever has one has the video itself."""

from collections.abc import Mapping

from bbbmig.domain.history import Effect, Entry, History, LinkKey, State
from bbbmig.domain.owner import Ownership
from bbbmig.domain.person import folded
from bbbmig.domain.video_standing import Standing, Stands


def needless_links(
    history: History, stands: Mapping[LinkKey, Stands], owners: Mapping[str, Ownership], *, shared: bool
) -> list[Entry]:
    """Return the rows of links that bbbmig made for people who have that recording's video, and can play it.

    A link that stood in with the administrator goes, too. With `shared` videos, all of the recording's owners have the
    one of the first. `owners` is keyed by recordID.
    """
    have: dict[str, set[str]] = {}
    for (record_id, owner), how in stands.items():
        if how.standing is not Standing.PLAYABLE:
            continue
        named = [folded(one.username) for one in owners[record_id].owners] if record_id in owners else []
        with_it = set(named) if shared and owner in named else set()
        have.setdefault(record_id, set()).update({owner}, with_it)
    return [row for row in made(history) if _is_needless(row, have.get(row.record_id, set()))]


def made(history: History) -> list[Entry]:
    """Return the rows of links that bbbmig made, and of which Pod told the number."""
    return [row for row in history.of(Effect.LINK) if row.state is State.DONE and row.location.isdecimal()]


def _is_needless(row: Entry, have: set[str]) -> bool:
    return folded(row.target) in have or (row.stand_in and bool(have))
