"""`bbbmig import-links --fixture`: a file for Pod's own loaddata, which no later run may take away."""

import json
from pathlib import Path

import pytest

from bbbmig.demo.pod_server import SamplePod
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.test_import_links import pairs_in, truth
from tests.pod_server import PodFor


@pytest.fixture
def stock(pods: PodFor) -> SamplePod:
    """A Pod that has no file of ours."""
    return pods(extension=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "links.json"


@pytest.fixture
def writer(operator_of: MakeOperator, operator: Operator, stock: SamplePod) -> Operator:
    """An operator of a Pod that has no file of ours."""
    return operator_of("writer", bbb=operator.bbb, pod=stock, moodles=operator.moodles)


def entries(file: Path) -> list[tuple[str, str]]:
    fields = [entry["fields"] for entry in json.loads(file.read_text("utf-8"))]
    return [(one["source_url"], one["owner"][0]) for one in fields]


def users(pod: SamplePod) -> set[str]:
    return {str(row["username"]) for row in pod.rows("SELECT username FROM auth_user")}


def test_the_file_has_a_link_for_each_owner_who_is_in_pod_then(writer: Operator, stock: SamplePod, file: Path) -> None:
    ended = writer.json("import-links", "--moodle", "all", "--fixture", str(file))
    assert ended.code == 0
    written = entries(file)
    assert len(written) == len(set(written)) == ended.counts["done"]
    owners = {owner for _, owner in written}
    assert owners <= users(stock)
    assert set().union(*truth(writer).values()) <= owners


def test_a_second_run_writes_nothing_where_nothing_is_new(writer: Operator, file: Path) -> None:
    writer.run("import-links", "--fixture", str(file))
    before = file.read_bytes()
    again = writer.json("import-links", "--fixture", str(file))
    assert (again.code, set(again.counts)) == (0, {"skipped"})
    assert file.read_bytes() == before
    other = file.with_name("other.json")
    assert writer.run("import-links", "--fixture", str(other)).code == 0
    assert not other.exists()


@pytest.mark.parametrize("dry", [(), ("--dry",)])
def test_a_file_that_was_perhaps_not_loaded_yet_is_not_replaced(
    writer: Operator, stock: SamplePod, file: Path, dry: tuple[str, ...]
) -> None:
    writer.run("import-links", "--range", "1:5", "--fixture", str(file))
    before, people = file.read_bytes(), users(stock)
    ended = writer.run("import-links", "--moodle", "all", "--fixture", str(file), *dry)
    assert (ended.code, f"{file} exists already" in ended.err) == (4, True)
    assert (file.read_bytes(), users(stock)) == (before, people)


@pytest.mark.parametrize("where", ["nowhere/links.json", ".", "/proc/links.json"])
def test_where_no_file_can_be_made_nobody_is_created(
    writer: Operator, stock: SamplePod, tmp_path: Path, where: str
) -> None:
    people = users(stock)
    assert writer.run("import-links", "--moodle", "all", "--fixture", str(tmp_path / where)).code == 4
    assert users(stock) == people
    assert stock.requests("POST", "PATCH", "PUT", "DELETE") == []
    good = tmp_path / "links.json"  # which the ledger does not take for written
    assert writer.json("import-links", "--range", "1", "--fixture", str(good)).counts == {"done": 1}


def test_what_was_written_is_written_once_more_when_asked_for(writer: Operator, file: Path) -> None:
    writer.run("import-links", "--fixture", str(file))
    before = file.read_bytes()
    file.unlink()
    assert writer.run("import-links", "--fixture", str(file), "--again").code == 0
    assert file.read_bytes() == before


def test_with_our_file_in_pod_what_it_has_already_is_not_written(
    operator: Operator, sample_pod: SamplePod, file: Path
) -> None:
    operator.run("import-links", "--range", "1:5")
    there = {record for record, _ in pairs_in(sample_pod)}
    ended = operator.json("import-links", "--fixture", str(file))
    assert not there & {one["record_id"] for one in ended.actions if one["status"] == "done"}
    assert len(entries(file)) == ended.counts["done"]


@pytest.mark.parametrize(
    "option",
    [
        *(("--range", "1:2"), ("--since", "2020-01-01"), ("--until", "2020-01-01"), ("--meeting", "x")),
        *(
            ("--moodle", "all"),
            ("--owners", "o.csv"),
            ("--fixture", "f.json"),
            ("--cache",),
            ("--include-unpublished",),
        ),
    ],
)
def test_an_option_that_restore_would_ignore_is_a_wrong_command_line(
    operator_of: MakeOperator, option: tuple[str, ...]
) -> None:
    ended = operator_of().run("import-links", "--restore", "links.json", *option)
    assert (ended.code, f"leave {option[0]} away" in ended.err) == (2, True)


def test_many_links_of_somebody_whom_pod_refuses_fail_alike(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, tmp_path: Path
) -> None:
    operator = operator_of(bbb=serve_bbb(), pod=sample_pod)
    operator.set(pod__create_users=False)
    listed = operator.json("export-csv", "-").objects
    ids = [one["record_id"] for one in listed if one["type"] == "recording" and one.get("published", True)]
    owners = tmp_path / "owners.csv"
    owners.write_text("owners;record_id\n" + "".join(f"nobody.here;{one}\n" for one in ids), encoding="utf-8")
    ended = operator.json("import-links", "--owners", str(owners))
    assert ended.code == 3
    details = [one["detail"] for one in ended.actions if one["status"] == "failed"]
    assert len(details) > 20
    assert set(details) == {"Pod has no user nobody.here; create them there, or set pod.create_users = true"}
