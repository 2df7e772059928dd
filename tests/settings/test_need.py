"""A command tells at once what it lacks, and nothing of sections that it does not use."""

import pytest

from bbbmig.errors import ConfigError
from tests.settings.conftest import Load

BBB = '[bbb]\nurl = "https://bbb.univ.fr"\nsecret = "s"\n'
MOODLE = '[moodle.default]\ndriver = "mysql"\ndatabase = "m"\n'


def test_a_command_runs_with_the_sections_that_it_uses_alone(loaded: Load) -> None:
    settings = loaded(BBB + '[pod]\nurl = "https://pod.univ.fr"\n')

    settings.need("bbb", "ledger", "converter")

    assert settings.bbb.url == "https://bbb.univ.fr"


def test_everything_missing_is_told_at_once_with_where_it_was_looked_for(loaded: Load) -> None:
    settings = loaded(BBB + '[pod]\nurl = "https://pod.univ.fr"\n[moodle.science]\ndriver = "mysql"\n')

    with pytest.raises(ConfigError) as caught:
        settings.need("bbb", "pod", "recorder.id", "moodle.science", "moodle.law")

    head, *lines = caught.value.message.splitlines()
    assert head == "5 settings are missing"
    assert [line.split(": ")[0].strip() for line in lines] == [
        "pod.token (BBBMIG_POD__TOKEN)",
        "pod.administrator (BBBMIG_POD__ADMINISTRATOR)",
        "recorder.id (BBBMIG_RECORDER__ID)",
        "moodle.science.database (BBBMIG_MOODLE__SCIENCE__DATABASE)",
        "moodle.law",
    ]
    assert lines[-1].endswith("no such section (there are: science)")
    assert "config.toml" in caught.value.hint
    assert "no secrets directory ($CREDENTIALS_DIRECTORY)" in caught.value.hint


def test_the_files_that_do_not_exist_are_named(loaded: Load) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(environ={"CREDENTIALS_DIRECTORY": "/"}).need("bbb")

    assert "no file, since none of bbbmig.toml, " in caught.value.hint
    assert "the secrets directory /;" in caught.value.hint


@pytest.mark.parametrize("section", ["bbb", "pod", "recorder"])
def test_a_section_that_is_asked_for_without_being_there_says_what_it_needs(loaded: Load, section: str) -> None:
    settings = loaded()
    with pytest.raises(ConfigError, match=f"{section}\\."):
        getattr(settings, section)


def test_one_moodle_that_is_not_complete_does_not_hinder_another(loaded: Load) -> None:
    settings = loaded(MOODLE + '[moodle.science]\nhost = "db"\n')

    settings.need("moodle.default")

    assert settings.moodles == ("moodle.default", "moodle.science")
    with pytest.raises(ConfigError, match=r"moodle\.science\.driver"):
        settings.need("moodle")
    assert list(settings.moodle) == ["default"]


def test_no_moodle_at_all_is_told_when_one_is_needed(loaded: Load) -> None:
    assert loaded().moodle == {}
    with pytest.raises(ConfigError, match=r"moodle\.NAME"):
        loaded().need("moodle")


def test_a_key_that_is_empty_can_be_needed_too(loaded: Load) -> None:
    settings = loaded(MOODLE + '[moodle.default.notice]\nuser = "w"\n')

    settings.need("moodle.default.notice.user")

    with pytest.raises(ConfigError, match="2 settings are missing") as caught:
        settings.need("moodle.default.notice.password", "moodle.default.notice.html")
    assert "BBBMIG_MOODLE__DEFAULT__NOTICE__PASSWORD" in caught.value.message
