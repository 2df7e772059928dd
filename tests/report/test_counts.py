"""The counts of a run, in words."""

import pytest

from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.report import sentences
from tests.domain.recordings import recording
from tests.domain.remembered import tally_of


def outcome(status: Status, reason: Reason | None = None) -> Outcome:
    kind = Kind.SKIP if status is Status.SKIPPED else Kind.LINK
    return Outcome(action=Action(kind=kind, recording=recording(), reason=reason), status=status)


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ([], "0 done, 0 failed"),
        ([outcome(Status.DONE)] * 2, "2 done, 0 failed"),
        ([outcome(Status.PLANNED), outcome(Status.FAILED)], "1 planned, 1 failed"),
        ([outcome(Status.DONE), outcome(Status.POSTPONED)], "1 done, 0 failed, 1 postponed"),
        (
            [outcome(Status.DONE), outcome(Status.SKIPPED, Reason.FAILED_BEFORE)],
            "1 done, 1 skipped, 0 failed (1 failed before)",
        ),
        (
            [outcome(Status.SKIPPED, Reason.ALREADY_DONE)] * 2 + [outcome(Status.SKIPPED, Reason.UNPUBLISHED)],
            "0 done, 3 skipped, 0 failed (2 already done, 1 unpublished)",
        ),
    ],
)
def test_the_counts_are_said_in_words(outcomes: list[Outcome], words: str) -> None:
    assert sentences.counts(tally_of(*outcomes)) == words
