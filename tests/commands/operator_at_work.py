"""Somebody who types commands: settings of their own, whole runs in this process or in one of their own."""

import contextlib
import gc
import io
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bbbmig.cli.main import run
from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.moodle_sample import SampleMoodle
from bbbmig.demo.pod_server import SamplePod
from tests.waiting import WAIT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended: exit code and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Read the JSON lines of stdout: every line must be one."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def actions(self) -> list[dict[str, Any]]:
        """Return the JSON lines about actions."""
        return [one for one in self.objects if one["type"] == "action"]

    @property
    def end(self) -> dict[str, Any]:
        """Return the last JSON line."""
        last = self.objects[-1]
        assert last["type"] == "end"
        return last

    @property
    def counts(self) -> dict[str, int]:
        """Return how many actions ended how, those of which there were none left out."""
        return {status: count for status, count in self.end["counts"].items() if count}

    @property
    def last_line(self) -> str:
        return self.out.splitlines()[-1]


def toml(value: object) -> str:
    """Write a text as TOML: a basic string is written as in JSON."""
    return json.dumps(str(value), ensure_ascii=False)


@dataclass(slots=True, kw_only=True)
class Operator:
    """Runs bbbmig with the settings in `folder`; `environment` is all that processes of its own see."""

    folder: Path
    environment: Mapping[str, str]
    bbb: SampleBbb | None = None
    pod: SamplePod | None = None
    moodles: Mapping[str, SampleMoodle] = field(default_factory=dict)
    ignored_servers: tuple[str, ...] = ()
    changed: dict[str, object] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.folder / "bbbmig.toml"

    @property
    def ledger(self) -> Path:
        return self.folder / "state" / "ledger.sqlite"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def log(self) -> Path:
        return self.folder / "bbbmig.log"

    @property
    def recorder(self) -> Path:
        assert self.pod is not None
        return self.pod.recorder_directory

    @property
    def dropped(self) -> list[Path]:
        """Name what lies in the recorder's directory, but the mark of the ledger."""
        mark = self.recorder / ".bbbmig" / "ledger"
        found = [path for path in self.recorder.rglob("*") if path != mark]
        return sorted(path for path in found if path != mark.parent or not mark.exists())

    def set(self, **changed: object) -> None:
        """Change settings, by names such as `pod__token`; None leaves the key out."""
        self.changed |= changed
        self._write()

    def _write(self) -> None:
        sections: dict[str, dict[str, object]] = {
            "ledger": {"url": f"sqlite:///{self.ledger}"},
            # one that is not installed: what is played only is left alone, whatever this machine has
            "converter": {"directory": self.folder / "work", "order": ["bbb-recorder"]},
            "log": {"file": self.log, "level": "debug"},
        }
        if self.bbb is not None:
            sections["bbb"] = {"url": self.bbb.url, "secret": self.bbb.secret, "cache_directory": self.cache}
            sections["bbb"]["ignored_servers"] = list(self.ignored_servers)
        if self.pod is not None:
            sections["pod"] = {"url": self.pod.url, "token": self.pod.token, "administrator": "admin"}
            sections["pod"]["site"] = "pod.localhost"
            sections["pod"]["patience_s"] = 0  # a Pod that is told to be down stays so
            sections["recorder"] = {"id": 1, "directory": self.pod.recorder_directory}
        for name, moodle in self.moodles.items():
            origin = [moodle.server]
            sections[f"moodle.{name}"] = {"driver": "sqlite", "database": moodle.path, "origin_servers": origin}
        for key, value in self.changed.items():
            place, _, name = key.rpartition("__")
            sections.setdefault(place.replace("__", "."), {})[name] = value
        lines = []
        for title, keys in sections.items():
            lines += [f"[{title}]", *(f"{k} = {_value(v)}" for k, v in keys.items() if v is not None)]
        self.config.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.config.chmod(0o600)

    def run(self, *arguments: str) -> Ended:
        """Run a command in this process, with the settings."""
        return self.run_bare("--config", str(self.config), *arguments)

    def run_bare(self, *arguments: str) -> Ended:
        """Run a command line in this process as it is."""
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
        with _as_in_a_process_of_its_own(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(arguments)
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode())
        return Ended(code=int(code), out=texts[0], err=texts[1])

    def json(self, *arguments: str) -> Ended:
        """Run a command with --json."""
        return self.run(*arguments, "--json")

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:  # noqa: ANN401 - those of Popen
        """Start a command in a process of its own, pipes at its output."""
        pipes: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        environment = {**self.environment, **options.pop("env", {})}
        program = options.pop("program", [sys.executable, "-m", "bbbmig"])
        command = [*program, "--config", str(self.config), *arguments]
        return subprocess.Popen(command, env=environment, cwd=self.folder, text=True, **{**pipes, **options})

    def process(self, *arguments: str, **options: Any) -> Ended:  # noqa: ANN401 - those of Popen
        """Run a command in a process of its own."""
        return ended(self.start(*arguments, **options))


def _value(value: object) -> str:
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return toml(value)


def ended(process: subprocess.Popen[str]) -> Ended:
    """Wait for a process; it is killed if it does not end."""
    try:
        out, err = process.communicate(timeout=WAIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Ended(code=process.returncode, out=out or "", err=err or "")


@contextlib.contextmanager
def _as_in_a_process_of_its_own() -> Iterator[None]:
    """Put back what a run changes in its process: the handler of SIGTERM, the log, the collection of garbage."""
    handler = signal.getsignal(signal.SIGTERM)
    thresholds = gc.get_threshold()
    root = logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "bbbmig", "httpx", "httpcore")}
    before = list(root.handlers)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, handler)
        gc.unfreeze()
        gc.set_threshold(*thresholds)
        for added in [one for one in root.handlers if one not in before]:
            root.removeHandler(added)
            added.close()
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def files_below(*folders: Path) -> dict[Path, tuple[int, bytes]]:
    """Return every file with its time and content."""
    return {
        path: (path.stat().st_mtime_ns, path.read_bytes())
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def children_of(pid: int) -> list[int]:
    """Return the processes whose parent that is, as /proc says."""
    found = []
    for folder in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if folder.name.isdigit() and int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(folder.name))
    return found


def clean_environment(home: Path) -> dict[str, str]:
    """Return an environment that knows nothing of whoever runs the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_STATE_HOME": str(home / ".state"),
        "TMPDIR": str(home / "tmp"),
        "TZ": "Europe/Paris",
        "LANG": "C.UTF-8",
        "NO_PROXY": "*",
    }
