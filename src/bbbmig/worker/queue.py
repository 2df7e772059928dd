"""The queue as whoever sends sees it: send, count, take back."""

import contextlib
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from celery import Celery
from kombu import Connection
from kombu.exceptions import OperationalError

from bbbmig.errors import RemoteError, RemoteRefused
from bbbmig.masking import masked
from bbbmig.worker.app import CONNECT_TIMEOUT_S, TASK, make_app

log = logging.getLogger(__name__)

_REFUSED = ("ACCESS_REFUSED", "NOT_ALLOWED", "WRONGPASS", "NOAUTH", "invalid username-password")
"""What brokers say to an account that may not come in: https://www.rabbitmq.com/docs/access-control."""
_RETRIES = 5


class Queue:
    """A queue on a broker. Everything raises RemoteError if the broker does not answer, RemoteRefused if it refuses."""

    def __init__(self, url: str, name: str) -> None:
        """Take the address of a RabbitMQ or Redis, and the name of the queue there."""
        self.url = url
        self.name = name
        self.app: Celery = make_app(url, name)

    def __str__(self) -> str:
        """Name it as a person would, without its password."""
        return f"{self.name} on {masked(self.url)}"

    def send(self, messages: Iterable[Mapping[str, Any]]) -> int:
        """Send messages in their order, over one connection; return how many."""
        count = 0
        with self._connected() as connection, self.app.amqp.Producer(connection) as producer:
            for message in messages:
                self.app.send_task(
                    TASK,
                    args=[message],
                    producer=producer,
                    retry=True,
                    retry_policy={"max_retries": _RETRIES, "interval_start": 0.2, "interval_step": 0.5},
                )
                count += 1
        return count

    def length(self) -> int:
        """Count the messages that nobody has taken."""
        with self._connected() as connection, connection.channel() as channel:
            return int(self._declared(channel).message_count)

    def purge(self) -> int:
        """Remove all messages that nobody has taken; return how many."""
        with self._connected() as connection, connection.channel() as channel:
            self._declared(channel)
            return int(channel.queue_purge(self.name) or 0)

    def take_back(self, run: str) -> Counter[str]:
        """Remove the messages of one run that nobody has taken; return how many stay, by run.

        All are looked at once; the others go back to where they were.
        """
        others: Counter[str] = Counter()
        with self._connected() as connection, connection.channel() as channel:
            bound = self.app.amqp.queues[self.name](channel)
            for _ in range(int(self._declared(channel).message_count)):
                message = bound.get()
                if message is None:
                    break
                of = _run_of(message.payload)
                if of == run:
                    message.ack()
                else:
                    others[of] += 1  # given back with the channel
        return others

    def _declared(self, channel: Any) -> Any:  # noqa: ANN401 - kombu's
        """Make the queue if it is not there; return what the broker says of it."""
        return self.app.amqp.queues[self.name](channel).queue_declare()

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Connection]:
        """Connect, and put the broker's errors into words."""
        connection = self.app.connection_for_write(connect_timeout=CONNECT_TIMEOUT_S)
        try:
            with connection:
                connection.ensure_connection(max_retries=1, interval_start=0.5, timeout=2 * CONNECT_TIMEOUT_S)
                yield connection
        except (OperationalError, *connection.connection_errors, *connection.channel_errors) as error:
            raise in_words(self.url, error) from error


def in_words(url: str, error: BaseException) -> RemoteError | RemoteRefused:
    """Say what a broker's error means."""
    said = masked(" ".join(str(error).split())) or type(error).__name__
    text = f"queue {masked(url)}: {said}"
    if any(word in said for word in _REFUSED):
        return RemoteRefused(text, hint="look at user, password and virtual host in [queue] broker")
    return RemoteError(text, hint="is the broker of [queue] up, and may this machine reach it? Then run again")


def _run_of(payload: Any) -> str:  # noqa: ANN401 - whatever a message holds
    """Return the run that a message is of, "" if it is none of ours."""
    try:
        return str(payload[0][0]["run"])
    except (TypeError, KeyError, IndexError):
        return ""
