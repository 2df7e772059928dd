"""Who takes what is nobody's: somebody whom Pod has, and only as long as it is nobody's."""

import csv
from collections.abc import Mapping

import pytest

from bbbmig.demo.pod_server import SamplePod
from tests.commands.operator_at_work import Operator
from tests.commands.test_import_links import BULK, links_in, pairs_in, truth


def of_admin(pod: SamplePod) -> set[str]:
    return {record for record, owner in pairs_in(pod) if owner == "admin"}


def decide(operator: Operator, owners: Mapping[str, str]) -> str:
    path = operator.folder / "owners.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = [("owners", "record_id"), *((names, record_id) for record_id, names in owners.items())]
        csv.writer(file, delimiter=";").writerows(rows)
    return str(path)


def owned_in(operator: Operator, pod: SamplePod) -> list[str]:
    """Return recordings of which Moodle knows other owners than the administrator, who has links to them now."""
    has = of_admin(pod)
    return [one for one, owners in truth(operator).items() if one in has and "admin" not in owners]


def test_links_of_what_turns_out_to_be_somebodys_leave_the_administrator(
    operator: Operator, sample_pod: SamplePod
) -> None:
    operator.run("import-links", "--moodle", "none")
    before, known = of_admin(sample_pod), set(owned_in(operator, sample_pod))
    assert len(known) > 5
    dry = operator.json("import-links", "--moodle", "all", "--dry")
    said = {one["record_id"]: one for one in dry.actions if one["kind"] == "unlink"}
    assert said.keys() == known
    assert {(one["status"], one["target"]) for one in said.values()} == {("planned", "admin")}
    assert of_admin(sample_pod) == before
    ended = operator.json("import-links", "--moodle", "all")
    assert ended.code == 0
    assert {one["record_id"] for one in ended.actions if one["kind"] == "unlink" and one["status"] == "done"} == known
    assert of_admin(sample_pod) == before - known
    pairs = pairs_in(sample_pod)
    for one in known:
        assert {owner for record, owner in pairs if record == one} == truth(operator)[one]
    assert operator.json("import-links", "--moodle", "all").counts.keys() == {"skipped"}
    assert set(pairs_in(sample_pod)) == set(pairs)


def test_people_read_which_link_goes(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("import-links", "--moodle", "none")
    assert owned_in(operator, sample_pod)
    assert "delete link of admin, who stood in for its owners" in operator.run("import-links", "--moodle", "all").out


def test_what_left_the_administrator_does_not_come_back_with_a_run_that_asks_nobody(
    operator: Operator, sample_pod: SamplePod
) -> None:
    operator.run("import-links", "--moodle", "none")
    operator.run("import-links", "--moodle", "all")
    left = of_admin(sample_pod)
    ended = operator.json("import-links", "--moodle", "none")
    assert of_admin(sample_pod) == left
    assert any("deleted when its owners got it" in one["detail"] for one in ended.actions)


def test_links_that_a_person_gave_the_administrator_stay(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("import-links", "--moodle", "none")
    first, second, *_ = owned_in(operator, sample_pod)
    file = decide(operator, {first: "admin staffonly", second: "staffonly"})
    assert operator.run("import-links", "--owners", file).code == 0
    pairs = pairs_in(sample_pod)
    assert {owner for record, owner in pairs if record == first} == {"admin", "staffonly"}
    assert {owner for record, owner in pairs if record == second} == {"staffonly"}


def test_links_of_which_the_ledger_knows_nothing_stay(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("import-links", "--moodle", "none")
    before = of_admin(sample_pod)
    operator.ledger.unlink()
    operator.run("import-links", "--moodle", "all")
    operator.run("import-links", "--moodle", "all")
    assert of_admin(sample_pod) >= before


def test_the_administrators_link_stays_where_an_owner_does_not_get_one(
    operator: Operator, sample_pod: SamplePod
) -> None:
    operator.run("import-links", "--moodle", "none")
    record, *_ = owned_in(operator, sample_pod)
    operator.set(pod__create_users=False)
    file = decide(operator, {record: "staffonly not.there"})
    ended = operator.json("import-links", "--owners", file, "--meeting", record)
    assert ended.code == 3
    assert ended.counts == {"done": 1, "failed": 1, "postponed": 1}
    assert record in of_admin(sample_pod)
    operator.set(pod__create_users=True)
    again = operator.json("import-links", "--owners", file, "--meeting", record, "--create-unknown")
    assert again.counts == {"done": 2, "skipped": 1}
    assert record not in of_admin(sample_pod)


def test_nothing_is_deleted_before_the_owners_links_are_there(operator: Operator, sample_pod: SamplePod) -> None:
    operator.run("import-links", "--moodle", "none")
    before = links_in(sample_pod)
    sample_pod.fault("status", path=BULK, method="POST", status=500)
    assert operator.run("import-links", "--moodle", "all").code == 5
    assert links_in(sample_pod) == before


@pytest.mark.parametrize("command", [("import-links",), ("import-links", "--dry"), ("publish",)])
def test_a_mistyped_administrator_is_no_new_person(
    operator: Operator, sample_pod: SamplePod, command: tuple[str, ...]
) -> None:
    operator.set(pod__administrator="amdin", publish__unknown_owner="administrator")
    ended = operator.run(*command)
    assert (ended.code, "pod.administrator: Pod has no user amdin" in ended.err) == (4, True)
    assert sample_pod.requests("POST", "PATCH") == []


def test_an_administrator_who_is_not_staff_becomes_so_only_where_the_settings_allow_it(
    operator: Operator, sample_pod: SamplePod
) -> None:
    operator.set(pod__administrator="stu", pod__make_staff=False)
    ended = operator.run("import-links", "--range", "1:3")
    assert (ended.code, "is not staff" in ended.err) == (4, True)
    assert sample_pod.requests("POST", "PATCH") == []
    operator.set(pod__make_staff=True)
    assert operator.run("import-links", "--range", "1:3").code == 0
    assert {link["owner"] for link in links_in(sample_pod)} == {"stu"}
    assert all(link["is_staff"] for link in links_in(sample_pod))
