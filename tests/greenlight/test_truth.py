"""Thousands of recordings of made-up Greenlights, each with the owners that it truly has, on every database."""

from functools import cache

import pytest
import sqlalchemy as sa

from bbbmig.domain.account_names import AccountNames
from bbbmig.domain.owner import Confidence, Finding
from bbbmig.domain.owner_sources import OwnerSource, Router, find_owners
from bbbmig.domain.register_owners import RegisterOwners, RegisterPlace
from bbbmig.greenlight import GreenlightSource, reader_of
from bbbmig.greenlight.config import ORIGINS
from tests.greenlight.accounts import least_privileged
from tests.greenlight.site import Site, Truth, make_site
from tests.greenlight.tables import fill


@cache
def site(version: int) -> Site:
    return make_site(version, rooms=1300)


def owners_of(source: GreenlightSource, ask_pod: object = None) -> RegisterOwners:
    place = RegisterPlace(name=source.label, servers=source.origin_servers, origins=ORIGINS)
    return RegisterOwners(place, reader_of(source), AccountNames(), ask_pod)  # type: ignore[arg-type]


@pytest.mark.parametrize("version", [2, 3])
def test_every_owner_is_the_true_one(
    version: int, database_url: sa.URL, request: pytest.FixtureRequest, statements: list[str]
) -> None:
    there = site(version)
    fill(database_url, version, there.rows)
    tenants = {"providers": ("Greenlight",)} if version == 3 else {}
    with least_privileged(request, database_url, version, **tenants) as source, owners_of(source, there.ask_pod) as its:
        statements.clear()
        router: Router[OwnerSource] = Router([its])
        found = {one.record_id: one for one in find_owners(there.recordings, router, among=there.recordings)}
    assert len(found) == len(there.recordings) > 5000
    truths = {key: Truth.of(result) for key, result in found.items()}
    assert {key: truth for key, truth in there.truth.items() if truths[key] != truth} == {}
    assert len(statements) <= 10, statements
    assert {one.finding for one in found.values()} == {Finding.FOUND, Finding.NOBODY}
    sure = [one for one in found.values() if any(owner.confidence is not Confidence.DOUBTFUL for owner in one.owners)]
    assert len(sure) > len(there.recordings) / 2
