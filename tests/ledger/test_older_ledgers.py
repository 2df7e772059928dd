"""Ledgers that older versions of bbbmig wrote: read as they are by dry runs, carried over by others, nothing lost."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.domain.history import Effect, Entry, State
from bbbmig.ledger import Ledger, fleet, schema

SERVER = "bbb.univ.fr"
TABLE = """CREATE TABLE bbbmig_effects (
    server VARCHAR(160) NOT NULL,
    record_id VARCHAR(100) NOT NULL,
    effect VARCHAR(16) NOT NULL,
    target VARCHAR(160) NOT NULL,
    state VARCHAR(16) NOT NULL,
    place VARCHAR(600) NOT NULL,
    size BIGINT,
    detail TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    version VARCHAR(32) NOT NULL,
    at VARCHAR(32) NOT NULL,
    PRIMARY KEY (server, record_id, effect, target)
)"""
"""As bbbmig 0.1.0 created it (in MariaDB with the options below)."""
IN_MYSQL = "CHARSET=utf8mb4 ENGINE=InnoDB COLLATE utf8mb4_bin"
AT = datetime(2026, 11, 20, 8, 30, 5, tzinfo=UTC)
STOOD_IN = "for the administrator, since nobody was known"
ELEMENT = '<div class="bbbmig">Pod 😀</div>'
COURSE = "course 5"
ROWS = [
    # record_id, effect, target, state, place, size, detail, attempts
    ("r1", "link", "admin", "done", "17", None, STOOD_IN, 1),
    ("r2", "link", "Zoë", "done", "18", None, "", 1),
    ("r3", "link", "jean", "undone", "19", None, "removed by remove-links", 1),
    ("r4", "link", "jean", "delivered", "/home/x/links.json", None, "", 1),
    ("r5", "link", "jean", "failed", "", None, "Pod: no", 1),
    ("r1", "claim", "", "done", "/data/Été 2023 0123456789ab.mp4", 5_000_000_000, "", 1),
    ("r2", "claim", "", "failed", "", None, "not a whole media file", 3),
    ("r3", "claim", "", "delivered", "/data/x.mp4", 7, "", 0),
    ("r6", "publish", "", "done", "0007-cours", 9, "", 0),
    ("r6", "publish", "Jean", "done", "0007-cours", 9, "", 0),
    ("", "notice", "moodle default activity 31", "done", COURSE, None, ELEMENT, 1),
    ("", "notice", "moodle activity 9 activity 32", "undone", COURSE, None, ELEMENT, 1),
    ("", "notice", "moodle default activity 33", "done", "", None, ELEMENT, 1),
]


@pytest.fixture
def url(database_url: sa.URL) -> str:
    """A ledger of bbbmig 0.1.0, row by row as it wrote them."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    marks = ", ".join(f":{name}" for name in ("server", "id", "effect", "target", "state", "place", "size", "detail"))
    insert = sa.text(f"INSERT INTO bbbmig_effects VALUES ({marks}, :attempts, '0.1.0', :at)")
    with engine.begin() as connection:
        connection.exec_driver_sql(f"{TABLE}{IN_MYSQL if connection.dialect.name == 'mysql' else ''}")
        for record_id, effect, target, state, place, size, detail, attempts in ROWS:
            row = {"id": record_id, "effect": effect, "target": target, "state": state, "place": place, "size": size}
            at = AT.isoformat(timespec="seconds")
            connection.execute(insert, {**row, "server": SERVER, "detail": detail, "attempts": attempts, "at": at})
    return database_url.render_as_string(hide_password=False)


def meant(
    record_id: str, effect: Effect, target: str, state: State, location: str, size: int | None, **more: object
) -> Entry:
    values = {"record_id": record_id, "effect": effect, "target": target, "state": state, "location": location}
    return Entry(**{**values, "size": size, "at": AT, **more})  # type: ignore[arg-type] # fields


MEANT = [
    meant("r1", Effect.LINK, "admin", State.DONE, "17", None, detail=STOOD_IN, attempts=1, stand_in=True),
    meant("r2", Effect.LINK, "Zoë", State.DONE, "18", None, attempts=1),
    meant("r3", Effect.LINK, "jean", State.UNDONE, "19", None, detail="removed by remove-links", attempts=1),
    meant("r4", Effect.LINK, "jean", State.DELIVERED, "/home/x/links.json", None, attempts=1),
    meant("r5", Effect.LINK, "jean", State.FAILED, "", None, detail="Pod: no", attempts=1),
    meant("r1", Effect.CLAIM, "", State.DONE, "/data/Été 2023 0123456789ab.mp4", 5_000_000_000, attempts=1),
    meant("r2", Effect.CLAIM, "", State.FAILED, "", None, detail="not a whole media file", attempts=3),
    meant("r3", Effect.CLAIM, "", State.DELIVERED, "/data/x.mp4", 7),
    meant("r6", Effect.PUBLISH, "", State.DONE, "0007-cours", 9),
    meant("r6", Effect.PUBLISH, "Jean", State.DONE, "0007-cours", 9),
    meant("", Effect.NOTICE, "default/31", State.DONE, "5", None, detail=ELEMENT, attempts=1),
    meant("", Effect.NOTICE, "activity 9/32", State.UNDONE, "5", None, detail=ELEMENT, attempts=1),
    meant("", Effect.NOTICE, "default/33", State.DONE, "", None, detail=ELEMENT, attempts=1),
]


def by_key(entries: list[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda one: (one.record_id, one.effect, one.target))


def stored(url: str) -> tuple[set[str], list[tuple[object, ...]]]:
    """All tables, and all that the effects' table holds."""
    with Ledger(url, read_only=True) as ledger:
        engine = sa.create_engine(ledger.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT * FROM bbbmig_effects")).all()
        return set(sa.inspect(connection).get_table_names()), sorted(map(tuple, rows), key=repr)


def test_a_dry_run_understands_an_old_ledger_and_leaves_it_as_it_is(url: str) -> None:
    before = stored(url)
    with Ledger(url, read_only=True) as ledger, ledger.locked("dry"):
        assert by_key(ledger.entries(SERVER, *Effect)) == by_key(MEANT)
    assert stored(url) == before
    assert before[0] == {"bbbmig_effects"}


def test_a_run_carries_an_old_ledger_over_and_loses_nothing(url: str) -> None:
    with Ledger(url) as ledger:
        assert by_key(ledger.entries(SERVER, *Effect)) == by_key(MEANT)
        with ledger.locked("claim"):
            assert by_key(ledger.entries(SERVER, *Effect)) == by_key(MEANT)
    tables, rows = stored(url)
    assert tables == {
        "bbbmig_effects",
        "bbbmig_ledger",
        "bbbmig_leases",
        "bbbmig_progress",
        *(one.name for one in fleet.TABLES),
    }
    assert len(rows) == len(ROWS)
    with Ledger(url) as again, again.locked("claim"):
        assert by_key(again.entries(SERVER, *Effect)) == by_key(MEANT)
    assert stored(url) == (tables, rows)


def test_what_is_written_over_an_old_row_changes_that_row(url: str) -> None:
    with Ledger(url) as ledger:  # without lock, as no command does
        ledger.write(SERVER, [Entry(record_id="", effect=Effect.NOTICE, target="default/31", state=State.UNDONE)])
        ledger.write(SERVER, [Entry(record_id="r2", effect=Effect.CLAIM, state=State.FAILED)])
        history = ledger.history(SERVER, *Effect)
    assert len(stored(url)[1]) == len(ROWS)
    assert history.attempts(Effect.CLAIM, "r2") == 4
    assert history.done(Effect.NOTICE, "", "default/31") is None
    assert [one.stand_in for one in history.of(Effect.LINK) if one.record_id == "r1"] == [True]


def test_a_carrying_over_that_was_killed_is_done_again(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class KilledError(Exception):
        pass

    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("bbbmig.ledger.schema._note", killed)
        with Ledger(url) as ledger, pytest.raises(KilledError), ledger.locked("claim"):
            pytest.fail("not carried over")
    with Ledger(url, read_only=True) as dry:
        assert by_key(dry.entries(SERVER, *Effect)) == by_key(MEANT)
    with Ledger(url) as ledger, ledger.locked("claim"):
        assert by_key(ledger.entries(SERVER, *Effect)) == by_key(MEANT)


def test_an_older_bbbmig_that_still_writes_is_understood(url: str) -> None:
    """Several machines share a ledger, and are not upgraded in the same minute."""
    with Ledger(url) as ledger, ledger.locked("claim"):
        engine = sa.create_engine(ledger.url, poolclass=sa.NullPool)
        columns = "server, record_id, effect, target, state, place, size, detail, attempts, version, at"
        links = f"'{SERVER}', 'r9', 'link', 'admin', 'done', '20', NULL, '{STOOD_IN}', 1, '0.1.0', '{AT.isoformat()}'"
        notice = f"'{SERVER}', '', 'notice', 'moodle default activity 34', 'done', '{COURSE}', NULL, '', 1, '0.1.0', ''"
        with engine.begin() as connection:
            for values in (links, notice):
                connection.exec_driver_sql(f"INSERT INTO bbbmig_effects ({columns}) VALUES ({values})")
        history = ledger.history(SERVER, *Effect)
    assert {one.record_id for one in history.of(Effect.LINK) if one.stand_in} == {"r1", "r9"}
    assert history.done(Effect.NOTICE, "", "default/34") is not None


def test_what_the_ledger_stores(tmp_path: Path) -> None:
    """Programs and later versions read it: columns and values are added, never changed."""
    entries = [
        Entry(record_id="r1", effect=Effect.LINK, target="admin", state=State.DONE, location="17", stand_in=True),
        Entry(record_id="r1", effect=Effect.CLAIM, state=State.FAILED, detail="no", size=3, duration_s=12.5),
        Entry(record_id="", effect=Effect.NOTICE, target="default/31", state=State.UNDONE, location="5", detail="<p>"),
    ]
    url = f"sqlite:///{tmp_path}/ledger.sqlite"
    with Ledger(url) as ledger:
        ledger.write(SERVER, entries)
        engine = sa.create_engine(ledger.url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            rows = [dict(row) for row in connection.exec_driver_sql("SELECT * FROM bbbmig_effects").mappings()]
            facts = connection.exec_driver_sql("SELECT * FROM bbbmig_ledger").all()
    for row in rows:
        assert datetime.fromisoformat(row.pop("at")).utcoffset() is not None
        assert row.pop("version") == "0.1.0"
        assert row.pop("server") == SERVER
    names = ("record_id", "effect", "target", "state", "place", "size", "detail", "attempts", "stand_in", "duration_s")
    assert sorted(tuple(row.items()) for row in rows) == sorted(
        tuple(zip(names, values, strict=True))
        for values in (
            ("r1", "link", "admin", "done", "17", None, "", 0, 1, None),
            ("r1", "claim", "", "failed", "", 3, "no", 1, 0, 12.5),
            ("", "notice", "default/31", "undone", "5", None, "<p>", 0, 0, None),
        )
    )
    assert facts == [("schema", str(schema.VERSION))]
    assert {effect.value for effect in Effect} == {
        "link",
        "claim",
        "publish",
        "encode",
        "give-up",
        "notice",
        "sent",
        "captions",
    }
    assert {state.value for state in State} - {"unreadable"} == {"started", "delivered", "done", "undone", "failed"}
