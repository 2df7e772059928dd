"""What people, cron and programs see: lines on a pipe, colours on a terminal, JSON; no control character of others."""

import fcntl
import os
import pty
import re
import struct
import termios
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbbmig.demo.recordings import LONG_TITLE, meeting_recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator

EVIL = "[bold red]x[/] :smile: \x1b]0;owned\x07\x1b[2J\r\nfailed 0000 \u202e end"
START = datetime(2023, 5, 6, 12, 30, tzinfo=UTC)
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
KEYS = {
    "start": "type command version server listed chosen lost checksum calls why_parts taken_at from_cache dry",
    "action": "type status kind record_id meeting_id title start target url owner reason detail place size",
    "check": "type place level what hint exit_code",
    "recording": "type record_id meeting_id title meeting_name published state start end participants size playbacks"
    " origin_server_name breakout_parent",
    "end": "type command counts exit_code",
}


@pytest.fixture
def evil(operator_of: MakeOperator, serve_bbb: ServeBbb, operator: Operator) -> Operator:
    """An operator of a server on which somebody was creative with a name."""
    one = meeting_recording("evil", "Evil", START, "presentation 2.3")
    bbb = serve_bbb([replace(one, metadata={"name": EVIL.replace("\x1b", "").replace("\x07", "")})])
    return operator_of("evil", bbb=bbb, pod=operator.pod)


def on_a_terminal(
    operator: Operator, *arguments: str, columns: int = 100, env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run a command with a terminal as stdout and stderr; give its exit code and what the terminal got."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = operator.start(
        *arguments, stdin=theirs, stdout=theirs, stderr=theirs, env={"TERM": "xterm-256color", **(env or {})}
    )
    os.close(theirs)
    said = b""
    try:
        while block := os.read(ours, 65536):
            said += block
    except OSError:  # how a terminal says that nobody is there any more
        pass
    finally:
        os.close(ours)
    return process.wait(60), said.decode(errors="replace").replace("\r\n", "\n")


def test_on_a_pipe_there_is_one_plain_line_an_action_with_the_whole_id(operator: Operator) -> None:
    ended = operator.run("import-links", "--moodle", "all")
    lines = ended.out.splitlines()
    assert re.fullmatch(r"import-links: 36 recordings on 127\.0\.0\.1:\d+ \(sha256, 1 call\)", lines[0])
    shape = re.compile(r"(done|skipped|failed) +[0-9a-f]{40}-[0-9]{13} .*“.*” ?\d{4}-\d\d-\d\d \d\d:\d\d.*")
    assert all(shape.fullmatch(line) for line in lines[1:-1])
    assert re.fullmatch(r"import-links: \d+ done, \d+ skipped, 0 failed \(.*\); exit code 0 \(.*\)", lines[-1])
    assert "\x1b" not in ended.out
    assert LONG_TITLE.strip() in ended.out  # nothing is cut where a program may look for it


def test_what_people_type_into_names_is_shown_and_not_obeyed(evil: Operator) -> None:
    for arguments, lines in (("import-links --dry", 3), ("claim --dry", 3), ("export-csv -", 2)):
        ended = evil.run(*arguments.split())
        assert ended.code == 0
        assert "[bold red]x[/] :smile:" in ended.out
        assert len(ended.out.splitlines()) == lines
    (action,) = evil.json("import-links", "--dry").actions
    assert "\n" in action["title"] or "failed 0000" in action["title"]  # JSON holds it as it is, on one line


def test_a_terminal_gets_colours_signs_and_no_markup_of_ours_or_theirs(evil: Operator) -> None:
    code, said = on_a_terminal(evil, "import-links", "--dry")
    assert code == 0
    assert "\x1b[" in said
    shown = ESCAPES.sub("", said)
    assert "○ “[bold red]x[/] :smile: " in shown
    assert "link for admin" in shown
    assert "import-links: 1 planned, 0 failed; exit code 0" in shown
    assert "\x1b]" not in said


def test_a_terminal_shows_what_is_done_and_counts_the_rest(operator: Operator) -> None:
    code, said = on_a_terminal(operator, "claim", "--range", "1:5")
    assert code == 0
    shown = ESCAPES.sub("", said)
    assert shown.count("✓ ") == 3
    assert "needs a converter" not in shown.split("claim: 3 done")[0]
    assert "claim: 3 done, 2 skipped, 0 failed (" in shown
    assert said.count("\x1b[?25l") == said.count("\x1b[?25h")  # the cursor is there again
    code, said = on_a_terminal(operator, "claim", "--range", "1:5", "-v")
    assert "already done" in ESCAPES.sub("", said)


def test_a_narrow_terminal_cuts_no_line_that_is_kept(operator: Operator) -> None:
    _, said = on_a_terminal(operator, "import-links", "--dry", columns=40)
    assert LONG_TITLE.strip() in ESCAPES.sub("", said)


def test_check_on_a_terminal(operator: Operator) -> None:
    operator.set(pod__administrator="nobody")
    code, said = on_a_terminal(operator, "check")
    shown = ESCAPES.sub("", said)
    assert code == 6
    assert "✓ BigBlueButton  127.0.0.1" in shown
    assert "✗ Pod  Pod has no user 'nobody'" in shown
    assert "    → set pod.administrator" in shown


def test_a_terminal_or_a_pipe_that_cannot_say_everything_ends_no_run(operator: Operator) -> None:
    encoding = "latin-1"
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    code, said = on_a_terminal(operator, "import-links", "--dry", env=environment)
    assert (code, "Traceback" in said) == (0, False)
    plain = operator.process("import-links", "--dry", env=environment, encoding=encoding)
    assert (plain.code, plain.err.count("Traceback")) == (0, 0)
    lines = operator.process("import-links", "--dry", "--json", env=environment)
    assert lines.code == 0
    assert "Séminaire 🎓 « Données ouvertes » 📊" in {action["title"] for action in lines.actions}


def test_quietly_nothing_is_said_when_nothing_happened(operator: Operator) -> None:
    first = operator.run("import-links", "--quiet")
    assert re.fullmatch(r"import-links: .*; exit code 0 \(.*\)\n", first.out)
    again = operator.run("import-links", "-q")
    assert (again.code, again.out, again.err) == (0, "", "")
    assert on_a_terminal(operator, "import-links", "-q") == (0, "")


def test_quietly_failures_are_said(operator: Operator) -> None:
    operator.set(pod__create_users=False)
    ended = operator.run("import-links", "--moodle", "all", "-q")
    assert ended.code == 3
    lines = ended.out.splitlines()
    assert all(line.startswith("failed ") for line in lines[:-1])
    assert lines[-1].startswith("import-links: ")


def test_verbosely_more_is_said_and_twice_every_request(operator: Operator) -> None:
    normal, once, twice = (operator.run("import-links", "--dry", *v).err for v in ((), ("-v",), ("-vv",)))
    assert "HTTP Request" not in normal
    assert "HTTP Request" not in once
    assert "HTTP Request: GET" in twice
    assert len(normal) <= len(once) < len(twice)


@pytest.mark.parametrize(
    "arguments",
    [("import-links", "--moodle", "all"), ("claim", "--range", "1:5"), ("check",), ("export-csv", "-")],
    ids=" ".join,
)
def test_json_lines_hold_what_is_documented(operator: Operator, arguments: tuple[str, ...]) -> None:
    ended = operator.json(*arguments)
    assert ended.code == 0
    assert ended.end["exit_code"] == 0
    for one in ended.objects:
        assert set(KEYS[one["type"]].split()) <= set(one)
        assert one["type"] != "action" or one["status"] in ("done", "planned", "skipped", "failed", "postponed")
    documented = (Path(__file__).parents[2] / "docs" / "scripting.md").read_text("utf-8")
    for one in ended.objects:
        assert all(f"`{key}`" in documented for key in one)


def test_standard_error_and_output_are_never_mixed(operator: Operator) -> None:
    ended = operator.json("import-links", "-vv")
    assert all(line.startswith("{") for line in ended.out.splitlines())
    assert not any(line.startswith("{") for line in ended.err.splitlines())
