"""Which Moodle is asked: by origin server, by section `default`, and by what the seeds prove."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.domain.owner import Finding, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.moodle import MoodleSource
from tests.moodle.small import EDITING_TEACHER, SEED, SmallMoodle, record_id, recording, rules
from tests.moodle.sources import asking, file_of, source_of

Make = Callable[..., MoodleSource]
SECOND = "b" * 40
ELSEWHERE = "c" * 40


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Make a section with a small Moodle whose activity 30 has a seed and one moderator, named as the section."""

    def make(name: str, *, seed: str, servers: tuple[str, ...]) -> MoodleSource:
        moodle = SmallMoodle(participants=rules(("user", "50")), seed=seed)
        moodle.user(50, f"prof-{name}")
        moodle.user(51, f"teacher-{name}")
        moodle.assign(51, EDITING_TEACHER, 200)
        url = sa.URL.create("sqlite", database=str(tmp_path / f"{name}.sqlite"))
        return source_of(moodle.fill(url), name=name, origin_servers=servers)

    return make


def found(
    sources: list[MoodleSource], *recordings: Recording, ignored: tuple[str, ...] = ()
) -> Mapping[str, Ownership]:
    with asking(sources, ignored_servers=ignored) as owners:
        results = list(owners.find(recordings))
    assert len(results) == len(recordings)
    return {result.record_id: result for result in results}


def names(result: Ownership) -> list[str]:
    return [owner.username for owner in result.owners]


def test_the_origin_server_names_the_section(make: Make) -> None:
    sources = [
        make("default", seed=SEED, servers=("moodle.univ.fr",)),
        make("science", seed=SECOND, servers=("moodle2.univ.fr", "old.univ.fr")),
    ]
    results = found(
        sources,
        recording(0),
        recording(1, server="OLD.univ.fr.", meeting_id=f"{SECOND}-20-30[0]"),
    )
    assert names(results[record_id(0)]) == ["prof-default"]
    assert (names(results[record_id(1)]), results[record_id(1)].source) == (["prof-science"], "moodle science")


def test_ignored_servers_are_not_asked_even_if_a_section_has_them(make: Make, statements: list[str]) -> None:
    source = make("default", seed=SEED, servers=("moodle.univ.fr",))
    statements.clear()
    (result,) = found([source], recording(), ignored=("Moodle.Univ.FR",)).values()
    assert (result.finding, result.owners, result.detail) == (Finding.IGNORED_SERVER, (), "moodle.univ.fr")
    assert statements == []


def test_an_unknown_server_is_told_as_such_and_asks_nothing(make: Make, statements: list[str]) -> None:
    source = make("default", seed=SEED, servers=("moodle.univ.fr",))
    statements.clear()
    (result,) = found([source], recording(server="autre.univ.fr")).values()
    assert (result.finding, result.owners, result.detail) == (Finding.UNKNOWN_SERVER, (), "autre.univ.fr")
    assert statements == []


def test_servers_of_sections_that_are_left_out_are_not_unknown(make: Make) -> None:
    source = make("default", seed=SEED, servers=("moodle.univ.fr",))
    other = make("science", seed=SECOND, servers=("Moodle2.univ.fr", "moodle.univ.fr"))
    with asking([source], not_asked=[other]) as owners:
        results = list(owners.find([recording(0), recording(1, server="moodle2.univ.fr")]))
    assert {(result.finding, result.detail) for result in results} == {
        (Finding.FOUND, "activity 30 of course 20"),
        (Finding.NOT_SEARCHED, "moodle2.univ.fr"),
    }


def test_without_origin_the_section_default_is_asked_and_the_seed_must_prove_it(make: Make) -> None:
    sources = [
        make("science", seed=SECOND, servers=("moodle2.univ.fr",)),
        make("default", seed=SEED, servers=("moodle.univ.fr",)),
    ]
    results = found(
        sources,
        recording(0, server=""),
        recording(1, server="", meeting_id=f"{SECOND}-20-30"),
        recording(2, server="", meeting_id=f"{ELSEWHERE}-20-29"),
        recording(3, server="", meeting_id="0042-réunion"),
    )
    assert names(results[record_id(0)]) == ["prof-default"]
    for number in (1, 2, 3):
        result = results[record_id(number)]
        assert (result.finding, result.owners) == (Finding.NOBODY, ())
        assert result.detail == "no origin server, and not of moodle default"


def test_logs_prove_it_too_when_the_activity_is_gone(tmp_path: Path) -> None:
    moodle = SmallMoodle()
    moodle.user(50, "owner")
    moodle.log(50, "Add", ELSEWHERE, activity=29)
    source = source_of(moodle.fill(sa.URL.create("sqlite", database=str(tmp_path / "m.sqlite"))))
    (result,) = found([source], recording(server="", meeting_id=f"{ELSEWHERE}-20-29")).values()
    assert names(result) == ["owner"]


@pytest.mark.parametrize(
    ("meeting_id", "finding"), [(f"{SEED}-20-30", Finding.UNKNOWN_SERVER), ("0042-réunion", Finding.NOBODY)]
)
def test_without_origin_and_without_default_nothing_is_guessed(make: Make, meeting_id: str, finding: Finding) -> None:
    source = make("science", seed=SEED, servers=("moodle.univ.fr",))
    (result,) = found([source], recording(server="", meeting_id=meeting_id)).values()
    assert (result.finding, result.owners) == (finding, ())


def test_two_moodles_on_one_host_are_told_apart_by_their_seeds(make: Make) -> None:
    sources = [
        make("default", seed=SEED, servers=("moodle.univ.fr",)),
        make("second", seed=SECOND, servers=("moodle.univ.fr",)),
    ]
    results = found(
        sources,
        recording(0),
        recording(1, meeting_id=f"{SECOND}-20-30[0]"),
        recording(2, meeting_id=f"{ELSEWHERE}-20-29[0]"),
    )
    assert names(results[record_id(0)]) == ["prof-default"]
    assert names(results[record_id(1)]) == ["prof-second"]
    assert results[record_id(2)].finding is Finding.NOBODY
    assert results[record_id(2)].detail == "moodle.univ.fr: not of moodle default, moodle second"


def test_a_default_section_without_servers_takes_what_its_seeds_prove(make: Make) -> None:
    source = make("default", seed=SEED, servers=())
    results = found(
        [source],
        recording(0, server="any.univ.fr"),
        recording(1, server="any.univ.fr", meeting_id=f"{ELSEWHERE}-20-30[0]"),
        recording(2, server="any.univ.fr", meeting_id=f"{ELSEWHERE}-20-29[0]"),
    )
    assert names(results[record_id(0)]) == ["prof-default"]
    assert {results[record_id(number)].finding for number in (1, 2)} == {Finding.UNKNOWN_SERVER}


def test_a_moodle_that_no_recording_concerns_is_not_even_reached(make: Make, tmp_path: Path) -> None:
    away = MoodleSource(name="away", database=file_of(tmp_path / "x"), origin_servers=("away.univ.fr",))
    here = make("default", seed=SEED, servers=("moodle.univ.fr",))
    (Path(tmp_path / "x")).touch()
    (result,) = found([here, away], recording()).values()
    assert names(result) == ["prof-default"]


def test_no_recordings_no_results(make: Make) -> None:
    assert found([make("default", seed=SEED, servers=())]) == {}
