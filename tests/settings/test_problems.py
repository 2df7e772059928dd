"""Everything wrong is told at once, with its key and place, and without its value where that is a secret."""

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.errors import ConfigError, ExitCode
from bbbmig.settings import load
from bbbmig.settings.keys import OLD_NAMES
from bbbmig.settings.sections import CATALOGUE
from tests.settings.conftest import Load

BBB = '[bbb]\nurl = "https://bbb.univ.fr"\nsecret = "s"\n'
MOODLE = '[moodle.default]\ndriver = "mysql"\ndatabase = "m"\n'


def refusal(loaded: Load, toml: str = "", *, environ: dict[str, str] | None = None, **overrides: object) -> list[str]:
    """Return the lines of the error that settings end in, the head left out."""
    with pytest.raises(ConfigError) as caught:
        loaded(toml, environ=environ, **overrides)
    head, *lines = caught.value.message.splitlines()
    assert head == ("1 problem in the settings" if len(lines) == 1 else f"{len(lines)} problems in the settings")
    assert caught.value.exit_code is ExitCode.CONFIG
    assert "docs/configuration.md" in caught.value.hint
    return [line.strip() for line in lines]


def test_all_problems_of_all_places_are_told_together(loaded: Load, home: Path) -> None:
    folder = home / "secrets"
    folder.mkdir()
    (folder / "pod.tokn").write_text("x", encoding="utf-8")
    toml = BBB + '[recorder]\nid = 0\ndirectory = "/d"\n[publish]\nvia = "post"\n[pod]\nmake_staf = true\n'
    environ = {"BBBMIG_POD__TIMEOUT_S": "long", "CREDENTIALS_DIRECTORY": str(folder)}

    assert refusal(loaded, toml, environ=environ, bbb__timeout_s=-1) == [
        f"pod.tokn: unknown key; did you mean pod.token? (secrets file {folder}/pod.tokn)",
        "bbb.timeout_s: must be greater than 0, not -1 (given by the program)",
        "pod.timeout_s: must be a number, not 'long' (environment BBBMIG_POD__TIMEOUT_S)",
        f"pod.make_staf: unknown key; did you mean pod.make_staff? ({home}/config.toml)",
        f"recorder.id: must be greater than or equal to 1, not 0 ({home}/config.toml)",
        f"publish.via: must be one of 'upload' or 'recorder', not 'post' ({home}/config.toml)",
        "pod.url: missing (for example BBBMIG_POD__URL)",
        "pod.token: missing (for example BBBMIG_POD__TOKEN)",
        "pod.administrator: missing (for example BBBMIG_POD__ADMINISTRATOR)",
    ]


@pytest.mark.parametrize(
    ("toml", "line"),
    [
        ('[bbb]\nurl = "bbb.univ.fr"', "bbb.url: must be an address such as https://host.example.org/"),
        ('[bbb]\nurl = "ftp://bbb.univ.fr"', "bbb.url: must be an address such as https://host.example.org/"),
        ('[bbb]\nurl = "https://bbb.univ.fr:port/"', "bbb.url: must be an address such as https://host.example.org/"),
        ('[bbb]\nurl = "https://b.fr/api?checksum=1"', "bbb.url: must be the address of the server, without ?"),
        ("[bbb]\nurl = 5", 'bbb.url: must be a text: write it in quotes, "…"'),
        ("[bbb]\nignored_servers = 5", 'bbb.ignored_servers: must be a list: ["…", "…"], not 5'),
        ('[bbb]\nignored_servers = ["https://m.fr/"]', "bbb.ignored_servers: must be host names such as"),
        ("[bbb]\nignored_servers = [5]", 'bbb.ignored_servers: must be a text: write it in quotes, "…"'),
        ('[bbb]\nchecksum = "md5"', "bbb.checksum: must be one of 'auto', 'sha1', 'sha256', 'sha384' or 'sha512', not"),
        ('[bbb]\ncache_directory = "cache"', "bbb.cache_directory: must be an absolute path, beginning with / or ~"),
        ("[bbb]\ntimeout_s = inf", "bbb.timeout_s: must be a finite number, not inf"),
        ('[pod]\nmake_staff = "perhaps"', "pod.make_staff: must be true or false, not 'perhaps'"),
        ('[pod]\nadministrator = " "', "pod.administrator: must not be empty"),
        ("[recorder]\nmode = 644", 'recorder.mode: must be an octal mode in quotes, such as "0644", not 644'),
        ('[recorder]\nmode = "4755"', "recorder.mode: must let the owner read, and set nothing but rights"),
        ('[recorder]\npod_directory = "bbb"', "recorder.pod_directory: must be an absolute path, beginning with /"),
        (
            f'[recorder]\nid = 1\ndirectory = "/{"d" * 150}"',
            "recorder.pod_directory: must be at most 150 characters long, since Pod takes paths of 200 with",
        ),
        ("[recorder]\nid = 1.5", "recorder.id: must be a whole number, not 1.5"),
        (MOODLE + 'prefix = "mdl-"', "moodle.default.prefix: must match ^[a-z0-9_]*$, not 'mdl-'"),
        (MOODLE + "port = 70000", "moodle.default.port: must be less than or equal to 65535, not 70000"),
        (
            MOODLE + "[moodle.default.names]\npattern = '('",
            "moodle.default.names.pattern: must be a regular expression",
        ),
        (
            MOODLE + '[moodle.default.names]\ncase = "title"',
            "moodle.default.names.case: must be one of 'keep', 'lower'",
        ),
        (MOODLE.replace("default", '"Lyon-2"'), "moodle.Lyon-2: the name of a Moodle must be made of small letters"),
        (MOODLE.replace("default", "all"), "moodle.all: must be another name, since --moodle all means every"),
        ('[converter]\norder = ["fast"]', "converter.order: must be one of 'render', 'bbb-recorder' or 'screen'"),
        ('[converter]\norder = ["render", "render"]', "converter.order: must not name the same one twice"),
        ("[converter]\norder = []", "converter.order: must name at least one"),
        ("[converter.render]\nheight = 480", "converter.render.height: must be one of 720 or 1080, not 480"),
        ('[converter.screen]\nbrowser = "./chromium"', "converter.screen.browser: must be an absolute path"),
        ('pod = "https://pod.univ.fr"', "pod: must be a table: [pod] with keys below it"),
        ('moodle = "default"', "moodle: must be a table: [moodle] with keys below it"),
        ('[moodle]\ndefault = "mysql"', "moodle.default: must be a table: [moodle.default] with keys below it"),
        ('[log]\nlevel = "loud"', "log.level: must be one of 'debug', 'info' or 'warning', not 'loud'"),
    ],
)
def test_a_wrong_value_is_told_in_words_with_its_key(loaded: Load, toml: str, line: str) -> None:
    lines = refusal(loaded, toml)

    assert any(one.startswith(line) for one in lines), lines


@pytest.mark.parametrize(
    ("toml", "environ", "guess"),
    [
        ('[bbb]\nurll = "x"', {}, "bbb.urll: unknown key; did you mean bbb.url?"),
        ('[pdo]\nurl = "x"', {}, "pdo: unknown key; did you mean pod?"),
        ('token = "x"', {}, "token: unknown key; did you mean pod.token?"),
        (
            '[moodle.default.name]\ncase = "x"',
            {},
            "moodle.default.name: unknown key; did you mean moodle.default.names?",
        ),
        (
            "[converter.render]\nhieght = 1",
            {},
            "converter.render.hieght: unknown key; did you mean converter.render.height?",
        ),
        ('SCRIPT_BBB_SERVER_URL = "x"', {}, "SCRIPT_BBB_SERVER_URL: unknown key; did you mean bbb.url?"),
        ('[bbb]\nSCRIPT_BBB_URL = "x"', {}, "bbb.SCRIPT_BBB_URL: unknown key; did you mean bbb.url?"),
        ("xyzzy = 1", {}, "xyzzy: unknown key ("),
        ("", {"BBBMIG_POD_TOKEN": "x"}, "BBBMIG_POD_TOKEN: unknown variable; did you mean BBBMIG_POD__TOKEN?"),
        ("", {"BBBMIG_POD__TOKN": "x"}, "BBBMIG_POD__TOKN: unknown variable; did you mean BBBMIG_POD__TOKEN?"),
        ("", {"BBBMIG_POD": "x"}, "BBBMIG_POD: unknown variable"),
        ("", {"BBBMIG_SCRIPT_BBB_URL": "x"}, "BBBMIG_SCRIPT_BBB_URL: unknown variable; did you mean BBBMIG_BBB__URL?"),
        (
            "",
            {"BBBMIG_MOODLE__SCIENCE__PASWORD": "x"},
            "BBBMIG_MOODLE__SCIENCE__PASWORD: unknown variable; did you mean BBBMIG_MOODLE__SCIENCE__PASSWORD?",
        ),
    ],
)
def test_an_unknown_name_is_an_error_with_a_guess(loaded: Load, toml: str, environ: dict[str, str], guess: str) -> None:
    assert any(line.startswith(guess) for line in refusal(loaded, toml, environ=environ))


def test_every_old_name_leads_to_a_key_or_section_that_exists() -> None:
    for new in OLD_NAMES.values():
        path = tuple(new.split("."))
        assert CATALOGUE.find(path) or CATALOGUE.is_section(path), new


def test_old_names_in_the_environment_are_told_and_not_read(loaded: Load, caplog: pytest.LogCaptureFixture) -> None:
    loaded(environ={"SCRIPT_BBB_SERVER_URL": "https://bbb.univ.fr", "SCRIPTS": "x"})

    assert caplog.messages == ["SCRIPT_BBB_SERVER_URL in the environment is not read: use BBBMIG_BBB__URL"]


def test_other_variables_of_ours_are_no_keys(loaded: Load, home: Path) -> None:
    loaded(environ={"BBBMIG_TEST_MYSQL_URL": "x", "BBBMIG_CONFIG": str(home / "unused")}, toml="")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("pod.tokne", "pod.token"),
        ("pod__token", "pod.token"),
        ("BBBMIG_POD__TOKEN", "pod.token"),
        ("POD.token", "pod.token"),
    ],
)
def test_a_secrets_file_that_is_nearly_ours_is_told(loaded: Load, home: Path, name: str, meant: str) -> None:
    folder = home / "secrets"
    folder.mkdir()
    (folder / name).write_text("hidden", encoding="utf-8")

    (line,) = refusal(loaded, environ={"CREDENTIALS_DIRECTORY": str(folder)})

    assert line == f"{name}: unknown key; did you mean {meant}? (secrets file {folder / name})"


def test_other_secrets_and_folders_are_left_alone(loaded: Load, home: Path) -> None:
    folder = home / "secrets"
    (folder / "pod.token").mkdir(parents=True)
    (folder / "tls.key").write_bytes(b"\xff")
    (folder / "..data").write_text("x", encoding="utf-8")

    settings = loaded(environ={"CREDENTIALS_DIRECTORY": str(folder)})

    with pytest.raises(ConfigError, match=r"pod\.token"):
        settings.need("pod")


def test_secrets_that_cannot_be_read_are_problems_like_others(loaded: Load, home: Path) -> None:
    folder = home / "secrets"
    folder.mkdir()
    (folder / "pod.token").write_bytes(b"\xff\xfe")

    lines = refusal(loaded, environ={"CREDENTIALS_DIRECTORY": str(folder)}, bbb__timeout_s=0)
    absent = refusal(loaded, environ={"CREDENTIALS_DIRECTORY": str(home / "absent")})

    assert lines[0] == f"pod.token: is not a text in UTF-8 (secrets file {folder / 'pod.token'})"
    assert lines[1].startswith("bbb.timeout_s: must be greater than 0")
    assert absent == [f"$CREDENTIALS_DIRECTORY: cannot be read: No such file or directory ({home / 'absent'})"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[pod]\ntoken = unquoted", r"config\.toml is not TOML: .*\(at line 2, column 9\)"),
        (b'[pod]\n\ntoken = "\xe9"', r"config\.toml is not a text in UTF-8 \(at line 3\)"),
    ],
)
def test_a_file_that_is_no_toml_is_told_with_its_line(home: Path, data: bytes, words: str) -> None:
    (home / "config.toml").write_bytes(data)
    with pytest.raises(ConfigError, match=words):
        load(home / "config.toml", environ={})


def test_a_file_saved_by_notepad_is_read(home: Path) -> None:
    (home / "config.toml").write_bytes(b"\xef\xbb\xbf[pod]\r\nmake_staff = false\r\n")

    load(home / "config.toml", environ={})


SECRET = "hunter2-€-hunter2"
PLACES = ("bbb.secret", "pod.token", "moodle.default.password", "moodle.default.notice.password", "ledger.url")


@pytest.mark.parametrize("value", [f'"{SECRET}"', f'["{SECRET}"]', f'{{ x = "{SECRET}" }}', "20260101.5"])
@pytest.mark.parametrize("key", PLACES)
def test_a_secret_is_never_shown_whatever_is_wrong_with_it(loaded: Load, key: str, value: str) -> None:
    section, _, name = key.rpartition(".")
    lines = refusal(loaded, f"[{section}]\n{name} = {value}\n[log]\nlevel = 1\n")

    assert "hunter2" not in "".join(lines)
    assert "20260101" not in "".join(lines)


@given(st.text(min_size=5))
def test_no_password_in_an_address_is_shown(password: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, environ={"HOME": "/"}, overrides={"bbb.url": f"https://user:{password}@/x", "log.level": 1})

    assert f":{password}@" not in caught.value.message


def test_a_secret_in_the_place_of_the_address_is_not_shown(loaded: Load) -> None:
    lines = refusal(loaded, '[bbb]\nurl = "hunter2"\nsecret = "https://bbb.univ.fr/"\n')

    assert "hunter2" not in lines[0]


def test_settings_do_not_show_their_secrets(loaded: Load) -> None:
    toml = BBB.replace('"s"', '"hunter2"') + '[ledger]\nurl = "mysql://u:hunter2@db/l"\n'
    settings = loaded(toml + MOODLE + 'password = "hunter2"\n')

    shown = f"{settings!r} {settings.bbb!r} {settings.ledger} {settings.moodle!r} {settings.ledger!r}"

    assert "hunter2" not in shown
    assert settings.ledger.url == "mysql://u:hunter2@db/l"


@pytest.mark.parametrize(("mode", "warned"), [(0o644, True), (0o640, False), (0o600, False)])
def test_a_file_with_secrets_that_everybody_can_read_gives_a_warning(
    home: Path, caplog: pytest.LogCaptureFixture, mode: int, *, warned: bool
) -> None:
    path = home / "config.toml"
    path.write_text(BBB + '[ledger]\nurl = "sqlite:////l"\n', encoding="utf-8")
    path.chmod(mode)

    load(path, environ={})

    words = f"{path} holds bbb.secret and can be read by everybody on this machine: chmod o-r {path}"
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING] == [words] * warned


def test_a_file_without_secrets_may_be_read_by_everybody(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = home / "config.toml"
    path.write_text('[bbb]\nurl = "https://b.fr"\n[moodle.a]\npassword = ""\n', encoding="utf-8")
    path.chmod(0o644)

    load(path, environ={})

    assert caplog.messages == []


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("BBBMIG_BBB_URL", "BBBMIG_BBB__URL"),
        ("BBBMIG_POD_TOKEN", "BBBMIG_POD__TOKEN"),
        ("BBBMIG_CONVERTER_RENDER_QUALITY", "BBBMIG_CONVERTER__RENDER__QUALITY"),
    ],
)
def test_one_underscore_where_two_are_needed(loaded: Load, given: str, meant: str) -> None:
    with pytest.raises(ConfigError, match=f"{given}: unknown variable; did you mean {meant}\\?"):
        loaded(environ={given: "x"})
