"""Adapters made of settings: the only place where both meet. Each is loaded and made when it is first needed, once."""

import contextlib
import platform
import threading
from collections.abc import Sequence
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING

from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.playback_hosts import PlaybackHosts
from bbbmig.http import trust_also, trust_only
from bbbmig.runs.limits import ONE_BY_ONE, RunLimits
from bbbmig.settings import Settings

if TYPE_CHECKING:
    from bbbmig.bbb.media import MediaFinder
    from bbbmig.bbb.playback_address import GivenAddresses, PlaybackAddresses
    from bbbmig.domain.conversion import Converter
    from bbbmig.ledger import Ledger
    from bbbmig.mirror.mirror import Mirror
    from bbbmig.pod.captions import Captions
    from bbbmig.pod.client import PodServer
    from bbbmig.pod.links import Links
    from bbbmig.pod.published_videos import PublishedVideos
    from bbbmig.pod.recorder import Recorder
    from bbbmig.pod.users import Users
    from bbbmig.pod.videos import Videos
    from bbbmig.transfer.download import Downloader


class Adapters(contextlib.ExitStack):
    """Everything that a run may need, closed at its end; before anything is closed, `stop` is set for its threads."""

    def __init__(self, settings: Settings, *, limits: RunLimits = ONE_BY_ONE, dry: bool = False) -> None:
        """Use those settings within those limits; `dry`: nothing is written anywhere."""
        super().__init__()
        self.settings = settings
        self.limits = limits
        self.dry = dry
        self.stop = threading.Event()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool | None:
        """Set `stop`, then close what was made, the last first."""
        self.stop.set()
        return super().__exit__(kind, error, traceback)

    @cached_property
    def bbb(self) -> BbbServer:
        """The old server."""
        bbb = self.settings.bbb
        if bbb.ca_file:
            trust_also(bbb.ca_file)
        return self.enter_context(
            BbbServer(
                bbb.url,
                bbb.secret.get_secret_value(),
                checksum=bbb.checksum,
                timeout_s=bbb.timeout_s,
                connect_timeout_s=bbb.connect_timeout_s,
            )
        )

    @cached_property
    def hosts(self) -> PlaybackHosts:
        """The hosts that may be asked for files; those that recordings commonly name come with the list."""
        return PlaybackHosts(self.bbb.base, self.settings.bbb.hosts)

    @cached_property
    def mirror(self) -> "Mirror | None":
        """The copy of the old server; None if the settings name none."""
        from bbbmig.mirror.mirror import Mirror

        directory = self.settings.mirror.directory
        return None if directory is None else Mirror(directory, offline=self.settings.bbb.offline)

    @cached_property
    def finder(self) -> "MediaFinder":
        """Files and pages behind playbacks."""
        from bbbmig.bbb.media import MediaFinder

        return MediaFinder(self.bbb, self.hosts)

    @cached_property
    def addresses(self) -> "PlaybackAddresses | GivenAddresses":
        """The addresses that links get."""
        from bbbmig.bbb.playback_address import GivenAddresses, PlaybackAddresses

        bbb = self.settings.bbb
        if bbb.playback_base or (self.mirror is not None and self.mirror.offline):
            return GivenAddresses(bbb.playback_base, bbb.playback_url)
        return PlaybackAddresses(self.finder, bbb.playback_url)

    @cached_property
    def ledger(self) -> "Ledger":
        """What was done before; only read in a dry run."""
        from bbbmig.ledger import Ledger, Places

        settings = self.settings
        recorder = settings.recorder.directory if settings.has("recorder") else None
        places = Places(recorder=recorder, work=settings.converter.directory, host=platform.node())
        return self.enter_context(Ledger(settings.ledger.url, read_only=self.dry, places=places))

    @cached_property
    def pod(self) -> "PodServer":
        """Pod's REST interface."""
        from bbbmig.pod.client import PodServer

        pod = self.settings.pod
        if pod.ca_file:
            trust_also(pod.ca_file)
        return self.enter_context(
            PodServer(
                pod.url,
                pod.token.get_secret_value(),
                timeout_s=pod.timeout_s,
                connect_timeout_s=pod.connect_timeout_s,
                site=pod.site,
            )
        )

    @cached_property
    def links(self) -> "Links":
        """External recordings."""
        from bbbmig.pod.links import Links

        return Links(self.pod)

    @cached_property
    def users(self) -> "Users":
        """People in Pod."""
        from bbbmig.pod.users import Users

        return Users(self.pod)

    @cached_property
    def recorder(self) -> "Recorder":
        """The recorder that is told of files."""
        from bbbmig.pod.recorder import Recorder

        return Recorder(self.pod, self.settings.recorder.id)

    @cached_property
    def videos(self) -> "Videos":
        """Videos that Pod holds itself."""
        from bbbmig.pod.videos import Videos

        return Videos(self.pod)

    @cached_property
    def captions(self) -> "Captions":
        """Captions of videos."""
        from bbbmig.pod.captions import Captions

        return Captions(self.pod)

    @cached_property
    def published_videos(self) -> "PublishedVideos":
        """Videos that bbbmig published before."""
        from bbbmig.pod.published_videos import PublishedVideos

        return PublishedVideos(self.pod, self.videos)

    def look_again(self) -> None:
        """Forget what Pod said of videos and people: a worker lives for weeks. Who is at work keeps what it has."""
        for name in ("videos", "users", "published_videos"):
            self.__dict__.pop(name, None)

    @cached_property
    def downloader(self) -> "Downloader":
        """What downloads, at the rate and as many at once as the limits of the run allow."""
        from bbbmig.transfer.download import Downloader

        downloader = self.enter_context(
            Downloader(
                connect_timeout_s=self.settings.bbb.connect_timeout_s,
                bytes_per_s=self.limits.bytes_per_s or None,
                connections=self.limits.jobs,
            )
        )
        trust_only(downloader.client, lambda: self.hosts.trusted)
        return downloader

    @cached_property
    def converters(self) -> "Sequence[Converter]":
        """The converters of the settings that are installed here, the best first."""
        from bbbmig.runs.converters import usable

        return usable(self.settings.converter, lambda: self.hosts.trusted)
