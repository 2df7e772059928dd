"""The one-line exports of docs/owners.md, run with the databases' own clients and read back, awkward values and all."""

import os
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.domain.meeting_register import Part
from bbbmig.domain.recording import Recording
from bbbmig.errors import ConfigError
from bbbmig.greenlight import GreenlightSource, reader_of
from tests.greenlight.accounts import source_of
from tests.greenlight.tables import Row, fill

DOCUMENTS = [Path(__file__).parents[2] / "docs" / name for name in ("owners.md", "owners.fr.md")]
WHEN = datetime(2021, 5, 4, 10, 30, tzinfo=UTC)
AWKWARD = 'Tab\there, "quoted", semi;colon, back\\slash\\n\nsecond line \u2028 é🎓'
NULL_ISH = "NULL"
MEETING, OTHER = "a" * 40, "b" * 40
UUIDS = [f"00000000-0000-4000-8000-{number:012}" for number in range(6)]

ROWS: dict[int, dict[str, list[Row]]] = {
    2: {
        "users": [
            (1, "ldap", "gl-a", '"Zoé"\tD\'Arc', "zoe", None, "uid=zoe,ou=people,dc=fr", WHEN, False),
            (2, "greenlight", "gl-b", "Jean\nDupont", None, "j@univ.fr", None, WHEN, True),
        ],
        "rooms": [(1, 1, AWKWARD, "zoe-abc", MEETING, WHEN, False), (2, None, NULL_ISH, "x-y", OTHER, WHEN, True)],
        "shared_accesses": [(1, 1, 2, WHEN), (2, 2, 2, WHEN)],
    },
    3: {
        "users": [
            (UUIDS[1], '"Zoé"\tD\'Arc', "z@univ.fr", "uid=zoe,ou=people,dc=fr", "greenlight", 0, WHEN),
            (UUIDS[2], "Jean\nDupont", "j@univ.fr", None, "greenlight", 2, WHEN),
        ],
        "rooms": [(UUIDS[3], UUIDS[1], AWKWARD, "z-a", MEETING, WHEN), (UUIDS[4], None, NULL_ISH, "x-y", OTHER, WHEN)],
        "shared_accesses": [(UUIDS[1], UUIDS[2], UUIDS[3], WHEN), (UUIDS[2], UUIDS[2], UUIDS[4], WHEN)],
    },
}


def documented(version: int) -> str:
    """Return the SELECT of a version; both languages have the same."""
    found = [re.findall(r"\\copy \((SELECT .*?)\) TO STDOUT CSV HEADER", path.read_text()) for path in DOCUMENTS]
    assert found[0] == found[1]
    return str(found[0][3 - version])


def exported(url: sa.URL, select: str, form: str) -> bytes:
    """Run the client that the document names."""
    password = {"PGPASSWORD": url.password or "", "MYSQL_PWD": url.password or ""}
    if form == "sqlite3":
        command = ["sqlite3", "-csv", "-header", str(url.database), select]
    elif form == "mysql --batch":
        where = [f"--host={url.host}", f"--port={url.port}", f"--user={url.username}"]
        command = ["mysql", "--no-defaults", *where, "--default-character-set=utf8mb4", "--batch", "-e", select]
        command.append(str(url.database))
    else:
        end = "TO STDOUT CSV HEADER" if form == "psql csv" else "TO STDOUT (HEADER)"
        where = ["-h", str(url.host), "-p", str(url.port), "-U", str(url.username), "-d", str(url.database)]
        command = ["psql", "-X", *where, "-c", rf"\copy ({select}) {end}"]
    done = subprocess.run(command, env={**os.environ, **password}, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def parts(source: GreenlightSource) -> list[tuple[object, ...]]:
    reader = reader_of(source)
    reader.reach()
    register = reader.register()
    found: list[Part] = []
    for meeting in (MEETING, OTHER):
        found += register.of(Recording(record_id="x", meeting_id=meeting))[0]
    reader.close()
    return sorted(
        (part.room.meeting_id, part.room.name, part.room.created, part.part, repr(part.account)) for part in found
    )


FORMS = {"postgresql": ("psql csv", "psql text"), "mysql": ("mysql --batch",), "sqlite": ("sqlite3",)}


@pytest.mark.parametrize("version", [2, 3])
def test_what_the_documented_line_exports_is_what_the_database_holds(
    version: int, database_url: sa.URL, tmp_path: Path
) -> None:
    fill(database_url, version, ROWS[version])
    there = parts(source_of(database_url))
    assert len(there) == 4
    assert AWKWARD in {one[1] for one in there}
    for form in FORMS[database_url.get_backend_name()]:
        file = tmp_path / "greenlight.csv"
        file.write_bytes(exported(database_url, documented(version), form))
        read = parts(GreenlightSource(name="default", where=file))
        lost = {NULL_ISH: ""} if form in ("mysql --batch", "psql text") else {}  # the word is taken for nothing
        assert read == sorted(tuple(lost.get(str(one), one) for one in row) for row in there), form


CSV = "meeting_id;room;email;name\nabc def;Salle é;j@univ.fr;Jean Dupont\n"


@pytest.mark.parametrize(
    "data",
    [
        CSV.encode(),
        CSV.encode("utf-8-sig"),
        CSV.encode("utf-16"),
        CSV.encode("cp1252"),
        CSV.replace(";", ",").encode(),
        CSV.replace(";", "\t").replace("\n", "\r\n").encode(),
        CSV.replace("Salle é", '"Salle é"').encode(),
        f"unknown;{CSV}".replace("\nabc", "\n7;abc").encode(),
        CSV.replace("meeting_id", "MEETING_ID").replace("email", " Email ").encode(),
    ],
)
def test_an_export_is_read_in_whatever_form_a_spreadsheet_saved_it(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "greenlight.csv"
    file.write_bytes(data)
    reader = reader_of(GreenlightSource(name="default", where=file))
    (part,) = reader.register().of(Recording(record_id="x", meeting_id="abc def"))[0]
    assert (part.room.name, part.account and part.account.email) == ("Salle é", "j@univ.fr")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "it is empty"),
        (b"PK\x03\x04rest", "is a workbook"),
        (b"room;email\nx;y\n", "no column meeting_id"),
        (b"meeting_id;room\nx;y\n", "one of email, external_id"),
        (b"meeting_id;email;email\nx;y;z\n", "column email is there twice"),
        (b"meeting_id;email\n", "has no room"),
        (b'meeting_id;email\n"x;y\nz;z\n', "line 2"),
        (b"meeting_id;email\nx;y;z\n", "line 2 has 3 cells"),
    ],
)
def test_what_is_no_export_is_refused_with_its_place(data: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "greenlight.csv"
    file.write_bytes(data)
    reader = reader_of(GreenlightSource(name="lab", where=file))
    with pytest.raises(ConfigError, match=said) as refusal:
        reader.reach()
    assert "greenlight lab" in refusal.value.message
    assert str(file) in refusal.value.message
    assert refusal.value.hint
