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
from bbbmig.runs.owner_sources import NONE, chosen_sources
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnersTold:
    """Whose recordings are, by recordID, and the sources that could not be asked; nothing if none is configured."""

    ownership: Mapping[str, Ownership]
    failed: Sequence[str] = ()


def owners_told(
    run: Run, wanted: OwnersWanted, chosen: Sequence[Recording], everything: Sequence[Recording]
) -> OwnersTold:
    """Return whose recordings are; a source that cannot be asked is said and left out, the others are asked.

    Raise ConfigError for wrong names and files.
    """
    names = wanted.owners_from or tuple(run.settings.owner_sources)
    failed: dict[str, str] = {}
    while True:
        asked = [name for name in names if name not in failed]
        try:
            search = OwnerSearch(
                run.adapters, sources=asked or [NONE], owners_file=wanted.owners_file, pod_meetings=False
            )
            found = search.find(chosen, everything) if search.asked else {}
        except (RemoteError, RemoteRefused) as error:
            if not asked:
                raise
            failed |= _silent(run, asked) or dict.fromkeys(asked, error.message)
        else:
            for name, why in failed.items():
                log.warning("nobody is told whose recordings of %s are: %s", name, why)
            return OwnersTold(ownership=found, failed=tuple(failed))


def _silent(run: Run, names: Sequence[str]) -> dict[str, str]:
    """Return which of these sources cannot be reached, and why."""
    found = {}
    for name in names:
        try:
            for source in chosen_sources(run.adapters, [name]).asked:
                source.reach()
        except (RemoteError, RemoteRefused) as error:
            found[name] = error.message
    return found


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
    ownership = owners_told(
        run, wanted, chosen, listing.recordings
    ).ownership  # first: the search itself takes most room
    history = run.adapters.ledger.history(run.server, *KINDS)
    pod = pod_now(run, history, {one.record_id for one in chosen})
    return rules_of(run, history, pod, ownership, chosen)
