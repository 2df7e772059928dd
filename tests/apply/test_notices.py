"""The notice and the ledger: what is remembered, after a kill too, and that it is enough to undo everything."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.apply.notices import NoticeDelivery
from bbbmig.domain.history import Effect, Entry, State
from bbbmig.domain.notice import Change
from bbbmig.domain.notice_text import Notice
from bbbmig.ledger import Ledger
from bbbmig.moodle import notice as module
from tests.moodle.notice_site import NoticeSite, notice_site
from tests.moodle.small import SmallMoodle

NOTICE = Notice.of("<p>Pod 😀</p>", {})
OTHER = Notice.of("<p>Pod, jusqu'en juin</p>", {})
SERVER = "bbb.univ.fr"


@dataclass(frozen=True)
class There:
    site: NoticeSite
    ledger: Ledger
    work: NoticeDelivery

    def remembered(self) -> dict[str, tuple[State, str]]:
        return {one.target: (one.state, one.detail) for one in self.ledger.entries(SERVER, Effect.NOTICE)}

    def dry(self) -> NoticeDelivery:
        return NoticeDelivery(server=SERVER, moodle=self.site.notice, memory=self.ledger, dry=True)


@pytest.fixture
def there(tmp_path: Path) -> Iterator[There]:
    moodle = SmallMoodle()
    for number, text in ((31, ""), (32, "<p>Été</p>"), (33, "<p>b</p>")):
        moodle.activity(number, text=(text, 1))
    moodle.activity(34, text=("plain", 2))
    url = sa.URL.create("sqlite", database=str(tmp_path / "moodle.sqlite"))
    with notice_site(moodle, url, None) as site, Ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as ledger:
        yield There(site, ledger, NoticeDelivery(server=SERVER, moodle=site.notice, memory=ledger))


def done(notice: Notice, *, was_null: bool = False) -> tuple[State, str]:
    return State.DONE, notice.element(was_null=was_null)


def test_every_changed_activity_is_remembered_with_the_exact_text_and_no_other(there: There) -> None:
    assert len(list(there.work.add([30, 32, 34, 99], NOTICE))) == 4
    assert there.remembered() == {
        "default/30": done(NOTICE, was_null=True),
        "default/32": done(NOTICE),
    }


def test_adding_and_removing_leaves_moodle_as_it_was_and_says_so(there: There) -> None:
    before = there.site.texts()
    list(there.work.add(before, NOTICE))
    list(there.work.add(before, OTHER))
    assert {one.change for one in there.work.remove()} == {Change.REMOVED}
    assert there.site.texts() == before
    assert {state for state, _ in there.remembered().values()} == {State.UNDONE}
    assert {one.change for one in there.work.add([32], NOTICE)} == {Change.ADDED}, "it may be added again"


def test_a_run_killed_between_moodle_and_the_ledger_is_repaired_by_the_next(
    there: There, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        pass

    def killed(*_: object) -> None:
        raise KilledError

    monkeypatch.setattr(module, "LOT", 1)
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "write", killed)
        with pytest.raises(KilledError):
            list(there.work.add([31, 32], NOTICE))
    assert there.site.notice.find() == [31]
    assert there.remembered() == {}
    assert [one.change for one in there.work.add([31, 32], NOTICE)] == [Change.PRESENT, Change.ADDED]
    assert there.remembered() == {f"default/{number}": done(NOTICE) for number in (31, 32)}


def test_removing_needs_no_ledger(there: There) -> None:
    before = there.site.texts()
    list(there.site.notice.add([30, 31, 32], NOTICE))
    assert {one.change for one in there.work.remove()} == {Change.REMOVED}
    assert there.site.texts() == before


def test_what_a_person_wrote_inside_the_notice_stays_and_the_ledger_keeps_what_was_replaced(there: There) -> None:
    list(there.work.add([30, 32], NOTICE))
    typed = NOTICE.element(was_null=True).replace("</div>", "<p>Salle B12 😀</p></div>")
    there.site.write(30, typed)
    there.site.write(32, f"{there.site.texts()[32]}".replace("</div>", "<p>Salle B13</p></div>"))
    told = {one.activity: one for one in there.work.add([30, 32], OTHER)}
    assert {one.change for one in told.values()} == {Change.REPLACED}
    assert all(one.mixed for one in told.values())
    assert there.site.texts()[30] == f"{OTHER.element(was_null=True)}<p>Salle B12 😀</p>"
    kept = [(target, detail) for target, (_, detail) in there.remembered().items() if target.startswith("default/30/")]
    assert [detail for _, detail in kept] == [typed]
    assert {one.change for one in there.work.remove()} == {Change.REMOVED}
    assert there.site.texts()[30] == "<p>Salle B12 😀</p>"
    assert there.site.texts()[32] == "<p>Été</p><p>Salle B13</p>"


def test_a_notice_copied_to_another_activity_is_known_by_its_fingerprint(there: There) -> None:
    list(there.work.add([30], NOTICE))
    there.site.write(33, f"{there.site.texts()[30]}".replace("</div>", "<p>Salle B12</p></div>"))
    assert {one.change for one in there.work.remove()} == {Change.REMOVED}
    assert there.site.texts()[33] == "<p>Salle B12</p>"


def test_with_a_lost_ledger_the_text_of_the_settings_tells_what_a_person_wrote(there: There) -> None:
    list(there.site.notice.add([31], NOTICE))
    there.site.write(31, f"{there.site.texts()[31]}".replace("</div>", "<p>Salle B12</p></div>"))
    assert {one.change for one in there.work.remove()} == {Change.EDITED}
    assert {one.change for one in there.work.remove(NOTICE)} == {Change.REMOVED}
    assert there.site.texts()[31] == "<p>Salle B12</p>"


def test_a_long_text_is_kept_in_several_rows(there: There) -> None:
    list(there.work.add([30], NOTICE))
    typed = NOTICE.element(was_null=True).replace("</div>", f"<p>{'é' * 40_000}</p></div>")
    there.site.write(30, typed)
    list(there.work.remove())
    rows = sorted(there.ledger.entries(SERVER, Effect.NOTICE), key=lambda row: row.target)
    assert "".join(row.detail for row in rows if row.target.startswith("default/30/")) == typed


def test_what_a_teacher_took_out_stays_out_unless_it_is_asked_for(there: There) -> None:
    list(there.work.add([32, 33], NOTICE))
    there.site.write(32, "<p>Été</p>")
    assert [one.change for one in there.work.add([32, 33], NOTICE)] == [Change.REMOVED_SINCE, Change.PRESENT]
    assert [one.change for one in there.work.add([32], NOTICE, again=True)] == [Change.ADDED]


def test_the_activities_of_another_moodle_and_server_are_not_mixed_in(there: There) -> None:
    entry = Entry(effect=Effect.NOTICE, record_id="", state=State.DONE, target="other/32", detail="x")
    there.ledger.write(SERVER, [entry])
    there.ledger.write("other.fr", [Entry(effect=Effect.NOTICE, record_id="", state=State.DONE, target="default/32")])
    assert [one.change for one in there.work.add([32], NOTICE)] == [Change.ADDED]


def test_activities_that_are_gone_are_remembered_as_done_with(there: There) -> None:
    list(there.work.add([32, 33], NOTICE))
    there.site.run("DELETE FROM mdl_bigbluebuttonbn WHERE id = 32")
    assert {one.activity: one.change for one in there.work.remove()} == {32: Change.GONE, 33: Change.REMOVED}
    assert {state for state, _ in there.remembered().values()} == {State.UNDONE}


def test_a_second_run_writes_nothing_into_the_ledger(there: There, monkeypatch: pytest.MonkeyPatch) -> None:
    list(there.work.add([31, 32], NOTICE))
    monkeypatch.delattr(Ledger, "write")
    assert {one.change for one in there.work.add([31, 32], NOTICE)} == {Change.PRESENT}


def test_a_dry_run_changes_neither_moodle_nor_the_ledger(there: There) -> None:
    before = there.site.texts()
    assert {one.change for one in there.dry().add([31], NOTICE)} == {Change.ADDED}
    assert (there.site.texts(), there.remembered()) == (before, {})
    list(there.work.add([31], NOTICE))
    after = there.site.texts(), there.remembered()
    assert {one.change for one in there.dry().remove()} == {Change.REMOVED}
    assert (there.site.texts(), there.remembered()) == after
