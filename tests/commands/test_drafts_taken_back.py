"""When the owners file changes, drafts that bbbmig gave to people whom it names no more are given to those it names."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.media import make_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import meeting_recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.owners_files import belongs
from tests.waiting import wait_until

START = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
ONE, TWO = (meeting_recording(f"room-{n}", f"Leçon {n}", START + timedelta(days=n), "video") for n in range(2))
NOT_NAMED = "whom the owners file does not name any more"


@pytest.fixture(scope="session")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return make_media(tmp_path_factory.mktemp("lessons"), [ONE, TWO])


@pytest.fixture
def bbb(serve_bbb: ServeBbb, lessons: Media) -> SampleBbb:
    return serve_bbb([ONE, TWO], media=lessons)


@pytest.fixture
def publisher(operator_of: MakeOperator, bbb: SampleBbb, sample_pod: SamplePod) -> Operator:
    """An operator who has published two recordings, one for staffonly and jean, one for marie."""
    operator = operator_of(bbb=bbb, pod=sample_pod)
    for name in ("jean", "marie", "zoe"):
        sample_pod.create("auth.User", username=name)
    belongs(operator, {ONE.record_id: "staffonly jean", TWO.record_id: "marie"})
    assert operator.run("publish").code == 0
    wait_until(lambda: len(sample_pod.rows("SELECT 1 FROM video_video WHERE encoded")) == 2, "not encoded")
    bbb.requests.clear()
    return operator


def people(pod: SamplePod) -> dict[str, list[str]]:
    """By title: the owner of each video, then the further ones."""
    found = {
        row["title"]: [row["username"]]
        for row in pod.rows("SELECT v.title, u.username FROM video_video v JOIN auth_user u ON u.id = v.owner_id")
    }
    for row in pod.rows(
        "SELECT v.title, u.username FROM video_video_additional_owners a JOIN video_video v ON v.id = a.video_id"
        " JOIN auth_user u ON u.id = a.user_id ORDER BY u.username"
    ):
        found[row["title"]].append(row["username"])
    return found


def details(operator: Operator, *arguments: str) -> Mapping[str, tuple[str, str]]:
    """By title: what is planned or done, and what is said of it."""
    ended = operator.json("publish", *arguments)
    assert ended.code == 0, ended.err
    return {one["title"]: (one["kind"], one["detail"]) for one in ended.actions}


def test_it_goes_to_those_who_are_named_now_and_is_not_made_again(
    publisher: Operator, sample_pod: SamplePod, bbb: SampleBbb
) -> None:
    before = sample_pod.rows("SELECT id, slug, title, video, date_added, is_draft FROM video_video ORDER BY id")
    belongs(publisher, {ONE.record_id: "zoe marie", TWO.record_id: "marie"})
    dry = publisher.run("publish", "--dry")
    assert f"give to zoe, marie: “{ONE.title}”" in dry.out
    assert f"draft taken back from jean, staffonly, {NOT_NAMED}" in dry.out
    assert people(sample_pod) == {ONE.title: ["staffonly", "jean"], TWO.title: ["marie"]}
    said = details(publisher)
    assert (said[ONE.title][0], said[TWO.title][0]) == ("give", "skip")
    assert people(sample_pod) == {ONE.title: ["zoe", "marie"], TWO.title: ["marie"]}
    after = sample_pod.rows("SELECT id, slug, title, video, date_added, is_draft FROM video_video ORDER BY id")
    assert after == before
    assert not [one for one in bbb.requests if one.path.endswith(".m4v")]
    assert [kind for kind, _ in details(publisher).values()] == ["skip", "skip"]


def test_and_back_again_to_some_of_them_or_to_nobody(publisher: Operator, sample_pod: SamplePod) -> None:
    for names, having in (("zoe", ["zoe"]), ("jean staffonly", ["jean", "staffonly"]), ("jean", ["jean"])):
        belongs(publisher, {ONE.record_id: names, TWO.record_id: "marie"})
        assert details(publisher)[ONE.title][0] == "give"
        assert people(sample_pod)[ONE.title] == having
    belongs(publisher, {ONE.record_id: "-", TWO.record_id: "marie"})
    assert details(publisher)[ONE.title] == ("give", f"draft taken back from jean, {NOT_NAMED}")
    assert people(sample_pod)[ONE.title] == ["admin"]
    assert details(publisher)[ONE.title][0] == "skip"
    assert sample_pod.rows("SELECT count(*) AS n FROM video_video") == [{"n": 2}]


def test_what_somebody_touched_is_named_for_a_person(publisher: Operator, sample_pod: SamplePod) -> None:
    belongs(publisher, {ONE.record_id: "marie", TWO.record_id: "marie"})
    (video,) = sample_pod.rows("SELECT id, owner_id FROM video_video WHERE title = ?", ONE.title)
    for change, back, why in (
        ("is_draft = 0", "is_draft = 1", "it is no draft any more"),
        ("title = 'Mon cours'", f"title = '{ONE.title}'", "somebody changed it"),
        (
            "owner_id = (SELECT id FROM auth_user WHERE username = 'admin')",
            f"owner_id = {video['owner_id']}",
            "its owner was changed in Pod",
        ),
        ("description = description || '<p>Exercice 3</p>'", "id = id", "somebody changed it"),
    ):
        sample_pod.rows(f"UPDATE video_video SET {change} WHERE id = ?", video["id"])
        kind, said = details(publisher, "--dry")[ONE.title]
        assert (kind, said.startswith(f"for jean, staffonly, {NOT_NAMED}: {why}")) == ("skip", True), said
        assert "change the video's owner in Pod" in said
        sample_pod.rows(f"UPDATE video_video SET {back} WHERE id = ?", video["id"])
    assert details(publisher)[ONE.title][0] == "skip"
    assert people(sample_pod)[ONE.title] == ["staffonly", "jean"]


def test_what_people_did_not_decide_or_bbbmig_only_found_stays(publisher: Operator, sample_pod: SamplePod) -> None:
    before = people(sample_pod)
    for owners, code in (({}, 0), ({ONE.record_id: ""}, 0), ({ONE.record_id: "zoee"}, 4)):
        belongs(publisher, owners)
        assert publisher.run("publish").code == code
    publisher.ledger.unlink()
    belongs(publisher, {ONE.record_id: "staffonly jean", TWO.record_id: "marie"})
    assert publisher.run("publish").code == 0  # finds both
    belongs(publisher, {ONE.record_id: "zoe", TWO.record_id: "marie"})
    assert "it is not known whether somebody changed it" in details(publisher)[ONE.title][1]
    assert people(sample_pod) == before
