"""Files in a recorder's directory, as Pod knows them: told to Pod with their size and the recording's date.

A file that is told without its recorder breaks the claim page for everybody, and one whose size is said to be too
large may be claimed before it is whole (docs/facts/pod-rest.md#files-of-a-recorder): neither can be sent from here.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from bbbmig.domain.target import User
from bbbmig.errors import RecordingFailed, RemoteRefused
from bbbmig.pod.client import PodServer
from bbbmig.pod.errors import Invalid, NoSuchObject
from bbbmig.pod.json_row import Row
from bbbmig.pod.limits import POD
from bbbmig.pod.once import sent_once

log = logging.getLogger(__name__)

FILES = "/rest/recordingfiletreatment/"
CLAIMED = "/rest/recording/"
_TITLE_LENGTH = 200
"""`Recording.title` in Pod."""
_SAME_MOMENT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderInfo:
    """A recorder; Pod does not tell its directory, nor whether it has a user. `sites` are ids."""

    id: int
    name: str
    kind: str
    sites: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredFile:
    """A file that waits in Pod to be claimed.

    `file` is its path as Pod sees it, `size` in bytes as it was told, `added` the date that the claim page shows.
    """

    id: int
    file: str
    size: int
    added: datetime
    recorder: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileClaim:
    """A file that became a video: its path as Pod sees it, the number of its owner, the title, when (aware)."""

    file: str
    user: int
    title: str
    added: datetime


class Recorder:
    """One recorder of Pod; may be shared between threads. All methods raise as `PodServer.get`."""

    def __init__(self, server: PodServer, recorder_id: int) -> None:
        """Use that recorder; nothing is sent yet."""
        self._server = server
        self.id = recorder_id

    def info(self) -> RecorderInfo:
        """Read what Pod tells of it. Raise RemoteRefused if it does not exist, naming those that do."""
        try:
            return _info(self._server.get(f"/rest/recorder/{self.id}/", what=f"recorder {self.id} in Pod"))
        except NoSuchObject as error:
            others = map(_info, self._server.read_all("/rest/recorder/", what="Pod's recorders"))
            known = ", ".join(f"{one.id} ({one.name})" for one in others)
            raise RemoteRefused(
                f"Pod has no recorder {self.id}",
                hint=f"set recorder.id to one of: {known}"
                if known
                else "create one in Pod's administration, /admin/recorder/recorder/add/; REST cannot",
            ) from error

    def known_files(self) -> list[str]:
        """Return the paths of all files of this recorder that wait to be claimed or were claimed, as Pod sees them."""
        return list(dict.fromkeys(self.waiting_files() + self.claimed_files()))

    def waiting_files(self) -> list[str]:
        """Return the paths of those that wait to be claimed."""
        waiting = self._server.read_all(FILES, what="files that wait in Pod", params={"recorder": self.id})
        return [one.file for one in map(_registered, waiting) if one.recorder == self.id]

    def claimed_files(self) -> list[str]:
        """Return the paths of those that became videos."""
        claimed = self._server.read_all(CLAIMED, what="files that were claimed in Pod")
        return [row.text("source_file") for row in claimed if row.link_or_none("recorder") == self.id]

    def claims(self) -> list[FileClaim]:
        """Return the same with whose they are and since when."""
        claimed = self._server.read_all(CLAIMED, what="files that were claimed in Pod")
        return [
            FileClaim(
                file=row.text("source_file"),
                user=row.link("user"),
                title=row.text("title"),
                added=row.moment("date_added"),
            )
            for row in claimed
            if row.link_or_none("recorder") == self.id
        ]

    def registered(self, file: str) -> RegisteredFile | None:
        """Return what Pod knows of a file that waits, by its path as Pod sees it; None if nothing."""
        if not file:
            raise ValueError("no path")
        rows = self._server.get(FILES, what="files that wait in Pod", params={"file": file}).rows("results")
        return next((one for one in map(_registered, rows) if one.file == file), None)

    def register(self, file: str, *, size: int, added: datetime | None) -> RegisteredFile:
        """Tell Pod of a whole file in the recorder's directory, unless it knows; correct size and date if it does.

        `file` is its path as Pod sees it, `size` in bytes, `added` the recording's start (None: left to Pod). What was
        written is read back. Raise RecordingFailed if Pod does not see the file, the path is too long, the file belongs
        to another recorder, or something else is read back.
        """
        if len(file) > POD.path:
            raise RecordingFailed(
                f"a path of {len(file)} characters: {file}", hint=f"Pod takes {POD.path}, the directory included"
            )
        values: dict[str, object] = {"file_size": size, "recorder": f"/rest/recorder/{self.id}/"}
        if added is not None:
            values["date_added"] = added.isoformat()
        found = self.registered(file) or self._post(file, values)
        if not self._is_as_told(found, size, added):
            self._server.patch(f"{FILES}{found.id}/", values, what=f"file {file} in Pod")
        return self._read_back(file, size, added)

    def publish(self, file: str, *, title: str, user: User) -> None:
        """Have Pod make a video of a file in the recorder's directory, at once and once, as a draft of a staff user.

        `file` is its path as Pod sees it. Pod moves it away and begins to encode; the video's dates are those of this
        moment. Raise RecordingFailed if Pod does not see the file, does not take this owner, or if somebody else has
        claimed it.
        """
        what = f"file {file} in Pod"
        body = {
            "title": title[:_TITLE_LENGTH],
            "source_file": file,
            "user": f"/rest/users/{user.id}/",
            "recorder": f"/rest/recorder/{self.id}/",
            "type": "video",
        }

        def send() -> int:
            self._server.post(CLAIMED, body, what=what)
            return user.id

        def look() -> int | None:
            owner = self._owner_of(file)
            if owner not in (None, user.id):
                raise RecordingFailed(
                    f"user {owner} claimed {file} in Pod before it was published for {user.username}",
                    hint="let them give it to its owner",
                )
            return owner

        sent_once(send, look, refused=lambda error: _refused(file, error))
        waiting = self.registered(file)
        if waiting is not None:  # Pod's cron saw it meanwhile; what is left would be a dead entry of the claim page
            self._server.delete(f"{FILES}{waiting.id}/", what=what)

    def _owner_of(self, file: str) -> int | None:
        """Return who owns the video that was made of a file, None if there is none; the list has no filter."""
        for row in self._server.read_all(CLAIMED, what="files that became videos in Pod"):
            if row.text("source_file") == file:
                return row.link("user")
        return None

    def listed_files(self) -> list[str]:
        """Return the paths of all files that Pod sees below its recorders' directory, whoever's they are."""
        reply = self._server.options(FILES, what="files that Pod sees")
        choices = reply.inner("actions").inner("POST").inner("file").rows("choices")
        return [value for value in (row.text("value") for row in choices) if value]

    def _post(self, file: str, values: dict[str, object]) -> RegisteredFile:
        """Tell Pod of a file, and look whether it heard it before telling it again."""
        return sent_once(
            lambda: _registered(self._server.post(FILES, {"file": file, **values}, what=f"file {file} in Pod")),
            lambda: self.registered(file),
            refused=lambda error: _refused(file, error),
        )

    def _is_as_told(self, found: RegisteredFile, size: int, added: datetime | None) -> bool:
        """Tell whether Pod knows the file as it should. Raise RecordingFailed if it is another recorder's."""
        if found.recorder not in (None, self.id):
            raise RecordingFailed(
                f"Pod has {found.file} as a file of recorder {found.recorder}, not {self.id}",
                hint="is recorder.id right, and recorder.pod_directory the directory of that recorder?",
            )
        late_s = 0.0 if added is None else abs((found.added - added).total_seconds())
        return found.recorder == self.id and found.size == size and late_s < _SAME_MOMENT_S

    def _read_back(self, file: str, size: int, added: datetime | None) -> RegisteredFile:
        """Read what Pod has now."""
        found = self.registered(file)
        if found is None or not self._is_as_told(found, size, added):
            raise RecordingFailed(
                f"Pod says it took {file} ({size} bytes, {added}), but has {found or 'nothing'}", hint="run again"
            )
        return found


def _refused(file: str, error: Invalid) -> RecordingFailed:
    """Say why Pod does not take a file."""
    if not error.errors.keys() <= {"file", "source_file"}:
        return RecordingFailed(error.message, hint="is recorder.id right, and the owner staff in Pod?")
    return RecordingFailed(
        f"Pod does not see {file}: {'; '.join(error.errors.values())}",
        hint="is recorder.pod_directory the path by which Pod's server has recorder.directory, below its "
        "DEFAULT_RECORDER_PATH, and may Pod read it? A file just written over NFS may take a minute to show",
    )


def _info(row: Row) -> RecorderInfo:
    return RecorderInfo(
        id=row.number("id"), name=row.text("name"), kind=row.text("recording_type"), sites=row.links("sites")
    )


def _registered(row: Row) -> RegisteredFile:
    return RegisteredFile(
        id=row.number("id"),
        file=row.text("file"),
        size=row.number("file_size"),
        added=row.moment("date_added"),
        recorder=row.link_or_none("recorder"),
    )
