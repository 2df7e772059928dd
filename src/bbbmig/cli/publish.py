"""`bbbmig publish`: a video for the owners of every recording, as a draft in their dashboard in Pod."""

from typing import Annotated, Literal

import typer

from bbbmig.cli import options as o

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
    from bbbmig.apply.executor import planned, side_by_side
    from bbbmig.apply.publishing import people_of
    from bbbmig.domain.publish_plan import plan_publish
    from bbbmig.runs import publish
    from bbbmig.runs.owners import ownerships
    from bbbmig.runs.run import task

    with task(context, "publish", shown, "bbb", "pod", dry=dry) as run, run.wiring.ledger.locked("publish"):
        via = via or run.settings.publish.via
        if publish.needs_recorder(run, via):
            run.settings.need("recorder")
        target = run.wiring.publish_target()
        listing = run.listing(use_cache=cache)
        chosen = run.choose(listing, choice.selection)
        whose = ownerships(run, chosen, listing.recordings, moodles=moodle, owners_file=owners)
        rules = publish.publish_rules(run, via, include_unpublished=include_unpublished, retry_failed=retry_failed)
        plan = plan_publish(chosen, whose, rules)
        if dry:
            run.show(planned(plan))
        else:
            publish.tidy(run, via, plan, rules)
            run.report.expect(plan)
            work = publish.publish_work(run, via, limits, target, rules, whose)
            run.wiring.users.find(people_of(plan))  # in as few requests as that takes
            run.show(side_by_side(plan, work, jobs=limits.jobs, stop=run.wiring.stop, limits=limits.begun()))
    return run.exit_code
