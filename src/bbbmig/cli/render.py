"""`bbbmig render`: one presentation into a video, by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bbbmig.convert.published_files import PublishedFiles
    from bbbmig.convert.render.options import Options
    from bbbmig.domain.conversion import Presentation, Progress, Verdict


def render(
    *,
    where: Annotated[
        str,
        typer.Argument(
            metavar="URL|FOLDER",
            show_default=False,
            help="The presentation's address, or its folder on disk.",
        ),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT.mp4", help="The video to make; .mkv with --sound copy.")],
    webcams: Annotated[str, typer.Option(metavar="PLACE", help="Where cameras go: side, corner or none.")] = "side",
    height: Annotated[int, typer.Option(min=360, max=2160, metavar="PIXELS", help="Height of the picture.")] = 720,
    sound: Annotated[
        str, typer.Option(metavar="HOW", help="aac encodes it; copy keeps the recording's own, in an .mkv.")
    ] = "aac",
    quality: Annotated[
        int,
        typer.Option(
            min=0,
            max=51,
            metavar="N",
            help="Quality of H.264: a smaller number gives a better picture and a larger file.",
        ),
    ] = 23,
    captions: Annotated[bool, typer.Option(help="Write captions beside the video, as .vtt.")] = True,
    chat: Annotated[bool, typer.Option(help="Write the chat, with people's names, beside the video.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Only say what could not be shown, make nothing.")] = False,
    files: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep what is fetched there, to go on later or to repeat.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> int:
    """Make a video of one presentation, without a browser.

    Protected presentations cannot be opened by hand: claim knows how. A folder is a copy of the server's
    /var/bigbluebutton/published/presentation/ID.
    """
    from bbbmig.convert.render.address import presentation_at
    from bbbmig.convert.render.converter import RenderConverter

    presentation = presentation_at(where)
    options = _options(webcams=webcams, height=height, sound=sound, quality=quality, captions=captions, chat=chat)
    converter = RenderConverter(options, published=_published(files))
    if check:
        return _say(converter.preflight(presentation))
    return _convert(converter.convert, presentation, out, quiet=quiet)


def _published(files: Path | None) -> "PublishedFiles":
    """Return what fetches: into a folder to keep, else into one that goes."""
    import tempfile

    from bbbmig.convert.published_files import PublishedFiles

    if files is not None:
        return PublishedFiles(work=files.absolute(), keep=True)
    return PublishedFiles(work=Path(tempfile.gettempdir()) / "bbbmig-render")


def _options(**given: object) -> "Options":
    """Check the words among the options. Raise BadParameter for others."""
    from typing import get_args, get_type_hints

    from bbbmig.convert.render.options import Options

    for name, kind in get_type_hints(Options).items():
        allowed = get_args(kind)
        if allowed and given[name] not in allowed:
            raise typer.BadParameter(f"{given[name]!r} is not one of {', '.join(allowed)}", param_hint=f"--{name}")
    return Options(**given)  # type: ignore[arg-type]


_NOT_ALL = "not everything can be shown:"


def _say(verdict: "Verdict") -> int:
    """Say a verdict; return the exit code."""
    from bbbmig.errors import ExitCode

    typer.echo(_words(verdict))
    return ExitCode.DONE if verdict.able else ExitCode.PARTIAL


def _words(verdict: "Verdict") -> str:
    """Return a verdict in words; what was only guessed or put right is said as well."""
    if verdict.faithful and not verdict.reasons:
        return "everything can be shown"
    head = "all that is there is shown; guessed or put right:" if verdict.faithful else _NOT_ALL
    head = head if verdict.able else "it cannot be converted:"
    return "\n  ".join((head, *verdict.reasons))


def _convert(convert: Callable[..., object], presentation: "Presentation", out: Path, *, quiet: bool) -> int:
    """Convert, with progress on a terminal; SIGTERM and Ctrl-C end the process that works."""
    import sys
    import threading
    import time

    from bbbmig.domain.conversion import Conversion
    from bbbmig.errors import ExitCode

    started = time.monotonic()
    shown = sys.stderr.isatty() and not quiet
    made = convert(presentation, out, progress=_progress(started) if shown else _silent, stop=threading.Event())
    assert isinstance(made, Conversion)  # noqa: S101 - as the port says
    if shown:
        typer.echo("", err=True)
    took = max(0.001, time.monotonic() - started)
    typer.echo(f"{made.path}: {made.duration_s:.1f} s, {made.duration_s / took:.1f} times real time")
    for note in made.notes:
        typer.echo(f"  {note}")
    return ExitCode.DONE


def _progress(started: float) -> "Progress":
    """Give what shows how far it is, in one line that is written again and again."""
    import time

    def show(done: float, whole: float) -> None:
        rate = done / max(0.001, time.monotonic() - started)
        typer.echo(f"\r{done:.0f} of {whole:.0f} s, {rate:.1f} times real time ", err=True, nl=False)

    return show


def _silent(_done: float, _whole: float) -> None:
    """Show nothing."""
