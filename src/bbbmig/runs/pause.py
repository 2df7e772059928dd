"""A worker's pause: as long as a server is away, nothing is begun, and nothing fails."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bbbmig.errors import RemoteError
from bbbmig.runs.run import Run

if TYPE_CHECKING:
    from bbbmig.ledger.fleet import Fleet

log = logging.getLogger(__name__)

FIRST_S = 2.0
LONGEST_S = 60.0
_LOOK_S = 0.5


@dataclass(slots=True, kw_only=True)
class Pause:
    """Whether the servers answer. `why` says which one does not, "" if all do."""

    run: Run
    fleet: "Fleet"
    why: str = ""
    _wait_s: float = FIRST_S
    _asking: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, error: RemoteError) -> None:
        """Begin no more until all servers answer."""
        if not self.why:
            log.warning("%s; the queue is paused here", error.message)
        self.why = error.message

    def trouble(self) -> str:
        """Ask ledger, Pod and the old server for next to nothing; return what is wrong, "" if all answer."""
        adapters, settings = self.run.adapters, self.run.settings
        try:
            self.fleet.workers()
            adapters.pod.version()
            if not settings.bbb.offline:
                with adapters.bbb.recordings(record_id="0" * 54) as chunks:
                    next(chunks, b"")
        except RemoteError as error:
            return error.message
        return ""

    def over(self, *, stop: Callable[[], bool]) -> bool:
        """Wait until all servers answer; False if the worker is to stop before."""
        while self.why:
            if stop():
                return False
            if self._asking.acquire(blocking=False):
                try:
                    self._ask(stop)
                finally:
                    self._asking.release()
            else:
                time.sleep(_LOOK_S)
        self._wait_s = FIRST_S
        return True

    def _ask(self, stop: Callable[[], bool]) -> None:
        """Wait a while, longer each time, and ask again."""
        ends = time.monotonic() + self._wait_s
        while time.monotonic() < ends and not stop():
            time.sleep(_LOOK_S)
        self._wait_s = min(LONGEST_S, 2 * self._wait_s)
        why = self.trouble()
        if not why:
            log.warning("all servers answer again: going on")
        self.why = why
