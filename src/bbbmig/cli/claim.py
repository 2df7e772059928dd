"""`bbbmig claim`: a video file for every recording, which its people claim in Pod."""

import typer

from bbbmig.cli import options as o


@o.grouped
def claim(
    *,
    context: typer.Context,
    choice: o.Choice,
    limits: o.RunLimits,
    shown: o.Shown,
    dry: o.Dry = False,
    owners: o.OwnersFile = None,
    include_unpublished: o.Unpublished = False,
    retry_failed: o.RetryFailed = False,
    again: o.Again = False,
    cache: o.UseCache = False,
) -> int:
    """Put a video file of each recording into the recorder's directory, where its people claim it in Pod.

    Videos are downloaded, presentations converted by the converters of the settings. A run can be stopped at any
    moment: the next one goes on. With --owners, those that the file gives to nobody are left out.
    """
    from bbbmig.apply.executor import planned, side_by_side
    from bbbmig.domain.claim_plan import plan_claims
    from bbbmig.runs import claim
    from bbbmig.runs.owners import left_out
    from bbbmig.runs.run import task

    needs = ("bbb", "pod", "recorder")
    with task(context, "claim", shown, *needs, dry=dry) as run, run.wiring.ledger.locked("claim"):
        listing = run.listing(use_cache=cache)
        chosen = run.choose(listing, choice.selection)
        rules = claim.claim_rules(
            run,
            in_pod=claim.names_in_pod(run),
            left_out=left_out(run, listing.recordings, owners),
            include_unpublished=include_unpublished,
            retry_failed=retry_failed,
            again=again,
        )
        plan = plan_claims(chosen, rules)
        if dry:
            run.show(planned(plan))
        else:
            claim.tidy_recorder(run, plan.effective)
            claim.tidy_work(run, listing.recordings)
            run.report.expect(plan)
            work = claim.claim_delivery(run, claim.file_maker(run, limits))
            run.show(side_by_side(plan, work.carry_out, jobs=limits.jobs, stop=run.wiring.stop, limits=limits.begun()))
    return run.exit_code
