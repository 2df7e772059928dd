"""How long `survey` takes for a large university: `python benchmarks/survey.py`.

100,000 recordings on the old server, 80,000 of them with an owner in an owners file; beside it the list as CSV.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.commands import PEOPLE, owners, settings
from benchmarks.processes import BBBMIG, run, serving, verdict

RECORDINGS, OWNED = 100_000, 80_000
PROMISED_S, PROMISED_MIB = 20.0, 400.0


def main() -> None:
    print(f"load of this machine: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    server = (sys.executable, "-m", "bbbmig.demo.bbb_server", "--recordings", str(RECORDINGS))
    with tempfile.TemporaryDirectory() as name, serving(*server) as (url, secret):
        folder = Path(name)
        config = settings(folder, url, secret)
        floor = run([*BBBMIG, "--config", config, "export-csv", str(folder / "out.csv"), "--moodle", "none"])
        page = ("--html", str(folder / "survey.html"))
        figures = run([*BBBMIG, "--config", config, "survey", "-q", *page, *owners(folder, PEOPLE, OWNED)])
        print(f"  the list as CSV      {floor}")
        print(f"  survey with its page {figures} {verdict(figures, seconds=PROMISED_S, mebibytes=PROMISED_MIB)}")


if __name__ == "__main__":
    main()
