"""What a published video gets besides its file: chapters and captions, rows of their own in Pod."""

import json
import threading
from dataclasses import dataclass
from pathlib import Path

from bbbmig.apply.captions import CaptionFinder
from bbbmig.convert.probe import chapters_in
from bbbmig.domain.captions import by_language
from bbbmig.domain.chapters import Chapter, whole_chapters
from bbbmig.domain.file_names import key_of
from bbbmig.domain.history import Effect, Entry, State
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import User, Video
from bbbmig.domain.video_standing import number_of
from bbbmig.pod.captions import NO_WAY, Captions
from bbbmig.pod.chapters import LONGEST_TITLE, add_chapters
from bbbmig.runs.run import Run
from bbbmig.runs.source import source_of
from bbbmig.transfer.disk import disk_errors
from bbbmig.transfer.whole_file import write_whole


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishExtras:
    """Gives videos their chapters and captions; what is there already stays as it is."""

    run: Run
    captions: Captions
    finder: CaptionFinder

    def give(self, recording: Recording, file: Path | None, video: Video, owner: User) -> list[str]:
        """Give them, and return what is to be said of it. Without `file`, the chapters are those that were kept.

        Raise RemoteError and RemoteRefused as the servers do.
        """
        chapters = self._chapters(file) if file is not None else self._kept(recording)
        add_chapters(self.run.adapters.pod, video.id, chapters)
        return self.give_captions(recording, video.id, owner) if self.run.settings.converter.render.captions else []

    def give_captions(self, recording: Recording, video: int, owner: User) -> list[str]:
        """Give a video the captions of its recording, remember that, and return what is to be said of it.

        It is not remembered where Pod has no way to take them. Raises as `give`.
        """
        texts, left_out = by_language(self.finder.of(recording), self.run.settings.publish.language)
        refused = self.captions.give(video, owner, texts) if texts else {}
        given = ", ".join(language for language in texts if language not in refused)
        if NO_WAY not in refused.values():
            entry = Entry(
                record_id=recording.record_id,
                effect=Effect.CAPTIONS,
                state=State.DONE,
                target=str(video),
                detail=given,
            )
            self.run.adapters.ledger.write(self.run.server, [entry])
        notes = [f"without captions {language}: {why}" for language, why in refused.items()]
        notes += [f"without captions {locale}: Pod has one language of two letters each" for locale in left_out]
        return [f"captions {given}", *notes] if given else notes

    def keep(self, recording: Recording, file: Path) -> None:
        """Keep the chapters of a file that Pod is going to move away before it can have them."""
        rows = [[one.title, one.start_s] for one in self._chapters(file)]
        path = self._place(recording)
        with disk_errors(path):
            if rows:
                write_whole(path, json.dumps(rows))

    def forget(self, recording: Recording) -> None:
        """Remove what was kept."""
        path = self._place(recording)
        with disk_errors(path):
            path.unlink(missing_ok=True)

    def _chapters(self, file: Path) -> list[Chapter]:
        return whole_chapters(chapters_in(file, stop=self.run.adapters.stop), LONGEST_TITLE)

    def _kept(self, recording: Recording) -> list[Chapter]:
        path = self._place(recording)
        with disk_errors(path):
            rows = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
        return [Chapter(title=title, start_s=start_s) for title, start_s in rows]

    def _place(self, recording: Recording) -> Path:
        return self.run.settings.converter.directory / f"{key_of(recording.record_id)}.chapters.json"


def captions_target(row: Entry) -> str:
    """Return by what the ledger knows that the video of a row was looked at: its number, whoever owns it by now."""
    return str(number_of(row))


def publish_extras(run: Run, stop: threading.Event) -> PublishExtras:
    """Put together what gives them; `stop` ends what is at work."""
    adapters, work = run.adapters, run.settings.converter.directory
    source = source_of(adapters)
    finder = CaptionFinder(finder=source.finder, published=source.published, work=work, stop=stop)
    return PublishExtras(run=run, captions=adapters.captions, finder=finder)
