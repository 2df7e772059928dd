"""What a reply that is not a success means, in words that an administrator of Pod can act upon.

Pod answers with JSON from REST framework, but with HTML pages where there is no route and when it breaks
(docs/facts/pod-rest.md#replies-and-errors). Messages of REST framework are in the language asked for; nothing here
depends on them.
"""

import json
from collections.abc import Mapping
from typing import Any

import httpx

from bbbmig.errors import BbbmigError, RemoteError, RemoteRefused
from bbbmig.http import masked

_LONGEST_WORDS = 300


class Invalid(RemoteRefused):
    """Pod does not take these values (400); `errors` has its words for each field."""

    def __init__(self, message: str, *, hint: str = "", errors: Mapping[str, str]) -> None:
        """Keep the words."""
        super().__init__(message, hint=hint)
        self.errors = errors


class TokenRefused(RemoteRefused):
    """Pod does not know the token, or its user is not active (401)."""


class NotAllowed(RemoteRefused):
    """Pod knows the token's user, who is not staff (403)."""


class TooLarge(RemoteRefused):
    """A proxy before Pod, or Pod, takes no requests of this size (413)."""


class NotWaitedFor(RemoteError):
    """The proxy before Pod gave up waiting (504): Pod may still be at work on the request."""


class NoSuchObject(RemoteRefused):
    """The route exists, but not the row or page that was asked for (404 in JSON)."""


class NoSuchRoute(RemoteRefused):
    """Nothing of this name is below /rest/ (404 with a page)."""


def json_of(response: httpx.Response, what: str) -> Any:  # noqa: ANN401 - any JSON; `values` reads it
    """Return the JSON of a success. Raise RemoteError, RemoteRefused or one of their kinds above for all else."""
    if not response.is_success:
        raise failure(response, what)
    if not _is_json(response):
        raise RemoteRefused(f"{what}: a web page came back instead of JSON", hint=_WRONG_ADDRESS)
    try:
        return json.loads(response.content)
    except ValueError as error:
        raise RemoteError(f"{what}: the reply is not the JSON that it says it is", hint="run again") from error


def failure(response: httpx.Response, what: str) -> BbbmigError:
    """Explain a reply that is not a success; `what` names the request ("Pod's users")."""
    status = response.status_code
    if response.is_redirect:
        target = masked(response.headers.get("Location", "")).partition("?")[0]
        return RemoteRefused(
            f"{what}: HTTP {status}, sent on to {target}",
            hint="set pod.url to the address that answers itself (https?); a log-in page is not the REST interface",
        )
    content = _content(response)
    said = f": {words(content)}" if content else ""
    if status == httpx.codes.BAD_REQUEST and content is not None:
        errors = {key: words(value) for key, value in content.items()} if isinstance(content, dict) else {}
        return Invalid(f"{what}: Pod does not take this{said}", errors=errors)
    if status == httpx.codes.NOT_FOUND:
        if content is not None:
            return NoSuchObject(f"{what}: it does not exist in Pod{said}", hint="was it deleted meanwhile?")
        return NoSuchRoute(f"{what}: there is no such route on this server", hint=_WRONG_ADDRESS)
    if content is None and status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        message = f"{what}: HTTP {status} from something before Pod (a proxy, a firewall)"
        return RemoteRefused(message, hint="let this machine through to /rest/ without any other log-in")
    kind, message, hint = _BY_STATUS.get(status, _OTHER[response.is_server_error])
    return kind(f"{what}: {message} (HTTP {status}){said}", hint=hint)


def words(content: Any) -> str:  # noqa: ANN401 - any JSON
    """Put REST framework's errors into one line: `owner: Invalid pk "2"; name: may not be blank`."""
    if isinstance(content, dict):
        parts = [(str(key), words(value)) for key, value in content.items() if value not in (None, "", [], {})]
        text = "; ".join(value if key in _NO_FIELDS else f"{key}: {value}" for key, value in parts)
    elif isinstance(content, list):
        text = " ".join(filter(None, map(words, content)))
    else:
        text = "" if content is None else " ".join(str(content).split())
    return masked(text)[:_LONGEST_WORDS]


def _is_json(response: httpx.Response) -> bool:
    content_type: str = response.headers.get("Content-Type", "")
    return content_type.partition(";")[0].strip().lower().endswith("json")


def _content(response: httpx.Response) -> Any:  # noqa: ANN401 - any JSON
    """Return what REST framework says, None if it is not REST framework that speaks."""
    if not _is_json(response):
        return None
    try:
        return json.loads(response.content)
    except ValueError:
        return None


_NO_FIELDS = ("detail", "non_field_errors")
_WRONG_ADDRESS = "is pod.url right? It is the address of Pod's home page; info_pod.json below it tells Pod's version"
_SEE_LOGS = "see Pod's log on its server (uwsgi or gunicorn), and whether its disk and database are well"
_NEW_KEY = (
    "set pod.token to one from Pod's administration, /admin/authtoken/tokenproxy/ (or `manage.py drf_create_token "
    "USER`); its user must be active, and a proxy must pass the Authorization header on"
)

_BY_STATUS: dict[int, tuple[type[RemoteError | RemoteRefused], str, str]] = {
    401: (
        TokenRefused,
        "Pod does not accept the token",
        _NEW_KEY,
    ),
    403: (
        NotAllowed,
        "the token's user may not do this",
        "give the user staff status in Pod's administration (/admin/auth/user/): that is all that REST asks for",
    ),
    405: (RemoteRefused, "this Pod does not take such a request", "bbbmig is made for Esup-Pod 3.8 and 4"),
    413: (
        TooLarge,
        "the proxy before Pod refuses requests of this size",
        "raise client_max_body_size in nginx (Pod's own sample has 4G)",
    ),
    429: (RemoteError, "the server asks for fewer requests", "run again later"),
    500: (RemoteError, "Pod broke over this", _SEE_LOGS),
    502: (RemoteError, "the proxy before Pod gets no answer", "is Pod running? " + _SEE_LOGS),
    503: (RemoteError, "Pod is busy or being maintained", "run again later"),
    504: (NotWaitedFor, "the proxy before Pod did not wait for its answer", "raise uwsgi_read_timeout in nginx"),
}
_OTHER: dict[bool, tuple[type[RemoteError | RemoteRefused], str, str]] = {
    True: (RemoteError, "the server failed", _SEE_LOGS),
    False: (RemoteRefused, "the server refused", _WRONG_ADDRESS),
}
