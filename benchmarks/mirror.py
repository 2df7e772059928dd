"""How fast a server is copied: 2,000 recordings of 60 files, beside `wget -i` with a list of the same files.

`python benchmarks/mirror.py [RECORDINGS] [TURNS]`. Both ask the same nginx on loopback and write to the same disk, in
turns, a share of the recordings each; both over one connection, bbbmig with all that it does
besides included: the list, the files that only some recordings have, SHA-256, the proof. The aims are 0.85 of wget's
rate, a size that does not grow with the number of files, and a second run of at most a tenth of the first.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bbbmig.demo.bbb_replies import FLAVOURS, recording_xml
from bbbmig.demo.recordings import meeting_recording
from bbbmig.domain.recording import Recording
from benchmarks.processes import BBBMIG, Figures, run
from tests.web_server import nginx_with

PAGES, FILES = 12, 60
FILM_BYTES, SLIDE_BYTES = 1 << 20, 40_000
AIM, SECOND = 0.85, 0.1
JOBS = "1"


def make_lesson(folder: Path) -> list[str]:
    """Write the files of a recording but its metadata.xml; give their names."""
    pictures = {f"slide-{n}.png": SLIDE_BYTES for n in range(1, PAGES + 1)}
    pictures |= {f"thumbnails/thumb-{n}.png": 4000 for n in range(1, PAGES + 1)}
    pictures |= {f"svgs/slide{n}.svg": 20_000 for n in range(1, PAGES + 1)}
    pictures |= {f"textfiles/slide-{n}.txt": 900 for n in range(1, PAGES + 1)}
    files = {f"presentation/p/{name}": b"\x89PNG" + os.urandom(size) for name, size in pictures.items()}
    images = "".join(f'<image xlink:href="presentation/p/svgs/slide{n}.svg"/>' for n in range(1, PAGES + 1))
    files |= dict.fromkeys(("panzooms.xml", "cursor.xml", "deskshare.xml", "slides_new.xml"), b"<xml/>")
    files |= dict.fromkeys(("tldraw.json", "polls.json", "external_videos.json"), b"{}")
    files["shapes.svg"] = f"<svg>{images}</svg>".encode()
    files["presentation_text.json"] = json.dumps({"p": {f"slide-{n}": "x" for n in range(1, PAGES + 1)}}).encode()
    files["captions.json"] = b"[]"
    files["video/webcams.webm"] = b"\x1aE\xdf\xa3" + os.urandom(FILM_BYTES)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return list(files)


@contextlib.contextmanager
def served(folder: Path, recordings: list[Recording]) -> Iterator[tuple[str, list[str]]]:
    """Serve all that there is: each recording has the same files, and a metadata.xml of its own."""
    (folder / "www" / "meta").mkdir(parents=True)
    names = make_lesson(folder / "www" / "lesson")
    for one in recordings:
        (folder / "www" / "meta" / f"{one.record_id}.xml").write_text(
            f"<recording><id>{one.record_id}</id></recording>"
        )
    root = folder / "www"
    block = (
        f"server {{ listen 80; root {root}; sendfile on; keepalive_requests 1000000; include /etc/nginx/mime.types;"
        f" location ~ ^/presentation/([^/]+)/metadata.xml$ {{ alias {root}/meta/$1.xml; }}"
        f" location ~ ^/presentation/[^/]+/(.*)$ {{ alias {root}/lesson/$1; }}"
        f" location = /bigbluebutton/api/getRecordings {{ default_type text/xml; try_files /all.xml =404; }} }}"
    )
    with nginx_with(block, folder / "nginx") as client:
        url = str(client.base_url).rstrip("/")
        xml = b"".join(recording_xml(one, FLAVOURS["bbb-2.6"]) for one in recordings).replace(
            b"https://bbb", url.encode()
        )
        head = b"<response><returncode>SUCCESS</returncode><recordings>"
        (root / "all.xml").write_bytes(head + xml + b"</recordings></response>")
        yield url, [*names, "metadata.xml"]


def without_size(recording: Recording) -> Recording:
    """Return a recording whose server does not say how large it is."""
    playbacks = tuple(replace(one, size=None) for one in recording.playbacks)
    return replace(recording, size=None, playbacks=playbacks)


def main() -> None:
    count, turns = (*map(int, sys.argv[1:]), *(2000, 10)[len(sys.argv) - 1 :])
    newest = datetime(2023, 5, 6, tzinfo=UTC)
    recordings = [
        without_size(meeting_recording(f"room-{n}", "Cours", newest - timedelta(hours=n), "presentation 2.3"))
        for n in range(count)
    ]
    with tempfile.TemporaryDirectory(prefix="bbbmig-") as temporary:
        folder = Path(temporary)
        (folder / "home").mkdir()
        os.environ |= {"HOME": str(folder / "home"), "NO_PROXY": "*"}
        with served(folder, recordings) as (url, names):
            measure(folder, url, [one.record_id for one in recordings], names, turns)


def measure(folder: Path, url: str, ids: list[str], names: list[str], turns: int) -> None:
    """Copy with both, and say how that went."""
    config = folder / "bbbmig.toml"
    sections = {
        "bbb": {"url": url, "secret": "x"},
        "mirror": {"directory": str(folder / "mirror")},
        "log": {"file": ""},
    }
    lines = [
        f"[{name}]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items()) for name, keys in sections.items()
    ]
    config.write_text("".join(lines))
    config.chmod(0o600)
    mirror = (*BBBMIG, "--config", str(config), "mirror", "--jobs", JOBS, "-q")
    nothing = Figures(seconds=0, processor_seconds=0, mebibytes=0)
    wget, ours, share = nothing, nothing, -(-len(ids) // turns)
    sizes: list[float] = []
    for turn in range(turns):
        part = ids[turn * share : (turn + 1) * share]
        (folder / "list").write_text("".join(f"{url}/presentation/{i}/{name}\n" for i in part for name in names))
        command = ("wget", "-q", "-x", "-nH", "-P", str(folder / "wget"), "-i", str(folder / "list"))
        wget += run(command)
        once = run((*mirror, "--range", f"{turn * share + 1}:{(turn + 1) * share}"))
        ours, sizes = ours + once, [*sizes, once.mebibytes]
    same = subprocess.run(("diff", "-r", folder / "wget/presentation", folder / "mirror/presentation"), check=False)
    second = run(mirror)
    files = len(ids) * len(names)
    print(f"{len(ids)} recordings, {len(names)} files each; the copies are {'not ' if same.returncode else ''}the same")
    print(f"wget    {wget}  {files / wget.seconds:7.0f} files/s")
    print(f"mirror  {ours}  {files / ours.seconds:7.0f} files/s  {wget.seconds / ours.seconds:.2f} of wget (aim {AIM})")
    print(f"sizes   {' '.join(f'{size:.0f}' for size in sizes)} MiB")
    print(f"second  {second}  {second.seconds / ours.seconds:.3f} of the first (aim {SECOND})")
    shutil.rmtree(folder / "wget")


if __name__ == "__main__":
    main()
