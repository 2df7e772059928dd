"""`bbbmig remove-links`: at the end of life, the external recordings that point to the old server go."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bbbmig.cli import options as o

if TYPE_CHECKING:
    from bbbmig.cli.task import Task
    from bbbmig.pod.links import PodLink


@o.grouped
def remove_links(
    *,
    context: typer.Context,
    shown: o.Shown,
    dry: o.Dry = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete without asking; needed where nobody can be asked.")
    ] = False,
    prefix: Annotated[
        list[str],
        typer.Option("--prefix", metavar="URL", help="Another address of the old server, such as https://old.univ.fr/"),
    ] = [],  # noqa: B006 - Typer copies it
    keep: Annotated[
        Path | None,
        typer.Option(
            "--keep", metavar="FILE", help="Where to write what is deleted; else removed-links-TIME.json here."
        ),
    ] = None,
) -> int:
    """Delete the external recordings in Pod that point to the old server, to be run when that is switched off.

    They are written to a file first: `import-links --restore FILE` creates them again.
    """
    import sys

    from bbbmig.cli.task import task

    with task(context, "remove-links", shown, "bbb", "pod", dry=dry) as run, run.wiring.ledger.locked("remove-links"):
        prefixes = _prefixes(run, prefix)
        found = {link.id: link for one in prefixes for link in run.wiring.links.all(one)}
        what = f"{len(found)} external recordings whose address begins with {' or '.join(prefixes)}"
        if dry or not found:
            run.words = f"{what}{' would be deleted' if found else '; nothing to do'}"
            return run.exit_code
        if not yes and not sys.stdin.isatty():
            raise typer.BadParameter("nobody can be asked here: give --yes")
        file = keep or Path(f"removed-links-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json")
        if not (yes or typer.confirm(f"Delete {what} in {run.wiring.pod.url}?")):
            run.words = f"nothing was deleted of {what}"
            return run.exit_code
        _write(file, list(found.values()))
        deleted = run.wiring.links.remove(ids=list(found), dry=False)
        run.words = f"{deleted} external recordings deleted; import-links --restore {file} creates them again"
    return run.exit_code


def _prefixes(run: "Task", others: list[str]) -> list[str]:
    """Give the addresses of the old server: by http and https, and those that the user names.

    Raise typer.BadParameter for one that is no whole address of a server: half a name would match others.
    """
    from urllib.parse import urlsplit

    for one in others:
        parts = urlsplit(one)
        if parts.scheme not in {"http", "https"} or not parts.netloc or not parts.path.startswith("/"):
            raise typer.BadParameter(f"{one!r}: write scheme, host and / as in https://old.univ.fr/")
    return list(dict.fromkeys((f"https://{run.server}/", f"http://{run.server}/", *others)))


def _write(file: Path, links: list["PodLink"]) -> None:
    """Write what is going to be deleted, as a fixture."""
    from bbbmig.domain.fixture import FixtureLink, to_json
    from bbbmig.report.files import opened

    with opened(file) as stream:
        stream.writelines(
            to_json(
                FixtureLink(
                    name=link.name,
                    source_url=link.source_url,
                    owner=link.owner_username,
                    type=link.type,
                    start_at=link.start_at,
                )
                for link in links
            )
        )
