"""External recordings through our file in Pod: made once, whatever happens on the way."""

from datetime import UTC, datetime
from typing import Any

import pytest
import respx

from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.target import LinkRequest, LinkResult
from bbbmig.errors import RemoteError, RemoteRefused
from bbbmig.pod.client import PodServer
from bbbmig.pod.errors import NoSuchRoute
from bbbmig.pod.links import ExtensionVersion, Links
from tests.pod.conftest import Connect
from tests.pod_server import PodFor

ROUTE = "/rest/external_recordings/"
ADMIN, STU, STAFFONLY = 1, 2, 3
START = datetime(2023, 5, 6, 12, 30, tzinfo=UTC)
OLD = "https://bbb.example/"


@pytest.fixture
def links(server: PodServer) -> Links:
    return Links(server)


def record_id(number: int) -> str:
    return f"{number:040x}-1683376200000"


def new(number: int, **changes: Any) -> LinkRequest:  # noqa: ANN401
    url = f"{OLD}playback/presentation/2.3/{record_id(number)}"
    values = {"name": f"Cours {number} 🎓", "source_url": url, "owner_id": ADMIN, "start_at": START}
    return LinkRequest(**{**values, "record_id": record_id(number), **changes})


def stored(pod: SamplePod) -> list[dict[str, Any]]:
    return pod.rows("SELECT * FROM import_video_externalrecording ORDER BY id")


class TestVersion:
    """What our file says of itself."""

    def test_present(self, links: Links) -> None:
        expected = ExtensionVersion(version="1.2", site=1, page="/import_video/", bulk_max=1000, page_size_max=5000)
        assert links.version() == expected

    def test_absent(self, pods: PodFor, connect: Connect) -> None:
        links = Links(connect(pods(extension=False)))
        assert links.version() is None
        for call in (links.all, lambda: links.create([new(1)]), lambda: links.remove([1])):
            with pytest.raises(NoSuchRoute, match="no route for external recordings") as raised:
                call()
            assert "bbbmig pod-extension" in raised.value.hint

    def test_a_token_that_is_refused_does_not_pass_for_absent(self, sample_pod: SamplePod, connect: Connect) -> None:
        with pytest.raises(RemoteRefused):
            Links(connect(sample_pod, "0" * 40)).version()


class TestCreating:
    """Lots of links."""

    def test_gives_one_result_for_each_in_their_order(self, sample_pod: SamplePod, links: Links) -> None:
        links.create([new(2)])
        results = links.create([new(1), new(2), new(3, owner_id=STU), new(4, owner_id=STAFFONLY)])
        assert [(result.id, result.created) for result in results] == [(2, True), (1, False), (None, False), (3, True)]
        assert "owner: " in results[2].error
        assert "2" in results[2].error
        assert [row["owner_id"] for row in stored(sample_pod)] == [ADMIN, ADMIN, STAFFONLY]

    def test_keeps_name_date_and_type(self, sample_pod: SamplePod, links: Links) -> None:
        links.create([new(1), new(2, type="video")])
        first, second = stored(sample_pod)
        assert (first["name"], first["start_at"], first["type"]) == (
            "Cours 1 🎓",
            "2023-05-06 12:30:00",
            "bigbluebutton",
        )
        assert second["type"] == "video"

    def test_without_a_date_takes_this_moment(self, sample_pod: SamplePod, links: Links) -> None:
        links.create([new(1, start_at=None)])
        assert stored(sample_pod)[0]["start_at"] > "2026"

    def test_of_nothing_asks_nothing(self, sample_pod: SamplePod, links: Links) -> None:
        assert links.create([]) == []
        assert sample_pod.requests() == []

    def test_the_same_recording_at_another_address_is_the_same_link(self, links: Links) -> None:
        links.create([new(1)])
        moved = f"http://other.example/playback/presentation/2.0/playback.html?meetingId={record_id(1)}"
        assert links.create([new(1, source_url=moved)]) == [LinkResult(id=1, created=False)]

    @pytest.mark.parametrize("odd", ["short", "not-in-the-address-at-all"])
    def test_a_record_id_that_identifies_nothing_is_left_out(self, links: Links, odd: str) -> None:
        assert [result.created for result in links.create([new(1, record_id=odd)])] == [True]

    @pytest.mark.parametrize("late", [False, True])
    @pytest.mark.parametrize("kind", ["cut", "status"])
    def test_a_lost_reply_makes_nothing_twice(
        self,
        sample_pod: SamplePod,
        links: Links,
        kind: str,
        late: bool,  # noqa: FBT001
    ) -> None:
        sample_pod.fault(kind, status=503, path=ROUTE, method="POST", late=late, times=1)
        results = links.create([new(1), new(2)])
        assert [(result.id, result.created) for result in results] == [(1, not late), (2, not late)]
        assert len(stored(sample_pod)) == 2

    @pytest.mark.parametrize("indexes", [[0], [1, 0], [0, 1, 2]])
    def test_results_that_do_not_answer_what_was_asked_are_an_error(self, connect: Connect, indexes: list[int]) -> None:
        with respx.mock() as mock:
            results = [{"index": index, "id": 7, "created": True} for index in indexes]
            mock.post(f"http://pod.example{ROUTE}bulk/").respond(json={"results": results})
            with pytest.raises(RemoteError, match="not one result for each"):
                Links(connect("http://pod.example")).create([new(1), new(2)])

    def test_pod_breaks(self, sample_pod: SamplePod, links: Links) -> None:
        sample_pod.fault("status", status=500, path=ROUTE)
        with pytest.raises(RemoteError, match="Pod broke over this"):
            links.create([new(1)])

    def test_too_many_at_once_are_refused(self, sample_pod: SamplePod, links: Links) -> None:
        with pytest.raises(RemoteRefused, match="at most 1000"):
            links.create([new(number) for number in range(1001)])
        assert stored(sample_pod) == []


class TestReading:
    """The list."""

    def test_all(self, links: Links) -> None:
        links.create([new(2), new(1, owner_id=STAFFONLY)])
        found = links.all()
        assert [(link.id, link.owner_username, link.name, link.site) for link in found] == [
            (1, "admin", "Cours 2 🎓", 1),
            (2, "staffonly", "Cours 1 🎓", 1),
        ]
        assert found[0].start_at == START
        assert found[0].source_url == new(2).source_url

    def test_large_lists_in_few_requests(self, sample_pod: SamplePod, links: Links) -> None:
        for start in (0, 1000, 2000, 3000, 4000, 5000):
            links.create([new(number) for number in range(start, start + 1000)])
        assert len({link.source_url for link in links.all()}) == 6000
        assert len(sample_pod.requests("GET")) == 2


class TestSite:
    """Several sites in one Pod."""

    @pytest.fixture
    def other(self, sample_pod: SamplePod, connect: Connect) -> Links:
        sample_pod.create("sites.Site", domain="medecine.pod.localhost", name="Médecine")
        return Links(connect(sample_pod, site="Medecine.pod.localhost"))

    def test_links_are_made_read_and_removed_on_the_site_of_the_settings(
        self, sample_pod: SamplePod, links: Links, other: Links
    ) -> None:
        links.create([new(1)])
        other.create([new(1), new(2)])
        assert [row["site_id"] for row in stored(sample_pod)] == [1, 2, 2]
        assert [link.site for link in other.all()] == [2, 2]
        assert other.remove([1, 2, 3]) == 2
        assert [link.site for link in links.all()] == [1]

    def test_that_does_not_exist_is_refused_with_those_that_do(self, sample_pod: SamplePod, connect: Connect) -> None:
        with pytest.raises(RemoteRefused, match="no site 'nosuch'") as raised:
            Links(connect(sample_pod, site="nosuch")).all()
        assert "1 pod.localhost" in raised.value.hint


class TestRemoving:
    """At the end of life."""

    @pytest.fixture(autouse=True)
    def three(self, links: Links) -> None:
        links.create([new(1), new(2), new(3, source_url="https://other.example/3", record_id="")])

    def test_by_ids_in_lots(self, sample_pod: SamplePod, links: Links) -> None:
        assert links.remove([*range(2, 1503)]) == 2
        assert [row["id"] for row in stored(sample_pod)] == [1]

    def test_of_none_asks_nothing(self, sample_pod: SamplePod, links: Links) -> None:
        assert links.remove([]) == 0
        assert len(sample_pod.requests("POST")) == 1  # that which made them

    def test_a_lost_reply_is_looked_after(self, sample_pod: SamplePod, links: Links) -> None:
        sample_pod.fault("cut", path=ROUTE, late=True, skip=1, times=1)
        assert links.remove([1, 2]) == 2
        assert len(stored(sample_pod)) == 1

    def test_a_lost_request_is_an_error(self, sample_pod: SamplePod, links: Links) -> None:
        sample_pod.fault("cut", path=ROUTE, skip=1, times=1)
        with pytest.raises(RemoteError):
            links.remove([1, 2])
        assert len(stored(sample_pod)) == 3
