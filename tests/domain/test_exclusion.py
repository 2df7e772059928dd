"""What is not for everybody: exams, juries, councils, by title or course."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.claim_plan import OFFERED, ClaimRules, plan_claims
from bbbmig.domain.exclusion import Exclusion, excluded, known
from bbbmig.domain.file_names import file_name
from bbbmig.domain.history import Effect, History, State
from bbbmig.domain.link_plan import LinkRules, plan_links
from bbbmig.domain.owner import Finding, Owner, Ownership
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.domain.publish_plan import PublishRules, plan_publish
from bbbmig.domain.recording import Origin, Recording
from bbbmig.pod.limits import POD
from tests.domain.recordings import lists_of_recordings, recording
from tests.domain.remembered import claimed, entry, linked, published

JURY = recording("jury", "video", meeting_name="Délibération du jury, L3")
LECTURE = recording("lecture", "video", meeting_name="Algèbre")
WHY = {JURY.record_id: "jury: title “Délibération du jury, L3”"}
KEPT = excluded(WHY)
NAME = file_name(JURY, ".mp4")


def of(one: Recording, finding: Finding, *names: str, course: str = "", detail: str = "") -> Ownership:
    owners = tuple(Owner(username=name) for name in names)
    return Ownership(record_id=one.record_id, finding=finding, owners=owners, course=course, detail=detail)


class TestPatterns:
    """What is named by a pattern."""

    @pytest.mark.parametrize(
        ("pattern", "title"),
        [
            ("jury", "Délibération du JURY de L3"),
            ("deliberation", "Délibération"),
            ("DÉLIBÉRATION", "De\u0301libe\u0301rations de juin"),
            ("soutenance", "Pré-soutenances M2"),
            (r"\bCSE\b", "Réunion du CSE, mars"),
            ("conseil d'UFR", "Conseil d\u2019UFR"),
            ("conseil de labo", "Conseil\u00a0de  labo"),
            ("huis-clos", "Séance à huis\u2011clos"),
            ("^examen", "Examen oral"),
            ("jury|comité de sélection", "COMITÉ DE SÉLECTION MCF"),
            ("[éè]preuve", "Epreuve orale"),
            ("面试", "面试 2023"),
        ],
    )
    def test_capitals_accents_and_signs_do_not_matter(self, pattern: str, title: str) -> None:
        assert Exclusion([pattern]).why(recording("a", meeting_name=title)).startswith(f"{pattern}: title “")

    @pytest.mark.parametrize(
        ("pattern", "title"), [(r"\bCSE\b", "Inscriptions CSEM"), ("^examen", "Réexamen"), ("jury", "Jurassien")]
    )
    def test_other_titles_are_not_named(self, pattern: str, title: str) -> None:
        assert Exclusion([pattern]).why(recording("a", meeting_name=title)) == ""

    @pytest.mark.parametrize(
        "one",
        [
            recording("a", origin=Origin(context="Jury de thèse")),
            recording("a", origin=Origin(context_label="JURY-2023")),
            recording("a", metadata={"bbb-context-name": "Le jury"}),
            recording("a", metadata={"name": "Cours"}, meeting_name="Jury, renommé depuis"),
            recording("a", metadata={"name": "Jury"}, meeting_name="Cours"),
            recording("a", meeting_name="Cours", recording_name="Jury"),
        ],
    )
    def test_every_name_and_the_course_count(self, one: Recording) -> None:
        assert Exclusion(["jury"]).why(one)

    def test_so_does_what_the_source_of_its_owners_knows(self) -> None:
        owners = {LECTURE.record_id: of(LECTURE, Finding.NOBODY, course="Jury d'entrée")}
        assert Exclusion(["jury"]).of([LECTURE, JURY], owners) == {
            LECTURE.record_id: "jury: course “Jury d'entrée”",
            JURY.record_id: WHY[JURY.record_id],
        }

    @pytest.mark.parametrize("pattern", ["", ".*", "x?", "(", "[a-"])
    def test_what_cannot_be_read_or_names_everything_is_refused(self, pattern: str) -> None:
        with pytest.raises(ValueError, match=r"regular expression|every recording"):
            Exclusion([pattern])


class TestClaims:
    """Nothing of it reaches the page that all staff see."""

    def planned(self, rules: ClaimRules, one: Recording = JURY) -> Action:
        (action,) = plan_claims([one], replace(rules, kept_back=KEPT))
        return action

    def test_it_is_not_offered(self) -> None:
        action = self.planned(ClaimRules())
        assert (action.kind, action.reason, action.detail) == (Kind.SKIP, Reason.EXCLUDED, WHY[JURY.record_id])
        assert self.planned(ClaimRules(), LECTURE).kind is Kind.DOWNLOAD

    @pytest.mark.parametrize("again", [False, True])
    @pytest.mark.parametrize(
        ("rules", "hint"),
        [
            (ClaimRules(present=[NAME]), OFFERED),
            (ClaimRules(in_pod=[NAME]), OFFERED),
            (ClaimRules(history=History([claimed(JURY)])), ""),
            (ClaimRules(history=History([claimed(JURY)]), in_pod=[NAME]), OFFERED),
            (ClaimRules(history=History([claimed(JURY, state=State.DELIVERED, location=f"/x/{NAME}")])), ""),
        ],
    )
    def test_nor_is_what_an_earlier_run_began(self, rules: ClaimRules, hint: str, *, again: bool) -> None:
        action = self.planned(replace(rules, again=again))
        assert (action.kind, action.reason, action.hint) == (Kind.SKIP, Reason.EXCLUDED, hint)

    def test_what_its_owner_has_is_done(self) -> None:
        rules = ClaimRules(history=History([published(JURY, "jean")]))
        assert self.planned(rules).reason is Reason.ALREADY_DONE

    @given(listed=lists_of_recordings, chosen=st.sets(st.integers(0, 11)), again=st.booleans())
    def test_whatever_was_before(self, listed: list[Recording], chosen: set[int], *, again: bool) -> None:
        confidential = {one.record_id: "why" for number, one in enumerate(listed) if number in chosen}
        rules = ClaimRules(
            converters=True,
            again=again,
            include_unpublished=True,
            present=[file_name(one, ".mp4") for one in listed[::2]],
            in_pod=[file_name(one, ".mp4") for one in listed[::3]],
            history=History([entry(Effect.CLAIM, one) for one in listed[1::2]]),
            kept_back=excluded(confidential),
        )
        plan = plan_claims(listed, rules)
        assert [action.recording for action in plan] == listed
        assert not any(action.recording.record_id in confidential for action in plan.effective)
        nobodys = {one.record_id: of(one, Finding.NOBODY) for one in listed}
        for unknown in ("claim", "administrator", "skip"):
            publish = PublishRules(administrator="admin", unknown_owner=unknown, claims=rules, excluded=confidential)
            found = plan_publish(listed, nobodys, publish)
            assert not any(action.recording.record_id in confidential for action in found.effective)


class TestOwners:
    """Its known owners get it all the same."""

    def test_published(self) -> None:
        rules = PublishRules(administrator="admin", claims=ClaimRules(kept_back=KEPT), excluded=WHY)
        (action,) = plan_publish([JURY], {JURY.record_id: of(JURY, Finding.FOUND, "jean")}, rules)
        assert (action.kind, action.owner and action.owner.username) == (Kind.DOWNLOAD, "jean")

    @pytest.mark.parametrize("unknown", ["claim", "administrator"])
    def test_nobody_gets_it_in_their_stead(self, unknown: str) -> None:
        rules = PublishRules(
            administrator="admin",
            unknown_owner=unknown,  # type: ignore[arg-type] # one of them
            claims=ClaimRules(kept_back=KEPT),
            excluded=WHY,
        )
        (action,) = plan_publish([JURY], {JURY.record_id: of(JURY, Finding.DOUBTFUL)}, rules)
        assert (action.kind, action.reason) == (Kind.SKIP, Reason.EXCLUDED)

    def test_linked(self) -> None:
        rules = LinkRules(administrator="admin", limits=POD, address=lambda url, _: url, excluded=WHY)
        (linked_to,) = plan_links([JURY], {JURY.record_id: of(JURY, Finding.FOUND, "jean")}, rules)
        (nobody,) = plan_links([JURY], {}, rules)
        (there,) = plan_links([JURY], {}, replace(rules, history=History([linked(JURY, "admin")])))
        assert (linked_to.kind, linked_to.target) == (Kind.LINK, "jean")
        assert (nobody.kind, nobody.reason) == (Kind.SKIP, Reason.EXCLUDED)
        assert there.reason is Reason.REMOVED_SINCE


class TestOnlyUnknown:
    """`claim --only-unknown`: what has a known owner is left to `publish`."""

    @pytest.mark.parametrize(
        ("ownership", "kind", "reason"),
        [
            (of(LECTURE, Finding.FOUND, "jean", "marie"), Kind.SKIP, Reason.OWNER_KNOWN),
            (of(LECTURE, Finding.NOBODY), Kind.DOWNLOAD, None),
            (of(LECTURE, Finding.DOUBTFUL), Kind.DOWNLOAD, None),
            (of(LECTURE, Finding.NOT_SEARCHED), Kind.DOWNLOAD, None),
            (of(LECTURE, Finding.NOT_SEARCHED, detail="moodle health"), Kind.SKIP, Reason.NOT_ASKED),
            (of(LECTURE, Finding.FAILED), Kind.FAIL, Reason.OWNER_SEARCH_FAILED),
            (of(LECTURE, Finding.UNKNOWN_SERVER), Kind.SKIP, Reason.UNKNOWN_SERVER),
            (of(LECTURE, Finding.LEFT_OUT), Kind.SKIP, Reason.LEFT_OUT),
        ],
    )
    def test_by_finding(self, ownership: Ownership, kind: Kind, reason: Reason | None) -> None:
        rules = ClaimRules(kept_back=known({LECTURE.record_id: ownership}))
        (action,) = plan_claims([LECTURE], rules)
        assert (action.kind, action.reason) == (kind, reason)
        if reason is Reason.OWNER_KNOWN:
            assert action.detail == "jean, marie"

    def test_what_waits_on_the_claim_page_is_done(self) -> None:
        kept = known({LECTURE.record_id: of(LECTURE, Finding.FOUND, "jean")})
        rules = ClaimRules(kept_back=kept, history=History([claimed(LECTURE)]), in_pod=[file_name(LECTURE, ".mp4")])
        (action,) = plan_claims([LECTURE], rules)
        assert action.reason is Reason.ALREADY_DONE
