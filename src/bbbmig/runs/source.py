"""Where files of recordings are taken from: the old server, or the mirror where they are whole there."""

from dataclasses import dataclass

from bbbmig.apply.ports import Fetcher, Finder, Published
from bbbmig.convert.published_files import PublishedFiles
from bbbmig.runs.adapters import Adapters


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What files are found and fetched with."""

    finder: Finder
    fetcher: Fetcher
    published: Published


def source_of(adapters: Adapters) -> Source:
    """Put it together; the mirror counts as soon as something was copied into it."""
    work = adapters.settings.converter.directory.absolute()
    server = Source(
        finder=adapters.finder,
        fetcher=adapters.downloader,
        published=PublishedFiles(work=work, downloader=adapters.downloader),
    )
    mirror = adapters.mirror
    if mirror is None or not mirror.exists:
        return server
    from bbbmig.mirror.reading import MirroredFetcher, MirroredFinder, MirroredPublished

    base = adapters.settings.bbb.playback_base
    return Source(
        finder=MirroredFinder(mirror=mirror, other=server.finder, playback_base=base),
        fetcher=MirroredFetcher(other=server.fetcher),
        published=MirroredPublished(mirror=mirror, other=server.published),
    )
