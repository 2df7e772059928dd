"""A program ends with everything that it started: on a time-out, on stop, and when bbbmig dies."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bbbmig.convert.supervised_process import clean_environment, last_lines, run
from bbbmig.errors import ConfigError, RecordingFailed, Stopped
from tests.convert.processes import alive, wait_for_the_end
from tests.waiting import wait_until

STUBBORN = (
    "trap '' TERM INT HUP; setsid sh -c 'trap \"\" TERM HUP; while :; do sleep 0.1; done' & while :; do sleep 0.1; done"
)
"""Ignores SIGTERM, and so does what it starts in a session of its own."""
BREEDING = "trap '' TERM; while :; do sleep 7 & sleep 0.01; done"


class Runner:
    """Runs shell scripts whose processes bear a mark."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = f"BBBMIG_TEST_MARK={uuid.uuid4()}"
        self.log = folder / "program.log"
        self.stop = threading.Event()

    @property
    def environment(self) -> Mapping[str, str]:
        name, _, value = self.mark.partition("=")
        return clean_environment(**{name: value})

    def __call__(self, script: str, *, timeout_s: float = 20, kill_wait_s: float = 0.3, **options: object) -> int:
        return run(
            ("sh", "-c", script),
            timeout_s=timeout_s,
            kill_wait_s=kill_wait_s,
            cwd=self.folder,
            env=self.environment,
            log=self.log,
            stop=self.stop,
            **options,  # type: ignore[arg-type]
        )


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    runner = Runner(tmp_path)
    yield runner
    left = alive(runner.mark)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    assert not left


def test_the_exit_code_and_the_output_are_kept(runner: Runner) -> None:
    runner.log.write_text("an earlier run\n")
    assert runner("cat; echo to stdout; echo to stderr >&2; exit 7") == 7
    assert runner.log.read_text() == "an earlier run\nto stdout\nto stderr\n"
    assert runner("kill -9 $$") == 128 + 9


def test_a_program_without_an_end_is_ended_with_all_that_it_started(runner: Runner) -> None:
    started = time.monotonic()
    with pytest.raises(RecordingFailed, match="sh was ended: it took longer than 2 s") as caught:
        runner(f"echo still at work; {STUBBORN}", timeout_s=2)
    assert not alive(runner.mark)
    assert time.monotonic() - started >= 2
    assert caught.value.hint == "it said: still at work"


def test_processes_born_while_the_others_die_are_found(runner: Runner) -> None:
    with pytest.raises(RecordingFailed):
        runner(BREEDING, timeout_s=0.5)
    assert not alive(runner.mark)


def test_a_program_that_obeys_may_tidy_up(runner: Runner) -> None:
    def watch(_elapsed_s: float) -> None:
        if "ready" in runner.log.read_text():
            raise RecordingFailed("the disk is nearly full")

    tidy = "trap 'sleep 0.3; echo tidied up; exit' TERM; echo ready; while :; do sleep 0.1; done"
    with pytest.raises(RecordingFailed, match="nearly full"):
        runner(tidy, timeout_s=60, kill_wait_s=30, watch=watch)
    assert runner.log.read_text().endswith("tidied up\n")


def test_who_wants_to_stop_does_not_wait_for_the_program(runner: Runner) -> None:
    threading.Timer(0.3, runner.stop.set).start()
    with pytest.raises(Stopped):  # the program itself never ends
        runner(STUBBORN, timeout_s=60)
    assert not alive(runner.mark)
    with pytest.raises(Stopped):
        runner("echo begun >&2; touch begun")
    assert not (runner.folder / "begun").exists()


def test_what_a_program_leaves_behind_ends_with_it(runner: Runner) -> None:
    assert runner("setsid sleep 600 & (sleep 600 &) & sleep 0.2; exit 3") == 3
    assert not alive(runner.mark)


def test_what_is_seen_while_it_runs_may_end_it(runner: Runner) -> None:
    seen: list[float] = []

    def watch(elapsed_s: float) -> None:
        seen.append(elapsed_s)
        if len(seen) == 3:
            raise RecordingFailed("the disk is nearly full")

    with pytest.raises(RecordingFailed, match="nearly full"):
        runner("sleep 600", watch=watch)
    assert sorted(seen) == seen
    assert not alive(runner.mark)


def test_several_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    runners = [Runner(tmp_path) for _ in range(4)]
    codes: dict[int, int] = {}

    def work(number: int) -> None:
        runners[number].log = tmp_path / f"{number}.log"
        codes[number] = runners[number](f"sleep {0.1 * number + 0.1}; echo {number}; exit {number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == {0: 0, 1: 1, 2: 2, 3: 3}
    assert [(tmp_path / f"{number}.log").read_text() for number in range(4)] == ["0\n", "1\n", "2\n", "3\n"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nothing_outlives_bbbmig(runner: Runner, number: signal.Signals) -> None:
    program = (
        "import sys, threading; from pathlib import Path\n"
        "from bbbmig.convert.supervised_process import run, clean_environment\n"
        "mark, value = sys.argv[2].split('=')\n"
        "run(('sh', '-c', sys.argv[1]), timeout_s=60, cwd=Path.cwd(), env=clean_environment(**{mark: value}),"
        " log=Path('log'), stop=threading.Event(), kill_wait_s=0.3)"
    )
    bbbmig = subprocess.Popen([sys.executable, "-c", program, STUBBORN, runner.mark], cwd=runner.folder)
    # the keeper, the program, the session below, its sleep
    wait_until(lambda: len(alive(runner.mark)) >= 4, "the program does not start")
    bbbmig.send_signal(number)
    bbbmig.wait()
    wait_for_the_end(runner.mark)


def test_the_program_ends_though_its_keeper_was_killed(runner: Runner) -> None:
    def watch(_elapsed_s: float) -> None:
        for pid in alive(runner.mark):
            if "supervisor.py" in Path(f"/proc/{pid}/cmdline").read_text():
                os.kill(pid, signal.SIGKILL)

    assert runner("trap '' TERM; while :; do sleep 0.05; done", watch=watch) == -signal.SIGKILL
    wait_for_the_end(runner.mark)


def test_a_missing_program_is_named(runner: Runner) -> None:
    with pytest.raises(ConfigError, match="no-such-program is missing"):
        run(
            ("no-such-program",),
            timeout_s=1,
            cwd=runner.folder,
            env=runner.environment,
            log=runner.log,
            stop=runner.stop,
        )
    broken = runner.folder / "broken"
    broken.write_text("#!/no/such/interpreter\n")
    broken.chmod(0o755)
    code = run((str(broken),), timeout_s=1, cwd=runner.folder, env=runner.environment, log=runner.log, stop=runner.stop)
    assert code == 127
    assert "No such file" in last_lines(runner.log)


def test_programs_do_not_see_our_secrets(runner: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BBBMIG_POD__TOKEN", "s3cret")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/credentials")
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    runner("env")
    said = runner.log.read_text()
    assert "s3cret" not in said
    assert "CREDENTIALS" not in said
    assert "LANG=fr_FR.UTF-8" in said


def test_the_last_words_of_a_program_are_short_and_hold_no_secret(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert last_lines(log) == ""
    log.write_bytes(b"x" * 100_000 + b"\n\n  one\n\ntwo https://h/?token=s3cret \xff\n")
    assert last_lines(log, 2) == "it said: one / two https://h/?token=*** \ufffd"
    log.write_text("\n")
    assert last_lines(log).startswith("it said nothing")
