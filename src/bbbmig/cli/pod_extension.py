"""`bbbmig pod-extension`: the file that Pod needs for external recordings over REST, and how to install it."""

import sys

from bbbmig.cli import options as o


def pod_extension(output: o.Output = o.STDOUT) -> None:
    """Print the one file that Pod needs so that import-links works, and how to install it."""
    from bbbmig.pod import extension
    from bbbmig.transfer.whole_file import opened

    how = (
        f"Put this file into Pod as pod/custom/{extension.FILE_NAME} (version {extension.VERSION}), add to "
        "pod/custom/settings_local.py\n\n"
        + "\n".join(extension.SETTINGS_LINES)
        + "\n\nand restart Pod. Then `bbbmig check` says whether it answers."
    )
    with opened(output) as stream:
        stream.write(extension.source())
    print(how, file=sys.stderr)  # noqa: T201 - so that stdout can be redirected into the file
