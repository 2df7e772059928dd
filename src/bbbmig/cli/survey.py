"""`bbbmig survey`: what is on the old server, and what it takes to move it."""

from pathlib import Path
from typing import Annotated

import typer

from bbbmig.cli import options as o
from bbbmig.domain.choices import Language


@o.grouped
def survey(
    *,
    context: typer.Context,
    shown: o.Shown,
    moodle: o.Moodles = [],  # noqa: B006 - Typer copies it
    owners: o.OwnersFile = None,
    since_year: Annotated[
        int,
        typer.Option(
            "--since-year",
            min=0,
            max=9999,
            metavar="YEAR",
            show_default=False,
            help="What the way “only since a year” begins with; three years ago without it.",
        ),
    ] = 0,
    page: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write it as a page: one file that prints on A4.")
    ] = None,
    language: Annotated[Language, typer.Option("--lang", help="English or French.")] = Language.EN,
    cache: o.UseCache = False,
) -> int:
    """Say what is on the old server, whose it is, and what each way of moving it costs: before anything is done.

    Counted by year, kind, length, owner and origin; machine hours, nights, space in Pod, work for teachers, what would
    be lost; what is to be decided before, and by whom. Pod is not asked, and nothing is changed anywhere.
    """
    from bbbmig.runs.run import opened
    from bbbmig.runs.states import OwnersWanted
    from bbbmig.runs.survey import NEEDS, SurveyOptions, survey

    wanted = OwnersWanted(owners_from=tuple(moodle), owners_file=owners)
    options = SurveyOptions(owners=wanted, since_year=since_year, page=page, language=language, use_cache=cache)
    with opened("survey", context.obj, needs=NEEDS, shown=shown.plain(), dry=True) as run:
        survey(run, options)
    return run.exit_code
