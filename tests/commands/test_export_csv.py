"""`bbbmig export-csv`: every recording, one row each, in a file that spreadsheets and old scripts read."""

# ruff: noqa: RUF001, SIM905 - names as people write them; columns as the issue lists them

import csv
import io
import os
import stat
import subprocess
from pathlib import Path

import pytest

from bbbmig.demo.recordings import LONG_TITLE, many_recordings, sample_recordings
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator, ended

OLD = """meeting_name recording_name start_date origin origin_server_name origin_version origin_context origin_id
origin_label description published state source_url""".split()
OWN = """record_id meeting_id start end duration_s participants size formats presentation_url video_url
breakout_parent""".split()


@pytest.fixture
def lister(operator_of: MakeOperator, serve_bbb: ServeBbb) -> Operator:
    """Somebody with [bbb] alone."""
    return operator_of(bbb=serve_bbb())


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_it_runs_with_bbb_alone_and_writes_the_old_columns_first(lister: Operator) -> None:
    out = lister.folder / "out.csv"
    ended = lister.run("export-csv", str(out))
    assert ended.code == 0
    assert ended.last_line == f"export-csv: 36 rows in {out}; exit code 0 (done, or nothing to do)"
    text = out.read_text("utf-8")
    assert text.splitlines()[0].split(";") == [*OLD, *OWN]
    assert [row["record_id"] for row in rows_of(text)] == [one.record_id for one in sample_recordings()]
    assert list(lister.folder.glob(".*")) == []


def test_a_row_says_what_the_server_said(lister: Operator) -> None:
    rows = {row["recording_name"]: row for row in rows_of(lister.run("export-csv", "-").out)}
    row = rows["Mécanique du point, séance 1"]
    assert lister.bbb is not None
    record_id = row["record_id"]
    assert row == {
        "meeting_name": "L2-PHY classe virtuelle",
        "recording_name": "Mécanique du point, séance 1",
        "start_date": "2023-09-11",
        "origin": "Moodle",
        "origin_server_name": "moodle.univ.example",
        "origin_version": "4.1.9 (Build: 20240212)",
        "origin_context": "Licence 2 de physique",
        "origin_id": "12",
        "origin_label": "L2-PHY",
        "description": "",
        "published": "true",
        "state": "published",
        "source_url": f"{lister.bbb.base}/playback/video/{record_id}/",
        "record_id": record_id,
        "meeting_id": "f42252e7c128aa19aadd43be9d886e3aa79d7cd0-12-101[0]",
        "start": "2023-09-11T08:00:00Z",
        "end": "2023-09-11T09:00:27Z",
        "duration_s": "3627",
        "participants": "12",
        "size": row["size"],
        "formats": "presentation video",
        "presentation_url": f"{lister.bbb.base}/playback/presentation/2.3/{record_id}",
        "video_url": f"{lister.bbb.base}/playback/video/{record_id}/",
        "breakout_parent": "",
    }
    assert int(row["size"]) > 0


def test_names_come_through_whole_and_no_cell_is_run_as_a_formula(lister: Operator) -> None:
    text = lister.run("export-csv", "-").out
    names = {row["recording_name"] for row in rows_of(text)}
    for title in ("Séminaire 🎓 « Données ouvertes » 📊", "TD & exercices <corrigés>", "مقدمة في الجبر (الدرس ١)"):
        assert title in names
    assert LONG_TITLE.strip() in names
    assert '\'=SOMME(A1) ; l’« œuvre » de "Zola"' in names
    assert not any(cell.startswith(tuple("=+-@\t")) for row in rows_of(text) for cell in row.values())


def test_a_byte_order_mark_is_for_excel(lister: Operator) -> None:
    out = lister.folder / "out.csv"
    assert lister.run("export-csv", str(out), "--bom").code == 0
    written = out.read_bytes()
    assert written.startswith(b"\xef\xbb\xbfmeeting_name;")
    assert written.count(b"\r\n") == 37


def test_standard_output_holds_the_csv_and_nothing_else(lister: Operator) -> None:
    ended = lister.run("export-csv", "-")
    assert len(rows_of(ended.out)) == 36
    assert ended.out.startswith("meeting_name;")
    assert ended.err.splitlines()[-1].startswith("export-csv: 36 rows in stdout; exit code 0")


def test_as_json_each_recording_is_an_object(lister: Operator) -> None:
    ended = lister.json("export-csv", "-")
    kinds = [one["type"] for one in ended.objects]
    assert kinds == ["start", *["recording"] * 36, "end"]
    assert "meeting_name;" not in ended.out
    out = lister.folder / "out.csv"
    assert len(lister.json("export-csv", str(out)).objects) == 38
    assert len(rows_of(out.read_text("utf-8"))) == 36


def test_a_file_is_replaced_in_one_step_with_its_rights_kept(lister: Operator) -> None:
    out = lister.folder / "out.csv"
    out.write_text("what stood there")
    out.chmod(0o640)
    before = out.open()
    assert lister.run("export-csv", str(out)).code == 0
    with before:
        assert before.read() == "what stood there"  # whoever reads the old one reads it whole
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert len(rows_of(out.read_text("utf-8"))) == 36


def test_a_run_that_fails_leaves_the_old_file(lister: Operator) -> None:
    out = lister.folder / "out.csv"
    out.write_text("what stood there")
    lister.set(bbb__secret="wrong")
    assert lister.run("export-csv", str(out)).code == 6
    assert out.read_text() == "what stood there"


def test_a_link_to_a_file_stays_a_link(lister: Operator) -> None:
    real, link = lister.folder / "real.csv", lister.folder / "link.csv"
    real.write_text("")
    link.symlink_to(real)
    assert lister.run("export-csv", str(link)).code == 0
    assert link.is_symlink()
    assert len(rows_of(real.read_text("utf-8"))) == 36


def test_what_is_no_file_is_written_to_and_not_replaced(lister: Operator) -> None:
    pipe = lister.folder / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True) as reader:
        assert lister.run("export-csv", str(pipe)).code == 0
        assert len(rows_of(ended(reader).out)) == 36
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("place", ["nowhere/out.csv", ""])
def test_a_place_that_cannot_be_written_is_a_matter_of_this_machine(lister: Operator, place: str) -> None:
    ended = lister.run("export-csv", str(lister.folder / place))
    assert ended.code == 4
    assert "cannot write" in ended.err
    assert list(lister.folder.parent.glob(".*.part")) == []


def test_a_full_disk_leaves_the_old_file(lister: Operator) -> None:
    ended = lister.run("export-csv", "/dev/full")
    assert ended.code == 4
    assert "No space left" in ended.err


def test_12000_recordings_in_12000_rows_out(operator_of: MakeOperator, serve_bbb: ServeBbb) -> None:
    bbb = serve_bbb(many_recordings(12_000), flavour="bbb-2.6")
    operator = operator_of(bbb=bbb)
    out = operator.folder / "out.csv"
    ended = operator.run("export-csv", str(out))
    assert ended.code == 0
    assert len({row["record_id"] for row in rows_of(out.read_text("utf-8"))}) == 12_000
    assert "12000 rows" in ended.last_line


def test_a_server_that_refuses_to_list_everything_is_listed_in_parts(
    operator_of: MakeOperator, serve_bbb: ServeBbb
) -> None:
    operator = operator_of(bbb=serve_bbb(flavour="bbb-2.6-ids-only"))
    ended = operator.json("export-csv", "-")
    start = ended.objects[0]
    assert (ended.code, start["listed"], start["calls"] > 16) == (0, 36, True)
    assert start["why_parts"]


def test_the_kept_list_is_used_without_asking_the_server(lister: Operator) -> None:
    assert lister.bbb is not None
    first = lister.run("export-csv", "-").out
    asked = len(lister.bbb.requests)
    again = lister.json("export-csv", "-", "--cache")
    assert len(lister.bbb.requests) == asked
    assert again.objects[0]["from_cache"] is True
    assert lister.run("export-csv", "-", "--cache").out == first


def test_without_a_kept_list_the_cache_is_refused_in_words(lister: Operator) -> None:
    ended = lister.run("export-csv", "-", "--cache")
    assert ended.code == 4
    assert "run once without --cache" in ended.err


def test_with_moodle_each_row_says_whose_it_is_and_why(operator: Operator) -> None:
    out = operator.folder / "out.csv"
    ended = operator.run("export-csv", str(out), "--moodle", "all")
    assert ended.code == 0
    text = out.read_text("utf-8")
    assert text.splitlines()[0].split(";") == [
        *OLD,
        "Moodle_owners",
        *OWN,
        *("owners", "owners_why", "candidates", "candidates_why"),
    ]
    rows = {row["record_id"]: row for row in rows_of(text)}
    truth = {record: names for moodle in operator.moodles.values() for record, names in moodle.owners.items()}
    for record_id, row in rows.items():
        assert sorted(row["owners"].split()) == sorted(truth.get(record_id, ()))
        assert row["owners_why"]
        assert all(f"({name})" in row["Moodle_owners"] for name in row["owners"].split())
    unknown = [row for row in rows.values() if row["origin_server_name"] == "moodle.elsewhere.example"]
    assert len(unknown) == 2
    assert all((row["owners"], row["owners_why"][:14]) == ("", "unknown server") for row in unknown)


def test_one_moodle_is_asked_when_one_is_named(operator: Operator) -> None:
    ended = operator.json("export-csv", "-", "--moodle", "health")
    found = [one for one in ended.objects if one["type"] == "recording" and one["ownership"]["owners"]]
    assert {one["origin_server_name"] for one in found} == {"moodle2.univ.example"}
    assert all(set(one["ownership"]["owners"][0]) >= {"username", "why", "confidence"} for one in found)


def test_a_moodle_that_is_not_in_the_settings_is_named(operator: Operator) -> None:
    ended = operator.run("export-csv", "-", "--moodle", "nosuch")
    assert ended.code == 4
    assert "moodle.nosuch" in ended.err
    assert "default, health" in ended.err


@pytest.mark.usefixtures("dying_health")
def test_a_moodle_that_dies_makes_the_list_incomplete(operator: Operator) -> None:
    out = operator.folder / "out.csv"
    assert operator.run("export-csv", str(out), "--moodle", "all").code == 3
    rows = rows_of(out.read_text("utf-8"))
    lost = [row for row in rows if row["origin_server_name"] == "moodle2.univ.example"]
    assert len(lost) == 4
    assert all((row["owners"], row["owners_why"][:7]) == ("", "failed ") for row in lost)
    assert any(row["owners"] for row in rows)


def test_a_list_of_people_is_for_its_owner_only_unless_told_otherwise(lister: Operator, tmp_path: Path) -> None:
    new, there = tmp_path / "new.csv", tmp_path / "there.csv"
    there.touch()
    there.chmod(0o640)
    for path, mode in ((new, 0o600), (there, 0o640)):
        assert lister.run("export-csv", str(path)).code == 0
        assert path.stat().st_mode & 0o777 == mode
