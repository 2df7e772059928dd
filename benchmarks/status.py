"""How long `status` takes for a large university: `python benchmarks/status.py`.

100,000 recordings on the old server, 60,000 of them videos of 800 people in the sample Pod, 20,000 links; the ledger
remembers all of it. Once with our file in Pod, once with a stock Pod. The requests are counted: one a page or a person,
none for each recording.
"""

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from bbbmig.demo.pod_server import SamplePod
from benchmarks.commands import PEOPLE, owners, settings
from benchmarks.processes import BBBMIG, run, serving, verdict
from benchmarks.published import fill, remember

RECORDINGS, VIDEOS, LINKS = 100_000, 60_000, 20_000
PROMISED_S, PROMISED_MIB = 60.0, 400.0
NOT_YET = 3


def main() -> None:
    print(f"load of this machine: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    server = (sys.executable, "-m", "bbbmig.demo.bbb_server", "--recordings", str(RECORDINGS))
    with tempfile.TemporaryDirectory() as name, serving(*server) as (url, secret):
        folder = Path(name)
        for extension in (True, False):
            with SamplePod(folder / f"pod-{extension}", extension=extension) as pod:
                fill(pod, videos=VIDEOS, links=LINKS, seconds=7200)
                config = settings(folder, url, secret, pod)
                remember(config, urlsplit(url).netloc, videos=VIDEOS, links=LINKS)
                command = [*BBBMIG, "--config", config, "status", "-q", *owners(folder, PEOPLE, RECORDINGS)]
                floor = run([*BBBMIG, "--config", config, "export-csv", str(folder / "out.csv"), "--moodle", "none"])
                before = len(pod.requests())
                figures = run(command, may_end=(NOT_YET,))
                asked = Counter(one.path for one in pod.requests()[before:])
                kept = verdict(figures, seconds=PROMISED_S, mebibytes=PROMISED_MIB)
                print(f"  {'our file in Pod' if extension else 'a stock Pod'}")
                print(f"    the list as CSV      {floor}")
                print(f"    status               {figures} {kept}")
                print(f"    {asked.total()} requests: {', '.join(f'{n} {path}' for path, n in asked.most_common(5))}")


if __name__ == "__main__":
    main()
