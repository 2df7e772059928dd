"""A small published presentation, as BigBlueButton 2.5 leaves it: slides, whiteboard, pointer, camera, sound.

The files have the form of those that its own scripts write: what there is before the first slide (`logo.png`), side
files without an entry, thumbnails and texts of slides, no file at all for polls or films of other sites that were not.
What is said is written on the whiteboard, so that it can be read whichever fonts a machine has; the film is made by
ffmpeg.
"""

import json
import math
import subprocess
from collections.abc import Iterator
from html import escape
from pathlib import Path

from bbbmig.errors import ConfigError

_WIDTH, _HEIGHT = 1600, 900
_SLIDES = (("0xf4f1e8", "#1d3557"), ("0xe8f0f4", "#7a1f3d"), ("0xeef4e8", "#1f5c2e"))
"""Colour of the paper, colour of what is written on it."""
_LINES = (
    ("Oscillations", "x(t) = A cos(ωt + φ)"),
    ("Période et fréquence", "T = 2π / ω,  f = 1 / T"),
    ("À retenir", "Énergie cinétique + énergie potentielle = constante"),
)
_CHAT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<popcorn>\n  <chattimeline in="2.0" direction="down" name="Zo&#xE9;" '
    'chatEmphasizedText="" senderRole="" message="T &lt;b&gt;=&lt;/b&gt; 2&#x3C0;/&#x3C9; &amp;amp; f = 1/T" '
    'target="chat"/>\n</popcorn>\n'
)
"""What was said in public: a message is HTML, and is escaped as a whole once more."""
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_HEAD = (
    '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n'
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" id="svgfile" '
    'style="position:absolute;height:600px;width:800px" version="1.1" viewBox="0 0 800 600">\n'
)
_NO_DESK = f'{_XML}<recording id="deskshare_events"/>\n'


def make_presentation(folder: Path, *, seconds: float) -> dict[str, Path]:
    """Write the files of a lesson of that length; give them by their names below `/presentation/ID/`.

    The folder is made. Raise ConfigError when ffmpeg is missing or fails.
    """
    pictures = folder / "presentation" / "p"
    for part in (pictures / "thumbnails", pictures / "textfiles", folder / "video"):
        part.mkdir(parents=True, exist_ok=True)
    _picture("white@0", 1600, 1200, folder / "presentation" / "logo.png")
    for number, ((paper, _), lines) in enumerate(zip(_SLIDES, _LINES, strict=True), 1):
        _picture(paper, _WIDTH, _HEIGHT, pictures / f"slide-{number}.png")
        _picture(paper, 136, 77, pictures / "thumbnails" / f"thumb-{number}.png")
        (pictures / "textfiles" / f"slide-{number}.txt").write_text("\n".join(lines), encoding="utf-8")
    picture = f"testsrc2=size=320x240:rate=15:duration={seconds},hue=s=0.6"
    beeps = f"aevalsrc='0.3*sin(2*PI*(330+110*floor(t/2))*t)*lt(mod(t,2),0.25)':s=48000:d={seconds}"
    ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", beeps, "-c:v", "libvpx", "-deadline", "realtime",
           "-cpu-used", "8", "-b:v", "300k", "-g", "60", "-c:a", "libopus",
           str(folder / "video" / "webcams.webm"))  # fmt: skip
    (folder / "shapes.svg").write_text(_HEAD + "".join(_shapes(seconds)) + "</svg>", encoding="utf-8")
    titles = {f"slide-{number}": lines[0] for number, lines in enumerate(_LINES, 1)}
    (folder / "presentation_text.json").write_text(json.dumps({"p": titles}), encoding="utf-8")
    (folder / "panzooms.xml").write_text(_events(_views(seconds), "viewBox", "panzoom_events"), encoding="utf-8")
    (folder / "cursor.xml").write_text(_events(_pointer(seconds), "cursor", "cursor_events"), encoding="utf-8")
    (folder / "slides_new.xml").write_text(_CHAT, encoding="utf-8")
    (folder / "deskshare.xml").write_text(_NO_DESK, encoding="utf-8")
    (folder / "captions.json").write_text("[]", encoding="utf-8")
    return {str(path.relative_to(folder)): path for path in sorted(folder.rglob("*")) if path.is_file()}


def _shapes(seconds: float) -> Iterator[str]:
    """Show each slide for its share of the time, and what is written and drawn on it bit by bit."""
    share = seconds / len(_SLIDES)
    for number in range(1, len(_SLIDES) + 1):
        begin = (number - 1) * share
        yield (
            f'  <image id="image{number}" class="slide" in="{begin:.1f}" out="{begin + share:.1f}" '
            f'xlink:href="presentation/p/slide-{number}.png" width="{_WIDTH}" height="{_HEIGHT}" x="0" y="0" '
            f'style="visibility:hidden" text="presentation/p/textfiles/slide-{number}.txt"/>\n'
        )
    for number, ((_, ink), lines) in enumerate(zip(_SLIDES, _LINES, strict=True), 1):
        begin = (number - 1) * share
        texts = [_text(number, line, place, begin + place * share / 6, ink) for place, line in enumerate(lines)]
        curve = _curve(number, begin + share / 2, begin + share * 0.95, ink)
        yield (
            f'  <g class="canvas" id="canvas{number}" image="image{number}" display="none">\n'
            f"{''.join(texts)}{''.join(curve)}  </g>\n"
        )


def _text(slide: int, line: str, place: int, at: float, ink: str) -> str:
    """Write a line on the whiteboard: a title, or what is below it."""
    size = 96 if place == 0 else 64
    style = f"color:{ink};word-wrap:break-word;visibility:hidden;font-family:Arial;font-size:{size}px"
    top = 120 + 180 * place
    paragraph = f'<p xmlns="http://www.w3.org/1999/xhtml" style="margin:0;padding:0">{escape(line)}</p>'
    box = f'<foreignObject width="1400.0" height="160.0" x="120.0" y="{top}.0">{paragraph}</foreignObject>'
    return (
        f'    <g id="image{slide}-draw{place}" class="shape" timestamp="{at:.1f}" undo="-1" '
        f'shape="image{slide}-text{place}" style="{style}">\n      <switch>{box}</switch>\n    </g>\n'
    )


def _curve(slide: int, begin: float, end: float, ink: str) -> Iterator[str]:
    """Draw a sine with the pencil: every version of the stroke is longer than the one before."""
    points = [(200 + 12 * x, 680 - 120 * math.sin(x / 12 * slide)) for x in range(101)]
    style = f"stroke:{ink};stroke-linecap:round;stroke-linejoin:round;stroke-width:10;visibility:hidden;fill:none"
    for step in range(1, 11):
        path = " ".join(f"{'M' if i == 0 else 'L'}{x:.0f} {y:.0f}" for i, (x, y) in enumerate(points[: 10 * step + 1]))
        at = begin + (end - begin) * step / 10
        yield (
            f'    <g id="image{slide}-draw{9 + step}" class="shape" timestamp="{at:.1f}" undo="-1" '
            f'shape="image{slide}-pencil9" style="{style}">\n      <path d="{path}"/>\n    </g>\n'
        )


def _views(seconds: float) -> Iterator[tuple[float, str]]:
    """See the slides whole, and the last one's formula from near towards the end."""
    yield 0.0, f"-0.0 -0.0 {_WIDTH}.0 {_HEIGHT}.0"  # minus zero, as BigBlueButton writes it
    yield seconds * 0.9, "0 180 1200 675"


def _pointer(seconds: float) -> Iterator[tuple[float, str]]:
    """Move the pointer along the curve; it is hidden at first."""
    yield 0.0, "-1.0 -1.0"
    for step in range(int(seconds * 2)):
        yield 0.5 + step / 2, f"{0.1 + 0.8 * (step % 20) / 20:.3f} {0.75 + 0.1 * math.sin(step):.3f}"


def _events(events: Iterator[tuple[float, str]], name: str, kind: str) -> str:
    """Write a file of events, as BigBlueButton 2.3 to 2.5 begin it."""
    return (
        f'{_XML}<recording id="{kind}" tldraw="false">\n'
        + "".join(f'  <event timestamp="{at:.1f}">\n    <{name}>{value}</{name}>\n  </event>\n' for at, value in events)
        + "</recording>\n"
    )


def _picture(color: str, width: int, height: int, path: Path) -> None:
    """Make a picture of one colour."""
    source = (
        f"color={color}:size={width}x{height},format=rgba" if "@" in color else f"color={color}:size={width}x{height}"
    )
    ffmpeg("-f", "lavfi", "-i", source, "-frames:v", "1", "-update", "1", str(path))


def ffmpeg(*arguments: str) -> None:
    """Run ffmpeg without questions. Raise ConfigError, with its last words, when it fails."""
    command = ("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *arguments)
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own arguments
    except FileNotFoundError as error:
        raise ConfigError("ffmpeg is missing", hint="apt install ffmpeg") from error
    except subprocess.CalledProcessError as error:
        raise ConfigError(f"ffmpeg cannot make the sample's films: {error.stderr.strip()[-200:]}") from error
