"""A private MariaDB and a private PostgreSQL for tests: plain processes on free ports of the loopback interface.

Each is started when the first test asks for it, once per process of pytest, and ended with that process, even if
it is killed. `pytest -n 3 --dist loadgroup` keeps all tests that are marked with one of the two groups below in one
process each; without it each worker starts its own, which is as right and a few seconds slower.

`BBBMIG_TEST_MYSQL_URL` and `BBBMIG_TEST_PG_URL` name other servers: SQLAlchemy URLs of accounts that may create
databases and accounts.
"""

import contextlib
import dataclasses
import getpass
import glob
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bbbmig.database.database_url import DatabaseUrl

READY_WITHIN_S = 60.0
"""A bound for a loaded machine; both are ready in 1 to 2 s on a quiet one."""
ENDED_WITHIN_S = 15.0

SERVERS = ("mysql", "postgresql")
GROUP = pytest.mark.xdist_group("databases")
MACHINES = pytest.mark.xdist_group("machines")
"""Those of several machines and of Pod's databases: beside the others, since they wait a lot."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A database server; `admin` is the URL of an account that may do everything."""

    admin: sa.URL

    @contextlib.contextmanager
    def empty_database(self) -> Iterator[sa.URL]:
        """Create a database of its own, in UTF-8, and drop it afterwards."""
        name = f"bbbmig_{secrets.token_hex(4)}"
        mysql = self.admin.get_backend_name() == "mysql"
        self.run(f"CREATE DATABASE {name}" + (" CHARACTER SET utf8mb4" if mysql else ""))
        try:
            yield self.admin.set(database=name)
        finally:
            self.run(f"DROP DATABASE {name}" + ("" if mysql else " WITH (FORCE)"))

    def run(self, *statements: str, database: str | None = None) -> None:
        """Run statements as the administrator, each by itself."""
        url = self.admin if database is None else self.admin.set(database=database)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement.replace("%", "%%"))


@dataclasses.dataclass(slots=True)
class Process:
    """A server that we started: its process, and the folder with all its files."""

    popen: subprocess.Popen[bytes]
    folder: Path
    stop_signal: signal.Signals

    def stop(self) -> None:
        """End it within a bound and remove its files."""
        self.popen.send_signal(self.stop_signal)
        try:
            self.popen.wait(ENDED_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        shutil.rmtree(self.folder)


@pytest.fixture(scope="session")
def mysql_server(request: pytest.FixtureRequest) -> Server:
    """A MariaDB of our own, or the server of BBBMIG_TEST_MYSQL_URL."""
    return _server(request.config, "BBBMIG_TEST_MYSQL_URL", start_mariadb)


@pytest.fixture(scope="session")
def postgresql_server(request: pytest.FixtureRequest) -> Server:
    """A PostgreSQL of our own, or the server of BBBMIG_TEST_PG_URL."""
    return _server(request.config, "BBBMIG_TEST_PG_URL", start_postgresql)


@pytest.fixture(params=[*(pytest.param(engine, marks=GROUP) for engine in SERVERS), "sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.URL]:
    """Yield an empty database on each kind of server in turn, and a new SQLite file."""
    if request.param == "sqlite":
        yield sa.URL.create("sqlite", database=str(tmp_path / "database.sqlite"))
        return
    server: Server = request.getfixturevalue(f"{request.param}_server")
    with server.empty_database() as url:
        yield url


_SERVERS = pytest.StashKey[dict[str, Server]]()


def _server(config: pytest.Config, variable: str, start: Callable[[], tuple[Server, Process]]) -> Server:
    """Find the server for this process of pytest: given, started before, or started now.

    Fail when its programs are missing: a skipped test would look like a passed one.
    """
    servers = config.stash.setdefault(_SERVERS, {})
    if variable not in servers:
        if url := os.environ.get(variable):
            servers[variable] = Server(admin=sa.make_url(url))
            return servers[variable]
        servers[variable], process = start()
        config.add_cleanup(process.stop)
    return servers[variable]


def start_mariadb() -> tuple[Server, Process]:
    """Start a MariaDB in a new folder."""
    install = _program("mariadb-install-db", "mysql_install_db", apt="mariadb-server")
    mariadbd = _program("mariadbd", "mysqld", apt="mariadb-server")
    folder, port, password = _folder("mariadb"), _free_port(), secrets.token_urlsafe(16)
    account = "'bbbmig_test'@'127.0.0.1'"
    init = folder / "init.sql"
    init.write_text(
        f"CREATE USER {account} IDENTIFIED BY '{password}';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO {account} WITH GRANT OPTION;\n"
    )
    data = folder / "data"
    _run(
        folder,
        install,
        "--no-defaults",
        f"--datadir={data}",
        "--skip-test-db",
        "--auth-root-authentication-method=socket",
    )
    process = _start(
        folder,
        signal.SIGTERM,
        mariadbd,
        "--no-defaults",
        f"--datadir={data}",
        f"--socket={folder / 'socket'}",
        f"--port={port}",
        "--bind-address=127.0.0.1",
        f"--init-file={init}",
        "--skip-name-resolve",
        "--skip-log-bin",
        "--innodb-flush-log-at-trx-commit=0",
        "--innodb-flush-method=nosync",
        "--skip-innodb-doublewrite",
        "--innodb-buffer-pool-size=128M",
    )
    server = Server(
        admin=sa.URL.create(
            "mysql+pymysql",
            username="bbbmig_test",
            password=password,
            host="127.0.0.1",
            port=port,
            query={"charset": "utf8mb4"},
        )
    )
    return _ready(server, process), process


def start_postgresql() -> tuple[Server, Process]:
    """Start a PostgreSQL in a new folder."""
    initdb = _program("initdb", apt="postgresql")
    postgres = _program("postgres", apt="postgresql")
    folder, port, password = _folder("postgresql"), _free_port(), secrets.token_urlsafe(16)
    password_file = folder / "password"
    password_file.write_text(password)
    data = folder / "data"
    _run(
        folder,
        initdb,
        f"--pgdata={data}",
        "--username=bbbmig_test",
        "--auth=scram-sha-256",
        f"--pwfile={password_file}",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    process = _start(
        folder,
        signal.SIGINT,  # "fast": sessions that are still open are ended
        postgres,
        "-D",
        str(data),
        "-p",
        str(port),
        "-k",
        str(folder),
        *("-c", "listen_addresses=127.0.0.1"),
        *("-c", "fsync=off"),
        *("-c", "synchronous_commit=off"),
        *("-c", "full_page_writes=off"),
    )
    server = Server(
        admin=sa.URL.create(
            "postgresql+psycopg",
            username="bbbmig_test",
            password=password,
            host="127.0.0.1",
            port=port,
            database="postgres",
        )
    )
    return _ready(server, process), process


def _program(*names: str, apt: str) -> str:
    """Find a program of the server, on the PATH or where Debian hides it; fail when it is nowhere."""
    folders = [
        *os.get_exec_path(),
        "/usr/sbin",
        *sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True),  # noqa: PTH207 - a pattern from the root
    ]
    for name in names:
        if found := shutil.which(name, path=os.pathsep.join(folders)):
            return found
    pytest.fail(f"{names[0]} is not on this machine: apt install {apt}, as `make test` does")


def _folder(name: str) -> Path:
    """Make a folder for a server's files; it belongs to the account that the server runs as."""
    folder = Path(tempfile.mkdtemp(prefix=f"bbbmig-{name}-"))
    shutil.chown(folder, _account())
    return folder


def _account() -> str:
    """Return the account for servers: both refuse to run as root, or should."""
    return "nobody" if os.geteuid() == 0 else getpass.getuser()


def _as_account() -> list[str]:
    """Return the words before a command that drop root's rights, and end it with the process that started it."""
    death = ["setpriv", "--pdeathsig", "KILL"]
    if os.geteuid() != 0:
        return death
    return [*death, "--reuid", _account(), "--regid", "nogroup", "--clear-groups"]


def _run(folder: Path, *command: str) -> None:
    """Run a program to its end; show what it said when it failed."""
    done = subprocess.run(
        [*_as_account(), *command],
        cwd=folder,
        env=_environment(folder),
        capture_output=True,
        timeout=READY_WITHIN_S,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command[0]} failed:\n{done.stdout}\n{done.stderr}"


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment with temporary files of its own: MariaDB removes those of others in /tmp as it starts."""
    return {**os.environ, "TMPDIR": str(folder)}


def _start(folder: Path, stop_signal: signal.Signals, *command: str) -> Process:
    with (folder / "log").open("wb") as log:
        popen = subprocess.Popen(
            [*_as_account(), *command],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return Process(popen, folder, stop_signal)


def _ready(server: Server, process: Process) -> Server:
    """Wait until the server answers, within a bound; end it and show its log when it does not."""
    deadline = time.monotonic() + READY_WITHIN_S
    while True:
        try:
            server.run("SELECT 1")
        except sa.exc.OperationalError as error:
            if process.popen.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
                continue
            log = (process.folder / "log").read_text(errors="replace")
            process.stop()
            pytest.fail(f"the server did not answer: {error}\n{log}")
        else:
            return server


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def read_by(url: sa.URL, label: str = "the test's", **changes: Any) -> DatabaseUrl:  # noqa: ANN401 - any field of it
    """Say where a database is, with its administrator's account unless `changes` names another."""
    values: dict[str, Any] = {
        "label": label,
        "driver": url.get_backend_name(),
        "database": url.database,
        "host": url.host or "",
        "port": url.port,
        "user": url.username or "",
        "password": url.password or "",
    }
    return DatabaseUrl(**values | changes)


def of_the_database(changes: dict[str, Any]) -> dict[str, Any]:
    """Take out of changes to a source those that concern its database, and return them."""
    names = {one.name for one in dataclasses.fields(DatabaseUrl)} & changes.keys()
    return {name: changes.pop(name) for name in names}
