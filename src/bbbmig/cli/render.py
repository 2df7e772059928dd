"""`bbbmig render`: one presentation into a video, by hand."""

from pathlib import Path
from typing import Annotated

import typer


def render(
    *,
    context: typer.Context,
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
    /var/bigbluebutton/published/presentation/ID. No settings are needed; [bbb] ca_file is used if it is there.
    """
    from bbbmig.runs import render

    options = render.options_of(
        webcams=webcams, height=height, sound=sound, quality=quality, captions=captions, chat=chat
    )
    wanted = render.RenderRun(where=where, options=options, files=files)
    if wanted.is_remote:
        wanted = render.from_mirror(context.obj, wanted)
        render.trust_authority(context.obj)
    return render.preflight(wanted) if check else render.render(wanted, out, quiet=quiet)
