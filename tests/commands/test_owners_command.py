"""`bbbmig owners`: people decide in a spreadsheet what no program can, and the next run does as they say."""

import csv
import io
from pathlib import Path

import pytest

from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import UNKNOWN_SERVER, sample_recordings
from bbbmig.domain.origin_hosts import comes_from
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
        one.record_id for one in sample_recordings() if comes_from(one, operator.ignored_servers)
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
    line = ("owners", "--moodle", "none", "--range", "1:5")
    printed = operator.run(*line)
    file = operator.folder / "owners.csv"
    written = operator.run(*line, "--output", str(file))
    assert (written.code, f"in {file}" in written.out) == (0, True)
    assert file.read_bytes().decode() == printed.out
    assert len(table(printed.out)) == 5
    operator.set(pod__url=None, pod__token=None, pod__administrator=None)
    assert operator.run(*line).out == printed.out


def test_a_file_with_a_name_that_cannot_be_is_refused_whole(operator: Operator, sample_pod: SamplePod) -> None:
    rows = table(operator.run("owners", "--moodle", "all").out)
    rows[0]["owners"] = "not/a/name"
    ended = operator.run("import-links", "--owners", filled(operator, rows))
    assert (ended.code, "not/a/name" in ended.err) == (4, True)
    assert pairs_in(sample_pod) == {}


def decide(path: Path, line: dict[str, str], who: str) -> None:
    """Fill in one line, as a person does."""
    text = path.read_text("utf-8")
    path.write_text(text.replace(f"\n;{line['record_id']}", f"\n{who};{line['record_id']}"), "utf-8")


def test_a_file_that_is_there_keeps_what_people_wrote_and_gets_what_is_new(operator: Operator) -> None:
    file = operator.folder / "owners.csv"
    assert operator.run("owners", "--range", "1:20", "--output", str(file)).code == 0
    first, second, *_ = table(file.read_text("utf-8"))
    decide(file, first, "staffonly")
    decide(file, second, "-")
    before = file.read_bytes()
    again = operator.run("owners", "--output", str(file))
    assert again.code == 0
    assert file.read_bytes().startswith(before)
    assert len(table(file.read_text("utf-8"))) > len(table(before.decode()))
    assert "of them new there" in again.last_line
    whole = file.read_bytes()
    for option in ((), ("--owners", str(file)), ("--range", "1:3")):
        assert operator.run("owners", "--output", str(file), *option).code == 0
        assert file.read_bytes() == whole


@pytest.mark.parametrize("text", ["title;who\nx;y\n", 'record_id;owners\n"x;y\n'])
def test_a_file_that_cannot_be_added_to_is_left_alone(operator: Operator, text: str) -> None:
    file = operator.folder / "owners.csv"
    file.write_text(text)
    assert operator.run("owners", "--output", str(file)).code == 4
    assert file.read_text() == text


def test_in_french_for_excel(operator: Operator) -> None:
    file = operator.folder / "propriétaires.csv"
    assert operator.run("owners", "--lang", "fr", "--bom", "--output", str(file)).code == 0
    text = file.read_bytes().decode("utf-8")
    assert text.startswith("\ufeffpropriétaires;record_id;doute;candidats;pourquoi;titre;")
    assert {row["doute"] for row in table(text)} >= {"douteux", "serveur inconnu"}
    decide(file, table(text)[0], "staffonly")
    ended = operator.run("import-links", "--owners", str(file), "--range", "1:3")
    assert ended.code == 0


def test_one_line_decides_about_a_whole_room(operator: Operator, sample_pod: SamplePod) -> None:
    unknown = [one for one in sample_recordings() if one.origin.server_name == UNKNOWN_SERVER and one.published]
    room = unknown[0].meeting_id
    of_room = {one.record_id for one in unknown if one.meeting_id == room}
    file = operator.folder / "rooms.csv"
    file.write_text(f"meeting_id;owners\n{room};staffonly\n")
    assert operator.run("import-links", "--owners", str(file)).code == 0
    assert {record for record, owner in pairs_in(sample_pod) if owner == "staffonly"} == of_room
    assert not of_room & {row["record_id"] for row in table(operator.run("owners", "--owners", str(file)).out)}


def unsure(operator: Operator) -> dict[str, tuple[str, ...]]:
    """Return the recordings of which only guesses are known, and whom they name."""
    return {one: who for moodle in operator.moodles.values() for one, who in moodle.candidates.items() if who}


class TestDoubtfulOwners:
    def test_are_given_nothing_and_are_listed(self, operator: Operator, sample_pod: SamplePod) -> None:
        said = {one["record_id"]: one for one in operator.json("import-links").actions}
        pairs = pairs_in(sample_pod)
        listed = {row["record_id"]: row for row in table(operator.run("owners").out)}
        linked = [one for one in unsure(operator) if not said[one]["reason"]]
        assert linked
        for one in linked:
            assert {owner for record, owner in pairs if record == one} == {"admin"}
            assert "doubtful, perhaps" in said[one]["owner"]["why"]
            assert listed[one]["candidates"].split() == sorted(unsure(operator)[one])
            assert listed[one]["doubt"] == "doubtful"

    def test_are_in_columns_of_their_own_and_in_json(self, operator: Operator) -> None:
        rows = {row["record_id"]: row for row in table(operator.run("export-csv", "-").out)}
        found = {
            one["record_id"]: one for one in operator.json("export-csv", "-").objects if one["type"] == "recording"
        }
        for one, who in unsure(operator).items():
            assert (rows[one]["owners"], rows[one]["candidates"].split()) == ("", sorted(who))
            assert rows[one]["owners_why"].startswith("doubtful ")
            assert "[doubtful]" in rows[one]["candidates_why"]
            ownership = found[one]["ownership"]
            assert (ownership["finding"], ownership["owners"]) == ("doubtful", [])
            assert [person["username"] for person in ownership["candidates"]] == sorted(who)

    def test_are_given_theirs_if_the_settings_say_so(self, operator: Operator, sample_pod: SamplePod) -> None:
        operator.set(owners__accept="doubtful")
        assert operator.run("import-links").code == 0
        pairs = pairs_in(sample_pod)
        for one, who in unsure(operator).items():
            assert {owner for record, owner in pairs if record == one} in (set(who), set())

    def test_and_likely_ones_are_not_if_it_must_be_certain(self, operator: Operator) -> None:
        operator.set(owners__accept="certain")
        given = [one for one in operator.json("export-csv", "-").objects if one.get("ownership", {}).get("owners")]
        assert {owner["confidence"] for one in given for owner in one["ownership"]["owners"]} <= {"certain"}
        assert "not certain" in {row["doubt"] for row in table(operator.run("owners").out)}


class TestNamesThatNobodyHas:
    def test_stop_the_run_with_all_of_them_before_anything_is_done(
        self, operator: Operator, sample_pod: SamplePod
    ) -> None:
        one, two, three = [one.record_id for one in sample_recordings()][:3]
        file = operator.folder / "owners.csv"
        lines = ["owners;record_id", f"fdracy;{one}", f"Florence Darcy;{two}", f"staffonly fdarcy@univ.example;{three}"]
        file.write_text("\n".join(lines))
        for command in ("import-links", "publish"):
            ended = operator.run(command, "--owners", str(file))
            assert ended.code == 4
            for words in (
                "4 names that neither Pod nor moodle default, moodle health knows",
                "line 2: fdracy: did you mean fdarcy?",
                "line 3: Florence\n",
                "line 3: Darcy: did you mean fdarcy?",
                "line 4: fdarcy@univ.example: did you mean fdarcy?",
                "--create-unknown",
            ):
                assert words in ended.err
        assert pairs_in(sample_pod) == {}
        assert sample_pod.rows("SELECT username FROM auth_user WHERE username IN ('Florence', 'fdracy')") == []

    def test_are_said_to_be_strange_to_pod_alone_where_nobody_else_is_asked(self, operator: Operator) -> None:
        file = operator.folder / "owners.csv"
        file.write_text(f"owners;record_id\nfdracy;{sample_recordings()[0].record_id}")
        ended = operator.run("import-links", "--moodle", "none", "--owners", str(file))
        assert ended.code == 4
        assert "owners file: 1 name that Pod does not know\n" in ended.err

    def test_are_created_if_the_user_insists(self, operator: Operator, sample_pod: SamplePod) -> None:
        first = next(one.record_id for one in sample_recordings() if one.published)
        file = operator.folder / "owners.csv"
        file.write_text(f"owners;record_id\nFlorence;{first}\n")
        line = ("import-links", "--owners", str(file), "--meeting", first, "--create-unknown")
        said = "link for Florence (owners file; not in Pod: account will be created)"
        assert said in operator.run(*line, "--dry").out
        assert said.replace("not in Pod: account will be created", "account created") in operator.run(*line).out
        assert pairs_in(sample_pod) == {(first, "Florence"): 1}
        assert operator.json(*line).counts == {"skipped": 1}

    def test_somebody_whom_only_moodle_knows_is_known(self, operator: Operator, sample_pod: SamplePod) -> None:
        first = next(one.record_id for one in sample_recordings() if one.published)
        file = operator.folder / "owners.csv"
        file.write_text(f"owners;record_id\nmhaas;{first}\n")
        ended = operator.run("import-links", "--moodle", "none", "--owners", str(file), "--meeting", first)
        assert ended.code == 4, "nobody was to be asked"
        ended = operator.run("import-links", "--owners", str(file), "--meeting", first)
        assert (ended.code, pairs_in(sample_pod)) == (0, {(first, "mhaas"): 1})

    def test_new_accounts_are_no_staff_if_the_settings_say_so(self, operator: Operator, sample_pod: SamplePod) -> None:
        operator.set(pod__make_staff=False)
        first = next(one.record_id for one in sample_recordings() if one.published)
        file = operator.folder / "owners.csv"
        file.write_text(f"owners;record_id\netudiant1;{first}\n")
        sample_pod.rows("UPDATE auth_user SET is_staff = 1 WHERE username = 'admin'")
        ended = operator.run("import-links", "--owners", str(file), "--meeting", first, "--create-unknown")
        assert ended.code == 3
        assert "not staff" in ended.out
        assert sample_pod.rows("SELECT is_staff FROM auth_user WHERE username = 'etudiant1'") == [{"is_staff": 0}]


class TestAFileThatChanges:
    def test_takes_back_what_bbbmig_gave_to_people_whom_it_names_no_more(
        self, operator: Operator, sample_pod: SamplePod
    ) -> None:
        first, second = [one.record_id for one in sample_recordings() if one.published][:2]
        file = operator.folder / "owners.csv"
        line = ("import-links", "--moodle", "none", "--owners", str(file), "--range", "1:6")

        def decided(one: str, two: str) -> None:
            file.write_text(f"owners;record_id\n{one};{first}\n{two};{second}\n")

        decided("staffonly admin", "staffonly")
        assert operator.run(*line).code == 0
        decided("admin", "-")
        dry = operator.run(*line, "--dry")
        assert dry.out.count("delete link of staffonly, whom the owners file does not name any more") == 2
        assert (first, "staffonly") in pairs_in(sample_pod)
        assert operator.run(*line).code == 0
        pairs = pairs_in(sample_pod)
        assert {owner for record, owner in pairs if record == first} == {"admin"}
        assert {owner for record, owner in pairs if record == second} == set()
        assert operator.json(*line).counts.keys() == {"skipped"}

    def test_leaves_alone_what_people_made_in_pod_and_what_it_says_nothing_of(
        self, operator: Operator, sample_pod: SamplePod
    ) -> None:
        first = next(one.record_id for one in sample_recordings() if one.published)
        file = operator.folder / "owners.csv"
        line = ("import-links", "--moodle", "none", "--owners", str(file), "--meeting", first)
        file.write_text(f"owners;record_id\nstaffonly;{first}\n")
        assert operator.run(*line).code == 0
        operator.ledger.unlink()  # so that bbbmig does not know who made it
        file.write_text(f"owners;record_id\nadmin;{first}\n")
        assert operator.run(*line).code == 0
        assert {owner for _, owner in pairs_in(sample_pod)} == {"admin", "staffonly"}
        file.write_text(f"owners;record_id\n;{first}\n")
        assert operator.run(*line).code == 0
        assert {owner for _, owner in pairs_in(sample_pod)} == {"admin", "staffonly"}
