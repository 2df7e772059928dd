"""`check`: whether everything is in place."""

import sys
from collections.abc import Iterator
from pathlib import Path

from bbbmig.bbb.api_url import api_base, host_of
from bbbmig.errors import ExitCode
from bbbmig.report.messages import Check, Level, worst
from bbbmig.report.reporter import make_reporter
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.check import all_checks
from bbbmig.runs.notifying import Notifier
from bbbmig.runs.run import AS_USUAL, Shown, prepare
from bbbmig.settings import Settings


def check(settings: Settings | Path | None, *, shown: Shown = AS_USUAL, notify: bool = False) -> ExitCode:
    """Look at everything that is in the settings, and show it; return the exit code of the worst line.

    `notify`: a test message goes to all whom the settings name, too.
    """
    settings = prepare(settings, shown, dry=True)
    checks = []
    with (
        Adapters(settings, dry=True) as adapters,
        make_reporter(shown.stream or sys.stdout, json=shown.json, verbosity=shown.verbosity) as report,
    ):
        for one in _all(adapters, notify=notify):
            report.check(one)
            checks.append(one)
        report.checked(checks, worst(checks))
    return worst(checks)


def _all(adapters: Adapters, *, notify: bool) -> Iterator[Check]:
    """Yield every line."""
    yield from all_checks(adapters)
    if not notify:
        return
    settings = adapters.settings
    server = host_of(api_base(settings.bbb.url)) if settings.has("bbb") else ""
    found = list(Notifier(command="check", server=server, section=settings.notify).checks())
    yield from found
    if not found:
        yield Check(
            place="Notify", level=Level.WRONG, what="nobody is named", hint="[notify] url, mail_to or metrics_file"
        )
