"""What the documents say exists, and both languages say the same."""

import re
from pathlib import Path

import pytest

from bbbmig import __version__
from bbbmig.cli.help_pages import command_names, option_names
from bbbmig.errors import ExitCode
from bbbmig.settings import load
from bbbmig.settings.keys import OLD_NAMES
from tests.docs.documents import (
    DOCUMENTS,
    ROOT,
    SAMPLES,
    anchors,
    command_lines,
    headings,
    links,
    prose,
    references,
    table_starts,
    text,
    toml_blocks,
)

TOML = [(path, block) for path in DOCUMENTS for block in toml_blocks(path)]
PAIRS = [
    ("README.md", "README.fr.md"),
    *(
        (f"docs/{name}.md", f"docs/{name}.fr.md")
        for name in ("coming-from", "installation", "moodle", "operations", "owners")
    ),
]
OLD_OPTIONS = {
    *("--use-manual-claim", "--use-import-video", "--use_export_csv", "--use-database-moodle", "--dry"),
    *("--min-value-record-process", "--max-value-record-process"),
}
STATIC_OPTIONS = {"--help", "--no-deps"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_link_leads_somewhere(path: Path) -> None:
    targets = [link for link in links(path) if not re.match(r"https?://|mailto:", link)]
    lost = []
    for target in targets:
        file, _, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            lost.append(target)

    assert lost == []


def test_every_document_that_is_spoken_of_is_there_with_its_heading() -> None:
    sources = [
        *ROOT.glob("src/**/*.py"),
        *ROOT.glob("benchmarks/*.py"),
        *ROOT.glob("docs/grants/*"),
        *ROOT.glob("docs/owner-grants/*"),
    ]
    lost, met = [], set()
    for source in (*sources, ROOT / "config.example.toml", *SAMPLES, *DOCUMENTS):
        for reference in references(source):
            file, _, heading = reference.partition("#")
            there = next((path for path in (ROOT / file, source.parent / file) if path.exists()), None)
            met.add(there)
            if there is None or (heading and heading not in anchors(there)):
                lost.append(f"{name_of(source)}: {reference}")

    assert lost == []
    assert met >= set(ROOT.glob("docs/facts/*.md"))


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        reached.add(path)
        found = {(path.parent / link.partition("#")[0]).resolve() for link in links(path)}
        waiting += [one for one in found if one.suffix == ".md" and one.exists() and one not in reached]

    assert set(DOCUMENTS) - reached == set()


@pytest.mark.parametrize(("path", "block"), TOML, ids=[f"{name_of(path)}-{n}" for n, (path, _) in enumerate(TOML)])
def test_every_piece_of_configuration_is_valid(path: Path, block: str, tmp_path: Path) -> None:
    file = tmp_path / "bbbmig.toml"
    file.touch(mode=0o600)
    file.write_text(block, encoding="utf-8")
    sections = re.findall(r"^\[([a-z_]+)", block, re.MULTILINE)

    settings = load(file, environ={"HOME": "/"})

    assert all(settings.has(one) for one in sections if one in ("bbb", "pod", "recorder")), path


def test_there_are_pieces_of_configuration_to_look_at() -> None:
    assert {path.name for path, _ in TOML} >= {"operations.md", "operations.fr.md", "installation.md", "moodle.md"}


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_line_uses_commands_and_options_that_exist(path: Path) -> None:
    wrong = [
        call.line
        for call in command_lines(text(path))
        if call.command not in {"", *command_names(), "COMMAND", "COMMANDE"}
        or (call.command in command_names() and not set(call.options) <= option_names(call.command))
    ]

    assert wrong == []


def test_command_lines_are_found_in_the_documents() -> None:
    calls = [call for path in DOCUMENTS for call in command_lines(text(path))]

    assert {call.command for call in calls} >= set(command_names())
    assert {option for call in calls for option in call.options} >= {"--moodle", "--dry", "--range", "--until-time"}


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.name != "tried.md"], ids=name_of)
def test_every_option_of_bbbmig_that_is_named_alone_exists(path: Path) -> None:
    known = (
        {name for command in ("", *command_names()) for name in option_names(command)} | OLD_OPTIONS | STATIC_OPTIONS
    )
    named = set(re.findall(r"`(--[a-z][\w-]*)", prose(path)))

    assert named - known == set()


@pytest.mark.parametrize("readme", ["README.md", "README.fr.md", "docs/commands.md"])
def test_every_command_is_in(readme: str) -> None:
    shown = {words[0] for words in table_starts(ROOT / readme) if words}
    shown |= {heading.strip("#` ").removeprefix("bbbmig").strip() for heading in headings(ROOT / readme)}

    assert set(command_names()) - shown == set()


@pytest.mark.parametrize("page", ["docs/coming-from.md", "docs/coming-from.fr.md"])
def test_every_key_and_option_of_the_old_script_has_its_row(page: str) -> None:
    rows = {word for words in table_starts(ROOT / page) for word in words}

    assert rows >= {*OLD_NAMES, "USE_CACHE", *OLD_OPTIONS}


@pytest.mark.parametrize("page", ["docs/coming-from.md", "docs/coming-from.fr.md"])
@pytest.mark.parametrize(("old", "new"), OLD_NAMES.items(), ids=OLD_NAMES)
def test_the_row_of_an_old_key_names_the_new_one(page: str, old: str, new: str) -> None:
    row = next(line for line in text(ROOT / page).splitlines() if line.startswith(f"| `{old}` |"))
    section, _, key = new.rpartition(".")
    written = f"`[{section}]` `{key}`" if new != "moodle.NAME" else f"`[{new}]`"

    assert written in row


@pytest.mark.parametrize(("english", "french"), PAIRS)
def test_both_languages_have_the_same_shape(english: str, french: str) -> None:
    def shape(name: str) -> list[object]:
        path = ROOT / name
        signs = [heading.split(" ")[0] for heading in headings(path)]
        tables = [[word.casefold() for word in words] for words in table_starts(path)]
        calls = [(call.command, call.options) for call in command_lines(text(path)) if "COMMAND" not in call.line]
        return [signs, tables, calls]

    assert shape(english) == shape(french)


@pytest.mark.parametrize(("english", "french"), [*PAIRS, ("docs/configuration.md", "docs/configuration.fr.md")])
def test_each_language_leads_to_the_other(english: str, french: str) -> None:
    assert Path(french).name in links(ROOT / english)
    assert Path(english).name in links(ROOT / french)


def test_french_pages_lead_to_pages_in_french_where_there_are_any() -> None:
    pages = [path for path in DOCUMENTS if path.name.endswith(".fr.md")]
    own = {(page, page.name.replace(".fr.md", ".md")) for page in pages} | {
        (ROOT / "README.fr.md", "docs/configuration.md#all-keys"),  # the generated table is not repeated in French
        (ROOT / "docs/configuration.fr.md", "configuration.md#all-keys"),
    }
    english = {
        (page, link)
        for page in pages
        for link in links(page)
        if (page.parent / re.sub(r"(?<!\.fr)\.md(#.*)?$", ".fr.md", link)).resolve() in pages and ".fr.md" not in link
    }

    assert english == own


def test_every_section_of_the_configuration_is_explained_in_french() -> None:
    english = [heading.strip("#` ") for heading in headings(ROOT / "docs/configuration.md") if "`[" in heading]
    french = [words[0] for words in table_starts(ROOT / "docs/configuration.fr.md")]

    assert french == english


@pytest.mark.parametrize("name", ["docs/operations.md", "docs/operations.fr.md"])
def test_cron_is_told_what_every_exit_code_means(name: str) -> None:
    rows = {cell for line in prose(ROOT / name).splitlines() for cell in re.findall(r"^\| ([0-9, ]+) \|", line)}

    assert {int(code) for cell in rows for code in cell.split(", ")} == {int(code) for code in ExitCode}


def test_the_first_screen_of_the_readme_has_two_commands_and_no_third() -> None:
    first_screen = text(ROOT / "README.md").split("\n## ")[0]

    assert re.findall(r"^ {4}(make \w+)", first_screen, re.MULTILINE) == ["make demo", "make test"]


def test_the_changelog_knows_this_version() -> None:
    assert f"## {__version__}" in text(ROOT / "CHANGELOG.md")
