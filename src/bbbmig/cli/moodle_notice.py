"""`bbbmig moodle-notice`: the information message in the Moodle activities concerned, and its exact undo."""

from enum import StrEnum
from typing import Annotated

import typer

from bbbmig.cli import options as o


class Work(StrEnum):
    """What to do."""

    ADD = "add"
    REMOVE = "remove"


@o.grouped
def moodle_notice(
    *,
    context: typer.Context,
    work: Annotated[
        Work, typer.Argument(metavar="add|remove", show_default=False, help="Put the message in, or take it out again.")
    ],
    shown: o.Shown,
    dry: o.Dry = False,
    moodle: Annotated[
        list[str],
        typer.Option(
            "--moodle",
            metavar="NAME",
            help="Only in the Moodle of [moodle.NAME]; may be repeated. Else in each that has an account for it.",
        ),
    ] = [],  # noqa: B006 - Typer copies it
    again: Annotated[bool, typer.Option("--again", help="Also where somebody has taken it out in Moodle.")] = False,
    cache: o.UseCache = False,
) -> int:
    """Append a message to the descriptions of the Moodle activities whose recordings were linked in Pod.

    Its text and its account are those of [moodle.NAME.notice]; see docs/moodle.md.
    """
    from bbbmig.runs.moodle_notice import NoticeOptions, moodle_notice
    from bbbmig.runs.run import opened

    options = NoticeOptions(moodles=tuple(moodle), remove=work is Work.REMOVE, again=again, use_cache=cache)
    with opened("moodle-notice", context.obj, needs=options.needs, shown=shown.plain(), dry=dry) as run:
        moodle_notice(run, options)
    return run.exit_code
