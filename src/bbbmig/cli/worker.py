"""`bbbmig worker`: one of several machines that move recordings, fed by a queue."""

from typing import Annotated

import typer

from bbbmig.cli import options as o


@o.grouped
def worker(
    *,
    context: typer.Context,
    limits: o.Limits,
    shown: o.Shown,
    purge: Annotated[
        bool, typer.Option("--purge", help="Take everything out of the queue, say what it was, and end.")
    ] = False,
) -> int:
    """Take recordings that `claim --queue` and `publish --queue` have sent, one at a time for each job.

    It ends with SIGTERM or Ctrl-C once what is at work is finished; a second one ends that, too, within ten seconds. A
    recording whose worker dies comes back to another one. A server that is away pauses the queue.
    """
    from bbbmig.runs.run import opened
    from bbbmig.runs.worker import NEEDS, work
    from bbbmig.runs.worker import purge as take_out

    with opened("worker", context.obj, needs=NEEDS, shown=shown.plain(), limits=limits.plain()) as run:
        take_out(run) if purge else work(run)
    return run.exit_code
