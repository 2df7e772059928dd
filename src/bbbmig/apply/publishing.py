"""Carry out one action of a plan of videos: make the file, give it to its owners in Pod, forget it.

The ledger is written between the steps, so that a run that is killed leaves at most one step to repeat: nothing, a
`.part` that goes on growing next time, or a whole file in the work directory that only has to be sent. Pod is asked for
the video before anything is made.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from bbbmig.apply.delivery import Sender
from bbbmig.apply.executor import CarryOut
from bbbmig.apply.giving import sent_rows
from bbbmig.apply.ports import Install, Memory, UserOf, VideosPort
from bbbmig.apply.video_file import FileMaker
from bbbmig.domain.file_names import short_id, short_id_in, title_in
from bbbmig.domain.history import NOTHING, Effect, Entry, History, State
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.owner import Owner
from bbbmig.domain.plan import Action, Kind, Plan
from bbbmig.domain.recording import Recording
from bbbmig.domain.target import NO_SHELF, Shelf, TargetLimits, User, Video, VideoRequest
from bbbmig.domain.video_texts import TitleRules, dated_title, mark
from bbbmig.errors import RecordingFailed

NO_TITLE_YET = "Pod has it, and has others to encode first: its title and dates come with the next run"
STORING = timedelta(minutes=10)
"""So long may Pod take to store a file whose sender is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishDelivery:
    """Publishes files. They lie in `directory` until Pod has them; `install` gives a whole one its name there, safely.

    `type_id` and `site_ids` are Pod's numbers, `titles` says which titles have the date, `description` gives the HTML
    below a video of these people, `language` is spoken in it, `chapters` gives those of a file to a video, once or
    again. `encode_again` has Pod begin to encode the video of a slug. With `copies` each owner gets a video of their
    own, else the first does, and the others own it too. `history` has what was published.
    """

    server: str
    directory: Path
    maker: FileMaker
    install: Install
    videos: VideosPort
    sender: Sender
    memory: Memory
    user_of: UserOf
    type_id: int
    site_ids: tuple[int, ...]
    limits: TargetLimits
    copies: bool = False
    titles: TitleRules = field(default_factory=TitleRules)
    description: Callable[[Recording, Sequence[User]], str] = lambda *_: ""
    language: str = ""
    shelf: Shelf = NO_SHELF
    chapters: Callable[[Path, Video], None] = lambda *_: None
    encode_again: Callable[[str], None] = lambda _: None
    history: History = NOTHING

    def carry_out(self, action: Action) -> Outcome:
        """Do what remains to be done. Raises as `FileMaker.make`, `UserOf`, the sender and `encode_again`."""
        if action.kind is Kind.ENCODE:
            return self._encode_again(action)
        wanted = self._wanted(action)
        found = {owner.username: self._found(action, owner, video) for owner, video in wanted}
        missing = [(owner, video) for owner, video in wanted if found[owner.username] is None]
        for owner, _ in wanted:
            if (there := found[owner.username]) is not None:
                self._chapters_of_waiting_file(action, there)
                self._remember(action, State.DONE, owner=owner, location=there.slug, detail="found in Pod")
        how, size, notes = "Pod had it already", None, self._notes_of_before(action)
        videos = [there for there in found.values() if there is not None]
        if missing:
            try:
                sent, how, size, notes = self._sent(action, missing)
            except RecordingFailed as error:
                if not self.maker.stop.is_set():
                    self._remember(action, State.FAILED, detail=error.message)
                raise
            self._remember_words(action, missing, sent)
            videos += [one for one in sent if one is not None]
            if None in sent:
                self._remember(action, State.DELIVERED, size=size, detail=notes)
                remove_files(self.directory, [action.recording.record_id])
                return Outcome(action=action, status=Status.POSTPONED, detail=NO_TITLE_YET, size=size)
        slugs = [one.slug for one in videos]
        self._remember(action, State.DONE, location=slugs[0], size=size, detail=notes)
        remove_files(self.directory, [action.recording.record_id])
        return Outcome(action=action, status=Status.DONE, detail=how, location=" ".join(slugs), size=size)

    def _encode_again(self, action: Action) -> Outcome:
        """Have Pod begin once more to encode a video, and never a third time: a person is asked then."""
        self.memory.check_lock(action.recording.record_id)
        try:
            self.encode_again(action.target)
        except RecordingFailed as error:
            self._remember(action, State.FAILED, owner=action.owner, location=action.target, detail=error.message)
            raise
        self._remember(action, State.DONE, owner=action.owner, location=action.target)
        return Outcome(
            action=action, status=Status.DONE, detail="Pod was told to encode it once more", location=action.target
        )

    def _found(self, action: Action, owner: Owner, video: VideoRequest) -> Video | None:
        """Look whether Pod has it, patiently if it may be about to."""
        before = self.history.entry(Effect.PUBLISH, action.recording.record_id, owner.username)
        return self.videos.find(video, patiently=unanswered(before))

    def _wanted(self, action: Action) -> list[tuple[Owner, VideoRequest]]:
        """Say which videos are to be, once all their owners are there: nobody is left out silently."""
        if action.owner is None:
            raise AssertionError(action)
        recording = action.recording
        users = [(owner, self.user_of(owner)) for owner in (action.owner, *action.others)]
        people = [user for _, user in users]
        also = () if self.copies else tuple(people[1:])
        plain, dated = title_in(self.limits, recording), dated_title(recording, self.limits)
        text = self.description(recording, people)
        with_date = self.titles.need_date(recording, partial(self._seen, people))
        return [
            (
                owner,
                VideoRequest(
                    title=dated if with_date else plain,
                    known_as=(plain if with_date else dated,),
                    owner=user,
                    type_id=self.type_id,
                    site_ids=self.site_ids,
                    recorded=recording.start or recording.created,
                    also=also,
                    description=text,
                    mark=mark(recording.record_id),
                    language=self.language,
                    shelf=self.shelf,
                ),
            )
            for owner, user in (users if self.copies else users[:1])
        ]

    def _seen(self, people: Iterable[User]) -> list[Video]:
        return [video for user in people for video in self.videos.seen(user.username)]

    def _sent(
        self, action: Action, missing: list[tuple[Owner, VideoRequest]]
    ) -> tuple[list[Video | None], str, int | None, str]:
        """Give it to those who have not got it; None for a video that Pod has, and whose title it would lose.

        Return with the videos how that was, how large the file is, and what it lacks.
        """
        named = {owner.username: self._title_for_now(action, owner) for owner, _ in missing}
        if all(named.values()):
            taken = [self._take_over(action, owner, video, named[owner.username]) for owner, video in missing]
            return taken, "its title and dates were put right", None, self._notes_of_before(action)
        file, how, notes = self._file(action)
        sent = [self._send(action, file, owner, video) for owner, video in missing]
        return sent, how, file.stat().st_size, notes

    def _title_for_now(self, action: Action, owner: Owner) -> str:
        """Return the title under which Pod has a file for this person since an earlier run, "" if it has none."""
        entry = self.history.entry(Effect.PUBLISH, action.recording.record_id, owner.username)
        return entry.location if entry is not None and entry.state is State.DELIVERED else ""

    def _take_over(self, action: Action, owner: Owner, video: VideoRequest, title: str) -> Video | None:
        """Put right the title of a video that Pod made of a dropped file, once it encodes it."""
        self.memory.check_lock(action.recording.record_id)
        try:
            taken = self.videos.take_over(title, video)
        except RecordingFailed:
            self._remember(action, State.FAILED, owner=owner)
            raise
        if taken is not None:
            self._remember(action, State.DONE, owner=owner, location=taken.slug)
        return taken

    def _notes_of_before(self, action: Action) -> str:
        """Return what an earlier run said that the file lacks, which it made."""
        row = self.history.entry(Effect.PUBLISH, action.recording.record_id)
        return row.detail if row is not None and row.state in (State.DELIVERED, State.DONE) else ""

    def _file(self, action: Action) -> tuple[Path, str, str]:
        """Return the whole file, the one that an earlier run made or a new one, how it was made and what it lacks."""
        if action.kind is Kind.PUBLISH:
            return self.directory / action.target, action.detail, self._notes_of_before(action)
        self._remember(action, State.STARTED)
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = self.maker.make(action, self.directory / action.target)
        file = (self.directory / action.target).with_suffix(made.suffix)
        self.memory.check_lock(action.recording.record_id)
        size = self.install(made.part, file)
        self._remember(
            action, State.DELIVERED, location=str(file), size=size, duration_s=made.duration_s, detail=made.notes
        )
        return file, made.how, made.notes

    def _send(self, action: Action, file: Path, owner: Owner, video: VideoRequest) -> Video | None:
        """Give it to one owner; None if Pod has the file, and it is too early for the video's title."""

        def tell(done: float, total: float | None) -> None:
            # another run would send it, too: nothing more goes to Pod
            self.memory.check_lock(action.recording.record_id)
            self.maker.progress(action, done, total, "bytes")

        self._remember(action, State.STARTED, owner=owner)
        try:
            sent = self.sender.send(file, video, copy=self.copies, progress=tell)
        except RecordingFailed:
            self._remember(action, State.FAILED, owner=owner)  # Pod has not got it: no need to wait for it
            raise
        size = file.stat().st_size
        if isinstance(sent, str):
            self._remember(action, State.DELIVERED, owner=owner, location=sent, size=size)
            return None
        self.chapters(file, sent)
        self._remember(action, State.DONE, owner=owner, location=sent.slug, size=size)
        return sent

    def _remember_words(
        self, action: Action, wanted: Iterable[tuple[Owner, VideoRequest]], sent: Iterable[Video | None]
    ) -> None:
        """Write down what people will read of each video, and who they are: what they change is theirs."""
        for (_, video), there in zip(wanted, sent, strict=True):
            if there is not None:
                people = (video.owner, *video.also)
                rows = sent_rows(action.recording.record_id, there.title, video.description, people)
                self.memory.write(self.server, rows)

    def _chapters_of_waiting_file(self, action: Action, video: Video) -> None:
        """Give its chapters to a video whose run ended before it could."""
        file = self.directory / action.target
        if action.kind is Kind.PUBLISH and action.target and file.is_file():
            self.chapters(file, video)

    def _remember(
        self,
        action: Action,
        state: State,
        *,
        owner: Owner | None = None,
        location: str = "",
        size: int | None = None,
        duration_s: float | None = None,
        detail: str = "",
    ) -> None:
        """Write down how far this one has come; without owner, of the file itself, and then what that lacks."""
        record_id, target = action.recording.record_id, owner.username if owner else ""
        entry = Entry(
            record_id=record_id,
            effect=Effect.ENCODE if action.kind is Kind.ENCODE else Effect.PUBLISH,
            target=target,
            state=state,
            location=location,
            size=size,
            duration_s=duration_s,
            detail=detail,
            stand_in=owner is not None and owner.stand_in,
            again=state is State.STARTED and self.history.done(Effect.PUBLISH, record_id, target) is not None,
        )
        self.memory.write(self.server, [entry])


def unanswered(entry: Entry | None) -> bool:
    """Tell whether a file was sent a moment ago, by a run that did not live to hear what became of it."""
    if entry is None or entry.state is not State.STARTED:
        return False
    return entry.at is None or entry.at > datetime.now(UTC) - STORING


def by_owner(publish: CarryOut, claim: CarryOut) -> CarryOut:
    """Publish what has an owner, and give the rest to be claimed."""
    return lambda action: publish(action) if action.owner else claim(action)


def people_of(plan: Plan) -> set[str]:
    """Name those who are to get something."""
    owners = (owner for action in plan.effective if action.owner for owner in (action.owner, *action.others))
    return {owner.username for owner in owners}


def whole_files(directory: Path) -> list[str]:
    """Name the whole files that wait in the work directory to be published; conversions bear other names."""
    if not directory.is_dir():
        return []
    names = (path.name for path in directory.iterdir() if path.is_file())
    return sorted(name for name in names if not name.startswith(".") and short_id_in(name))


def remove_files(directory: Path, record_ids: Iterable[str]) -> None:
    """Remove the whole files of these recordings, which Pod has."""
    done: Collection[str] = {short_id(record_id) for record_id in record_ids}
    for name in whole_files(directory):
        if short_id_in(name) in done:
            (directory / name).unlink(missing_ok=True)
