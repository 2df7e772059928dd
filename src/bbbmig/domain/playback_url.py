"""Addresses of playbacks: what they say, and the forms that Pod understands.

Pod takes an external recording for a BBB presentation only if its address contains one of two paths; every other one is
fetched as a video page (docs/facts/pod-rest.md#external-recordings). Addresses are kept as the server gives them
(rewriting 2.0 into 2.3 breaks BBB 2.2, Esup-Pod issue 1213) unless they are in neither form or the settings force one.
"""

import re
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

Form = Literal["2.0", "2.3"]

_PRESENTATION_2_0 = "/playback/presentation/2.0/playback.html?"
_PRESENTATION_2_3 = "/playback/presentation/2.3/"
_RECORD_ID = re.compile(r"[0-9a-z]{40}-[0-9]{13}")
_ID_IN_PATH = re.compile(r"/(?:recording|video|presentation|podcast|screenshare)/(?:[0-9.]+/)?(?P<id>[^/?]+)")


def known_to_pod(url: str) -> bool:
    """Tell whether Pod recognises this address as a BBB presentation."""
    return _PRESENTATION_2_0 in url or _PRESENTATION_2_3 in url


def form_of(url: str) -> Form | None:
    """Tell in which of Pod's two forms the address is, None: in neither."""
    if _PRESENTATION_2_0 in url:
        return "2.0"
    return "2.3" if _PRESENTATION_2_3 in url else None


def presentation_url(url: str, record_id: str, form: Form) -> str:
    """Write the presentation's address on the same host in that form."""
    scheme, host, *_ = urlsplit(url)
    if form == "2.0":
        return f"{scheme}://{host}{_PRESENTATION_2_0}meetingId={record_id}"
    return f"{scheme}://{host}{_PRESENTATION_2_3}{record_id}"


def path_in_mirror(url: str, record_id: str) -> str:
    """Return the path under which a mirror plays what a server plays at that address.

    Addresses of protected recordings name their format last: `/recording/ID/video`.
    """
    try:
        path = urlsplit(url).path
    except ValueError:
        return f"/{_PRESENTATION_2_3.strip('/')}/{record_id}"
    _, found, kind = path.partition(f"/recording/{record_id}/")
    if found and kind.strip("/") == "presentation":
        return f"{_PRESENTATION_2_3}{record_id}"
    return f"/{kind.strip('/')}/{record_id}/" if found and kind.strip("/") else path


def without_token(url: str) -> str:
    """Drop the single-use token of a protected recording (Scalelite 1.2 and later).

    An address that is broken may hold one, too: then all that follows its path goes.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("?")[0] if "token" in url else url
    kept = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key != "token"]
    if len(kept) == len(parse_qsl(parts.query, keep_blank_values=True)):
        return url
    return urlunsplit(parts._replace(query=urlencode(kept)))


def record_id_in(url: str) -> str:
    """Find the recordID in a playback's address, whatever its form, host or token; "" if there is none."""
    found = _RECORD_ID.search(url)
    if found:
        return found[0]
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    for key, value in parse_qsl(parts.query):
        if key == "meetingId":
            return value
    match = _ID_IN_PATH.search(parts.path)
    return match["id"] if match else ""
