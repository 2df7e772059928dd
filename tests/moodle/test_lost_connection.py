"""A connection that breaks in the middle: one new try, then nobody gets the recordings concerned."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pytest

from bbbmig.database.driver_errors import ConnectionLost
from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.errors import RemoteError, RemoteRefused
from bbbmig.moodle import owners as module
from bbbmig.moodle.moodle import Moodle
from bbbmig.moodle.owners import MoodleOwners
from tests.databases import GROUP, SERVERS, Server
from tests.moodle.proxy import Proxy, proxy_to
from tests.moodle.small import SmallMoodle, recording, rules
from tests.moodle.sources import Moodles, asking, source_of

RECORDINGS = tuple(recording(number) for number in range(100))
BATCH = 10


@dataclass(frozen=True)
class Remote:
    """A Moodle behind a proxy that can be cut."""

    owners: Moodles
    proxy: Proxy

    @property
    def moodle(self) -> MoodleOwners:
        """The one Moodle, which answers batch by batch."""
        return self.owners.owners[0]


@pytest.fixture(params=[pytest.param(engine, marks=GROUP) for engine in SERVERS])
def remote(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Remote]:
    monkeypatch.setattr(module, "BATCH", BATCH)
    server: Server = request.getfixturevalue(f"{request.param}_server")
    moodle = SmallMoodle(participants=rules(("user", "50")))
    moodle.user(50, "prof")
    with (
        server.empty_database() as url,
        proxy_to(str(url.host), int(url.port or 0)) as proxy,
        asking([source_of(moodle.fill(url), port=proxy.port)]) as owners,
    ):
        yield Remote(owners, proxy)


def test_a_connection_that_breaks_once_is_made_anew(remote: Remote) -> None:
    results = remote.moodle.find(RECORDINGS)
    found = [next(results)]
    remote.proxy.cut()
    found += results
    assert Counter(result.finding for result in found) == {Finding.FOUND: 100}
    assert remote.proxy.connections == 2


def test_when_it_stays_broken_the_recordings_concerned_have_no_owner_and_say_why(remote: Remote) -> None:
    results = remote.moodle.find(RECORDINGS)
    found = [next(results)]
    remote.proxy.cut(refuse=True)
    found += results
    assert Counter(result.finding for result in found) == {Finding.FOUND: BATCH, Finding.FAILED: 90}
    failed = [result for result in found if result.finding is Finding.FAILED]
    assert {result.owners for result in failed} == {()}
    assert all(result.detail.startswith("moodle default: ") for result in failed)
    assert {result.record_id for result in found} == {one.record_id for one in RECORDINGS}
    assert remote.proxy.refused == 1, "a new try for each batch would wait for the time limit each time"


def test_a_moodle_that_cannot_be_reached_at_all_is_an_error_before_anything_is_done(remote: Remote) -> None:
    remote.proxy.cut(refuse=True)
    with pytest.raises(RemoteError):
        remote.owners.find(RECORDINGS)


@pytest.mark.parametrize("error", [ConnectionLost("broke"), RemoteRefused("denied"), RemoteError("late")])
def test_one_bad_batch_does_not_spoil_the_others(
    remote: Remote, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    real, calls = Moodle.answers, 0

    def answers(self: Moodle, batch: Sequence[Recording], parents: Mapping[str, Recording]) -> list[Ownership]:
        nonlocal calls
        if batch[0] is RECORDINGS[20]:
            calls += 1
            raise error
        return real(self, batch, parents)

    monkeypatch.setattr(Moodle, "answers", answers)
    found: dict[str, Ownership] = {result.record_id: result for result in remote.owners.find(RECORDINGS)}
    failed = [number for number, one in enumerate(RECORDINGS) if found[one.record_id].finding is Finding.FAILED]
    assert failed == list(range(20, 30))
    assert {found[RECORDINGS[number].record_id].detail for number in failed} == {str(error)}
    assert calls == (2 if isinstance(error, ConnectionLost) else 1)
