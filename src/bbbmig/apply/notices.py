"""Put the notice into Moodle's activities and take it out, each lot into the ledger as soon as Moodle has it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bbbmig.apply.ports import Memory
from bbbmig.ledger import Effect, Entry, State
from bbbmig.moodle import Change, MoodleNotice, Notice, Noticed

_WRITTEN = {
    Change.ADDED: State.DONE,
    Change.REPLACED: State.DONE,
    Change.PRESENT: State.DONE,
    Change.REMOVED: State.UNDONE,
    Change.ABSENT: State.UNDONE,
    Change.GONE: State.UNDONE,
}
"""What the ledger is to say after each; the other changes are none."""


class ReadableMemory(Memory, Protocol):
    """The ledger, which can tell what was written before."""

    def entries(self, server: str, effect: Effect) -> list[Entry]:
        """Give all that is remembered of one kind of effect."""
        ...


@dataclass(slots=True, kw_only=True)
class NoticeWork:
    """The notice in one Moodle. `server` is the old BigBlueButton server's name in the ledger."""

    server: str
    moodle: MoodleNotice
    memory: ReadableMemory
    dry: bool = False

    def add(self, activities: Iterable[int], notice: Notice, *, again: bool = False) -> Iterator[Noticed]:
        """Append it to activities, and tell what became of each; `again`: also where somebody took it out since.

        Raise RemoteRefused or RemoteError as MoodleNotice does.
        """
        remembered = self._remembered()
        given = {number for number, entry in remembered.items() if entry.state is State.DONE}
        lots = self.moodle.add(activities, notice, earlier=set() if again else given, dry=self.dry)
        return self._each(lots, remembered)

    def remove(self) -> Iterator[Noticed]:
        """Take it out of every activity that has it, or had it by the ledger. Raise as `add` does."""
        remembered = self._remembered()
        given = {number for number, entry in remembered.items() if entry.state is State.DONE}
        lots = self.moodle.remove({*given, *self.moodle.find()}, dry=self.dry)
        return self._each(lots, remembered)

    def _each(self, lots: Iterable[Sequence[Noticed]], remembered: Mapping[int, Entry]) -> Iterator[Noticed]:
        """Write down what is new of each lot, and pass it on."""
        for lot in lots:
            entries = [entry for one in lot if (entry := self._entry(one, remembered.get(one.activity))) is not None]
            if entries and not self.dry:
                self.memory.write(self.server, Effect.NOTICE, entries)
            yield from lot

    def _entry(self, noticed: Noticed, before: Entry | None) -> Entry | None:
        """Give the ledger's row; None if it says so already, or never had one and needs none."""
        state = _WRITTEN.get(noticed.change)
        if state is None or (before is None and not noticed.text):
            return None
        if before is not None and before.state is state and before.detail == noticed.text:
            return None
        return Entry(
            record_id="",
            state=state,
            target=f"{self._prefix}{noticed.activity}",
            place="" if noticed.course is None else f"course {noticed.course}",
            detail=noticed.text or (before.detail if before else ""),
        )

    @property
    def _prefix(self) -> str:
        return f"moodle {self.moodle.source.name} activity "

    def _remembered(self) -> dict[int, Entry]:
        """Give what the ledger says of this Moodle's activities, by number."""
        target = re.compile(rf"{re.escape(self._prefix)}([0-9]+)")
        found = ((target.fullmatch(entry.target), entry) for entry in self.memory.entries(self.server, Effect.NOTICE))
        return {int(match[1]): entry for match, entry in found if match}
