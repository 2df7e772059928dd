"""What the log shows, where, and what it never shows."""

import contextlib
import io
import logging
import os
import pty
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bbbmig import http
from bbbmig import log as logs
from bbbmig.errors import ConfigError

SIGNED = "https://user:pw@bbb.univ.fr/api/getRecordings?state=any&checksum=0123456789abcdef"
OURS = logging.getLogger("bbbmig.test")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Take our handlers off again and give every level back."""
    root = logging.getLogger()
    loggers = [root, *map(logging.getLogger, ("bbbmig", "httpx", "httpcore"))]
    before = [one.level for one in loggers]
    handlers = list(root.handlers)
    yield
    for handler in [one for one in root.handlers if one not in handlers]:
        root.removeHandler(handler)
        handler.close()
    for one, level in zip(loggers, before, strict=True):
        one.setLevel(level)


def lines(verbosity: int, file: Path | None = None, file_level: str = "info") -> list[str]:
    """Log once at each level, ours and another library's, and give what a pipe gets."""
    stream = io.StringIO()
    logs.setup(verbosity, file=file, file_level=file_level, stream=stream)
    for logger in (OURS, logging.getLogger("other")):
        logger.debug("%s debug", logger.name)
        logger.info("%s info", logger.name)
        logger.warning("%s warning", logger.name)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize(
    ("verbosity", "shown"),
    [
        (-3, ["WARNING bbbmig.test warning", "WARNING other warning"]),
        (-1, ["WARNING bbbmig.test warning", "WARNING other warning"]),
        (0, ["INFO bbbmig.test info", "WARNING bbbmig.test warning", "WARNING other warning"]),
        (
            1,
            [
                "DEBUG bbbmig.test debug",
                "INFO bbbmig.test info",
                "WARNING bbbmig.test warning",
                "WARNING other warning",
            ],
        ),
        (
            2,
            [
                "DEBUG bbbmig.test debug",
                "INFO bbbmig.test info",
                "WARNING bbbmig.test warning",
                "INFO other info",
                "WARNING other warning",
            ],
        ),
    ],
)
def test_how_much_is_shown_follows_the_options(verbosity: int, shown: list[str]) -> None:
    assert lines(verbosity) == shown


def test_a_second_call_replaces_the_first(tmp_path: Path) -> None:
    lines(0, tmp_path / "first.log")

    assert lines(-1) == ["WARNING bbbmig.test warning", "WARNING other warning"]
    assert len((tmp_path / "first.log").read_text(encoding="utf-8").splitlines()) == 3


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Keep the test's own output to what is tested."""


@pytest.mark.parametrize(("verbosity", "requests"), [(1, 0), (2, 1)])
def test_requests_are_shown_with_vv_only_and_without_their_signature(verbosity: int, requests: int) -> None:
    stream = io.StringIO()
    logs.setup(verbosity, stream=stream)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        with http.make_client() as client:
            url = f"http://127.0.0.1:{server.server_port}/api?recordID=x&checksum=0123abcd"
            http.request(client, "GET", url, what="test", headers={"Authorization": "Token abcdef"})
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

    assert stream.getvalue().count("recordID=x&checksum=***") == requests
    assert "0123abcd" not in stream.getvalue()
    assert "abcdef" not in stream.getvalue()


def test_secrets_are_masked_everywhere_in_tracebacks_too(tmp_path: Path) -> None:
    stream = io.StringIO()
    logs.setup(0, file=tmp_path / "b.log", stream=stream)
    try:
        int(f"no answer from {SIGNED}")
    except ValueError:
        OURS.exception("asked %s with %s", SIGNED, {"Authorization": "Token abcdef0123"})

    for text in (stream.getvalue(), (tmp_path / "b.log").read_text(encoding="utf-8")):
        assert text.count("https://***@bbb.univ.fr/api/getRecordings?state=any&checksum=***") == 2
        assert "Traceback (most recent call last):\n" in text
        assert not re.search("0123456789abcdef|:pw@|abcdef0123", text)


def test_a_name_cannot_look_like_a_line_of_ours_or_steer_the_terminal(tmp_path: Path) -> None:
    stream = io.StringIO()
    logs.setup(0, file=tmp_path / "b.log", stream=stream)

    OURS.info("skip %s", "Cours\nERROR all lost\x1b[2J\x9b31m\u2028é 🎓 [/b]")

    assert stream.getvalue() == "INFO skip Cours ERROR all lost [2J 31m é 🎓 [/b]\n"
    assert len((tmp_path / "b.log").read_text(encoding="utf-8").splitlines()) == 1


def test_the_file_has_dates_and_the_process_and_does_not_depend_on_q(tmp_path: Path) -> None:
    file = tmp_path / "new" / "b.log"

    assert lines(-1, file) == ["WARNING bbbmig.test warning", "WARNING other warning"]

    kept = file.read_text(encoding="utf-8").splitlines()
    form = rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d {os.getpid()} INFO bbbmig\.test: bbbmig\.test info"
    assert re.fullmatch(form, kept[0])
    assert [line.split(": ")[1] for line in kept] == ["bbbmig.test info", "bbbmig.test warning", "other warning"]


@pytest.mark.parametrize(
    ("verbosity", "level", "count"), [(0, "warning", 2), (-1, "info", 3), (-1, "debug", 4), (1, "warning", 4)]
)
def test_the_file_gets_its_own_level_and_more_with_v(tmp_path: Path, verbosity: int, level: str, count: int) -> None:
    file = tmp_path / "b.log"

    lines(verbosity, file, level)

    assert len(file.read_text(encoding="utf-8").splitlines()) == count


def test_the_file_is_its_users_alone_and_is_turned_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_FILE_BYTES", 2000)
    umask = os.umask(0)
    try:
        logs.setup(0, file=tmp_path / "d" / "b.log", stream=io.StringIO())
        for number in range(500):
            OURS.info("line %d", number)
    finally:
        os.umask(umask)

    names = sorted(one.name for one in (tmp_path / "d").iterdir())
    assert names == ["b.log", *(f"b.log.{number}" for number in range(1, 6))]
    assert {stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "d").iterdir()} == {0o600}
    assert stat.S_IMODE((tmp_path / "d").stat().st_mode) == 0o700
    assert "line 499" in (tmp_path / "d" / "b.log").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_opened_is_an_error_of_the_settings(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"log\.file: cannot write .*b\.log: (File exists|Not a directory)"):
        logs.setup(0, file=tmp_path / "file" / "b.log")
    with pytest.raises(ConfigError, match="Is a directory"):
        logs.setup(0, file=tmp_path)


def test_a_full_disk_is_told_once_and_stops_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    logs.setup(0, file=Path("/dev/full"), stream=stream)

    OURS.info("one")
    OURS.info("two")

    assert stream.getvalue() == "INFO one\nINFO two\n"
    assert capsys.readouterr().err == "WARNING log file /dev/full: [Errno 28] No space left on device\n"


def on_a_terminal(monkeypatch: pytest.MonkeyPatch, term: str, *messages: str) -> str:
    """Log to a terminal 200 columns wide, and give what it was sent."""
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLUMNS", "200")
    master, slave = pty.openpty()
    with os.fdopen(slave, "w", encoding="utf-8") as stream:
        logs.setup(0, stream=stream)
        for message in messages:
            OURS.info("%s", message)
    return all_of(master).replace("\r\n", "\n")


def all_of(master: int) -> str:
    """Read what a terminal was sent, which arrives in pieces; its other end is closed."""
    sent = b""
    with contextlib.suppress(OSError), os.fdopen(master, "rb", buffering=0) as stream:  # EIO is the end
        while piece := stream.read(1 << 16):
            sent += piece
    return sent.decode()


def test_a_terminal_gets_colour_and_our_data_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    names = ("[groupe b] Cours", "TD [/b] x", ":warning: 2026-11-23 'x' GET")

    sent = on_a_terminal(monkeypatch, "xterm-256color", *names)

    assert "\x1b[" in sent
    plain = re.sub(r"\x1b\[[0-9;]*m", "", sent)
    assert [line.rstrip() for line in plain.splitlines()] == [f"INFO     {name}" for name in names]
    assert all(name in sent for name in names)  # not cut into pieces by colours


def test_colour_is_left_out_where_it_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert on_a_terminal(monkeypatch, "dumb", "x") == "INFO x\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[3" not in on_a_terminal(monkeypatch, "xterm", "x")


def test_a_log_line_does_not_break_a_progress_bar(tmp_path: Path) -> None:
    """The bar redirects sys.stderr; lines have to go through what it put there, not around it."""
    script = tmp_path / "bar.py"
    script.write_text(
        "import logging, sys\n"
        "from rich.console import Console\n"
        "from rich.progress import Progress\n"
        "from bbbmig import log\n"
        "log.setup(0)\n"
        "with Progress(console=Console(stderr=True, width=80), auto_refresh=False) as bar:\n"
        "    bar.add_task('moving', total=3)\n"
        "    bar.refresh()\n"
        "    logging.getLogger('bbbmig').info('a line above')\n"
        "    assert sys.stderr is not sys.__stderr__\n",
        encoding="utf-8",
    )
    master, slave = pty.openpty()
    environ = os.environ | {"TERM": "xterm", "COLUMNS": "80"}
    done = subprocess.run([sys.executable, str(script)], stderr=slave, env=environ, check=False)
    os.close(slave)
    sent = all_of(master)

    assert done.returncode == 0, sent
    before = sent.split("a line above")[0]
    assert before.rstrip(" ").endswith("INFO     ") or "\x1b[2K" in before  # the bar was wiped first
    assert sent.count("moving") >= 2  # and drawn again below


def test_a_pipe_does_not_pay_for_rich() -> None:
    code = "import sys; from bbbmig import log; log.setup(0); print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET /api?a=1&checksum=abc&b=2", "GET /api?a=1&checksum=***&b=2"),
        ("https://bbb.fr/x?Token=abc", "https://bbb.fr/x?Token=***"),
        ("mysql://u:p@ss@db/x", "mysql://***@db/x"),
        ("Authorization: Token abc", "Authorization: Token ***"),
        ("(b'Authorization', b'Basic YWJj')", "(b'Authorization', b'Basic ***')"),
        ("a token of Pod, no secret", "a token of Pod, no secret"),
    ],
)
def test_what_is_masked(text: str, shown: str) -> None:
    assert http.masked(text) == shown
