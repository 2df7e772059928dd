"""The worker's side: messages are taken one by one, each by a thread, until somebody asks to stop."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any

from celery import Celery
from celery.exceptions import Reject
from celery.worker import state

from bbbmig.worker.app import TASK

log = logging.getLogger(__name__)

_FLUSH_S = 1.0
"""So long after the last recording its message may take to be acknowledged."""
_LOOK_S = 0.2
_AGAIN_S = 5.0


class Verdict(Enum):
    """What becomes of a message."""

    DONE = auto()
    """It is taken away."""
    BACK = auto()
    """It goes back into the queue, for whoever comes next."""


def _in_our_words(record: logging.LogRecord) -> bool:
    """Say without a traceback what a broker's restart brings, and costs nothing."""
    if str(record.msg).startswith("Couldn't ack"):
        record.msg = "message %r was not acknowledged (%r): it comes again, and is found done"
        record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
    return True


logging.getLogger("celery.worker.request").addFilter(_in_our_words)

Handle = Callable[[Mapping[str, Any]], Verdict]


class Serving:
    """Takes messages and hands each to `handle`, so many `jobs` at once, from start to `drain`.

    `handle` raises nothing that is about the message; whatever it raises sends the message back.
    """

    def __init__(self, app: Celery, queue: str, handle: Handle, *, jobs: int, name: str) -> None:
        """Register the task."""
        self._app, self._queue, self._jobs, self._name = app, queue, jobs, name
        self._handle = handle
        self._worker: Any = None
        self._active = 0
        self._count = threading.Lock()
        self._draining = threading.Event()

        def recording(message: Mapping[str, Any]) -> None:
            self._one(message)

        app.task(name=TASK)(recording)

    @property
    def active(self) -> int:
        """Count the messages at work."""
        with self._count:
            return self._active

    @property
    def draining(self) -> bool:
        """Tell whether nothing new is taken any more."""
        return self._draining.is_set()

    def wait(self, seconds: float) -> None:
        """Wait, no longer than until `drain`."""
        self._draining.wait(seconds)

    def run(self, *, ready: Callable[[], None]) -> None:
        """Take messages until `drain`; `ready` is called whenever the broker has answered.

        A RabbitMQ that waited too long for an acknowledgement (`consumer_timeout`) closes the channel, and Celery gives
        up then: what is at work is finished, its messages have gone to others, and it is begun anew.
        """
        while not self.draining:
            self._run_once(ready)
            self.wait(_AGAIN_S)

    def _run_once(self, ready: Callable[[], None]) -> None:
        """Take messages until `drain`, or until Celery gives up."""
        state.should_stop = state.should_terminate = None
        self._worker = self._app.WorkController(
            app=self._app,
            hostname=self._name,
            pool_cls="threads",
            concurrency=self._jobs,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            queues=[self._queue],
            ready_callback=lambda _: ready(),
        )
        self._worker.start()

    def drain(self) -> None:
        """Take nothing more, finish what is at work, then end `run`; may be called from a signal handler, and twice."""
        if not self._draining.is_set():
            self._draining.set()
            threading.Thread(target=self._drained, name="drain", daemon=True).start()

    def _drained(self) -> None:
        """Cancel the consumer, wait for what is at work and for its acknowledgements, then end."""
        consumer = getattr(self._worker, "consumer", None)
        if consumer is not None:
            consumer.call_soon(self._cancel, consumer)
        while self.active:
            time.sleep(_LOOK_S)
        time.sleep(_FLUSH_S)
        state.should_stop = 0

    def _cancel(self, consumer: Any) -> None:  # noqa: ANN401 - Celery's
        """Have the broker send nothing more; a broken connection sends nothing anyway."""
        try:
            consumer.cancel_task_queue(self._queue)
        except (AttributeError, *self._app.connection().connection_errors):
            log.debug("the queue was not cancelled: its connection is broken")

    def _one(self, message: Mapping[str, Any]) -> None:
        """Handle a message, or send it back."""
        with self._count:
            self._active += 1
        try:
            verdict = Verdict.BACK if self.draining else self._handle(message)
        except Exception as error:
            log.exception("a message goes back into the queue")
            raise Reject(str(error), requeue=True) from error
        finally:
            with self._count:
                self._active -= 1
        if verdict is Verdict.BACK:
            raise Reject("back into the queue", requeue=True)
