"""What is not for everybody never reaches the page that all staff see: `[choose] exclude`, `claim --only-unknown`."""

from collections import Counter

import pytest

from tests.commands.operator_at_work import Operator
from tests.commands.owners_files import belongs


def reasons(operator: Operator, *arguments: str) -> dict[str, tuple[str, str, str]]:
    """By recordID: what was planned, why not, and what completes that."""
    ended = operator.json(*arguments)
    assert ended.code in (0, 3), ended.err
    return {one["record_id"]: (one["title"], one["reason"] or "", one["detail"]) for one in ended.actions}


def test_what_patterns_name_is_not_offered(operator: Operator) -> None:
    operator.set(choose__exclude=["REUNION D'EQUIPE", "licence 2"])
    said = reasons(operator, "claim", "--dry")
    excluded = {title: detail for title, reason, detail in said.values() if reason == "excluded by the settings"}
    assert excluded["Réunion d\u2019équipe"].startswith("REUNION D'EQUIPE: title “Réunion d\u2019équipe”")
    assert any("licence 2: course “Licence 2 de physique”" in detail for detail in excluded.values())
    assert any(not reason for _, reason, _ in said.values())


def test_a_real_run_drops_no_such_file(operator: Operator) -> None:
    operator.set(choose__exclude=["."])
    ended = operator.json("claim")
    assert (ended.code, [one["status"] for one in ended.actions if one["status"] != "skipped"]) == (0, [])
    assert operator.pod is not None
    assert (operator.dropped, operator.pod.rows("select * from recorder_recordingfiletreatment")) == ([], [])


@pytest.mark.parametrize("unknown", ["claim", "administrator"])
def test_publish_gives_it_to_known_owners_alone(operator: Operator, unknown: str) -> None:
    before = reasons(operator, "publish", "--dry")
    operator.set(choose__exclude=["."], publish__unknown_owner=unknown)
    ended = operator.json("publish", "--dry")
    planned = [one for one in ended.actions if one["status"] == "planned"]
    assert planned
    assert all(one["owner"] and one["owner"]["username"] != "admin" for one in planned)
    assert Counter(one["reason"] for one in ended.actions)["excluded by the settings"]
    assert len(ended.actions) == len(before)


def test_import_links_gives_none_to_the_administrator(operator: Operator) -> None:
    operator.set(choose__exclude=["."])
    ended = operator.json("import-links", "--dry")
    assert "admin" not in {one["target"] for one in ended.actions if one["status"] == "planned"}
    assert Counter(one["reason"] for one in ended.actions)["excluded by the settings"]


def test_only_what_is_nobodys_is_offered(operator: Operator) -> None:
    everything = reasons(operator, "claim", "--dry")
    only = reasons(operator, "claim", "--dry", "--only-unknown")
    published = operator.json("publish", "--dry").actions
    known = {one["record_id"] for one in published if one["status"] == "planned" and one["owner"]}
    assert known
    assert {one for one, (_, reason, _) in only.items() if reason == "owner known"} >= known
    offered = {one for one, (_, reason, _) in everything.items() if not reason} - known
    assert {one for one, (_, reason, _) in only.items() if not reason} <= offered


def test_the_owners_file_alone_can_tell(operator: Operator) -> None:
    record_id = next(one for one, (_, reason, _) in reasons(operator, "claim", "--dry").items() if not reason)
    operator.moodles = {}
    belongs(operator, {record_id: "jdupont"})
    assert reasons(operator, "claim", "--dry", "--only-unknown")[record_id][1:] == (
        "owner known",
        "jdupont; `publish` gives it to them",
    )


def test_where_nobody_can_be_asked_it_does_not_begin(operator: Operator) -> None:
    operator.moodles = {}
    operator.set()
    ended = operator.run("claim", "--dry", "--only-unknown")
    assert (ended.code, "nobody can be asked" in ended.err) == (4, True)


def test_check_counts_what_patterns_name(operator: Operator) -> None:
    operator.set(choose__exclude=["licence", "jury de thèse"])
    ended = operator.run("check")
    assert "recordings are for their known owners alone (licence: " in ended.out
    assert "no title and no course matches jury de thèse" in ended.out


@pytest.mark.parametrize("pattern", ["(", ".*", "jury("])
def test_a_pattern_that_cannot_be_is_an_error_of_the_settings(operator: Operator, pattern: str) -> None:
    operator.set(choose__exclude=["soutenance", pattern])
    ended = operator.run("claim", "--dry")
    assert (ended.code, "choose.exclude" in ended.err, pattern in ended.err) == (4, True, True)
