"""One recording from its several elements, and one list from several replies."""

from collections.abc import Iterable
from dataclasses import fields, replace

from bbbmig.domain.recording import NO_ORIGIN, Recording

_UNITED = frozenset({"playbacks", "published", "protected", "metadata"})
_NOTHING = ("", None, (), NO_ORIGIN)


def add(found: dict[str, Recording], recording: Recording) -> None:
    """Put a recording into those found so far, uniting it with what is known under its recordID."""
    known = found.get(recording.record_id)
    found[recording.record_id] = recording if known is None or known == recording else united(known, recording)


def united(one: Recording, other: Recording) -> Recording:
    """Make one of two elements of the same recording.

    BigBlueButton before 2.0.1 sent one element per format (#5433), and calls of different shards may repeat one.
    Formats are those of both, without repetition; a field that is empty in the first is filled from the second.
    Published if either is: formats lie in directories of their own.
    """
    filled = {
        field.name: getattr(other, field.name)
        for field in fields(Recording)
        if field.name not in _UNITED and getattr(one, field.name) in _NOTHING
    }
    return replace(
        one,
        **filled,
        playbacks=tuple(dict.fromkeys((*one.playbacks, *other.playbacks))),
        published=one.published or other.published,
        protected=one.protected or other.protected,
        metadata={**other.metadata, **one.metadata},
    )


def with_parents(recordings: Iterable[Recording]) -> list[Recording]:
    """Return breakout rooms the parent that lists them, where their own element does not name it."""
    known = list(recordings)
    parents = {room: recording.record_id for recording in known for room in recording.breakout_rooms}
    if not parents:
        return known
    return [
        replace(recording, breakout_parent=parents[recording.record_id])
        if not recording.breakout_parent and recording.record_id in parents
        else recording
        for recording in known
    ]
