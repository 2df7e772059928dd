"""After `publish`: the links of recordings whose videos play are deleted, or people would import them once more."""

import logging
from collections.abc import Mapping, Sequence

from bbbmig.apply.removing import LinkRemoval, key_of
from bbbmig.domain.history import Effect
from bbbmig.domain.needless_links import made, needless_links
from bbbmig.domain.owner import Ownership
from bbbmig.domain.recording import Recording
from bbbmig.runs import delivered
from bbbmig.runs.run import Run

log = logging.getLogger(__name__)


def remove_needless_links(run: Run, chosen: Sequence[Recording], whose: Mapping[str, Ownership]) -> None:
    """Delete the links that bbbmig made for those who have the video now; in a dry run, only count them.

    Pod is asked once more how the videos stand, since some are new. A link that is not what the ledger remembers under
    its number is left alone. Raise RemoteError or RemoteRefused as Pod does.
    """
    adapters = run.adapters
    if run.settings.publish.links == "keep":
        return
    history = adapters.ledger.history(run.server, *delivered.KINDS, Effect.LINK)
    linked = {row.record_id for row in made(history)} & {one.record_id for one in chosen}
    if not linked:
        return
    stands = delivered.stands_of(run, history, linked)
    shared = run.settings.publish.co_owners == "additional"
    rows = {int(row.location): row.key for row in needless_links(history, stands, whose, shared=shared)}
    links = [link for link in adapters.links.all() if rows.get(link.id) == key_of(link)] if rows else []
    if links and run.dry:
        log.info("%d external recordings would be deleted, whose videos are in Pod", len(links))
    elif links:
        work = LinkRemoval(server=run.server, links=adapters.links, memory=adapters.ledger, history=history)
        count = work.remove(links, why="its video is in Pod")
        log.info("%d external recordings deleted: their videos are in Pod", count)
