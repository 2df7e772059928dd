"""The documents as the tests see them: headings, links, code, tables."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bbbmig.cli.help_pages import command_names

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")))
SAMPLES = sorted(path for path in ROOT.glob("sample/*/*") if path.is_file())

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_COG = re.compile(r"<!-- \[\[\[.*?\]\]\] -->", re.DOTALL)
_INDENTED = re.compile(r"(?:^(?: {4,}.*)?\n)+", re.MULTILINE)


def text(path: Path) -> str:
    """Return a document without the code that generates parts of it."""
    return _COG.sub("", path.read_text(encoding="utf-8"))


def prose(path: Path) -> str:
    """Return a document without its blocks of code."""
    return _FENCE.sub("", text(path))


def headings(path: Path) -> list[str]:
    """Return the headings with their signs: `## Install`."""
    return [line for line in prose(path).splitlines() if re.match(r"#{1,6} ", line)]


def anchors(path: Path) -> set[str]:
    """Return what links may name after `#`, as GitHub and GitLab make it of headings."""
    titles = [heading.lstrip("#").strip().lower() for heading in headings(path)]
    return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


def links(path: Path) -> list[str]:
    """Return the targets of links and pictures."""
    return re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(path)))


def references(source: Path) -> list[str]:
    """Return the documents that a source file or a document speaks of, with the heading if it names one."""
    return re.findall(r"(?<![\w/.:-])[\w./-]*\w\.md\b(?:#[\w-]+)?", source.read_text(encoding="utf-8"))


def table_starts(path: Path) -> list[list[str]]:
    """Return the words in code in the first cell of each row of a table."""
    rows = [line for line in prose(path).splitlines() if re.match(r"\s*\| *`", line)]
    return [re.findall(r"`([^`]+)`", row.split(" | ")[0]) for row in rows]


def toml_blocks(path: Path) -> list[str]:
    """Return the pieces of configuration: fenced as toml, or indented and beginning with a section."""
    fenced = [textwrap.dedent(code) for _, language, code in _FENCE.findall(text(path)) if language == "toml"]
    indented = [textwrap.dedent(block).strip() for block in _INDENTED.findall(prose(path))]
    return fenced + [block for block in indented if re.match(r"\[[a-z_.]+\]\n", block)]


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A line that calls bbbmig: its command, "" if there is none, and its options."""

    line: str
    command: str
    options: tuple[str, ...]


def command_lines(source: str) -> Iterator[CommandLine]:
    """Find the calls of bbbmig in blocks and in words set as code, up to a pipe or the end."""
    joined = source.replace("\\\n", " ")
    blocks = [*re.findall(r"^ {4,}(.*)$", joined, re.MULTILINE), *re.findall(r"`([^`\n]+)`", joined)]
    blocks += [line for _, _, code in _FENCE.findall(joined) for line in code.splitlines()]
    for block in blocks:
        call = re.search(r"(?:^|[\s/])bbbmig ((?!--help)[a-z-].*)$", block)
        if call and not re.search(r"git clone|useradd|install -|chown|-[ug] bbbmig +(?!bbbmig)", block):
            yield parsed(call[1])


def parsed(call: str) -> CommandLine:
    """Take a call apart; what stands before the command belongs to the program."""
    words = re.split(r" [|#]|[<>]", call)[0].split()
    if words[0] == "bbbmig":
        words.pop(0)
    rest = words[2:] if words and words[0] in ("--config", "-c") else words
    named = [name for name in command_names() if rest[: len(name.split())] == name.split()]
    command = max(named, key=len, default="")
    options = tuple(word.split("=")[0] for word in rest if re.match(r"--?[a-z]", word))
    return CommandLine(call, command or (rest[0] if rest and rest[0][0] != "-" else ""), options)
