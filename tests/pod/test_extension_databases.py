"""The file that we give to Pod, on the databases that Pods have: several clients at once, and each one's habits."""

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bbbmig.demo.pod_server import SamplePod
from tests.databases import MACHINES, Server

ROUTE = "/rest/external_recordings/"
CLIENTS = 4
Row = dict[str, Any]


def row(url: str, owner: int = 1, name: str = "Cours") -> Row:
    return {"name": name, "source_url": url, "owner": owner}


@contextlib.contextmanager
def pod_on(url: sa.URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamplePod]:
    with SamplePod(tmp_path_factory.mktemp("pod"), database=url.render_as_string(hide_password=False)) as pod:
        yield pod


@pytest.fixture(scope="module")
def mysql_pod(mysql_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamplePod]:
    with mysql_server.empty_database() as url, pod_on(url, tmp_path_factory) as pod:
        yield pod


@pytest.fixture(scope="module")
def postgresql_url(postgresql_server: Server) -> Iterator[sa.URL]:
    """A database whose sessions wait 20 ms for a lock, then give up."""
    with postgresql_server.empty_database() as url:
        postgresql_server.run(f"ALTER DATABASE {url.database} SET lock_timeout = '20ms'")
        yield url


@pytest.fixture(scope="module")
def postgresql_pod(postgresql_url: sa.URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SamplePod]:
    with pod_on(postgresql_url, tmp_path_factory) as pod:
        yield pod


@pytest.fixture(
    params=["sample_pod", pytest.param("mysql_pod", marks=MACHINES), pytest.param("postgresql_pod", marks=MACHINES)],
    ids=["sqlite", "mysql", "postgresql"],
)
def pod(request: pytest.FixtureRequest) -> SamplePod:
    found: SamplePod = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def rest(pod: SamplePod) -> httpx.Client:
    return pod.client()


def bulk(rest: httpx.Client, *rows: Row) -> Any:  # noqa: ANN401 - JSON
    response = rest.post(ROUTE + "bulk/", json=rows)
    assert response.status_code == 200, response.text
    return response.json()


def listed(rest: httpx.Client, **filters: str | int) -> list[Row]:
    found: list[Row] = rest.get(ROUTE, params={"page_size": 5000, **filters}).json()["results"]
    return found


def test_clients_at_once_create_each_row_once(pod: SamplePod, rest: httpx.Client) -> None:
    owners = [
        rest.post("/rest/users/", json={"username": f"teacher{n}", "is_staff": True}).json()["id"] for n in range(8)
    ]
    lots = [[row(f"https://at-once.example/{n}", owner) for owner in owners] for n in range(12)]
    together = threading.Barrier(CLIENTS)

    def run(number: int) -> list[Any]:
        client = pod.client()
        together.wait()
        return [bulk(client, *(lot if number % 2 else reversed(lot))) for lot in lots]

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = [answer for result in pool.map(run, range(CLIENTS)) for answer in result]
    rows = listed(rest, source_url__startswith="https://at-once.example/")
    assert len(rows) == len({(found["owner"], found["source_url"]) for found in rows}) == 8 * 12
    assert sum(answer["created"] for answer in answers) == 8 * 12
    assert sum(answer["existing"] for answer in answers) == (CLIENTS - 1) * 8 * 12
    ids = {result["id"] for answer in answers for result in answer["results"]}
    assert ids == {found["id"] for found in rows}


def test_single_rows_at_once_are_created_once(pod: SamplePod, rest: httpx.Client) -> None:
    together = threading.Barrier(CLIENTS)

    def run(_: int) -> list[int]:
        client = pod.client()
        together.wait()
        return [client.post(ROUTE, json=row(f"https://single.example/{n}")).status_code for n in range(10)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        statuses = list(pool.map(run, range(CLIENTS)))
    assert [sorted(each) for each in zip(*statuses, strict=True)] == [[200] * (CLIENTS - 1) + [201]] * 10
    assert len(listed(rest, source_url__startswith="https://single.example/")) == 10


def test_a_thousand_rows_get_their_ids(rest: httpx.Client) -> None:
    answer = bulk(rest, *(row(f"https://many.example/{n}") for n in range(1000)))
    rows = listed(rest, source_url__startswith="https://many.example/")
    assert [result["id"] for result in answer["results"]] == [found["id"] for found in rows]
    assert [found["source_url"] for found in rows] == [f"https://many.example/{n}" for n in range(1000)]


def test_filters_are_exact_whatever_the_database_takes_for_equal(rest: httpx.Client) -> None:
    addresses = ["https://exact.example/Été_1", "https://exact.example/ÉTÉ_1", "https://exact.example/ete_1"]
    answer = bulk(rest, *map(row, addresses))
    assert (answer["created"], answer["existing"]) == (3, 0)
    for url in addresses:
        assert [found["source_url"] for found in listed(rest, source_url=url)] == [url]
        assert [found["source_url"] for found in listed(rest, source_url__startswith=url)] == [url]
    owner = rest.post("/rest/users/", json={"username": "Jean.Dupont", "is_staff": True}).json()["id"]
    bulk(rest, row(addresses[0], owner))
    found = {name: len(listed(rest, owner__username=name)) for name in ("Jean.Dupont", "jean.dupont", "Jéan.Dupont")}
    assert found == {"Jean.Dupont": 1, "jean.dupont": 0, "Jéan.Dupont": 0}


def test_deletes_what_begins_exactly_so(rest: httpx.Client) -> None:
    bulk(
        rest,
        row("https://delete.example/Été/1"),
        row("https://delete.example/ete/1"),
        row("https://delete.example/ÉTÉ/1"),
    )
    answer = rest.post(ROUTE + "delete/", json={"prefix": "https://delete.example/Été/", "dry": False}).json()
    assert answer == {"count": 1, "dry": False}
    left = [found["source_url"] for found in listed(rest, source_url__startswith="https://delete.example/")]
    assert left == ["https://delete.example/ete/1", "https://delete.example/ÉTÉ/1"]


@MACHINES
def test_a_row_that_the_database_refuses_does_not_hinder_the_others(
    mysql_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with mysql_server.empty_database() as url:
        mysql_server.run(f"ALTER DATABASE {url.database} CHARACTER SET utf8mb3")
        with pod_on(url, tmp_path_factory) as pod:
            rest = pod.client()
            names = ("Réunion", "Fête 🎓", "Colloque")
            answer = bulk(rest, *(row(f"https://old.example/{n}", name=name) for n, name in enumerate(names)))
            again = bulk(rest, *(row(f"https://old.example/{n}") for n in range(3)))
            rows = listed(rest)
    assert [result.get("created") for result in answer["results"]] == [True, None, True]
    assert "Incorrect string value" in answer["results"][1]["error"]["non_field_errors"][0]
    assert [result["created"] for result in again["results"]] == [False, True, False]
    assert [found["name"] for found in rows] == ["Réunion", "Colloque", "Cours"]


@contextlib.contextmanager
def locked_user(url: sa.URL) -> Iterator[sa.Connection]:
    """Hold the administrator's row as another transaction would."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT id FROM auth_user WHERE id = 1 FOR UPDATE")
        yield connection


@MACHINES
def test_tries_again_until_the_lock_is_free(postgresql_url: sa.URL, postgresql_pod: SamplePod) -> None:
    with locked_user(postgresql_url) as connection:
        timer = threading.Timer(0.2, connection.rollback)
        timer.start()
        response = postgresql_pod.client().post(ROUTE, json=row("https://locked.example/1"))
        timer.join()
    assert response.status_code == 201


@MACHINES
def test_says_when_the_lock_stays(postgresql_url: sa.URL, postgresql_pod: SamplePod) -> None:
    rest = postgresql_pod.client()
    with locked_user(postgresql_url):
        response = rest.post(ROUTE, json=row("https://locked.example/2"))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.json() == {"detail": "the database is busy: send this again"}
    assert rest.post(ROUTE, json=row("https://locked.example/2")).status_code == 201
