"""Everything that is known of one recording, for the support desk: by recordID, title, user, address."""

import csv
from datetime import UTC, datetime, timedelta

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.media import make_media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import meeting_recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.owners_files import belongs
from tests.waiting import wait_until

START = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
ONE, TWO, THREE = (
    meeting_recording(f"show-{number}", title, START + timedelta(days=number), "video")
    for number, title in enumerate(("Algèbre linéaire", "Algèbre [red]2[/red]", "=Chimie"))
)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Media:
    return make_media(tmp_path_factory.mktemp("films"), [ONE, TWO, THREE])


@pytest.fixture
def operator(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, films: Media) -> Operator:
    operator = operator_of(bbb=serve_bbb([ONE, TWO, THREE], media=films), pod=sample_pod)
    belongs(operator, {ONE.record_id: "staffonly", TWO.record_id: "admin", THREE.record_id: "staffonly"})
    return operator


def shown(operator: Operator, *arguments: str) -> list[str]:
    return [str(one["title"]) for one in operator.json("show", *arguments).objects if one["type"] == "state"]


def test_one_recording_with_all_that_is_known(operator: Operator, sample_pod: SamplePod) -> None:
    assert operator.run("publish", "--meeting", ONE.record_id).code == 0
    wait_until(lambda: sample_pod.rows("SELECT 1 FROM video_video WHERE encoded"), "not encoded")
    ended = operator.run("show", ONE.record_id)
    assert ended.code == 0
    for words in (
        "“Algèbre linéaire” 2023-05-06 14:30: safe, with its owner; in the dashboard of its owner in Pod (staffonly)",
        ONE.record_id,
        "whose          staffonly: owners file (certain)",
        f"in Pod         {sample_pod.url}/video/0001-algebre-lineaire/",
        "publish for staffonly: done (0001-algebre-lineaire)",
        "drafts: students do not see them",
        "what to do     nothing",
    ):
        assert words in ended.out
    (state,) = [one for one in operator.json("show", ONE.record_id).objects if one["type"] == "state"]
    assert (state["class"], state["why"], state["owners"]) == ("safe_with_owner", "plays", ["staffonly"])
    assert {row["effect"] for row in state["history"]} == {"publish", "sent"}
    for address in (f"{sample_pod.url}/video/0001-another-title/", f"{sample_pod.url}/video/0001-x/?is_iframe=true"):
        assert shown(operator, address) == ["Algèbre linéaire"]


def test_what_failed_says_why_and_what_to_do(operator: Operator, sample_pod: SamplePod) -> None:
    assert operator.run("claim", "--meeting", TWO.record_id).code == 0
    (file,) = [path for path in operator.dropped if path.is_file()]
    assert f"file here      {file}" in operator.run("show", TWO.record_id).out
    file.unlink()
    out = operator.run("show", TWO.record_id).out
    assert "failed; was in Pod, and is gone" in out
    assert f"whoever runs the servers: bbbmig publish --again --meeting {TWO.record_id}" in out
    assert "[red]2[/red]" in out
    assert sample_pod.requests("POST")


def test_by_part_of_a_title_a_user_or_an_address_of_the_old_server(operator: Operator) -> None:
    assert shown(operator, "algebre") == ["Algèbre [red]2[/red]", "Algèbre linéaire"]
    assert shown(operator, "LINEAIRE algebre") == ["Algèbre linéaire"]
    assert shown(operator, "StaffOnly") == ["=Chimie", "Algèbre linéaire"]
    assert shown(operator, f"https://old.univ.fr{THREE.playbacks[0].url}?token=x") == ["=Chimie"]
    assert shown(operator, THREE.meeting_id) == ["=Chimie"]
    assert "2 recordings are meant" in operator.run("show", "algebre").last_line


def test_all_that_is_a_persons_in_words_that_can_be_sent(operator: Operator) -> None:
    ended = operator.run("show", "--owner", "staffonly", "--lang", "fr")
    assert "« Algèbre linéaire », 6\u00a0mai 2023" in ended.out
    assert "staffonly : 2\u00a0enregistrements, dont 0 dans Pod" in ended.last_line
    file = operator.folder / "staffonly.csv"
    assert operator.run("show", "--owner", "staffonly", "--csv", str(file)).code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0] == ["title", "date", "hours", "state", "address"]
    assert [row[0] for row in rows[1:]] == ["'=Chimie", "Algèbre linéaire"]
    assert operator.run("show", "--owner", "nobody.at.all").last_line.startswith("show: nobody.at.all: 0")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "name one thing"),
        (("x", "--owner", "y"), "name one thing"),
        (("nosuchtitle",), "no recording has that"),
        (("https://pod.univ.fr/video/9999-x/",), "no recording has that"),
        (("x", "--csv", "f.csv"), "--csv is for --owner"),
    ],
)
def test_what_nobody_can_mean_is_a_usage_error(operator: Operator, arguments: tuple[str, ...], said: str) -> None:
    ended = operator.run("show", *arguments)
    assert ended.code == 2
    assert said in ended.err


def test_nothing_is_changed(operator: Operator, sample_pod: SamplePod) -> None:
    assert operator.run("show", ONE.record_id).code == 0
    assert not operator.ledger.exists()
    assert {one.method for one in sample_pod.requests()} == {"GET"}
