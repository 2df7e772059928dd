"""What a failed call means, in words that a system administrator can act upon.

Pure: the parts of a reply in, an error out. Kinds that decide how the list goes on have a class of their own here;
for everybody else they are the RemoteError and RemoteRefused of `errors`.
"""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass

import httpx

from bbbmig.errors import BbbmigError, RemoteError, RemoteRefused
from bbbmig.http import masked

LATE_S = 25.0
"""A 404 that comes later than this is a time-out (BBB issue #10570: nginx waits 30 s, then looks in vain for its
50x page); one that comes at once is a wrong address."""

_ROOT = re.compile(rb"<([A-Za-z!][\w.:-]*)")
_BEFORE_ROOT = ((b"<?", b"?>"), (b"<!--", b"-->"))
_LONGEST_MESSAGE = 200


class TooMuch(RemoteError):
    """The server did not bring this reply out whole in time: a smaller question may succeed.

    `waited_s` is how long it took until somebody gave up; the server may go on with it as long again. 0 for a reply
    that failed otherwise.
    """

    waited_s = 0.0


class Unreachable(RemoteError):
    """The server, or what is behind its proxy, is not there for now: the same question may succeed later."""


class FilterRequired(RemoteRefused):
    """The server gives recordings only to those who ask for meetings or recordings by their ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """The beginning of a reply; `elapsed_s` is the time from the request to its first byte."""

    status: int
    head: bytes
    content_type: str = ""
    location: str = ""
    elapsed_s: float = 0.0


def not_the_api(what: str, reply: Reply) -> BbbmigError:
    """Explain a reply that is not XML of the API; `what` names call and host ("getRecordings on bbb.univ.fr")."""
    after = f"HTTP {reply.status} after {reply.elapsed_s:.0f} s"
    if reply.status == httpx.codes.GATEWAY_TIMEOUT:
        return _timed_out(what, after, reply.elapsed_s)
    if reply.status == httpx.codes.NOT_FOUND and reply.elapsed_s >= LATE_S:
        return _timed_out(what, f"{after}, which is how its nginx reports a time-out", reply.elapsed_s)
    if httpx.codes.is_success(reply.status):
        return _not_xml(what, reply)
    if httpx.codes.is_redirect(reply.status):
        return RemoteRefused(
            f"{what}: HTTP {reply.status}, sent on to {masked(reply.location).partition('?')[0]}",
            hint="set bbb.url to the address that answers itself (https?); a log-in page is not the API",
        )
    kind, message, hint = _BY_STATUS.get(
        reply.status,
        (TooMuch, "a fault of the server", _SEE_LOGS)
        if httpx.codes.is_server_error(reply.status)
        else (RemoteRefused, "refused", _WRONG_ADDRESS),
    )
    return kind(f"{what}: HTTP {reply.status}, {message}", hint=hint)


def _not_xml(what: str, reply: Reply) -> BbbmigError:
    """Explain a reply that has a good status and is something else."""
    if not reply.head.strip():
        return TooMuch(f"{what}: an empty page", hint=f"BigBlueButton ran out of memory? {_SEE_LOGS}")
    root = root_name(reply.head)
    if root == "response" or reply.status != httpx.codes.OK:
        return TooMuch(f"{what}: HTTP {reply.status}, no whole reply", hint=f"look at the proxy before it; {_SEE_LOGS}")
    if root.lower() in {"html", "!doctype"} or "html" in reply.content_type:
        return RemoteRefused(f"{what}: a web page came back instead of the API's XML", hint=_WRONG_ADDRESS)
    shown = f"<{root}>" if root else reply.content_type or "unknown content"
    return RemoteRefused(f"{what}: {shown} came back instead of the API's <response>", hint=_WRONG_ADDRESS)


def root_name(head: bytes) -> str:
    """Return the name of the first element, "!DOCTYPE" before one, "" if the bytes do not look like XML at all."""
    at = len(head) - len(head.removeprefix(b"\xef\xbb\xbf").lstrip())
    while marks := next((marks for marks in _BEFORE_ROOT if head.startswith(marks[0], at)), None):
        end = head.find(marks[1], at)
        if end < 0:
            return ""
        at = end + len(marks[1])
        at += len(head[at:]) - len(head[at:].lstrip())
    match = _ROOT.match(head, at)
    return match[1].decode("ascii", "replace") if match else ""


def refused(what: str, body: bytes) -> BbbmigError | None:
    """Explain a FAILED reply; None if the reply is a success.

    A reply that cannot be read as XML here is taken for a success: the parser of recordings will say what is wrong.
    """
    key, message = _failure(body)
    if key is None:
        return None
    said = f"{what}: refused with {key or 'FAILED'}"
    if message:
        said = f"{said} ({masked(message)[:_LONGEST_MESSAGE]})"
    if key == "missingParameters":
        return FilterRequired(said, hint="Scalelite with GET_RECORDINGS_API_FILTERED=true")
    if key in {"unexpectedError", "internalError"}:
        return TooMuch(said, hint=_SEE_LOGS)
    return RemoteRefused(said, hint=_BY_KEY.get(key, "see the API documentation of BigBlueButton for this word"))


def is_wrong_checksum(body: bytes) -> bool:
    """Tell whether the server did not accept the checksum: another algorithm may do."""
    return _failure(body)[0] == "checksumError"


def wrong_checksum(what: str, tried: tuple[str, ...], host: str = "") -> RemoteRefused:
    """Explain a checksum that was refused with each of these algorithms.

    A Scalelite with tenants says so, whatever the secret, to a `host` whose first label is the name of no tenant.
    """
    label, dot, _ = host.partition(".")
    tenant = (
        f". Is {label!r}, the first label of the address, the name of a tenant?"
        if dot and label.strip("0123456789")
        else ""
    )
    return RemoteRefused(
        f"{what}: refused with checksumError; tried {', '.join(tried)}",
        hint="is the secret right? `bbb-conf --secret` prints BigBlueButton's; Scalelite's is LOADBALANCER_SECRET "
        f"in its environment file, one per tenant{tenant or '.'} A proxy that rewrites addresses breaks checksums too"
        + ("" if len(tried) > 1 else '. checksum = "auto" tries every algorithm'),
    )


def cut_off(what: str, why: str) -> TooMuch:
    """Explain a reply that ended before its end; it must never pass for a short list."""
    return TooMuch(f"{what}: the reply was cut off ({why})", hint="run again; is the server's disk or memory full?")


def too_slow(what: str, timeout_s: float, how: str = "") -> TooMuch:
    """Explain a server that was silent for longer than we wait, or said how little."""
    error = TooMuch(
        f"{what}: {how or f'no answer within {timeout_s:g} s'}", hint="raise bbb.timeout_s, or try at a quiet hour"
    )
    error.waited_s = timeout_s
    return error


def _failure(body: bytes) -> tuple[str | None, str]:
    """Return messageKey and message of a FAILED reply; the key is None for any other reply."""
    try:
        response = ET.fromstring(body)  # noqa: S314 - a few kilobytes at most, and expat limits entities
    except ET.ParseError:
        return None, ""
    if (response.findtext("returncode") or "").strip() != "FAILED":
        return None, ""
    message = " ".join((response.findtext("message") or "").split())
    return (response.findtext("messageKey") or "").strip(), message


def _timed_out(what: str, how: str, waited_s: float) -> TooMuch:
    """Explain a proxy that did not wait long enough for the application behind it."""
    error = TooMuch(
        f"{what}: timed out ({how})",
        hint="raise proxy_read_timeout to 240s and reload nginx: BigBlueButton has it in "
        "/etc/bigbluebutton/nginx/web.nginx (since 2.5 /usr/share/bigbluebutton/nginx/web.nginx), "
        "Scalelite in its nginx container's scalelite-proxy template (60s)",
    )
    error.waited_s = waited_s
    return error


_SEE_LOGS = "see /var/log/bigbluebutton/bbb-web.log on BigBlueButton, the log of scalelite-api on Scalelite"
_WRONG_ADDRESS = (
    "is bbb.url right? `bbb-conf --secret` prints it on BigBlueButton; it answers "
    "<response> at /bigbluebutton/api, without any log-in"
)
_DOWN = "is bbb-web (BigBlueButton) or scalelite-api running? `systemctl status` on the server tells"

_BY_STATUS: dict[int, tuple[type[BbbmigError], str, str]] = {
    401: (RemoteRefused, "a proxy before the API asks for a log-in", "let this machine's address through"),
    403: (RemoteRefused, "forbidden by a proxy or firewall", "let this machine's address through"),
    404: (RemoteRefused, "nothing there", f"{_WRONG_ADDRESS}; it also happens while bbb-web is stopped"),
    429: (Unreachable, "too many requests", "run again later"),
    500: (TooMuch, "BigBlueButton's own error page", _SEE_LOGS),
    502: (Unreachable, "the application behind the proxy does not answer", _DOWN),
    503: (Unreachable, "the application behind the proxy is not available", _DOWN),
}

_BY_KEY = {
    "unsupportedRequest": "this server does not offer the call: is it a Scalelite that only balances, without "
    "recordings, or an address of another program?",
    "unsupportedContentType": "a proxy adds a body to the request",
    "notFound": "the recording is gone from the server",
}
