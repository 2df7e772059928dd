"""How `publish` goes to work: what decides, what is tidied up, what sends."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Literal

from bbbmig.apply.delivery import Drop, Sender, Upload
from bbbmig.apply.executor import Work
from bbbmig.apply.publishing import PublishDelivery, by_owner, remove_files, unanswered, whole_files
from bbbmig.apply.video_file import FileMaker
from bbbmig.cli.options import RunLimits
from bbbmig.convert.install_file import place
from bbbmig.domain.claim_plan import ClaimRules
from bbbmig.domain.file_names import PATH_LENGTH
from bbbmig.domain.owner import Ownership
from bbbmig.domain.plan import Plan
from bbbmig.domain.publish_plan import PublishRules, description
from bbbmig.ledger import Effect, State
from bbbmig.runs import claim
from bbbmig.runs.owners import need_administrator
from bbbmig.runs.run import Task
from bbbmig.transfer.leftovers import remove_leftovers
from bbbmig.transfer.throttle import Throttle

Target = tuple[int, tuple[int, ...]]
"""Pod's numbers of the type and the sites of published videos."""
Via = Literal["upload", "recorder"]


def needs_recorder(run: Task, via: Via) -> bool:
    """Tell whether files are to lie in the recorder's directory."""
    return via == "recorder" or run.settings.publish.unknown_owner == "claim"


def publish_rules(run: Task, via: Via, *, include_unpublished: bool, retry_failed: bool) -> PublishRules:
    """Put together what decides: the settings, the ledger, the directories, Pod. Raise as `need_administrator`."""
    if run.settings.publish.unknown_owner == "administrator":
        need_administrator(run, staff_for="recorders" if via == "recorder" else "")
    given = run.wiring.ledger.entries(run.server, Effect.CLAIM)
    of_files = [entry for entry in run.wiring.ledger.entries(run.server, Effect.PUBLISH) if not entry.target]
    in_pod: list[str] = []
    room, claims = PATH_LENGTH, ClaimRules()
    if needs_recorder(run, via):
        in_pod, room = claim.names_in_pod(run), claim.room_for_names(run)
        claims = claim.claim_rules(
            run, in_pod=in_pod, include_unpublished=include_unpublished, retry_failed=retry_failed
        )
    return PublishRules(
        room=room,
        converters=bool(run.wiring.converters),
        sources=run.settings.converter.sources,
        retry_failed=retry_failed,
        administrator=run.settings.pod.administrator,
        unknown_owner=run.settings.publish.unknown_owner,
        co_owners=run.settings.publish.co_owners,
        published=claim.published(run),
        claimed={e.record_id: f"{e.at:%Y-%m-%d}" for e in given if e.state in (State.DONE, State.DELIVERED)},
        begun={entry.record_id for entry in of_files if entry.state is not State.DONE},
        failed={entry.record_id: entry.attempts for entry in of_files if entry.state is State.FAILED},
        present=whole_files(run.settings.converter.directory),
        in_pod=in_pod,
        claims=claims,
        ignored_servers=run.settings.bbb.ignored_servers,
        include_unpublished=include_unpublished,
    )


def tidy(run: Task, via: Via, plan: Plan, rules: PublishRules) -> None:
    """Remove what runs that were killed left on the disks."""
    work = run.settings.converter.directory
    pending = {action.recording.record_id for action in plan.effective}
    claim.tidy_work(run, [action.recording for action in plan])
    remove_leftovers(work, targets=[work / action.target for action in plan.effective if action.owner])
    remove_files(work, rules.published.keys() - pending)
    if needs_recorder(run, via):
        claim.tidy_recorder(run, [action for action in plan.effective if not action.owner])


def publish_work(
    run: Task, via: Via, limits: RunLimits, target: Target, rules: PublishRules, whose: Mapping[str, Ownership]
) -> Work:
    """Put together what publishes, and what gives to claim what is nobody's."""
    maker = claim.file_maker(run, limits)
    publishing = _delivery(run, maker, _sender(run, via, limits, rules.in_pod), target, whose)
    if not needs_recorder(run, via):
        return publishing.carry_out
    return by_owner(publishing.carry_out, claim.claim_delivery(run, maker).carry_out)


def _delivery(
    run: Task, maker: FileMaker, sender: Sender, target: Target, whose: Mapping[str, Ownership]
) -> PublishDelivery:
    """Put together what delivers to owners."""
    wiring = run.wiring
    type_id, site_ids = target
    entries = wiring.ledger.entries(run.server, Effect.PUBLISH)
    return PublishDelivery(
        server=run.server,
        work=run.settings.converter.directory,
        maker=maker,
        place=place,
        videos=wiring.videos,
        sender=sender,
        memory=wiring.ledger,
        user_of=partial(wiring.user_of, staff_for="recorders" if isinstance(sender, Drop) else ""),
        type_id=type_id,
        site_ids=site_ids,
        description=lambda recording: description(recording, whose.get(recording.record_id)),
        copies=run.settings.publish.co_owners == "copy",
        failures={entry.record_id: entry.attempts for entry in entries if not entry.target},
        unanswered=unanswered(entries),
    )


def _sender(run: Task, via: Via, limits: RunLimits, in_pod: Collection[str]) -> Sender:
    """Choose the way to Pod."""
    wiring = run.wiring
    if via == "upload":
        return Upload(videos=wiring.videos, stop=wiring.stop, throttle=Throttle(limits.bwlimit or None))
    return Drop(
        videos=wiring.videos,
        recorder=wiring.recorder,
        directory=run.settings.recorder.directory,
        pod_directory=str(run.settings.recorder.pod_directory),
        place_copy=wiring.place_copy,
        in_pod=frozenset(in_pod),
    )
