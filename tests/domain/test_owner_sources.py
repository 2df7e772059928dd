"""Which owner source is asked about a recording, and what several say together: values, no databases."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.owner_sources import OwnerSource, Router, find_owners
from bbbmig.domain.recording import Origin, Recording
from bbbmig.errors import RemoteError


@dataclass
class Letters:
    """A source that knows the owner of some recordings, fails with others, and stays silent about the rest."""

    name: str
    servers: Mapping[str, bool | None]
    people: Mapping[str, str] = field(default_factory=dict)
    broken: Sequence[str] = ()
    asked: list[str] = field(default_factory=list)
    reached: int = 0
    down: bool = False

    def serves(self, server: str) -> bool | None:
        return self.servers.get(server, False)

    def reach(self) -> None:
        self.reached += 1
        if self.down:
            raise RemoteError(f"{self.name}: not there")

    def usernames(self) -> set[str]:
        return set(self.people.values())

    def find(self, recordings: Sequence[Recording], *, among: Iterable[Recording]) -> Iterator[Ownership]:
        assert {one.record_id for one in recordings} <= {one.record_id for one in among}
        for one in recordings:
            self.asked.append(one.record_id)
            if one.record_id in self.broken:
                yield Ownership(record_id=one.record_id, finding=Finding.FAILED, detail="broke", proven=False)
            elif one.record_id in self.people:
                owners = tuple(Owner(username=name) for name in self.people[one.record_id].split())
                found = Finding.FOUND if owners else Finding.NOBODY
                yield Ownership(record_id=one.record_id, finding=found, owners=owners, source=self.name)


def recordings(**servers: str) -> list[Recording]:
    return [Recording(record_id=one, origin=Origin(server_name=server)) for one, server in servers.items()]


def found(listed: Sequence[Recording], *sources: Letters, not_asked: Sequence[Letters] = ()) -> dict[str, Ownership]:
    router: Router[OwnerSource] = Router(sources, not_asked=not_asked, ignored_servers=["IGNORED.fr."])
    results = list(find_owners(listed, router, among=listed))
    assert len(results) == len(listed)
    return {one.record_id: one for one in results}


def test_each_source_is_asked_about_its_own_servers_alone() -> None:
    moodle = Letters("moodle", {"moodle.fr": True}, {"a": "zoe"})
    greenlight = Letters("greenlight", {"visio.fr": True}, {"b": "jean"})
    results = found(recordings(a="Moodle.FR.", b="visio.fr"), moodle, greenlight)
    assert (moodle.asked, greenlight.asked) == (["a"], ["b"])
    assert {one: result.owners[0].username for one, result in results.items()} == {"a": "zoe", "b": "jean"}


def test_nobody_of_one_source_is_no_unknown_server_of_another() -> None:
    moodle = Letters("moodle", {"moodle.fr": True, "": None})
    greenlight = Letters("greenlight", {"visio.fr": True}, {"b": ""})
    results = found(recordings(b="visio.fr", silent="visio.fr"), moodle, greenlight)
    assert {result.finding for result in results.values()} == {Finding.NOBODY}
    assert moodle.asked == []
    assert "greenlight" in results["silent"].detail


def test_a_source_that_can_only_look_is_asked_about_what_no_other_serves() -> None:
    moodle = Letters("moodle", {"moodle.fr": True})
    looks = Letters("greenlight", {"": None, "old.fr": None, "moodle.fr": None}, {"b": "jean", "c": "anna"})
    results = found(recordings(a="moodle.fr", b="old.fr", c="", d="old.fr"), moodle, looks)
    assert looks.asked == ["b", "c", "d"]
    assert [results[one].finding for one in "abcd"] == [
        Finding.NOBODY,
        Finding.FOUND,
        Finding.FOUND,
        Finding.UNKNOWN_SERVER,
    ]


def test_a_source_that_failed_is_not_one_that_found_nobody() -> None:
    first = Letters("first", {"both.fr": True, "its.fr": True}, broken="abc")
    second = Letters("second", {"both.fr": True}, {"b": "jean"})
    results = found(recordings(a="both.fr", b="both.fr", c="its.fr", d="its.fr"), first, second)
    assert [results[one].finding for one in "abcd"] == [
        Finding.FAILED,
        Finding.FOUND,
        Finding.FAILED,
        Finding.NOBODY,
    ]


def test_the_servers_of_a_source_that_is_left_out_are_not_unknown() -> None:
    results = found(
        recordings(a="moodle.fr", b="nowhere.fr", c="ignored.fr"),
        Letters("greenlight", {"visio.fr": True}),
        not_asked=[Letters("moodle", {"moodle.fr": True})],
    )
    assert [results[one].finding for one in "abc"] == [
        Finding.NOT_SEARCHED,
        Finding.UNKNOWN_SERVER,
        Finding.IGNORED_SERVER,
    ]


def test_sources_concerned_are_reached_before_the_first_result_and_no_others() -> None:
    here, down, idle = (Letters(name, {f"{name}.fr": True}) for name in ("here", "down", "idle"))
    down.down = True
    listed = recordings(a="here.fr", b="down.fr")
    router: Router[OwnerSource] = Router([here, down, idle])
    with pytest.raises(RemoteError):
        find_owners(listed, router, among=listed)
    assert (here.asked, idle.reached) == ([], 0)
