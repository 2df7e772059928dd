"""Links deleted in Pod, lot after lot out of the ledger; and those that stood in with the administrator."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from bbbmig.apply import removing
from bbbmig.apply.links import LinkImport, found_in_pod, made_by_us, standing_in
from bbbmig.apply.removing import LinkRemoval, key_of
from bbbmig.domain.history import NOTHING, Effect, Entry, History, LinkKey, State
from bbbmig.domain.outcome import Status
from bbbmig.domain.owner import Owner
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import Link
from bbbmig.errors import LockLost, RemoteError
from bbbmig.pod.limits import POD
from tests.apply.fakes import SERVER, FakeMemory, FakePod
from tests.domain.recordings import BASE, record_id, recording
from tests.domain.remembered import YESTERDAY, linked


def link(number: int, owner: str = "jean", url: str = "") -> Link:
    address = url or f"{BASE}/playback/presentation/2.3/{record_id(str(number))}"
    return Link(
        id=number, name="", type="bigbluebutton", source_url=address, owner_username=owner, start_at=YESTERDAY, site=1
    )


def removal(pod: FakePod, memory: FakeMemory, history: History = NOTHING) -> LinkRemoval:
    return LinkRemoval(server=SERVER, links=pod, memory=memory, history=history)


def test_each_lot_is_out_of_the_ledger_as_soon_as_pod_has_it_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removing, "LOT", 2)
    pod, memory = FakePod(), FakeMemory()

    def fail_later() -> None:
        pod.fail = RemoteError("down") if pod.done else None

    pod.before = fail_later
    with pytest.raises(RemoteError):
        removal(pod, memory).remove([link(1), link(2), link(3)], why="because")
    assert pod.done == ["removed [1, 2]"]
    assert [(one.key, one.state, one.location, one.detail) for one in memory.written] == [
        (LinkKey.of(record_id(str(number)), "jean"), State.UNDONE, str(number), "because") for number in (1, 2)
    ]


def test_the_row_that_the_ledger_has_is_changed_however_pod_writes_the_name() -> None:
    memory = FakeMemory()
    removal(FakePod(), memory, History([linked(recording("1"), "Jean")])).remove([link(1, "JEAN")], why="")
    assert [one.target for one in memory.written] == ["Jean"]


def test_a_link_without_a_record_id_of_the_ledger_is_deleted_and_not_remembered() -> None:
    pod, memory = FakePod(), FakeMemory()
    long = f"{BASE}/playback/presentation/2.3/{'x' * 101}"
    assert removal(pod, memory).remove([link(1, url="https://x/"), link(2, url=long)], why="") == 2
    assert memory.written == []


def test_without_the_lock_nothing_is_deleted() -> None:
    pod = FakePod()
    with pytest.raises(LockLost):
        removal(pod, FakeMemory(lost=True)).remove([link(1)], why="")
    assert pod.done == []


ADMIN = Owner(username="admin", stand_in=True)
JEAN = Owner(username="jean")


def to_link(one: Recording, owner: Owner) -> Action:
    url = f"{BASE}/playback/presentation/2.3/{one.record_id}"
    return Action(kind=Kind.LINK, recording=one, target=owner.username, owner=owner, url=url, link_type="bigbluebutton")


def importing(pod: FakePod, memory: FakeMemory, lot: int = 2, **values: object) -> LinkImport:
    given = {
        "server": SERVER,
        "links": pod,
        "memory": memory,
        "user_of": pod.user_of,
        "limits": POD,
        "removal": removal(pod, memory),
        "lot": lot,
    }
    return LinkImport(**{**given, **values})  # type: ignore[arg-type] # fields


def actions(count: int, *, skipped: Iterable[int] = ()) -> list[Action]:
    made = [to_link(recording(str(number)), JEAN) for number in range(count)]
    left = set(skipped)
    return [
        replace(one, kind=Kind.SKIP, reason=Reason.UNPUBLISHED) if number in left else one
        for number, one in enumerate(made)
    ]


@pytest.mark.parametrize(
    ("count", "skipped", "lots"),
    [(4, (), ["2 links", "2 links"]), (5, (), ["2 links", "2 links", "1 links"]), (5, (0, 2), ["2 links", "1 links"])],
)
def test_no_request_has_more_links_than_pod_takes(count: int, skipped: tuple[int, ...], lots: list[str]) -> None:
    pod, memory = FakePod(), FakeMemory()
    outcomes = list(importing(pod, memory).carry_out(actions(count, skipped=skipped)))
    assert pod.done == lots
    assert [one.action.recording.title for one in outcomes] == [f"Meeting {number}" for number in range(count)]
    assert len(memory.written) == count - len(skipped)


def test_a_link_that_pod_refuses_fails_for_itself() -> None:
    pod, memory = FakePod(), FakeMemory()
    pod.refused = {actions(2)[1].url: "no"}
    good, bad = importing(pod, memory).carry_out(actions(2))
    assert (good.status, bad.status, bad.detail) == (Status.DONE, Status.FAILED, "Pod: no")
    assert [one.state for one in memory.written] == [State.DONE, State.FAILED]


def test_without_the_lock_no_link_is_made() -> None:
    pod = FakePod()
    with pytest.raises(LockLost):
        list(importing(pod, FakeMemory(lost=True)).carry_out(actions(1)))
    assert pod.done == []


def test_a_restored_link_without_record_id_is_made_and_not_remembered() -> None:
    pod, memory = FakePod(), FakeMemory()
    one = to_link(Recording(record_id="https://tube/" + "x" * 100), JEAN)
    (outcome,) = importing(pod, memory).carry_out([one])
    assert (outcome.status, memory.written) == (Status.DONE, [])


class TestStandIns:
    """The administrator has what is nobody's, as long as it is nobody's."""

    def test_they_are_known_by_a_field_and_not_by_a_sentence(self) -> None:
        memory = FakeMemory()
        list(importing(FakePod(), memory).carry_out([to_link(recording("1"), ADMIN), to_link(recording("2"), JEAN)]))
        assert [(one.target, one.stand_in) for one in memory.written] == [("admin", True), ("jean", False)]
        links = [link(1, "Admin"), link(2, "jean")]
        made = made_by_us(links, memory.history())
        assert standing_in(made, memory.history()) == {record_id("1"): links[0]}

    @pytest.mark.parametrize(
        "changed", [{"state": State.UNDONE}, {"stand_in": False}, {"location": "7"}, {"target": "jean"}]
    )
    def test_only_a_link_that_is_ours_and_still_there_is_one(self, changed: dict[str, object]) -> None:
        entry = replace(linked(recording("1"), "admin", location="1", stand_in=True), **changed)  # type: ignore[arg-type]
        history = History([entry])
        assert standing_in(made_by_us([link(1, "admin")], history), history) == {}

    def test_one_goes_when_its_owners_have_theirs_and_stays_when_one_has_not(self) -> None:
        for refused in (False, True):
            pod, memory = FakePod(), FakeMemory()
            owners = to_link(recording("1"), JEAN)
            going = Action(kind=Kind.UNLINK, recording=recording("1"), target="admin", url=owners.url)
            pod.refused = {owners.url: "no"} if refused else {}
            made = {LinkKey.of(record_id("1"), "admin"): link(9, "admin", owners.url)}
            _, outcome = importing(pod, memory, made=made).carry_out([owners, going])
            assert outcome.status is (Status.POSTPONED if refused else Status.DONE)
            assert ("removed [9]" in pod.done) is not refused


def test_links_that_pod_has_and_the_ledger_does_not_are_remembered() -> None:
    done, unknown = (replace(one, kind=Kind.SKIP, reason=Reason.ALREADY_DONE) for one in actions(2))
    history = History([linked(done.recording, "JEAN")])
    (entry,) = found_in_pod([done, unknown, actions(3)[2]], history)
    assert isinstance(entry, Entry)
    assert (entry.effect, entry.state, entry.record_id) == (Effect.LINK, State.DONE, unknown.recording.record_id)
    assert key_of(link(1, "JEAN")) == key_of(link(1, "jean"))
