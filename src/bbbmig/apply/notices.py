"""Put the notice into Moodle's activities and take it out, each lot into the ledger as soon as Moodle has it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bbbmig.apply.ports import NoticePlace, ReadableMemory
from bbbmig.domain.history import Effect, Entry, State, notice_target, noticed_activity, replaced_target
from bbbmig.domain.notice import Change, Noticed
from bbbmig.domain.notice_text import Notice, texts_written

_WRITTEN = {
    Change.ADDED: State.DONE,
    Change.REPLACED: State.DONE,
    Change.PRESENT: State.DONE,
    Change.REMOVED: State.UNDONE,
    Change.ABSENT: State.UNDONE,
    Change.GONE: State.UNDONE,
}
"""What the ledger is to say after each; the other changes are none."""
_KEPT_LENGTH = 15_000
"""Characters in one row of what was replaced: MySQL's TEXT holds 65,535 bytes."""


@dataclass(slots=True, kw_only=True)
class NoticeDelivery:
    """The notice in one Moodle. `server` is the old BigBlueButton server's name in the ledger."""

    server: str
    moodle: NoticePlace
    memory: ReadableMemory
    dry: bool = False

    def add(self, activities: Iterable[int], notice: Notice, *, again: bool = False) -> Iterator[Noticed]:
        """Append it to activities, and tell what became of each; `again`: also where somebody took it out since.

        Raise RemoteRefused or RemoteError as `NoticePlace` does.
        """
        remembered = self._remembered()
        given = {number for number, entry in remembered.items() if entry.state is State.DONE}
        earlier, own_texts = set() if again else given, self._own_texts()
        lots = self.moodle.add(activities, notice, earlier=earlier, own_texts=own_texts, dry=self.dry)
        return self._each(lots, remembered)

    def remove(self, now: Notice | None = None) -> Iterator[Noticed]:
        """Take it out of every activity that has it, or had it by the ledger. Raise as `add` does.

        `now` is the text that the settings have: where the ledger was lost, it tells what a person wrote beside it.
        """
        own_texts = {**self._own_texts(), **({now.fingerprint: now.html} if now else {})}
        lots = self.moodle.remove(self.having(), own_texts=own_texts, dry=self.dry)
        return self._each(lots, self._remembered())

    def having(self) -> set[int]:
        """Return the activities that have it, or had it by the ledger. Raise as `add` does."""
        given = {number for number, entry in self._remembered().items() if entry.state is State.DONE}
        return given.union(self.moodle.find())

    def _each(self, lots: Iterable[Sequence[Noticed]], remembered: Mapping[int, Entry]) -> Iterator[Noticed]:
        """Write down what is new of each lot, and pass it on."""
        for lot in self._guarded(lots):
            entries = [entry for one in lot if (entry := self._entry(one, remembered.get(one.activity))) is not None]
            entries += [entry for one in lot for entry in self._replaced(one)]
            if entries and not self.dry:
                self.memory.write(self.server, entries)
            yield from lot

    def _guarded(self, lots: Iterable[Sequence[Noticed]]) -> Iterator[Sequence[Noticed]]:
        """Look at the lock before each lot is written to Moodle."""
        waiting = iter(lots)
        while True:
            self.memory.check_lock()
            lot = next(waiting, None)
            if lot is None:
                return
            yield lot

    def _entry(self, noticed: Noticed, before: Entry | None) -> Entry | None:
        """Return the ledger's row; None if it says so already, or never had one and needs none."""
        state = _WRITTEN.get(noticed.change)
        if state is None or (before is None and not noticed.text):
            return None
        if before is not None and before.state is state and before.detail == noticed.text:
            return None
        return Entry(
            record_id="",
            effect=Effect.NOTICE,
            state=state,
            target=notice_target(self.moodle.name, noticed.activity),
            location="" if noticed.course is None else str(noticed.course),
            detail=noticed.text or (before.detail if before else ""),
        )

    def _replaced(self, noticed: Noticed) -> Iterator[Entry]:
        """Yield the rows that keep what was taken out of an activity's text, in several if it is long."""
        when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        parts = [
            text[start : start + _KEPT_LENGTH]
            for text in noticed.replaced
            for start in range(0, len(text), _KEPT_LENGTH)
        ]
        for number, part in enumerate(parts, start=1):
            yield Entry(
                record_id="",
                effect=Effect.NOTICE,
                state=State.UNDONE,
                target=replaced_target(self.moodle.name, noticed.activity, when, number),
                location="" if noticed.course is None else str(noticed.course),
                detail=part,
            )

    def _own_texts(self) -> dict[str, str]:
        """Return the notices that bbbmig has written into this Moodle, by their fingerprints."""
        rows = self.memory.entries(self.server, Effect.NOTICE)
        return texts_written({row.detail for row in rows if row.target.startswith(f"{self.moodle.name}/")})

    def _remembered(self) -> dict[int, Entry]:
        """Return what the ledger says of this Moodle's activities, by number."""
        rows = self.memory.entries(self.server, Effect.NOTICE)
        found = ((noticed_activity(row.target, self.moodle.name), row) for row in rows)
        return {activity: row for activity, row in found if activity is not None}
