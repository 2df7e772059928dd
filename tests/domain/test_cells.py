"""No cell runs as a formula, and every one comes back as it was."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.spreadsheet_cells import harmless, plain, plain_line, safe_row


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://x")',
        "+33 6",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\uff1d1",
        "'=1",
        "''=1",
        "-",
    ],
)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe_and_loses_it_again(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert plain(f"'{text}") == text


@pytest.mark.parametrize("text", ["", "Mécanique = facile", "l'été", "'s Gravenhage", "a-b", "2 - 1", " x", "😀"])
def test_ordinary_texts_are_left_as_they_are(text: str) -> None:
    assert harmless(text) == text
    assert plain(text) == text


@pytest.mark.parametrize("text", ["=1+1", "-", "@home"])
def test_what_a_person_typed_without_an_apostrophe_is_read_as_typed(text: str) -> None:
    assert plain(text) == text


@given(st.text(alphabet="'=+-@ \t\r\n\uff1dax") | st.text())
def test_every_text_comes_back(text: str) -> None:
    assert plain(harmless(text)) == text


@given(st.text(alphabet="'=+-@ \t\r\n\uff1dax") | st.text())
def test_no_written_cell_begins_like_a_formula(text: str) -> None:
    assert harmless(text)[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20"}
    assert harmless(text).lstrip()[:1] not in {"=", "+", "-", "@"}


@given(
    st.lists(st.text(alphabet="'=+-@ ;,\"\t\r\n\uff1daé\u2019\u202e1") | st.text(max_size=5), min_size=2, max_size=5)
)
def test_the_quick_way_to_a_line_writes_what_the_careful_one_does(row: list[str]) -> None:
    line = plain_line(row, ";")
    careful = io.StringIO()
    csv.writer(careful, delimiter=";", lineterminator="").writerow(safe_row(row))
    assert line in (None, careful.getvalue())


@pytest.mark.parametrize("row", [["Algèbre", "L\u2019Europe \u2013 suite", "", "1"], ["https://bbb.univ.fr/", "x"]])
def test_ordinary_rows_take_the_quick_way(row: list[str]) -> None:
    assert plain_line(row, ";") == ";".join(row)
