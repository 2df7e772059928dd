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
from bbbmig.cli.owners import owners
from bbbmig.cli.pod_extension import pod_extension
from bbbmig.cli.remove_links import remove_links
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
        typer.Option("--config", "-c", metavar="FILE", help="Settings; without it the usual places are looked at."),
    ] = None,
    version: Annotated[  # noqa: ARG001 - handled by its callback
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    context.obj = config


app.command("check")(check)
app.command("export-csv")(export_csv)
app.command("import-links")(import_links)
app.command("claim")(claim)
app.command("owners")(owners)
app.command("remove-links")(remove_links)
app.command("pod-extension")(pod_extension)
app.command("demo")(demo)
