"""The form in which a presentation's address is kept: as the server gives it, or the one that answers there.

Pod understands two (`domain/playback_url.py`). Addresses in neither form (`/presentation/2.3.0/…` of a renamed proxy,
0.9) are written in the one that this server answers, which is asked once
(docs/facts/bbb-api.md#addresses-of-presentations).
"""

import logging
from typing import Literal

from bbbmig.bbb.media import MediaFinder
from bbbmig.domain import playback_url
from bbbmig.domain.playback_url import Form

log = logging.getLogger(__name__)


class PresentationAddress:
    """Gives presentations' addresses in `form`; with "auto" the server decides."""

    def __init__(self, finder: MediaFinder, form: Literal["auto"] | Form) -> None:
        """Ask through that finder, if at all."""
        self._finder = finder
        self._form: Form | None = None if form == "auto" else form
        self._asks = form == "auto"

    def __call__(self, url: str, record_id: str) -> str:
        """Write one address. Raise RemoteError if the server has to be asked and does not answer."""
        if self._asks and playback_url.known_to_pod(url):
            return url
        if self._form is None:
            newer = playback_url.presentation_url(url, record_id, "2.3")
            self._form = "2.3" if self._finder.answers(newer) else "2.0"
            log.info("presentations get addresses of form %s: the server was asked", self._form)
        if playback_url.form_of(url) == self._form:
            return url
        return playback_url.presentation_url(url, record_id, self._form)
