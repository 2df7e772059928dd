"""`bbbmig owners`: people decide in a spreadsheet what no program can, and the next run does as they say."""

import csv
import io

from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import UNKNOWN_SERVER, sample_recordings
from tests.commands.operator_at_work import Operator
from tests.commands.test_import_links import pairs_in, truth


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def filled(operator: Operator, rows: list[dict[str, str]]) -> str:
    path = operator.folder / "decided.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def test_it_asks_about_what_nobody_is_known_for_and_about_nothing_else(operator: Operator) -> None:
    ended = operator.run("owners", "--moodle", "all")
    assert ended.code == 0
    asked = {row["record_id"] for row in table(ended.out)}
    unknown = {one.record_id for one in sample_recordings() if one.origin.server_name == UNKNOWN_SERVER}
    assert unknown <= asked
    sure = {one.record_id for one in sample_recordings()} - asked
    assert sure
    assert sure <= {*truth(operator), *(one.record_id for one in sample_recordings() if not one.origin.server_name)} | {
        one.record_id for one in sample_recordings() if one.comes_from(operator.ignored_servers)
    }
    assert f"owners: {len(asked)} of 36 recordings need a person's decision: on stdout" in ended.err


def test_what_people_filled_in_is_what_pod_gets(operator: Operator, sample_pod: SamplePod) -> None:
    rows = table(operator.run("owners", "--moodle", "all", "--range", "1:20").out)
    published = {one.record_id for one in sample_recordings() if one.published}
    first, second = [row for row in rows if row["record_id"] in published][:2]
    first["owners"], second["owners"] = "staffonly", "-"
    file = filled(operator, rows)
    assert operator.run("import-links", "--moodle", "all", "--owners", file).code == 0
    of = {row["record_id"]: {o for record, o in pairs_in(sample_pod) if record == row["record_id"]} for row in rows}
    assert (of[first["record_id"]], of[second["record_id"]]) == ({"staffonly"}, set())


def test_what_was_decided_is_not_asked_again(operator: Operator) -> None:
    rows = table(operator.run("owners", "--moodle", "all").out)
    rows[0]["owners"], rows[1]["owners"] = "staffonly", "-"
    again = table(operator.run("owners", "--moodle", "all", "--owners", filled(operator, rows)).out)
    assert [row["record_id"] for row in again] == [row["record_id"] for row in rows[2:]]


def test_it_is_written_to_a_file_as_on_stdout_and_needs_no_pod(operator: Operator) -> None:
    printed = operator.run("owners", "--range", "1:5")
    file = operator.folder / "owners.csv"
    written = operator.run("owners", "--range", "1:5", "--output", str(file))
    assert (written.code, f"in {file}" in written.out) == (0, True)
    assert file.read_bytes().decode() == printed.out
    assert len(table(printed.out)) == 5
    operator.set(pod__url=None, pod__token=None, pod__administrator=None)
    assert operator.run("owners", "--range", "1:5").out == printed.out


def test_a_file_with_a_name_that_cannot_be_is_refused_whole(operator: Operator, sample_pod: SamplePod) -> None:
    rows = table(operator.run("owners", "--moodle", "all").out)
    rows[0]["owners"] = "not/a/name"
    ended = operator.run("import-links", "--owners", filled(operator, rows))
    assert (ended.code, "not/a/name" in ended.err) == (4, True)
    assert pairs_in(sample_pod) == {}
