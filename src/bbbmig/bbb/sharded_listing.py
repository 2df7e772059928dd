"""Taking a list from a server: everything in one call, else part by part, smaller where a part fails."""

import contextlib
import logging
import string
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from queue import SimpleQueue
from threading import Thread

from bbbmig.bbb import merge
from bbbmig.bbb.cache import Draft, Entry, Part
from bbbmig.bbb.client import STATES, BbbServer
from bbbmig.bbb.errors import FilterRequired, TooMuch
from bbbmig.bbb.reply_batches import NotUsual, in_batches
from bbbmig.bbb.reply_parser import ListProblem, MalformedReplyError, TooLargeError, parsed, salvaged
from bbbmig.domain.recording import Recording
from bbbmig.errors import RemoteError, RemoteRefused

log = logging.getLogger(__name__)

HEXADECIMAL = tuple("0123456789abcdef")
_OTHER_FIRST = string.ascii_lowercase[6:]
_OTHER_LATER = f"{_OTHER_FIRST}-_."
"""No server makes such recordIDs, but the player accepts a to z, and some were made by hand or anonymised: those that
begin so are asked for together."""

CONNECTIONS = 2
"""Calls at a time: a Scalelite has three threads for everybody, live lectures included (its config/puma.rb)."""
DEEPEST = 4
"""Letters of a beginning that are not split further: one in 65,536."""
GIVE_UP_AFTER = CONNECTIONS * DEEPEST + 4
"""Failures in a row, with so many connections, that mean that the server is down, not that a part is too big: all
may descend to the deepest part at the same time before one succeeds."""
_OTHER_STATES = "state "
"""What stands before the state, where others than the usual were asked for, in names of replies."""
_GONE = frozenset({"deleted", "processing", "processed"})
"""States of what a server lists beyond what was asked for; it has no media, or not yet."""


class Taking:
    """A list in the making: what was found, what went wrong, and the replies that make it up."""

    def __init__(self, server: BbbServer, draft: Draft, *, connections: int = CONNECTIONS) -> None:
        """Begin with nothing; replies go into the draft, and so many calls are made at a time."""
        self._connections = connections
        self.waited_s = 0.0
        self.found: dict[str, Recording] = {}
        self.problems: list[ListProblem] = []
        self._server = server
        self._draft = draft
        self._replies: list[Part] = []
        self._gaps: list[tuple[str, str]] = []
        self._calls = 0
        self._why_parts = ""

    def leave_out_everything(self, why: str) -> None:
        """Begin with parts, for a reason that is known beforehand."""
        self._why_parts = why
        log.info("%s; listing by the beginnings of recordIDs", why)

    def everything(self) -> None:
        """Try one call for all; if it does not bring them, `found` stays empty and the reason is kept.

        After a time-out it waits as long again: the server goes on with what nobody reads any more, and people join
        lectures by the same few threads.
        """
        try:
            self._take(self._ask(""))
        except (TooMuch, FilterRequired) as error:
            self._why_parts = error.message
            self.waited_s = error.waited_s if isinstance(error, TooMuch) else 0.0
            self._server.sleep(self.waited_s)
        else:
            if not self.found:
                self._why_parts = "asked for everything, the server says that there are no recordings"
        if self._why_parts:
            log.info("%s; listing by the beginnings of recordIDs", self._why_parts)

    def other_states(self) -> set[str]:
        """Ask for everything in any state, and without naming one; return the recordIDs that this brought.

        Some proxies understand one word as state, or none. What is deleted or not yet there is left out.
        """
        brought: set[str] = set()
        for state in ("any", ""):
            known = set(self.found)
            try:
                self._take(self._ask("", state=state))
            except (TooMuch, RemoteRefused) as error:
                log.info("%s", error.message)
                continue
            brought = set(self.found) - known
            if brought:
                break
        return brought

    def parts(self) -> set[str]:
        """Ask part by part, a few at a time, and split those that fail; return the recordIDs that this brought.

        A part that fails however small is a gap in the list, and a problem. Raise the error of the last part when
        nothing succeeds any more, or when nothing was found and a part failed.
        """
        self._why_parts = self._why_parts or "asked to compare both ways"
        waiting = [*HEXADECIMAL, _joined("", _OTHER_FIRST)][::-1]
        answers: SimpleQueue[tuple[str, Part | Exception]] = SimpleQueue()
        brought: set[str] = set()
        running = failures = 0
        while waiting or running:
            while waiting and running < self._connections:
                Thread(target=self._ask_aside, args=(waiting.pop(), answers), daemon=True).start()
                running += 1
            prefix, answer = answers.get()
            running -= 1
            try:
                brought |= self._take(_or_raise(answer))
                failures = 0
            except TooMuch as error:
                failures += 1
                if failures >= self._connections * DEEPEST + 4:
                    raise
                waiting += self._split(prefix, error)[::-1]
        if self._gaps and not self.found:
            raise RemoteError(f"no recordings could be listed: {self._gaps[0][1]}")
        return brought

    def entry(self) -> Entry:
        """Say how the list was made, now that it is."""
        return Entry(
            taken_at=datetime.now(UTC),
            checksum=self._server.checksum,
            calls=self._calls,
            why_parts=self._why_parts,
            parts=tuple(self._replies),
            gaps=tuple(self._gaps),
        )

    def _ask(self, prefix: str, *, state: str = STATES) -> Part:
        """Call for the recordIDs with these beginnings and keep the reply."""
        name = prefix if state == STATES else f"{_OTHER_STATES}{state or 'none'}"
        with self._server.recordings(record_id=prefix, state=state) as chunks:
            return self._draft.write(name, chunks)

    def _ask_aside(self, prefix: str, answers: "SimpleQueue[tuple[str, Part | Exception]]") -> None:
        """Call from a thread of its own; a daemon, so that a person who stops the run need not wait for it."""
        try:
            answers.put((prefix, self._ask(prefix)))
        except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
            if isinstance(error, TooMuch):
                self._server.sleep(error.waited_s)  # this seat is taken until the server has done with it
            answers.put((prefix, error))

    def _take(self, part: Part) -> set[str]:
        """Read a reply into what was found; return its recordIDs. Raise TooMuch if it is not whole."""
        self._calls += 1
        found: dict[str, Recording] = {}
        what = f"getRecordings on {self._server.host}"
        self.problems += read_reply(partial(self._draft.chunks, part), what, found)
        self._replies.append(part)
        add_part(self.found, part, found)
        return set(found)

    def _split(self, prefix: str, error: TooMuch) -> list[str]:
        """Return the smaller parts of one that failed; none, and a gap, if it is as small as can be."""
        log.info("recordIDs %s…: %s", prefix, error.message)
        if "," in prefix:
            return prefix.split(",")
        if len(prefix) < DEEPEST:
            return [*(prefix + letter for letter in HEXADECIMAL), _joined(prefix, _OTHER_LATER)]
        self._gaps.append((prefix, error.message))
        return []


def add_part(known: dict[str, Recording], part: Part, found: dict[str, Recording]) -> None:
    """Add what a reply brought; of one for other states only what is new, and not gone."""
    is_other = part.prefix.startswith(_OTHER_STATES)
    for recording in found.values():
        if not is_other or (recording.record_id not in known and recording.state not in _GONE):
            merge.add(known, recording)


def _or_raise(answer: Part | Exception) -> Part:
    """Return the reply, or raise what came instead."""
    if isinstance(answer, Exception):
        raise answer
    return answer


def _joined(prefix: str, letters: str) -> str:
    """Ask for several beginnings in one call."""
    return ",".join(prefix + letter for letter in letters)


def read_reply(
    chunks: Callable[[], Iterable[bytes]], what: str, found: dict[str, Recording], *, tokens: bool = False
) -> list[ListProblem]:
    """Put a reply's recordings into `found`, one by one if it is malformed; return what was wrong with them."""
    try:
        with contextlib.suppress(NotUsual):
            return _sorted_out(in_batches(chunks(), tokens=tokens), found)
        return _sorted_out(parsed(chunks(), what=what, tokens=tokens), found)
    except TooLargeError as error:
        log.warning("%s; reading the recordings one by one", error.message)
    except MalformedReplyError as error:
        log.warning("%s: the reply is not well-formed XML (%s); reading its recordings one by one", what, error)
    return _sorted_out(salvaged(chunks(), what=what, tokens=tokens), found)


def _sorted_out(items: Iterable[Recording | ListProblem], found: dict[str, Recording]) -> list[ListProblem]:
    """Merge recordings into `found` and return the problems."""
    problems = []
    for item in items:
        if isinstance(item, Recording):
            merge.add(found, item)
        else:
            problems.append(item)
    return problems
