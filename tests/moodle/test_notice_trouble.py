"""The notice when rights are missing, the connection breaks, a teacher writes at the same time, the charset is old."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa

from bbbmig.domain.notice import Change, Noticed
from bbbmig.domain.notice_text import Notice
from bbbmig.errors import ConfigError, RemoteError, RemoteRefused
from bbbmig.moodle import MoodleNotice
from bbbmig.moodle import notice as module
from bbbmig.moodle.notice_connection import WritingConnection
from tests.databases import GROUP, SERVERS, Server
from tests.moodle.grants import account
from tests.moodle.notice_site import NoticeSite, notice_site
from tests.moodle.proxy import proxy_to
from tests.moodle.schema import Database
from tests.moodle.small import SmallMoodle
from tests.moodle.sources import source_of

NOTICE = Notice.of("<p>Pod</p>", {})
BOTH = [pytest.param(engine, marks=GROUP) for engine in SERVERS]
Make = Callable[..., AbstractContextManager[NoticeSite]]


def moodle() -> SmallMoodle:
    made = SmallMoodle()
    made.course(21, context=210)
    made.activity(31, text=("<p>a</p>", 1), shown=True)
    for number in range(32, 40):
        made.activity(number, text=("<p>a</p>", 1))
    return made


@pytest.fixture(params=BOTH)
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def url(server: Server) -> Iterator[sa.URL]:
    with server.empty_database() as url:
        yield url


def told(lots: Iterator[tuple[Noticed, ...]]) -> dict[int, Noticed]:
    return {one.activity: one for lot in lots for one in lot}


def test_an_account_that_may_not_write_is_told_before_anything_is_done(server: Server, url: sa.URL) -> None:
    database = moodle().fill(url, with_view=False)
    with account(server, database) as reading, MoodleNotice(source_of(database, **reading)) as notice:
        for work in (lambda: notice.add([30], NOTICE), lambda: notice.remove([30]), notice.check):
            with pytest.raises(RemoteRefused, match=f"{reading['user']} may not write notices") as caught:
                work()
            assert "-notice.sql" in caught.value.hint


@pytest.mark.parametrize(("without", "may_be_stale"), [("course", {31}), ("course_modules", {30, 31})])
def test_without_the_rights_on_courses_texts_are_written_and_what_stays_old_is_named(
    server: Server, url: sa.URL, without: str, may_be_stale: set[int]
) -> None:
    with notice_site(moodle(), url, server, without=without) as site:
        assert site.notice.check() is False
        found = told(site.notice.add([30, 31], NOTICE))
        assert {one.change for one in found.values()} == {Change.ADDED}
        assert {number for number, one in found.items() if one.stale} == may_be_stale
        assert {one.course for one in found.values()} == {20}
        assert set(site.revisions().values()) == {1}
        assert not any(one.stale for one in told(site.notice.add([30, 31], NOTICE)).values())


def test_a_connection_that_breaks_once_is_made_anew(
    server: Server, url: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOT", 3)
    with (
        proxy_to(str(url.host), int(url.port or 0)) as proxy,
        notice_site(moodle(), url, server, port=proxy.port) as site,
    ):
        lots = site.notice.add(range(30, 40), NOTICE)
        next(lots)
        proxy.cut()
        assert {one.change for one in told(lots).values()} == {Change.ADDED}
        assert site.notice.find() == list(range(30, 40))


def test_when_it_stays_broken_what_was_written_stays_and_the_rest_is_done_by_the_next_run(
    server: Server, url: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOT", 3)
    with (
        proxy_to(str(url.host), int(url.port or 0)) as proxy,
        notice_site(moodle(), url, server, port=proxy.port) as site,
    ):
        lots = site.notice.add(range(30, 40), NOTICE)
        assert [one.activity for one in next(lots)] == [30, 31, 32]
        proxy.cut(refuse=True)
        with pytest.raises(RemoteError):
            next(lots)
        with MoodleNotice(source_of(site.database)) as later:
            found = told(later.add(range(30, 40), NOTICE))
        assert [found[number].change for number in range(30, 40)] == [Change.PRESENT] * 3 + [Change.ADDED] * 7


def test_a_text_that_a_teacher_is_saving_at_this_moment_is_not_lost(server: Server, url: sa.URL) -> None:
    with notice_site(moodle(), url, server) as site:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        found: dict[int, Noticed] = {}
        adding = threading.Thread(target=lambda: found.update(told(site.notice.add([30, 31], NOTICE))))
        with engine.begin() as teacher:
            teacher.exec_driver_sql("UPDATE mdl_bigbluebuttonbn SET intro = '<p>new</p>' WHERE id = 31")
            adding.start()
            time.sleep(0.3)
        adding.join(20)
        assert site.texts()[31] == f"<p>new</p>{NOTICE.element()}"
        assert found[31].change is Change.ADDED


def test_a_text_that_stays_locked_stops_the_run_with_nothing_half_done(
    server: Server, url: sa.URL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bbbmig.moodle.notice_connection._LOCKED_FOR_S", 1)
    with notice_site(moodle(), url, server) as site:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        with engine.begin() as teacher:
            teacher.exec_driver_sql("UPDATE mdl_bigbluebuttonbn SET intro = 'x' WHERE id = 31")
            with pytest.raises(RemoteError):
                next(site.notice.add([30, 31], NOTICE))
        assert site.notice.find() == []


@GROUP
def test_old_columns_that_hold_no_emoji_take_the_notice_and_lose_nothing(mysql_server: Server) -> None:
    with mysql_server.empty_database() as url, notice_site(moodle(), url, mysql_server) as site:
        site.run("ALTER TABLE mdl_bigbluebuttonbn MODIFY intro LONGTEXT CHARACTER SET utf8mb3")
        site.write(31, "<p>été €</p>")
        notice = Notice.of("<p>😀 été</p>", {})
        told(site.notice.add([31], notice))
        assert site.texts()[31] == f"<p>été €</p>{notice.element()}"
        assert "&#128512;" in notice.html
        told(site.notice.remove([31]))
        assert site.texts()[31] == "<p>été €</p>"


@GROUP
def test_a_text_that_would_be_cut_off_is_not_written(mysql_server: Server) -> None:
    with mysql_server.empty_database() as url, notice_site(moodle(), url, mysql_server) as site:
        mysql_server.run("SET GLOBAL sql_mode = ''")
        try:
            site.write(31, "x" * 65_530)
            with pytest.raises(RemoteError, match="1406"):
                next(site.notice.add([31], NOTICE))
        finally:
            mysql_server.run("SET GLOBAL sql_mode = DEFAULT")
        assert site.texts()[31] == "x" * 65_530


def test_a_sqlite_file_that_is_absent_is_a_matter_of_the_settings(sqlite_url: sa.URL) -> None:
    with pytest.raises(ConfigError, match="there is no file"):
        MoodleNotice(source_of(Database(url=sqlite_url)))


def test_a_lot_is_tried_twice_and_no_more(sqlite_url: sa.URL, monkeypatch: pytest.MonkeyPatch) -> None:
    real, failing = WritingConnection.transaction, 0

    def transaction(self: WritingConnection) -> AbstractContextManager[sa.Connection]:
        nonlocal failing
        if failing:
            failing -= 1
            raise RemoteError("deadlock")
        return real(self)

    monkeypatch.setattr(WritingConnection, "transaction", transaction)
    with notice_site(moodle(), sqlite_url, None) as site:
        lots = site.notice.add([31], NOTICE)
        failing = 1
        assert {one.change for one in told(lots).values()} == {Change.ADDED}
        lots = site.notice.remove([31])
        failing = 2
        with pytest.raises(RemoteError, match="deadlock"):
            next(lots)
