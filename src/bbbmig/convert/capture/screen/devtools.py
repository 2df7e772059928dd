"""Tell a Chromium what to do, over the two pipes of `--remote-debugging-pipe`: JSON texts that end with a zero byte.

Pipes, unlike a port, are nobody else's on a machine with many users. The protocol is the Chrome DevTools Protocol.
"""

import json
import os
import select
import time
from typing import Any

_BLOCK = 1 << 16


class BrowserFailed(Exception):
    """The browser is gone, is silent, or refuses."""


class DevTools:
    """One conversation. `read` and `write` are our ends of the browser's file descriptors 4 and 3."""

    def __init__(self, read: int, write: int, *, timeout_s: float = 30.0) -> None:
        """Begin; `timeout_s` is how long an answer may take."""
        self._read = read
        self._write = write
        self._timeout_s = timeout_s
        self._number = 0
        self._pending = b""
        self._session = ""

    def open_page(self) -> None:
        """Attach to the window's page: what follows is for it."""
        deadline = time.monotonic() + self._timeout_s
        while not (pages := [t for t in self.call("Target.getTargets")["targetInfos"] if t["type"] == "page"]):
            if time.monotonic() > deadline:
                raise BrowserFailed("the browser opened no window")
            time.sleep(0.1)
        attached = self.call("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime"):
            self.call(f"{domain}.enable")

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401 - JSON
        """Run JavaScript as if the user had clicked, and return its value. Raise BrowserFailed if it throws."""
        reply = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in reply:
            details = reply["exceptionDetails"]
            raise BrowserFailed(f"the page says: {details.get('exception', details).get('description', details)}")
        return reply["result"].get("value")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Send a command, and return its result. Raise BrowserFailed when it is refused or not answered."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        try:
            os.write(self._write, json.dumps(message).encode() + b"\0")
        except BrokenPipeError as error:
            raise BrowserFailed("the browser has ended") from error
        deadline = time.monotonic() + self._timeout_s
        while (reply := self._next(deadline)).get("id") != self._number:
            pass  # an event: nobody asked for it
        if "error" in reply:
            raise BrowserFailed(f"{method}: {reply['error'].get('message')}")
        result: dict[str, Any] = reply["result"]
        return result

    def _next(self, deadline: float) -> dict[str, Any]:
        """Wait for the next message."""
        while b"\0" not in self._pending:
            ready, _, _ = select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise BrowserFailed(f"the browser did not answer within {self._timeout_s:.0f} s")
            block = os.read(self._read, _BLOCK)
            if not block:
                raise BrowserFailed("the browser has ended")
            self._pending += block
        text, _, self._pending = self._pending.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message
