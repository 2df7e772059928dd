"""What people read of a published video: its title, its description."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.person import Person
from bbbmig.domain.plan import Action, Kind, Plan
from bbbmig.domain.recording import Origin, Recording
from bbbmig.domain.target import Video
from bbbmig.domain.video_texts import (
    TitleRules,
    dated_title,
    description,
    fields_in,
    mark,
    moment,
    of_one_title,
)
from bbbmig.pod.limits import POD
from tests.domain.recordings import recording, recordings

START = datetime(2022, 1, 17, 8, 15, tzinfo=UTC)
ONE = recording("a", "video", meeting_name="Algèbre", start=START)
WHEN = f"{START.astimezone():%Y-%m-%d %Hh%M}"


def owned(one: Recording, *owners: Owner, course: str = "", activity: str = "") -> Ownership:
    return Ownership(record_id=one.record_id, finding=Finding.FOUND, owners=owners, course=course, activity=activity)


def in_pod(title: str, *, added: datetime = START + timedelta(days=7), text: str = "") -> Video:
    return Video(
        id=1, title=title, slug="0001-a", added=added, is_draft=True, encoded=True, encoding=False, description=text
    )


class TestTitle:
    """When it has the date, and how."""

    def test_ends_with_the_date(self) -> None:
        assert dated_title(ONE, POD) == f"Algèbre, {WHEN}"
        assert dated_title(recording("b", meeting_name="B", record_id="old"), POD) == "B"

    @given(recordings)
    def test_fits_and_keeps_the_date(self, one: Recording) -> None:
        title = dated_title(one, POD)
        assert 0 < len(title) <= POD.title
        assert title.endswith(moment(one))

    @pytest.mark.parametrize(
        ("title", "username", "several"),
        [("Algèbre", "jean", True), (" algèbre ", "JEAN", True), ("Algèbre 2", "jean", False), ("Algèbre", "z", False)],
    )
    def test_several_of_one_owner(self, title: str, username: str, several: bool) -> None:  # noqa: FBT001 - a value
        other = recording("b", "video", meeting_name=title)
        whose = {ONE.record_id: owned(ONE, Owner(username="jean")), other.record_id: owned(other, Owner(username="z"))}
        mine = Action(kind=Kind.SKIP, recording=ONE)
        plan = Plan((mine, Action(kind=Kind.DOWNLOAD, recording=other, owner=Owner(username=username))))
        assert of_one_title(plan, whose) == ({ONE.record_id, other.record_id} if several else set())

    @pytest.mark.parametrize(
        ("video", "needed"),
        [
            (in_pod("Algèbre"), True),
            (in_pod("algèbre, 2020-01-01 10h00"), True),
            (in_pod("Algèbre", added=START), False),
            (in_pod("Algèbre", text=f"<p>{mark(ONE.record_id)}</p>"), False),
            (in_pod("Algèbre linéaire"), False),
        ],
    )
    def test_what_pod_has_counts(self, video: Video, needed: bool) -> None:  # noqa: FBT001 - a value
        assert TitleRules(date="when needed").need_date(ONE, lambda: [video]) is needed
        assert TitleRules(date="always").need_date(ONE, list)
        assert not TitleRules(date="never", several=frozenset({ONE.record_id})).need_date(ONE, lambda: [video])


class TestDescription:
    """What stands below a video."""

    def test_says_where_when_and_who(self) -> None:
        owners = (Owner(username="zl", first_name="Zoé", last_name="<b>"), Owner(username="jean"), Owner(username="x"))
        ownership = owned(ONE, *owners, course="Algèbre <1>", activity="Classe & salle")
        one = replace(ONE, description="Révisions\n<b>", origin=Origin(context="old", context_label="old"))
        known = [Person(username="Jean", first_name="Jean", last_name="D'Arc")]
        assert description(one, ownership, known) == (
            f"<p>Algèbre &lt;1&gt;</p><p>Classe &amp; salle</p><p>{WHEN}</p><p>Zoé &lt;b&gt;, Jean D&#x27;Arc</p>"
            "<p>Révisions &lt;b&gt;</p>"
        )

    def test_leaves_out_what_is_not_known(self) -> None:
        one = replace(ONE, origin=Origin(context="L1", context_label="L1"))
        assert description(one, None) == f"<p>L1</p><p>{WHEN}</p>"
        administrator = Owner(username="admin", first_name="A", last_name="B", stand_in=True)
        assert description(ONE, owned(ONE, administrator)) == f"<p>{WHEN}</p>"

    def test_is_as_the_template_says(self) -> None:
        template = "<b>{title}</b> {moderators}\n<i>{course}</i>\n<hr>\n{{x}}"
        assert description(replace(ONE, meeting_name="{course}"), None, template=template) == "<b>{course}</b> <hr>{x}"

    @pytest.mark.parametrize("wrong", ["{", "}", "{title.__class__}", "{title!r}", "{title:9}", "{}", "{0}"])
    def test_a_template_holds_names_alone(self, wrong: str) -> None:
        with pytest.raises(ValueError, match=r"."):
            fields_in(wrong)
