"""How much memory replies without measure take: `python benchmarks/hostile.py [CASE…]`.

Cases: endless, bomb, deep, metadata, page. A server on loopback sends what no honest one does, a process of its own
meets it with the limits that every run has (the list's is lowered from 2 GiB, so that it does not take minutes), and
says the largest size that it had. Each must stay below 300 MiB, and end with words.
"""

import contextlib
import gzip
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import bbbmig.bbb.client as bbb_client
from bbbmig.bbb.cache import Cache
from bbbmig.bbb.listing import list_recordings
from bbbmig.bbb.media import MediaFinder
from bbbmig.domain.recording import Playback, Recording
from bbbmig.errors import BbbmigError
from bbbmig.transfer.download import Downloader
from bbbmig.transfer.site_folder import SiteFolder

MOST_MIB = 300
LIST_BYTES = 256 << 20
PAGE_S = 10.0
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nConnection: close\r\n"
BEGIN = b"<response><returncode>SUCCESS</returncode><recordings>"
END = b"</recordings></response>"


def endless() -> Iterator[bytes]:
    """Yield recordings for ever."""
    yield HEAD + b"\r\n" + BEGIN
    number = 0
    while True:
        number += 1
        yield b"".join(b"<recording><recordID>%d-%d</recordID></recording>" % (number, one) for one in range(1000))


def bomb() -> Iterator[bytes]:
    """Yield a list of which one byte becomes a thousand."""
    yield HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(BEGIN)
    piece = gzip.compress(b" " * (16 << 20))
    while True:
        yield piece


def deep() -> Iterator[bytes]:
    """Yield a list with a recording of 16 MiB of elements within one another."""
    yield HEAD + b"\r\n" + BEGIN + b"<recording><recordID>a</recordID></recording><recording><recordID>b</recordID>"
    for tag in (b"<a>", b"</a>"):
        for _ in range(2400):
            yield tag * 1000
    yield b"</recording>" + END


def metadata() -> Iterator[bytes]:
    """Yield a metadata.xml for ever."""
    yield HEAD + b"\r\n<recording><meta>"
    while True:
        yield b"<x>" + b"y" * 65_536 + b"</x>"


def page() -> Iterator[bytes]:
    """Yield a page, a byte at a time."""
    yield HEAD + b"\r\n<html>"
    while True:
        time.sleep(0.2)
        yield b" "


CASES = {one.__name__: one for one in (endless, bomb, deep, metadata, page)}


def meet(case: str, url: str, folder: Path) -> str:
    """Meet that server; return what came of it."""
    bbb_client.LARGEST_LIST = LIST_BYTES
    with bbb_client.BbbServer(url, "secret", checksum="sha1", timeout_s=PAGE_S, sleep=lambda _s: None) as server:
        if case == "metadata":
            with Downloader() as downloader:
                return f"{SiteFolder(downloader, url, folder).get('metadata.xml')}"
        if case == "page":
            film = Recording(record_id="a", playbacks=(Playback(type="video", url=f"{url}playback/video/a/"),))
            return str(MediaFinder(server, timeout_s=PAGE_S).source(film, "video"))
        taken = list_recordings(server, Cache(folder, url))
        return f"{len(taken.recordings)} recordings, {len(taken.problems)} problems"


def child(case: str, url: str) -> None:
    with tempfile.TemporaryDirectory(dir=".") as folder:
        try:
            said = meet(case, url, Path(folder))
        except BbbmigError as error:
            said = error.message
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    peak = next(int(line.split()[1]) >> 10 for line in lines if line.startswith("VmHWM"))
    print(peak, said)


@contextlib.contextmanager
def serving(case: str) -> Iterator[str]:
    """Send that reply to every connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65_536)
            for piece in CASES[case]():
                connection.sendall(piece)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    listener.close()


def main(cases: list[str]) -> None:
    print(f"load of this machine: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    for case in cases or CASES:
        started = time.monotonic()
        with serving(case) as url:
            done = subprocess.run(
                [sys.executable, __file__, "child", case, url], capture_output=True, text=True, check=True
            )
        peak, _, said = done.stdout.strip().partition(" ")
        took = time.monotonic() - started
        kept = "ok" if int(peak) < MOST_MIB else "TOO MUCH"
        print(f"  {case:<9} {int(peak):>4} MiB {kept} (limit: {MOST_MIB}) after {took:.1f} s: {said[:110]}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        child(*sys.argv[2:])
    else:
        main(sys.argv[1:])
