"""How many times faster than real time the renderer is on one core, and how much memory, beside the floor.

`python benchmarks/render.py [SECONDS]`; the default is an hour: 40 slides, 2,600 versions of shapes, a pointer that
moves five times a second, ten minutes of a shared desk, cameras all along; the same with 1080 lines; then without
cameras; with 26,000 versions; with 25,000 and 200,000 on one page; with a whiteboard of 92 MB that holds an emoji; with
a scan on every slide. All of it is made up here, from one seed. What misses its target is named at the end, and the
exit code is 1.

The floor is what FFmpeg alone needs with one thread: to decode the film of the cameras, and to encode a picture that
never changes, at the renderer's ten frames a second, and the sound. CPU seconds count, of children too; machines
differ, so with cameras their ratio to the floor of the same run is what counts.

Where bbb-dl (PyPI) is on the PATH and has its browser, both convert five minutes of such a lesson with cameras: bbb-dl
fetches them from a server on loopback, and takes all the cores.
"""

import shutil
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bbbmig.convert.probe import check_media
from bbbmig.demo.bbb_http import Loopback, file_response
from benchmarks.busy_page import make_busy_page
from benchmarks.presentation import FFMPEG, HOUR, ID, make_films, make_recording, make_scans
from benchmarks.processes import Figures, run

FEW, MANY, BUSY, BUSIEST, LARGEST = 2_600, 26_000, 25_000, 200_000, 31_000
CAMERAS, LARGE, EMOJI = "with cameras", "with cameras, 1080 lines", "a whiteboard of 92 MB, an emoji"
TARGETS = {CAMERAS: 15.0, LARGE: 5.0, "without cameras": 28.0, "many drawings, no cameras": 15.0}
TARGETS |= {"25,000 versions on one page": 15.0, "200,000 on one page": 2.0, EMOJI: 5.0, "a scan on every slide": 15.0}
RATIOS = {CAMERAS: 1.15, LARGE: 1.15}
MEMORY_MIB = dict.fromkeys(TARGETS, 600) | {EMOJI: 300}
PIECE = 300

RENDER = """
import sys
from pathlib import Path
from bbbmig.convert.render.address import presentation_at
from bbbmig.convert.render.files import open_files
from bbbmig.convert.render.options import Options
from bbbmig.convert.render.pipeline import produce
presentation = presentation_at(sys.argv[1])
with open_files(presentation) as files:
    options = Options(height=int(sys.argv[3]))
    produce(presentation, files, options, Path(sys.argv[2]), lambda done, whole: None)
"""


def main(seconds: int) -> list[str]:
    """Measure all; return what missed its target."""
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as directory:
        parent = Path(directory)
        films = make_films(parent)
        print(f"\n{seconds} seconds of recording at 1280x720, one thread (times real time per core)")
        folders = make_all(parent, films, seconds)
        least = {CAMERAS: floor(parent, folders[CAMERAS] / "video/webcams.webm", seconds, 720)}
        least[LARGE] = floor(parent, folders[CAMERAS] / "video/webcams.webm", seconds, 1080)
        for name, folder in folders.items():
            figures = render(name, folder, parent / "video.mp4", seconds, 1080 if name == LARGE else 720)
            size = (parent / "video.mp4").stat().st_size / (1 << 20)
            print(f"{'':34}{figures.mebibytes:6.0f} MiB of memory, {size:.0f} MiB of video")
            ratio = figures.processor_seconds / least[name].processor_seconds if name in least else 0.0
            if ratio:
                print(f"{'':34}{ratio:6.2f} times what FFmpeg alone needs")
            missed += judged(name, seconds / figures.processor_seconds, figures.mebibytes, ratio)
        beside_bbb_dl(parent / "piece", films, min(seconds, PIECE))
    print("\nmissed: " + "; ".join(missed) if missed else "\nall targets are met")
    return missed


def judged(name: str, times: float, mebibytes: float, ratio: float) -> list[str]:
    """Return what of a line is beyond what is allowed, in words."""
    found: list[str] = []
    if times < TARGETS[name]:
        found.append(f"{name}: {times:.1f} times real time, {TARGETS[name]:.0f} are asked")
    if mebibytes > MEMORY_MIB[name]:
        found.append(f"{name}: {mebibytes:.0f} MiB, {MEMORY_MIB[name]} are allowed")
    if ratio > RATIOS.get(name, ratio):
        found.append(f"{name}: {ratio:.2f} times the floor, {RATIOS[name]} are allowed")
    return found


def make_all(parent: Path, films: dict[str, Path], seconds: int) -> dict[str, Path]:
    """Make all recordings."""

    def made(name: str, versions: int, cameras: str) -> Path:
        return make_recording(parent / name / ID, seconds, versions, films[cameras], films["desk"])

    with_cameras = made("cameras", FEW, "cameras")
    return {
        CAMERAS: with_cameras,
        LARGE: with_cameras,
        "without cameras": made("blank", FEW, "blank"),
        "many drawings, no cameras": made("many", MANY, "blank"),
        "25,000 versions on one page": make_busy_page(made("busy", 0, "blank"), seconds, BUSY),
        "200,000 on one page": make_busy_page(made("busiest", 0, "blank"), seconds, BUSIEST),
        EMOJI: make_busy_page(made("largest", 0, "blank"), seconds, LARGEST * HOUR // seconds, emoji=True),
        "a scan on every slide": make_scans(made("scans", FEW, "blank")),
    }


def floor(parent: Path, cameras: Path, seconds: int, height: int) -> Figures:
    """Print and return what cannot be done without."""
    still = f"color=navy:size={height * 16 // 9}x{height}:rate=10:duration={seconds},format=yuv420p"
    picture = ("-f", "lavfi", "-i", still)
    h264 = ("-c:v", "libx264", "-preset", "superfast", "-crf", "23", "-threads", "1")
    aac = ("-c:a", "aac", "-b:a", "64k", "-aac_coder", "fast")
    print(f"  {height} lines:")
    total = Figures(seconds=0.0, processor_seconds=0.0, mebibytes=0.0)
    for name, arguments in (
        ("floor: decode the cameras", ("-i", str(cameras), "-map", "0:v", "-f", "null", "-")),
        ("floor: encode a still picture", (*picture, *h264, str(parent / "still.mp4"))),
        ("floor: encode the sound", ("-i", str(cameras), "-map", "0:a", *aac, str(parent / "sound.mp4"))),
    ):
        figures = run((*FFMPEG, *arguments))
        total += figures
        show(name, seconds, figures)
    show("floor: all three", seconds, total)
    return total


def render(name: str, folder: Path, video: Path, seconds: int, height: int = 720) -> Figures:
    """Render it in a process, look whether the video is whole, and print what it took."""
    figures = run((sys.executable, "-W", "ignore", "-c", RENDER, str(folder), str(video), str(height)))
    check_media(video, expected_s=seconds, needs_video=True)
    show(name, seconds, figures)
    return figures


def beside_bbb_dl(parent: Path, films: dict[str, Path], seconds: int) -> None:
    """Convert the same recording with bbb-dl, where it is installed."""
    if not shutil.which("bbb-dl"):
        print("\nbbb-dl is not installed, so it was not measured beside.")
        return
    print(f"\n{seconds} seconds of it, with cameras, beside bbb-dl")
    folder = make_recording(parent / "presentation" / ID, seconds, FEW, films["cameras"], films["desk"])
    ours = render("bbbmig", folder, parent / "bbbmig.mp4", seconds)
    http = Loopback(lambda request: file_response(parent / request.path.strip("/"), request))
    http.start()
    try:
        places = ("--output-dir", str(parent), "--filename", "bbb-dl.mp4", "--working-dir", str(parent / "work"))
        size = ("--force-width", "1280", "--force-height", "720")
        page = f"http://127.0.0.1:{http.server_port}/playback/presentation/2.3/{ID}"
        theirs = run(("bbb-dl", *places, *size, page))
    finally:
        http.stop()
    check_media(parent / "bbb-dl.mp4", expected_s=seconds, needs_video=True)
    show("bbb-dl", seconds, theirs)
    shares = theirs.seconds / ours.seconds, theirs.processor_seconds / ours.processor_seconds
    print("  bbb-dl took {:.0f} times as long, and {:.0f} times the CPU".format(*shares))


def show(name: str, seconds: int, figures: Figures) -> None:
    cpu = figures.processor_seconds
    print(f"  {name:<30}{figures.seconds:8.1f} s {cpu:8.1f} s CPU {seconds / cpu:8.1f} times", flush=True)


if __name__ == "__main__":
    sys.exit(1 if main(int(sys.argv[1]) if len(sys.argv) > 1 else HOUR) else 0)
