"""What `publish` takes back of what `claim` gave: files that wait to be claimed, and that somebody is known to own."""

from collections.abc import Collection
from functools import partial

from bbbmig.apply.claims import look_into_found
from bbbmig.apply.taking import TakeBack, being_taken
from bbbmig.apply.video_file import FileMaker
from bbbmig.convert.install_file import install
from bbbmig.domain.claim_plan import given
from bbbmig.domain.history import Effect, History
from bbbmig.runs.recorder_directory import files_here
from bbbmig.runs.run import Run


def gave_to_claim(run: Run) -> bool:
    """Tell whether files of earlier runs may wait to be claimed, which somebody may be known to own by now."""
    history = run.adapters.ledger.history(run.server, Effect.CLAIM)
    return run.settings.has("recorder") and any(given(history, row.record_id) for row in history.of(Effect.CLAIM))


def still_waiting(run: Run, names: Collection[str] | None) -> Collection[str] | None:
    """Return which of these files lie in the recorder's directory now, or are on their way back; None for None."""
    if names is None:
        return None
    recorder = run.settings.recorder
    return set(names) & {*files_here(recorder), *being_taken(recorder.directory)}


def taking(run: Run, maker: FileMaker, history: History) -> TakeBack:
    """Put together what takes files back; `history` has what was given to be claimed."""
    recorder = run.settings.recorder
    return TakeBack(
        directory=recorder.directory,
        pod_directory=str(recorder.pod_directory),
        work=run.settings.converter.directory,
        recorder=run.adapters.recorder,
        look_into=partial(look_into_found, maker, history),
        install=install,
        server=run.server,
        memory=run.adapters.ledger,
        history=history,
    )
