"""`bbbmig demo`: the whole way on one machine, with nothing to configure and nothing left running."""

import csv
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from bbbmig.demo.recordings import sample_recordings
from tests.commands.operator_at_work import ended
from tests.waiting import WAIT_S, wait_until

DEMO = [sys.executable, "-m", "bbbmig", "demo"]
LIMIT_S = 15 * WAIT_S


def nobody_listens(url: str) -> bool:
    """Tell whether a server is gone."""
    parts = urlsplit(url)
    with socket.socket() as one:
        return one.connect_ex((str(parts.hostname), parts.port or 80)) != 0


def test_the_tour_shows_every_step_and_can_be_gone_on_with(environment: Mapping[str, str], tmp_path: Path) -> None:
    """One run with --keep: the commands that it prints work while its servers run, Ctrl-C ends all of it."""
    environment = {**environment, "BBBMIG_CONVERTER__ORDER": "bbb-recorder"}  # not installed: converting takes minutes
    folder = tmp_path / "demo"
    said_file = tmp_path / "said"
    with said_file.open("w") as out:
        demo = subprocess.Popen(
            [*DEMO, "--folder", str(folder), "--keep"], env=environment, stdout=out, stderr=subprocess.STDOUT, text=True
        )
    try:
        wait_until(
            lambda: "run until you press Ctrl-C" in said_file.read_text() or demo.poll() is not None,
            "the demo is not ready",
            limit_s=LIMIT_S,
        )
        said = said_file.read_text()
        assert demo.poll() is None, said
        for command in ("check", "export-csv", "import-links", "mirror", "publish", "claim", "status"):
            assert re.search(rf"^\$ .*{command}", said, re.MULTILINE)
        assert said.count("exit code 0") >= 4
        assert "the list of the mirror in" in said
        assert "publish: 1 done" in said
        with (folder / "recordings.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        assert len(rows) == len(sample_recordings())
        assert any(row["owners"] for row in rows)
        assert "<title>May 127.0.0.1" in (folder / "status.html").read_text("utf-8")
        assert (folder / "status" / "safe-unclaimed.csv").exists()
        again = subprocess.run(
            [sys.executable, "-m", "bbbmig", "--config", str(folder / "bbbmig.toml"), "import-links", "-q"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert again.returncode == 0, again.stderr
    finally:
        demo.send_signal(signal.SIGINT)
        ended(demo)
    servers = set(re.findall(r"http://127\.0\.0\.1:\d+", said))
    assert len(servers) >= 2
    assert all(map(nobody_listens, servers))
    assert demo.returncode == 0


def test_a_folder_with_something_in_it_is_left_alone(environment: Mapping[str, str], tmp_path: Path) -> None:
    mine = tmp_path / "home" / "thesis.txt"
    mine.write_text("mine")
    done = subprocess.run(
        [*DEMO, "--folder", str(mine.parent)], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 4
    assert "is not empty" in done.stderr
    assert mine.read_text() == "mine"
