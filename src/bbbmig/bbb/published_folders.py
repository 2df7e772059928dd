"""Where the files of playbacks are on the old server, for whoever copies them: folders, and what opens them."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from bbbmig.bbb.media import MediaFinder
from bbbmig.domain.recording import Recording

_MOVED = {"video": "/video/{id}/", "screenshare": "/screenshare/{id}/"}
"""Where Scalelite keeps what BigBlueButton has below /playback/video/ and /recording/screenshare/."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFolder:
    """The folder of a playback: `base` ends with a slash; `address` is the playback's own, tokens left out."""

    base: str
    address: str
    cookies: tuple[tuple[str, str], ...] = ()


class PublishedFolders:
    """Finds the folders of one server's playbacks; may be shared between threads."""

    def __init__(self, finder: MediaFinder) -> None:
        """Ask through that finder."""
        self._finder = finder

    def folders(self, recording: Recording, kind: str) -> tuple[PublishedFolder, ...]:
        """Return the folders that a playback may have, the likeliest first; nothing is asked for public ones.

        A protected one is opened with a fresh token. Raise RecordingFailed if that opens nothing, RemoteError.
        """
        if recording.protected:
            page = self._finder.open_page(recording, kind)
            addresses: tuple[str, ...] = (page.url,)
            cookies = page.cookies
        else:
            playback = recording.playback(kind)
            addresses = self._finder.hosts.candidates(playback.url) if playback else ()
            cookies = ()
        found = (
            PublishedFolder(base=base, address=address, cookies=cookies)
            for address in addresses
            for base in _bases(address, kind, quote(recording.record_id, safe=""))
        )
        return tuple({folder.base: folder for folder in found}.values())


def _bases(address: str, kind: str, record_id: str) -> Iterator[str]:
    """Yield the folders that an address may mean."""
    if kind == "presentation":
        yield urljoin(address, f"/presentation/{record_id}/")
        return
    parts = urlsplit(address)
    before, found, _ = parts.path.partition(f"/{record_id}")
    if found:
        yield parts._replace(path=f"{before}/{record_id}/", query="", fragment="").geturl()
    yield urljoin(address, _MOVED.get(kind, f"/{kind}/{{id}}/").format(id=record_id))
