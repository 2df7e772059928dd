"""`bbbmig check`: tell whether everything is in place."""

from typing import Annotated

import typer

from bbbmig.cli import options as o

Notify = Annotated[
    bool, typer.Option("--notify", help="Send a test message to all whom [notify] of the settings names, too.")
]


@o.grouped
def check(*, context: typer.Context, shown: o.Shown, notify: Notify = False) -> int:
    """Tell whether BigBlueButton, each Moodle, Pod and this machine are ready, and what to do where they are not.

    Nothing is changed on any server. Sections that are not in the settings are not looked at.

    The exit code is that of the worst line: 4 settings or this machine, 6 a server refuses, 5 a server fails for now.
    """
    from bbbmig.runs.check_run import check

    return check(context.obj, shown=shown.plain(), notify=notify)
