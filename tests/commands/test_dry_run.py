"""A dry run says what a real one would do, and changes nothing anywhere."""

from pathlib import Path

import pytest

from bbbmig.demo.pod_server import SamplePod
from tests.commands.operator_at_work import Operator, files_below

HARMLESS = {"GET", "HEAD", "OPTIONS"}
COMMANDS = (
    ("export-csv", "out.csv"),
    ("export-csv", "-", "--moodle", "all"),
    ("import-links",),
    ("import-links", "--moodle", "all", "--include-unpublished"),
    ("claim",),
    ("claim", "--include-unpublished", "--retry-failed"),
    ("publish", "--moodle", "all"),
    ("publish", "--via", "recorder"),
    ("remove-links",),
    ("moodle-notice", "add", "--moodle", "default"),
    ("moodle-notice", "remove", "--moodle", "default"),
)


def everywhere(operator: Operator) -> dict[Path, tuple[int, bytes]]:
    """Return all files that a run could write: beside the settings, at home, in the recorder's directory, in Moodle."""
    moodles = {moodle.path.parent for moodle in operator.moodles.values()}
    found = files_below(operator.folder, Path(operator.environment["HOME"]), operator.recorder, *moodles)
    return {path: what for path, what in found.items() if path != operator.log}  # the log is asked for in the settings


@pytest.mark.parametrize("option", ["--dry", "--dry-run", "-n"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nothing_is_sent_but_questions_and_nothing_is_written(
    operator: Operator, sample_pod: SamplePod, command: tuple[str, ...], option: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(operator.folder)
    operator.set(moodle__default__notice__user="writer", moodle__default__notice__html="<p>{pod}</p>")
    before = everywhere(operator)
    ended = operator.run(*command, option)
    assert ended.code == 0
    assert everywhere(operator) == before
    assert {request.method for request in sample_pod.requests()} <= HARMLESS
    assert operator.bbb is not None
    assert {request.method for request in operator.bbb.requests} <= HARMLESS


@pytest.mark.parametrize("command", [("import-links", "--moodle", "all"), ("claim", "--range", "1:6")], ids=" ".join)
def test_what_a_dry_run_says_is_what_a_run_does(operator: Operator, command: tuple[str, ...]) -> None:
    planned = operator.json(*command, "--dry")
    done = operator.json(*command)
    assert planned.objects[0]["dry"] is True
    assert len(planned.actions) == len(done.actions)
    for one, other in zip(planned.actions, done.actions, strict=True):
        same = ("kind", "record_id", "target", "url", "reason", "owner")
        assert [one[key] for key in same] == [other[key] for key in same]
        assert one["status"] == {"done": "planned"}.get(other["status"], other["status"])


@pytest.mark.parametrize("command", [("import-links",), ("claim", "--range", "1:6")], ids=" ".join)
def test_after_a_run_a_dry_run_has_nothing_to_do_and_leaves_the_ledger_alone(
    operator: Operator, command: tuple[str, ...]
) -> None:
    operator.run(*command)
    before = everywhere(operator)
    ended = operator.json(*command, "--dry")
    assert set(ended.counts) == {"skipped"}
    assert everywhere(operator) == before


def test_a_dry_run_needs_no_ledger_to_be_possible(operator: Operator) -> None:
    operator.set(ledger__url="sqlite:////proc/no/such/place/ledger.sqlite")
    assert operator.run("import-links", "--dry").code == 0
    assert operator.run("import-links").code == 4


def test_a_dry_run_with_the_kept_list_uses_it(operator: Operator) -> None:
    operator.run("export-csv", "-")
    assert operator.bbb is not None
    asked = operator.bbb.asked_for[:]
    assert operator.json("import-links", "--dry", "--cache").objects[0]["from_cache"] is True
    assert operator.bbb.asked_for == asked


def test_check_changes_nothing_either(operator: Operator, sample_pod: SamplePod) -> None:
    before = everywhere(operator)
    assert operator.run("check").code == 0
    assert everywhere(operator) == before
    assert {request.method for request in sample_pod.requests()} <= HARMLESS
