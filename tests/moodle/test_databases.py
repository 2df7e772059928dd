"""What the tests do without a database server."""

import shutil
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests import databases


@pytest.fixture
def config() -> SimpleNamespace:
    """Stand in for pytest's configuration."""
    return SimpleNamespace(stash=pytest.Stash(), add_cleanup=lambda _: None)


@pytest.mark.parametrize(
    ("start", "package"), [(databases.start_mariadb, "mariadb-server"), (databases.start_postgresql, "postgresql")]
)
def test_missing_programs_are_a_failure_that_names_the_package(
    start: Callable[[], tuple[databases.Server, databases.Process]],
    package: str,
    config: pytest.Config,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.delenv("BBBMIG_TEST", raising=False)
    with pytest.raises(pytest.fail.Exception, match=f"apt install {package}"):
        databases._server(config, "BBBMIG_TEST", start)


def test_a_server_that_is_named_is_taken_as_it_is(config: pytest.Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BBBMIG_TEST", "mysql+pymysql://root:x@127.0.0.1:3306/?charset=utf8mb4")

    def start() -> tuple[databases.Server, databases.Process]:
        raise AssertionError

    assert databases._server(config, "BBBMIG_TEST", start).admin.port == 3306
