"""How fast files come: 200 of 20 MiB over loopback, beside what curl reaches on the same server in the same run.

`python benchmarks/download.py [FILES] [MEBIBYTES]`. The server is a process of its own that uses sendfile. Both take
turns, some files at a time, and write to the same disk: first one file after another, then four at a time. The aim is
0.9 of curl's rate; the share is that of the sums, so a disturbance hits both.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bbbmig.transfer.download import Downloader
from benchmarks.processes import serving

TURNS = 10
AT_ONCE = 4
AIM = 0.9
MARK = b"\x1aE\xdf\xa3"
"""How a webm begins: bytes at random may begin as a page does, and then they are refused."""


class Handler(BaseHTTPRequestHandler):
    """Sends the same file under every name, ranges included."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    film: Path

    def do_GET(self) -> None:
        """Answer."""
        size = self.film.stat().st_size
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        first = int(asked[1]) if asked else 0
        self.send_response(206 if asked else 200)
        self.send_header("Content-Type", "video/mp4")
        self.send_header("Content-Length", str(size - first))
        self.send_header("Content-Range", f"bytes {first}-{size - 1}/{size}")
        self.send_header("ETag", '"film"')
        self.end_headers()
        self.wfile.flush()
        with self.film.open("rb") as file:
            while first < size:
                first += os.sendfile(self.connection.fileno(), file.fileno(), first, size - first)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def serve(film: Path) -> None:
    Handler.film = film
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


def with_curl(base: str, folder: Path, count: int, at_once: int) -> None:
    side_by_side = ("--parallel", "--parallel-max", str(at_once)) if at_once > 1 else ()
    command = (
        "curl",
        "--silent",
        "--no-progress-meter",
        "--show-error",
        "--fail",
        *side_by_side,
        "--output",
        f"{folder}/#1",
    )
    subprocess.run([*command, f"{base}/[0-{count - 1}]"], check=True)


def with_ours(base: str, folder: Path, count: int, at_once: int) -> None:
    with Downloader(connections=at_once) as downloader, ThreadPoolExecutor(at_once) as pool:
        for size in pool.map(lambda number: downloader.fetch([f"{base}/{number}"], folder / f"{number}"), range(count)):
            assert size


def seconds(fetch: Callable[[], None], folder: Path) -> float:
    """Time it; the files are looked at and removed outside."""
    folder.mkdir()
    started = time.perf_counter()
    fetch()
    took = time.perf_counter() - started
    shutil.rmtree(folder)
    os.sync()
    return took


def main(files: int = 200, mebibytes: int = 20) -> None:
    with tempfile.TemporaryDirectory(dir=".") as directory:
        film = Path(directory) / "film.mp4"
        film.write_bytes((MARK + os.urandom(mebibytes << 20))[: mebibytes << 20])
        with serving(sys.executable, __file__, "serve", str(film)) as (port,):
            for at_once in (1, AT_ONCE):
                compare(f"http://127.0.0.1:{port}", Path(directory) / "out", files, mebibytes, at_once)


def compare(base: str, folder: Path, files: int, mebibytes: int, at_once: int) -> None:
    count = files // TURNS
    fetches = {
        name: partial(fetch, base, folder, count, at_once) for name, fetch in (("curl", with_curl), ("ours", with_ours))
    }
    took = dict.fromkeys(fetches, 0.0)
    for _ in range(TURNS):
        for name, fetch in fetches.items():
            took[name] += seconds(fetch, folder)
    rate = {name: count * TURNS * mebibytes / took[name] for name in fetches}
    share = rate["ours"] / rate["curl"]
    print(
        f"{count * TURNS} files of {mebibytes} MiB, {at_once} at a time: ours {rate['ours']:,.0f} MiB/s, "
        f"curl {rate['curl']:,.0f} MiB/s: {share:.2f} of curl (aim: {AIM})",
        flush=True,
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]))
    else:
        main(*map(int, sys.argv[1:]))
