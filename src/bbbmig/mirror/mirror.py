"""The mirror as others see it: which recordings are in it, and how they stand."""

from collections.abc import Collection, Iterator
from pathlib import Path

from bbbmig.domain.file_names import key_of
from bbbmig.domain.mirror import RecordingCopy, State
from bbbmig.domain.recording import Recording
from bbbmig.mirror import manifest
from bbbmig.mirror.places import Places


class Mirror:
    """A copy of an old server, read only; `offline`: nobody else can be asked.

    Then a recording is taken from here also where the old server itself lacked a file: it had no more to give.
    """

    def __init__(self, directory: Path, *, offline: bool = False) -> None:
        """Look into that directory."""
        self.places = Places(directory)
        self.offline = offline
        self.away = ""

    def server_is_away(self, why: str) -> None:
        """Note that the server does not answer now; `away` says why."""
        self.offline, self.away = True, why

    @property
    def exists(self) -> bool:
        """Tell whether anything was ever copied here."""
        return self.places.exists

    def copy_of(self, record_id: str) -> RecordingCopy | None:
        """Return what is there of a recording, its files included; None if nothing is. Raise MachineError."""
        return manifest.read(self.places.manifest(record_id))

    def heads(self) -> Iterator[RecordingCopy]:
        """Yield what is there of every recording, without its files. Raise MachineError."""
        for path in self.places.manifests():
            head = manifest.read_head(path)
            if head is not None:
                yield head

    def states(self) -> dict[str, State]:
        """Return how each recording stands, by recordID."""
        return {head.recording.record_id: head.state for head in self.heads()}

    def not_listed(self, record_ids: Collection[str]) -> list[Recording]:
        """Return the recordings that are here and not among these: the old server may have lost them since."""
        keys = {key_of(record_id) for record_id in record_ids}
        others = (manifest.read_head(path) for path in self.places.manifests() if path.stem not in keys)
        return [head.recording for head in others if head is not None]

    def folder(self, record_id: str, kind: str) -> Path | None:
        """Return the folder of a playback from which it can be taken instead of from the server; None if it cannot."""
        copy = manifest.read_head(self.places.manifest(record_id))
        if copy is None or kind not in copy.formats:
            return None
        usable = copy.state is State.WHOLE or (self.offline and copy.formats[kind].as_served)
        folder = self.places.folder(kind, record_id)
        return folder if usable and folder.is_dir() else None
