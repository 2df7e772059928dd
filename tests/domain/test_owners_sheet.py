"""New lines below what people wrote, which stays as it is: in any encoding, with any columns."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.choices import Language
from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.owners_file import parse_owners
from bbbmig.domain.owners_sheet import COLUMNS, FRENCH_COLUMNS, lines, merged, rows
from bbbmig.domain.owners_sheet_french import in_french
from bbbmig.domain.recording import Recording
from bbbmig.errors import ConfigError

A, B, C = (letter * 40 + "-1709629200000" for letter in "abc")
ROOM = "f" * 40 + "-20-30[0]"


def asked(*record_ids: str, title: str = "Thèse 😀") -> list[tuple[str, ...]]:
    listed = [Recording(record_id=one, meeting_id=ROOM, meeting_name=title) for one in record_ids]
    return list(rows(listed, {one: Ownership(record_id=one, finding=Finding.NOBODY) for one in record_ids}))


def of_text(text: str, delimiter: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def test_a_new_file_is_what_lines_write() -> None:
    written, added = merged(b"", asked(A, B))
    assert (written.decode(), added) == ("".join(lines(asked(A, B))), 2)
    assert merged(b"\n;;\n", asked(A), bom=True)[0].startswith(b"\xef\xbb\xbfowners;")


def test_what_is_there_stays_to_the_byte_and_what_is_new_comes_below() -> None:
    before = merged(b"", asked(A, B))[0]
    before = before.replace(f"\n;{A}".encode(), f"\njdupont;{A}".encode())
    after, added = merged(before, asked(B, C))
    assert after.startswith(before)
    assert added == 1
    assert [row["record_id"] for row in of_text(after.decode())] == [A, B, C]
    assert merged(after, asked(A, B, C)) == (after, 0)


@pytest.mark.parametrize(
    ("encoding", "delimiter", "line_end", "seen"),
    [
        ("utf-8", ",", "\n", "Thèse 😀"),
        ("utf-8-sig", ";", "\r\n", "Thèse 😀"),
        ("utf-16", "\t", "\r\n", "Thèse 😀"),
        ("cp1252", ";", "\r\n", "Thèse ?"),
    ],
)
@pytest.mark.parametrize("whole", [True, False], ids=["ends with a line", "ends in a line"])
def test_a_file_keeps_its_form_and_its_columns(
    encoding: str,
    delimiter: str,
    line_end: str,
    seen: str,
    whole: bool,  # noqa: FBT001
) -> None:
    mine = delimiter.join(("Remarque", "title", "record_id", "owners")) + line_end
    mine += delimiter.join(("à voir", "Été", A, "jdupont")) + (line_end if whole else "")
    before = mine.encode(encoding)
    after, added = merged(before, asked(A, B))
    assert after.startswith(before)
    last = of_text(after.decode(encoding), delimiter)[-1]
    assert (last, added) == ({"Remarque": "", "title": seen, "record_id": B, "owners": ""}, 1)
    assert [owner.username for owner in parse_owners(after).owners[A].owners] == ["jdupont"]


def test_french_by_wish_and_where_the_file_is_french() -> None:
    after, _ = merged(b"", asked(A), language=Language.FR)
    assert after.decode().splitlines()[0] == ";".join(FRENCH_COLUMNS)
    (row,) = of_text(after.decode())
    assert row["doute"] == "personne trouvé"
    more, _ = merged(after, asked(B))
    assert of_text(more.decode())[1]["doute"] == "personne trouvé"
    assert of_text(merged(after, asked(B), language=Language.EN)[0].decode())[1]["doute"] == "nobody found"
    filled = more.replace(f"\n;{B}".encode(), f"\nmm;{B}".encode())
    assert [owner.username for owner in parse_owners(filled).owners[B].owners] == ["mm"]


@pytest.mark.parametrize("name", ["Propriétaires", "PROPRIETAIRES", "propriétaire ", "owners", "Owners"])
@pytest.mark.parametrize("recording", ["record_id", "recordID", "Record ID"])
def test_columns_are_known_by_several_names(name: str, recording: str) -> None:
    file = parse_owners(f"{recording};{name}\n{A};jdupont\n".encode("cp1252"))
    assert [owner.username for owner in file.owners[A].owners] == ["jdupont"]


def test_a_bom_is_put_before_a_file_that_has_none_and_nothing_else_changes() -> None:
    before = f"record_id;owners\n{A};jdupont\n".encode()
    assert merged(before, [], bom=True) == (b"\xef\xbb\xbf" + before, 0)
    assert merged(b"\xef\xbb\xbf" + before, [], bom=True) == (b"\xef\xbb\xbf" + before, 0)


@pytest.mark.parametrize("before", [b"title;who\nx;y\n", b'record_id;owners\n"a;b\n', b"PK\x03\x04 a workbook"])
def test_a_file_that_cannot_be_read_is_left_alone(before: bytes) -> None:
    with pytest.raises(ConfigError):
        merged(before, asked(A))


class TestRooms:
    listed = (Recording(record_id=A, meeting_id=ROOM), Recording(record_id=B, meeting_id=ROOM), Recording(record_id=C))

    def decided(self, *of: str) -> dict[str, list[str]]:
        text = "\n".join(("record_id;meeting_id;owners", *of))
        found = parse_owners(text.encode(), known={A, B, C}).of(self.listed)
        return {one: [owner.username for owner in its.owners] for one, its in found.items()}

    def test_a_line_without_recordid_stands_for_all_recordings_of_its_meeting(self) -> None:
        assert self.decided(f";{ROOM};jdupont mm") == {A: ["jdupont", "mm"], B: ["jdupont", "mm"]}

    def test_but_for_those_with_a_decision_of_their_own(self) -> None:
        assert self.decided(f"{B};{ROOM};zoe", f";{ROOM};jdupont") == {A: ["jdupont"], B: ["zoe"]}
        assert self.decided(f"{B};{ROOM};-", f";{ROOM};jdupont") == {A: ["jdupont"], B: []}

    def test_a_line_of_a_recording_is_not_about_its_room(self) -> None:
        assert self.decided(f"{B};{ROOM};zoe") == {B: ["zoe"]}
        assert self.decided(f"{B};{ROOM};", f";{ROOM};jdupont") == {A: ["jdupont"], B: ["jdupont"]}

    def test_two_lines_about_one_room_must_say_the_same(self) -> None:
        with pytest.raises(ConfigError, match=r"line 3: .*zoe, but line 2 says jdupont"):
            self.decided(f";{ROOM};jdupont", f";{ROOM};zoe")

    def test_a_file_may_be_about_rooms_alone(self) -> None:
        found = parse_owners(f"meeting_id;owners\n{ROOM};jdupont\n".encode(), known={A, B, C}).of(self.listed)
        assert sorted(found) == [A, B]

    def test_a_decision_without_either_is_a_problem(self) -> None:
        with pytest.raises(ConfigError, match="line 2: no record_id, and no meeting_id"):
            self.decided(";;jdupont")


@given(st.lists(st.tuples(st.sampled_from([A, B]), st.text(max_size=8)), max_size=4), st.text(max_size=20))
def test_nothing_that_a_person_wrote_is_ever_lost(written: list[tuple[str, str]], remark: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([["record_id", "remark", "owners"], *([a, b, ""] for a, b in written)])
    before = (out.getvalue() + remark).encode("utf-8", errors="replace")
    try:
        after, _ = merged(before, asked(A, B, C))
    except ConfigError:
        return  # nothing is written then
    assert after.startswith(before)


@pytest.mark.parametrize(
    ("english", "french"),
    [
        (
            "zoe (Zoé, z@univ.fr): rule: role teacher in course, given later; activity 30 of course 20",
            "zoe (Zoé, z@univ.fr): règle : rôle teacher dans le cours, donné plus tard; activité 30 du cours 20",
        ),
        ("x: owner of Pod's meeting 0012-cours, now 0012-td", "x: propriétaire de la réunion Pod 0012-cours"),
        (
            "moodle.univ.fr: not of moodle default, moodle second",
            "moodle.univ.fr : pas de moodle default, moodle second",
        ),
        ("left out: administrators, deleted users", "écartés : administrateurs, utilisateurs supprimés"),
        ("", ""),
    ],
)
def test_reasons_in_french(english: str, french: str) -> None:
    assert in_french(english) == french


def test_every_column_has_a_french_name() -> None:
    assert len(FRENCH_COLUMNS) == len(COLUMNS) == len(set(FRENCH_COLUMNS))


@pytest.mark.parametrize(
    "text",
    [
        "# fichier de Marie\nowners;record_id;title\njean;{0};x\n",
        "owners;record_id;title\n# décidé avec Marie; à revoir; demain; peut-être\njean;{0};x\n",
        '"# une ligne";;\nowners;record_id;title\njean;{0};x\n',
        "owners;record_id;title\njean;{0};x\n;;# en bas\n\n",
    ],
)
def test_remarks_of_people_are_kept_and_decide_nothing(text: str) -> None:
    before = text.format(A).encode()
    data, added = merged(before, [])
    assert (data, added) == (before, 0)
    assert [owner.username for owner in parse_owners(data).owners[A].owners] == ["jean"]
