"""Sentences and values that all ways of showing share."""

import io
import json
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path

import pytest

from bbbmig.domain.outcome import Outcome, Status, Tally
from bbbmig.domain.owner import Owner, Ownership
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.errors import ExitCode
from bbbmig.report import sentences
from bbbmig.report.json_lines import JsonReporter
from bbbmig.report.messages import Check, Level, worst
from bbbmig.report.plain import PlainReporter
from bbbmig.report.recordings_csv import header, rows, write
from tests.domain.recordings import recording
from tests.domain.remembered import tally_of

SECRET_URL = "https://bbb.example/recording/x/video?token=geheim"


def outcome(**values: object) -> Outcome:
    action = Action(
        kind=Kind.LINK, recording=recording(), target="prof", url=SECRET_URL, owner=Owner(username="prof", why="rule")
    )
    return Outcome(**{"action": action, "status": Status.DONE, **values})  # type: ignore[arg-type] # its fields


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (5 << 20, "5.0 MiB"), (3 << 30, "3.0 GiB")],
)
def test_sizes_are_said_as_people_read_them(count: int, said: str) -> None:
    assert sentences.size(count) == said
    assert sentences.size(5 << 40) == "5120.0 GiB"


def test_an_outcome_is_said_with_its_reason_and_without_keys() -> None:
    assert sentences.intention(outcome()) == "link for prof (rule)"
    skip = Action(kind=Kind.SKIP, recording=recording(), reason=Reason.UNPUBLISHED, detail=f"see {SECRET_URL}")
    said = sentences.remark(Outcome(action=skip, status=Status.SKIPPED))
    assert said.startswith("unpublished; see https://bbb.example/")
    assert "geheim" not in said


def test_the_name_of_a_file_is_the_true_one_once_it_is_known() -> None:
    download = Action(kind=Kind.DOWNLOAD, recording=recording(), target="a.mp4")
    assert sentences.intention(Outcome(action=download, status=Status.PLANNED)) == "download a.mp4"
    assert sentences.intention(Outcome(action=download, status=Status.DONE, location="/x/a.webm")) == "download a.webm"


@pytest.mark.parametrize("codes", list(permutations([ExitCode.REMOTE_FAILED, ExitCode.CONFIG, ExitCode.DONE], 3)))
def test_the_exit_code_of_check_is_that_of_the_worst(codes: tuple[ExitCode, ...]) -> None:
    checks = [Check(place="x", level=Level.OK, what="", exit_code=code) for code in codes]
    assert worst(checks) is ExitCode.CONFIG
    assert worst([]) is ExitCode.DONE


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii"])
def test_json_is_readable_in_every_encoding(encoding: str) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding)
    with JsonReporter(stream) as report:
        report.outcome(outcome(detail="é 🎓 \u2028"))
        report.text("مقدمة")
    first, second = map(json.loads, raw.getvalue().decode(encoding).split("\n")[:2])
    assert (first["detail"], second["text"]) == ("é 🎓 \u2028", "مقدمة")
    assert first["url"].endswith("token=***")


def test_quiet_lines_are_failures_and_an_end_worth_saying() -> None:
    stream = io.StringIO()
    with PlainReporter(stream, quiet=True) as report:
        report.outcome(outcome())
        report.outcome(outcome(status=Status.FAILED, detail="no"))
        report.end("import-links", tally_of(outcome()), ExitCode.DONE)
    lines = stream.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == ["failed", "import-links:"]
    silent = io.StringIO()
    with PlainReporter(silent, quiet=True) as report:
        report.end("import-links", Tally(), ExitCode.DONE)
    assert silent.getvalue() == ""


def test_a_row_has_a_cell_for_each_column_even_of_a_recording_of_which_nothing_is_known() -> None:
    bare = recording(meeting_name="", playbacks=())
    dated = recording("b", start=datetime(2023, 1, 1, tzinfo=UTC), end=datetime(2022, 1, 1, tzinfo=UTC))
    found: tuple[dict[str, Ownership] | None, ...] = (None, {})
    for owners in found:
        width = len(header(owners=owners is not None))
        assert all(len(row) == width for row in rows([bare, dated], owners))
    cells = dict(zip(header(owners=False), next(rows([bare])), strict=True))
    assert (cells["duration_s"], cells["start"], cells["source_url"]) == ("", "", "")


def test_a_cell_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    write(file, rows([recording(meeting_name="a\r\nb\x00c", description="=1+1")]))
    (line,) = file.read_text(encoding="utf-8").splitlines()
    row = line.split(";")
    assert row[0] == "a b c"
    assert row[9] == "'=1+1"
