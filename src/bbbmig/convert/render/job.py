"""What a conversion in a process of its own has to do, and what came of it, written down for either side."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bbbmig.convert.render.options import Options
from bbbmig.domain.conversion import Presentation
from bbbmig.errors import BbbmigError, ConfigError, MachineError, NoSpace, RecordingFailed
from bbbmig.transfer.whole_file import write_whole

SPECIFICATION, PROGRESS, RESULT = "job.json", "progress", "result.json"
_ERRORS: dict[str, type[BbbmigError]] = {
    kind.__name__: kind for kind in (RecordingFailed, NoSpace, MachineError, ConfigError)
}
"""Those that a conversion can end with; any other is taken for a failed recording."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to do: the presentation lies in `folder`; `video` is the name of the file to make."""

    record_id: str
    folder: Path
    title: str
    start: datetime | None
    options: Options
    video: str

    @property
    def presentation(self) -> Presentation:
        """Return the presentation as the converter knows it, less what is on its server."""
        return Presentation(
            record_id=self.record_id, page="", media="", title=self.title, start=self.start, folder=self.folder
        )

    def write(self, into: Path) -> None:
        """Leave it for the process. Raise OSError."""
        text = {
            "record_id": self.record_id,
            "folder": str(self.folder),
            "title": self.title,
            "start": self.start.isoformat() if self.start else None,
            "options": asdict(self.options),
            "video": self.video,
        }
        write_whole(into / SPECIFICATION, json.dumps(text))

    @classmethod
    def read(cls, within: Path) -> "Job":
        """Find it in the process."""
        text = json.loads((within / SPECIFICATION).read_text())
        return cls(
            record_id=text["record_id"],
            folder=Path(text["folder"]),
            title=text["title"],
            start=datetime.fromisoformat(text["start"]) if text["start"] else None,
            options=Options(**text["options"]),
            video=text["video"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A video that was made: its length, what a person should know, and the names of what goes beside it."""

    duration_s: float
    notes: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def write_result(into: Path, result: Rendered | BbbmigError) -> None:
    """Leave the result for the converter, or the error that ended the process. Raise OSError."""
    if isinstance(result, BbbmigError):
        kind = next((one.__name__ for one in type(result).__mro__ if one.__name__ in _ERRORS), RecordingFailed.__name__)
        text: dict[str, object] = {"error": kind, "message": result.message, "hint": result.hint}
    else:
        text = asdict(result)
    write_whole(into / RESULT, json.dumps(text))


def read_result(within: Path) -> Rendered:
    """Read the result. Raise the error that ended the process, FileNotFoundError if it left neither."""
    text = json.loads((within / RESULT).read_text())
    if "error" in text:
        raise _ERRORS[text["error"]](text["message"], hint=text["hint"])
    return Rendered(duration_s=text["duration_s"], notes=tuple(text["notes"]), beside=tuple(text["beside"]))
