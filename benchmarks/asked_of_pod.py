"""What it takes to ask Pod of 10,000 videos that were published before: `python benchmarks/asked_of_pod.py`.

`publish --dry` over 10,000 recordings of 800 people, all of which the ledger calls done and the sample Pod has; once
with our file in Pod, once with a stock Pod, and the same without anything in the ledger, which is the floor.
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

COUNT = 10_000
PROMISED_S = 10.0


def main() -> None:
    print(f"load of this machine: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    server = (sys.executable, "-m", "bbbmig.demo.bbb_server", "--recordings", str(COUNT))
    with tempfile.TemporaryDirectory() as name, serving(*server) as (url, secret):
        folder = Path(name)
        for extension in (True, False):
            with SamplePod(folder / f"pod-{extension}", extension=extension) as pod:
                fill(pod, videos=COUNT)
                config = settings(folder, url, secret, pod)
                command = [*BBBMIG, "--config", config, "publish", "--dry", "-q", *owners(folder, PEOPLE, COUNT)]
                floor = run(command)
                remember(config, urlsplit(url).netloc, videos=COUNT)
                before = len(pod.requests())
                figures = run(command)
                asked = Counter(one.path for one in pod.requests()[before:])
                print(f"  {'our file in Pod' if extension else 'a stock Pod'}")
                print(f"    nothing done before  {floor}")
                kept = verdict(figures, seconds=PROMISED_S) if extension else ""
                print(f"    all done before      {figures} {kept}")
                print(f"    {asked.total()} requests: {', '.join(f'{n} {path}' for path, n in asked.most_common(5))}")


if __name__ == "__main__":
    main()
