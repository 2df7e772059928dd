"""The commands under their names. Their bodies load what they need when they run."""

from pathlib import Path
from typing import Annotated

import typer

from bbbmig import __version__
from bbbmig.cli.check import check
from bbbmig.cli.claim import claim
from bbbmig.cli.commands import Command, Group
from bbbmig.cli.demo import demo
from bbbmig.cli.export_csv import export_csv
from bbbmig.cli.give_up import give_up
from bbbmig.cli.import_links import import_links
from bbbmig.cli.init import init
from bbbmig.cli.mirror import mirror
from bbbmig.cli.moodle_notice import moodle_notice
from bbbmig.cli.owners import owners
from bbbmig.cli.pod_extension import pod_extension
from bbbmig.cli.print_out import print_out
from bbbmig.cli.publish import publish
from bbbmig.cli.redirects import redirects
from bbbmig.cli.remove_links import remove_links
from bbbmig.cli.render import render
from bbbmig.cli.show import show
from bbbmig.cli.status import status
from bbbmig.cli.survey import survey
from bbbmig.cli.worker import worker
from bbbmig.errors import ExitCode

_CODES = "; ".join(f"{int(code)} {code.meaning}" for code in ExitCode)

app = typer.Typer(
    name="bbbmig",
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
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
            readable=False,
            help="The settings; otherwise ./bbbmig.toml, ~/.config/bbbmig/config.toml or /etc/bbbmig/config.toml.",
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = config


_COMMANDS = {
    "Look": (
        ("init", init, "Ask for what the settings need, try each answer, write the file."),
        ("check", check, "Check that everything is in place, and show how to fix what is not."),
        ("survey", survey, "Say what is on the old server, and what each way of moving it costs."),
        ("export-csv", export_csv, "Write the list of recordings as CSV, with their owners if asked."),
        ("owners", owners, "Write a CSV of recordings whose owner is not known, for people to fill in."),
        ("show", show, "Show everything that is known of one recording, or of one person's."),
    ),
    "Move": (
        ("import-links", import_links, "Put links to the recordings into Pod, for their moderators."),
        ("mirror", mirror, "Copy everything that the old server publishes, whole and proven."),
        ("claim", claim, "Deliver video files to Pod's claim page."),
        ("publish", publish, "Put videos straight into their owners' dashboards in Pod, as drafts."),
        ("worker", worker, "Take recordings from the queue, one machine of several."),
        ("status", status, "Say whether the old server may be switched off, and what stands in the way."),
    ),
    "Finish": (
        ("give-up", give_up, "Write down that recordings are not kept: who decided, when and why."),
        ("redirects", redirects, "Write where old playback addresses lead now, for a web server."),
        ("moodle-notice", moodle_notice, "Put a message into the Moodle activities concerned, or take it out."),
        ("remove-links", remove_links, "Delete the links in Pod, when the old server is to go."),
    ),
    "Tools": (
        ("render", render, "Make a video of one presentation, without a browser."),
        ("print", print_out, "Print settings, grants and jobs to fill in, and a web server's block."),
        ("pod-extension", pod_extension, "Print the one file that Pod needs for import-links."),
        ("demo", demo, "Show it all on this machine, with sample servers."),
    ),
}
"""By the phase of a move in which they are needed; Group shows them so."""
for _phase, _of_phase in _COMMANDS.items():
    for _name, _command, _help in _of_phase:
        app.command(_name, cls=Command, short_help=_help, rich_help_panel=_phase)(_command)
