"""`bbbmig check`: tell whether everything is in place."""

import typer

from bbbmig.cli import options as o


@o.grouped
def check(*, context: typer.Context, shown: o.Shown) -> int:
    """Tell whether BigBlueButton, each Moodle, Pod and this machine are ready, and what to do where they are not.

    Nothing is changed on any server. Sections that are not in the settings are not looked at.

    The exit code is that of the worst line: 4 settings or this machine, 6 a server refuses, 5 a server fails for now.
    """
    from bbbmig.runs.check import check

    return check(context.obj, shown=shown.plain())
