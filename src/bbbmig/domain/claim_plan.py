"""Decide which video files go into the recorder's directory, from where, and under which names."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bbbmig.domain.file_names import short_id, short_id_in
from bbbmig.domain.file_plan import FileRules, making, obstacle, skip
from bbbmig.domain.plan import Action, Kind, Plan, Reason
from bbbmig.domain.recording import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRules(FileRules):
    """What the settings, the ledger, the directory and Pod say about files for the recorder's directory.

    By recordID, from the ledger: `registered` to when Pod was told of the file, `delivered` to the name of a file that
    is whole but unknown to Pod, `published` to when its owner got it as a video; `begun` are those that a run left in
    the middle.
    `present` are names in the recorder's directory, `in_pod` names of files that Pod knows: waiting to be claimed, or
    claimed. `again` makes those once more that are registered and of which neither Pod nor the directory knows.
    """

    registered: Mapping[str, str] = field(default_factory=dict)
    delivered: Mapping[str, str] = field(default_factory=dict)
    begun: Collection[str] = ()
    published: Mapping[str, str] = field(default_factory=dict)
    present: Collection[str] = ()
    in_pod: Collection[str] = ()
    again: bool = False


def plan_claims(recordings: Iterable[Recording], rules: ClaimRules) -> Plan:
    """Decide for every recording."""
    present = {short_id_in(name): name for name in rules.present if short_id_in(name)}
    in_pod = {short_id_in(name) for name in rules.in_pod} - {""}
    return Plan(tuple(_action(recording, rules, present, in_pod) for recording in recordings))


def _action(recording: Recording, rules: ClaimRules, present: Mapping[str, str], in_pod: Collection[str]) -> Action:
    """Decide for one recording."""
    short = short_id(recording.record_id)
    registered = rules.registered.get(recording.record_id, "")
    if registered and (short in in_pod or (short in present and not rules.again)):
        return skip(recording, Reason.ALREADY_DONE, registered)
    if recording.record_id in rules.published:
        return skip(recording, Reason.ALREADY_DONE, f"published {rules.published[recording.record_id]}")
    if registered and not rules.again:
        detail = f"delivered {registered}, now neither Pod nor the directory has it; `claim --again` makes it once more"
        return skip(recording, Reason.REMOVED_SINCE, detail)
    there = rules.delivered.get(recording.record_id, "")
    there = there if there in rules.present else present.get(short, "")
    # A run of ours that was killed may have left it to Pod's cron to find the file, which knows neither date nor size.
    if short in in_pod and not (there and recording.record_id in rules.begun):
        return skip(recording, Reason.ALREADY_DONE, "Pod knows its file")
    if there:
        return Action(kind=Kind.REGISTER, recording=recording, target=there, detail="the file is there already")
    reason, detail = obstacle(recording, rules)
    return making(recording, rules) if reason is None else skip(recording, reason, detail)
