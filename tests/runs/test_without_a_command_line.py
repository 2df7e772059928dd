"""A run needs no command line: a test, a worker, another program starts it with plain values."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.outcome import Status
from bbbmig.domain.selection import Range, Selection
from bbbmig.errors import ConfigError, ExitCode, UsageError
from bbbmig.runs import claim, export_csv, import_links, publish
from bbbmig.runs.limits import RunLimits
from bbbmig.runs.run import Shown, opened
from bbbmig.settings import Settings

NEWEST = Selection(range=Range(last=6))
LINKS = "SELECT source_url FROM import_video_externalrecording"


@pytest.fixture
def shown() -> Shown:
    return Shown(json=True, stream=io.StringIO())


def end_of(shown: Shown) -> dict[str, object]:
    assert isinstance(shown.stream, io.StringIO)
    last = json.loads(shown.stream.getvalue().splitlines()[-1])
    assert isinstance(last, dict)
    return last


def test_links_are_imported(settings: Settings, sample_pod: SamplePod, shown: Shown) -> None:
    with opened("import-links", settings, needs=import_links.NEEDS, shown=shown) as run:
        import_links.import_links(run, import_links.LinkOptions(selection=NEWEST))
    assert run.exit_code is ExitCode.DONE
    there = sample_pod.rows(LINKS)
    assert 0 < len(there) <= 6
    assert end_of(shown)["counts"] == {str(status): count for status, count in run.tally.by_status.items()}
    with opened("import-links", settings, shown=shown) as again:
        import_links.import_links(again, import_links.LinkOptions(selection=NEWEST))
    assert again.tally.by_status.keys() == {"skipped"}
    assert sample_pod.rows(LINKS) == there


def test_files_are_delivered_two_at_a_time(config: Path, sample_pod: SamplePod, shown: Shown) -> None:
    limits = RunLimits(jobs=2, max_failures=3)
    with opened("claim", config, needs=claim.NEEDS, shown=shown, limits=limits) as run:
        claim.claim(run, claim.ClaimOptions(selection=NEWEST))
    done = run.tally.by_status[Status.DONE]
    assert done > 1
    assert len([one for one in sample_pod.recorder_directory.iterdir() if one.is_file()]) == done


def test_a_dry_run_of_publish_shows_the_plan_and_changes_nothing(
    settings: Settings, sample_pod: SamplePod, shown: Shown
) -> None:
    with opened("publish", settings, needs=publish.NEEDS, shown=shown, dry=True) as run:
        publish.publish(run, publish.PublishOptions(selection=NEWEST))
    assert run.tally.total == 6
    assert {request.method for request in sample_pod.requests()} <= {"GET", "HEAD", "OPTIONS"}
    assert not [*sample_pod.recorder_directory.iterdir()]


def test_the_list_is_written(settings: Settings, tmp_path: Path, shown: Shown) -> None:
    out = tmp_path / "list.csv"
    with opened("export-csv", settings, shown=shown) as run:
        export_csv.export_csv(run, export_csv.ExportOptions(out=out, selection=NEWEST))
    assert run.summary == f"6 rows in {out}"
    assert len(out.read_text("utf-8").splitlines()) == 7


def test_an_error_reaches_the_caller_and_the_last_line_tells_its_code(
    settings: Settings, tmp_path: Path, shown: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = tmp_path / "nosuch.csv"
    with pytest.raises(ConfigError, match=r"nosuch\.csv"), opened("claim", settings, shown=shown) as run:
        claim.claim(run, claim.ClaimOptions(owners_file=missing))
    assert end_of(shown)["exit_code"] == ExitCode.CONFIG
    assert capsys.readouterr().err.count(f"cannot read {missing}") == 1


def test_what_is_missing_is_said_before_anything_begins(config: Path, sample_bbb: SampleBbb) -> None:
    with pytest.raises(ConfigError, match="moodle"), opened("claim", config, needs=("bbb", "moodle")):
        pytest.fail("it began")
    assert sample_bbb.requests == []


def test_options_that_cannot_be_meant_are_refused_before_a_run(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="leave --range, --moodle away"):
        import_links.LinkOptions(selection=NEWEST, owners_from=("all",), restore=tmp_path / "links.json")


def test_no_command_line_is_loaded() -> None:
    rooms = "claim, publish, import_links, remove_links, moodle_notice, export_csv, owners_csv, check"
    program = (
        f"import sys; from bbbmig.runs import {rooms}; sys.exit('typer' in sys.modules or 'bbbmig.cli' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_threads_are_told_to_stop_before_what_they_use_is_closed(settings: Settings) -> None:
    seen = []
    with opened("export-csv", settings) as run:
        run.adapters.callback(lambda: seen.append(run.adapters.stop.is_set()))
    assert seen == [True]
