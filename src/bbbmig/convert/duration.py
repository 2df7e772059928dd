"""How long a recording really is: `playback/duration` of its metadata.xml, in milliseconds.

docs/facts/bbb-api.md#the-length-of-a-recording
"""

import re

import httpx

from bbbmig.domain.conversion import Presentation
from bbbmig.errors import RecordingFailed, RemoteError
from bbbmig.http import make_client, masked, request

_DURATION = re.compile(rb"<playback>.*?<duration>\s*(\d+)\s*</duration>", re.DOTALL)
_NAME = "metadata.xml"


def recording_length_s(presentation: Presentation, *, timeout_s: float = 60.0) -> float:
    """Give the length of a presentation in seconds, from its folder or its server.

    Raise RecordingFailed when it is not to be had: then no video of it can be checked. Raise RemoteError when the
    server fails.
    """
    found = _DURATION.search(_metadata(presentation, timeout_s))
    if found is None or not int(found[1]):
        raise RecordingFailed(f"{_NAME} of {presentation.record_id} does not say how long it is", hint=_HINT)
    return int(found[1]) / 1000


_HINT = "without its length a video of it cannot be checked; is it still published?"


def _metadata(presentation: Presentation, timeout_s: float) -> bytes:
    """Read the file."""
    what = f"{_NAME} of {presentation.record_id}"
    if presentation.folder is not None:
        try:
            return (presentation.folder / _NAME).read_bytes()
        except OSError as error:
            raise RecordingFailed(f"{what}: {error.strerror}", hint=_HINT) from error
    cookie = "; ".join(f"{name}={value}" for name, value in presentation.cookies)
    with make_client(timeout_s=timeout_s, headers={"Cookie": cookie} if cookie else None) as client:
        response = request(client, "GET", presentation.media + _NAME, what=what)
    if response.status_code == httpx.codes.OK:
        return response.content
    message = f"{masked(presentation.media)}{_NAME}: HTTP {response.status_code}"
    if httpx.codes.is_server_error(response.status_code):
        raise RemoteError(message, hint="run again later; the server's logs say more")
    raise RecordingFailed(message, hint=_HINT)
