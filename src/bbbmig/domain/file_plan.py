"""Decide how a recording becomes a video file: from which playback, under which name, or why not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal, get_args

from bbbmig.domain.file_names import FILE_NAME_BYTES, file_name
from bbbmig.domain.give_up import as_given_up
from bbbmig.domain.history import NOTHING, Effect, History, LinkKey
from bbbmig.domain.origin_hosts import comes_from, origin_hosts
from bbbmig.domain.plan import Action, Kind, Reason, left_alone
from bbbmig.domain.recording import Playback, Recording
from bbbmig.domain.video_standing import Stands

DOWNLOADED = {"video": ".mp4", "screenshare": ".webm", "podcast": ".ogg"}
"""Types of playback that are files already, with the suffix they usually have."""
SourceKind = Literal["video", "exported", "presentation", "screenshare", "podcast"]
SOURCES: tuple[SourceKind, ...] = get_args(SourceKind)
"""Where a file may come from, best first: the server's own video, one that another program made of the presentation,
the presentation itself, the film of a shared screen with its sound, the sound alone where there is no picture."""
USABLE = frozenset({"video", "presentation", "screenshare", "podcast"})
"""Types of playback that become a file."""
ATTEMPTS = 3
"""So often a recording may fail before it waits for a person: a conversion takes hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRules:
    """What the settings and what was done before say about any file.

    `room` is how many characters a file's name may have; `converters`: presentations can be converted; `sources` are
    some of SOURCES in the order wanted. `history` has the rows of this `effect`, at least, `stands` says how Pod has
    what was published (what is not named there is playable). `left_out` are recordIDs that the owners file gives to
    nobody. `again` makes those once more that were delivered and are gone.
    """

    effect: ClassVar[Effect]
    room: int = FILE_NAME_BYTES
    converters: bool = False
    sources: Sequence[str] = SOURCES
    retry_failed: bool = False
    history: History = NOTHING
    stands: Mapping[LinkKey, Stands] = field(default_factory=dict)
    again: bool = False
    left_out: Collection[str] = ()
    ignored_servers: Collection[str] = ()
    include_unpublished: bool = False


def making(recording: Recording, rules: FileRules) -> Action:
    """Plan to make the file of a recording that has no obstacle."""
    kind, playback = _chosen(recording, rules)
    return Action(
        kind=kind,
        recording=recording,
        target=file_name(recording, DOWNLOADED.get(playback.type, ".mp4"), room=rules.room),
        url=playback.url,
        detail=playback.type,
    )


def obstacle(recording: Recording, rules: FileRules) -> Action | None:
    """Return what says why a recording cannot become a file, None if it can."""
    unwanted = as_given_up(recording, rules.history) or _unwanted(recording, rules)
    if unwanted is not None:
        return unwanted
    forms = [form for form in rules.sources if form in USABLE and recording.playback(form)]
    if forms[:1] == ["presentation"] and not rules.converters:
        return left_alone(recording, Reason.NEEDS_CONVERTER, "presentation")
    if forms:
        return None
    types = ", ".join(sorted({p.type for p in recording.playbacks})) or "none"
    return left_alone(recording, Reason.NO_PLAYBACK, f"formats: {types}")


def _unwanted(recording: Recording, rules: FileRules) -> Action | None:
    """Return what says why a recording is not wanted, whatever its playbacks."""
    if comes_from(recording, rules.ignored_servers):
        return left_alone(recording, Reason.IGNORED_SERVER, ", ".join(origin_hosts(recording)))
    if recording.record_id in rules.left_out:
        return left_alone(recording, Reason.LEFT_OUT, "by the owners file")
    if not recording.published and not rules.include_unpublished:
        why = "its media answer only when published; see --include-unpublished"
        return left_alone(recording, Reason.UNPUBLISHED, why)
    reason, detail = rules.history.obstacle(recording.record_id)
    if reason is not None:
        return left_alone(recording, reason, detail)
    failures = rules.history.attempts(rules.effect, recording.record_id)
    if failures >= ATTEMPTS and not rules.retry_failed:
        return left_alone(recording, Reason.FAILED_BEFORE, f"{failures} times", hint="--retry-failed tries again")
    return None


def _chosen(recording: Recording, rules: FileRules) -> tuple[Kind, Playback]:
    """Choose the first playback that there is, in the order wanted."""
    for form in rules.sources:
        playback = recording.playback(form)
        if playback is not None and form in USABLE:
            return Kind.CONVERT if form == "presentation" else Kind.DOWNLOAD, playback
    raise AssertionError(recording.record_id)
