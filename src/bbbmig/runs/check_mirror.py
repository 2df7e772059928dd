"""`check`, where the mirror stands in for the old server."""

from collections.abc import Iterator

from bbbmig.domain.mirror import State
from bbbmig.mirror.mirror import Mirror
from bbbmig.report.messages import Check, Level

_SWITCHED_OFF = "if it was switched off for good: bbb.offline = true"


def mirror_checks(mirror: Mirror, listed: int) -> Iterator[Check]:
    """Say that the mirror stands in for the old server, why, and how many of its `listed` recordings are whole."""
    whole = sum(state is State.WHOLE for state in mirror.states().values())
    said = f"{listed} recordings in the list of the mirror, {whole} of them whole there"
    if mirror.away:
        yield Check(place="BigBlueButton", level=Level.NOTE, what=f"{mirror.away}; {said}", hint=_SWITCHED_OFF)
    else:
        yield Check(place="BigBlueButton", level=Level.OK, what=f"not asked (bbb.offline); {said}")
