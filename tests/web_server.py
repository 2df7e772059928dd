"""A real nginx on loopback, with the server block that bbbmig prints."""

import contextlib
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx

from tests.waiting import wait_until


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextlib.contextmanager
def nginx_with(block: str, folder: Path) -> Iterator[httpx.Client]:
    """Run nginx with that server block, on a port of its own; give a client that asks it and follows nothing."""
    port = free_port()
    folder.mkdir()
    (folder / "site.conf").write_text(block.replace("listen 80;", f"listen 127.0.0.1:{port};"), encoding="utf-8")
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"user root; daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {temporary} include {folder}/site.conf; }}\n",
        encoding="utf-8",
    )
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                wait_until(lambda: _answers(client, process), f"nginx: {folder / 'error.log'}")
                yield client
        finally:
            process.terminate()
            process.wait()


def _answers(client: httpx.Client, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, (process.stderr.read() if process.stderr else b"").decode()
    try:
        return client.get("/").status_code > 0
    except httpx.TransportError:
        return False
