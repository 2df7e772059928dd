"""The notice in the activities of a real database, through the documented account."""

import time
from collections.abc import Generator, Iterable, Iterator, Sequence

import pytest
import sqlalchemy as sa

from bbbmig.domain.notice import Change, Noticed
from bbbmig.domain.notice_text import Notice
from bbbmig.moodle import notice as module
from tests.moodle.notice_site import NoticeSite, notice_site
from tests.moodle.small import SmallMoodle

NOTICE = Notice.of("<p>D'ici l'été : 100 % dans <a href=\"{pod}\">Pod</a> \\o/ 😀</p>", {"pod": "https://pod.univ.fr"})
OTHER = Notice.of("<div>autre</div>", {})

TEXTS: dict[int, str | None] = {
    30: None,
    31: "",
    32: "<p>Été 😀 'x' \"y\" \\ %s :z\u202e\u05e2\u05d1\u05e8\u05d9\u05ea</p>\r\n",
    33: "  ",
    34: "<div><!-- not closed",
    35: "NOËL",
    36: "x" * 60_000,
}
SHOWN = {31, 32}


def moodle() -> SmallMoodle:
    """Course 20 shows two of its activities' texts on its page; course 21 shows none, 22 those of another plug-in."""
    made = SmallMoodle()
    made.course(21, context=210)
    made.course(22, context=220)
    for number, text in TEXTS.items():
        if number != 30:
            made.activity(number, text=(text, 1), shown=number in SHOWN)
    made.activity(40, text=("plain <b>", 2))
    made.activity(41, course=21, text=("<p>a</p>", 1))
    made.activity(42, course=22, text=("<p>a</p>", 1))
    made.rows["modules"].append((78, "page"))
    made.rows["course_modules"].append((999, 22, 78, 42, 1, 1, 0))
    return made


@pytest.fixture
def site(database_url: sa.URL, request: pytest.FixtureRequest) -> Iterator[NoticeSite]:
    backend = database_url.get_backend_name()
    server = None if backend == "sqlite" else request.getfixturevalue(f"{backend}_server")
    with notice_site(moodle(), database_url, server) as made:
        yield made


def changes(lots: Iterable[tuple[Noticed, ...]]) -> dict[int, Change]:
    return {one.activity: one.change for lot in lots for one in lot}


def add(site: NoticeSite, numbers: Sequence[int] = tuple(TEXTS), notice: Notice = NOTICE) -> dict[int, Change]:
    return changes(site.notice.add(numbers, notice))


def test_every_text_gets_the_notice_at_its_end_and_is_restored_to_the_byte(site: NoticeSite) -> None:
    before = site.texts()
    assert set(add(site).values()) == {Change.ADDED}
    for number, text in TEXTS.items():
        assert site.texts()[number] == (text or "") + NOTICE.element(was_null=text is None)
    assert set(changes(site.notice.remove(TEXTS)).values()) == {Change.REMOVED}
    assert site.texts() == before


def test_only_the_activities_that_were_named_are_touched(site: NoticeSite) -> None:
    before = site.texts()
    add(site, [32])
    assert {number for number, text in site.texts().items() if text != before[number]} == {32}
    assert {number for number, when in site.modified().items() if when} == {32}


def test_a_second_run_writes_nothing_and_tells_the_same_texts(site: NoticeSite) -> None:
    first = [one for lot in site.notice.add(TEXTS, NOTICE) for one in lot]
    site.run("UPDATE mdl_bigbluebuttonbn SET timemodified = 7")
    texts = site.texts()
    second = [one for lot in site.notice.add(TEXTS, NOTICE) for one in lot]
    assert {one.change for one in second} == {Change.PRESENT}
    assert [(one.activity, one.text) for one in second] == [(one.activity, one.text) for one in first]
    assert site.texts() == texts
    assert set(site.modified().values()) == {7}


def test_what_was_written_and_never_remembered_is_found_by_its_mark(site: NoticeSite) -> None:
    add(site, [30, 35])
    site.write(31, "about bbbmig-notice")
    assert site.notice.find() == [30, 31, 35]
    assert changes(site.notice.remove(site.notice.find())) == {
        30: Change.REMOVED,
        31: Change.ABSENT,
        35: Change.REMOVED,
    }
    assert site.texts()[31] == "about bbbmig-notice"


def test_what_a_teacher_changed_meanwhile_stays(site: NoticeSite) -> None:
    add(site, [30, 32])
    for number in (30, 32):
        site.write(number, f"{site.texts()[number]}<p>Salle 3 😀</p>")
    changes(site.notice.remove([30, 32]))
    assert site.texts()[30] == "<p>Salle 3 😀</p>"
    assert site.texts()[32] == f"{TEXTS[32]}<p>Salle 3 😀</p>"


def test_another_text_replaces_the_first_and_can_be_taken_out_too(site: NoticeSite) -> None:
    before = site.texts()
    add(site)
    assert set(add(site, notice=OTHER).values()) == {Change.REPLACED}
    assert site.texts()[35] == f"NOËL{OTHER.element()}"
    changes(site.notice.remove(TEXTS))
    assert site.texts() == before


def test_texts_of_other_formats_and_activities_that_are_gone_are_told_and_left(site: NoticeSite) -> None:
    assert add(site, [40, 99]) == {40: Change.OTHER_FORMAT, 99: Change.GONE}
    assert site.texts()[40] == "plain <b>"


def test_a_notice_that_somebody_took_out_is_not_forced_upon_them(site: NoticeSite) -> None:
    assert changes(site.notice.add([31, 32], NOTICE, earlier={32})) == {31: Change.ADDED, 32: Change.REMOVED_SINCE}
    assert site.texts()[32] == TEXTS[32]


def test_a_dry_run_says_the_same_and_writes_nothing(site: NoticeSite) -> None:
    numbers = [*TEXTS, 40, 99]
    texts, times, revisions = site.texts(), site.modified(), site.revisions()
    planned = list(site.notice.add(numbers, NOTICE, dry=True))
    assert (site.texts(), site.modified(), site.revisions()) == (texts, times, revisions)
    assert planned == list(site.notice.add(numbers, NOTICE))
    texts = site.texts()
    planned = list(site.notice.remove(numbers, dry=True))
    assert site.texts() == texts
    assert planned == list(site.notice.remove(numbers))


def test_the_pages_of_courses_that_show_a_changed_text_are_built_anew_and_no_others(site: NoticeSite) -> None:
    site.run("UPDATE mdl_course SET cacherev = 5")
    begin = int(time.time())
    told = [one for lot in site.notice.add([31, 41, 42], NOTICE) for one in lot]
    assert not any(one.stale for one in told)
    assert site.notice.check() is True
    revisions = site.revisions()
    assert begin <= revisions.pop(20) <= time.time()
    assert revisions == {21: 5, 22: 5}


def test_a_revision_always_grows_unless_it_was_far_in_the_future(site: NoticeSite) -> None:
    soon = int(time.time()) + 600
    site.run("UPDATE mdl_course SET cacherev = :revision", revision=soon)
    add(site, [31])
    assert site.revisions()[20] == soon + 1
    site.run("UPDATE mdl_course SET cacherev = :revision", revision=soon + 7200)
    add(site, [32])
    assert site.revisions()[20] <= time.time()


def test_a_run_that_ends_between_two_lots_is_taken_up_where_it_ended(
    site: NoticeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOT", 2)
    lots = site.notice.add(TEXTS, NOTICE)
    first = next(lots)
    assert isinstance(lots, Generator)
    lots.close()
    assert site.notice.find() == [one.activity for one in first] == [30, 31]
    again = add(site)
    assert [again[number] for number in sorted(again)] == [Change.PRESENT] * 2 + [Change.ADDED] * 5


def test_a_lot_of_activities_takes_a_few_statements(site: NoticeSite, statements: list[str]) -> None:
    site.run(
        "INSERT INTO mdl_bigbluebuttonbn (id, course, name, intro, introformat, meetingid, participants, "
        "timemodified) SELECT 1000 + a.id * 100 + b.id, 20, 'x', 'y', 1, '', '', 0 "
        "FROM mdl_bigbluebuttonbn a, mdl_bigbluebuttonbn b"
    )
    numbers = [number for number in site.texts() if number >= 1000]
    site.notice.check()
    statements.clear()
    assert add(site, numbers) == dict.fromkeys(numbers, Change.ADDED)
    assert len(statements) <= 8 + 5
