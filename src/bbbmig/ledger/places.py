"""Where files lie, as the ledger writes it: below a directory that has a name, since machines mount it at other places.

`recorder/NAME` is in the recorder's directory, wherever that is on a machine; `work@HOST/NAME` in the work directory of
that host alone. What bbbmig 0.1.0 wrote, and what lies elsewhere, are whole paths.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bbbmig.domain.history import Effect, Entry

_OF_FILES = (Effect.CLAIM, Effect.PUBLISH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The directories of this machine, None for those that it does not have, and its name."""

    recorder: Path | None = None
    work: Path | None = None
    host: str = ""

    def to_store(self, entry: Entry) -> Entry:
        """Return a row as the ledger has it: relative to the directory in which its file lies."""
        if entry.effect not in _OF_FILES or not entry.location.startswith("/"):
            return entry
        for name, directory in self._named():
            if entry.location.startswith(f"{directory}/"):
                return replace(entry, location=f"{name}{entry.location[len(str(directory)) :]}")
        return entry

    def as_here(self, entry: Entry) -> Entry:
        """Return a row as this machine sees it; a file that it cannot reach keeps the name of its host."""
        if entry.effect not in _OF_FILES or "/" not in entry.location or entry.location.startswith("/"):
            return entry
        named, _, rest = entry.location.partition("/")
        directory = dict(self._named()).get(named)
        return entry if directory is None else replace(entry, location=f"{directory}/{rest}")

    def _named(self) -> Iterator[tuple[str, Path]]:
        """Yield the directories under their names."""
        if self.recorder is not None:
            yield "recorder", self.recorder
        if self.work is not None:
            yield f"work@{self.host}", self.work


NOWHERE = Places()
"""No directory has a name: whole paths."""
