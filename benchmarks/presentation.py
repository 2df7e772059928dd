"""The recording that the renderer is measured on, made up from one seed as BigBlueButton 2.2 publishes it.

An hour of it has 40 slides and ten minutes of a shared desk; a pointer moves five times a second.
"""

import base64
import math
import random
import re
import subprocess
from pathlib import Path

import pyvips

HOUR = 3600
SLIDES, DESKS, SCANS = 40, 2, 4
"""Of an hour; there are so many different scans."""
SIZED = 'width="2048" height="1536"'
DESK_SIZE = 1280, 720
ID = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1598364581253"

FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", "1")
VP9 = ("-c:v", "libvpx-vp9", "-crf", "31", "-b:v", "0", "-deadline", "realtime", "-cpu-used", "6", "-g", "240")
ROOM = "gradients=size=640x480:rate=15:duration=60:speed=0.01:c0=tan:c1=slategray:x0=0:y0=0:x1=640:y1=480:seed=1"
HEAD = "gradients=size=220x280:rate=15:duration=60:speed=0.05:c0=peru:c1=maroon:x0=0:y0=0:x1=220:y1=280:seed=2"
MOVING = "overlay=x='220+24*sin(t)':y='120+9*sin(2.3*t)'"
CAMERAS = f"{ROOM}[room];{HEAD}[head];[room][head]{MOVING},noise=all_strength=5:all_flags=t"
"""A head that moves before a room, with a camera's noise: 1,472 bytes a frame each time (a real film: 1,384)."""
PAGE = "color=white:size=1280x720:rate=5:duration=60,drawgrid=width=37:height=23:thickness=1"
DESK = f"{PAGE}[page];testsrc2=size=320x180:rate=5:duration=60[film];[page][film]overlay=x='200+17*floor(t/3)':y=300"


def make_films(parent: Path) -> dict[str, Path]:
    """Encode a minute of each film: "cameras", "blank" ones, and a "desk"."""
    tone = "0.3*sin(2*PI*(180+60*sin(2*PI*0.7*t))*t)*(0.55+0.45*sin(2*PI*3.1*t))+0.02*random(0)"
    sound = ("-f", "lavfi", "-i", f"aevalsrc='{tone}':s=48000:d=60", "-c:a", "libvorbis", "-q:a", "2")
    sources = {
        "cameras": (CAMERAS, sound),
        "blank": ("color=white:size=640x480:rate=15:duration=60", sound),
        "desk": (DESK, ()),
    }
    films = {}
    for name, (source, also) in sources.items():
        films[name] = parent / f"{name}.webm"
        picture = ("-f", "lavfi", "-i", f"{source},format=yuv420p")
        subprocess.run((*FFMPEG, *picture, *also, *VP9, str(films[name])), check=True)
        print(f"film of {name}: {films[name].stat().st_size * 8 / 60_000:.0f} kbit/s, sound included")
    return films


def make_recording(folder: Path, seconds: int, versions: int, cameras: Path, desk: Path) -> Path:
    """Write the files of a recording, with so many versions of shapes in an hour; give its folder.

    The films last a minute, and are repeated without being encoded again.
    """
    dice = random.Random(1)
    slides = folder / "presentation" / "p"
    slides.mkdir(parents=True)
    for number in range(1, slides_in(seconds) + 1):
        write_slide(slides / f"slide-{number}.png", number)
    pyvips.Image.black(*DESK_SIZE).write_to_file(str(folder / "presentation" / "deskshare.png"))
    for name, film in (("video/webcams.webm", cameras), ("deskshare/deskshare.webm", desk)):
        (folder / name).parent.mkdir()
        whole = ("-stream_loop", str(math.ceil(seconds / 60)), "-i", str(film), "-t", str(seconds), "-c", "copy")
        subprocess.run((*FFMPEG, *whole, str(folder / name)), check=True)
    write_events(folder, dice, seconds, versions * seconds // HOUR)
    return folder


def slides_in(seconds: int) -> int:
    return max(1, SLIDES * seconds // HOUR)


def write_events(folder: Path, dice: random.Random, seconds: int, versions: int) -> None:
    """Write the files that tell what happened when."""
    desk = seconds / 6 / DESKS
    desks = [(seconds * part / 3, seconds * part / 3 + desk) for part in range(1, DESKS + 1)]
    (folder / "shapes.svg").write_text(shapes(dice, seconds, versions, desks))
    size = 'video_width="{}" video_height="{}"'.format(*DESK_SIZE)
    events = "".join(
        f'<event start_timestamp="{start:.1f}" stop_timestamp="{stop:.1f}" {size}/>' for start, stop in desks
    )
    (folder / "deskshare.xml").write_text(f"<recording>{events}</recording>")
    (folder / "panzooms.xml").write_text(f"<recording>{views(seconds)}</recording>")
    (folder / "cursor.xml").write_text(f"<recording>{moves(dice, seconds)}</recording>")
    began = f"<id>{ID}</id><start_time>{ID.rpartition('-')[2]}</start_time>"
    length = f"<playback><duration>{seconds * 1000}</duration></playback>"
    about = f"{began}<meta><meetingName>A lesson</meetingName></meta>{length}"
    (folder / "metadata.xml").write_text(f"<recording>{about}</recording>")


def make_scans(folder: Path) -> Path:
    """Put a photograph on every slide, of 2048 by 1536 pixels with a camera's noise, as 2.6 and later publish pages."""
    page = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="2048" height="1536"'
    noise = pyvips.Image.gaussnoise(2048, 1536, mean=200, sigma=40, seed=1)
    names = sorted((folder / "presentation" / "p").glob("slide-*.png"))
    for number, name in enumerate(names):
        scan = name.with_suffix(".svg")
        if number < SCANS:
            bands = [noise.rot(("d0", "d180")[(number + band) % 2]) + 9 * band * number for band in range(3)]
            png = bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb").pngsave_buffer()
            data = base64.b64encode(png).decode()
            scan.write_text(f'<svg {page}><image {SIZED} xlink:href="data:image/png;base64,{data}"/></svg>')
        else:
            scan.hardlink_to(names[number % SCANS].with_suffix(".svg"))
    text = (folder / "shapes.svg").read_text()
    (folder / "shapes.svg").write_text(re.sub(r"(slide-\d+)\.png", r"\1.svg", text))
    return folder


def write_slide(path: Path, number: int) -> None:
    lines = "\n".join(f"{number}.{line} what is said and shown in this part of the lesson" for line in range(1, 10))
    words = pyvips.Image.text(lines, font="sans 24", dpi=110)
    page = words.embed(90, 90, 1600, 900, extend="black")
    page.invert().copy(interpretation="b-w").write_to_file(str(path))


def shapes(dice: random.Random, seconds: int, versions: int, desks: list[tuple[float, float]]) -> str:
    """Return shapes.svg: slides one after another, desks between them, strokes that grow point by point."""
    slides = slides_in(seconds)
    cuts = sorted({0.0, *(seconds * n / slides for n in range(slides)), *(t for pair in desks for t in pair)})
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    lines = [f'<svg {names} id="svgfile" viewBox="0 0 1600 900">']
    slide = 0
    share = versions // (len(cuts) - DESKS)
    for number, (start, end) in enumerate(zip(cuts, [*cuts[1:], float(seconds)], strict=True), 1):
        on_desk = any(begin <= start < stop for begin, stop in desks)
        slide += 0 if on_desk else slide < slides
        href = "presentation/deskshare.png" if on_desk else f"presentation/p/slide-{slide}.png"
        times = f'in="{start:.1f}" out="{end:.1f}"'
        size = 'width="{}" height="{}"'.format(*DESK_SIZE if on_desk else (1600, 900))
        place = f'{size} x="0" y="0" style="visibility:hidden"'
        lines.append(f'<image id="image{number}" class="slide" {times} xlink:href="{href}" {place}/>')
        if not on_desk:
            lines.append(f'<g class="canvas" id="canvas{number}" image="image{number}" display="none">')
            lines.extend(strokes(dice, number, start, end, share))
            lines.append("</g>")
    return "\n".join([*lines, "</svg>"])


def strokes(dice: random.Random, image: int, start: float, end: float, count: int) -> list[str]:
    """Return versions of pencil strokes, spread over the time of a slide."""
    made: list[str] = []
    stroke = 0
    while len(made) < count:
        stroke += 1
        at, x, y, angle = dice.uniform(start, end), dice.uniform(100, 1400), dice.uniform(100, 800), dice.uniform(0, 6)
        path = f"M{x:.5f} {y:.5f}"
        color = dice.choice(("ff0000", "0088ff", "00aa00"))
        style = f"stroke:#{color};stroke-linecap:round;stroke-linejoin:round;stroke-width:4;visibility:hidden;fill:none"
        for step in range(min(12, count - len(made))):
            for _ in range(4):
                angle += dice.uniform(-0.5, 0.5)
                x, y = x + 9 * math.cos(angle), y + 9 * math.sin(angle)
                path += f"L{x:.5f} {y:.5f}"
            made.append(
                f'<g id="image{image}-draw{len(made) + 1}" class="shape" timestamp="{at + step / 10:.1f}" undo="-1" '
                f'shape="image{image}-pencil{stroke}" style="{style}">'
                f'<path d="{path}"/></g>'
            )
    return made


def views(seconds: int) -> str:
    """Return a zoom of six steps every five minutes."""
    found = []
    for start in range(0, seconds, 300):
        found.append((start + 0.0, 1.0))
        found += [(start + 60 + step / 5, 1 + step / 4) for step in range(6)] + [(start + 66.0, 1.0)]
    box = "<viewBox>{x:.5f} {y:.5f} {w:.5f} {h:.5f}</viewBox>"
    return "".join(
        f'<event timestamp="{at:.1f}">{box.format(x=640 - 640 / z, y=360 - 360 / z, w=1600 / z, h=900 / z)}</event>'
        for at, z in found
    )


def moves(dice: random.Random, seconds: int) -> str:
    """Return a pointer that wanders, five times a second."""
    x = y = 0.5
    found = []
    for number in range(seconds * 5):
        x, y = (min(0.95, max(0.05, value + dice.uniform(-0.02, 0.02))) for value in (x, y))
        found.append(f'<event timestamp="{number / 5:.1f}"><cursor>{x:.5f} {y:.5f}</cursor></event>')
    return "".join(found)
