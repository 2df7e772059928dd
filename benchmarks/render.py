"""How many times faster than real time the renderer is on one core, and how much memory, beside the floor.

`python benchmarks/render.py [SECONDS]`; the default is an hour: 40 slides, 2,600 versions of shapes, a pointer that
moves five times a second, ten minutes of a shared desk, cameras all along; then without cameras, then with 26,000
versions. All of it is made up here, from one seed.

The floor is what FFmpeg alone needs with one thread: to decode the film of the cameras, and to encode a picture that
never changes, at the renderer's ten frames a second, and the sound. CPU seconds count, of children too.
"""

import math
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyvips

HOUR = 3600
SLIDES, DESKS = 40, 2
FEW, MANY = 2_600, 26_000
TARGETS = {"with cameras": 15.0, "without cameras": 28.0, "many drawings, no cameras": 15.0}
MEMORY_MIB = 600
ID = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1598364581253"

FFMPEG = ("ffmpeg", "-nostdin", "-v", "error", "-y", "-threads", "1")
VP9 = ("-c:v", "libvpx-vp9", "-crf", "32", "-b:v", "0", "-deadline", "realtime", "-cpu-used", "6", "-g", "240")
ROOM = "gradients=size=640x480:rate=15:duration=60:speed=0.01:seed=1"
HEAD = "gradients=size=220x280:rate=15:duration=60:speed=0.05:seed=2"
MOVING = "overlay=x='220+24*sin(t)':y='120+9*sin(2.3*t)'"
CAMERAS = f"{ROOM}[room];{HEAD}[head];[room][head]{MOVING},noise=all_strength=5:all_flags=t"
"""A head that moves before a room, with a camera's noise: about the bits of a real film, 1,384 bytes a frame."""
PAGE = "color=white:size=1280x720:rate=5:duration=60,drawgrid=width=37:height=23:thickness=1"
DESK = f"{PAGE}[page];testsrc2=size=320x180:rate=5:duration=60[film];[page][film]overlay=x='200+17*floor(t/3)':y=300"

RENDER = """
import sys
from pathlib import Path
from bbbmig.convert.render.address import presentation_at
from bbbmig.convert.render.files import open_files
from bbbmig.convert.render.options import Options
from bbbmig.convert.render.produce import produce
presentation = presentation_at(sys.argv[1])
with open_files(presentation) as files:
    produce(presentation, files, Options(), Path(sys.argv[2]), lambda done, whole: None)
"""


def main(seconds: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        parent = Path(directory)
        films = make_films(parent, seconds)
        print(f"\n{seconds} seconds of recording at 1280x720, one thread (times real time per core)")
        floor(parent, films, seconds)
        for name, versions, cameras in (
            ("with cameras", FEW, "cameras"),
            ("without cameras", FEW, "blank"),
            ("many drawings, no cameras", MANY, "blank"),
        ):
            folder = make_presentation(parent / name.replace(" ", "-") / ID, seconds, versions * seconds // HOUR)
            for kind, film in (("video/webcams.webm", films[cameras]), ("deskshare/deskshare.webm", films["desk"])):
                (folder / kind).parent.mkdir(parents=True)
                (folder / kind).hardlink_to(film)
            video = parent / f"{name}.mp4"
            command = (sys.executable, "-W", "ignore", "-c", RENDER, str(folder), str(video))
            wall, cpu, mebibytes = run(command)
            size = video.stat().st_size / (1 << 20)
            show(name, seconds, wall, cpu)
            print(f"{'':34}{mebibytes:6.0f} MiB of memory (allowed {MEMORY_MIB}), {size:.0f} MiB of video,", end=" ")
            print(f"target {TARGETS[name]:.0f} times")


def floor(parent: Path, films: dict[str, Path], seconds: int) -> None:
    """Print what cannot be done without."""
    picture = ("-f", "lavfi", "-i", f"color=navy:size=1280x720:rate=10:duration={seconds},format=yuv420p")
    h264 = ("-c:v", "libx264", "-preset", "superfast", "-crf", "23", "-threads", "1")
    aac = ("-c:a", "aac", "-b:a", "64k", "-aac_coder", "fast")
    total = 0.0
    for name, arguments in (
        ("floor: decode the cameras", ("-i", str(films["cameras"]), "-map", "0:v", "-f", "null", "-")),
        ("floor: encode a still picture", (*picture, *h264, str(parent / "still.mp4"))),
        ("floor: encode the sound", ("-i", str(films["cameras"]), "-map", "0:a", *aac, str(parent / "sound.mp4"))),
    ):
        wall, cpu, _ = run((*FFMPEG, *arguments))
        total += cpu
        show(name, seconds, wall, cpu)
    show("floor: all three", seconds, total, total)


def show(name: str, seconds: int, wall: float, cpu: float) -> None:
    print(f"  {name:<30}{wall:8.1f} s {cpu:8.1f} s CPU {seconds / cpu:8.1f} times", flush=True)


def run(command: tuple[str, ...]) -> tuple[float, float, float]:
    """Run a program; give its wall and CPU seconds, and its largest size in MiB."""
    started = time.perf_counter()
    child = subprocess.Popen(command)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"a program of the benchmark failed with {child.returncode}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def make_films(parent: Path, seconds: int) -> dict[str, Path]:
    """Encode a minute of each film, and repeat it without encoding again."""
    tone = "0.3*sin(2*PI*(180+60*sin(2*PI*0.7*t))*t)*(0.55+0.45*sin(2*PI*3.1*t))+0.02*random(0)"
    sound = ("-f", "lavfi", "-i", f"aevalsrc='{tone}':s=48000:d=60", "-c:a", "libvorbis", "-q:a", "2")
    sources = {
        "cameras": (CAMERAS, sound),
        "blank": ("color=white:size=640x480:rate=15:duration=60", sound),
        "desk": (DESK, ()),
    }
    films = {}
    for name, (source, also) in sources.items():
        minute, whole = parent / f"{name}-60.webm", parent / f"{name}.webm"
        picture = ("-f", "lavfi", "-i", f"{source},format=yuv420p")
        subprocess.run((*FFMPEG, *picture, *also, *VP9, str(minute)), check=True)
        again = ("-stream_loop", str(math.ceil(seconds / 60)), "-i", str(minute), "-t", str(seconds), "-c", "copy")
        subprocess.run((*FFMPEG, *again, str(whole)), check=True)
        print(f"film of {name}: {whole.stat().st_size * 8 / seconds / 1000:.0f} kbit/s, sound included")
        films[name] = whole
    return films


def make_presentation(folder: Path, seconds: int, versions: int) -> Path:
    """Write the files of a recording as BigBlueButton 2.2 publishes them."""
    dice = random.Random(1)
    slides = folder / "presentation" / "p"
    slides.mkdir(parents=True)
    for number in range(1, SLIDES + 1):
        write_slide(slides / f"slide-{number}.png", number)
    desk = seconds / 6 / DESKS
    desks = [(seconds * part / 3, seconds * part / 3 + desk) for part in range(1, DESKS + 1)]
    (folder / "shapes.svg").write_text(shapes(dice, seconds, versions, desks))
    events = "".join(f'<event start_timestamp="{start:.1f}" stop_timestamp="{stop:.1f}"/>' for start, stop in desks)
    (folder / "deskshare.xml").write_text(f"<recording>{events}</recording>")
    (folder / "panzooms.xml").write_text(f"<recording>{views(seconds)}</recording>")
    (folder / "cursor.xml").write_text(f"<recording>{moves(dice, seconds)}</recording>")
    length = f"<playback><duration>{seconds * 1000}</duration></playback>"
    (folder / "metadata.xml").write_text(f"<recording>{length}</recording>")
    return folder


def write_slide(path: Path, number: int) -> None:
    lines = "\n".join(f"{number}.{line} what is said and shown in this part of the lesson" for line in range(1, 10))
    words = pyvips.Image.text(lines, font="sans 24", dpi=110)
    page = words.embed(90, 90, 1600, 900, extend="black")
    page.invert().copy(interpretation="b-w").write_to_file(str(path))


def shapes(dice: random.Random, seconds: int, versions: int, desks: list[tuple[float, float]]) -> str:
    """Give shapes.svg: slides one after another, desks between them, strokes that grow point by point."""
    cuts = sorted({0.0, *(seconds * n / SLIDES for n in range(SLIDES)), *(t for pair in desks for t in pair)})
    lines = ['<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">']
    slide = 0
    share = versions // (len(cuts) - DESKS)
    for number, (start, end) in enumerate(zip(cuts, [*cuts[1:], float(seconds)], strict=True), 1):
        on_desk = any(begin <= start < stop for begin, stop in desks)
        slide += 0 if on_desk else slide < SLIDES
        href = "presentation/deskshare.png" if on_desk else f"presentation/p/slide-{slide}.png"
        times = f'in="{start:.1f}" out="{end:.1f}"'
        size = 'width="1280" height="720"' if on_desk else 'width="1600" height="900"'
        lines.append(f'<image id="image{number}" class="slide" {times} xlink:href="{href}" {size} x="0" y="0"/>')
        if not on_desk:
            lines.append(f'<g class="canvas" id="canvas{number}" image="image{number}">')
            lines.extend(strokes(dice, start, end, share))
            lines.append("</g>")
    return "\n".join([*lines, "</svg>"])


def strokes(dice: random.Random, start: float, end: float, count: int) -> list[str]:
    """Give versions of pencil strokes, spread over the time of a slide."""
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
                f'<g class="shape" timestamp="{at + step / 10:.1f}" undo="-1" shape="s{stroke}" style="{style}">'
                f'<path d="{path}"/></g>'
            )
    return made


def views(seconds: int) -> str:
    """Give a zoom of six steps every five minutes."""
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
    """Give a pointer that wanders, five times a second."""
    x = y = 0.5
    found = []
    for number in range(seconds * 5):
        x, y = (min(0.95, max(0.05, value + dice.uniform(-0.02, 0.02))) for value in (x, y))
        found.append(f'<event timestamp="{number / 5:.1f}"><cursor>{x:.5f} {y:.5f}</cursor></event>')
    return "".join(found)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else HOUR)
