"""The sample Pod's back door, below /__sample__/: what was asked of it, putting it back, faults, the cron job."""

import io
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sites.models import Site
from django.core.management import call_command
from django.db import connection
from pod.main.habits import Habits
from pod.recorder.check_directory import check_directory
from pod.recorder.models import Recording, RecordingFileTreatment
from pod.recorder.views import claim
from pod.video import encoding

from .faults import Application, Environ, Fault, Faults, StartResponse
from .seed import seed

DOOR = "/__sample__/"
KEPT_BODY = 1024 * 1024
"""Longest body that the log keeps, in bytes."""


class Control:
    """Wraps the application: keeps a log of requests, and answers those to the back door itself."""

    def __init__(self, application: Application, tokens: dict[str, str]) -> None:
        """Take a picture of the state to which `reset` goes back."""
        self.faulty = Faults(application)
        self.tokens = tokens
        self.log: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self.pristine = settings.SAMPLE_DIRECTORY / "pristine.sqlite3"
        self.extension_version: str | None = None
        if connection.vendor == "sqlite":
            _copy(Path(connection.settings_dict["NAME"]), self.pristine)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        path = environ["PATH_INFO"]
        if path.startswith(DOOR):
            return self._door(path.removeprefix(DOOR), environ, start_response)
        return self.faulty(environ, self._logging(environ, start_response))

    def _logging(self, environ: Environ, start_response: StartResponse) -> StartResponse:
        """Log a request, and its status as soon as there is one (0: never)."""
        entry = {
            "method": environ["REQUEST_METHOD"],
            "path": environ["PATH_INFO"].encode("latin-1").decode(errors="replace"),
            "query": environ.get("QUERY_STRING", ""),
            "body": _body(environ),
            "status": 0,
        }
        with self.lock:
            self.log.append(entry)

        def start(status: str, headers: list[tuple[str, str]], *more: object) -> Callable[[bytes], object]:
            entry["status"] = int(status[:3])
            return start_response(status, headers, *more)

        return start

    def _door(self, name: str, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Do what the back door is asked for; the answer is JSON."""
        data = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
        actions: dict[str, Callable[..., object]] = {
            "log": lambda: self.log,
            "reset": self.reset,
            "fault": lambda **fault: self.faulty.faults.append(Fault(**fault)),
            "heal": self.faulty.faults.clear,
            "habits": _set_habits,
            "encoder": _set_encoder,
            "extension_version": set_extension_version,
            "create": _create,
            "check_directory": lambda: list(check_directory()),
            "claim": _claim,
        }
        answer, status = None, "200 OK"
        try:
            answer = actions[name](**data)
        except Exception as error:  # noqa: BLE001 - told to whoever asked, who raises it again
            answer, status = f"{type(error).__name__}: {error}", "400 Bad Request"
        body = json.dumps(answer).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def reset(self) -> None:
        """Go back to the state in which it started: rows, files, log, faults, habits."""
        self.faulty.faults.clear()
        encoding.forget()
        Habits.mariadb = False
        set_extension_version(None)
        for folder in ("recorder", "media"):
            for path in (settings.SAMPLE_DIRECTORY / folder).iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        (settings.SAMPLE_DIRECTORY / "recorder" / "bbb").mkdir()
        if connection.vendor == "sqlite":
            _copy(self.pristine, Path(connection.settings_dict["NAME"]))
        else:
            call_command("flush", interactive=False, verbosity=0)
            seed(self.tokens)
        Site.objects.clear_cache()
        self.log.clear()


def set_extension_version(version: str | None) -> None:
    """Let the extension say that it is of another version; None: of its own."""
    if settings.ROOT_URLCONF == "pod.urls":
        return
    from pod.custom import bbbmig_urls  # noqa: PLC0415 - only there when installed

    own = bbbmig_urls.__dict__.setdefault("_own_version", bbbmig_urls.VERSION)
    bbbmig_urls.VERSION = version or own


def _set_habits(*, mariadb: bool) -> None:
    """Behave like that database."""
    Habits.mariadb = mariadb


def _set_encoder(*, way: str) -> None:
    """Let encoding go that way from now on."""
    if way not in ("works", "killed", "lost", "queued"):
        raise ValueError(f"no such way: {way}")
    if way == "works":
        encoding.go_on()
    encoding.Encoder.way = way


def _create(model: str, fields: dict[str, Any]) -> int:
    """Make a row as Pod's own code would; return its id."""
    return apps.get_model(model).objects.create(**fields).pk


def _claim(username: str, file: str, title: str = "") -> None:
    """Do what a user does on the claim page; without a title, leave the one that Pod proposes."""
    found = RecordingFileTreatment.objects.get(file=file, require_manual_claim=True)
    recording = Recording(
        title=title or found.filename(), source_file=found.file, recorder=found.recorder, type=found.type
    )
    claim(recording, User.objects.get(username=username))


def _body(environ: Environ) -> str | None:
    """Read a JSON body and leave it for the application to be read again; None for any other."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if not 0 < length <= KEPT_BODY or "json" not in environ.get("CONTENT_TYPE", ""):
        return None
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return body.decode(errors="replace")


def _copy(source: Path, target: Path) -> None:
    """Copy a database of SQLite over another one that may be in use."""
    old, new = sqlite3.connect(source), sqlite3.connect(target, timeout=60)
    try:
        old.backup(new)
    finally:
        old.close()
        new.close()
