"""What Pod's cron job does with dropped files: a file is claimable once it was seen twice with the same size."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.sites.models import Site
from django.db.models import QuerySet
from pod.recorder.models import Recorder, Recording, RecordingFileTreatment


def check_directory() -> Iterator[str]:
    """Look at every file once; give a line about each.

    Raise DataError, with the remaining files not looked at, if a path is too long for the database.
    """
    for folder, _, names in os.walk(settings.DEFAULT_RECORDER_PATH):
        for name in names:
            yield f"{name}: {check(Path(folder), name)}"


def check(folder: Path, name: str) -> str:
    """Look at one file; say what became of it."""
    suffix = name.rpartition(".")[2]  # as it is written: "MP4" is not taken
    if suffix == name or suffix not in (*settings.VIDEO_ALLOWED_EXTENSIONS, "zip"):
        return f"WARNING: {suffix} is not a valid video extension"
    recorder = Recorder.objects.filter(directory=folder.name, sites=Site.objects.get_current()).first()
    if recorder is None:
        return "No recorder found (mail to the administrators)"
    source = str(Path(settings.DEFAULT_RECORDER_PATH) / recorder.directory / name)
    if Recording.objects.filter(source_file=source).exists():
        return "This video was already processed"
    size = Path(source).stat().st_size
    known = RecordingFileTreatment.objects.filter(file=source)
    if not known:
        RecordingFileTreatment.objects.create(file=source, recorder=recorder, file_size=size)
        return "The job is created"
    return check_again(known, size)


def check_again(known: QuerySet, size: int) -> str:
    """Look at a file that is known already, now of that size in bytes; say what became of it."""
    found = known.get()
    if found.require_manual_claim:
        return "Recording already treated, waiting for claiming"
    if size > found.file_size:
        known.update(file_size=size)
        return "This video was partially uploaded"
    known.update(require_manual_claim=True)
    return "Waiting for claiming"
