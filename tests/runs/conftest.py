"""Runs started without a command line: sample servers, settings as plain values."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import IGNORED_SERVER
from bbbmig.settings import Settings, load
from tests.bbb_server import bbb_media, sample_bbb, serve_bbb
from tests.pod_server import pods, sample_pod

__all__ = ["bbb_media", "pods", "sample_bbb", "sample_pod", "serve_bbb"]


@pytest.fixture
def values(tmp_path: Path, sample_bbb: SampleBbb, sample_pod: SamplePod) -> Mapping[str, object]:
    """Settings for the sample servers by their dotted keys; all that is written lies in the test's folder."""
    return {
        "bbb.url": sample_bbb.url,
        "bbb.secret": sample_bbb.secret,
        "bbb.cache_directory": tmp_path / "cache",
        "bbb.ignored_servers": IGNORED_SERVER,
        "pod.url": sample_pod.url,
        "pod.token": sample_pod.token,
        "pod.administrator": "admin",
        "pod.site": "pod.localhost",
        "recorder.id": 1,
        "recorder.directory": sample_pod.recorder_directory,
        "ledger.url": f"sqlite:///{tmp_path / 'ledger.sqlite'}",
        "converter.directory": tmp_path / "work",
        "converter.order": "bbb-recorder",  # not installed: what is played only is left alone
        "log.file": tmp_path / "bbbmig.log",
    }


@pytest.fixture
def settings(values: Mapping[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those values, read without any file or variable of whoever runs the test."""
    monkeypatch.setattr("bbbmig.http.waits.FIRST_WAIT_S", 0.005)
    environ = {f"BBBMIG_{key.upper().replace('.', '__')}": str(value) for key, value in values.items()}
    return load(environ={**environ, "HOME": str(tmp_path), "PATH": os.environ["PATH"]})


@pytest.fixture
def config(values: Mapping[str, object], tmp_path: Path) -> Path:
    """The same values in a file."""
    lines: dict[str, list[str]] = {}
    for key, value in values.items():
        section, _, name = key.partition(".")
        listed = [value] if key in ("bbb.ignored_servers", "converter.order") else value
        lines.setdefault(section, []).append(f"{name} = {json.dumps(listed, default=str)}")
    file = tmp_path / "bbbmig.toml"
    file.write_text("\n".join("\n".join([f"[{section}]", *keys]) for section, keys in lines.items()))
    return file
