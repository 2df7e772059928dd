"""Delete external recordings in Pod, each lot out of the ledger as soon as Pod has it no more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bbbmig.apply.ports import Memory
from bbbmig.domain.history import NOTHING, RECORD_ID_LENGTH, Effect, Entry, History, LinkKey, State
from bbbmig.domain.playback_url import record_id_in
from bbbmig.domain.target import Link

LOT = 1000
"""Links in one request."""


class LinkRemover(Protocol):
    """Deletes external recordings in Pod."""

    def remove(self, ids: Sequence[int]) -> int:
        """Delete the links of these numbers; return how many there were."""
        ...


def key_of(link: Link) -> LinkKey:
    """Return what makes a link one of a kind; its recordID is "" if its address has none."""
    return LinkKey.of(record_id_in(link.source_url), link.owner_username)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRemoval:
    """Deletes links. `server` is the old server's name in the ledger, `history` its rows of links."""

    server: str
    links: LinkRemover
    memory: Memory
    history: History = NOTHING

    def remove(self, links: Sequence[Link], *, why: str) -> int:
        """Delete these, and write down why; return how many there were. Raise RemoteError or RemoteRefused as Pod does.

        What is written down is not created again by itself: its row in the ledger says "undone".
        """
        deleted = 0
        for start in range(0, len(links), LOT):
            lot = links[start : start + LOT]
            self.memory.check_lock()
            deleted += self.links.remove([link.id for link in lot])
            self.memory.write(self.server, self._entries(lot, why))
        return deleted

    def _entries(self, links: Iterable[Link], why: str) -> list[Entry]:
        """Return a row for each recording and owner."""
        gone = {key_of(link): link for link in links}
        return [
            Entry(
                record_id=key.record_id,
                effect=Effect.LINK,
                target=self._target(key, link),
                state=State.UNDONE,
                location=str(link.id),
                detail=why,
            )
            for key, link in gone.items()
            if 0 < len(key.record_id) <= RECORD_ID_LENGTH  # what is longer in an address is not a recordID
        ]

    def _target(self, key: LinkKey, link: Link) -> str:
        """Name the owner as the ledger does, so that its row is changed."""
        before = self.history.entry(Effect.LINK, *key)
        return link.owner_username if before is None else before.target
