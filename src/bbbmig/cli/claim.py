"""`bbbmig claim`: a video file for every recording, which its people claim in Pod."""

from typing import Annotated

import typer

from bbbmig.cli import options as o

OnlyUnknown = Annotated[
    bool,
    typer.Option("--only-unknown", help="Ask all sources of owners, and leave out what has a known owner."),
]


@o.grouped
def claim(
    *,
    context: typer.Context,
    choice: o.Choice,
    limits: o.Limits,
    shown: o.Shown,
    dry: o.Dry = False,
    owners: o.OwnersFile = None,
    only_unknown: OnlyUnknown = False,
    include_unpublished: o.Unpublished = False,
    retry_failed: o.RetryFailed = False,
    again: o.Again = False,
    cache: o.UseCache = False,
    queue: o.Queue = False,
    detach: o.Detach = False,
) -> int:
    """Put a video file of each recording into the recorder's directory, where its people claim it in Pod.

    Videos are downloaded, presentations converted by the converters of the settings. A run can be stopped at any
    moment: the next one goes on. With --owners, those that the file gives to nobody are left out.
    """
    from bbbmig.runs.claim import NEEDS, ClaimOptions, claim
    from bbbmig.runs.run import opened

    options = ClaimOptions(
        selection=choice.selection,
        owners_file=owners,
        only_unknown=only_unknown,
        include_unpublished=include_unpublished,
        retry_failed=retry_failed,
        again=again,
        use_cache=cache,
        queue=o.queueing(queue=queue, detach=detach),
    )
    with opened("claim", context.obj, needs=NEEDS, shown=shown.plain(), limits=limits.plain(), dry=dry) as run:
        claim(run, options)
    return run.exit_code
