"""Tables of a site: thousands of recordings with true owners, on every database; presets on tables like theirs."""

import hashlib
import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bbbmig.database.database_url import DatabaseUrl
from bbbmig.domain.account_names import NAMED_RULES, AccountNames
from bbbmig.domain.owner import Confidence, Finding, Ownership
from bbbmig.domain.owner_sources import OwnerSource, Router, find_owners
from bbbmig.domain.recording import Origin, Recording
from bbbmig.domain.register_owners import RegisterOwners, RegisterPlace
from bbbmig.errors import ConfigError, RemoteError, RemoteRefused
from bbbmig.table import TableSource, reader_of
from bbbmig.table.config import RIGHTS
from tests.databases import of_the_database, read_by

START = datetime(2022, 3, 1, 8, tzinfo=UTC)
COLUMNS = ("room_key", "login", "mail", "full_name", "reason", "how_sure", "gone", "first_day", "last_day", "unused")
QUERY = """-- who holds which room; a sign such as % or :name stands for itself
SELECT room_key AS meeting_id, login AS username, mail AS email, full_name AS name, reason AS why,
       how_sure AS confidence, gone AS suspended, first_day AS since, last_day AS until, unused AS "surplus",
       'a;b %s :name' AS note
  FROM holders;
"""
LIKELY, CERTAIN, DOUBTFUL = Confidence.LIKELY, Confidence.CERTAIN, Confidence.DOUBTFUL
X = DatabaseUrl(label="table it", driver="mysql", database="x")
Truth = tuple[Finding, tuple[str, ...], Confidence | None]
Row = tuple[str | None, ...]


def source_of(url: sa.URL, **changes: Any) -> TableSource:  # noqa: ANN401 - any field of it
    values: dict[str, Any] = {
        "name": "site",
        "where": read_by(url, "table site", rights=RIGHTS, **of_the_database(changes)),
        "origin_servers": ("meet.univ.fr",),
    }
    return TableSource(**values | changes)


def ask_pod(emails: Any) -> dict[str, str]:  # noqa: ANN401 - a collection
    """Know everybody at univ.fr by the local part, but those called twin, of whom there are two."""
    return {one: one.partition("@")[0] for one in emails if one.endswith("@univ.fr") and "twin" not in one}


def owners_of(source: TableSource) -> RegisterOwners:
    place = RegisterPlace(name=source.label, servers=source.origin_servers, origins=source.answers_for)
    return RegisterOwners(place, reader_of(source), AccountNames(rules=NAMED_RULES), ask_pod)


def found(source: TableSource, recordings: list[Recording]) -> dict[str, Ownership]:
    with owners_of(source) as its:
        router: Router[OwnerSource] = Router([its])
        return {one.record_id: one for one in find_owners(recordings, router, among=recordings)}


def held(meeting: str, number: int, start: datetime = START, *, lost: bool = False) -> Recording:
    ms = int(start.timestamp()) * 1000 + number
    record_id = f"{hashlib.sha1(meeting.encode()).hexdigest()}-{ms}"
    servers = ("meet.univ.fr", "HTTPS://Meet.univ.fr:443/plugins/x")
    return Recording(
        record_id=record_id,
        meeting_id="" if lost else meeting,
        start=start,
        origin=Origin(name="Own", server_name=servers[number % 2]),
    )


class Site:
    """Rows, recordings and their truth; rooms go round through what a table may say."""

    def __init__(self, rooms: int) -> None:
        self.rows: list[Row] = []
        self.recordings: list[Recording] = []
        self.truth: dict[str, Truth] = {}
        self.count = itertools.count(1)
        cases = (
            *(self.owner_and_another, self.uuid_with_an_address, self.address_of_two, self.two_owners),
            *(self.changed_hands, self.other_confidence, self.unknown, self.twice, self.only_a_dn),
        )
        for number, case in zip(range(rooms), itertools.cycle(cases), strict=False):
            case(f"Cours de M. Œuf {number} / salle", f"login{number}", number)
        random.Random(7).shuffle(self.rows)
        self.rows.sort(key=lambda one: (one[1] or "").startswith("LOGIN"))

    def row(self, meeting: str, login: str | None = None, mail: str | None = None, **more: str) -> None:
        rest = [more.get(key) for key in COLUMNS[3:-1]]
        self.rows.append((meeting, login, mail, *rest, "surplus"))

    def sessions(self, meeting: str, expected: Truth, start: datetime = START) -> None:
        for _ in range(4):
            one = held(meeting, next(self.count), start, lost=len(self.recordings) % 4 == 3)
            self.recordings.append(one)
            self.truth[one.record_id] = expected

    def owner_and_another(self, meeting: str, login: str, number: int) -> None:
        self.row(meeting, login, reason="owner")
        self.row(meeting, f"co{number}", reason="co-owner")
        self.sessions(meeting, (Finding.FOUND, (login, f"co{number}"), LIKELY))

    def uuid_with_an_address(self, meeting: str, login: str, number: int) -> None:
        self.row(meeting, f"8f14e45f-ceea-467f-9a3b-{number:012}", f"{login.upper()}@Univ.fr", reason="owner")
        self.sessions(meeting, (Finding.FOUND, (login,), LIKELY))

    def address_of_two(self, meeting: str, login: str, _: int) -> None:
        self.row(meeting, None, f"twin-{login}@univ.fr", reason="owner")
        self.sessions(meeting, (Finding.NOBODY, (), None))

    def two_owners(self, meeting: str, login: str, number: int) -> None:
        self.row(meeting, login, reason="owner")
        self.row(meeting, f"other{number}", reason="OWNER")
        self.sessions(meeting, (Finding.FOUND, (login, f"other{number}"), DOUBTFUL))

    def changed_hands(self, meeting: str, login: str, number: int) -> None:
        self.row(meeting, login, reason="owner", last_day="2022-06-30")
        self.row(meeting, f"next{number}", reason="owner", first_day="2022-07-01")
        self.sessions(meeting, (Finding.FOUND, (login,), LIKELY), datetime(2022, 6, 30, 23, tzinfo=UTC))
        self.sessions(meeting, (Finding.FOUND, (f"next{number}",), LIKELY), datetime(2022, 7, 1, tzinfo=UTC))

    def other_confidence(self, meeting: str, login: str, number: int) -> None:
        sure = (CERTAIN, DOUBTFUL)[number % 2]
        self.row(meeting, login, reason="owner", how_sure=sure)
        self.sessions(meeting, (Finding.FOUND, (login,), sure))

    def unknown(self, meeting: str, _: str, __: int) -> None:
        self.sessions(meeting, (Finding.NOBODY, (), None))

    def twice(self, meeting: str, login: str, _: int) -> None:
        self.row(meeting, login, reason="owner")
        self.row(meeting, login.upper(), reason="owner")
        self.sessions(meeting, (Finding.FOUND, (login,), LIKELY))

    def only_a_dn(self, meeting: str, login: str, _: int) -> None:
        self.row(meeting, f"uid={login},ou=people,dc=fr", None, reason="owner")
        self.sessions(meeting, (Finding.NOBODY, (), None))


def told(result: Ownership) -> Truth:
    names = tuple(owner.username for owner in result.owners)
    sure = {owner.confidence for owner in result.owners}
    assert len(sure) <= 1
    return result.finding, names if sure != {DOUBTFUL} else tuple(sorted(names)), next(iter(sure), None)


def fill(url: sa.URL, ddl: str, *inserts: tuple[str, list[Row]]) -> None:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        for statement in filter(str.strip, ddl.split(";")):
            connection.exec_driver_sql(statement)
        for table, rows in inserts:
            columns = [name["name"] for name in sa.inspect(connection).get_columns(table)]
            insert = sa.table(table, *map(sa.column, columns)).insert()
            connection.execute(insert, [dict(zip(columns, row, strict=True)) for row in rows])


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(1250)


HOLDERS = f"CREATE TABLE holders ({', '.join(f'{name} varchar(200)' for name in COLUMNS)})"


def test_every_owner_is_the_true_one(database_url: sa.URL, site: Site, statements: list[str]) -> None:
    rows, recordings, truth = site.rows, site.recordings, site.truth
    fill(database_url, HOLDERS, ("holders", rows))
    statements.clear()
    results = found(source_of(database_url, query=QUERY), recordings)
    assert len(results) == len(recordings) > 5000
    expected = {
        key: (finding, tuple(sorted(names)) if sure is DOUBTFUL else names, sure)
        for key, (finding, names, sure) in truth.items()
    }
    said = {key: told(one) for key, one in results.items()}
    assert {key: one for key, one in expected.items() if said[key] != one} == {}
    assert len(statements) <= 3


def test_a_file_says_the_same(site: Site, tmp_path: Path) -> None:
    rows, recordings, truth = site.rows, site.recordings, site.truth
    names = dict(
        zip(COLUMNS, ("meeting_id", "username", "email", "name", "why", "confidence", "suspended"), strict=False)
    )
    head = ";".join([*names.values(), "since", "until", "surplus"])
    lines = [";".join(f'"{cell}"' if cell else "" for cell in row) for row in rows]
    file = tmp_path / "rooms.csv"
    file.write_text("\n".join([head, *lines]) + "\n")
    source = TableSource(name="site", where=file, origin_servers=("meet.univ.fr",))
    results = found(source, recordings)
    wrong = [
        key
        for key, (finding, who, _) in truth.items()
        if set(told(results[key])[1]) != set(who) or results[key].finding is not finding
    ]
    assert wrong == []


PRESET_TABLES: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "pilos": (
        """CREATE TABLE users (id integer, external_id varchar(99), email varchar(99), firstname varchar(99),
             lastname varchar(99), password varchar(99));
           CREATE TABLE rooms (id varchar(20), user_id integer, name varchar(99));
           CREATE TABLE meetings (id varchar(36), room_id varchar(20));
           CREATE TABLE room_user (room_id varchar(20), user_id integer, role integer)""",
        {
            "users": [
                (1, "jdupont", "j@univ.fr", "Jean", "Dupont", "x"),
                (2, "co", "c@univ.fr", "C", "O", "x"),
                (3, "guest", "g@univ.fr", "G", "G", "x"),
            ],
            "rooms": [("abc", 1, "Salle")],
            "meetings": [("m-1", "abc")],
            "room_user": [("abc", 2, 3), ("abc", 3, 1)],
        },
        ["jdupont", "co"],
    ),
    "nextcloud": (
        "CREATE TABLE oc_bbb_rooms (id integer, uid varchar(99), user_id varchar(99), name varchar(99))",
        {"oc_bbb_rooms": [(1, "m-1", "jdupont", "Salle")]},
        ["jdupont"],
    ),
    "studip": (
        """CREATE TABLE vc_meetings (id integer, remote_id varchar(99), identifier varchar(99), user_id varchar(32));
           CREATE TABLE auth_user_md5 (user_id varchar(32), username varchar(99), password varchar(99))""",
        {"vc_meetings": [(1, "", "m-1", "u"), (2, "m-2", "x", "u")], "auth_user_md5": [("u", "jdupont", "x")]},
        ["jdupont"],
    ),
    "b3desk": (
        """CREATE TABLE meeting (id integer, owner_id integer);
           CREATE TABLE "user" (id integer, preferred_username varchar(99), email varchar(99))""",
        {"meeting": [(7, 1)], "user": [(1, "jdupont", "j@univ.fr")]},
        ["jdupont"],
    ),
    "wordpress": (
        """CREATE TABLE wp_posts (ID integer, post_author integer, post_title varchar(99));
           CREATE TABLE wp_postmeta (post_id integer, meta_key varchar(99), meta_value varchar(99));
           CREATE TABLE wp_users (ID integer, user_login varchar(99), user_email varchar(99), user_pass varchar(99))""",
        {
            "wp_posts": [(5, 1, "Salle")],
            "wp_postmeta": [(5, "bbb-room-meeting-id", "m-1"), (5, "other", "m-1")],
            "wp_users": [(1, "jdupont", "j@univ.fr", "x")],
        },
        ["jdupont"],
    ),
}


@pytest.mark.parametrize("preset", PRESET_TABLES)
def test_a_preset_reads_the_tables_of_its_client(preset: str, tmp_path: Path) -> None:
    ddl, rows, names = PRESET_TABLES[preset]
    url = sa.URL.create("sqlite", database=str(tmp_path / "it.sqlite"))
    fill(url, ddl, *rows.items())
    meeting = "meeting-persistent-7--0a1b2c" if preset == "b3desk" else "m-1"
    one = Recording(record_id="x", meeting_id=meeting, start=START, origin=Origin(server_name="meet.univ.fr"))
    (result,) = found(source_of(url, preset=preset), [one]).values()
    assert [owner.username for owner in result.owners] == names
    assert result.owners[0].why == "owner"


@pytest.mark.parametrize(
    ("key", "value", "pattern", "kind", "names"),
    [
        ("dc-creator", "Jean Dupont <jdupont@univ.fr>", r"<([^<>]+@[^<>]+)>", "email", ["jdupont"]),
        ("DC-Creator", "Jean Dupont <stranger@else.where>", r"<([^<>]+@[^<>]+)>", "email", []),
        (
            "bn-recording-status",
            r'{"email":["\"A B\" <a.b@univ.fr>","\"C\" <c@univ.fr>"],"context":"x"}',
            r"<([^<>]+@[^<>]+)>",
            "email",
            ["a.b", "c"],
        ),
        ("gl-user", "jdupont", "", "username", ["jdupont"]),
        ("gl-user", "8f14e45f-ceea-467f-9a3b-000000000001", "", "username", []),
        ("other", "jdupont", "", "username", None),
    ],
)
def test_recordings_may_say_it_themselves(
    key: str, value: str, pattern: str, kind: str, names: list[str] | None
) -> None:
    looked_at = "gl-user" if kind == "username" else key.lower()
    source = TableSource(name="it", where=None, metadata=looked_at, pattern=pattern, value=kind)
    one = Recording(record_id="x", meeting_id="m", start=START, metadata={key: value})
    (result,) = found(source, [one]).values()
    assert [owner.username for owner in result.owners] == (names or [])
    assert (result.source == "table it") is bool(names)


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM holders",
        "SELECT 1; DROP TABLE holders",
        "UPDATE holders SET login = 'x'",
        "SELECT ';' ; SELECT 2",
        "",
        "EXPLAIN SELECT 1",
        "SELECT 1 /* ; */ ; -- x\n DELETE FROM holders",
    ],
)
def test_what_is_not_one_select_is_refused_before_anything_is_connected(query: str) -> None:
    with pytest.raises(ConfigError, match=r"table it: (query is not one SELECT|no query)"):
        TableSource(name="it", where=X, query=query)


@pytest.mark.parametrize(
    "query", ["select ';' as a;", "WITH x AS (SELECT 1) SELECT * FROM x", "-- ;\nSELECT `a;b` FROM t", "(SELECT 1)"]
)
def test_one_select_is_taken(query: str) -> None:
    assert TableSource(name="it", where=X, query=query).statement == query


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT login AS username FROM holders", "no column meeting_id or meeting_sha1"),
        ("SELECT room_key AS meeting_id FROM holders", "no column username or email"),
        ("SELECT room_key AS meeting_id, login AS username FROM nowhere", "nowhere"),
        ("SELECT room_key AS meeting_id, nothing AS username FROM holders", "nothing"),
        ("SELECT room_key AS meeting_id login AS username FROM holders WHERE", "table site"),
    ],
)
def test_a_wrong_query_is_told_at_once(database_url: sa.URL, query: str, words: str) -> None:
    fill(database_url, HOLDERS)
    with owners_of(source_of(database_url, query=query)) as its, pytest.raises(ConfigError) as refusal:
        its.reach()
    assert words in refusal.value.message
    assert refusal.value.hint


def test_a_wrong_password_is_told_without_it(database_url: sa.URL) -> None:
    if database_url.get_backend_name() == "sqlite":
        return
    source = source_of(database_url, query="SELECT 1 AS meeting_id, 2 AS email", password="Geheim4711")
    with owners_of(source) as its, pytest.raises(ConfigError) as refusal:
        its.reach()
    assert "Geheim4711" not in f"{refusal.value.message} {refusal.value.hint} {source!r}"
    assert "table site" in refusal.value.message


def test_the_session_cannot_write(database_url: sa.URL) -> None:
    """Even a function with effects within a SELECT: the session is read-only by order of the server."""
    fill(database_url, HOLDERS)
    reader = reader_of(source_of(database_url, query=QUERY))
    reader.reach()
    with pytest.raises((RemoteRefused, RemoteError)):
        reader._connection.run(sa.text("DELETE FROM holders"))  # type: ignore[union-attr] # of the reader by SQL
    reader.close()


def test_bounds_and_words_that_are_wrong_are_told_with_their_line(tmp_path: Path) -> None:
    def refusal(text: str) -> Iterator[str]:
        file = tmp_path / "rooms.csv"
        file.write_text(text)
        with pytest.raises(ConfigError) as raised:
            owners_of(TableSource(name="it", where=file)).reach()
        yield raised.value.message

    assert "line 2: confidence cannot be 'sure'" in next(refusal("meeting_id,email,confidence\nm,a@b.fr,sure\n"))
    assert "line 3: '31/12/2022' is not a date" in next(
        refusal("meeting_id,email,until\nm,a@b.fr,\nm,a@b.fr,31/12/2022\n")
    )
