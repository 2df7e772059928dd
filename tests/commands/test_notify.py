"""Nobody waits in silence: a watching service, a mailbox and Prometheus hear how a run went, and never change it."""

import contextlib
import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from prometheus_client.parser import text_string_to_metric_families

from bbbmig.demo.pod_server import SamplePod
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.test_status import ONE, lectures

__all__ = ["lectures"]
UUID = "5f1a2b3c-secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that the service got."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes


class Watching(ThreadingHTTPServer):
    """A service that watches jobs, and keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[Asked] = []
        self.status = HTTPStatus.OK

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/ping/{UUID}"


class _Handler(BaseHTTPRequestHandler):
    server: Watching

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query)),
            headers=dict(self.headers),
            body=body,
        )
        self.server.asked.append(asked)
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET  # noqa: N815 - http.server's

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Watching]:
    with Watching() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


class Mailbox:
    """A mail server of its own; `refuses` are addresses that it does not take."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.refuses: set[str] = set()

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)  # type: ignore[arg-type] # bytes
        self.mails.append(message)
        self.envelopes.append(envelope)
        return "250 OK"


Serve = Callable[..., tuple[Mailbox, str]]


@pytest.fixture
def serve_mail() -> Iterator[Serve]:
    with contextlib.ExitStack() as stack:

        def serve(**options: Any) -> tuple[Mailbox, str]:  # noqa: ANN401 - those of aiosmtpd
            box = Mailbox()
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            controller = Controller(box, hostname="127.0.0.1", port=port, **options)
            controller.start()
            stack.callback(controller.stop)
            return box, f"127.0.0.1:{port}"

        yield serve


@pytest.fixture
def linker(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod) -> Operator:
    return operator_of(bbb=serve_bbb([ONE]), pod=sample_pod)


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_content())


def test_a_service_hears_of_start_and_success_with_the_counts(linker: Operator, service: Watching) -> None:
    url = service.url
    linker.set(notify__url=url, notify__language="fr")
    assert linker.run("import-links", "--dry").code == 0
    assert linker.run("export-csv", str(linker.folder / "x.csv")).code == 0
    assert service.asked == []
    assert linker.run("import-links").code == 0
    start, end = service.asked
    assert [one.path for one in service.asked] == [f"/ping/{UUID}/start", f"/ping/{UUID}"]
    assert (start.method, end.method) == ("POST", "POST")
    said = end.body.decode()
    assert "bbbmig import-links : tout va bien (127.0.0.1" in said
    assert "Enregistrements : faits 1" in said
    assert linker.run("status", "-q").code == 3
    assert service.asked[-1].path.endswith("/fail")
    assert "un lien seulement 1" in service.asked[-1].body.decode()


def test_it_hears_why_a_run_ended_too(linker: Operator, service: Watching) -> None:
    url = service.url
    linker.set(notify__url=url, pod__token="0" * 40)
    assert linker.run("import-links").code == 6
    said = service.asked[-1].body.decode()
    assert service.asked[-1].path.endswith("/fail")
    assert "a server refused, somebody must act" in said
    assert "token" in said
    assert "0" * 40 not in said


@pytest.mark.parametrize("style", ["kuma", "ntfy", "json"])
def test_each_kind_of_service_is_told_in_its_own_way(linker: Operator, service: Watching, style: str) -> None:
    url = service.url
    linker.set(notify__url=f"{url}?status=up&msg=OK&tags=x", notify__style=style, notify__url_token="t0ken")
    assert linker.run("import-links").code == 0
    end = service.asked[-1]
    assert end.headers["Authorization"] == "Bearer t0ken"
    match style:
        case "kuma":
            assert [one.method for one in service.asked] == ["GET"]
            assert end.query["status"] == "up"
            assert end.query["msg"].startswith("bbbmig import-links: all is well")
            assert float(end.query["ping"]) > 0
        case "ntfy":
            assert len(service.asked) == 2
            assert (end.query["priority"], end.query["tags"]) == ("low", "white_check_mark")
            assert "Recordings: done 1" in end.body.decode()
        case "json":
            values = json.loads(end.body)
            assert (values["event"], values["exit_code"], values["counts"]) == ("success", 0, {"done": 1})
            assert json.loads(service.asked[0].body)["exit_code"] is None


@pytest.mark.parametrize("trouble", ["gone", "refused", "broken"])
def test_a_service_that_does_not_take_it_changes_nothing_and_is_not_named_with_its_secret(
    linker: Operator, service: Watching, trouble: str
) -> None:
    url = service.url
    if trouble == "gone":
        url = f"http://127.0.0.1:9/ping/{UUID}"
    service.status = HTTPStatus.NOT_FOUND if trouble == "refused" else HTTPStatus.INTERNAL_SERVER_ERROR
    linker.set(notify__url=url)
    ended = linker.run("import-links")
    assert ended.code == 0
    assert "no news went to 127.0.0.1" in ended.err
    assert UUID not in ended.err + ended.out + linker.log.read_text()


def test_a_mail_comes_when_somebody_must_look_or_always(linker: Operator, serve_mail: Serve) -> None:
    box, address = serve_mail()
    linker.set(
        notify__mail_to=["pod@univ.fr", "zoe@univ.fr"], notify__mail_by=f"smtp://{address}", notify__language="fr"
    )
    assert linker.run("import-links").code == 0
    assert box.mails == []
    assert linker.run("status", "-q").code == 3
    (mail,) = box.mails
    assert mail["Subject"].startswith("bbbmig status : quelqu'un devrait y jeter un œil (127.0.0.1")
    assert (mail["From"], box.envelopes[0].rcpt_tos) == ("pod@univ.fr", ["pod@univ.fr", "zoe@univ.fr"])
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "un lien seulement 1" in text_of(mail)
    linker.set(notify__mail_when="always", notify__mail_from="bbbmig@univ.fr")
    assert linker.run("import-links").code == 0
    assert box.mails[-1]["From"] == "bbbmig@univ.fr"
    assert "tout va bien" in box.mails[-1]["Subject"]


def test_a_password_goes_nowhere_in_the_clear(linker: Operator, serve_mail: Serve) -> None:
    tried: list[object] = []

    def authenticator(*said: object) -> AuthResult:
        tried.append(said)
        return AuthResult(success=True)

    box, address = serve_mail(authenticator=authenticator, auth_require_tls=False)
    linker.set(
        notify__mail_to=["pod@univ.fr"], notify__mail_by=f"smtp://bbbmig@{address}", notify__mail_password="pa55word"
    )
    ended = linker.run("status", "-q")
    assert "offers no encryption, and a password is not sent without" in ended.err
    assert (tried, box.mails, "pa55word" in ended.err) == ([], [], False)


def test_who_is_not_taken_is_named(linker: Operator, serve_mail: Serve) -> None:
    box, address = serve_mail()
    box.refuses = {"nobody@univ.fr"}
    linker.set(notify__mail_to=["nobody@univ.fr"], notify__mail_by=f"smtp://{address}")
    ended = linker.run("status", "-q")
    assert ended.code == 3
    assert "takes no mail for nobody@univ.fr" in ended.err


def test_a_program_of_the_machine_can_send_it(linker: Operator, tmp_path: Path) -> None:
    program, kept = tmp_path / "sendmail", tmp_path / "mail"
    program.write_text(f'#!{sys.executable}\nimport sys\nopen("{kept}", "wb").write(sys.stdin.buffer.read())\n')
    program.chmod(0o755)
    linker.set(notify__mail_to=["pod@univ.fr"], notify__mail_by=str(program))
    assert linker.run("status", "-q").code == 3
    mail = message_from_bytes(kept.read_bytes(), policy=policy.default)
    assert "somebody should have a look" in mail["Subject"]
    linker.set(notify__mail_by=str(tmp_path / "absent"))
    assert "there is no" in linker.run("status", "-q").err


def figures(file: Path) -> dict[tuple[str, ...], float]:
    """Return each figure by its name and the values of its labels, the server's left out."""
    families = text_string_to_metric_families(file.read_text())
    return {
        (one.name, *(value for name, value in sorted(one.labels.items()) if name != "server")): one.value
        for family in families
        for one in family.samples
    }


def test_prometheus_reads_the_last_run_of_each_command(linker: Operator, tmp_path: Path) -> None:
    file = tmp_path / "bbbmig.prom"
    linker.set(notify__metrics_file=str(file))
    assert linker.run("import-links").code == 0
    first = figures(file)
    assert first["bbbmig_run_recordings", "import-links", "done"] == 1
    assert first["bbbmig_run_exit_code", "import-links"] == 0
    assert linker.run("status", "-q").code == 3
    assert linker.run("import-links").code == 0
    last = figures(file)
    assert last["bbbmig_run_exit_code", "status"] == 3
    assert last["bbbmig_state_recordings", "link_only"] == 1
    assert ("bbbmig_run_succeeded_timestamp_seconds", "status") not in last
    assert ("bbbmig_run_recordings", "import-links", "done") not in last  # of the last run: it was done before
    assert last["bbbmig_run_recordings", "import-links", "skipped"] == 1
    linker.set(pod__token="0" * 40)
    assert linker.run("import-links").code == 6
    after = figures(file)
    kept = "bbbmig_run_succeeded_timestamp_seconds", "import-links"
    assert last[kept] > first[kept]
    assert (after["bbbmig_run_exit_code", "import-links"], after[kept]) == (6, last[kept])


def test_a_file_of_figures_may_be_named_for_any_command_and_no_others_file_is_replaced(
    linker: Operator, tmp_path: Path
) -> None:
    file = tmp_path / "csv.prom"
    assert linker.run("export-csv", str(tmp_path / "x.csv"), "--metrics-file", str(file)).code == 0
    assert figures(file)["bbbmig_run_exit_code", "export-csv"] == 0
    other = tmp_path / "node.prom"
    other.write_text("# TYPE node_load1 gauge\nnode_load1 0.5\n")
    ended = linker.run("import-links", "--metrics-file", str(other))
    assert (ended.code, "figures of another program" in ended.err) == (0, True)
    assert "node_load1 0.5" in other.read_text()


def test_check_sends_a_test_to_all_of_them(linker: Operator, service: Watching, serve_mail: Serve) -> None:
    url = service.url
    box, address = serve_mail()
    assert "nobody is named" in linker.run("check", "--notify").out
    linker.set(notify__url=url, notify__mail_to=["pod@univ.fr"], notify__mail_by=f"smtp://{address}")
    linker.set(notify__metrics_file=str(linker.folder / "absent" / "x.prom"))
    out = linker.run("check", "--notify").out
    assert "a test went to 127.0.0.1" in out
    assert "a test went to pod@univ.fr" in out
    assert "there is no folder" in out
    assert (len(service.asked), len(box.mails)) == (1, 1)
    assert linker.run("check").code in (0, 4)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("url", "hc-ping.com/x", "begins with https://"),
        ("url", "https://[::1/x", "begins with https://"),
        ("url", "https://hc-ping.com:99999/x", "begins with https://"),
        ("mail_by", "smtp://smtp.univ.fr:mail", "must be"),
        ("style", "slack", "healthchecks"),
        ("mail_by", "smtp:/x", "must be"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_asked(
    linker: Operator, key: str, value: str, said: str
) -> None:
    linker.set(**{f"notify__{key}": value})
    ended = linker.run("import-links")
    assert (ended.code, said in ended.err) == (4, True), ended.err
