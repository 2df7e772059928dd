"""JSON lines for programs: one object a line, described in docs/scripting.md; keys are only ever added."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any, Self, TextIO

from bbbmig import __version__
from bbbmig.domain.choices import Language
from bbbmig.domain.history import Entry
from bbbmig.domain.outcome import Outcome, Tally
from bbbmig.domain.owner import Owner, Ownership
from bbbmig.domain.plain_text import shown
from bbbmig.domain.plan import Action
from bbbmig.domain.recording import Recording
from bbbmig.domain.recording_state import RecordingState
from bbbmig.domain.status import ServerStatus
from bbbmig.domain.survey_ways import Assessment
from bbbmig.errors import ExitCode
from bbbmig.masking import masked
from bbbmig.report import sentences
from bbbmig.report.messages import Check, Start
from bbbmig.report.status_json import entry_values, state_values, status_values
from bbbmig.report.survey_json import survey_values


class JsonReporter:
    """Writes objects with a `type`: start, action, check, text, end."""

    def __init__(self, stream: TextIO) -> None:
        """Write to that stream."""
        self._stream = stream

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Leave nothing in the buffer."""
        self._stream.flush()

    def start(self, what: Start) -> None:
        """Write what is worked on."""
        self._write(
            type="start",
            command=what.command,
            version=__version__,
            server=what.server,
            listed=what.listed,
            chosen=what.chosen,
            lost=what.lost,
            checksum=what.checksum,
            calls=what.calls,
            why_parts=what.why_parts,
            taken_at=what.taken_at.isoformat(timespec="seconds"),
            from_cache=what.from_cache,
            dry=what.dry,
        )

    def expect(self, actions: Iterable[Action]) -> None:
        """Write nothing: the actions come one by one."""

    def progress(self, action: Action, done: float, total: float | None, unit: str) -> None:
        """Write nothing: programs wait for the outcome."""

    def outcome(self, outcome: Outcome) -> None:
        """Write one action and how it ended."""
        action = outcome.action
        recording = action.recording
        self._write(
            type="action",
            status=outcome.status,
            kind=action.kind,
            record_id=recording.record_id,
            meeting_id=recording.meeting_id,
            title=recording.title,
            start=recording.start.isoformat() if recording.start else None,
            target=action.target,
            url=masked(action.url),
            owner=owner(action.owner) if action.owner else None,
            others=[owner(person) for person in action.others],
            reason=action.reason,
            detail=masked(outcome.detail or sentences.completing(action)),
            place=outcome.location,
            size=outcome.size,
        )
        self._stream.flush()

    def recording(self, recording: Recording, ownership: Ownership | None) -> None:
        """Write all that is known of one recording, and whose it is."""
        self._write(**recording_values(recording), **({"ownership": ownership_values(ownership)} if ownership else {}))

    def check(self, check: Check) -> None:
        """Write one check."""
        self._write(
            type="check",
            place=check.place,
            level=check.level,
            what=check.what,
            hint=check.hint,
            exit_code=int(check.exit_code),
        )

    def checked(self, checks: Sequence[Check], code: ExitCode) -> None:
        """Say how all checks came out together, last of all."""
        counts = Counter(str(check.level) for check in checks)
        self._write(type="end", command="check", counts=counts, exit_code=int(code))

    def status(self, status: ServerStatus, language: Language) -> None:  # noqa: ARG002 - of people
        """Write the answer and the numbers behind it."""
        self._write(**status_values(status))

    def survey(self, assessment: Assessment, language: Language) -> None:  # noqa: ARG002 - of people
        """Write the numbers and what they mean."""
        self._write(**survey_values(assessment))

    def state(self, state: RecordingState, lines: Iterable[str], rows: Sequence[Entry] = ()) -> None:  # noqa: ARG002 - of people
        """Write all that is known of one recording."""
        values = recording_values(state.recording) | {"type": "state"} | state_values(state)
        whose = {"ownership": ownership_values(state.ownership)} if state.ownership else {}
        self._write(**values, **whose, history=[entry_values(row) for row in rows])

    def text(self, line: str, **about: object) -> None:
        """Write a line for people as an object, so that the output stays JSON, with the values that it is about."""
        self._write(type="text", text=line, **about)

    def stop(self) -> None:
        """Leave nothing in the buffer: what is said on stderr comes after it."""
        self._stream.flush()

    def end(self, command: str, tally: Tally, exit_code: ExitCode, *, summary: str = "") -> None:
        """Write the counts and the exit code: the last object of every run."""
        self._write(
            type="end",
            command=command,
            counts={str(status): count for status, count in tally.by_status.items()},
            reasons=dict(tally.by_reason),
            words=summary or sentences.counts(tally),
            exit_code=int(exit_code),
        )

    def _write(self, **values: Any) -> None:  # noqa: ANN401 - whatever JSON can say
        """Write one object; what the stream's encoding may not have is escaped, which every reader of JSON undoes."""
        readable = (self._stream.encoding or "utf-8").lower().replace("-", "") == "utf8"
        line = json.dumps(_clean(values), ensure_ascii=not readable)
        self._stream.write(line.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029") + "\n")


def _clean(value: Any) -> Any:  # noqa: ANN401 - as above
    """Take out of all texts what terminals and web pages obey, and nobody sees."""
    match value:
        case str():
            return shown(value)
        case dict():
            return {key: _clean(one) for key, one in value.items()}
        case list() | tuple():
            return [_clean(one) for one in value]
        case _:
            return value


def owner(person: Owner) -> dict[str, Any]:
    """Return an owner with why, as JSON can say it."""
    return {
        "username": person.username,
        "name": person.full_name,
        "why": person.why,
        "confidence": person.confidence,
        "suspended": person.suspended,
        "new_account": person.new_account,
    }


def recording_values(recording: Recording) -> dict[str, Any]:
    """Return a recording as JSON can say it."""
    return {
        "type": "recording",
        "record_id": recording.record_id,
        "meeting_id": recording.meeting_id,
        "title": recording.title,
        "meeting_name": recording.meeting_name,
        "published": recording.published,
        "state": recording.state,
        "start": recording.start.isoformat() if recording.start else None,
        "end": recording.end.isoformat() if recording.end else None,
        "participants": recording.participants,
        "size": recording.size,
        "playbacks": [
            {"type": p.type, "url": masked(p.url), "length_min": p.length_min, "size": p.size}
            for p in recording.playbacks
        ],
        "origin_server_name": recording.origin.server_name,
        "breakout_parent": recording.breakout_parent,
    }


def ownership_values(ownership: Ownership) -> dict[str, Any]:
    """Return whose a recording is as JSON can say it."""
    return {
        "finding": ownership.finding,
        "source": ownership.source,
        "course": ownership.course,
        "activity": ownership.activity,
        "detail": masked(ownership.detail),
        "owners": [owner(person) for person in ownership.owners],
        "candidates": [owner(person) for person in ownership.candidates],
    }
