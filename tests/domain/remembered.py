"""What the ledger may say of recordings, for the tests of decisions."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from bbbmig.domain.history import Effect, Entry, State
from bbbmig.domain.outcome import Outcome, Tally
from bbbmig.domain.recording import Recording

YESTERDAY = datetime(2024, 1, 2, 12, tzinfo=UTC)


def entry(effect: Effect, one: Recording, target: str = "", state: State = State.DONE, **values: Any) -> Entry:  # noqa: ANN401 - fields
    """A row of one effect on a recording, of yesterday."""
    return Entry(
        **{"record_id": one.record_id, "effect": effect, "target": target, "state": state, "at": YESTERDAY, **values}
    )


linked = partial(entry, Effect.LINK)
claimed = partial(entry, Effect.CLAIM)
published = partial(entry, Effect.PUBLISH)


def tally_of(*outcomes: Outcome) -> Tally:
    """Outcomes counted."""
    tally = Tally()
    for outcome in outcomes:
        tally.add(outcome)
    return tally
