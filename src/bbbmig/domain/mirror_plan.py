"""Which recordings are copied into the mirror, and which copies are proven; pure."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from bbbmig.domain.mirror import RecordingCopy, State, is_plain_name
from bbbmig.domain.mirror_files import FORMATS
from bbbmig.domain.plan import Action, Kind, Plan, Reason, left_alone
from bbbmig.domain.recording import Recording

NOTHING: Mapping[str, State] = MappingProxyType({})
UNPUBLISHED_HINT = "the old server gives no file of it; rsync of its unpublished/ does"


def plan_mirror(
    recordings: Iterable[Recording], states: Mapping[str, State] = NOTHING, *, include_unpublished: bool = False
) -> Plan:
    """Copy every recording that is published, or may be asked for all the same; `states` are those of earlier runs."""
    planned = ((one, _copied(one, include_unpublished=include_unpublished)) for one in recordings)
    whole = "whole: only what may have changed is asked for"
    return Plan(
        tuple(
            replace(action, detail=whole) if action.effective and states.get(one.record_id) is State.WHOLE else action
            for one, action in planned
        )
    )


def plan_proof(
    recordings: Iterable[Recording], copies: Mapping[str, RecordingCopy], *, include_unpublished: bool = False
) -> Plan:
    """Prove what is in the mirror; what should be and is not fails."""
    return Plan(tuple(_proven(one, copies.get(one.record_id), include_unpublished) for one in recordings))


def announced_bytes(recordings: Iterable[Recording], there: Mapping[str, int]) -> tuple[int, int]:
    """Sum up the bytes that the server announces and that are not `there` yet; count those whose size it does not say.

    `there` are bytes by recordID.
    """
    total = unsaid = 0
    for recording in recordings:
        said = sum(one.size or 0 for one in recording.playbacks) or recording.size or 0
        total += max(0, said - there.get(recording.record_id, 0))
        unsaid += not said
    return total, unsaid


def _copied(recording: Recording, *, include_unpublished: bool) -> Action:
    """Decide about one recording."""
    kinds = _formats(recording)
    if not is_plain_name(recording.record_id):
        return left_alone(recording, Reason.NO_FOLDER_NAME)
    if not kinds:
        return left_alone(recording, Reason.NO_PLAYBACK)
    if not recording.published and not include_unpublished:
        return left_alone(recording, Reason.UNPUBLISHED, UNPUBLISHED_HINT)
    return Action(kind=Kind.MIRROR, recording=recording, target=", ".join(kinds))


def _proven(recording: Recording, copy: RecordingCopy | None, include_unpublished: bool) -> Action:  # noqa: FBT001
    """Decide about the copy of one recording."""
    if copy is not None and copy.state is not State.NOT_MIRRORABLE:
        return Action(kind=Kind.VERIFY, recording=recording, target=", ".join(copy.formats))
    planned = _copied(recording, include_unpublished=include_unpublished)
    if not planned.effective:
        return planned
    return left_alone(recording, Reason.NOT_MIRRORED, copy.why if copy else "")


def _formats(recording: Recording) -> list[str]:
    """Return the formats that are files of a folder."""
    return [kind for kind in FORMATS if recording.playback(kind) is not None]
