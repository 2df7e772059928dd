"""What is on the old server and what it takes to move it: said before anything is done, and without doing anything."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import html5lib
import pytest

from bbbmig.demo.bbb_faults import Fault
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import meeting_recording, sample_recordings
from bbbmig.domain.recording import Recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Ended, Operator
from tests.commands.owners_files import belongs

START = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
LESSONS = [
    meeting_recording(f"survey-{number}", f"Leçon {number} <b>&</b>", START + timedelta(days=200 * number), "video")
    for number in range(4)
]
Of = Callable[..., Operator]


@pytest.fixture
def of(operator_of: MakeOperator, serve_bbb: ServeBbb) -> Of:
    """An operator of a server with these recordings."""

    def make(*recordings: Recording) -> Operator:
        return operator_of(bbb=serve_bbb(list(recordings)))

    return make


def values(ended: Ended) -> dict[str, object]:
    (found,) = [one for one in ended.objects if one["type"] == "survey"]
    return found


def test_all_is_counted_and_nothing_is_touched(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod
) -> None:
    bbb = serve_bbb(sample_recordings(), flavour="bbb-2.6")
    operator = operator_of(bbb=bbb, pod=sample_pod)
    ended = operator.json("survey")
    assert ended.code == 0, ended.err
    found = values(ended)
    count = len(sample_recordings())
    assert found["total"]["count"] == count  # type: ignore[index]
    for key in ("by_year", "by_content", "by_length", "by_owner", "by_source"):
        assert sum(heap["count"] for heap in found[key].values()) == count, key  # type: ignore[attr-defined]
    assert [way["way"] for way in found["ways"]] == ["links", "publish", "claim", "mirror_first", "only_since"]  # type: ignore[attr-defined]
    assert [one for one in sample_pod.requests() if one.path != "/info_pod.json"] == []  # the sample's own
    assert {request.path.rpartition("/")[2] for request in bbb.requests} == {"getRecordings"}
    assert not operator.ledger.exists()


def test_owners_are_told_as_far_as_somebody_can_tell(of: Of) -> None:
    operator = of(*LESSONS)
    assert values(operator.json("survey"))["by_owner"]["not_asked"]["count"] == 4  # type: ignore[index]
    belongs(operator, {LESSONS[0].record_id: "jean", LESSONS[1].record_id: "-"})
    found = values(operator.json("survey"))
    assert found["by_owner"]["known"]["count"] == 1  # type: ignore[index]
    assert found["by_owner"]["left_out"]["count"] == 1  # type: ignore[index]
    assert found["people"] == 1
    assert next(way for way in found["ways"] if way["way"] == "publish")["moved"]["count"] == 3  # type: ignore[attr-defined]


def test_what_was_decided_is_neither_moved_nor_lost(of: Of, sample_pod: SamplePod) -> None:
    operator = of(*LESSONS)
    operator.set(pod__url=sample_pod.url, pod__token=sample_pod.token, pod__administrator="admin")
    belongs(operator, {LESSONS[3].record_id: "jean"})
    operator.set(choose__exclude=["Leçon [23]"])
    assert operator.run("give-up", LESSONS[0].record_id, "--why", "jury").code == 0
    found = values(operator.json("survey"))
    # one given up, one excluded whose owner nobody knows; the excluded one with an owner goes to that owner
    assert found["by_owner"]["left_out"]["count"] == 2  # type: ignore[index]
    publish = next(way for way in found["ways"] if way["way"] == "publish")  # type: ignore[attr-defined]
    assert (publish["moved"]["count"], publish["lost"]["count"]) == (2, 0)


def test_it_takes_a_doubtful_owner_for_known_where_the_settings_do(of: Of, tmp_path: Path) -> None:
    rooms = tmp_path / "rooms.csv"
    rooms.write_text(f"meeting_id,username,confidence\n{LESSONS[0].meeting_id},jean,doubtful\n")
    operator = of(*LESSONS[:1])
    operator.set(table__site__driver="csv", table__site__database=str(rooms))
    assert values(operator.json("survey"))["by_owner"]["doubtful"]["count"] == 1  # type: ignore[index]
    operator.set(owners__accept="doubtful")
    assert values(operator.json("survey"))["by_owner"]["known"]["count"] == 1  # type: ignore[index]


def test_the_mirror_and_the_kept_list_serve_where_the_server_is_gone(of: Of, tmp_path: Path) -> None:
    operator = of(*LESSONS)
    operator.set(mirror__directory=str(tmp_path / "mirror"))
    assert operator.run("mirror", "-q").code in (0, 3)
    assert operator.run("export-csv", str(tmp_path / "x.csv"), "-q").code == 0
    for gone in ({"bbb__offline": True}, {"bbb__offline": False}):
        operator.set(**gone)
        assert operator.bbb is not None
        asked = len(operator.bbb.requests)
        ended = operator.json("survey", *([] if gone["bbb__offline"] else ["--cache"]))
        assert values(ended)["total"]["count"] == 4  # type: ignore[index]
        assert len(operator.bbb.requests) == asked


def test_a_source_that_cannot_be_asked_is_named_and_the_rest_is_counted(of: Of, tmp_path: Path) -> None:
    operator = of(*LESSONS)
    broken = tmp_path / "moodle.sqlite"
    broken.write_text("not a database, but long enough for SQLite to look at it\n" * 40)
    operator.set(moodle__default__driver="sqlite", moodle__default__database=str(broken))
    belongs(operator, {LESSONS[0].record_id: "jean"})
    ended = operator.json("survey")
    assert ended.code == 0
    assert "nobody is told whose recordings of moodle.default are" in ended.err
    assert values(ended)["failed_sources"] == ["moodle.default"]
    assert values(ended)["by_owner"]["known"]["count"] == 1  # type: ignore[index]
    assert "could not be asked whose the recordings are: moodle.default" in operator.run("survey").out


def test_a_list_that_is_not_whole_is_said_and_ends_with_3(of: Of) -> None:
    operator = of(*LESSONS)
    assert operator.bbb is not None
    operator.bbb.faults += [
        Fault(kind="504", whole=True),
        Fault(kind="504", prefix=LESSONS[0].record_id[0], more_than=0),
    ]
    ended = operator.run("survey")
    assert ended.code == 3
    assert "could not be read and are not counted" in ended.out


def test_it_says_so_in_french_and_in_words_of_people(of: Of) -> None:
    out = of(*LESSONS).run("survey", "--lang", "fr").out
    body = out.rsplit("survey: ", 1)[0].split("\n", 1)[1]
    assert "Que faudra-t-il pour vider 127.0.0.1" in body
    assert "Rien n'a été mesuré sur cette machine" in body
    assert "« Leçon 3 <b>&</b> »" in body
    for one in LESSONS:
        assert one.record_id not in body
    for word in ("render", "exit code", "recordID"):
        assert word not in body


def test_an_empty_server_is_no_reason_to_divide_by_zero(of: Of) -> None:
    ended = of().run("survey")
    assert "There is nothing on it." in ended.out


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_page_is_one_file_that_asks_for_nothing(of: Of, tmp_path: Path, language: str) -> None:
    page = tmp_path / "survey.html"
    assert of(*LESSONS).run("survey", "--html", str(page), "--lang", language, "-q").code == 0
    text = page.read_text()
    html5lib.HTMLParser(strict=True).parse(text)
    assert f'<html lang="{language}">' in text
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in text
    assert "<b>" not in text
    assert not re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!#)[a-z]+:""", text)
    assert not re.findall(r"<(?:script|link|img|iframe|object)\b", text)


@pytest.mark.parametrize("arguments", [("--html", "/nowhere/x.html"), ("--owners", "/nowhere/x.csv")])
def test_what_cannot_be_written_or_read_is_seen_before_the_server_is_asked(of: Of, arguments: tuple[str, str]) -> None:
    operator = of(*LESSONS)
    assert operator.run("survey", *arguments).code == 4
    assert operator.bbb is not None
    assert operator.bbb.requests == [] or arguments[0] == "--owners"
