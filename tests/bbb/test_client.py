"""Calls: the checksum is found by trying, and each failure is told apart, in words to act upon."""

import dataclasses
import socket
from collections.abc import Iterator

import httpx
import pytest
import respx

from bbbmig.bbb.checksum import ALGORITHMS
from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.errors import FilterRequired, TooMuch, Unreachable
from bbbmig.demo.bbb_faults import Fault
from bbbmig.demo.bbb_server import SECRET
from bbbmig.demo.recordings import many_recordings
from bbbmig.errors import BbbmigError, ConfigError, RemoteError, RemoteRefused
from tests.bbb.conftest import Connect
from tests.bbb_server import ServeBbb


def fetch(server: BbbServer, record_id: str = "") -> bytes:
    with server.recordings(record_id=record_id) as chunks:
        return b"".join(chunks)


def error_of(server: BbbServer) -> BbbmigError:
    with pytest.raises(BbbmigError) as raised:
        fetch(server)
    error = raised.value
    assert SECRET not in error.message + error.hint
    assert "checksum=" not in error.message + error.hint
    return error


@pytest.mark.parametrize(
    ("accepted", "tried"),
    [
        (("sha1", "sha256", "sha384", "sha512"), ["sha256"]),
        (("sha256",), ["sha256"]),  # BigBlueButton 2.5.7
        (("sha1",), ["sha256", "sha1"]),  # Scalelite before 1.3.1
        (("sha512",), ["sha256", "sha1", "sha512"]),
        (("sha384",), ["sha256", "sha1", "sha512", "sha384"]),
    ],
)
def test_the_checksum_is_found_by_trying_and_remembered(
    serve_bbb: ServeBbb, connect: Connect, accepted: tuple[str, ...], tried: list[str]
) -> None:
    sample = serve_bbb(algorithms=accepted)
    server = connect(sample)
    assert server.checksum == ""
    assert fetch(server).endswith(b"</response>")
    fetch(server, "0")
    lengths = [len(request.parameters["checksum"]) for request in sample.requests]
    by_length = {40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}
    assert [by_length[length] for length in lengths] == [*tried, tried[-1]]
    assert server.checksum == tried[-1]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_checksum_that_was_chosen_is_the_only_one_tried(
    serve_bbb: ServeBbb, connect: Connect, algorithm: str
) -> None:
    sample = serve_bbb(algorithms=[algorithm])
    fetch(connect(sample, checksum=algorithm))
    assert len(sample.requests) == 1


def test_a_wrong_secret_is_refused_and_says_what_was_tried(serve_bbb: ServeBbb, connect: Connect) -> None:
    error = error_of(connect(serve_bbb(), secret="wrong"))
    assert isinstance(error, RemoteRefused)
    assert "checksumError; tried sha256, sha1, sha512, sha384" in error.message
    assert "bbb-conf --secret" in error.hint
    assert "LOADBALANCER_SECRET" in error.hint


def test_a_wrong_algorithm_is_told_from_a_wrong_secret(serve_bbb: ServeBbb, connect: Connect) -> None:
    error = error_of(connect(serve_bbb(algorithms=["sha1"]), checksum="sha512"))
    assert error.message.endswith("tried sha512")
    assert 'checksum = "auto"' in error.hint


def test_an_unknown_algorithm_is_a_mistake_of_the_settings() -> None:
    with pytest.raises(ConfigError, match="md5"):
        BbbServer("https://bbb.univ.example", "secret", checksum="md5")


class Clock:
    """Time that passes only between the sending of a request and its reply."""

    def __init__(self, *elapsed_s: float) -> None:
        self._times = self._moments(elapsed_s)

    def __call__(self) -> float:
        return next(self._times)

    def _moments(self, elapsed_s: tuple[float, ...]) -> Iterator[float]:
        for elapsed in elapsed_s:
            yield 1000.0
            yield 1000.0 + elapsed


def test_a_late_404_is_the_timeout_of_nginx(serve_bbb: ServeBbb, connect: Connect) -> None:
    sample = serve_bbb()
    sample.faults = [Fault(kind="404")]
    error = error_of(connect(sample, clock=Clock(30.2)))
    assert isinstance(error, TooMuch)
    assert "timed out (HTTP 404 after 30 s" in error.message
    assert "proxy_read_timeout" in error.hint
    assert "/etc/bigbluebutton/nginx/web.nginx" in error.hint


def test_an_immediate_404_is_a_wrong_address(serve_bbb: ServeBbb, connect: Connect) -> None:
    sample = serve_bbb()
    sample.faults = [Fault(kind="404")]
    error = error_of(connect(sample, clock=Clock(24.9)))
    assert isinstance(error, RemoteRefused)
    assert "is bbb.url right?" in error.hint


@pytest.mark.parametrize(
    ("kind", "expected", "message", "hint"),
    [
        ("500", TooMuch, "HTTP 500, BigBlueButton's own error page", "bbb-web.log"),
        ("502", Unreachable, "HTTP 502", "is bbb-web (BigBlueButton) or scalelite-api running?"),
        ("503", Unreachable, "HTTP 503", "is bbb-web (BigBlueButton) or scalelite-api running?"),
        ("504", TooMuch, "timed out (HTTP 504", "proxy_read_timeout"),
        ("front page", RemoteRefused, "a web page came back", "is bbb.url right?"),
        ("empty", TooMuch, "an empty page", "out of memory"),
        ("missingParameters", FilterRequired, "missingParameters", "GET_RECORDINGS_API_FILTERED"),
        ("unsupportedRequest", RemoteRefused, "unsupportedRequest", "does not offer the call"),
        ("unsupportedContentType", RemoteRefused, "unsupportedContentType", "proxy"),
        ("unexpectedError", TooMuch, "unexpectedError", "bbb-web.log"),
        ("internalError", TooMuch, "internalError", "scalelite-api"),
        ("notFound", RemoteRefused, "notFound", "gone"),
        ("somethingNew", RemoteRefused, "somethingNew (a fault of the sample)", "documentation"),
    ],
)
def test_every_failure_is_told_apart(
    serve_bbb: ServeBbb,
    connect: Connect,
    kind: str,
    expected: type[BbbmigError],
    message: str,
    hint: str,
) -> None:
    sample = serve_bbb()
    sample.faults = [Fault(kind=kind)]
    error = error_of(connect(sample))
    assert type(error) is expected
    assert error.message.startswith("getRecordings on 127.0.0.1:")
    assert message in error.message
    assert hint in error.hint


@pytest.mark.parametrize(
    ("status", "expected"), [(401, "log-in"), (403, "firewall"), (414, "HTTP 414"), (429, "too many"), (520, "520")]
)
def test_statuses_of_proxies(connect: Connect, status: int, expected: str) -> None:
    with respx.mock:
        respx.get(url__startswith="http://bbb.univ.example/").respond(status, html="<html></html>")
        assert expected in error_of(connect("http://bbb.univ.example")).message


def test_a_redirection_is_named_without_its_query(connect: Connect) -> None:
    with respx.mock:
        target = "https://cas.univ.example/login?service=https://bbb.univ.example/?checksum=0123"
        respx.get(url__startswith="http://bbb.univ.example/").respond(302, headers={"Location": target})
        error = error_of(connect("http://bbb.univ.example"))
    assert "sent on to https://cas.univ.example/login" in error.message
    assert "0123" not in error.message


def test_a_refusal_with_a_status_of_its_own_is_read_all_the_same(connect: Connect) -> None:
    refusal = "<response><returncode>FAILED</returncode><messageKey>internalError</messageKey></response>"
    with respx.mock:
        respx.get(url__startswith="http://bbb.univ.example/").respond(500, text=refusal)
        assert "refused with internalError" in error_of(connect("http://bbb.univ.example")).message


def test_a_success_with_the_status_of_a_failure_is_not_believed(connect: Connect) -> None:
    success = "<response><returncode>SUCCESS</returncode><recordings></recordings></response>"
    with respx.mock:
        respx.get(url__startswith="http://bbb.univ.example/").respond(500, text=success)
        assert "HTTP 500" in error_of(connect("http://bbb.univ.example")).message


def test_other_xml_is_not_the_api(connect: Connect) -> None:
    with respx.mock:
        respx.get(url__startswith="http://bbb.univ.example/").respond(200, text="<?xml version='1.0'?><feed/>")
        assert "<feed> came back" in error_of(connect("http://bbb.univ.example")).message


def test_a_broken_connection_is_cut_off(serve_bbb: ServeBbb, connect: Connect) -> None:
    sample = serve_bbb()
    sample.faults = [Fault(kind="cut off")]
    error = error_of(connect(sample))
    assert isinstance(error, TooMuch)
    assert "cut off (the connection broke)" in error.message


def test_a_broken_compression_is_cut_off(connect: Connect) -> None:
    with respx.mock:
        broken = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))
        respx.get(url__startswith="http://bbb.univ.example/").mock(return_value=broken)
        assert isinstance(error_of(connect("http://bbb.univ.example")), TooMuch)


def test_silence_is_too_slow(serve_bbb: ServeBbb, connect: Connect) -> None:
    sample = serve_bbb()
    sample.faults = [Fault(kind="wait", delay_s=30)]
    error = error_of(connect(sample, timeout_s=0.1))
    assert isinstance(error, TooMuch)
    assert "no answer within 0.1 s" in error.message


def test_a_server_that_is_not_there_is_asked_three_times(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    waits: list[float] = []
    error = error_of(connect(f"http://127.0.0.1:{port}", sleep=waits.append))
    assert isinstance(error, Unreachable)
    assert isinstance(error, RemoteError)
    assert waits == [1.0, 4.0]


def test_an_address_that_cannot_be_asked_is_an_error_in_words(connect: Connect) -> None:
    error = error_of(connect("http://bbb.univ.example:99999"))
    assert isinstance(error, RemoteError)
    assert error.message.startswith("getRecordings on bbb.univ.example:99999: ")


def test_a_server_that_comes_back_is_not_an_error(serve_bbb: ServeBbb, connect: Connect) -> None:
    sample = serve_bbb()
    sample.faults = [Fault(kind="502", times=1), Fault(kind="503", times=1)]
    assert fetch(connect(sample)).endswith(b"</response>")
    assert len(sample.requests) == 3


@pytest.mark.parametrize("count", [3, 100])  # one reply is smaller, one larger than what is read of a refusal
def test_the_word_failed_in_a_name_is_no_failure(serve_bbb: ServeBbb, connect: Connect, count: int) -> None:
    recordings = [dataclasses.replace(recording, meeting_name="FAILED") for recording in many_recordings(count)]
    body = fetch(connect(serve_bbb(recordings)))
    assert body.count(b"<recording>") == count
    assert body.endswith(b"</response>")


def test_states_are_named_and_pages_are_never_asked_for(serve_bbb: ServeBbb, connect: Connect) -> None:
    sample = serve_bbb()
    fetch(connect(sample), "0,1")
    (request,) = sample.requests
    assert {**request.parameters, "checksum": ""} == {
        "recordID": "0,1",
        "state": "published,unpublished",
        "checksum": "",
    }
