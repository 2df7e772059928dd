"""Decide which video files go into the recorder's directory, from where, and under which names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import ClassVar

from bbbmig.domain.exclusion import KeptBack
from bbbmig.domain.file_names import short_id, short_id_in
from bbbmig.domain.file_plan import FileRules, making, obstacle
from bbbmig.domain.give_up import as_given_up
from bbbmig.domain.history import Effect, Entry, History, State
from bbbmig.domain.plan import Action, Kind, Plan, Reason, left_alone
from bbbmig.domain.published import as_published
from bbbmig.domain.recording import Recording

OFFERED = (
    "Pod was given its file before: if it waits on the claim page still, delete it there as its administrator, in "
    "/admin/recorder/recordingfiletreatment/, and in the recorder's directory"
)
AGAIN = "now neither Pod nor the directory has it; `claim --again` makes it once more"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules(FileRules):
    """What the settings, the directory and Pod say about files for the recorder's directory.

    `present` are names of files in the recorder's directory, `unfit` names of what else is there, with what it is ("a
    link"), `in_pod` names of files that Pod knows: waiting to be claimed, or claimed. `kept_back` says by recordID what
    is not to be offered to everybody, and why.
    """

    effect: ClassVar[Effect] = Effect.CLAIM
    present: Collection[str] = ()
    unfit: Mapping[str, str] = field(default_factory=dict)
    in_pod: Collection[str] = ()
    kept_back: Mapping[str, KeptBack] = field(default_factory=dict)


def plan_claims(recordings: Iterable[Recording], rules: ClaimRules) -> Plan:
    """Decide for every recording."""
    present = {short_id_in(name): name for name in rules.present if short_id_in(name)}
    in_pod = {short_id_in(name) for name in rules.in_pod} - {""}
    there = {*present, *in_pod}
    return Plan(tuple(_kept_back(r, rules, there) or _action(r, rules, present, in_pod) for r in recordings))


def given(history: History, record_id: str) -> Entry | None:
    """Return the row of a file that is in the recorder's directory, or was, None if there is none."""
    entry = history.entry(Effect.CLAIM, record_id)
    return entry if entry is not None and entry.state in (State.DONE, State.DELIVERED) else None


def _action(recording: Recording, rules: ClaimRules, present: Mapping[str, str], in_pod: Collection[str]) -> Action:
    """Decide for one recording."""
    short = short_id(recording.record_id)
    registered = rules.history.done(Effect.CLAIM, recording.record_id)
    if registered and (short in in_pod or (short in present and not rules.again)):
        return left_alone(recording, Reason.ALREADY_DONE, since=registered.at)
    if (settled := _settled(recording, rules)) is not None:
        return settled
    if registered and not rules.again:
        return left_alone(recording, Reason.REMOVED_SINCE, "delivered", since=registered.at, hint=AGAIN)
    there = _left_there(recording, rules) or present.get(short, "")
    # A run of ours that was killed may have left it to Pod's cron to find the file, which knows neither date nor size.
    if short in in_pod and not (there and _begun(recording, rules)):
        return left_alone(recording, Reason.ALREADY_DONE, "Pod knows its file")
    if there:
        return Action(kind=Kind.REGISTER, recording=recording, target=there, detail="the file is there already")
    return obstacle(recording, rules) or _in_the_way(recording, rules) or making(recording, rules)


def _settled(recording: Recording, rules: ClaimRules) -> Action | None:
    """Return what says that a recording is published, or given up; None if it is neither."""
    published = as_published(recording, rules)
    if published is not None and published.reason is Reason.ALREADY_DONE:
        return _published(published)
    return as_given_up(recording, rules.history) or (published and _published(published))


def _kept_back(recording: Recording, rules: ClaimRules, there: Collection[str]) -> Action | None:
    """Leave alone what is not to be offered to everybody, and say so if it was before; None for all else."""
    kept = rules.kept_back.get(recording.record_id)
    if kept is None or as_given_up(recording, rules.history) is not None:
        return None
    if (settled := _settled(recording, rules)) is not None:
        return settled
    if short_id(recording.record_id) not in there:
        return left_alone(recording, kept.reason, kept.detail, hint=kept.hint)
    if kept.reason is Reason.EXCLUDED:
        return left_alone(recording, kept.reason, kept.detail, hint=OFFERED)
    registered = rules.history.done(Effect.CLAIM, recording.record_id)
    return left_alone(recording, Reason.ALREADY_DONE, since=registered.at if registered else None)


def _published(action: Action) -> Action:
    """Leave a recording alone that was published; what has to be encoded once more is the business of `publish`."""
    if action.kind is Kind.ENCODE:
        hint = "`publish` has Pod encode it once more"
        return left_alone(action.recording, Reason.NEVER_ENCODED, action.target, hint=hint)
    return replace(action, detail=action.detail or "published")


def _in_the_way(recording: Recording, rules: ClaimRules) -> Action | None:
    """Return what says that a link, a folder or the like has the sign of its file, None if nothing has."""
    short = short_id(recording.record_id)
    name = next((name for name in rules.unfit if short_id_in(name) == short), None)
    if name is None:
        return None
    hint = "look at it and move it away: then the next run makes the file"
    return left_alone(recording, Reason.NOT_A_FILE, f"{name} is {rules.unfit[name]}", hint=hint)


def _begun(recording: Recording, rules: ClaimRules) -> bool:
    """Tell whether a run left it in the middle."""
    entry = rules.history.entry(Effect.CLAIM, recording.record_id)
    return entry is not None and entry.state in (State.STARTED, State.DELIVERED)


def _left_there(recording: Recording, rules: ClaimRules) -> str:
    """Name the whole file of which Pod was not told before the run ended; "" if there is none."""
    entry = rules.history.entry(Effect.CLAIM, recording.record_id)
    if entry is None or entry.state is not State.DELIVERED:
        return ""
    name = PurePosixPath(entry.location).name
    return name if name in rules.present else ""
