"""`bbbmig pod-extension`: the file that Pod needs for external recordings over REST, and how to install it."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def pod_extension(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the file there instead of printing it.")
    ] = None,
) -> None:
    """Print the one file that Pod needs so that import-links works, and how to install it."""
    from bbbmig.errors import ConfigError
    from bbbmig.pod import extension

    how = (
        f"Put this file into Pod as pod/custom/{extension.FILE_NAME} (version {extension.VERSION}), add to "
        "pod/custom/settings_local.py\n\n"
        + "\n".join(extension.SETTINGS_LINES)
        + "\n\nand restart Pod. Then `bbbmig check` says whether it answers."
    )
    if output is None:
        sys.stdout.write(extension.source())
    else:
        try:
            output.write_text(extension.source(), encoding="utf-8")
        except OSError as error:
            raise ConfigError(f"cannot write {output}: {error.strerror}", hint="choose another place") from error
    print(how, file=sys.stderr)  # noqa: T201 - so that stdout can be redirected into the file
