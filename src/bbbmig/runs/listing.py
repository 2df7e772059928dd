"""The list of recordings: asked of the old server, or the one that an earlier run has kept."""

import tempfile
from pathlib import Path

from bbbmig.bbb.cache import Cache
from bbbmig.bbb.listing import Listing, cached_listing, list_recordings
from bbbmig.runs.adapters import Adapters


def listing_of(adapters: Adapters, *, use_cache: bool) -> Listing:
    """Ask for the list of recordings, or read the one kept before. In a dry run, nothing of it is kept.

    Raise RemoteError or RemoteRefused as the server does, ConfigError if there is no kept list.
    """
    bbb = adapters.settings.bbb
    directory = bbb.cache_directory
    if adapters.dry and not use_cache:
        directory = Path(adapters.enter_context(tempfile.TemporaryDirectory(prefix="bbbmig-")))
    cache = Cache(directory, bbb.url)
    if use_cache:
        listing = cached_listing(cache)
    else:
        before = Cache(bbb.cache_directory, bbb.url).last()
        listing = list_recordings(adapters.bbb, cache, connections=bbb.connections, before=before)
    adapters.hosts.learn(listing.recordings)
    return listing
