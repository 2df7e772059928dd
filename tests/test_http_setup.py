"""Certificates and proxies: what is wrong with them is said once, with what to do."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from bbbmig import http
from bbbmig.bbb.client import BbbServer
from bbbmig.cli.main import run
from bbbmig.errors import ConfigError, ExitCode, RemoteRefused


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as in http.server
        """Keep quiet."""


@pytest.fixture
def own_authority(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server whose certificate nobody knows: its address, and its PEM file."""
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    server = HTTPServer(("127.0.0.1", 0), _Page)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_port}", certificate
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "all_proxy", "https_proxy", "http_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    http.client._trust.cache_clear()
    yield
    http.client._trust.cache_clear()


def test_a_certificate_that_is_not_trusted_is_for_a_person_and_not_tried_again(own_authority: tuple[str, Path]) -> None:
    url, certificate = own_authority
    waits: list[float] = []
    with http.make_client() as client, pytest.raises(RemoteRefused, match="certificate is not trusted") as refused:
        http.request(client, "GET", url, what="the page", sleep=waits.append)
    assert "ca_file" in refused.value.hint
    with BbbServer(url, "secret", sleep=waits.append) as server, pytest.raises(RemoteRefused), server.recordings():
        pass
    assert waits == []
    http.trust_also(certificate)
    with http.make_client() as client:
        assert http.request(client, "GET", url, what="the page").status_code == 200


def test_render_by_hand_trusts_the_authority_of_the_settings(
    own_authority: tuple[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, certificate = own_authority
    config = tmp_path / "bbbmig.toml"
    record_id = f"{'0' * 40}-1700000000000"
    command = ["--config", str(config), "render", f"{url}/playback/presentation/2.3/{record_id}", "--check"]
    section = f'[bbb]\nurl = "{url}"\nsecret = "x"\n'
    config.write_text(section)
    assert run([*command, str(tmp_path / "out.mp4")]) == ExitCode.REMOTE_REFUSED
    assert "certificate is not trusted" in capsys.readouterr().err
    config.write_text(f'{section}ca_file = "{certificate}"\n')
    assert run([*command, str(tmp_path / "out.mp4")]) == ExitCode.PARTIAL
    assert "empty on the server" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"no certificate", None])
def test_a_ca_file_without_certificates_is_a_matter_of_the_settings(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError, match="ca_file"):
        http.trust_also(file)


@pytest.mark.parametrize(
    "proxy", ["socks5://127.0.0.1:1", "socks://127.0.0.1:1", "ftp://127.0.0.1:1", "http://127.0.0.1:port"]
)
def test_a_proxy_that_cannot_be_used_is_a_matter_of_this_machine(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ConfigError, match="proxy") as refused:
        http.make_client()
    assert "NO_PROXY" in refused.value.hint or "HTTPS_PROXY" in refused.value.hint
