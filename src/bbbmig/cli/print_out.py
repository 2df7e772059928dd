"""`bbbmig print`: texts for files of other programs, made for this site."""

import sys
from typing import Annotated

import typer

from bbbmig.cli import options as o


def print_out(
    *,
    context: typer.Context,
    thing: Annotated[
        str,
        typer.Argument(
            metavar="config|grants|cron|systemd|nginx|apache|page", show_default=False, help="What to print."
        ),
    ],
    host: Annotated[
        str, typer.Option("--host", metavar="NAME", help="The site's name; else playback_base's, or the old server's.")
    ] = "",
    allow: Annotated[
        list[str], typer.Option("--allow", metavar="NETWORK", help="Who may see it, 10.0.0.0/8; may be repeated.")
    ] = [],  # noqa: B006 - Typer copies it
    redirects: Annotated[
        str, typer.Option("--redirects", metavar="FILE", help="Lead to Pod first, by this file of `bbbmig redirects`.")
    ] = "",
    output: o.Output = o.STDOUT,
) -> None:
    """Print example settings, grants, nightly jobs, and what a web server needs to play the mirror.

    config: the settings to fill in; grants: accounts for Moodle's database, in SQL; cron, systemd: nightly jobs for
    this machine. Where there are several files, each goes by its name into the folder that --output names.

    nginx: the server block; apache: the virtual host; page: what an address shows that leads nowhere any more, in
    French and English. A mirror protects nothing: let in only those who may see everything (--allow), or put the site
    behind your login.
    """
    from bbbmig.runs.print_out import Wish, printed, write

    made = printed(context.obj, thing, Wish(host=host, allow=tuple(allow), redirects=redirects))
    write(made, output)
    if made.said:
        text = f"\033[1m{made.said}\033[0m" if sys.stderr.isatty() else made.said
        print(text, file=sys.stderr)  # noqa: T201 - so that stdout can be redirected into the file
