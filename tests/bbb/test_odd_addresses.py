"""Whatever a server gives as address is asked, kept or refused, and never ends a run."""

import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.media import MediaFinder
from bbbmig.bbb.playback_address import PlaybackAddresses
from bbbmig.demo.bbb_server import SECRET, SampleBbb
from bbbmig.domain.link_plan import link_url
from bbbmig.domain.recording import Playback, Recording
from bbbmig.errors import BbbmigError

ODD = [
    *("http://[bad/x", "//[", "http://h:port/x", "http://h:99999/", "ftp://h/x", "javascript:alert(1)", "http://"),
    *("//", "http:///x", "?", "#", "mailto:a@b", "http://a b/", "http://\udc80/", "http://xn--/", "https://%00/"),
    *("/%zz", "\x00", "http://127.0.0.1:1/%", "http://[::1]:1/x", "http://a..b/", f"http://{'a' * 300}/"),
    "http://é.invalid/",
]
pieces = st.lists(st.sampled_from(["http", "://", "//", "/", "[", "]", ":", "@", "?", "#", "%", ".", "127.0.0.1", "1"]))
addresses = st.sampled_from(ODD) | pieces.map("".join) | st.text(max_size=30).map(lambda text: f"http:{text}")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with SampleBbb([]) as sample:
        yield sample.url


@settings(deadline=None, max_examples=60)
@given(addresses, st.sampled_from(["presentation", "video", "podcast", "screenshare"]))
def test_an_odd_address_is_an_error_that_is_expected_or_a_link(server: str, url: str, kind: str) -> None:
    recording = Recording(record_id="a", playbacks=(Playback(type=kind, url=url),))
    with BbbServer(server, SECRET, connect_timeout_s=1.0, timeout_s=1.0, sleep=lambda _s: None) as bbb:
        finder = MediaFinder(bbb, timeout_s=1.0, sleep=lambda _s: None)
        links = PlaybackAddresses(finder, "auto")
        for ask in (
            lambda: finder.source(recording, kind),
            lambda: finder.exported(recording),
            lambda: finder.open_page(recording, kind),
            lambda: link_url(recording, links.presentation, links.located),
            lambda: list(links.states([recording])),
        ):
            with contextlib.suppress(BbbmigError):
                ask()
