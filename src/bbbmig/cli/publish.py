"""`bbbmig publish`: a video for the owners of every recording, as a draft in their dashboard in Pod."""

from typing import Annotated

import typer

from bbbmig.cli import options as o
from bbbmig.domain.choices import Via


@o.grouped
def publish(
    *,
    context: typer.Context,
    choice: o.Choice,
    limits: o.Limits,
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
    again: o.Again = False,
    create_unknown: o.CreateUnknown = False,
    cache: o.UseCache = False,
    queue: o.Queue = False,
    detach: o.Detach = False,
) -> int:
    """Put a video of each recording straight into its moderators' dashboard in Pod, as a draft.

    Nobody has to claim it. What is nobody's goes where `publish.unknown_owner` of the settings says. A run can be
    stopped at any moment: the next one goes on.
    """
    from bbbmig.runs.publish import NEEDS, PublishOptions, publish
    from bbbmig.runs.run import opened

    options = PublishOptions(
        selection=choice.selection,
        owners_from=tuple(moodle),
        owners_file=owners,
        via=via,
        include_unpublished=include_unpublished,
        retry_failed=retry_failed,
        again=again,
        create_unknown=create_unknown,
        use_cache=cache,
        queue=o.queueing(queue=queue, detach=detach),
    )
    with opened("publish", context.obj, needs=NEEDS, shown=shown.plain(), limits=limits.plain(), dry=dry) as run:
        publish(run, options)
    return run.exit_code
