"""Adapters made of settings: the only place where both meet. Each is loaded and made when it is first needed, once."""

import contextlib
import gc
import logging
import os
import tempfile
import threading
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bbbmig.bbb.cache import Cache
from bbbmig.bbb.client import BbbServer
from bbbmig.bbb.listing import Listing, cached_listing, list_recordings
from bbbmig.bbb.media import MediaFinder
from bbbmig.domain.owner import Owner, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.errors import ConfigError, RecordingFailed
from bbbmig.settings import Settings

if TYPE_CHECKING:
    from bbbmig.bbb.presentation_url import PresentationAddress
    from bbbmig.convert.converter import Converter
    from bbbmig.ledger import Ledger
    from bbbmig.moodle import MoodleOwners, MoodleSource
    from bbbmig.pod.client import PodServer
    from bbbmig.pod.links import Links
    from bbbmig.pod.recorder import Recorder
    from bbbmig.pod.users import PodUser, Users
    from bbbmig.pod.videos import Videos
    from bbbmig.transfer.download import Downloader

log = logging.getLogger(__name__)

_OBJECTS_BEFORE_COLLECTION = 100_000
"""A list is many objects that all stay: looking through them for garbage again and again costs a fifth of the time."""


def collect_seldom() -> None:
    """Make Python look for garbage as seldom as suits a process that holds a whole list."""
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION, 50, 1000)


class Wiring(contextlib.ExitStack):
    """Everything that a command may need, closed at its end. `stop` is set then, too: threads look at it."""

    def __init__(self, settings: Settings, *, dry: bool = False) -> None:
        """Use those settings; `dry`: nothing is written anywhere."""
        super().__init__()
        self.settings = settings
        self.dry = dry
        self.stop = threading.Event()
        self.callback(self.stop.set)

    @cached_property
    def bbb(self) -> BbbServer:
        """The old server."""
        bbb = self.settings.bbb
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
    def finder(self) -> MediaFinder:
        """Files and pages behind playbacks."""
        return MediaFinder(self.bbb)

    @cached_property
    def address(self) -> "PresentationAddress":
        """The form of presentations' addresses."""
        from bbbmig.bbb.presentation_url import PresentationAddress

        return PresentationAddress(self.finder, self.settings.bbb.playback_url)

    def listing(self, *, use_cache: bool) -> Listing:
        """Ask for the list of recordings, or read the one kept before. In a dry run, nothing of it is kept."""
        collect_seldom()
        directory = self.settings.bbb.cache_directory
        if self.dry and not use_cache:
            directory = Path(self.enter_context(tempfile.TemporaryDirectory(prefix="bbbmig-")))
        cache = Cache(directory, self.settings.bbb.url)
        listing = cached_listing(cache) if use_cache else list_recordings(self.bbb, cache)
        gc.freeze()
        return listing

    @cached_property
    def ledger(self) -> "Ledger":
        """What was done before; only read in a dry run."""
        from bbbmig.ledger import Ledger

        return self.enter_context(Ledger(self.settings.ledger.url, read_only=self.dry))

    @cached_property
    def pod(self) -> "PodServer":
        """Pod's REST interface."""
        from bbbmig.pod.client import PodServer

        pod = self.settings.pod
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

    def user_of(self, owner: Owner, *, staff_for: str = "external recordings") -> "PodUser":
        """Give a person's user in Pod, created and made staff if the settings allow it.

        `staff_for` says what Pod has for staff only, "" if that does not matter. Raise RecordingFailed if the settings
        do not allow it, or Pod refuses.
        """
        from bbbmig.pod.users import NewUser

        pod = self.settings.pod
        known = self.users.find([owner.username]).get(owner.username.casefold())
        if known is None and not pod.create_users:
            raise RecordingFailed(
                f"Pod has no user {owner.username}", hint="create them there, or set pod.create_users = true"
            )
        person = NewUser(
            username=owner.username,
            first_name=owner.first_name,
            last_name=owner.last_name,
            email=owner.email,
        )
        user = self.users.ensure(person, make_staff=pod.make_staff)
        if staff_for and not user.is_staff:
            raise RecordingFailed(
                f"Pod's user {owner.username} is not staff: Pod has {staff_for} for staff only",
                hint="make them staff there, or set pod.make_staff = true",
            )
        return user

    def meeting_owners(self, recordings: Iterable[Recording]) -> dict[str, Ownership]:
        """Give the owners of recordings that were made from Pod's own meetings, keyed by recordID."""
        from bbbmig.pod.meetings import Meetings, may_be_of_pod, owners_by_meeting

        candidates = [recording for recording in recordings if may_be_of_pod(recording)]
        if not candidates:
            return {}  # saves reading Pod's meetings, 12 at a time
        meetings = Meetings(self.pod)
        return owners_by_meeting(candidates, meetings.all(), self.users.by_id, hosts=meetings.hosts())

    def downloader(self, *, bytes_per_s: int, jobs: int) -> "Downloader":
        """Give what downloads, so many at once."""
        from bbbmig.transfer.download import Downloader

        return self.enter_context(
            Downloader(
                connect_timeout_s=self.settings.bbb.connect_timeout_s,
                bytes_per_s=bytes_per_s or None,
                connections=jobs,
            )
        )

    def moodle_sources(self, names: Sequence[str]) -> "list[MoodleSource]":
        """Give the Moodles of these sections; `all`: every one. Raise ConfigError for a section that is not there."""
        self.settings.need(*("moodle" if name == "all" else f"moodle.{name}" for name in names))
        sections = self.settings.moodle
        return [self._moodle_source(name) for name in sections if "all" in names or name in names]

    def moodle_owners(self, names: Sequence[str]) -> "list[MoodleOwners]":
        """Prepare to ask these Moodles; `all`: every complete section. Nothing is connected yet."""
        from bbbmig.moodle import MoodleOwners

        wanted = [name for name in self.settings.moodle if "all" in names or name in names]
        return [self.enter_context(MoodleOwners(self._moodle_source(name))) for name in wanted]

    def _moodle_source(self, name: str) -> "MoodleSource":
        """Give one Moodle's database."""
        from bbbmig.domain.username_rule import UserNames
        from bbbmig.moodle import MoodleSource

        section = self.settings.moodle[name]
        return MoodleSource(
            name=name,
            driver=section.driver,
            database=section.database,
            host=section.host,
            port=section.port,
            user=section.user,
            password=section.password.get_secret_value(),
            connect_timeout_s=section.connect_timeout_s,
            answer_timeout_s=section.answer_timeout_s,
            prefix=section.prefix,
            schema=section.schema_,
            config_view=section.config_view,
            origin_servers=section.origin_servers,
            default_moderators=section.default_moderators,
            names=UserNames(field=section.names.field, pattern=section.names.pattern, case=section.names.case),
            most_moderators=section.most_moderators,
            inherited_roles=section.inherited_roles,
        )

    def recorder_files(self) -> list[str]:
        """Name the files in the recorder's directory. Raise ConfigError if it cannot be read."""
        directory = self.settings.recorder.directory
        try:
            return [one.name for one in os.scandir(directory) if one.is_file() and not one.name.startswith(".")]
        except OSError as error:
            raise ConfigError(
                f"recorder.directory: cannot read {directory}: {error.strerror}",
                hint="mount it, or correct [recorder] directory",
            ) from error

    def check_media(self, path: Path, expected_s: float | None) -> None:
        """Make sure that a file is whole and as long as the recording."""
        from bbbmig.convert.probe import check_media

        converter = self.settings.converter
        tolerance_s = max(
            converter.duration_tolerance_s, (expected_s or 0) * converter.duration_tolerance_percent / 100
        )
        check_media(path, expected_s=expected_s, tolerance_s=tolerance_s, stop=self.stop)

    def place(self, part: Path, target: Path) -> int:
        """Give a whole file its name in the recorder's directory, so that Pod can read it."""
        from bbbmig.convert.install_file import place

        recorder = self.settings.recorder
        return place(part, target, mode=recorder.mode, owner=recorder.owner, group=recorder.group)

    def place_copy(self, file: Path, target: Path) -> int:
        """Put a copy of a whole file into the recorder's directory, so that Pod can read it."""
        from bbbmig.convert.install_file import place_copy

        recorder = self.settings.recorder
        return place_copy(file, target, mode=recorder.mode, owner=recorder.owner, group=recorder.group)

    def publish_target(self) -> tuple[int, tuple[int, ...]]:
        """Give the type and the sites that published videos get. Raise ConfigError if Pod has no such type."""
        from bbbmig.pod.sites import all_sites, chosen_site

        wanted = self.settings.publish.type
        types = self.videos.types()
        if wanted not in {one.id for one in types}:
            known = ", ".join(f"{one.id} ({one.title})" for one in types)
            raise ConfigError(f"publish.type: Pod has no type {wanted}", hint=f"set it to one of: {known}")
        return wanted, (chosen_site(self.pod, all_sites(self.pod), self.settings.pod.site).id,)

    @cached_property
    def converters(self) -> "Sequence[Converter]":
        """The converters of the settings that are installed here, the best first."""
        from bbbmig.runs.converters import usable

        return usable(self.settings.converter)
