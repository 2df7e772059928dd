"""What a conversion in a process of its own has to do, written down for it, and the names of what it leaves."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bbbmig.convert.render.options import Options
from bbbmig.domain.conversion import Presentation

SPECIFICATION, PROGRESS, RESULT = "job.json", "progress", "result.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to do. `video` is the name of the file to make."""

    presentation: Presentation
    options: Options
    video: str
    cache: Path | None
    timeout_s: float

    def write(self, folder: Path) -> None:
        """Leave it for the process."""
        presentation = asdict(self.presentation)
        start, local = self.presentation.start, self.presentation.folder
        presentation |= {"start": start.isoformat() if start else None, "folder": str(local) if local else None}
        text = {
            "presentation": presentation,
            "options": asdict(self.options),
            "video": self.video,
            "cache": str(self.cache) if self.cache else None,
            "timeout_s": self.timeout_s,
        }
        (folder / SPECIFICATION).write_text(json.dumps(text))

    @classmethod
    def read(cls, folder: Path) -> "Job":
        """Find it in the process."""
        text: dict[str, Any] = json.loads((folder / SPECIFICATION).read_text())
        given = text["presentation"]
        given["cookies"] = tuple((name, value) for name, value in given["cookies"])
        given["start"] = datetime.fromisoformat(given["start"]) if given["start"] else None
        given["folder"] = Path(given["folder"]) if given["folder"] else None
        return cls(
            presentation=Presentation(**given),
            options=Options(**text["options"]),
            video=text["video"],
            cache=Path(text["cache"]) if text["cache"] else None,
            timeout_s=text["timeout_s"],
        )
