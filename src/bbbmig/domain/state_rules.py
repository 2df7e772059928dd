"""What the states of recordings are decided from: the ledger, what Pod has now, the directory, owners, settings."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from bbbmig.domain.claim_plan import ClaimRules
from bbbmig.domain.claimed_videos import ClaimedFile
from bbbmig.domain.file_names import short_id_in
from bbbmig.domain.file_plan import SOURCES
from bbbmig.domain.history import History, LinkKey
from bbbmig.domain.owner import Ownership
from bbbmig.domain.target import Video
from bbbmig.domain.video_standing import SeenInPod, Stands, published_rows, stand


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claimed file and the video that Pod made of it; `video` is None if its owner has none such.

    `told` is False if Pod could not list that person's videos.
    """

    file: ClaimedFile
    video: Video | None = None
    told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PodNow:
    """What Pod said when it was asked.

    `waiting` are names of files that it offers to be claimed, `claims` by name those that became videos; both None if
    it could not be asked for them, or has no recorder. `links` are by recordID the user names of those who have an
    external recording; None if that could not be asked. `unused` are accounts that were never used, as `folded` writes
    them.
    """

    seen: SeenInPod = field(default_factory=lambda: SeenInPod(videos={}))
    waiting: Collection[str] | None = None
    claims: Mapping[str, Claim] | None = None
    links: Mapping[str, Collection[str]] | None = None
    unused: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class StateRules:
    """All that decides: the ledger's rows of these recordings, Pod (None: it could not be asked), owners, settings.

    `ownership` is keyed by recordID; `files` are the sizes in bytes of what lies in the recorder's directory, by name,
    None if it is not known; `excluded` says by recordID why a recording is not for everybody; `now` is aware,
    `encoding` how long Pod may take for one.
    """

    history: History
    pod: PodNow | None
    now: datetime
    ownership: Mapping[str, Ownership] = field(default_factory=dict)
    files: Mapping[str, int] | None = None
    administrator: str = ""
    ignored_servers: Collection[str] = ()
    excluded: Mapping[str, str] = field(default_factory=dict)
    converters: bool = True
    sources: Sequence[str] = SOURCES
    encoding: timedelta = timedelta(hours=24)

    @cached_property
    def stands(self) -> Mapping[LinkKey, Stands]:
        """How the published videos stand."""
        if self.pod is None:
            return {}
        rows = published_rows(self.history, self.history.published())
        return stand(rows, self.pod.seen, self.history, now=self.now, encoding=self.encoding)

    @cached_property
    def waiting(self) -> Mapping[str, str]:
        """The files that wait to be claimed, by the short ids in their names."""
        return _by_short_id((self.pod and self.pod.waiting) or ())

    @cached_property
    def claims(self) -> Mapping[str, str]:
        """The files that were claimed, by the short ids in their names."""
        return _by_short_id((self.pod and self.pod.claims) or ())

    @cached_property
    def present(self) -> Mapping[str, str]:
        """The files in the recorder's directory, by the short ids in their names."""
        return _by_short_id(self.files or ())

    @cached_property
    def making(self) -> ClaimRules:
        """What hinders a recording from becoming a file."""
        return ClaimRules(converters=self.converters, sources=self.sources, retry_failed=True)


def _by_short_id(names: Iterable[str]) -> dict[str, str]:
    return {short: name for name in names if (short := short_id_in(name))}
