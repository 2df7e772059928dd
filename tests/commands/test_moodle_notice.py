"""`bbbmig moodle-notice`, and the notice with `import-links`: where teachers have their links, and nowhere else."""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.moodle_sample import SampleMoodle
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import IGNORED_SERVER, sample_recordings
from bbbmig.domain.moodle_meeting_id import MoodleMeetingId
from bbbmig.domain.notice_text import MARK
from bbbmig.ledger import Ledger
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.test_import_links import pairs_in, truth


@pytest.fixture
def writer(
    operator_of: MakeOperator,
    sample_bbb: SampleBbb,
    sample_pod: SamplePod,
    moodles: Mapping[str, SampleMoodle],
    tmp_path: Path,
) -> Operator:
    """An operator of two Moodles, one of which has an account for the notice."""
    copies = {}
    for name, moodle in moodles.items():
        path = Path(shutil.copy(moodle.path, tmp_path / f"{name}.sqlite"))
        copies[name] = replace(moodle, path=path)
    operator = operator_of(bbb=sample_bbb, pod=sample_pod, moodles=copies, ignored_servers=(IGNORED_SERVER,))
    operator.set(moodle__default__notice__user="writer", moodle__default__notice__html="<p>{pod}</p>")
    return operator


def texts(operator: Operator, name: str = "default") -> dict[int, str | None]:
    with closing(sqlite3.connect(operator.moodles[name].path)) as moodle:
        return dict(moodle.execute("SELECT id, intro FROM mdl_bigbluebuttonbn"))


def noticed(operator: Operator, name: str = "default") -> set[int]:
    return {activity for activity, text in texts(operator, name).items() if MARK in (text or "")}


def activities_of(operator: Operator, pod: SamplePod) -> set[int]:
    """Return the activities there are of the recordings that others than the administrator have links to."""
    linked = {record for record, owner in pairs_in(pod) if owner != "admin"}
    named = [MoodleMeetingId.parse(one.meeting_id) for one in sample_recordings() if one.record_id in linked]
    return {one.activity for one in named if one is not None} & texts(operator).keys()


def test_it_is_added_where_owners_have_links_and_taken_out_to_the_byte(writer: Operator, sample_pod: SamplePod) -> None:
    before = texts(writer)
    writer.run("import-links", "--moodle", "default")
    added = writer.run("moodle-notice", "add")
    assert added.code == 0
    assert noticed(writer) == activities_of(writer, sample_pod)
    assert f"moodle-notice: {len(noticed(writer))} added" in added.last_line
    assert "present" in writer.run("moodle-notice", "add").last_line
    removed = writer.run("moodle-notice", "remove")
    assert (removed.code, "removed" in removed.last_line) == (0, True)
    assert texts(writer) == before


def test_what_only_the_administrator_has_is_announced_to_nobody(writer: Operator) -> None:
    before = texts(writer)
    writer.run("import-links", "--moodle", "none")
    ended = writer.run("moodle-notice", "add")
    assert (ended.code, "no activity is concerned" in ended.last_line) == (0, True)
    assert texts(writer) == before


def test_a_dry_run_says_what_would_be_and_writes_nothing(writer: Operator) -> None:
    writer.run("import-links", "--moodle", "default")
    before = texts(writer)
    dry = writer.run("moodle-notice", "add", "--dry")
    assert "would be added: moodle default, activity" in dry.out
    assert "would be added" in dry.last_line
    assert "\nadded" not in f"\n{dry.out}"
    assert texts(writer) == before
    writer.run("moodle-notice", "add")
    assert "would be removed" in writer.run("moodle-notice", "remove", "--dry").last_line
    assert noticed(writer)


def written(operator: Operator, activity: int, old: str, new: str) -> None:
    """Change the text of an activity as a teacher does."""
    with closing(sqlite3.connect(operator.moodles["default"].path)) as moodle, moodle:
        moodle.execute("UPDATE mdl_bigbluebuttonbn SET intro = replace(intro, ?, ?) WHERE id = ?", (old, new, activity))


def test_words_typed_inside_the_notice_stay_and_a_notice_that_was_edited_waits_for_a_person(writer: Operator) -> None:
    writer.run("import-links", "--moodle", "default")
    writer.run("moodle-notice", "add")
    typed, edited = sorted(noticed(writer))[:2]
    written(writer, typed, "</div>", "<p>Salle B12</p></div>")
    written(writer, edited, "</p></div>", " : salle B13</p></div>")
    for arguments in (("remove", "--dry"), ("remove",)):
        ended = writer.run("moodle-notice", *arguments)
        assert ended.code == 3
        assert f"activity {edited} " in ended.err
        assert "edited: look at it" in ended.err
        assert "what somebody wrote inside the notice stays" in ended.out
    assert noticed(writer) == {edited}
    assert "Salle B12" in (texts(writer)[typed] or "")
    assert "salle B13" in (texts(writer)[edited] or "")
    quiet = writer.run("moodle-notice", "remove", "-q")
    assert (quiet.code, "edited: look at it" in quiet.err) == (3, True)


def test_json_names_each_activity_with_a_link_and_counts_them(writer: Operator) -> None:
    writer.run("import-links", "--moodle", "default")
    for arguments, status in (("add", "--dry"), "planned"), (("add",), "done"), (("remove",), "done"):
        ended = writer.json("moodle-notice", *arguments)
        told = [one for one in ended.objects if one["type"] == "text"]
        assert ended.counts == {status: len(told)}
        for one in told:
            assert one["name"]
            assert one["url"] == f"https://{writer.moodles['default'].server}/course/view.php?id={one['course']}"
            assert one["change"] in {"added", "removed"}
    writer.run("moodle-notice", "add")
    again = writer.json("moodle-notice", "add")
    assert again.counts.keys() == {"skipped"}
    assert again.end["reasons"].keys() == {"present"}


def test_a_moodle_without_an_account_for_it_is_left_alone_unless_it_is_named(writer: Operator) -> None:
    writer.run("import-links", "--moodle", "all")
    assert writer.run("moodle-notice", "add").code == 0
    assert noticed(writer)
    assert not noticed(writer, "health")
    for name in ("health", "all"):
        ended = writer.run("moodle-notice", "add", "--moodle", name)
        assert (ended.code, "moodle.health.notice.user" in ended.err) == (4, True)


def test_it_ends_with_the_exit_codes_of_all_commands(writer: Operator, sample_pod: SamplePod) -> None:
    writer.run("import-links", "--moodle", "default")
    with Ledger(f"sqlite:///{writer.ledger}") as ledger, ledger.locked("claim"):
        assert [writer.run("moodle-notice", work).code for work in ("add", "remove")] == [11, 11]
    sample_pod.fault("status", path="/rest/", status=403)
    assert writer.run("moodle-notice", "add").code == 6
    sample_pod.heal()
    writer.set(pod__url="http://127.0.0.1:9")
    assert writer.run("moodle-notice", "add").code == 5
    assert writer.run("moodle-notice", "remove").code == 0, "which asks Pod nothing"
    writer.set(bbb__url="http://127.0.0.1:9")
    assert writer.run("moodle-notice", "add").code == 5
    assert writer.run("moodle-notice", "put").code == 2
    assert not noticed(writer)


def test_without_any_account_it_says_what_is_missing(writer: Operator) -> None:
    writer.set(moodle__default__notice__user=None)
    ended = writer.run("moodle-notice", "add")
    assert (ended.code, "no [moodle.NAME.notice] has a user" in ended.err) == (4, True)


def test_with_the_links_it_goes_where_owners_got_theirs(writer: Operator, sample_pod: SamplePod) -> None:
    writer.set(moodle__default__notice__enabled=True)
    dry = writer.run("import-links", "--moodle", "default", "--dry")
    assert "notice in Moodle: " in dry.out
    assert "would be added" in dry.out
    assert not noticed(writer)
    assert writer.run("import-links", "--moodle", "none").code == 0  # all to the administrator
    assert not noticed(writer)
    assert writer.run("import-links", "--moodle", "default").code == 0
    assert noticed(writer) == activities_of(writer, sample_pod)


def test_links_that_failed_are_not_announced(writer: Operator, sample_pod: SamplePod) -> None:
    writer.set(moodle__default__notice__enabled=True, pod__create_users=False)
    assert writer.run("import-links", "--moodle", "default").code == 3
    assert truth(writer)
    assert {owner for _, owner in pairs_in(sample_pod)} == {"admin"}
    assert not noticed(writer)
    writer.set(pod__create_users=True)
    assert writer.run("import-links", "--moodle", "default").code == 0
    assert noticed(writer) == activities_of(writer, sample_pod)


def test_links_stand_when_the_notice_cannot_be_written(writer: Operator, sample_pod: SamplePod) -> None:
    writer.set(moodle__default__notice__enabled=True, moodle__default__notice__html="<p>{nosuch}</p>")
    ended = writer.run("import-links", "--moodle", "default")
    assert (ended.code, "no notice in Moodle" in ended.err) == (0, True)
    assert pairs_in(sample_pod)
