"""A recording as the scripts of BigBlueButton 0.9 publish it: their form, other content; 10 seconds.

0 to 4 s    slide 1, dark red, and again from 8.5 s; nothing is listed between 5 and 8.5 s, nor after 9 s
4 to 5 s    slide 2, dark green, which nobody draws upon
on slide 1  a thick green stroke of the pencil in two pieces (line2, line3) at 1 s, two thin lines of the line tool,
            with the names line1 and line2, at 2 s; a text from 3 s
film        1280 wide, as a desk was shared: a camera until 3 s, white until 6.5 s, then the yellow desk until 9 s
pointer     in the middle from 0.5 s on; halves of pixels
"""

from pathlib import Path

import pyvips

from tests.convert.render.sample import SECONDS, SLIDES, make_film

RECORD_ID = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-1700345600000"
WIDTH, HEIGHT = 1600, 1200
CAMERA, WHITE, DESK = (0.0, 3.0), (3.0, 6.5), (6.5, 9.0)
_DOCTYPE = (
    '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
)
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" id="svgfile" '
    'style="position:absolute; height:600px; width:800px;" version="1.1" viewBox="0 0 800 600">'
)


def make_old_sample(parent: Path, *, width: int = 1280) -> Path:
    """Write the files; give their folder. `width` is that of the film."""
    folder = parent / f"0.9-{width}" / RECORD_ID
    slides = folder / "presentation" / "p"
    slides.mkdir(parents=True)
    for number, color in SLIDES.items():
        picture = pyvips.Image.black(WIDTH, HEIGHT, bands=3) + list(color)
        picture.cast("uchar").write_to_file(str(slides / f"slide-{number}.png"))
    images = (
        '<image id="image0" in="0" out="0.0" src="logo.png" width="800"/>',
        _image(1, "0.5 8.5", "4.0 9.0"),
        _image(2, "4.0", "5.0"),
    )
    text = (
        '<g class="shape" id="draw5" timestamp="3.0" undo="-1" shape="text1" style="word-wrap:break-word; '
        'visibility:hidden; font-family:Arial; font-size:30.599999999999998px"><switch><foreignObject color="#0000ff" '
        'width="400" height="100" x="100" y="1000"><p xmlns="http://www.w3.org/1999/xhtml">un\ndeux</p></foreignObject>'
        "</switch></g>"
    )
    drawn = "".join((_stroke(1, "line2", 400), _stroke(2, "line3", 800), _line(3, "line1"), _line(4, "line2"), text))
    canvas = f'<g class="canvas" id="canvas1" image="image1" display="none">{drawn}</g>'
    (folder / "shapes.svg").write_text(f"{_DOCTYPE}{_SVG}{''.join(images)}{canvas}</svg>")
    (folder / "panzooms.xml").write_text(
        '<?xml version="1.0"?>\n<recording id="panzoom_events"><event timestamp="9.5" orig="13749551472.0">'
        "<viewBox>0.638722554890137 0.99 1600.0 1200.0</viewBox></event></recording>"
    )
    (folder / "cursor.xml").write_text(
        '<?xml version="1.0"?>\n<recording id="cursor_events"><event timestamp="0.5" orig="13749534472.0">'
        "<cursor>400.0 300.0</cursor></event></recording>"
    )
    (folder / "slides_new.xml").write_text(
        '<?xml version="1.0"?>\n<popcorn><chattimeline in="3" direction="down" name="Zo&#xE9;" '
        'message="&lt;b&gt;&#xE0;&lt;/b&gt; &amp; b&#10;c" target="chat"/></popcorn>'
    )
    (folder / "metadata.xml").write_text(
        f"<recording><id>{RECORD_ID}</id><state>available</state><published>true</published>"
        f"<start_time>1700345600000</start_time><playback><format>presentation</format>"
        f"<duration>{SECONDS * 1000}</duration></playback><meta><meetingName>Cours &lt;1&gt;</meetingName></meta>"
        "</recording>"
    )
    _add_film(parent, folder, width)
    return folder


def _image(number: int, begins: str, ends: str) -> str:
    return (
        f'<image id="image{number}" in="{begins}" out="{ends}" xlink:href="presentation/p/slide-{number}.png" '
        f'height="{HEIGHT}" width="{WIDTH}" visibility="hidden" '
        f'text="presentation/p/textfiles/slide-{number}.txt" x="0"/>'
    )


def _stroke(number: int, name: str, x: int) -> str:
    """A piece of the pencil: one <line> a segment."""
    style = "stroke:#00ff00; stroke-width:60; visibility:hidden; stroke-linecap: round; "
    lines = "".join(f'<line x1="{x + 100 * n}" y1="800" x2="{x + 100 * (n + 1)}" y2="800"/>' for n in range(3))
    group = f'<g class="shape" id="draw{number}" timestamp="1.{number}" undo="-1" shape="{name}"'
    return f'{group} style="{style}">{lines}</g>'


def _line(number: int, name: str) -> str:
    style = "stroke:#ffffff; stroke-width:4; visibility:hidden; fill:none"
    return (
        f'<g class="shape" id="draw{number}" timestamp="2.{number}" undo="-1" shape="{name}" style="{style}">'
        f'<line x1="100" y1="{number * 20}" x2="300" y2="{number * 20}"/></g>'
    )


def _add_film(parent: Path, folder: Path, width: int) -> None:
    height = width * 9 // 16 if width > 1000 else width * 3 // 4
    parts = (
        f"drawbox=x=iw/4:w=iw/2:h=ih:color=0xff00ff:t=fill:enable='lt(t,{CAMERA[1]})'",
        f"noise=all_strength=40:all_flags=t:enable='lt(t,{CAMERA[1]})'",
        f"drawbox=color=yellow:t=fill:enable='between(t,{DESK[0]},{DESK[1] - 0.01})'",
        "format=yuv420p",
    )
    white = f"color=white:size={width}x{height}:rate=4:duration={SECONDS}"
    picture = ("-f", "lavfi", "-i", ",".join((white, *parts)))
    sound = ("-f", "lavfi", "-i", f"sine=duration={SECONDS}")
    vp8 = (
        "-c:v",
        "libvpx",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-b:v",
        "300k",
        "-g",
        "240",
        "-c:a",
        "libvorbis",
    )
    made = make_film(parent / f"old-{width}.webm", *picture, *sound, *vp8)
    (folder / "video").mkdir()
    (folder / "video" / "webcams.webm").hardlink_to(made)
