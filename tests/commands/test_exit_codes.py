"""The exit codes, each for its reason, with the reason on stderr and the code in the last line."""

import signal
import subprocess
import sys
from collections.abc import Mapping

import pytest

from bbbmig.cli.help_pages import command_names
from bbbmig.demo.bbb_faults import Fault
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import many_recordings
from bbbmig.errors import ExitCode
from bbbmig.ledger import Ledger
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator, ended
from tests.waiting import wait_until

EVERY = (("export-csv", "-"), ("owners",), ("import-links",), ("claim",), ("publish",))
WITH_POD = EVERY[2:]
LOCKING = (*WITH_POD, ("remove-links", "--yes"))


WITHOUT_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "render": ("nosuch",),
    "pod-extension": (),
    "demo": (),
    "init": (),
}
"""Commands that read no settings, with what they cannot be without."""
WITH_SETTINGS: Mapping[str, tuple[str, ...]] = {
    "check": (),
    "export-csv": ("-",),
    "import-links": (),
    "claim": (),
    "publish": (),
    "owners": (),
    "give-up": ("x", "--why", "exam"),
    "mirror": (),
    "print": ("nginx",),
    "redirects": ("csv",),
    "show": ("x",),
    "survey": (),
    "status": (),
    "moodle-notice": ("add",),
    "remove-links": ("--yes",),
    "worker": (),
}


def all_commands(commands: tuple[tuple[str, ...], ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("command", commands, ids=" ".join)


def test_0_when_there_is_nothing_to_do(operator: Operator) -> None:
    for command in EVERY:
        assert operator.run(*command, "--meeting", "nosuch").code == 0


def test_1_for_a_bug_with_a_traceback_that_holds_no_secret(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError("https://bbb.example/api?checksum=0123456789abcdef&token=geheim")

    monkeypatch.setattr("bbbmig.runs.run.select", broken)
    ended = operator.run("import-links")
    assert ended.code == 1
    assert "this is a bug in bbbmig" in ended.err
    assert "Traceback" in ended.err
    assert "geheim" not in ended.err
    assert "0123456789abcdef" not in ended.err
    assert ended.last_line.startswith("import-links: 0 done, 0 failed; exit code 1")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nosuch",), "bbbmig"),
        (("export-csv",), "OUT.csv"),
        (("claim", "--nosuch"), "bbbmig claim --help"),
        (("claim", "--jobs", "0"), "bbbmig claim --help"),
        (("claim", "--max-duration", "soon"), "is not a duration"),
        (("claim", "--until-time", "25:00"), "is not a time of day"),
        (("claim", "--bwlimit", "fast"), "is not a rate"),
        (("claim", "--config", "x"), "goes before the command"),
    ],
)
def test_2_for_a_wrong_command_line(operator: Operator, arguments: tuple[str, ...], said: str) -> None:
    ended = operator.run(*arguments)
    assert ended.code == 2
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert ended.out == ""


def test_every_command_is_in_the_tables_above() -> None:
    """Whoever adds a command says here whether it needs settings; the tests below then hold for it, too."""
    assert sorted({**WITH_SETTINGS, **WITHOUT_SETTINGS}) == sorted(command_names())


@pytest.mark.parametrize("command", [*WITH_SETTINGS, *WITHOUT_SETTINGS])
def test_2_for_an_option_that_no_command_has(operator_of: MakeOperator, command: str) -> None:
    ended = operator_of().run_bare(command, "--nosuch")
    assert ended.code == 2
    assert "--nosuch" in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("command", WITH_SETTINGS)
def test_4_for_settings_that_are_not_there_whichever_command(operator_of: MakeOperator, command: str) -> None:
    operator = operator_of()
    nowhere = str(operator.folder / "nosuch.toml")
    ended = operator.run_bare("--config", nowhere, command, *WITH_SETTINGS[command])
    assert ended.code == 4
    assert "nosuch.toml" in ended.err


def test_2_without_arguments_and_the_help_is_shown(operator: Operator) -> None:
    ended = operator.run_bare()
    assert ended.code == 2
    assert "import-links" in ended.out


def test_help_names_every_exit_code(operator: Operator) -> None:
    ended = operator.run_bare("--help")
    assert ended.code == 0
    said = " ".join(ended.out.split())
    for code in ExitCode:
        assert f"{int(code)} {code.meaning}" in said


@all_commands(EVERY)
def test_3_when_the_list_is_not_complete(operator: Operator, command: tuple[str, ...]) -> None:
    assert operator.bbb is not None
    operator.bbb.faults += [Fault(kind="504", whole=True), Fault(kind="504", prefix="7", more_than=0)]
    ended = operator.run(*command, "--range", "1:3")
    assert ended.code == 3
    assert "could not be listed" in ended.err


@all_commands(EVERY)
def test_4_for_settings_that_are_wrong_all_at_once(operator: Operator, command: tuple[str, ...]) -> None:
    operator.set(bbb__secret=None, bbb__url=None, pod__token=None, pod__tokne="x")
    ended = operator.run(*command)
    assert ended.code == 4
    for words in ("bbb.url", "bbb.secret", "tokne"):
        assert words in ended.err
    assert ended.out == ""


def test_4_for_settings_that_are_not_there(operator: Operator) -> None:
    ended = operator.run_bare("--config", str(operator.folder / "nosuch.toml"), "export-csv", "-")
    assert ended.code == 4
    assert "nosuch.toml" in ended.err
    assert operator.run_bare("export-csv", "-").code == 4


@all_commands(EVERY)
def test_5_when_bigbluebutton_is_down(operator: Operator, command: tuple[str, ...]) -> None:
    operator.set(bbb__url="http://127.0.0.1:9")
    ended = operator.run(*command)
    assert ended.code == 5
    assert "cannot connect" in ended.err


@all_commands(LOCKING)
def test_5_when_pod_is_down(operator: Operator, command: tuple[str, ...]) -> None:
    operator.set(pod__url="http://127.0.0.1:9")
    ended = operator.run(*command)
    assert ended.code == 5
    assert "cannot connect" in ended.err
    assert ended.last_line.startswith(f"{command[0]}: 0 done, 0 failed; exit code 5")


@all_commands(WITH_POD)
@pytest.mark.parametrize("kind", ["status", "cut", "half"])
def test_5_when_pod_fails_for_now(
    operator: Operator, sample_pod: SamplePod, command: tuple[str, ...], kind: str
) -> None:
    sample_pod.fault(kind, path="/rest/", status=500)
    ended = operator.run(*command)
    assert ended.code == 5
    assert "Traceback" not in ended.err
    assert "Pod" in ended.err


@all_commands(EVERY)
def test_6_when_bigbluebutton_refuses_the_secret(operator: Operator, command: tuple[str, ...]) -> None:
    operator.set(bbb__secret="not-the-secret")
    ended = operator.run(*command)
    assert ended.code == 6
    assert "not-the-secret" not in ended.err


@all_commands(LOCKING)
@pytest.mark.parametrize("status", [401, 403])
def test_6_when_pod_refuses_us(
    operator: Operator, sample_pod: SamplePod, command: tuple[str, ...], status: int
) -> None:
    sample_pod.fault("status", path="/rest/", status=status)
    ended = operator.run(*command)
    assert ended.code == 6
    assert "token" in ended.err


@all_commands(WITH_POD)
def test_6_when_the_token_is_nobodys_or_of_somebody_without_rights(
    operator: Operator, sample_pod: SamplePod, command: tuple[str, ...]
) -> None:
    for token in ("0" * 40, sample_pod.tokens["stu"]):
        operator.set(pod__token=token)
        assert operator.run(*command).code == 6
    assert sample_pod.rows("SELECT * FROM import_video_externalrecording") == []


def test_a_busy_pod_is_waited_for(operator: Operator, sample_pod: SamplePod) -> None:
    sample_pod.fault("status", path="/rest/", status=429, times=2, retry_after=0)
    sample_pod.fault("status", path="/rest/", status=503, times=1, retry_after=0)
    assert operator.run("import-links").code == 0


@all_commands(LOCKING)
def test_11_while_another_run_works_on_the_ledger(
    operator: Operator, sample_pod: SamplePod, command: tuple[str, ...]
) -> None:
    with Ledger(f"sqlite:///{operator.ledger}") as ledger, ledger.locked("claim"):
        ended = operator.run(*command)
        assert ended.code == 11
        assert "in use by claim (process " in ended.err
        assert operator.run(*command, "--dry").code == 0  # a look disturbs nobody
        assert operator.run("check").code == 0
        assert operator.run("export-csv", "-").code == 0
    assert sample_pod.requests("POST") == []
    assert operator.run(*command, *(["--range", "1"] if command in WITH_POD else [])).code == 0


def test_11_for_the_second_of_two_processes(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod
) -> None:
    operator = operator_of(bbb=serve_bbb(many_recordings(20)), pod=sample_pod)
    sample_pod.fault("slow", path="/rest/external_recordings/bulk/", seconds=3, times=1)
    first = operator.start("import-links")
    try:
        wait_until(lambda: sample_pod.requests("POST"), "the first run does nothing")
        second = operator.run("import-links")
    finally:
        one = ended(first)
    assert (one.code, second.code) == (0, 11)
    assert len(sample_pod.rows("SELECT 1 FROM import_video_externalrecording")) == 20


def test_141_when_whoever_reads_has_gone(operator: Operator) -> None:
    process = operator.start("export-csv", "-")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 128 + signal.SIGPIPE
    assert "Traceback" not in err
    assert "Exception ignored" not in err


def test_import_links_into_head_ends_quietly_and_the_next_run_completes_it(
    operator: Operator, sample_pod: SamplePod
) -> None:
    process = operator.start("import-links")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 128 + signal.SIGPIPE
    assert operator.run("import-links").code == 0
    twice = "SELECT source_url FROM import_video_externalrecording GROUP BY source_url, owner_id HAVING COUNT(*) > 1"
    assert sample_pod.rows(twice) == []


def test_the_program_leaves_with_the_code(environment: Mapping[str, str]) -> None:
    for arguments, code in ((["--version"], 0), (["nosuch"], 2), (["export-csv", "-"], 4)):
        command = [sys.executable, "-m", "bbbmig", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == code


def test_version_and_help_need_no_settings(operator: Operator) -> None:
    operator.config.write_text("nonsense")
    assert operator.run_bare("--version").out.startswith("bbbmig ")
    for command in ("check", "export-csv", "import-links", "claim"):
        ended = operator.run(command, "--help")
        assert ended.code == 0
        assert "Usage: bbbmig" in ended.out


def test_the_file_for_pod_is_printed_alone_and_written_where_asked(operator: Operator) -> None:
    ended = operator.run_bare("pod-extension")
    assert ended.code == 0
    compile(ended.out, "bbbmig_urls.py", "exec")
    assert "ROOT_URLCONF" in ended.err
    file = operator.folder / "bbbmig_urls.py"
    assert operator.run_bare("pod-extension", "--output", str(file)).code == 0
    assert file.read_text("utf-8") == ended.out
    assert operator.run_bare("pod-extension", "--output", "/dev/null/x").code == 4
    assert operator.process("pod-extension", "-o", "-").out == ended.out
    assert not (operator.folder / "-").exists()


def test_the_log_file_says_why_a_run_ended(operator: Operator) -> None:
    assert operator.run("import-links", "--moodle", "nosuch").code == ExitCode.CONFIG
    (log,) = operator.folder.rglob("bbbmig.log")
    said = log.read_text(encoding="utf-8")
    assert "moodle.nosuch: no such section" in said
    assert "exit code 4" in said.splitlines()[-1]
