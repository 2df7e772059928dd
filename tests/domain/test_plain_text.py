"""What a server says is shown without anything that a terminal, a spreadsheet or a web page would obey."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.plain_text import one_line, shown

OBEYED = [*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *"\u2028\u2029\u202a\u202b\u202c\u202d\u202e"]
OBEYED += [*"\u2066\u2067\u2068\u2069\u200e\u200f\u061c\ufeff\u2060\U000e0041"]


@pytest.mark.parametrize("character", OBEYED, ids=[f"U+{ord(one):04X}" for one in OBEYED])
def test_no_character_that_is_obeyed_is_shown(character: str) -> None:
    assert character not in one_line(f"a{character}b").replace(" ", "")
    assert character in "\n\t\u2028\u2029 " or character not in shown(f"a{character}b")


def test_what_people_write_stays() -> None:
    for text in ("Séminaire 🎓 « Données »", "مقدمة في الجبر (الدرس)", "می‌خواهم", "👩‍🏫", "שיעור מבוא", "数学"):
        assert one_line(text) == shown(text) == text
    assert one_line(" a\r\n  b\u00a0c\t") == "a b c"
    assert shown("a\n\tb") == "a\n\tb"


@given(st.text())
def test_a_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert line == " ".join(line.split())
    assert not any(unicodedata.category(one) == "Cc" for one in line)
    assert one_line(line) == line
