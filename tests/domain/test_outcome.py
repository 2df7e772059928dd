"""What came out of a plan, in numbers and words."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.errors import ExitCode
from tests.domain.recordings import recording
from tests.domain.remembered import tally_of


def outcome(status: Status, reason: Reason | None = None) -> Outcome:
    kind = Kind.SKIP if status is Status.SKIPPED else Kind.LINK
    return Outcome(action=Action(kind=kind, recording=recording(), reason=reason), status=status)


@given(st.lists(st.sampled_from(Status)))
def test_one_failure_makes_the_exit_code_3_and_nothing_else_does(statuses: Iterable[Status]) -> None:
    tally = tally_of(*map(outcome, statuses))
    assert tally.total == len(list(statuses))
    assert tally.exit_code is (ExitCode.PARTIAL if Status.FAILED in statuses else ExitCode.DONE)


def test_what_waits_for_a_person_is_never_exit_code_0() -> None:
    tally = tally_of(outcome(Status.DONE), outcome(Status.SKIPPED, Reason.FAILED_BEFORE))
    assert tally.exit_code is ExitCode.PARTIAL
