"""Decide which video files go into the recorder's directory, from where, and under which names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bbbmig.domain.naming import PATH_LENGTH, file_name, short_id, short_id_in
from bbbmig.domain.plan import Action, Kind, Plan, Reason
from bbbmig.domain.recording import Playback, Recording

DOWNLOADED = {"video": ".mp4", "podcast": ".ogg"}
"""Types of playback that are files already, with the suffix they usually have."""


USABLE = ("video", "presentation", "podcast")
"""Types of playback that become a file, best first: sound alone only where there is no picture to be had."""
ATTEMPTS = 3
"""So often a recording may fail before it waits for a person: a conversion takes hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules:
    """What the settings, the ledger, the directory and Pod say about files.

    `room` is how many characters a file's name may have; `converters`: presentations can be converted.
    By recordID, from the ledger: `registered` to when Pod was told of the file, `delivered` to the name of a file that
    is whole but unknown to Pod, `failed` to how often it failed; `begun` are those that a run left in the middle.
    `present` are names in the recorder's directory, `in_pod` names of files that Pod knows: waiting to be claimed, or
    claimed.
    """

    room: int = PATH_LENGTH
    converters: bool = False
    retry_failed: bool = False
    registered: Mapping[str, str] = field(default_factory=dict)
    delivered: Mapping[str, str] = field(default_factory=dict)
    begun: Collection[str] = ()
    failed: Mapping[str, int] = field(default_factory=dict)
    present: Collection[str] = ()
    in_pod: Collection[str] = ()
    ignored_servers: Collection[str] = ()
    include_unpublished: bool = False


def plan_claims(recordings: Iterable[Recording], rules: ClaimRules) -> Plan:
    """Decide for every recording."""
    present = {short_id_in(name): name for name in rules.present if short_id_in(name)}
    in_pod = {short_id_in(name) for name in rules.in_pod} - {""}
    return Plan(tuple(_action(recording, rules, present, in_pod) for recording in recordings))


def _action(recording: Recording, rules: ClaimRules, present: Mapping[str, str], in_pod: Collection[str]) -> Action:
    """Decide for one recording."""
    short = short_id(recording.record_id)
    if recording.record_id in rules.registered:
        return _skip(recording, Reason.ALREADY_DONE, rules.registered[recording.record_id])
    there = rules.delivered.get(recording.record_id, "")
    there = there if there in rules.present else present.get(short, "")
    # A run of ours that was killed may have left it to Pod's cron to find the file, which knows neither date nor size.
    if short in in_pod and not (there and recording.record_id in rules.begun):
        return _skip(recording, Reason.ALREADY_DONE, "Pod knows its file")
    if there:
        return Action(kind=Kind.REGISTER, recording=recording, target=there, detail="the file is there already")
    reason, detail = _obstacle(recording, rules)
    if reason is not None:
        return _skip(recording, reason, detail)
    kind, playback = _chosen(recording)
    return Action(
        kind=kind,
        recording=recording,
        target=file_name(recording, DOWNLOADED.get(playback.type, ".mp4"), room=rules.room),
        url=playback.url,
        detail=playback.type,
    )


def _chosen(recording: Recording) -> tuple[Kind, Playback]:
    """Choose the playback: a film, else a presentation to convert, else sound alone."""
    for form in USABLE:
        playback = recording.playback(form)
        if playback is not None:
            return Kind.CONVERT if form == "presentation" else Kind.DOWNLOAD, playback
    raise AssertionError(recording.record_id)


def _skip(recording: Recording, reason: Reason, detail: str = "") -> Action:
    """Leave it alone."""
    return Action(kind=Kind.SKIP, recording=recording, reason=reason, detail=detail)


def _obstacle(recording: Recording, rules: ClaimRules) -> tuple[Reason | None, str]:
    """Say what keeps a recording from becoming a file."""
    if recording.comes_from(rules.ignored_servers):
        return Reason.IGNORED_SERVER, recording.origin.server_name
    if not recording.published and not rules.include_unpublished:
        return Reason.UNPUBLISHED, "its media answer only when published; see --include-unpublished"
    if rules.failed.get(recording.record_id, 0) >= ATTEMPTS and not rules.retry_failed:
        return Reason.FAILED_BEFORE, f"{rules.failed[recording.record_id]} times; --retry-failed tries again"
    if recording.playback("presentation") and not recording.playback("video") and not rules.converters:
        return Reason.NEEDS_CONVERTER, "presentation"
    if any(map(recording.playback, USABLE)):
        return None, ""
    types = ", ".join(sorted({p.type for p in recording.playbacks})) or "none"
    return Reason.NO_PLAYBACK, f"formats: {types}"
