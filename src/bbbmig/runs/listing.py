"""The list of recordings: asked of the old server, the one that an earlier run has kept, or that of the mirror."""

import logging
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bbbmig.bbb.cache import Cache
from bbbmig.bbb.listing import Listing, cached_listing, list_recordings
from bbbmig.domain.selection import newest_first
from bbbmig.errors import ConfigError, RemoteError
from bbbmig.mirror.mirror import Mirror
from bbbmig.runs.adapters import Adapters

log = logging.getLogger(__name__)


def listing_of(adapters: Adapters, *, use_cache: bool) -> Listing:
    """Ask for the list of recordings, or read the one kept before. In a dry run, nothing of it is kept.

    Where the settings say that the old server is not asked any more, or it does not answer though there is a mirror,
    it is the mirror's, and that is said. Raise RemoteError or RemoteRefused as the server does, ConfigError if there is
    no kept list.
    """
    listing = _had(adapters, use_cache=use_cache)
    adapters.hosts.learn(listing.recordings)
    return listing


def _had(adapters: Adapters, *, use_cache: bool) -> Listing:
    """Have the list."""
    bbb, mirror = adapters.settings.bbb, adapters.mirror
    if bbb.offline:
        return mirrored(adapters, needed_mirror(adapters))
    if use_cache:
        return cached_listing(Cache(bbb.cache_directory, bbb.url))
    directory = bbb.cache_directory
    if adapters.dry:
        directory = Path(adapters.enter_context(tempfile.TemporaryDirectory(prefix="bbbmig-")))
    before = Cache(bbb.cache_directory, bbb.url).last()
    try:
        return list_recordings(adapters.bbb, Cache(directory, bbb.url), connections=bbb.connections, before=before)
    except RemoteError as error:
        if mirror is None or not mirror.exists:
            raise
        log.warning("%s: the list of the mirror in %s is used instead", error.message, mirror.places.directory)
        mirror.server_is_away(error.message)
        return mirrored(adapters, mirror)


def listing_for_mirror(adapters: Adapters, mirror: Mirror) -> Listing:
    """Ask for the list of recordings, and keep it in the mirror. Raises as `listing_of`."""
    bbb = adapters.settings.bbb
    if bbb.offline:
        listing = mirrored(adapters, mirror)
    else:
        cache = Cache(mirror.places.lists, bbb.url)
        listing = list_recordings(adapters.bbb, cache, connections=bbb.connections)
    adapters.hosts.learn(listing.recordings)
    return listing


def mirrored(adapters: Adapters, mirror: Mirror) -> Listing:
    """Return the list that the mirror has: the last one of the server, and what is copied that it no longer held."""
    cache = Cache(mirror.places.lists, adapters.settings.bbb.url)
    if cache.last() is not None:
        listing = cached_listing(cache)
    else:
        listing = Listing(
            recordings=(), problems=(), checksum="", calls=0, why_parts="", taken_at=datetime.now(UTC), from_cache=True
        )
    known = {recording.record_id for recording in listing.recordings}
    others = mirror.not_listed(known)
    return replace(listing, recordings=tuple(newest_first([*listing.recordings, *others])), warnings=())


def needed_mirror(adapters: Adapters) -> Mirror:
    """Return the mirror. Raise ConfigError if there is none, or nothing in it."""
    mirror = adapters.mirror
    if mirror is None:
        raise ConfigError(
            "bbb.offline is set, and there is no mirror", hint="set mirror.directory, or bbb.offline = false"
        )
    if not mirror.exists:
        raise ConfigError(
            f"bbb.offline is set, and nothing was copied into {mirror.places.directory}", hint="run bbbmig mirror first"
        )
    return mirror
