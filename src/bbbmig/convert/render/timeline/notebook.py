"""What is found out while a recording is read: what is lost, and what was mended."""

from collections import Counter

from bbbmig.convert.render.timeline.model import Note

TIMELESS = "versions of drawings have no time that makes sense: they are shown from the beginning"
SHOWN_AT_NO_TIME = "slides have no time that makes sense: when they are shown is guessed"
HAPPEN_AT_NO_TIME = "moves of the pointer or of the view, or desks, have no time that makes sense"


class Notebook:
    """Collects notes, each once, in the order in which they come."""

    def __init__(self) -> None:
        """Begin empty."""
        self._notes: dict[str, Note] = {}
        self._counts: Counter[str] = Counter()

    def lost(self, text: str) -> None:
        """Note that something will not be shown or heard."""
        self._notes[text] = Note(text)

    def mended(self, text: str) -> None:
        """Note that something was guessed or put right, and nothing is lost by it as far as one can tell."""
        self._notes.setdefault(text, Note(text, loses=False))

    def count(self, what: str) -> None:
        """Note one more of what is guessed, as the words behind a number: not as it was, as far as one can tell."""
        self._counts[what] += 1

    @property
    def notes(self) -> tuple[Note, ...]:
        """Return them all."""
        counted = (Note(f"{count} {what}") for what, count in self._counts.items())
        return (*self._notes.values(), *counted)
