"""The list of recordings: asked of the old server, or the one that an earlier run has kept."""

import gc
import tempfile
from pathlib import Path

from bbbmig.bbb.cache import Cache
from bbbmig.bbb.listing import Listing, cached_listing, list_recordings
from bbbmig.runs.adapters import Adapters

_OBJECTS_BEFORE_COLLECTION = 100_000
"""A list is many objects that all stay: looking through them for garbage again and again costs a fifth of the time."""


def collect_seldom() -> None:
    """Make Python look for garbage as seldom as suits a process that holds a whole list."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION, 50, 1000)


def listing_of(adapters: Adapters, *, use_cache: bool) -> Listing:
    """Ask for the list of recordings, or read the one kept before. In a dry run, nothing of it is kept.

    Raise RemoteError or RemoteRefused as the server does, ConfigError if there is no kept list.
    """
    collect_seldom()
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
    gc.freeze()
    return listing
