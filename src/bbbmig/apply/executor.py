"""Actions one after another or side by side: how each ends, when to give up, when to begin no more."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent import futures

from bbbmig.apply.stop_conditions import StopConditions
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Kind
from bbbmig.errors import BbbmigError, LeaseLost, RecordingFailed, RemoteError

log = logging.getLogger(__name__)

CarryOut = Callable[[Action], Outcome]
"""Carries out one action. Raises RecordingFailed or RemoteError if only this one failed; others end the run."""

FAILURES_IN_A_ROW = 5
"""So many failing servers one after another mean that a server is gone, not that a recording is broken."""

_ABOUT_ONE = (RecordingFailed, RemoteError, LeaseLost)
"""Errors that are about one recording alone, as long as they are few."""

PATIENCE_S = 15.0
"""How long a stop waits for what is at work: downloads end at once, converters within ten seconds."""


def planned(actions: Iterable[Action]) -> Iterator[Outcome]:
    """Say what would come out, without doing anything: a dry run."""
    for action in actions:
        yield without_effect(action) or Outcome(action=action, status=Status.PLANNED)


def without_effect(action: Action) -> Outcome | None:
    """Return the outcome of an action that does nothing, None if it does something."""
    if action.effective:
        return None
    return Outcome(action=action, status=Status.SKIPPED if action.kind is Kind.SKIP else Status.FAILED)


def failed(action: Action, error: BbbmigError) -> Outcome:
    """Return the outcome of an action that ended with this error."""
    hint = f"; {error.hint}" if error.hint else ""
    return Outcome(action=action, status=Status.FAILED, detail=f"{error.message}{hint}")


def side_by_side(
    actions: Iterable[Action],
    carry_out: CarryOut,
    *,
    jobs: int,
    stop: threading.Event,
    limits: StopConditions | None = None,
) -> Iterator[Outcome]:
    """Carry out actions, so many at once, and give outcomes as they come.

    Once a limit is reached, no more are begun: the rest is postponed. Errors that are not about one recording, and too
    many failing servers in a row, are raised after the actions at work have ended. However this ends, `stop` is set;
    what does not end soon after that is left behind, as by `kill -9`: for this program's end, and the next run.
    """
    limits = limits or StopConditions()
    waiting = iter(actions)
    at_work: dict[futures.Future[Outcome], Action] = {}
    in_a_row = 0
    last_straw: BbbmigError | None = None
    try:
        while True:
            while len(at_work) < jobs and (action := next(waiting, None)) is not None:
                outcome = without_effect(action) or _postponed(action, limits)
                if outcome is not None:
                    yield outcome
                else:
                    at_work[_begun(carry_out, action)] = action
            if not at_work:
                break
            ended = futures.wait(at_work, return_when=futures.FIRST_COMPLETED).done
            # What ends the run comes last: whatever else has ended is in the ledger, and must be said.
            for future in sorted(ended, key=_ends_the_run):
                action = at_work.pop(future)
                outcome, error = _result(future, action)
                limits.count(outcome)
                in_a_row = in_a_row + 1 if isinstance(error, RemoteError) else 0
                last_straw = last_straw or (error if in_a_row >= FAILURES_IN_A_ROW else None)
                yield outcome
            if last_straw is not None:
                raise last_straw
    finally:
        stop.set()
        for late in futures.wait(at_work, PATIENCE_S).not_done:
            log.warning("%s does not stop: leaving it to the next run", at_work[late].recording.record_id)


def _begun(carry_out: CarryOut, action: Action) -> futures.Future[Outcome]:
    """Begin in a thread that the program's end does not wait for: a server may be silent for minutes."""
    future: futures.Future[Outcome] = futures.Future()

    def body() -> None:
        try:
            future.set_result(carry_out(action))
        except BaseException as error:  # noqa: BLE001 - raised again by whoever asks for the result
            future.set_exception(error)

    threading.Thread(target=body, name=f"job {action.recording.record_id}", daemon=True).start()
    return future


def _ends_the_run(future: futures.Future[Outcome]) -> bool:
    """Tell whether an action that has ended was ended by something that is not about it alone."""
    error = future.exception()
    return error is not None and not isinstance(error, _ABOUT_ONE)


def _postponed(action: Action, limits: StopConditions) -> Outcome | None:
    """Leave an action to the next run when a limit is reached."""
    why = limits.reached()
    return Outcome(action=action, status=Status.POSTPONED, detail=why) if why else None


def _result(future: futures.Future[Outcome], action: Action) -> tuple[Outcome, BbbmigError | None]:
    """Read how an action ended. Raise what is not about this recording alone."""
    try:
        return future.result(), None
    except _ABOUT_ONE as error:
        log.debug("%s", action.recording.record_id, exc_info=error)
        if isinstance(error, LeaseLost):
            return Outcome(action=action, status=Status.POSTPONED, detail=error.message), error
        return failed(action, error), error
