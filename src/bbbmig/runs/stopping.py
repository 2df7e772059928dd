"""How a worker ends: SIGTERM once, what is at work is finished; twice, it is left; or when a limit is reached."""

import contextlib
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import FrameType

from bbbmig.apply.stop_conditions import StopConditions
from bbbmig.errors import ExitCode, RemoteError, Terminated

log = logging.getLogger(__name__)

BEAT_S = 20.0
"""How often a worker says that it is alive."""
LAST_WORD_S = 9.0
"""After a second signal, what has not ended by then is left behind, as by `kill -9`."""
_LOOK_S = 1.0


@dataclass(slots=True, kw_only=True)
class Stopping:
    """What ends a worker: `drain` finishes what is at work, `stop` ends that, too."""

    drain: Callable[[], None]
    stop: threading.Event
    limits: StopConditions
    _signals: list[int] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def on_signals(self) -> Iterator[None]:
        """Obey SIGTERM and Ctrl-C meanwhile."""
        before = {number: signal.signal(number, self._asked) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def looking(self, beat: Callable[[], None]) -> Iterator[None]:
        """Call `beat` now and then meanwhile, and look whether a limit is reached."""
        beat()
        thread = threading.Thread(target=self._look, args=(beat,), name="beat", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join(_LOOK_S)

    def end(self) -> None:
        """Raise Terminated or KeyboardInterrupt if what was at work was left, for a second signal."""
        if len(self._signals) > 1:
            raise KeyboardInterrupt if self._signals[-1] == signal.SIGINT else Terminated

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        """Finish; the second time, end."""
        self._signals.append(number)
        if len(self._signals) == 1:
            log.warning("stopping: what is at work is finished first; a second signal ends it, too")
            self.drain()
        elif not self.stop.is_set():
            log.warning("ending what is at work; it goes back into the queue")
            self.stop.set()
            code = ExitCode.INTERRUPTED if number == signal.SIGINT else ExitCode.TERMINATED
            last = threading.Timer(LAST_WORD_S, os._exit, [int(code)])
            last.daemon = True
            last.start()

    def _look(self, beat: Callable[[], None]) -> None:
        """Do it until the worker has ended."""
        looks, said = 0, ""
        while not self._over.wait(_LOOK_S):
            looks += 1
            why = self.limits.reached()
            if why and not said:
                log.warning("%s: what is at work is finished, nothing more is begun", why)
                said = why
                self.drain()
            if looks * _LOOK_S >= BEAT_S:
                looks = 0
                try:
                    beat()
                except RemoteError as error:
                    log.debug("%s", error.message)
