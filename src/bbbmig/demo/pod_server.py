"""The sample Pod as a process: start it, ask it what it saw, let things go wrong, stop it.

`python -m bbbmig.demo.pod_server DIRECTORY` runs one until Ctrl-C.
"""

import argparse
import contextlib
import importlib.util
import json
import os
import sqlite3
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import httpx

from bbbmig.errors import ConfigError
from bbbmig.extras import install
from bbbmig.pod import extension

HERE = Path(__file__).parent
READY_IN_S = 60.0
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Without certificates, which take 30 ms to load and which plain HTTP on loopback does not need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that the sample Pod got; `body` if it was JSON, `status` 0 if it was never answered."""

    method: str
    path: str
    query: str
    body: str | None
    status: int

    @property
    def json(self) -> Any:  # noqa: ANN401 - whatever was sent
        """Return the body as values."""
        return json.loads(self.body or "null")


class SamplePod:
    """A sample Pod on a free port of this machine; everything that it writes is in `directory`.

    Without `extension` it is a stock Pod. With `detached` it goes on when this process ends. `python` is the
    interpreter that runs it: one with Django and Django REST framework. `database` is an address as in
    `mysql://root@127.0.0.1:3306/name`, of an empty database; "" is SQLite. `podfile` is Pod's setting USE_PODFILE.
    """

    def __init__(
        self,
        directory: Path,
        *,
        port: int = 0,
        extension: bool = True,
        detached: bool = False,
        database: str = "",
        podfile: bool = False,
        python: Path | str = sys.executable,
    ) -> None:
        """Decide on it; `start` starts it."""
        self.directory = directory
        self.port = port
        self.extension = extension
        self.detached = detached
        self.database = database
        self.podfile = podfile
        self.python = str(python)
        self.process: subprocess.Popen[bytes] | None = None
        self.ready: dict[str, Any] = {}
        self.door = httpx.Client(trust_env=False, verify=_NO_TLS, timeout=60)
        self.clients: list[httpx.Client] = []

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers. Raise ConfigError if it does not, with the end of its log."""
        if self.python == sys.executable and importlib.util.find_spec("rest_framework") is None:
            raise ConfigError("the sample Pod needs Django", hint=install("demo"))
        custom = self.directory / "custom"
        custom.mkdir(parents=True, exist_ok=True)
        (custom / extension.FILE_NAME).unlink(missing_ok=True)
        if self.extension:
            (custom / extension.FILE_NAME).write_text(extension.source(), encoding="utf-8")
        (self.directory / "ready.json").unlink(missing_ok=True)
        command = [self.python, "-m", "pod_site.serve", "--directory", str(self.directory), "--port", str(self.port)]
        command += ["--database", self.database] if self.database else []
        command += [] if self.detached else ["--end-with-stdin"]
        with (self.directory / "server.log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                stdin=subprocess.DEVNULL if self.detached else subprocess.PIPE,
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    "PYTHONPATH": str(HERE),
                    "SAMPLE_POD_PODFILE": "yes" if self.podfile else "no",
                },
                start_new_session=self.detached,
            )
        self._wait(self.process)
        self.door = httpx.Client(base_url=self.url, trust_env=False, verify=_NO_TLS, timeout=60)
        self.door.get("/info_pod.json").raise_for_status()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the file that says where it listens."""
        path = self.directory / "ready.json"
        deadline = time.monotonic() + READY_IN_S
        while not path.exists():
            if process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                log = (self.directory / "server.log").read_text(encoding="utf-8", errors="replace")
                raise ConfigError(
                    f"the sample Pod did not start (exit code {process.returncode})", hint=log[-1500:].strip()
                )
            time.sleep(0.02)
        self.ready = json.loads(path.read_text(encoding="utf-8"))

    def stop(self) -> None:
        """End it, if it runs."""
        self._close_clients()
        self.door.close()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=10)
            if self.process.stdin is not None:
                self.process.stdin.close()
            self.process = None

    @property
    def url(self) -> str:
        """Return its address, like `http://127.0.0.1:40123`."""
        return str(self.ready["url"])

    @property
    def pid(self) -> int:
        """Return the id of its process."""
        return int(self.ready["pid"])

    @property
    def tokens(self) -> dict[str, str]:
        """Return the REST tokens of "admin", "staffonly" and "stu", who is not staff."""
        return dict(self.ready["tokens"])

    @property
    def token(self) -> str:
        """Return the administrator's token."""
        return self.tokens["admin"]

    @property
    def recorder_directory(self) -> Path:
        """Return the directory of recorder 1, the same here and as Pod sees it."""
        return Path(self.ready["recorder"])

    def client(self, username: str = "admin", *, token: str | None = None) -> httpx.Client:
        """Make a REST client with that user's token, or any other, or "": none. The next reset or stop closes it."""
        token = self.tokens[username] if token is None else token
        client = httpx.Client(base_url=self.url, trust_env=False, verify=_NO_TLS, timeout=60)
        client.headers.update({"Authorization": f"Token {token}"} if token else {})
        self.clients.append(client)
        return client

    def browser(self, username: str) -> httpx.Client:
        """Make a client that is logged in on the pages for people. The next reset or stop closes it."""
        client = httpx.Client(base_url=self.url, trust_env=False, verify=_NO_TLS, timeout=60, follow_redirects=True)
        self.clients.append(client)
        client.get("/accounts/login/").raise_for_status()
        form = {"username": username, "password": username, "csrfmiddlewaretoken": client.cookies["csrftoken"]}
        client.post("/accounts/login/", data=form).raise_for_status()
        return client

    def _close_clients(self) -> None:
        """Close all that were given away."""
        while self.clients:
            self.clients.pop().close()

    def _ask(self, door: str, **data: object) -> Any:  # noqa: ANN401 - what the back door answers
        """Ask at the back door. Raise ValueError with its reason if it cannot."""
        response = self.door.post(f"/__sample__/{door}", json=data)
        if response.is_error:
            raise ValueError(response.json())
        return response.json()

    def requests(self, *methods: str) -> list[Request]:
        """Return the requests since the start or the last reset; with methods, those only."""
        log = [Request(**entry) for entry in self._ask("log")]
        return [request for request in log if not methods or request.method in methods]

    def reset(self) -> None:
        """Put rows, files, log and habits back to those of a fresh Pod, and mend all faults."""
        self._close_clients()
        self._ask("reset")

    def fault(self, kind: str, **details: str | float | bool) -> None:
        """Let requests suffer; kinds and details are those of `pod_site/faults.py`, the earliest fault wins."""
        self._ask("fault", kind=kind, **details)

    def heal(self) -> None:
        """End all faults."""
        self._ask("heal")

    def behave_like_mariadb(self) -> None:
        """Ignore case and accents of user names, refuse paths of more than 200 characters with an error 500."""
        self._ask("habits", mariadb=True)

    def encoder(self, way: str) -> None:
        """Let encoding go this way: "works", "killed" or "lost" (it never ends), "queued" (until it "works")."""
        self._ask("encoder", way=way)

    def lose_videos(self) -> int:
        """Lose all videos, as when a backup of last week is put back; return how many there were."""
        lost = len(self.rows("SELECT id FROM video_video"))
        for table in ("video_playlistvideo", "video_video_additional_owners", "video_video_sites", "video_video"):
            self.rows(f"DELETE FROM {table}")  # noqa: S608 - our own words
        return lost

    def restart(self, *, down_s: float = 0.0) -> None:
        """Stop, be gone for a while, and start again at the same address, with all rows and files."""
        self.port = int(self.url.rpartition(":")[2])
        self.stop()
        time.sleep(down_s)
        self.start()

    def pretend_extension_version(self, version: str) -> None:
        """Let the extension say that it is of another version."""
        self._ask("extension_version", version=version)

    def create(self, model: str, **fields: object) -> int:
        """Make a row of a model ("meeting.Meeting") as Pod's own code would; give its id."""
        return int(self._ask("create", model=model, fields=fields))

    def check_directory(self) -> list[str]:
        """Let Pod's cron job look at the recorder's files once; return its lines.

        Raise ValueError if it dies, as it does behaving like MariaDB when a path is too long.
        """
        return list(self._ask("check_directory"))

    def claim(self, username: str, file: str | Path, title: str = "") -> None:
        """Let a user claim a file, under the title that Pod proposes if there is none."""
        self._ask("claim", username=username, file=str(file), title=title)

    def rows(self, sql: str, *parameters: object) -> list[dict[str, Any]]:
        """Read (or write) its SQLite database directly."""
        with contextlib.closing(sqlite3.connect(self.directory / "db.sqlite3", timeout=60)) as connection:
            connection.row_factory = sqlite3.Row
            with connection:
                return [dict(row) for row in connection.execute(sql, parameters)]


def main() -> None:
    """Run one until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m bbbmig.demo.pod_server", description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--without-extension", action="store_true", help="a stock Pod")
    options = parser.parse_args()
    with SamplePod(options.directory, port=options.port, extension=not options.without_extension) as pod:
        sys.stdout.write(f"{pod.url}\nadministrator's token: {pod.token}\nrecorder: {pod.recorder_directory}\n")
        sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            if pod.process is not None:
                pod.process.wait()


if __name__ == "__main__":
    main()
