"""`publish` after `import-links`: the link goes once the video plays, for those who have the video."""

from datetime import UTC, datetime

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.media import make_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import meeting_recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.owners_files import belongs
from tests.made_once import made_once
from tests.waiting import wait_until

ONE = meeting_recording("room", "Algèbre", datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC), "video")


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return made_once(tmp_path_factory, "published-links", lambda folder: make_media(folder, [ONE]))


@pytest.fixture
def linked(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, film: Media) -> Operator:
    """An operator who has linked the one recording for its two owners."""
    operator = operator_of(bbb=serve_bbb([ONE], media=film), pod=sample_pod)
    belongs(operator, {ONE.record_id: "staffonly admin"})
    assert operator.json("import-links").counts == {"done": 2}
    return operator


def links(pod: SamplePod) -> list[str]:
    rows = pod.rows(
        "SELECT u.username AS owner FROM import_video_externalrecording l JOIN auth_user u ON u.id = l.owner_id"
    )
    return sorted(row["owner"] for row in rows)


def published(operator: Operator, pod: SamplePod) -> None:
    """Publish, and once more when the video plays."""
    assert operator.run("publish").code == 0
    wait_until(lambda: pod.rows("SELECT 1 FROM video_video WHERE encoded"), "it is not encoded")
    assert operator.run("publish", "--dry").code == 0
    assert operator.run("publish").code == 0


def test_the_links_go_and_are_not_made_again(linked: Operator, sample_pod: SamplePod) -> None:
    published(linked, sample_pod)
    assert links(sample_pod) == []
    assert {action["reason"] for action in linked.json("import-links").actions} == {"removed in Pod since"}


def test_a_link_of_somebody_who_has_no_video_stays(linked: Operator, sample_pod: SamplePod) -> None:
    linked.set(publish__co_owners="none")
    published(linked, sample_pod)
    assert links(sample_pod) == ["admin"]


def test_they_stay_as_long_as_the_video_does_not_play(linked: Operator, sample_pod: SamplePod) -> None:
    sample_pod.encoder("lost")
    for _ in range(2):
        assert linked.run("publish").code == 0
    assert links(sample_pod) == ["admin", "staffonly"]


def test_they_stay_where_the_settings_say_so(linked: Operator, sample_pod: SamplePod) -> None:
    linked.set(publish__links="keep")
    published(linked, sample_pod)
    assert links(sample_pod) == ["admin", "staffonly"]


def test_a_link_that_people_made_stays(linked: Operator, sample_pod: SamplePod) -> None:
    sample_pod.rows("UPDATE import_video_externalrecording SET source_url = 'https://other.test/' WHERE owner_id = 1")
    published(linked, sample_pod)
    assert links(sample_pod) == ["admin"]
