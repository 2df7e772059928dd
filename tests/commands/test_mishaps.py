"""Replies that are not what HTTP promises, in each place of a claim: what is done is whole, and what is not is said."""

import gzip
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bbbmig.convert.probe import check_media
from bbbmig.demo import bbb_http
from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.pod_server import SamplePod
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.test_addresses import FILM, LESSON, film

__all__ = ["film"]

Spoil = Callable[[bytes], bytes]
"""Makes the bytes of a whole reply, head and all, of the body of a good one."""
LOGIN = b"<!DOCTYPE html><html><body><form>Log in</form></body></html>"


def reply(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    size = [f"Content-Length: {len(body) if length is None else length}"] * (length != -1)
    head = "\r\n".join((f"HTTP/1.1 {status}", *size, *headers, "Connection: close"))
    return head.encode() + b"\r\n\r\n" + body


def chunked(body: bytes, *, ends: bool) -> bytes:
    half = len(body) // 2
    pieces = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:half], body[half:])]
    sent = b"".join(pieces) + b"0\r\n\r\n" if ends else pieces[0] + pieces[1][:-20]
    return reply(sent, "Transfer-Encoding: chunked", length=-1)


def deflated(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


HARMLESS: Mapping[str, Spoil] = {
    "gzip": lambda body: reply(gzip.compress(body), "Content-Encoding: gzip"),
    "x-gzip": lambda body: reply(gzip.compress(body), "Content-Encoding: x-gzip"),
    "zlib": lambda body: reply(zlib.compress(body), "Content-Encoding: deflate"),
    "deflate": lambda body: reply(deflated(body), "Content-Encoding: deflate"),
    "chunked": lambda body: chunked(body, ends=True),
    "no length": lambda body: reply(body, length=-1),
    "a range": lambda body: reply(
        body, f"Content-Range: bytes 0-{len(body) - 1}/{len(body)}", status="206 Partial Content"
    ),
    "type of a page": lambda body: reply(body, "Content-Type: text/html"),
}
HARMFUL: Mapping[str, Spoil] = {
    "length too great": lambda body: reply(body, length=len(body) + 999),
    "length too small": lambda body: reply(body, length=len(body) // 2),
    "chunks cut off": lambda body: chunked(body, ends=False),
    "cut without a length": lambda body: reply(body[: len(body) // 2], length=-1),
    "another range": lambda body: reply(
        body[100:], f"Content-Range: bytes 100-{len(body) - 1}/{len(body)}", status="206 Partial Content"
    ),
    "a range of unknown length": lambda body: reply(
        body, f"Content-Range: bytes 0-{len(body) - 1}/*", status="206 Partial Content"
    ),
    "a part of it": lambda body: reply(
        body[:100], f"Content-Range: bytes 0-99/{len(body)}", status="206 Partial Content"
    ),
    "a range without range": lambda body: reply(body[:100], status="206 Partial Content"),
    "gzip cut off": lambda body: reply(gzip.compress(body)[:-20], "Content-Encoding: gzip"),
    "no gzip": lambda body: reply(body, "Content-Encoding: gzip"),
    "brotli": lambda body: reply(body, "Content-Encoding: br"),
    "log-in page": lambda _: reply(LOGIN, "Content-Type: text/html"),
    "refused": lambda _: reply(LOGIN, status="403 Forbidden"),
    "asked who": lambda _: reply(LOGIN, "WWW-Authenticate: Basic", status="401 Unauthorized"),
    "sent elsewhere": lambda _: reply(b"", "Location: /login", status="302 Found"),
    "sent in a circle": lambda _: reply(b"", "Location: ?", status="302 Found"),
    "sent nowhere": lambda _: reply(b"", "Location: http://[::1", status="302 Found"),
    "empty": lambda _: reply(b""),
    "no content": lambda _: reply(b"", status="204 No Content"),
    "no status": lambda body: b"\r\n\r\n" + body,
    "odd status": lambda body: reply(body, status="299 Perhaps"),
    "a status that nobody knows": lambda _: reply(b"", status="999 Blocked"),
    "nothing": lambda _: b"",
    "no HTTP": lambda body: body,
    "a length that is none": lambda body: reply(body, "Content-Length: many", length=-1),
    "two lengths": lambda body: reply(body, "Content-Length: 3"),
}
PLACES = {"list": "/getRecordings", "page": "/", "film": ".m4v", "length": "metadata.xml"}


@pytest.fixture
def spoil(monkeypatch: pytest.MonkeyPatch) -> dict[str, Spoil]:
    """What is done to replies for paths with that end."""
    spoilt: dict[str, Spoil] = {}
    answer = bbb_http._Handler._answer

    def answered(handler: bbb_http._Handler) -> None:
        path = handler.path.partition("?")[0]
        spoils = [how for end, how in spoilt.items() if path.endswith(end)]
        if not spoils:
            answer(handler)
            return
        request = bbb_http.Request(method="GET", path=path, query=handler.path.partition("?")[2], headers={})
        body = handler.server.respond(request).body
        whole = body.read_bytes() if isinstance(body, Path) else b"".join(body)
        raw = spoils[0](whole)
        handler.wfile.write(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if handler.command == "HEAD" else raw)
        handler.close_connection = True

    monkeypatch.setattr(bbb_http._Handler, "_answer", answered)
    return spoilt


@pytest.fixture
def operator(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, film: Media) -> Operator:
    return operator_of(bbb=serve_bbb([FILM], media=film), pod=sample_pod)


def delivered(operator: Operator) -> list[Path]:
    return [path for path in operator.dropped if path.suffix == ".m4v"]


@pytest.mark.parametrize("mishap", HARMLESS)
def test_what_is_only_unusual_is_understood_everywhere(
    operator: Operator, spoil: dict[str, Spoil], mishap: str
) -> None:
    spoil |= dict.fromkeys(PLACES.values(), HARMLESS[mishap])
    ended = operator.run("claim")
    assert ended.code == 0, ended.out + ended.err
    (path,) = delivered(operator)
    check_media(path, expected_s=2.0, tolerance_s=0.3)


@pytest.mark.parametrize("place", ["list", "page", "film"])
def test_what_is_not_whole_is_never_delivered_and_nothing_stays_broken(
    operator: Operator, spoil: dict[str, Spoil], place: str
) -> None:
    for mishap, how in HARMFUL.items():
        spoil[PLACES[place]] = how
        ended = operator.run("claim", "--json", "--retry-failed")
        assert (mishap, ended.code) in {(mishap, code) for code in (3, 5, 6)}, ended.out + ended.err
        assert ended.code != 3 or ended.counts == {"failed": 1}
        assert "Traceback" not in ended.err
        assert max(map(len, ended.err.splitlines()), default=0) < 600
        assert "instead of the API's <response>" not in ended.err
        assert delivered(operator) == []
    spoil.clear()
    assert operator.run("claim", "--retry-failed").code == 0
    (path,) = delivered(operator)
    check_media(path, expected_s=2.0, tolerance_s=0.3)


@pytest.mark.parametrize("mishap", ["log-in page", "refused", "cut without a length", "a part of it", "no HTTP"])
def test_a_length_that_cannot_be_had_costs_only_the_comparison(
    operator: Operator, spoil: dict[str, Spoil], mishap: str
) -> None:
    spoil[PLACES["length"]] = HARMFUL[mishap]
    assert operator.run("claim").code == 0
    assert len(delivered(operator)) == 1


@pytest.mark.parametrize("status", [200, 302, 401, 403, 404])
def test_what_a_server_answers_who_does_not_log_in_is_named_with_each_recording(
    operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod, status: int
) -> None:
    operator = operator_of(bbb=serve_bbb([FILM, LESSON]), pod=sample_pod)
    operator.set(converter__order=["render"])
    asked = bbb_http.Response(body=(LOGIN,), content_type="text/html")

    def respond(request: bbb_http.Request) -> bbb_http.Response:
        if status == 302:
            return asked if request.path == "/login" else bbb_http.moved("/login", 302)
        return replace(asked, status=status)

    assert operator.bbb is not None
    operator.bbb.playbacks.respond = respond  # type: ignore[method-assign]
    details = {one["kind"]: one["detail"] for one in operator.json("claim").actions}
    if status in (200, 302):
        assert details["download"].endswith("(HTTP 200) names no file and asks for a log-in")
        assert "refuses metadata.xml, and everything else" in details["convert"]
        assert details["convert"].endswith("a page (text/html) instead of the file")
    else:
        assert all(said.endswith(f"HTTP {status}") for said in details.values()), details
