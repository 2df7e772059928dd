"""How long it takes to list a BigBlueButton, and how much memory, beside the floor.

`python benchmarks/bbb_listing.py [N…]`; the default is 10,000 and 50,000 recordings.

The sample server runs in a process of its own; each line is a fresh process, interpreter and imports included. The
floor fetches the same bytes and walks them with the bare XML parser (expat, no handlers), which no list can beat.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FLOOR = """
import sys, httpx
from xml.parsers import expat
from bbbmig.bbb.sign import signed_query
url, secret, directory = sys.argv[1:]
parser = expat.ParserCreate()
query = signed_query("getRecordings", {"state": "published,unpublished"}, secret, "sha256")
with httpx.stream("GET", f"{url}/getRecordings?{query}", timeout=60) as response:
    for chunk in response.iter_bytes():
        parser.Parse(chunk)
parser.Parse(b"", True)
"""

LISTED = """
import sys
from pathlib import Path
from bbbmig.bbb.cache import Cache
from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.listing import list_recordings
url, secret, directory = sys.argv[1:]
with BbbServer(url, secret) as server:
    listing = list_recordings(server, Cache(Path(directory), url))
assert listing.complete and listing.calls == 1
"""

CACHED = """
import sys
from pathlib import Path
from bbbmig.bbb.cache import Cache
from bbbmig.bbb.listing import cached_listing
url, secret, directory = sys.argv[1:]
assert cached_listing(Cache(Path(directory), url)).complete
"""

LIMITS = {10_000: "2.0 s, 120 MiB", 50_000: "8.0 s, 200 MiB"}
"""What the whole of export-csv may take, its rows included."""

RUNS = 3


def main(counts: list[int]) -> None:
    for count in counts:
        print(f"\n{count} recordings (best of {RUNS}; export-csv may take {LIMITS.get(count, 'anything')})")
        with subprocess.Popen(
            [sys.executable, "-m", "bbbmig.demo.bbb_server", "--recordings", str(count)],
            stdout=subprocess.PIPE,
            text=True,
        ) as server:
            try:
                measure(*first_line(server))
            finally:
                server.terminate()


def first_line(server: subprocess.Popen[str]) -> list[str]:
    """Wait until the server is ready; give its address and secret."""
    assert server.stdout is not None
    return server.stdout.readline().split()


def measure(url: str, secret: str) -> None:
    """Print a line for each program."""
    with tempfile.TemporaryDirectory() as directory:
        for name, program in (
            ("floor: fetch and walk the XML", FLOOR),
            ("list_recordings", LISTED),
            ("cached_listing", CACHED),
        ):
            runs = [run(program, url, secret, directory) for _ in range(RUNS)]
            seconds, cpu, mebibytes = (min(figures) for figures in zip(*runs, strict=True))
            print(f"  {name:<32}{seconds:6.2f} s {cpu:6.2f} s CPU {mebibytes:6.0f} MiB")
        print(f"  bytes of XML: {sum(path.stat().st_size for path in Path(directory).rglob('*.xml')):,}")


def run(program: str, *arguments: str) -> tuple[float, float, float]:
    """Run a program in a fresh interpreter; give its wall and CPU seconds, and its largest size in MiB."""
    started = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-c", program, *arguments])
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"a program of the benchmark failed with {child.returncode}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or sorted(LIMITS))
