"""The commands under their names. Their bodies load what they need when they run."""

from pathlib import Path
from typing import Annotated

import typer

from bbbmig import __version__
from bbbmig.cli.check import check
from bbbmig.cli.claim import claim
from bbbmig.cli.demo import demo
from bbbmig.cli.export_csv import export_csv
from bbbmig.cli.import_links import import_links
from bbbmig.cli.moodle_notice import moodle_notice
from bbbmig.cli.owners import owners
from bbbmig.cli.pod_extension import pod_extension
from bbbmig.cli.publish import publish
from bbbmig.cli.remove_links import remove_links
from bbbmig.cli.render import render
from bbbmig.errors import ExitCode

_CODES = "; ".join(f"{int(code)} {code.meaning}" for code in ExitCode)

app = typer.Typer(
    name="bbbmig",
    help="Move every recording of a BigBlueButton or Scalelite into Esup-Pod, to switch the old server off.",
    epilog=f"Exit codes: {_CODES}.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=False,
)


def _version(asked: bool) -> None:  # noqa: FBT001 - Typer's way
    """Print the version and leave."""
    if asked:
        typer.echo(f"bbbmig {__version__}")
        raise typer.Exit


@app.callback()
def _settings(
    *,
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "-c",
            metavar="FILE",
            help="The settings; otherwise ./bbbmig.toml, ~/.config/bbbmig/config.toml or /etc/bbbmig/config.toml.",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = config


app.command("check", short_help="Tell whether everything is in place, and what to do where it is not.")(check)
app.command("export-csv", short_help="Write the list of recordings as CSV, with their owners if asked.")(export_csv)
app.command("import-links", short_help="Put links to the recordings into Pod, for their moderators.")(import_links)
app.command("claim", short_help="Put video files where people claim them in Pod.")(claim)
app.command("publish", short_help="Put videos straight into their owners' dashboards in Pod, as drafts.")(publish)
app.command("owners", short_help="Write a CSV of recordings whose owner is not known, for people to fill in.")(owners)
app.command("moodle-notice", short_help="Put a message into the Moodle activities concerned, or take it out.")(
    moodle_notice
)
app.command("remove-links", short_help="Delete the links in Pod, when the old server is to go.")(remove_links)
app.command("render", short_help="Make a video of one presentation, without a browser.")(render)
app.command("pod-extension", short_help="Print the one file that Pod needs for import-links.")(pod_extension)
app.command("demo", short_help="Show it all on this machine, with sample servers.")(demo)
