"""Film a recording's player: the program that the converter starts for each job, so that all of it can be ended.

`python -m bbbmig.convert.capture.screen FOLDER`, with an `Order` in FOLDER/order.json. It starts an X server, a
browser and ffmpeg, has the player play in real time, and leaves `picture.mkv` and, in `result.json`, when the player
began. Where it is stands in `position` meanwhile, and what went wrong in `reason`. Who ends it, ends the others.
"""

import fcntl
import json
import os
import re
import secrets
import struct
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bbbmig.convert.capture.screen.devtools import BrowserFailed, DevTools
from bbbmig.convert.capture.screen.player import PLAY, READY, WHERE

_START_S = 30.0
_LOOK_S = 0.5
_STALLED_S = 1.0
_WILD = 0xFFFF
_STARTED = re.compile(r"start: (\d+\.\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to film: the page, cookies by name for its host, and how. Lengths are in seconds.

    The browser asks `hosts` ("host" or "host:port") and no others, whatever the page says.
    """

    page: str
    browser: str
    length_s: float
    cookies: Mapping[str, str]
    hosts: Sequence[str]
    width: int = 1280
    height: int = 720
    rate: int = 15
    ready_s: float = 90.0

    def write(self, folder: Path) -> None:
        """Leave it for the session; only the owner of the folder may read it."""
        (folder / "order.json").write_text(json.dumps(asdict(self)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came out: after how many seconds of `picture.mkv` the player began, and how long it stood still."""

    began_s: float
    stalled_s: float

    @classmethod
    def read(cls, folder: Path) -> "Result":
        """Read what a session left. Raise OSError or ValueError if it left nothing."""
        return cls(**json.loads((folder / "result.json").read_text()))


class Session:
    """One filming. Its processes are children of this one, and end with it."""

    def __init__(self, folder: Path, order: Order) -> None:
        """Prepare; nothing is started yet."""
        self._folder = folder
        self._order = order
        self._environment = {**os.environ, "XAUTHORITY": str(folder / "xauthority")}

    def film(self) -> None:
        """Do it all. Raise BrowserFailed, OSError or subprocess.SubprocessError."""
        self._start_display()
        page = self._start_browser()
        self._open(page)
        camera, started = self._start_camera()
        result = self._play(page, started)
        camera.communicate(b"q", timeout=_START_S)
        if camera.returncode:
            raise BrowserFailed(f"ffmpeg ended with {camera.returncode}")
        (self._folder / "result.json").write_text(json.dumps(asdict(result)))

    def _start_display(self) -> None:
        """Start an X server on a display that it finds itself, and which other users cannot look at."""
        cookie = secrets.token_bytes(16)
        name = b"MIT-MAGIC-COOKIE-1"
        fields = (b"", b"", name, cookie)
        entry = struct.pack(">H", _WILD) + b"".join(struct.pack(">H", len(field)) + field for field in fields)
        authority = self._folder / "xauthority"
        authority.touch(mode=0o600)
        authority.write_bytes(entry)
        size = f"{self._order.width}x{self._order.height}x24"
        readable, writable = os.pipe()
        command = ("Xvfb", "-displayfd", str(writable), "-screen", "0", size, "-auth", authority, "-nolisten", "tcp")
        subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=(writable,))  # noqa: S603 - no shell
        os.close(writable)
        with os.fdopen(readable) as numbers:
            number = numbers.readline().strip()  # it writes the digits and the end of the line one after the other
        if not number:
            raise BrowserFailed("Xvfb did not start")
        self._environment["DISPLAY"] = f":{number}"

    def _start_browser(self) -> DevTools:
        """Start the browser with one window that fills the display."""
        order = self._order
        options = (
            *("--kiosk", "--app=about:blank", "--no-first-run", "--no-default-browser-check", "--mute-audio"),
            *("--autoplay-policy=no-user-gesture-required", "--hide-scrollbars", "--force-device-scale-factor=1"),
            *("--disable-features=Translate,MediaRouter", "--disable-dev-shm-usage", "--disable-gpu", "--test-type"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-pings"),
            *("--disable-background-timer-throttling", "--disable-renderer-backgrounding", "--password-store=basic"),
            *(f"--window-size={order.width},{order.height}", "--window-position=0,0"),
            f"--host-resolver-rules={_only(order.hosts)}",
            f"--user-data-dir={self._folder / 'profile'}",
            "--remote-debugging-pipe",
        )
        # a browser refuses to run as root with its own walls up
        walls = ("--no-sandbox",) if os.geteuid() == 0 else ()
        read, write = self._spawn((order.browser, *options, *walls))
        page = DevTools(read, write)
        page.open_page()
        return page

    def _spawn(self, command: Sequence[str]) -> tuple[int, int]:
        """Start the browser with its two pipes as file descriptors 3 and 4; give our ends: to read, to write."""
        read, from_browser = os.pipe()
        to_browser, write = os.pipe()
        # out of the way of 3 and 4
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (to_browser, from_browser)]
        actions = [(os.POSIX_SPAWN_DUP2, end, number) for end, number in zip(ends, (3, 4), strict=True)]
        os.posix_spawnp(command[0], list(command), self._environment, file_actions=actions)
        for end in (to_browser, from_browser, *ends):
            os.close(end)
        return read, write

    def _open(self, page: DevTools) -> None:
        """Open the player, and wait until it could play."""
        for name, value in self._order.cookies.items():
            page.call("Network.setCookie", name=name, value=value, url=self._order.page)
        opened = page.call("Page.navigate", url=self._order.page)
        if opened.get("errorText"):
            raise BrowserFailed(f"the page does not open: {opened['errorText']}")
        deadline = time.monotonic() + self._order.ready_s
        while not page.evaluate(READY):
            if time.monotonic() > deadline:
                raise BrowserFailed(f"the player was not ready to play after {self._order.ready_s:.0f} s")
            time.sleep(_LOOK_S)
        time.sleep(2 * _LOOK_S)

    def _start_camera(self) -> tuple[subprocess.Popen[bytes], float]:
        """Start ffmpeg; return it, and when it took its first picture (seconds since 1970)."""
        order = self._order
        said = self._folder / "ffmpeg.log"
        command = (
            *("ffmpeg", "-hide_banner", "-nostats", "-f", "x11grab", "-draw_mouse", "0", "-framerate", str(order.rate)),
            *("-video_size", f"{order.width}x{order.height}", "-i", self._environment["DISPLAY"]),
            *(
                "-c:v",
                "libx264",
                "-preset",
                "veryfast",
                "-crf",
                "23",
                "-pix_fmt",
                "yuv420p",
                "-g",
                str(10 * order.rate),
            ),
            str(self._folder / "picture.mkv"),
        )
        with said.open("wb") as log:
            camera = subprocess.Popen(  # noqa: S603 - no shell
                command, env=self._environment, stdin=subprocess.PIPE, stderr=log
            )
        deadline = time.monotonic() + _START_S
        while not (found := _STARTED.search(said.read_text(errors="replace"))):
            if camera.poll() is not None or time.monotonic() > deadline:
                raise BrowserFailed(f"ffmpeg does not film: {said.read_text(errors='replace')[-300:]}")
            time.sleep(0.05)
        return camera, float(found[1])

    def _play(self, page: DevTools, started: float) -> Result:
        """Play from the beginning to the end; tell when it began, and how far it fell behind the clock."""
        page.evaluate(PLAY)
        began = stalled = 0.0
        while True:
            time.sleep(_LOOK_S)
            now: dict[str, Any] = page.evaluate(WHERE)
            at_s = float(now["at"])
            if at_s > 0:
                # the earliest is the truth: each stop of the player makes it look later
                beginning = float(now["clock"]) - at_s
                began = min(began or beginning, beginning)
                stalled = max(stalled, beginning - began)
            (self._folder / "position").write_text(f"{at_s:.1f}")
            if stalled > _STALLED_S:
                raise BrowserFailed(
                    f"the player stopped for {stalled:.1f} s at {at_s:.0f} s: server or machine too slow"
                )
            if now["ended"] or at_s >= self._order.length_s:
                return Result(began_s=began - started, stalled_s=stalled)


def _only(hosts: Sequence[str]) -> str:
    """Return Chromium's rules that map these hosts to themselves and all others to nothing; the first that fits counts.

    Source: Chromium's net/base/host_mapping_rules.h.
    """
    return ",".join((*(f"MAP {host} {host}" for host in hosts), "MAP * ~NOTFOUND"))


def main(arguments: Sequence[str]) -> int:
    """Film; give 0, or 1 with the reason in a file."""
    folder = Path(arguments[0])
    try:
        Session(folder, Order(**json.loads((folder / "order.json").read_text()))).film()
    except (BrowserFailed, OSError, ValueError, subprocess.SubprocessError) as error:
        (folder / "reason").write_text(str(error))
        return 1
    return 0
