"""Drafts given to other people than before: the video stays, its owners change."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from bbbmig.apply.ports import Memory, UserOf
from bbbmig.domain.history import Effect, Entry, History, State
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action
from bbbmig.domain.recording import Recording
from bbbmig.domain.taken_back import fingerprint
from bbbmig.domain.target import User, Video, VideoRequest


class DraftsPort(Protocol):
    """Pod's drafts."""

    def give(self, slug: str, before: str, owner: User, also: Sequence[User], description: str) -> Video:
        """Give a draft of the user `before` to others, with another description; return it as it is then."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftGiving:
    """Gives drafts to those who are named now. `description` is the HTML below a video of these people."""

    server: str
    drafts: DraftsPort
    memory: Memory
    user_of: UserOf
    history: History
    description: Callable[[Recording, Sequence[User]], str]

    def carry_out(self, action: Action) -> Outcome:
        """Change the owners of one draft. Raise as `UserOf` and `DraftsPort.give`."""
        if action.owner is None:
            raise AssertionError(action)
        people = [self.user_of(owner) for owner in (action.owner, *action.others)]
        before = self.history.last(Effect.PUBLISH, action.recording.record_id)
        if before is None:
            raise AssertionError(action)
        self.memory.check_lock(action.recording.record_id)
        text = self.description(action.recording, people)
        given = self.drafts.give(action.target, before.target, people[0], people[1:], text)
        self.memory.write(self.server, self._rows(action, given, people))
        return Outcome(action=action, status=Status.DONE, detail=action.detail, location=given.slug)

    def _rows(self, action: Action, given: Video, people: Sequence[User]) -> Iterator[Entry]:
        """Remember who has it no more, and who has it now."""
        record_id = action.recording.record_id
        names = ", ".join(user.username for user in people)
        for effect in (Effect.PUBLISH, Effect.SENT):
            for row in self.history.owners(effect, record_id).values():
                yield Entry(
                    record_id=record_id,
                    effect=effect,
                    target=row.target,
                    state=State.UNDONE,
                    location=row.location,
                    detail=f"given to {names}",
                )
        yield Entry(
            record_id=record_id, effect=Effect.PUBLISH, target=people[0].username, state=State.DONE, location=given.slug
        )
        yield from sent_rows(record_id, given.title, given.description, people)


def sent_rows(record_id: str, title: str, description: str, people: Sequence[User]) -> Iterator[Entry]:
    """Yield what is to be remembered of a video's words: by it a later run sees whether somebody changed them."""
    for user in people:
        yield Entry(
            record_id=record_id,
            effect=Effect.SENT,
            target=user.username,
            state=State.DONE,
            location=fingerprint(title, description),
        )


def words_sent(
    record_id: str, wanted: Iterable[tuple[object, VideoRequest]], sent: Iterable[Video | None]
) -> Iterator[Entry]:
    """Yield the same of each video that Pod has now, and who its people are: what they change is theirs."""
    for (_, video), there in zip(wanted, sent, strict=True):
        if there is not None:
            yield from sent_rows(record_id, there.title, video.description, (video.owner, *video.also))
