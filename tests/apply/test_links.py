"""Links in lots: what a person whom Pod refuses costs."""

import traceback
from collections.abc import Iterable, Sequence

import pytest

from bbbmig.apply.links import LinkImport
from bbbmig.apply.removing import LinkRemoval
from bbbmig.domain.history import Entry
from bbbmig.domain.outcome import Status
from bbbmig.domain.owner import Owner
from bbbmig.domain.plan import Action, Kind
from bbbmig.domain.target import LinkRequest, LinkResult, User
from bbbmig.errors import RecordingFailed
from bbbmig.pod.limits import POD
from tests.domain.recordings import recording


class Nothing:
    """A Pod and a ledger that must not be asked for anything."""

    def create(self, links: Sequence[LinkRequest]) -> list[LinkResult]:
        raise AssertionError(links)

    def remove(self, ids: Sequence[int]) -> int:
        raise AssertionError(ids)

    def write(self, server: str, entries: Iterable[Entry]) -> None:
        raise AssertionError(server, entries)

    def check_lock(self, record_id: str = "") -> None:  # noqa: ARG002 - the port's name
        raise AssertionError


def test_a_person_whom_pod_refuses_is_asked_for_once_and_each_failure_stands_for_itself() -> None:
    asked: list[Owner] = []

    def refuse(owner: Owner) -> User:
        asked.append(owner)
        raise RecordingFailed("no such user", hint="create them")

    nothing = Nothing()
    removal = LinkRemoval(server="bbb", links=nothing, memory=nothing)
    work = LinkImport(server="bbb", links=nothing, memory=nothing, user_of=refuse, removal=removal, limits=POD)
    action = Action(
        kind=Kind.LINK, recording=recording(), target="jean", url="https://x/", owner=Owner(username="jean")
    )
    outcomes = list(work.carry_out([action] * 50))
    assert {(one.status, one.detail) for one in outcomes} == {(Status.FAILED, "no such user; create them")}
    assert len(asked) == 1
    depths = []
    for _ in range(3):
        with pytest.raises(RecordingFailed, match="no such user") as caught:
            work._owner_id(Owner(username="Jean"))
        depths.append(len(traceback.extract_tb(caught.value.__traceback__)))
    assert len(set(depths)) == 1  # one exception raised again and again would keep all frames of all of them
