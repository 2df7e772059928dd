"""One recording of a task: fetched by its recordID, decided anew, done; what was done meanwhile is found."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bbbmig.apply.executor import CarryOut, without_effect
from bbbmig.apply.video_file import remove_unchecked
from bbbmig.bbb.listing import one_recording
from bbbmig.domain.choices import Via
from bbbmig.domain.claim_plan import given, plan_claims
from bbbmig.domain.exclusion import excluded
from bbbmig.domain.file_names import short_id
from bbbmig.domain.history import Effect, History
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Kind, Plan
from bbbmig.domain.publish_plan import plan_publish
from bbbmig.domain.recording import Recording
from bbbmig.domain.task import Task
from bbbmig.domain.video_texts import TitleRules
from bbbmig.errors import RecordingFailed
from bbbmig.runs import claim, delivered, publish, recorder_directory
from bbbmig.runs.listing import needed_mirror
from bbbmig.runs.pod_people import with_new_accounts
from bbbmig.runs.publish_shelf import Target, publish_target
from bbbmig.runs.recorder_directory import FilesInPod
from bbbmig.runs.recorder_mark import check_mark, leave_mark
from bbbmig.runs.run import Run
from bbbmig.runs.taken_back import drafts_in_pod, need_who_takes_drafts
from bbbmig.transfer.leftovers import remove_leftovers_of

_RESTS_ON_POD = (Kind.TAKE, Kind.REGISTER, Kind.PUBLISH)
"""Plans of these kinds rest on what Pod's recorder said."""


@dataclass(slots=True, kw_only=True)
class OneByOne:
    """Carries out tasks with the settings of this machine; may be used by several threads."""

    run: Run
    _ready: set[str] = field(default_factory=set)
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _target: Target | None = None

    def find(self, record_id: str) -> Recording:
        """Ask for the recording, or take it from the mirror. Raise RecordingFailed if it is not there any more."""
        adapters = self.run.adapters
        if self.run.settings.bbb.offline:
            copy = needed_mirror(adapters).copy_of(record_id)
            found = None if copy is None else copy.recording
        else:
            found = one_recording(adapters.bbb, record_id)
        if found is None:
            raise RecordingFailed("the old server has it no more", hint="bbbmig show says what became of it")
        return found

    def carry_out(self, task: Task, recording: Recording) -> Outcome:
        """Decide, and do it; to be called under the lease of the recording. Raises as the commands."""
        run = self.run
        run.adapters.look_again()
        history = run.adapters.ledger.history(run.server, *delivered.KINDS, record_id=recording.record_id)
        remove_unchecked(run.settings.converter.directory, {recording.record_id})
        plan, work = (self._claim if task.command == "claim" else self._publish)(task, recording, history)
        todo = next(iter(plan.effective), None)
        if todo is None:
            left = next(iter(plan))
            return without_effect(left) or Outcome(action=left, status=Status.SKIPPED)
        outcome = work(todo)
        if outcome.status is Status.DONE and run.settings.has("recorder"):
            remove_leftovers_of(run.settings.recorder.directory, short_id(recording.record_id))
        return outcome

    def _claim(self, task: Task, recording: Recording, history: History) -> tuple[Plan, CarryOut]:
        """Decide as `claim` does."""
        run = self.run
        self._once("claim", self._mark)
        options = claim.ClaimOptions(
            include_unpublished=task.include_unpublished, retry_failed=task.retry_failed, again=task.again
        )
        rules = claim.claim_rules(
            run,
            options,
            history=history,
            stands=delivered.stands_in_pod(run, history, [recording]),
            in_pod=self._in_pod(task, history).names,
            kept_back=excluded(run.exclusion.of([recording], {})),
        )
        plan = plan_claims([recording], rules)
        return plan, claim.claim_delivery(run, claim.file_maker(run), history).carry_out

    def _publish(self, task: Task, recording: Recording, history: History) -> tuple[Plan, CarryOut]:
        """Decide as `publish` does."""
        run, record_id = self.run, recording.record_id
        via = task.via or run.settings.publish.via
        recorder = publish.needs_recorder(run, via)
        self._once(f"publish {via}", lambda: self._prepare(via, recorder=recorder))
        whose = {record_id: task.ownership} if task.ownership is not None else {}
        looks = recorder or (run.settings.has("recorder") and given(history, record_id) is not None)
        options = publish.PublishOptions(
            include_unpublished=task.include_unpublished, retry_failed=task.retry_failed, again=task.again
        )
        rules = publish.publish_rules(
            run,
            via,
            options,
            in_pod=self._in_pod(task, history) if looks else None,
            chosen=[recording],
            excluded=run.exclusion.of([recording], whose),
            history=history,
        )
        rules = replace(rules, drafts=drafts_in_pod(run, history, whose))
        plan = with_new_accounts(run.adapters, plan_publish([recording], whose, rules))
        need_who_takes_drafts(run, plan)
        several = frozenset([record_id]) if task.several else frozenset[str]()
        titles = TitleRules(date=run.settings.publish.date_in_title, several=several)
        return plan, publish.publish_work(run, via, self.target, rules, whose, titles)

    def _prepare(self, via: Via, *, recorder: bool) -> None:
        """Do what `publish` does before its first recording."""
        publish.known_files(self.run, via, looks=False)
        if recorder:
            self._mark()

    def _mark(self) -> None:
        """Make sure that the recorder's directory is this ledger's."""
        recorder_directory.ensure_usable(self.run)
        check_mark(self.run)
        leave_mark(self.run)

    @property
    def target(self) -> Target:
        """Return type, sites and shelf of videos, asked once."""
        with self._guard:
            if self._target is None:
                self._target = publish_target(self.run)
            return self._target

    def _once(self, what: str, do: Callable[[], object]) -> None:
        """Do something before the first recording of its kind."""
        with self._guard:
            if what not in self._ready:
                do()
                self._ready.add(what)

    def _in_pod(self, task: Task, history: History) -> FilesInPod:
        """Ask for the names of files that Pod's recorder knows, where that can matter: they may be very many.

        A recording of which the ledger knows nothing was looked for when the plan was made; only who has its lease
        has told Pod of it since, and has left a row before.
        """
        known = any(history.entry(effect, task.record_id) for effect in (Effect.CLAIM, Effect.PUBLISH))
        return recorder_directory.in_pod(self.run) if known or task.kind in _RESTS_ON_POD else FilesInPod()
