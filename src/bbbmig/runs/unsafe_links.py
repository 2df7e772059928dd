"""Which links to the old server are all that Pod has of their recordings."""

from collections.abc import Collection, Sequence

from bbbmig.domain.file_names import short_id, short_id_in
from bbbmig.domain.give_up import all_given_up
from bbbmig.domain.playback_url import record_id_in
from bbbmig.domain.target import Link
from bbbmig.domain.video_standing import Standing
from bbbmig.runs import delivered, recorder_directory
from bbbmig.runs.run import Run

_THERE = (Standing.PLAYABLE, Standing.BEING_ENCODED)


def without_video(run: Run, links: Sequence[Link]) -> list[Link]:
    """Choose the links whose recordings have no video in Pod: none published, none claimed, no file to be claimed.

    What the ledger calls published is asked of Pod; a video that was never encoded or is gone does not count. What Pod
    cannot tell counts as not there, and what was given up needs none. Raise RemoteError or RemoteRefused as Pod does.
    """
    ids = {link.id: record_id_in(link.source_url) for link in links}
    safe = _published(run, set(ids.values()))
    files = _short_ids_of_files(run)
    return [link for link in links if ids[link.id] not in safe and short_id(ids[link.id]) not in files]


def _published(run: Run, record_ids: Collection[str]) -> set[str]:
    history = run.adapters.ledger.history(run.server, *delivered.KINDS)
    stands = delivered.stands_of(run, history, record_ids)
    return {key.record_id for key, one in stands.items() if one.standing in _THERE} | all_given_up(history)


def _short_ids_of_files(run: Run) -> set[str]:
    """Return the short ids of the files that Pod's recorder has, where the settings name one."""
    if not run.settings.has("recorder"):
        return set()
    return {short_id_in(name) for name in recorder_directory.names_in_pod(run)} - {""}
