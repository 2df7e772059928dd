"""The states of the old server's recordings: everything is asked that decides, and nothing changed."""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bbbmig.bbb.listing import Listing
from bbbmig.domain.exclusion import Exclusion
from bbbmig.domain.history import Effect, History
from bbbmig.domain.owner import Ownership
from bbbmig.domain.recording import Recording
from bbbmig.domain.state_rules import PodNow, StateRules
from bbbmig.errors import RemoteError, RemoteRefused
from bbbmig.runs import delivered, recorder_directory
from bbbmig.runs.owner_sources import NONE
from bbbmig.runs.owners import OwnerSearch
from bbbmig.runs.pod_now import pod_now
from bbbmig.runs.run import Run

log = logging.getLogger(__name__)

KINDS = (*delivered.KINDS, Effect.LINK)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersWanted:
    """Whom to ask whose recordings are: names of owner sources (none: all), an owners file instead of the settings'."""

    owners_from: tuple[str, ...] = ()
    owners_file: Path | None = None


def whose_are(
    run: Run, wanted: OwnersWanted, chosen: Sequence[Recording], everything: Sequence[Recording]
) -> Mapping[str, Ownership]:
    """Return whose recordings are; a source that cannot be asked is said, and leaves only what people decided.

    Raise ConfigError for wrong names and files.
    """
    search = OwnerSearch(run.adapters, sources=wanted.owners_from, owners_file=wanted.owners_file, pod_meetings=False)
    if not search.asked:
        return {}
    try:
        return search.find(chosen, everything)
    except (RemoteError, RemoteRefused) as error:
        log.warning("owners are told as far as the owners file has them: %s", error.message)
    only_file = OwnerSearch(run.adapters, sources=[NONE], owners_file=wanted.owners_file, pod_meetings=False)
    return only_file.find(chosen, everything) if only_file.asked else {}


def rules_of(
    run: Run, history: History, pod: PodNow | None, ownership: Mapping[str, Ownership], recordings: Sequence[Recording]
) -> StateRules:
    """Put together what decides about these recordings."""
    settings = run.settings
    return StateRules(
        history=history,
        pod=pod,
        now=datetime.now(UTC),
        ownership=ownership,
        files=recorder_directory.sizes_here(settings.recorder) if settings.has("recorder") else None,
        administrator=settings.pod.administrator,
        ignored_servers=settings.bbb.ignored_servers,
        excluded=Exclusion(settings.choose.exclude).of(recordings, ownership),
        converters=bool(run.adapters.converters),
        sources=settings.converter.sources,
        encoding=timedelta(hours=settings.publish.encoding_hours),
    )


def known_of(run: Run, wanted: OwnersWanted, listing: Listing, chosen: Collection[Recording]) -> StateRules:
    """Ask the ledger, Pod, the directory and the owner sources about chosen recordings. Raises as `pod_now`."""
    chosen = tuple(chosen)
    ownership = whose_are(run, wanted, chosen, listing.recordings)  # first: the search itself takes most room
    history = run.adapters.ledger.history(run.server, *KINDS)
    pod = pod_now(run, history, {one.record_id for one in chosen})
    return rules_of(run, history, pod, ownership, chosen)
