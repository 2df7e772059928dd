"""Which place wins, and which file is read."""

from pathlib import Path

import pytest

from bbbmig.errors import ConfigError
from bbbmig.settings import load
from tests.settings.conftest import Load

POD = """
[pod]
url = "https://pod.univ.fr"
token = "from-the-file"
administrator = "admin"
"""


def credentials(folder: Path, **files: str) -> dict[str, str]:
    """Write secrets as systemd does; "__" in a name stands for a dot."""
    folder.mkdir()
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return {"CREDENTIALS_DIRECTORY": str(folder)}


def test_the_command_line_wins_over_the_environment_over_secrets_over_the_file(loaded: Load, tmp_path: Path) -> None:
    secrets = credentials(tmp_path / "s", pod__token="from-the-secrets\n")
    variable = {"BBBMIG_POD__TOKEN": "from-the-environment"}

    tokens = [
        loaded(POD).pod.token,
        loaded(POD, environ=secrets).pod.token,
        loaded(POD, environ=secrets | variable).pod.token,
        loaded(POD, environ=secrets | variable, pod__token="from-the-command-line").pod.token,
    ]

    assert [token.get_secret_value() for token in tokens] == [
        "from-the-file",
        "from-the-secrets",
        "from-the-environment",
        "from-the-command-line",
    ]


def test_places_complete_each_other_key_by_key(loaded: Load, tmp_path: Path) -> None:
    secrets = credentials(tmp_path / "s", moodle__science__password="p@ss word\n")
    toml = '[moodle.science]\ndriver = "mysql"\ndatabase = "moodle"\n[moodle.science.names]\ncase = "lower"\n'
    variables = {"BBBMIG_MOODLE__SCIENCE__NAMES__FIELD": "email", "BBBMIG_MOODLE__SCIENCE__PORT": "3307"}

    section = loaded(toml, environ=secrets | variables).moodle["science"]

    assert section.password.get_secret_value() == "p@ss word"
    assert (section.database, section.port) == ("moodle", 3307)
    assert (section.names.field, section.names.case) == ("email", "lower")


def test_no_file_is_needed(loaded: Load) -> None:
    settings = loaded(environ={"BBBMIG_BBB__URL": "https://bbb.univ.fr", "BBBMIG_BBB__SECRET": " s3cret\n"})

    assert settings.file is None
    assert settings.bbb.secret.get_secret_value() == "s3cret"


def test_an_option_that_was_not_given_changes_nothing(loaded: Load) -> None:
    assert loaded(POD, pod__timeout_s=None).pod.timeout_s == 120.0


def test_lists_in_the_environment_are_words_with_commas(loaded: Load) -> None:
    environ = {"BBBMIG_CONVERTER__ORDER": "screen, render", "BBBMIG_CONVERTER__RENDER__HEIGHT": "1080"}

    converter = loaded(environ=environ).converter

    assert (converter.order, converter.render.height) == (("screen", "render"), 1080)


def test_the_first_file_of_the_search_path_is_read_and_no_other(home: Path) -> None:
    places = [home / "named.toml", home / "bbbmig.toml", home / ".config/bbbmig/config.toml", home / "etc/config.toml"]
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(f'[pod]\nsite = "{place.name}"\n', encoding="utf-8")
    environ = {"HOME": str(home), "BBBMIG_CONFIG": str(places[0])}
    found = []
    for place in places:
        found.append(load(environ=environ).file)
        place.unlink()
        environ.pop("BBBMIG_CONFIG", None)

    assert [file.resolve() if file else None for file in found] == places
    assert load(environ=environ).file is None


def test_xdg_says_where_a_user_keeps_configurations(home: Path) -> None:
    (home / "xdg" / "bbbmig").mkdir(parents=True)
    (home / "xdg" / "bbbmig" / "config.toml").write_text("", encoding="utf-8")

    settings = load(environ={"HOME": str(home), "XDG_CONFIG_HOME": str(home / "xdg")})

    assert settings.file == home / "xdg" / "bbbmig" / "config.toml"


@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_named_file_must_exist(home: Path, by: str) -> None:
    path = home / "absent.toml"
    with pytest.raises(ConfigError, match=r"absent\.toml does not exist"):
        load(path if by == "option" else None, environ={} if by == "option" else {"BBBMIG_CONFIG": str(path)})


def test_a_file_that_is_not_one_is_told(home: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(home, environ={})


def test_defaults_of_the_machine_follow_systemd_and_else_xdg(loaded: Load, home: Path) -> None:
    person = loaded()
    service = loaded(environ={"STATE_DIRECTORY": "/var/lib/bbbmig:/other", "CACHE_DIRECTORY": "/var/cache/bbbmig"})

    assert person.ledger.url == f"sqlite:///{home}/.local/state/bbbmig/ledger.sqlite"
    assert person.converter.directory == home / ".cache/bbbmig/work"
    assert service.ledger.url == "sqlite:////var/lib/bbbmig/ledger.sqlite"
    assert service.converter.directory == Path("/var/cache/bbbmig/work")


def test_the_log_file_is_where_logs_are_kept_or_named_or_off(loaded: Load, home: Path) -> None:
    files = [
        loaded().log.file,
        loaded('[log]\nfile = "/srv/b.log"\n').log.file,
        loaded('[log]\nfile = "auto"\n').log.file,
        loaded('[log]\nfile = "auto"\n', environ={"LOGS_DIRECTORY": "/var/log/bbbmig"}).log.file,
        loaded('[log]\nfile = "auto"\n', environ={"BBBMIG_LOG__FILE": ""}).log.file,
    ]

    state = home / ".local/state/bbbmig/bbbmig.log"
    assert files == [state, Path("/srv/b.log"), state, Path("/var/log/bbbmig/bbbmig.log"), None]


def test_a_list_may_be_written_in_every_way_that_people_try(loaded: Load) -> None:
    forms = ["a.fr,B.fr", " a.fr , B.fr,", '["a.fr", "B.fr"]', "['a.fr','B.fr']"]

    bbb = '[bbb]\nurl = "https://bbb.univ.fr"\nsecret = "s"\n'
    found = [loaded(bbb, environ={"BBBMIG_BBB__IGNORED_SERVERS": form}).bbb.ignored_servers for form in forms]

    assert found == [("a.fr", "B.fr")] * len(forms)
    assert loaded(bbb, environ={"BBBMIG_BBB__IGNORED_SERVERS": ""}).bbb.ignored_servers == ()
