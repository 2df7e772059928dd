"""What is found out while a recording is read: what is lost, and what was mended."""

from bbbmig.convert.render.timeline.model import Note


class Notebook:
    """Collects notes, each once, in the order in which they come."""

    def __init__(self) -> None:
        """Begin empty."""
        self._notes: dict[str, Note] = {}

    def lost(self, text: str) -> None:
        """Note that something will not be shown or heard."""
        self._notes[text] = Note(text)

    def mended(self, text: str) -> None:
        """Note that something was guessed or put right, and nothing is lost by it as far as one can tell."""
        self._notes.setdefault(text, Note(text, loses=False))

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return them all."""
        return tuple(self._notes.values())
