"""How long other people wait while a Scalelite is listed: `python benchmarks/listing.py`.

The sample server has a Scalelite's three threads, takes 5 ms to list a recording, and its nginx gives up after 5 s
while the application goes on. Beside the list a trivial call is made five times a second, as somebody's who joins a
lecture: it must be answered within a second.
"""

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx

from bbbmig.bbb.cache import Cache
from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.listing import list_recordings
from benchmarks.processes import serving

RECORDINGS = 2_000
SECONDS_PER_RECORDING = 0.005
PROXY_TIMEOUT_S = 5.0
EVERY_S = 0.2
LIMIT_S = 1.0


def slowest(url: str, done: threading.Event, found: list[float]) -> None:
    """Make a trivial call again and again; keep how long each took."""
    with httpx.Client(timeout=120) as client:
        while not done.wait(EVERY_S):
            started = time.monotonic()
            client.get(url)
            found.append(time.monotonic() - started)


def main(connections: list[int]) -> None:
    print(f"load of this machine: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    for count in connections:
        options = ["--flavour", "scalelite", "--recordings", str(RECORDINGS)]
        options += ["--seconds-per-recording", str(SECONDS_PER_RECORDING), "--proxy-timeout", str(PROXY_TIMEOUT_S)]
        server = (sys.executable, "-m", "bbbmig.demo.bbb_server", *options)
        with serving(*server) as (url, secret), tempfile.TemporaryDirectory() as folder:
            done, took = threading.Event(), [0.0]
            beside = threading.Thread(target=slowest, args=(url, done, took))
            beside.start()
            started = time.monotonic()
            with BbbServer(url, secret) as bbb:
                listing = list_recordings(bbb, Cache(Path(folder), url), connections=count)
            seconds = time.monotonic() - started
            done.set()
            beside.join()
            assert len(listing.recordings) == RECORDINGS, len(listing.recordings)
            kept = "" if count > 2 else ("ok" if max(took) < LIMIT_S else f"TOO SLOW, {LIMIT_S:g} s wanted")
            print(
                f"  {RECORDINGS} recordings in {listing.calls} calls, {count} at a time: {seconds:.1f} s; "
                f"slowest of {len(took) - 1} trivial calls beside it {max(took):.2f} s {kept}"
            )


if __name__ == "__main__":
    main([int(text) for text in sys.argv[1:]] or [1, 2, 4])
