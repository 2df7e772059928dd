"""A server with threads and kept-alive connections, made of Django's own, and SQLite without waiting for the disk."""

from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db.backends.signals import connection_created

from .faults import SOCKET, Application


class Handler(WSGIRequestHandler):
    """Answers at once (Django's waits 40 ms between head and body of a kept-alive connection) and in silence."""

    disable_nagle_algorithm = True

    def get_environ(self) -> dict[str, Any]:
        """Add the connection, so that a test can have it cut."""
        return {**super().get_environ(), SOCKET: self.connection}

    def log_message(self, *_: object) -> None:
        """Say nothing: `control.py` keeps the log."""


class Server(ThreadedWSGIServer):
    """One thread for each connection; they do not hinder the end of the process."""

    daemon_threads = True
    request_queue_size = 64


def make_server(port: int, application: Application) -> Server:
    """Listen on loopback, on a free port for 0."""
    server = Server(("127.0.0.1", port), Handler)
    server.set_app(application)
    return server


def tune_sqlite() -> None:
    """Let readers and a writer work at the same time, and lose what the machine loses: it is a sample."""
    connection_created.connect(_tune, weak=False)


def _tune(connection: Any, **_: object) -> None:  # noqa: ANN401 - any of Django's
    """Set up one connection."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = OFF")
