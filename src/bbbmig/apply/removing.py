"""Delete external recordings in Pod, each lot out of the ledger as soon as Pod has it no more."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bbbmig.apply.ports import Memory
from bbbmig.domain.link_plan import Key
from bbbmig.domain.playback_url import record_id_in
from bbbmig.ledger import Effect, Entry, State
from bbbmig.pod.links import PodLink

LOT = 1000
"""Links in one request."""
_RECORD_ID_LENGTH = 100
"""Longest in the ledger; what is longer in an address is no recordID."""


class LinkRemover(Protocol):
    """Deletes external recordings in Pod."""

    def remove(self, *, ids: Sequence[int], dry: bool) -> int:
        """Delete the links of these numbers; give how many there were."""
        ...


def key_of(link: PodLink) -> Key:
    """Give what makes a link one of a kind: recordID ("" if its address has none) and owner in lower case."""
    return record_id_in(link.source_url), link.owner_username.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRemoval:
    """Deletes links. `server` is the old server's name in the ledger, `targets` its names of the owners of links."""

    server: str
    links: LinkRemover
    memory: Memory
    targets: Mapping[Key, str] = field(default_factory=dict)

    def remove(self, links: Sequence[PodLink], *, why: str) -> int:
        """Delete these, and write down why; give how many there were. Raise RemoteError or RemoteRefused as Pod does.

        What is written down is not created again by itself: its row in the ledger says "undone".
        """
        deleted = 0
        for start in range(0, len(links), LOT):
            lot = links[start : start + LOT]
            deleted += self.links.remove(ids=[link.id for link in lot], dry=False)
            self.memory.write(self.server, Effect.LINK, self._entries(lot, why))
        return deleted

    def _entries(self, links: Iterable[PodLink], why: str) -> list[Entry]:
        """Give a row for each recording and owner."""
        gone = {key_of(link): link for link in links}
        return [
            Entry(
                record_id=key[0],
                target=self.targets.get(key, link.owner_username),
                state=State.UNDONE,
                place=str(link.id),
                detail=why,
            )
            for key, link in gone.items()
            if 0 < len(key[0]) <= _RECORD_ID_LENGTH
        ]
