"""Carry out actions under leases: what another machine works on is left to it, and what it did meanwhile counts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from bbbmig.apply.executor import CarryOut, without_effect
from bbbmig.domain.history import Effect, History
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Plan
from bbbmig.domain.recording import Recording

ELSEWHERE = "another run is at work on it"


class LeasingMemory(Protocol):
    """A ledger that several machines may share."""

    def leased(self, server: str, record_id: str) -> AbstractContextManager[str]:
        """Hold the lease of a recording; yield "" if it is ours, else who holds it."""
        ...

    def history(self, server: str, *kinds: Effect, record_id: str = "") -> History:
        """Return what is remembered of one recording."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """Carries out actions, each under the lease of its recording.

    `known` is what the plan rests on, of `kinds`, and `planned` carries it out. Where the ledger says something else by
    now, another machine was faster: `decide` makes the plan of that recording anew, and `work` what carries it out.
    """

    memory: LeasingMemory
    server: str
    kinds: tuple[Effect, ...]
    known: History
    planned: CarryOut
    decide: Callable[[Recording, History], Plan]
    work: Callable[[History], CarryOut]

    def carry_out(self, action: Action) -> Outcome:
        """Do what remains to be done. Raises as `planned`, what `work` returns, and the ledger."""
        record_id = action.recording.record_id
        with self.memory.leased(self.server, record_id) as holder:
            if holder:
                return Outcome(action=action, status=Status.POSTPONED, detail=f"{ELSEWHERE}: {holder}")
            now = self.memory.history(self.server, *self.kinds, record_id=record_id)
            if now.rows(record_id) == self.known.rows(record_id):
                return self.planned(action)
            return self.decided(action.recording, now)

    def decided(self, recording: Recording, now: History) -> Outcome:
        """Decide anew, with what is remembered now, and do it."""
        plan = self.decide(recording, now)
        todo = next(iter(plan.effective), None)
        if todo is not None:
            return self.work(now)(todo)
        left = next(iter(plan))
        return without_effect(left) or Outcome(action=left, status=Status.SKIPPED)
