"""Behaves like bbb-recorder's export.js, well or badly; put in its place and run with Python for node.

Usage: export.js URL NAME, in a folder with a `.env`. The file `behaviour` beside this one says what to do:
a word, and the path of a film. Like the real one it exits with 0 whatever happens.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

STUBBORN = ("sh", "-c", "trap '' TERM HUP INT; while :; do sleep 0.1; done")


def main() -> None:
    url, name = sys.argv[1:]
    word, film = (Path(__file__).parent / "behaviour").read_text().split("\n")[:2]
    settings = dict(line.split("=", 1) for line in Path(".env").read_text().splitlines())
    downloads = Path(os.environ["HOME"]) / "Downloads"
    downloads.mkdir()
    (Path(os.environ["TMPDIR"]) / "puppeteer_dev_chrome_profile").mkdir()
    say(f"{time.time():.2f} {word}: {url} to {settings['copyToPath']} with {settings['playbackFile']}")
    raw = downloads / name
    if BEHAVIOURS.get(word, not_found)(raw, Path(film).read_bytes()):
        shutil.copyfile(raw, Path(settings["copyToPath"]) / name)
        raw.unlink()
    sys.exit(1 if word == "well" else 0)  # 1: "Could not stop Xvfb", after a good run


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def well(raw: Path, film: bytes) -> bool:
    raw.write_bytes(film)
    return True


def slowly(raw: Path, film: bytes) -> bool:
    with raw.open("wb", buffering=0) as file:
        for start in range(0, len(film), len(film) // 8 + 1):
            file.write(film[start : start + len(film) // 8 + 1])
            time.sleep(0.1)
    return True


def until_two_are_at_work(raw: Path, film: bytes) -> bool:
    """One alone never ends."""
    at_work = Path(__file__).parent / "at-work"
    with at_work.open("a") as file:
        file.write("x")
    while at_work.stat().st_size < 2:
        time.sleep(0.02)
    return well(raw, film)


def leave_children(raw: Path, film: bytes) -> bool:
    subprocess.Popen(STUBBORN, start_new_session=True)
    return well(raw, film)


def cannot_copy(raw: Path, film: bytes) -> bool:
    raw.write_bytes(film)
    say("ENOENT: no such file or directory, mkdir")
    return False


def cannot_encode(raw: Path, _film: bytes) -> bool:
    raw.with_name("0b1ff2d4-0000-4000-8000-00805f9b34fb.webm").touch()
    say("ENOENT: no such file or directory, copyfile")
    return False


def not_found(_raw: Path, _film: bytes) -> bool:
    say("Recording not found!")
    return False


def hang(_raw: Path, _film: bytes) -> bool:
    time.sleep(3600)
    return False


def ignore_sigterm(raw: Path, film: bytes) -> bool:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    subprocess.Popen(STUBBORN, start_new_session=True)
    return hang(raw, film)


def fill_the_disk(raw: Path, _film: bytes) -> bool:
    with raw.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 20))
            time.sleep(0.01)


BEHAVIOURS = {
    "well": well,
    "slowly": slowly,
    "until two are at work": until_two_are_at_work,
    "leave children": leave_children,
    "cannot copy": cannot_copy,
    "cannot encode": cannot_encode,
    "hang": hang,
    "ignore SIGTERM": ignore_sigterm,
    "fill the disk": fill_the_disk,
}

if __name__ == "__main__":
    main()
