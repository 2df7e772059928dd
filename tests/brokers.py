"""A private RabbitMQ and a private Redis for tests: on free ports of loopback, with folders of their own.

Each is started when the first test asks for it, once per process of pytest, and ended with that process. Their tests
are in one group (GROUP), so that there is one of each.
"""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pytest

from bbbmig.errors import RemoteError
from bbbmig.worker.queue import Queue
from tests.databases import READY_WITHIN_S, Process, _as_account, _folder, _free_port, _program

BROKERS = ("rabbitmq", "redis")


@dataclass(slots=True)
class Broker:
    """A broker; its queues are those of one virtual host."""

    url: str
    start: Callable[[], Process]
    process: Process
    helpers: tuple[subprocess.Popen[bytes], ...] = ()

    @contextlib.contextmanager
    def empty_queue(self) -> Iterator[tuple[str, str]]:
        """Yield the broker's address and the name of a queue that nobody uses; it is emptied afterwards."""
        name = f"bbbmig-{secrets.token_hex(4)}"
        yield self.url, name
        Queue(self.url, name).purge()

    def stop(self) -> None:
        """End it and what it needs, and remove its files."""
        self.process.stop()
        for one in self.helpers:
            one.terminate()
            one.wait(READY_WITHIN_S)

    def restart(self) -> None:
        """End it, at once or properly, and start it again with what it has on its disk."""
        self.process.popen.send_signal(self.process.stop_signal)
        self.process.popen.wait(READY_WITHIN_S)
        self.process = self.start()
        _ready(self)


@pytest.fixture(scope="session")
def rabbitmq(request: pytest.FixtureRequest) -> Broker:
    """A RabbitMQ of our own."""
    return _broker(request.config, "rabbitmq", start_rabbitmq)


@pytest.fixture(scope="session")
def redis(request: pytest.FixtureRequest) -> Broker:
    """A Redis of our own."""
    return _broker(request.config, "redis", start_redis)


_BROKERS = pytest.StashKey[dict[str, Broker]]()


def _broker(config: pytest.Config, name: str, start: Callable[[], Broker]) -> Broker:
    """Find the broker of this process of pytest: started before, or now."""
    found = config.stash.setdefault(_BROKERS, {})
    if name not in found:
        broker = found[name] = start()
        config.add_cleanup(broker.stop)
    return found[name]


def start_redis() -> Broker:
    """Start a Redis in a new folder; what it has is on its disk after each command."""
    program, folder, port = _program("redis-server", apt="redis-server"), _folder("redis"), _free_port()
    words = f"--port {port} --bind 127.0.0.1 --appendonly yes --appendfsync no --save '' --dir {folder}".split()
    words = [word.strip("'") for word in words]

    def start() -> Process:
        return _started(folder, [program, *words], signal.SIGTERM, {})

    return _ready(Broker(f"redis://127.0.0.1:{port}/0", start, start()))


def start_rabbitmq() -> Broker:
    """Start a RabbitMQ in a new folder: a node of its own name, with Erlang's ports on loopback, and no other epmd."""
    program, folder = _program("rabbitmq-server", apt="rabbitmq-server"), _folder("rabbitmq")
    port, dist, epmd = _free_port(), _free_port(), _free_port()
    # Debian's script changes to the account rabbitmq, and refuses any other: the one behind it does not
    real = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
    program = str(real) if real.exists() else program
    config = folder / "rabbitmq.conf"
    config.write_text(
        f"listeners.tcp.1 = 127.0.0.1:{port}\n"
        "loopback_users = none\n"
        "vm_memory_high_watermark.absolute = 512MiB\n"
        "disk_free_limit.absolute = 50MB\n"
        "log.file = false\nlog.console = true\nlog.console.level = warning\n"
    )
    config.chmod(0o644)
    environment = {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"bbbmig{port}@localhost",
        "RABBITMQ_BASE": str(folder),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOG_BASE": str(folder / "logs"),
        "RABBITMQ_CONFIG_FILE": str(config),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_DIST_PORT": str(dist),
        "ERL_EPMD_PORT": str(epmd),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 1:1 -kernel inet_dist_use_interface {127,0,0,1}",
    }

    def start() -> Process:
        return _started(folder, [program], signal.SIGTERM, environment)

    # Erlang would start one that outlives the node
    mapper = _started(folder, [_program("epmd", apt="erlang-base"), "-address", "127.0.0.1", "-port", str(epmd)])
    return _ready(Broker(f"amqp://guest:guest@127.0.0.1:{port}//", start, start(), (mapper.popen,)))


def _started(
    folder: Path,
    command: list[str],
    stop_signal: signal.Signals = signal.SIGTERM,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Process:
    """Start a broker's program; it ends with whoever started it."""
    with (folder / "log").open("ab") as log:
        popen = subprocess.Popen(
            [*_as_account(), *command],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder), **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return Process(popen, folder, stop_signal)


def _ready(broker: Broker) -> Broker:
    """Wait until it answers, within a bound; end it and show its log when it does not."""
    deadline = time.monotonic() + 5 * READY_WITHIN_S
    port = int(broker.url.rpartition(":")[2].split("/")[0])
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            Queue(broker.url, "bbbmig-ready").purge()
        except (OSError, RemoteError) as error:
            if broker.process.popen.poll() is None and time.monotonic() < deadline:
                time.sleep(0.1)
                continue
            log = (broker.process.folder / "log").read_text(errors="replace")[-4000:]
            broker.stop()
            pytest.fail(f"the broker did not answer: {error}\n{log}")
        else:
            return broker
