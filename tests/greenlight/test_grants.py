"""The files that make accounts grant what is read and no secret; their placeholders can be searched and replaced."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.greenlight.accounts import GRANTS
from tests.moodle.grants import statements

FILES = sorted(GRANTS.glob("*.sql"))
DOCUMENTS = [GRANTS.parent / name for name in ("owners.md", "owners.fr.md")]


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_the_head_names_what_is_to_be_replaced(file: Path) -> None:
    told = re.findall(r"@\w+@", file.read_text().split("\n\n")[0])
    used = {word for one in statements(file.read_text()) for word in re.findall(r"@[A-Z_]+@", one)}
    assert used == set(told)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_line_of_the_documents_fills_in_its_files(document: Path) -> None:
    lines = re.findall(r"sed -e '([^']+)' docs/owner-grants/(\w+)-", document.read_text())
    assert lines
    for line, what in lines:
        for file in FILES:
            if file.name.startswith(what):
                done = subprocess.run(["sed", "-e", line, str(file)], capture_output=True, text=True, check=True)
                assert re.findall(r"@\w+@", done.stdout.replace("'@'", "")) == [], file


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_no_secret_is_granted_and_nothing_that_writes(file: Path) -> None:
    for one in statements(file.read_text()):
        assert not re.search(r"digest|session_token|moderator_pw|tenants|secret", one)
        if one.startswith("GRANT") and " ON " in one:
            assert re.match(r"GRANT (SELECT \([\w, ]+\)|CONNECT|USAGE) ON", one), one


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_file_is_named_by_both_documents(file: Path) -> None:
    assert all(f"(owner-grants/{file.name})" in document.read_text() for document in DOCUMENTS)
