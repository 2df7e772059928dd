"""Whose a recording is that was made from Pod: by meetingID, by its number after a rename, of this Pod only."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.recording import Origin, Recording
from bbbmig.domain.target import User
from bbbmig.errors import RemoteError
from bbbmig.pod.client import PodServer
from bbbmig.pod.meetings import Meetings, PodMeeting, may_be_of_pod, owners_by_meeting
from bbbmig.pod.users import Users
from tests.pod.conftest import Connect
from tests.pod.proxy import proxy

STAFFONLY = 3
ROUTE = "/rest/meeting_session/"
OURS = ("pod.univ.example",)
COURSE = PodMeeting(
    id=15,
    name="Cours d'été",
    meeting_id="0015-cours-dete",
    owner_id=34,
    created=datetime(2021, 1, 4, tzinfo=UTC),
)
JEAN = User(
    id=34, username="Jean.Dupont", first_name="Jean", last_name="Dupont", email="jd@univ.example", is_staff=True
)


def people(ids: Any) -> dict[int, User]:  # noqa: ANN401
    return {one: JEAN for one in ids if one == JEAN.id}


def recording(meeting_id: str = "0015-cours-dete", callback: str | None = None, **changes: Any) -> Recording:  # noqa: ANN401
    """A recording of 6 May 2023; its callback leads to this Pod unless said otherwise, "": there is none."""
    url = f"https://pod.univ.example/meeting/end_callback/{meeting_id}/" if callback is None else callback
    metadata = {"endcallbackurl": url} if url else {}
    values: dict[str, Any] = {"record_id": "r" * 40 + "-1683376200000", "meeting_id": meeting_id, "metadata": metadata}
    return Recording(**{**values, "start": datetime(2023, 5, 6, 12, 30, tzinfo=UTC), **changes})


def owner_of(one: Recording, *meetings: PodMeeting) -> Ownership | None:
    return owners_by_meeting([one], meetings or [COURSE], people, hosts=OURS).get(one.record_id)


def test_the_owner_of_the_meeting_is_found() -> None:
    one = recording()
    owner = Owner(
        username="Jean.Dupont",
        first_name="Jean",
        last_name="Dupont",
        email="jd@univ.example",
        why="owner of Pod's meeting 0015-cours-dete",
        confidence=Confidence.LIKELY,
    )
    assert owner_of(one) == Ownership(
        record_id=one.record_id, finding=Finding.FOUND, owners=(owner,), source="pod", activity="Cours d'été"
    )


def test_after_a_rename_the_number_tells() -> None:
    found = owner_of(recording("0015-cours-14"))
    assert found is not None
    assert found.owners[0].username == "Jean.Dupont"
    assert found.owners[0].why == "owner of Pod's meeting 0015-cours-14, now 0015-cours-dete"


@pytest.mark.parametrize(
    "callback",
    [
        "https://other.univ.example/meeting/end_callback/0015-cours-dete/",
        "https://pod.univ.example.evil.example/meeting/end_callback/0015-cours-dete/",
        "https://pod.univ.example:8443/meeting/end_callback/0015-cours-dete/",
        "https://pod.univ.example//meeting_ended",
        "http://[broken",
    ],
)
@pytest.mark.parametrize("meeting_id", ["0015-cours-dete", "0015-cours-14"])
def test_a_recording_of_another_pod_or_program_is_left_to_others(meeting_id: str, callback: str) -> None:
    assert owner_of(recording(meeting_id, callback)) is None


@pytest.mark.parametrize(
    "callback",
    [
        "http://POD.univ.example/meeting/end_callback/0015-cours-dete",
        "https://pod.univ.example:443/x/meeting/end_callback/1/",
    ],
)
def test_ways_to_write_the_address_do_not_matter(callback: str) -> None:
    assert owner_of(recording("0015-cours-dete", callback)) is not None


def test_the_key_of_the_callback_may_be_written_in_capitals() -> None:
    url = "https://pod.univ.example/meeting/end_callback/0015-old/"
    assert owner_of(recording("0015-old", "", metadata={"endCallbackUrl": url})) is not None


def test_the_meeting_id_may_be_in_the_callback_only() -> None:
    url = "https://pod.univ.example/meeting/end_callback/0015-cours-dete/"
    assert owner_of(recording(callback=url, meeting_id="")) is not None


def test_without_a_callback_an_equal_meeting_id_is_doubtful_and_a_number_nothing() -> None:
    found = owner_of(recording(callback=""))
    assert found is not None
    assert found.owners[0].confidence is Confidence.DOUBTFUL
    assert "does not say of which Pod" in found.owners[0].why
    assert owner_of(recording("0015-cours-14", "")) is None


@pytest.mark.parametrize("callback", [None, ""])
def test_a_recording_with_an_origin_is_not_made_from_pod(callback: str | None) -> None:
    assert owner_of(recording(callback=callback, origin=Origin(name="Moodle"))) is None


@pytest.mark.parametrize("meeting_id", ["", "15-cours", "cours", "a" * 40 + "-12-3", "random-1234567"])
def test_other_meeting_ids_are_not_pods(meeting_id: str) -> None:
    assert owner_of(recording(meeting_id, "https://pod.univ.example/meeting/end_callback//")) is None


@pytest.mark.parametrize(
    ("one", "may_be"),
    [
        (recording(), True),
        (recording("0015-cours-14"), True),
        (recording(callback=""), True),
        (recording(callback="https://other.univ.example/meeting/end_callback/0015-cours-dete/"), True),
        (recording(callback="https://pod.univ.example//meeting_ended"), False),
        (recording("a" * 40 + "-12-3"), False),
        (recording(origin=Origin(name="Moodle")), False),
    ],
)
def test_what_cannot_be_of_a_pod_is_told_without_asking(one: Recording, may_be: bool) -> None:  # noqa: FBT001
    assert may_be_of_pod(one) is may_be


def test_a_meeting_that_is_gone_has_nobody_and_says_so() -> None:
    one = recording("0016-autre")
    assert owner_of(one) == Ownership(
        record_id=one.record_id,
        finding=Finding.NOBODY,
        detail="Pod's meeting 0016-autre does not exist any more",
        source="pod",
    )
    gone = PodMeeting(id=15, name="x", meeting_id="0015-cours-dete", owner_id=99)
    found = owner_of(recording(), gone)
    assert found is not None
    assert (found.finding, found.owners) == (Finding.NOBODY, ())


def test_a_number_that_was_given_again_is_not_the_same_meeting() -> None:
    found = owner_of(recording(start=datetime(2020, 5, 6, tzinfo=UTC), record_id="hand-made"))
    assert found is not None
    assert found.finding is Finding.NOBODY
    assert owner_of(recording(callback="", start=datetime(2020, 5, 6, tzinfo=UTC), record_id="hand-made")) is None


class TestInPod:
    """With the sample Pod."""

    def test_end_to_end(self, sample_pod: SamplePod, server: PodServer) -> None:
        for number in range(30):
            sample_pod.create(
                "meeting.Meeting", name=f"Cours {number}", owner_id=STAFFONLY, created_at="2021-01-04T00:00Z"
            )
        meetings = Meetings(server)
        sample_pod.client().patch(f"{ROUTE}15/", json={"name": "Cours d'été"}).raise_for_status()
        found = meetings.all()
        assert len(found) == 30
        assert meetings.hosts() == {server.host, "pod.localhost"}
        old = recording("0015-cours-14", "https://pod.localhost/meeting/end_callback/0015-cours-14/")
        owners = owners_by_meeting([old], found, Users(server).by_id, hosts=meetings.hosts())
        assert [owner.username for owner in owners[old.record_id].owners] == ["staffonly"]

    def test_they_are_read_once_and_nobody_is_looked_up_in_vain(self, sample_pod: SamplePod, server: PodServer) -> None:
        sample_pod.create("meeting.Meeting", name="Cours", owner_id=STAFFONLY)
        owners_by_meeting([recording("x", "")], Meetings(server).all(), Users(server).by_id, hosts=OURS)
        assert [request.path for request in sample_pod.requests()] == [ROUTE]

    def test_a_pod_without_meetings_has_none(self, sample_pod: SamplePod, connect: Connect) -> None:
        with proxy(sample_pod.url, without=ROUTE) as url:
            assert Meetings(connect(url, sample_pod.token)).all() == []

    def test_a_pod_that_fails_does_not_pass_for_one_without(self, sample_pod: SamplePod, server: PodServer) -> None:
        sample_pod.fault("status", status=500, path=ROUTE)
        with pytest.raises(RemoteError):
            Meetings(server).all()
