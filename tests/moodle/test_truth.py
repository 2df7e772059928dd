"""Thousands of recordings of a made-up university, each with the owners that it truly has."""

import contextlib
from collections.abc import Callable, Iterator, Mapping

import pytest
import sqlalchemy as sa

from bbbmig.domain.owner import Confidence, Finding
from bbbmig.moodle import MoodleSource
from tests.databases import Server
from tests.moodle.grants import account
from tests.moodle.schema import Database
from tests.moodle.sources import asking, source_of
from tests.moodle.university.model import FIVE, GENERATIONS, IGNORED, THREE, Generation, Truth, University

PLACES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("postgresql", "5.x"): {"prefix": "mdl5_", "schema": "moodle5"},
    ("mysql", "5.x"): {"prefix": ""},
    ("sqlite", "5.x"): {"prefix": "m_"},
}
"""Where a site is not kept in the usual way."""
BATCHES = 6
"""Of 1000 recordings: every university has fewer than 6000."""


@contextlib.contextmanager
def least_privileged(
    request: pytest.FixtureRequest, database: Database, generation: Generation
) -> Iterator[MoodleSource]:
    """Yield the section that reads with the account of docs/grants; SQLite has no accounts."""
    if database.url.get_backend_name() == "sqlite":
        yield source_of(database)
        return
    server: Server = request.getfixturevalue(f"{database.url.get_backend_name()}_server")
    without = {
        *(() if generation.has_recordings else ("bigbluebuttonbn_recordings",)),
        *(() if generation.logs_roles else ("logstore_standard_log",)),
    }
    with account(server, database, without=without) as granted:
        yield source_of(database, **granted)


@pytest.mark.parametrize("generation", GENERATIONS, ids=lambda generation: generation.name)
def test_every_owner_is_the_true_one(
    generation: Generation,
    database_url: sa.URL,
    university: Callable[[Generation], University],
    request: pytest.FixtureRequest,
    statements: list[str],
) -> None:
    """With the least privileges, on every engine, for every generation: no mismatch, few statements."""
    there = university(generation)
    database = Database(url=database_url, **PLACES.get((database_url.get_backend_name(), generation.name), {}))
    database.fill(there.rows, with_view=False)
    with least_privileged(request, database, generation) as source:
        statements.clear()
        with asking([source], ignored_servers=[IGNORED]) as owners:
            found = {result.record_id: Truth.of(result) for result in owners.find(there.recordings)}
    assert len(found) == len(there.recordings) > 5000
    assert {key: truth for key, truth in there.truth.items() if found[key] != truth} == {}
    assert {key: truth for key, truth in found.items() if _wrong(truth, there.moderators.get(key, frozenset()))} == {}
    assert len(statements) <= 15 * BATCHES


def _wrong(found: Truth, moderators: frozenset[str]) -> bool:
    """Tell whether somebody is said to be an owner, for certain or likely, who was no moderator then."""
    return any(name not in moderators for name, _, sure, _ in found.owners if sure is not Confidence.DOUBTFUL)


@pytest.mark.parametrize("generation", GENERATIONS, ids=lambda generation: generation.name)
def test_the_university_has_every_case(generation: Generation, university: Callable[[Generation], University]) -> None:
    """The truth would prove little if most of it were one case."""
    there = university(generation)
    kinds = {why.removesuffix(", joined this session") for truth in there.truth.values() for _, why, *_ in truth.owners}
    expected = {
        "log: moderated this session",
        "rule: user",
        "rule: role editingteacher in course",
        "rule: role editingteacher in category",
        "rule: role formateur in course",
        "rule: role teacher in activity",
        "rule: role manager in category",
        "rule: role manager in site",
        "rule: role student in course",
        "owner of the activity",
        "editing teacher of the course",
        "added the activity",
        "rule: all, added the activity",
        "rule: all, editing teacher of the course",
        "rule: role editingteacher in course, given later",
    }
    if generation.logs_roles:
        expected.add("rule: role editingteacher in course at that time")
    if "owner" in generation.default:
        expected.add("rule: owner")
    if generation is THREE:
        expected.add("opened this session")
    assert expected <= kinds
    not_by_moodle = {Finding.FAILED, Finding.NOT_SEARCHED, Finding.LEFT_OUT, Finding.DOUBTFUL}
    assert {truth.finding for truth in there.truth.values()} == set(Finding) - not_by_moodle
    assert any(suspended for truth in there.truth.values() for *_, suspended in truth.owners)
    assert generation is not FIVE or "bigbluebuttonbn_recordings" in there.rows
