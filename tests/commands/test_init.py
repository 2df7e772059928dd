"""The first settings, asked for at a terminal: each answer is tried at once, and none is ever written over."""

import os
import re
import signal
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.moodle_sample import SampleMoodle
from bbbmig.demo.pod_server import SamplePod
from bbbmig.errors import ConfigError
from bbbmig.settings.config_text import ConfigText
from tests.bbb_server import ServeBbb
from tests.commands.test_status import ONE

PATIENCE_S = 60
Start = Callable[..., "pexpect.spawn[str]"]


@pytest.fixture
def bbb(serve_bbb: ServeBbb) -> SampleBbb:
    return serve_bbb([ONE])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Begins `bbbmig init` at a terminal of 80 columns."""
    begun: list[pexpect.spawn[str]] = []

    def begin(*arguments: str, **environment: str) -> "pexpect.spawn[str]":
        home = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "NO_COLOR": "1", **environment}
        command = ["-m", "bbbmig", "--config", str(tmp_path / "config.toml"), "init", *arguments]
        child = pexpect.spawn(
            sys.executable,
            command,
            env=home,
            encoding="utf-8",
            timeout=PATIENCE_S,
            dimensions=(24, 80),
            cwd=str(tmp_path),
            preexec_fn=_hear_ctrl_c,
        )
        child.delaybeforesend = None
        begun.append(child)
        return child

    yield begin
    for child in begun:
        child.close(force=True)


def _hear_ctrl_c() -> None:
    """Undo what pytest's processes ignore."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def answered(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text())


def talk(child: "pexpect.spawn[str]", *turns: tuple[str, str]) -> None:
    """Answer questions as they come."""
    for question, answer in turns:
        child.expect_exact(question)
        child.sendline(answer)


def ended(child: "pexpect.spawn[str]") -> int:
    child.expect(pexpect.EOF)
    child.close()
    return int(child.exitstatus if child.exitstatus is not None else -1)


def test_wrong_answers_are_seen_at_once_and_right_ones_written(
    start: Start, bbb: SampleBbb, sample_pod: SamplePod, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    child = start()
    talk(child, ("Address of the old", ""))
    talk(child, ("An answer is needed", bbb.url), ("Its secret", "wrong"))
    child.expect_exact("checksum")  # what the old server says of it
    talk(child, ("Keep it all the same?", "n"), ("Address of the old", ""), ("Its secret", bbb.secret))
    child.expect_exact("1 recordings")
    talk(child, ("Address of Pod", sample_pod.url), ("Token", sample_pod.token), ("User name in Pod", "nobody"))
    child.expect_exact("nobody")
    talk(child, ("Keep it all the same?", ""), ("Address of Pod", ""), ("Token", ""), ("User name in Pod", "admin"))
    child.expect_exact("the token is accepted")
    talk(child, ("Directory of Pod's recorder", str(sample_pod.recorder_directory)), ("Number of that", "one"))
    talk(child, ("A number is needed", ""), ("Who knows whose", "drupal"), ("One of: moodle", "none"))
    child.expect_exact(f"Written: {file}")
    assert ended(child) == 0
    assert bbb.secret not in (child.before or "")
    assert answered(file) == {
        "bbb": {"url": bbb.url, "secret": bbb.secret},
        "pod": {"url": sample_pod.url, "token": sample_pod.token, "administrator": "admin"},
        "recorder": {"directory": str(sample_pod.recorder_directory), "id": 1},
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert "#timeout_s = 240" in file.read_text()  # what may be changed later is explained there


def test_what_is_typed_in_secret_is_never_shown(start: Start, bbb: SampleBbb) -> None:
    child = start()
    seen: list[str] = []
    child.logfile_read = type("Log", (), {"write": lambda _, text: seen.append(text), "flush": lambda _: None})()
    talk(child, ("Address of the old", bbb.url), ("Its secret", bbb.secret), ("Address of Pod", ""))
    assert bbb.secret not in "".join(seen)


def test_it_goes_on_where_it_was_interrupted_and_writes_over_no_answer(
    start: Start, bbb: SampleBbb, sample_pod: SamplePod, tmp_path: Path
) -> None:
    file = tmp_path / "config.toml"
    child = start()
    talk(child, ("Address of the old", bbb.url), ("Its secret", bbb.secret))
    child.expect_exact("Address of Pod")
    child.sendintr()
    child.expect_exact("Kept so far")
    assert ended(child) == 130
    before = answered(file)
    assert before == {"bbb": {"url": bbb.url, "secret": bbb.secret}}
    file.write_text(file.read_text() + '\n# by hand\n[choose]\nexclude = ["jury"]\n')
    file.chmod(0o600)
    child = start()
    child.expect_exact("answered already: bbb.url")
    talk(child, ("Address of Pod", sample_pod.url), ("Token", sample_pod.token), ("User name in Pod", "admin"))
    talk(child, ("Directory of Pod's recorder", ""), ("Who knows whose", ""))
    assert ended(child) == 0
    after = answered(file)
    assert (after["bbb"], after["choose"], "recorder" in after) == (before["bbb"], {"exclude": ["jury"]}, False)
    assert "# by hand" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = start()
    talk(again, ("Directory of Pod's recorder", ""), ("Who knows whose", ""))
    assert ended(again) == 0
    assert answered(file) == after


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_it_asks_in_french_whatever_the_terminal_can_show(
    start: Start,
    bbb: SampleBbb,
    sample_pod: SamplePod,
    moodles: dict[str, SampleMoodle],
    tmp_path: Path,
    locale: str,
) -> None:
    child = start("--lang", "fr", LC_ALL=locale)
    talk(child, ("Adresse de l'ancien", bbb.url), ("Son secret", "x"), ("Garder quand", "o"))
    talk(child, ("Adresse de Pod", sample_pod.url), ("Jeton d'un", sample_pod.token), ("Identifiant Pod", "admin"))
    talk(child, ("pertoire de l'enregistreur", ""), ("Qui sait", "moodle"), ("Sa base", "moodle"))
    talk(child, ("Ce n'est pas l'adresse", ""), ("Sa base", f"sqlite://{moodles['default'].path}"))
    child.expect_exact("BigBlueButton activities")
    assert ended(child) == 0
    found = answered(tmp_path / "config.toml")
    assert found["bbb"]["secret"] == "x"
    assert found["moodle"] == {"default": {"driver": "sqlite", "database": str(moodles["default"].path)}}


def test_without_a_terminal_it_says_what_to_do(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bbbmig", "--config", str(tmp_path / "x.toml"), "init"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert (done.returncode, "needs a terminal" in done.stderr, "print config" in done.stderr) == (2, True, True)
    assert not (tmp_path / "x.toml").exists()


EXAMPLE = (Path(__file__).parents[2] / "config.example.toml").read_text()


@pytest.mark.parametrize("value", ["https://x.fr/?a=1&b=[c]", 'a "b" \\c', "é\u202e\x07"])
def test_any_text_can_be_an_answer(value: str) -> None:
    config = ConfigText.of_example(EXAMPLE)
    assert config.values == {}
    config.set("bbb", "secret", value)
    config.set("bbb", "url", "https://bbb.univ.fr")
    config.set("moodle.default", "driver", "mysql")
    assert tomllib.loads(config.text) == {
        "bbb": {"secret": value, "url": "https://bbb.univ.fr"},
        "moodle": {"default": {"driver": "mysql"}},
    }
    assert len(re.findall(r"^#?\[", config.text, re.MULTILINE)) == len(re.findall(r"^\[", EXAMPLE, re.MULTILINE))


def test_a_file_that_lacks_a_section_gets_it_at_its_end() -> None:
    config = ConfigText('# mine\n[bbb]\nurl = "x" # theirs\n')
    config.set("bbb", "secret", "s")
    config.set("pod", "token", "t")
    config.set("pod", "url", "u")
    assert config.text == '# mine\n[bbb]\nsecret = "s"\nurl = "x" # theirs\n\n[pod]\nurl = "u"\ntoken = "t"\n'


@pytest.mark.parametrize(
    "text",
    [
        '# [bbb]\n# url = "old"\n[bbb]\nurl = "x"\n',
        '[ bbb ]\nurl = "x"\n',
        '[bbb]\nurl = "x"\n[bbb.more]\n',
        '[pod]\nnotice = """\n[pod]\n"""\n[bbb]\nurl = "x"\n',
    ],
)
def test_the_section_that_counts_is_found(text: str) -> None:
    config = ConfigText(text)
    config.set("bbb", "secret", "s")
    assert tomllib.loads(config.text)["bbb"]["secret"] == "s"
    assert text.splitlines()[0] == config.text.splitlines()[0]


@pytest.mark.parametrize(
    "text", ['bbb.url = "x"\n', 'bbb = { url = "x" }\n', '[pod]\nnotice = """\n[bbb]\n"""\n[other]\n']
)
def test_what_cannot_be_written_without_harm_is_left_and_said(text: str) -> None:
    config = ConfigText(text, name="x.toml")
    with pytest.raises(ConfigError, match=r"secret cannot be written into \[bbb\] of x.toml"):
        config.set("bbb", "secret", "s")
    assert config.text == text
