"""A draft changes hands only if a person said so, and nobody touched it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.history import Effect as Kinds
from bbbmig.domain.history import History, State
from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.owners_file import SOURCE as OWNERS_FILE
from bbbmig.domain.plan import Kind, Reason
from bbbmig.domain.publish_plan import PublishRules, plan_publish
from bbbmig.domain.taken_back import Drafts, drafts, fingerprint, taken_from, to_look_at
from bbbmig.domain.target import Video
from bbbmig.domain.video_standing import SeenInPod
from tests.domain.recordings import recording
from tests.domain.remembered import entry, published

ONE = recording("a", "video")
TITLE, TEXT = "Algèbre", "<p>Licence 1</p><p>bbbmig 0123456789ab</p>"
VIDEO = Video(
    id=7,
    title=TITLE,
    slug="0007-algebre",
    added=None,
    is_draft=True,
    encoded=True,
    encoding=False,
    description=TEXT,
)
NAMES = ("jean", "marie", "Zoé", "admin")


def sent(name: str, title: str = TITLE, text: str = TEXT) -> object:
    return entry(Kinds.SENT, ONE, name, location=fingerprint(title, text))


def history(*names: str, first: str = "jean") -> History:
    rows = [published(ONE, first, location=VIDEO.slug), *(sent(name) for name in names)]
    return History(rows)  # type: ignore[arg-type] # rows


def owned(*names: str, source: str = OWNERS_FILE, finding: Finding = Finding.FOUND) -> Ownership:
    owners = tuple(Owner(username=name) for name in names)
    return Ownership(record_id=ONE.record_id, finding=finding, owners=owners, source=source)


@pytest.mark.parametrize(
    ("title", "text", "same"),
    [
        (TITLE, TEXT, True),
        (f" {TITLE} ", "<div><p>Licence&nbsp;1</p>\r\n <p>bbbmig 0123456789ab</p></div>", True),
        (TITLE, TEXT + "<p>!</p>", False),
        (TITLE, "", False),
        ("Algèbre 2", TEXT, False),
    ],
)
def test_words_are_compared_and_no_tags(title: str, text: str, *, same: bool) -> None:
    assert (fingerprint(title, text) == fingerprint(TITLE, TEXT)) is same


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("jean", "marie"), []),
        (("JEAN", "Marie"), []),
        (("jean",), ["marie"]),
        (("marie",), ["jean"]),
        (("Zoé",), ["jean", "marie"]),
        ((), ["jean", "marie"]),
    ],
)
def test_whoever_is_not_named_loses_it(names: tuple[str, ...], expected: list[str]) -> None:
    assert taken_from(history("jean", "marie"), owned(*names)) == expected
    assert taken_from(history("jean", "marie"), owned(*names, source="moodle default")) == []


@given(
    st.lists(st.sampled_from(NAMES), unique=True, max_size=3),
    st.lists(st.sampled_from(NAMES), unique=True, max_size=3),
    st.sampled_from((OWNERS_FILE, "moodle default", "pod", "")),
    st.sampled_from(("additional", "none")),
    st.builds(
        replace,
        st.just(VIDEO),
        is_draft=st.booleans(),
        encoded=st.booleans(),
        title=st.sampled_from((TITLE, "Autre")),
        description=st.sampled_from((TEXT, "Autre")),
    ),
    st.sampled_from(("listed", "not listed", "silent")),
)
def test_only_an_untouched_draft_moves_and_only_to_those_who_are_named(
    had: list[str], names: list[str], source: str, co_owners: str, video: Video, listing: str
) -> None:
    before = history(*had, first=had[0] if had else "jean")
    finding = Finding.FOUND if names else Finding.LEFT_OUT if source == OWNERS_FILE else Finding.NOBODY
    owners = {ONE.record_id: owned(*names, source=source, finding=finding)}
    seen = SeenInPod(videos={7: video} if listing == "listed" else {}, silent={"jean"} if listing == "silent" else ())
    rows = to_look_at(before, owners)
    rules = PublishRules(
        administrator="admin",
        co_owners=co_owners,  # type: ignore[arg-type] # one of them
        history=before,
        drafts=drafts(before, rows, seen),
    )
    (action,) = plan_publish([ONE], owners, rules)
    untouched = listing == "listed" and video == VIDEO and bool(had)
    lost = taken_from(before, owners[ONE.record_id])
    if action.kind is Kind.GIVE:
        assert (source, untouched, bool(lost)) == (OWNERS_FILE, True, True)
        new = [owner.username for owner in (action.owner, *action.others) if owner]
        assert new == (names or ["admin"])[: 1 if co_owners == "none" else None]
        assert action.target == VIDEO.slug
    else:
        assert (action.kind, action.reason) == (Kind.SKIP, Reason.ALREADY_DONE)
        assert not (untouched and lost and names)
        assert bool(lost and action.detail) is (bool(lost) and not (not names and "admin" in had[:1]))


def test_what_was_given_on_is_nobodys_before() -> None:
    rows = [published(ONE, "jean", State.UNDONE), published(ONE, "marie", location=VIDEO.slug)]
    assert taken_from(History(rows), owned("marie")) == []


def test_without_the_words_that_were_sent_nothing_moves() -> None:
    before = History([published(ONE, "jean", location=VIDEO.slug)])
    seen = drafts(before, to_look_at(before, {ONE.record_id: owned("marie")}), SeenInPod(videos={7: VIDEO}))
    assert seen == Drafts(touched={ONE.record_id: "it is not known whether somebody changed it"})


def test_a_copy_of_somebody_who_is_not_named_any_more_is_named() -> None:
    before = History([published(ONE, "jean", location="0007-a"), published(ONE, "marie", location="0008-a")])
    rules = PublishRules(administrator="admin", co_owners="copy", history=before)
    (action,) = plan_publish([ONE], {ONE.record_id: owned("marie")}, rules)
    expected = "for jean, whom the owners file does not name any more: delete their copy in Pod"
    assert (action.kind, action.reason, action.detail) == (Kind.SKIP, Reason.ALREADY_DONE, expected)
    (action,) = plan_publish([ONE], {ONE.record_id: owned("jean", "marie")}, rules)
    assert action.detail == ""
