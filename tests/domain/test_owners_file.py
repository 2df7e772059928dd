"""The owners file: what people get to decide, and what is read back however their spreadsheet saved it."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.owners_file import OwnersFile, parse_owners
from bbbmig.domain.owners_sheet import COLUMNS, doubt, lines, rows
from bbbmig.domain.recording import Origin, Playback, Recording
from bbbmig.errors import ConfigError

START = datetime(2024, 3, 5, 9, tzinfo=UTC)
A, B, C = "a" * 40 + "-1709629200000", "b" * 40 + "-1709629200000", "c" * 40 + "-1709629200000"


def recording(record_id: str = A, title: str = "Cours 1") -> Recording:
    return Recording(
        record_id=record_id,
        meeting_name=title,
        start=START,
        end=START + timedelta(minutes=64),
        origin=Origin(context="Chimie"),
        playbacks=(Playback(type="presentation", url="https://bbb/playback/presentation/2.3/x?token=secret"),),
    )


def found(*owners: Owner, detail: str = "") -> Ownership:
    return Ownership(record_id=A, finding=Finding.FOUND, owners=owners, detail=detail)


def person(name: str = "jdupont", confidence: Confidence = Confidence.DOUBTFUL, **more: bool) -> Owner:
    return Owner(
        username=name,
        first_name="Jean",
        last_name="Dupont",
        email=f"{name}@univ.fr",
        why="editing teacher of the course",
        confidence=confidence,
        **more,
    )


def table(*pairs: tuple[str, str], delimiter: str = ";", newline: str = "\n") -> str:
    """Write what a spreadsheet saves: columns moved, one added."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline)
    writer.writerow(["title", "record_id", "my remark", "owners"])
    writer.writerows(["Été; 1", record_id, "", owners] for record_id, owners in pairs)
    return out.getvalue()


def read(text: str, encoding: str = "utf-8") -> OwnersFile:
    return parse_owners(text.encode(encoding), known={A, B, C})


def names(file: OwnersFile) -> dict[str, list[str]]:
    return {one: [owner.username for owner in its.owners] for one, its in file.owners.items()}


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return [line.strip() for line in caught.value.message.splitlines()[1:]]


@pytest.mark.parametrize(
    ("ownership", "words"),
    [
        (found(person()), "doubtful"),
        (found(person(), person("x", Confidence.LIKELY)), ""),
        (found(person(confidence=Confidence.CERTAIN)), ""),
        (found(person(confidence=Confidence.LIKELY, suspended=True)), "all suspended"),
        (Ownership(record_id=A, finding=Finding.NOBODY), "nobody found"),
        (Ownership(record_id=A, finding=Finding.UNKNOWN_SERVER), "unknown server"),
        (Ownership(record_id=A, finding=Finding.FAILED), "search failed: run again"),
        (Ownership(record_id=A, finding=Finding.NOT_SEARCHED), "not searched"),
        (Ownership(record_id=A, finding=Finding.IGNORED_SERVER), ""),
        (Ownership(record_id=A, finding=Finding.LEFT_OUT), ""),
    ],
)
def test_people_are_asked_about_unknown_and_doubtful_owners_only(ownership: Ownership, words: str) -> None:
    assert doubt(ownership) == words
    assert len(list(rows([recording()], {A: ownership}))) == (1 if words else 0)


def test_a_row_has_all_that_a_person_needs_to_decide() -> None:
    ownership = found(person(), person("mm", suspended=True), detail="activity 30 of course 20")
    (row,) = rows([recording()], {A: ownership})
    told = dict(zip(COLUMNS, row, strict=True))
    assert told.pop("date") == START.astimezone().strftime("%Y-%m-%d %H:%M")
    assert told == {
        "owners": "",
        "record_id": A,
        "doubt": "doubtful",
        "candidates": "jdupont mm",
        "why": "jdupont (Jean Dupont, jdupont@univ.fr): editing teacher of the course; "
        "mm (Jean Dupont, mm@univ.fr, suspended): editing teacher of the course; activity 30 of course 20",
        "title": "Cours 1",
        "course": "Chimie",
        "activity": "",
        "minutes": "64",
        "playback": "https://bbb/playback/presentation/2.3/x",
        "meeting_id": "",
    }


def test_a_recording_that_was_not_searched_for_and_says_nothing_of_itself_has_its_row() -> None:
    (row,) = rows([Recording(record_id=A)], {})
    assert row == ("", A, "not searched", "", "", A, "", "", "", "", "", "")


def test_titles_cannot_run_formulas_nor_break_the_lines() -> None:
    title = "=cmd|' /C calc'!A0 \"x\";\n😀 עברית"
    written = "".join(lines(rows([recording(title=title)], {})))
    head, row = csv.reader(io.StringIO(written), delimiter=";")
    assert tuple(head) == COLUMNS
    assert row[COLUMNS.index("title")] == "'" + title.replace("\n", " ")


def test_what_was_written_and_filled_in_is_read_back() -> None:
    written = "".join(lines(rows([recording(A), recording(B, "=1"), recording(C)], {})))
    filled = written.replace(f"\n;{A}", f"\njdupont mm;{A}").replace(f"\n;{B}", f"\n'-;{B}")
    file = read(filled)
    assert names(file) == {A: ["jdupont", "mm"], B: []}
    assert file.owners[A].finding is Finding.FOUND
    assert file.owners[A].source == "owners file"
    assert {owner.confidence for owner in file.owners[A].owners} == {Confidence.CERTAIN}
    assert file.owners[B].finding is Finding.LEFT_OUT
    assert file.undecided == 1
    assert file.warnings == ()


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_whatever_a_spreadsheet_saves_is_taken(delimiter: str, newline: str, encoding: str) -> None:
    text = table((A, "élodie"), (B, ""), delimiter=delimiter, newline=newline)
    assert names(read(text, encoding)) == {A: ["élodie"]}


@pytest.mark.parametrize(
    "change",
    [
        lambda text: f"sep=;\n{text}",
        lambda text: f"\n;;;\n{text}\n\n;;;\n",
        lambda text: text.replace("record_id", '" Record_ID"').replace("owners", "OWNERS "),
        lambda text: text.replace("\n", ";;;\n"),
    ],
    ids=["sep", "blank lines", "other capitals", "empty cells at the end"],
)
def test_harmless_changes_do_no_harm(change: Callable[[str], str]) -> None:
    assert names(read(change(table((A, "jdupont"))))) == {A: ["jdupont"]}


def test_cells_that_a_spreadsheet_left_out_at_the_end_of_a_line_are_empty() -> None:
    assert names(read(f"record_id;owners;title\n{A};jdupont\n{B}\n")) == {A: ["jdupont"]}


@pytest.mark.parametrize("typed", ["jdupont mm", " jdupont  mm ", "jdupont, mm", "jdupont;mm", "jdupont mm JDupont"])
def test_names_are_taken_however_they_are_separated_each_once(typed: str) -> None:
    assert names(read(table((A, typed)))) == {A: ["jdupont", "mm"]}


@pytest.mark.parametrize("typed", ["-", "\N{EN DASH}", "'-"])
def test_a_dash_leaves_a_recording_out(typed: str) -> None:
    assert read(table((A, typed))).owners[A].finding is Finding.LEFT_OUT


def test_all_bad_lines_are_told_at_once_with_their_numbers() -> None:
    text = table(
        (A, "jean#dupont ok"),
        (B, "- mm"),
        (C, "jdupont"),
        ("", "lost"),
        (C, "JDupont"),
        (C, "other"),
        (A, "1.23457E+11"),
        (B, "x" * 151),
    )
    assert problems(text) == [
        "line 2: no user name of Pod: 'jean#dupont'",
        "line 3: - (leave it out) beside user names",
        "line 5: no record_id",
        f"line 7: {C}: other, but line 4 says jdupont",
        "line 8: no user name of Pod: '1.23457E+11'",
        f"line 9: no user name of Pod: '{'x' * 151}'",
    ]


def test_a_recording_that_is_decided_on_one_line_and_left_open_on_another_is_decided() -> None:
    file = read(table((A, ""), (A, "jdupont"), (A, "")))
    assert (names(file), file.undecided) == ({A: ["jdupont"]}, 0)


def test_a_recording_that_is_left_out_and_given_is_a_contradiction() -> None:
    assert problems(table((A, "jdupont"), (A, "-"))) == [f"line 3: {A}: -, but line 2 says jdupont"]


def test_numbers_are_those_of_the_lines_though_cells_have_line_feeds() -> None:
    text = f'sep=;\nrecord_id;owners;x\n{A};jdupont;"two\nlines"\n{B};#;\n'
    assert problems(text) == ["line 5: no user name of Pod: '#'"]


def test_an_unknown_recording_is_a_warning() -> None:
    file = read(table((A, "jdupont"), ("f" * 40, "mm")))
    assert file.warnings == (f"line 3: there is no recording {'f' * 40}",)


def test_a_file_about_another_server_is_refused() -> None:
    assert problems(table(("x", "jdupont"), ("y", ""))) == [
        "not one of its recordIDs is on this server: is it the right file?"
    ]


@pytest.mark.parametrize("rows", [(), ((A, ""),), ((A, ""), ("f" * 40, ""))])
def test_a_file_in_which_nobody_has_decided_anything_yet_is_taken(rows: tuple[tuple[str, str], ...]) -> None:
    file = read(table(*rows))
    assert (dict(file.owners), file.undecided) == ({}, len(rows))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("title;owner\nx;y\n", "line 1: no single column `owners` and `record_id` (found: title, owner)"),
        ("record_id;owners;owners\n", "line 1: no single column `owners` (found: record_id, owners, owners)"),
        (f"record_id;owners\n{A};jdupont;mm\n", "line 2: 3 cells, the header has 2"),
    ],
)
def test_a_file_of_another_form_is_refused_in_words(text: str, problem: str) -> None:
    assert problem in problems(text)


def test_a_quotation_mark_that_is_missing_does_not_swallow_the_rest_silently() -> None:
    text = f'record_id;owners\n{A};jdupont\n{B};"mm\n{C};x\n'
    (problem,) = problems(text)
    assert problem.startswith("line 3: ")
    assert "quotation mark" in problem


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"PK\x03\x04rest", "workbook"), (b"\xd0\xcf\x11\xe0rest", "workbook"), (b"a\0b", "text"), (b"\x81\x9d", "text")],
)
def test_what_is_no_csv_is_refused_with_what_to_do(data: bytes, words: str) -> None:
    with pytest.raises(ConfigError, match=words) as caught:
        parse_owners(data, known={A}, name="owners.xlsx")
    assert "CSV" in caught.value.hint
    assert "owners.xlsx" in caught.value.message


@given(st.binary(max_size=200) | st.text(alphabet=f'record_id;owners,\t\n"-{A[:2]}', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    try:
        assert parse_owners(data, known={A}).owners.keys() <= {A}
    except ConfigError as error:
        assert error.hint  # noqa: PT017 - either may happen


@given(st.lists(st.from_regex(r"[a-zé.@+][a-zé0-9_.@+-]{0,20}", fullmatch=True), min_size=1, max_size=5))
def test_names_that_pod_takes_come_back_from_the_written_file(wanted: list[str]) -> None:
    written = "".join(lines([(" ".join(wanted), A, *[""] * 9)]))
    (got,) = names(read(written)).values()
    assert {one.casefold() for one in got} <= {one.casefold() for one in wanted}
