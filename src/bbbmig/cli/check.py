"""`bbbmig check`: tell whether everything is in place."""

import typer

from bbbmig.cli import options as o


@o.grouped
def check(*, context: typer.Context, shown: o.Shown) -> int:
    """Tell whether BigBlueButton, each Moodle, Pod and this machine are ready, and what to do where they are not.

    Nothing is changed on any server. Sections that are not in the settings are not looked at.

    The exit code is that of the worst line: 4 settings or this machine, 6 a server refuses, 5 a server fails for now.
    """
    import sys

    from bbbmig.report.messages import worst
    from bbbmig.report.reporter import make_reporter
    from bbbmig.runs.adapters import Wiring
    from bbbmig.runs.check import all_checks
    from bbbmig.runs.run import prepare

    settings = prepare(context, shown, dry=True)
    checks = []
    with (
        Wiring(settings, dry=True) as wiring,
        make_reporter(sys.stdout, json=shown.json, verbosity=shown.verbosity) as report,
    ):
        for one in all_checks(wiring):
            report.check(one)
            checks.append(one)
        report.checked(checks, worst(checks))
    return worst(checks)
