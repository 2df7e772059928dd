"""`bbbmig publish`: a video for the owners of every recording, as a draft in their dashboard in Pod."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bbbmig.cli import options as o

if TYPE_CHECKING:
    from bbbmig.apply.files import FileMaker
    from bbbmig.apply.publishing import PublishDelivery
    from bbbmig.apply.senders import Sender
    from bbbmig.cli.task import Task
    from bbbmig.domain.plan import Plan
    from bbbmig.domain.publishing import PublishRules

Target = tuple[int, tuple[int, ...]]
"""Pod's numbers of the type and the sites of published videos."""
Via = Literal["upload", "recorder"]


@o.grouped
def publish(
    *,
    context: typer.Context,
    choice: o.Choice,
    limits: o.RunLimits,
    shown: o.Shown,
    dry: o.Dry = False,
    moodle: o.Moodles = [],  # noqa: B006 - Typer copies it
    owners: o.OwnersFile = None,
    via: Annotated[
        Via | None,
        typer.Option("--via", help="How a file gets to Pod: sent over REST, or dropped into the recorder's directory."),
    ] = None,
    include_unpublished: o.Unpublished = False,
    retry_failed: o.RetryFailed = False,
    cache: o.UseCache = False,
) -> int:
    """Put a video of each recording straight into its moderators' dashboard in Pod, as a draft.

    Nobody has to claim it. What is nobody's goes where `publish.unknown_owner` of the settings says. A run can be
    stopped at any moment: the next one goes on.
    """
    from dataclasses import replace

    from bbbmig.apply.publishing import by_owner, people_of
    from bbbmig.apply.run import planned, side_by_side
    from bbbmig.cli import delivering
    from bbbmig.cli.task import task
    from bbbmig.cli.whose import ownerships
    from bbbmig.domain.publishing import description, plan_publish

    with task(context, "publish", shown, "bbb", "pod", dry=dry) as run, run.wiring.ledger.locked("publish"):
        via = via or run.settings.publish.via
        if _needs_recorder(run, via):
            run.settings.need("recorder")
        target = run.wiring.publish_target()
        listing = run.listing(use_cache=cache)
        chosen = run.choose(listing, choice.selection)
        whose = ownerships(run, chosen, listing.recordings, moodles=moodle, owners_file=owners)
        rules = _rules(run, via, include_unpublished=include_unpublished, retry_failed=retry_failed)
        plan = plan_publish(chosen, whose, rules)
        if dry:
            run.show(planned(plan))
        else:
            _tidy(run, via, plan, rules)
            run.report.expect(plan)
            maker = delivering.file_maker(run, limits)
            delivery = _publishing(run, maker, _sender(run, via, limits, rules.in_pod), target)
            delivery = replace(delivery, description=lambda one: description(one, whose.get(one.record_id)))
            claiming = delivering.claim_delivery(run, maker) if _needs_recorder(run, via) else None
            work = by_owner(delivery.carry_out, claiming.carry_out) if claiming else delivery.carry_out
            run.wiring.users.find(people_of(plan))  # in as few requests as that takes
            run.show(side_by_side(plan, work, jobs=limits.jobs, stop=run.wiring.stop, limits=limits.begun()))
    return run.exit_code


def _needs_recorder(run: "Task", via: Via) -> bool:
    """Tell whether files are to lie in the recorder's directory."""
    return via == "recorder" or run.settings.publish.unknown_owner == "claim"


def _rules(run: "Task", via: Via, *, include_unpublished: bool, retry_failed: bool) -> "PublishRules":
    """Put together what decides: the settings, the ledger, the directories, Pod."""
    from bbbmig.apply.publishing import whole_files
    from bbbmig.cli import delivering
    from bbbmig.domain.claims import ClaimRules
    from bbbmig.domain.naming import PATH_LENGTH
    from bbbmig.domain.publishing import PublishRules
    from bbbmig.ledger import Effect, State

    given = run.wiring.ledger.entries(run.server, Effect.CLAIM)
    of_files = [entry for entry in run.wiring.ledger.entries(run.server, Effect.PUBLISH) if not entry.target]
    in_pod: list[str] = []
    room, claims = PATH_LENGTH, ClaimRules()
    if _needs_recorder(run, via):
        in_pod, room = delivering.names_in_pod(run), delivering.room_for_names(run)
        claims = delivering.claim_rules(
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
        published=delivering.published(run),
        claimed={e.record_id: f"{e.at:%Y-%m-%d}" for e in given if e.state in (State.DONE, State.DELIVERED)},
        begun={entry.record_id for entry in of_files if entry.state is not State.DONE},
        failed={entry.record_id: entry.attempts for entry in of_files if entry.state is State.FAILED},
        present=whole_files(run.settings.converter.directory),
        in_pod=in_pod,
        claims=claims,
        ignored_servers=run.settings.bbb.ignored_servers,
        include_unpublished=include_unpublished,
    )


def _tidy(run: "Task", via: Via, plan: "Plan", rules: "PublishRules") -> None:
    """Remove what runs that were killed left on the disks."""
    from bbbmig.apply.publishing import remove_files
    from bbbmig.cli import delivering
    from bbbmig.convert.place import remove_leftovers

    work = run.settings.converter.directory
    pending = {action.recording.record_id for action in plan.effective}
    delivering.tidy_work(run, [action.recording for action in plan])
    remove_leftovers(work, targets=[work / action.target for action in plan.effective if action.owner])
    remove_files(work, rules.published.keys() - pending)
    if _needs_recorder(run, via):
        delivering.tidy_recorder(run, [action for action in plan.effective if not action.owner])


def _publishing(run: "Task", maker: "FileMaker", sender: "Sender", target: "Target") -> "PublishDelivery":
    """Put together what delivers to owners."""
    from functools import partial

    from bbbmig.apply.publishing import PublishDelivery, unanswered
    from bbbmig.apply.senders import Drop
    from bbbmig.convert.place import place
    from bbbmig.ledger import Effect

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
        copies=run.settings.publish.co_owners == "copy",
        failures={entry.record_id: entry.attempts for entry in entries if not entry.target},
        unanswered=unanswered(entries),
    )


def _sender(run: "Task", via: Via, limits: o.RunLimits, in_pod: Collection[str]) -> "Sender":
    """Choose the way to Pod."""
    from bbbmig.apply.senders import Drop, Upload
    from bbbmig.convert.rate import Throttle

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
