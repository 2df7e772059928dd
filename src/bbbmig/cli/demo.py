"""`bbbmig demo`: everything on one machine, with sample servers, nothing to configure."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    *,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="FOLDER", help="An empty or new folder for it; else one below /tmp."),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the servers running until Ctrl-C.")] = False,
) -> int:
    """Show everything with a sample BigBlueButton, Moodle and Pod on this machine; nothing to configure."""
    import tempfile

    from bbbmig.errors import ConfigError
    from bbbmig.extras import install

    try:
        from bbbmig.demo.tour import Tour
    except ModuleNotFoundError as error:
        raise ConfigError(f"the demo needs {error.name}", hint=install("demo")) from error
    return Tour(folder.absolute() if folder else Path(tempfile.mkdtemp(prefix="bbbmig-demo-"))).run(keep=keep)
