"""Encoding, as a client sees it: it takes a while, then the video has a duration and a thumbnail."""

import json
import shutil
import subprocess
import threading

from django.conf import settings
from django.db import connection
from pod.main.models import CustomImageModel
from pod.video.models import PlaylistVideo, Video

TAKES_S = 0.2
"""What seconds or minutes are in Pod."""


class Encoder:
    """How encoding goes; changed by `control.py` only.

    "works"; "killed": what is begun is said to be going on for ever, as when Pod is restarted meanwhile; "lost": the
    queue forgets it; "queued": it waits until `go_on`, and no sign of it shows.
    """

    way = "works"


_queued: list[Video] = []
_timers: list[threading.Timer] = []


def start(video: Video) -> None:
    """Begin to encode; the answer to whoever asked does not show it yet, and somebody else ends it."""
    if Encoder.way == "queued":
        _queued.append(video)
    if Encoder.way in ("queued", "lost"):
        return
    Video.objects.filter(pk=video.pk).update(encoding_in_progress=True)
    if Encoder.way == "killed":
        Video.objects.filter(pk=video.pk).update(duration=1)  # the first that Pod's encoder writes
        return
    timer = threading.Timer(TAKES_S, end, args=[video])
    timer.daemon = True
    _timers.append(timer)
    timer.start()


def go_on() -> None:
    """Begin with what waits in the queue."""
    Encoder.way = "works"
    while _queued:
        start(_queued.pop(0))


def forget() -> None:
    """Encode no more of what was begun: another Pod's videos will have the same numbers."""
    Encoder.way = "works"
    _queued.clear()
    while _timers:
        timer = _timers.pop()
        timer.cancel()
        timer.join()


def end(video: Video) -> None:
    """Leave the video as Pod leaves it after encoding; it may have been deleted meanwhile."""
    duration, subtitles = looked_into(video.video.path)
    breaks = subtitles and not settings.USE_PODFILE
    thumbnail = None if breaks else CustomImageModel.objects.create(name=f"{video.slug}.png")
    # A track of subtitles inside the film breaks the last step, and the mark stays for ever.
    there = Video.objects.filter(pk=video.pk).update(
        encoding_in_progress=breaks, encoded=True, duration=round(duration), thumbnail=thumbnail
    )
    if there:
        PlaylistVideo.objects.create(video=video)
    connection.close()  # that of this thread


def looked_into(path: str) -> tuple[float, bool]:
    """Return the seconds that ffprobe finds, and whether there are subtitles inside.

    0 and none without ffprobe, or for a file that is no video: Pod takes any file.
    """
    ffprobe = shutil.which("ffprobe")
    if ffprobe is None:
        return 0.0, False
    command = [ffprobe, "-v", "error", "-show_entries", "format=duration:stream=codec_type", "-of", "json", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    said = json.loads(done.stdout or "{}")
    kinds = [one.get("codec_type") for one in said.get("streams", [])]
    return float(said.get("format", {}).get("duration", 0)), "subtitle" in kinds
