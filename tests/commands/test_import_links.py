"""`bbbmig import-links`: every moderator finds the recordings in Pod, once, whatever happens meanwhile."""

# ruff: noqa: RUF001 - names as people write them

import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime

import pytest

from bbbmig.apply import links
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import LONG_TITLE, MOODLE_2, UNKNOWN_SERVER, many_recordings, sample_recordings
from bbbmig.domain.playback_url import known_to_pod, record_id_in
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.pod_server import PodFor

BULK = "/rest/external_recordings/bulk/"


def links_in(pod: SamplePod) -> list[dict[str, object]]:
    return pod.rows(
        "SELECT e.name, e.source_url, e.start_at, e.type, u.username AS owner, u.is_staff, u.email FROM"
        " import_video_externalrecording e JOIN auth_user u ON u.id = e.owner_id ORDER BY e.id"
    )


def pairs_in(pod: SamplePod) -> Counter[tuple[str, object]]:
    return Counter((record_id_in(str(link["source_url"])), link["owner"]) for link in links_in(pod))


def truth(operator: Operator) -> dict[str, set[str]]:
    return {one: set(names) for moodle in operator.moodles.values() for one, names in moodle.owners.items() if names}


def test_each_moderator_gets_each_recording_once_and_the_rest_is_said(
    operator: Operator, sample_pod: SamplePod
) -> None:
    ended = operator.json("import-links", "--moodle", "all")
    assert ended.code == 0
    pairs = pairs_in(sample_pod)
    assert set(pairs.values()) == {1}
    of = {one: {str(owner) for record, owner in pairs if record == one} for one, _ in pairs}
    reasons = {action["record_id"]: action["reason"] for action in ended.actions}
    for recording in sample_recordings():
        expected = truth(operator).get(recording.record_id, set())
        reason = reasons[recording.record_id]
        found = of.get(recording.record_id, set())
        assert found == (set() if reason else expected or {"admin"}), recording
    assert Counter(reasons.values())[None] == len(of)
    assert set(reasons) == {recording.record_id for recording in sample_recordings()}
    assert max(len(names) for names in of.values()) == 3  # three moderators, three links


def test_what_is_stored_is_what_people_need(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("import-links", "--moodle", "all")
    stored = links_in(sample_pod)
    names = {link["name"] for link in stored}
    assert LONG_TITLE[:249].rstrip() + "…" in names
    assert {"Séminaire 🎓 « Données ouvertes » 📊", "مقدمة في الجبر (الدرس ١)", "TD & exercices <corrigés>"} <= names
    starts = {one.record_id: one.start for one in sample_recordings()}
    for link in stored:
        start = datetime.fromisoformat(str(link["start_at"])).replace(tzinfo=UTC)
        assert start == starts[record_id_in(str(link["source_url"]))]
        assert len(str(link["name"])) <= 250
        assert link["is_staff"]
        url = str(link["source_url"])
        assert "/presentation/" not in url or known_to_pod(url)
        assert link["type"] == ("video" if "/podcast/" in url else "bigbluebutton")


def test_moderators_see_their_recordings_in_pod(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("import-links", "--moodle", "all")
    new = sample_pod.rows("SELECT username, first_name, last_name, email FROM auth_user WHERE username = 'emuller'")
    assert new
    assert all(new[0].values())
    page = sample_pod.browser("admin").get("/import_video/").text
    assert "Thèse de J. Dupont" in page


def test_a_second_run_sends_not_one_post(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("import-links", "--moodle", "all")
    before, written = links_in(sample_pod), len(sample_pod.requests("POST", "PATCH", "PUT", "DELETE"))
    again = operator.json("import-links", "--moodle", "all")
    assert again.code == 0
    assert set(again.counts) == {"skipped"}
    assert links_in(sample_pod) == before
    assert len(sample_pod.requests("POST", "PATCH", "PUT", "DELETE")) == written


def test_another_machine_with_an_empty_ledger_creates_nothing_either(
    operator: Operator, operator_of: MakeOperator, sample_pod: SamplePod
) -> None:
    operator.run("import-links", "--moodle", "none")
    posts = len(sample_pod.requests("POST"))
    other = operator_of("other", bbb=operator.bbb, pod=sample_pod, ignored_servers=operator.ignored_servers)
    assert other.json("import-links").counts.keys() == {"skipped"}
    assert len(sample_pod.requests("POST")) == posts
    assert "links and" in other.run("check").out
    assert "0 links" not in other.run("check").out  # what Pod had is remembered now


def test_if_nobody_is_to_be_asked_the_administrator_gets_them(operator: Operator, sample_pod: SamplePod) -> None:
    assert operator.run("import-links", "--moodle", "none").code == 0
    assert {owner for _, owner in pairs_in(sample_pod)} == {"admin"}


def test_recordings_of_an_unknown_server_go_to_nobody(operator: Operator, sample_pod: SamplePod) -> None:
    ended = operator.json("import-links", "--moodle", "all")
    unknown = {one.record_id for one in sample_recordings() if one.origin.server_name == UNKNOWN_SERVER}
    said = {a["record_id"]: (a["status"], a["reason"]) for a in ended.actions if a["record_id"] in unknown}
    assert said == dict.fromkeys(unknown, ("skipped", "unknown server"))
    assert not unknown & {record for record, _ in pairs_in(sample_pod)}


def test_recordings_of_a_moodle_that_is_not_asked_wait_for_it(operator: Operator, sample_pod: SamplePod) -> None:
    first = operator.json("import-links", "--moodle", "default")
    waiting = [a for a in first.actions if a["reason"] == "its Moodle was not asked"]
    assert {a["detail"] for a in waiting} == {MOODLE_2}
    assert operator.json("import-links", "--moodle", "health").code == 0
    pairs = pairs_in(sample_pod)
    for action in waiting:
        owners = {owner for record, owner in pairs if record == action["record_id"]}
        assert owners == truth(operator).get(action["record_id"], {"admin"})


@pytest.mark.usefixtures("dying_health")
def test_a_moodle_that_dies_costs_its_recordings_this_run_and_gives_them_to_nobody(
    operator: Operator, sample_pod: SamplePod, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = operator.json("import-links", "--moodle", "all")
    assert ended.code == 3
    lost = {one.record_id for one in sample_recordings() if one.origin.server_name == MOODLE_2}
    failed = {a["record_id"] for a in ended.actions if a["status"] == "failed"}
    assert failed == lost
    assert all(a["reason"] == "owner search failed" for a in ended.actions if a["status"] == "failed")
    assert not lost & {record for record, _ in pairs_in(sample_pod)}
    monkeypatch.undo()
    assert operator.json("import-links", "--moodle", "all").code == 0
    assert lost <= {record for record, _ in pairs_in(sample_pod)}


def test_a_link_that_somebody_removed_stays_removed_until_asked_for(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("import-links", "--range", "1")
    sample_pod.rows("DELETE FROM import_video_externalrecording")
    ended = operator.json("import-links", "--range", "1")
    assert [action["reason"] for action in ended.actions] == ["removed in Pod since"]
    assert links_in(sample_pod) == []
    assert operator.json("import-links", "--range", "1", "--again").counts == {"done": 1}
    assert len(links_in(sample_pod)) == 1


def test_unpublished_ones_only_when_asked_for(operator: Operator, sample_pod: SamplePod) -> None:
    hidden = next(one.record_id for one in sample_recordings() if not one.published)
    line = ("import-links", "--moodle", "none", "--meeting", hidden)
    assert operator.json(*line).counts == {"skipped": 1}
    assert operator.json(*line, "--include-unpublished").counts == {"done": 1}
    assert len(links_in(sample_pod)) == 1


def test_protected_recordings_are_linked_without_their_tokens(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod
) -> None:
    operator = operator_of(bbb=serve_bbb(flavour="scalelite-protected"), pod=sample_pod)
    assert operator.run("import-links").code == 0
    urls = [str(link["source_url"]) for link in links_in(sample_pod)]
    assert len(urls) == 33
    assert not any("token" in url for url in urls)
    assert {record_id_in(url) for url in urls} <= {one.record_id for one in sample_recordings()}
    assert operator.json("import-links").counts.keys() == {"skipped"}


def test_one_link_that_pod_refuses_does_not_sink_the_others(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod
) -> None:
    operator = operator_of(bbb=serve_bbb(many_recordings(20)), pod=sample_pod)
    sample_pod.rows(
        "CREATE TRIGGER refuses BEFORE INSERT ON import_video_externalrecording WHEN NEW.name LIKE 'Algèbre 1'"
        " BEGIN SELECT RAISE(ABORT, 'refused by a trigger'); END"
    )
    try:
        ended = operator.json("import-links")
    finally:
        sample_pod.rows("DROP TRIGGER refuses")
    assert ended.code == 3
    assert ended.counts == {"done": 19, "failed": 1}
    (failed,) = [action for action in ended.actions if action["status"] == "failed"]
    assert failed["title"] == "Algèbre 1"
    assert operator.json("import-links").counts == {"done": 1, "skipped": 19}


@pytest.mark.parametrize("kind", ["cut", "status"])
def test_an_answer_that_is_lost_makes_no_link_twice(operator: Operator, sample_pod: SamplePod, kind: str) -> None:
    sample_pod.fault(kind, path=BULK, method="POST", late=True, times=1, status=502)
    assert operator.run("import-links", "--moodle", "all").code == 0
    assert set(pairs_in(sample_pod).values()) == {1}


def test_a_pod_that_fails_in_the_middle_is_taken_up_again(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, monkeypatch: pytest.MonkeyPatch
) -> None:
    lots = links._lots
    monkeypatch.setattr(links, "_lots", lambda actions, _size: lots(actions, 10))
    operator = operator_of(bbb=serve_bbb(many_recordings(30)), pod=sample_pod)
    sample_pod.fault("status", path=BULK, method="POST", status=500, skip=1)
    ended = operator.json("import-links")
    assert ended.code == 5
    assert (ended.end["exit_code"], ended.counts) == (5, {"done": 10})
    sample_pod.heal()
    assert operator.json("import-links").counts == {"done": 20, "skipped": 10}
    assert set(pairs_in(sample_pod).values()) == {1}


def test_a_pod_without_the_file_is_a_matter_for_a_person(
    operator_of: MakeOperator, pods: PodFor, serve_bbb: ServeBbb
) -> None:
    stock = pods(extension=False)
    ended = operator_of(bbb=serve_bbb(), pod=stock).run("import-links")
    assert ended.code == 6
    assert "bbbmig pod-extension" in ended.err
    assert stock.requests("POST") == []


def test_a_user_who_may_not_be_created_fails_alone(operator: Operator, sample_pod: SamplePod) -> None:
    operator.set(pod__create_users=False)
    ended = operator.json("import-links", "--moodle", "all")
    assert ended.code == 3
    failed = [action for action in ended.actions if action["status"] == "failed"]
    assert failed
    assert all("create_users" in action["detail"] for action in failed)
    assert {owner for _, owner in pairs_in(sample_pod)} == {"admin"}


def test_the_ledger_has_a_row_for_each_link(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("import-links", "--moodle", "all")
    with closing(sqlite3.connect(operator.ledger)) as ledger:
        rows = ledger.execute("SELECT record_id, target, state, effect FROM bbbmig_effects").fetchall()
    assert {(record, target) for record, target, state, effect in rows if (state, effect) == ("done", "link")} == set(
        pairs_in(sample_pod)
    )
