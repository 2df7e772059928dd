"""How long whole commands take and how much memory, beside the floor: `python benchmarks/commands.py [PART…]`.

Parts: start, csv, links, plans. Servers run in processes of their own on loopback. The floor fetches the same bytes and
walks them with the bare XML parser (expat, no handlers), which no list can beat.
"""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import many_recordings
from benchmarks.processes import BBBMIG, run, serving, verdict

RUNS = 3
TIMES_THE_FLOOR = 5.0
"""Machines differ by two and more, so that what counts is how many times the floor of the same run it takes."""
PEOPLE = 800
FLOOR = """
import sys, httpx
from xml.parsers import expat
from bbbmig.bbb.checksum import signed_query
url, secret = sys.argv[1:]
parser = expat.ParserCreate()
query = signed_query("getRecordings", {"state": "published,unpublished"}, secret, "sha256")
with httpx.stream("GET", f"{url}/getRecordings?{query}", timeout=60) as response:
    for chunk in response.iter_bytes():
        parser.Parse(chunk)
parser.Parse(b"", True)
"""


def start(_: Path) -> None:
    """Measure how soon the program answers."""
    for option, seconds in (("--version", 0.2), ("--help", 0.35)):
        figures = run([*BBBMIG, option], runs=5)
        print(f"  bbbmig {option:<25} {figures} {verdict(figures, seconds=seconds)}")


def csv(folder: Path) -> None:
    """Measure the list of recordings."""
    for count, seconds, mebibytes in ((10_000, 2.0, 120.0), (50_000, 8.0, 200.0)):
        with serving(sys.executable, "-m", "bbbmig.demo.bbb_server", "--recordings", str(count)) as (url, secret):
            config = settings(folder, url, secret)
            floor = run([sys.executable, "-c", FLOOR, url, secret], runs=RUNS)
            print(f"  {count} recordings, floor          {floor}")
            figures = run([*BBBMIG, "--config", config, "export-csv", str(folder / "out.csv")], runs=RUNS)
            rows = (folder / "out.csv").read_text(encoding="utf-8").count("\n") - 1
            assert rows == count, rows
            kept = verdict(figures, seconds=seconds, mebibytes=mebibytes)
            print(f"  {count} recordings to CSV          {figures} {kept}")
            ratio = figures.processor_seconds / floor.processor_seconds
            judged = "ok" if ratio <= TIMES_THE_FLOOR else "TOO MUCH"
            print(f"    {ratio:.1f} times the floor's processor time {judged} (promised: {TIMES_THE_FLOOR:g})")


def links(folder: Path) -> None:
    """Measure 10,000 links, for one person and for many, and a second run, which must not POST."""
    for people, first, second in ((1, 20.0, 4.0), (PEOPLE, 15.0, 3.0)):
        pod_folder = folder / f"pod-{people}"
        server = (sys.executable, "-m", "bbbmig.demo.bbb_server", "--recordings", "10000")
        with serving(*server) as (url, secret), SamplePod(pod_folder) as pod:
            config = settings(folder, url, secret, pod)
            command = [*BBBMIG, "--config", config, "import-links", *owners(folder, people, 10_000)]
            cold = run(command)
            print(f"  10,000 links, {people:>3} people        {cold} {verdict(cold, seconds=first)}")
            posts = len(pod.requests("POST"))
            again = run(command)
            more = len(pod.requests("POST", "PATCH", "PUT", "DELETE")) - posts
            print(f"    second run                   {again} {verdict(again, seconds=second)}, {more} writes")
            assert not more or people == 1, more


def plans(folder: Path) -> None:
    """Measure plans of many recordings, from the kept list."""
    with SamplePod(folder / "pod-plans") as pod:
        for count, command, seconds, mebibytes in (
            (50_000, "claim", 10.0, None),
            (100_000, "import-links", 30.0, 400.0),
        ):
            server = (sys.executable, "-m", "bbbmig.demo.bbb_server", "--recordings", str(count))
            with serving(*server) as (url, secret):
                config = settings(folder, url, secret, pod)
                options = owners(folder, PEOPLE, count) if command == "import-links" else []
                figures = run([*BBBMIG, "--config", config, command, "--dry", *options])
                kept = verdict(figures, seconds=seconds, mebibytes=mebibytes)
                print(f"  {count} planned by {command:<13} {figures} {kept}")


def owners(folder: Path, people: int, count: int) -> list[str]:
    """Return the options for so many owners: none for the administrator alone."""
    if people == 1:
        return []
    file = folder / f"owners-{count}.csv"
    rows = (f"person{number % people};{one.record_id}\n" for number, one in enumerate(many_recordings(count)))
    file.write_text("owners;record_id\n" + "".join(rows), encoding="utf-8")
    return ["--owners", str(file)]


def settings(folder: Path, url: str, secret: str, pod: SamplePod | None = None) -> str:
    """Write a configuration with a new ledger; give its path."""
    ledger = folder / f"ledger-{os.urandom(4).hex()}.sqlite"
    text = f'[bbb]\nurl = "{url}"\nsecret = "{secret}"\ncache_directory = "{folder}/cache"\n'
    text += f'[ledger]\nurl = "sqlite:///{ledger}"\n'
    if pod is not None:
        text += f'[pod]\nurl = "{pod.url}"\ntoken = "{pod.token}"\nadministrator = "admin"\nsite = "pod.localhost"\n'
        text += f'[recorder]\nid = 1\ndirectory = "{pod.recorder_directory}"\n'
    config = folder / "bbbmig.toml"
    config.write_text(text, encoding="utf-8")
    config.chmod(0o600)
    return str(config)


PARTS = {"start": start, "csv": csv, "links": links, "plans": plans}


def main(names: list[str]) -> None:
    print(f"load of this machine: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    for name in names or PARTS:
        print(f"{name}:")
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
