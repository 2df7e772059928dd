"""A configuration file on disk, and an environment that is the test's alone."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bbbmig.settings import Settings, load

Load = Callable[..., Settings]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("bbbmig.settings.paths.SYSTEM_FILE", tmp_path / "etc" / "config.toml")
    return tmp_path


@pytest.fixture
def loaded(home: Path) -> Load:
    """Load a TOML text with an environment in which only HOME is set, unless the test sets more."""

    def run(toml: str | None = None, *, environ: dict[str, str] | None = None, **overrides: object) -> Settings:
        path = None
        if toml is not None:
            path = home / "config.toml"
            path.touch(mode=0o600)
            path.write_text(toml, encoding="utf-8")
        dotted = {key.replace("__", "."): value for key, value in overrides.items()}
        return load(path, environ={"HOME": str(home), **(environ or {})}, overrides=dotted)

    return run
