"""Runs that are killed at random moments and begun again, until nothing is left to do."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.commands.operator_at_work import Operator
from tests.soak.watch import Event, Watcher

LONGEST_S = 15.0
"""How long a life lasts if the moment of its death does not come."""
ORPHANS_S = 15.0
"""How long programs may outlive bbbmig: they get some seconds to end by themselves."""
LAST_RUNS = 12
_MARK = "SOAK_LIFE"
_QUICK = (
    "import bbbmig.http, bbbmig.bbb.client, bbbmig.bbb.media, bbbmig.pod.videos;"
    " bbbmig.http.FIRST_WAIT_S = 0.02; bbbmig.bbb.client.WAITS_S = bbbmig.bbb.playback_pages.WAITS_S = (0.0, 0.05);"
    " bbbmig.pod.videos._LOOKS_AFTER_S = (0.2, 0.5);"
    " from bbbmig.cli.main import main; main()"
)
"""bbbmig with shorter waits between attempts."""


def _is_part(event: Event) -> bool:
    return event.kind == "there" and event.name.endswith(".part")


def is_file(event: Event) -> bool:
    named = event.kind == "there" and not event.name.startswith(".") and "." in event.name
    return named and not event.folder.endswith(".bbbmig")


Moment = tuple[Callable[[Event], bool], float, int]
"""After which event to kill, at most so many seconds later, how often in comparison."""

MOMENTS: Mapping[str, Moment] = {
    "at work": (lambda _: True, 1.5, 3),
    "writing": (lambda event: event.kind == "written", 0.3, 3),
    "unfinished": (_is_part, 0.3, 3),
    "note": (lambda event: ".json" in event.name, 0.02, 1),
    "finished": (is_file, 0.03, 3),
    "tidied": (lambda event: event.kind == "gone" and event.name.endswith(".part"), 0.05, 1),
    "converting": (lambda event: event.kind == "there" and event.name.startswith("job-"), 2.0, 3),
    "converted": (lambda event: event.kind == "there" and event.folder == "work" and is_file(event), 0.02, 1),
    "folder gone": (lambda event: event.kind == "gone" and event.name.startswith("job-"), 0.02, 1),
}
STARTING, TOLD = "starting", "told"


@dataclass(slots=True, kw_only=True)
class Lives:
    """One command, lived again and again. `arrived` counts what is in Pod; of `whole` things none comes too early.

    `deaths` counts after which events it was killed, `orphaned` how many programs of it were at work then, `orphans_s`
    is the longest that one was seen to outlive it.
    """

    operator: Operator
    command: tuple[str, ...]
    watcher: Watcher
    rng: random.Random
    arrived: Callable[[], int]
    between: Callable[[], object]
    moments: Mapping[str, Moment] = field(default_factory=lambda: MOMENTS)
    deaths: Counter[str] = field(default_factory=Counter)
    orphaned: int = 0
    orphans_s: float = 0.0
    _mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    _killed: dict[str, float] = field(default_factory=dict)
    _number: int = 0

    def die(self, times: int, *, whole: int) -> None:
        """Be killed so many times, spread over the way to `whole` arrivals."""
        for number in range(times):
            self.live_and_die(enough=min(whole - 3, whole * (number + 1) // times + 2))
            if self.rng.random() < 0.3:
                self.between()

    def live_and_die(self, *, enough: int) -> None:
        """Live until a random moment, or until more than enough has arrived; begin again if the end comes before it."""
        for _ in range(LAST_RUNS):
            why = self._one_life(enough)
            if why:
                self.deaths[why] += 1
                return
        raise AssertionError("it ends before it can be killed")

    def end(self) -> list[dict[str, object]]:
        """Live until nothing is left to do; give the last run's actions."""
        for _ in range(LAST_RUNS):
            code, actions = self.whole_life()
            if code == 0 and all(action["status"] == "skipped" for action in actions):
                self._no_orphans()
                return actions
        raise AssertionError(f"never done: {[one for one in actions if one['status'] != 'skipped']}")

    def whole_life(self, *, during: Callable[[], None] = lambda: None) -> tuple[int, list[dict[str, object]]]:
        """Live to the natural end; give exit code and actions."""
        process, out = self._born()
        try:
            during()
            process.wait(120)
        finally:
            process.kill()
            process.wait()
        said = [json.loads(line) for line in out.read_text().splitlines()]
        assert process.returncode in (0, 3, 5), self._last_words()
        return process.returncode, [one for one in said if one["type"] == "action"]

    def summary(self) -> str:
        """Say how it went, for `pytest -s`."""
        deaths = ", ".join(f"{count} {what}" for what, count in self.deaths.most_common())
        orphans = f"{self.orphaned} programs were orphaned, none for more than {self.orphans_s:.1f} s"
        return f"{self._number} runs, killed {self.deaths.total()} times ({deaths}); {orphans}"

    @property
    def _life(self) -> str:
        """Mark this life and all that is started in it."""
        return f"{self._mark}-{self._number}."

    def _born(self) -> tuple[subprocess.Popen[str], Path]:
        self._number += 1
        out = self.operator.folder / f"out-{self._number}"
        with out.open("w") as stdout, out.with_suffix(".err").open("w") as stderr:
            process = self.operator.start(
                *self.command,
                "--json",
                program=[sys.executable, "-c", _QUICK],
                env={_MARK: self._life},
                stdout=stdout,
                stderr=stderr,
            )
        return process, out

    def _last_words(self) -> str:
        return (self.operator.folder / f"out-{self._number}.err").read_text()[-3000:]

    def _one_life(self, enough: int) -> str:
        """Live and be killed; say after which event, "" if the end came first."""
        what = self.rng.choices([*self.moments, STARTING, TOLD], [*(m[2] for m in self.moments.values()), 2, 1])[0]
        wanted, longest_s, _ = self.moments.get(what, (None, 2.5 if what == STARTING else 0.03, 0))
        later_s, which = self.rng.uniform(0, longest_s), self.rng.choice((1, 1, 1, 2))
        since, before = len(self.watcher.events), self.arrived()
        if before > enough:  # ahead of its time: it gets no time to bring more
            what, later_s = STARTING, self.rng.uniform(0, 2.0)
        process, _ = self._born()
        deadline = time.monotonic() + LONGEST_S
        while process.poll() is None:
            arrived = self.arrived()
            if what == STARTING or (wanted and self.watcher.seen(since, wanted) >= which):
                break
            if what == TOLD and arrived > before:
                break
            if arrived > max(before, enough) or time.monotonic() > deadline:
                what, later_s = "enough", later_s % 0.05
                break
            with self.watcher.changed:
                self.watcher.changed.wait(0.02)
        try:
            process.wait(later_s)
        except subprocess.TimeoutExpired:
            self.orphaned += len(marked(self._life)) - 1
            os.kill(process.pid, signal.SIGKILL)
        process.wait()
        self._look_for_orphans()
        if process.returncode != -signal.SIGKILL:
            assert process.returncode in (0, 3, 5), self._last_words()
            return ""
        self._killed[self._life] = time.monotonic()
        return what

    def _look_for_orphans(self) -> set[str]:
        """Look which of the killed still have living programs; none for long."""
        now = time.monotonic()
        alive = {life: pid for pid, life in marked(self._mark) if life in self._killed}
        for life, pid in alive.items():
            self.orphans_s = max(self.orphans_s, now - self._killed[life])
            assert now - self._killed[life] < ORPHANS_S, f"process {pid} outlives {life}"
        return set(alive)

    def _no_orphans(self) -> None:
        """Wait until no program of the killed is left, and see that none of the others is."""
        while self._look_for_orphans():
            time.sleep(0.05)
        assert not list(marked(self._mark))


def marked(mark: str) -> list[tuple[int, str]]:
    """Find the living processes that have such a mark in their environment, with the whole mark."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            variables = path.read_bytes().split(b"\0")
        except OSError:  # ended meanwhile, or somebody else's
            continue
        for variable in variables:
            name, _, value = variable.decode(errors="replace").partition("=")
            if name == _MARK and value.startswith(mark):
                found.append((int(path.parent.name), value))
    return found
