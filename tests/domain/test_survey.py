"""What is counted sums up to the list in every way of counting; costs and questions follow from it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.recording import Origin, Playback, Recording
from bbbmig.domain.survey import Content, Heap, Length, SurveyFacts, Whose, surveyed
from bbbmig.domain.survey_ways import Question, Range, Rates, Way, WayName, assessed

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
KINDS = ("video", "presentation", "screenshare", "podcast", "statistics")


@st.composite
def recordings(draw: st.DrawFn) -> list[Recording]:
    """Make lists of recordings of every kind, with what servers leave out."""
    return [
        Recording(
            record_id=f"{number:040x}-1600000000000",
            recording_name=draw(st.sampled_from(["Algèbre", "Jury de thèse", ""])),
            published=draw(st.booleans()),
            protected=draw(st.booleans()),
            start=draw(st.none() | st.datetimes(datetime(2009, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001
            size=draw(st.none() | st.integers(0, 10**10)),
            origin=Origin(server_name=draw(st.sampled_from(["", "moodle.univ.fr", "test.univ.fr", "x.univ.fr"]))),
            playbacks=tuple(
                Playback(type=kind, url="https://x/", length_min=draw(st.none() | st.integers(0, 400)))
                for kind in draw(st.lists(st.sampled_from(KINDS), max_size=3, unique=True))
            ),
        )
        for number in range(draw(st.integers(0, 12)))
    ]


@st.composite
def lists(draw: st.DrawFn) -> tuple[list[Recording], SurveyFacts]:
    """Make a list, and what is known of some of its owners."""
    its = draw(recordings())
    ownership = {
        one.record_id: Ownership(
            record_id=one.record_id,
            finding=draw(st.sampled_from(Finding)),
            source="moodle default",
            owners=(
                Owner(username="jean", confidence=draw(st.sampled_from(Confidence)), stand_in=draw(st.booleans())),
            ),
        )
        for one in its
        if draw(st.booleans())
    }
    return its, facts(ownership)


def facts(ownership: Mapping[str, Ownership] | None = None) -> SurveyFacts:
    return SurveyFacts(
        server="bbb.univ.fr",
        at=NOW,
        list_taken_at=NOW,
        ownership=ownership or {},
        ignored_servers=("test.univ.fr",),
    )


def total(heaps: Sequence[Heap]) -> tuple[object, ...]:
    return (
        sum(one.count for one in heaps),
        pytest.approx(sum(one.hours for one in heaps)),
        sum(one.size for one in heaps),
        sum(one.without_length for one in heaps),
        sum(one.without_size for one in heaps),
    )


@given(lists())
def test_every_way_of_counting_sums_up_to_the_list(known: tuple[list[Recording], SurveyFacts]) -> None:
    its, about = known
    survey = surveyed(its, about)
    whole = survey.total
    assert whole.count == len(its)
    counted: list[Mapping[Any, Heap]] = [survey.by_year, survey.by_content, survey.by_length, survey.by_owner]
    counted.append(survey.by_source)
    for heaps in (*(list(one.values()) for one in counted), [one.heap for one in survey.origins]):
        assert total(heaps) == (whole.count, whole.hours, whole.size, whole.without_length, whole.without_size)
    assert set(survey.by_content) == set(Content)
    assert set(survey.by_length) == set(Length)
    assert set(survey.by_owner) == set(Whose)


@given(lists(), st.integers(2009, 2027))
def test_what_each_way_moves_and_loses_is_all_but_what_was_left_out(
    known: tuple[list[Recording], SurveyFacts], since: int
) -> None:
    its, about = known
    survey = surveyed(its, about)
    said = assessed(survey, Rates(), since=since)
    wanted = survey.total.count - survey.by_owner[Whose.LEFT_OUT].count
    by_name = {one.name: one for one in said.ways}
    assert list(by_name) == list(WayName)
    for way in said.ways:
        if way.name is not WayName.LINKS:
            assert way.moved.count + way.lost.count == wanted
        assert 0 <= way.machine_hours.least <= way.machine_hours.most
        assert way.nights.least <= way.nights.most
    assert by_name[WayName.LINKS].lost.count == wanted
    assert by_name[WayName.SINCE].moved.count <= by_name[WayName.PUBLISH].moved.count
    assert by_name[WayName.MIRROR].machine_hours.most <= by_name[WayName.PUBLISH].machine_hours.most
    assert said.undecided.count <= survey.total.count
    assert all(one.heap.count and len(one.titles) <= 3 for one in said.decisions)


def lesson(number: int, kind: str = "presentation", minutes: int = 60, **changes: Any) -> Recording:  # noqa: ANN401 - any field of it
    one = Recording(
        record_id=f"{number:040x}-1700000000000",
        recording_name=f"Leçon {number}",
        start=datetime(2023, 11, 14, tzinfo=UTC),
        playbacks=(Playback(type=kind, url="https://x/", length_min=minutes, size=220_000_000),),
    )
    return replace(one, **changes)


def ways(*its: Recording, rates: Rates | None = None) -> dict[WayName, Way]:
    said = assessed(surveyed(its, facts()), rates or Rates(), since=2024)
    return {one.name: one for one in said.ways}


def test_presentations_take_time_and_films_are_copied() -> None:
    rates = Rates(conversion=Range(least=20.0, most=20.0), copying=Range(least=110e6, most=110e6))
    found = ways(
        *(lesson(number) for number in range(600)), *(lesson(9000 + n, "video") for n in range(100)), rates=rates
    )
    copied_h = 700 * 220e6 / 110e6 / 3600
    assert found[WayName.PUBLISH].machine_hours.most == pytest.approx(600 / 20 + copied_h)
    assert found[WayName.PUBLISH].nights.most == 4
    assert found[WayName.MIRROR].machine_hours.most == pytest.approx(copied_h)
    assert found[WayName.MIRROR].nights.most == 1
    assert found[WayName.SINCE].moved.count == 0
    assert found[WayName.SINCE].lost.count == 700


def test_what_has_no_size_is_taken_to_be_as_large_as_the_others_are() -> None:
    bare = [
        lesson(number, size=None, playbacks=(Playback(type="presentation", url="https://x/", length_min=60),))
        for number in range(10, 20)
    ]
    known = ways(*(lesson(number) for number in range(10)), *bare)[WayName.MIRROR].machine_hours
    assert known.least == pytest.approx(20 * 220e6 / 110e6 / 3600)
    assert ways(*bare)[WayName.MIRROR].machine_hours.least == pytest.approx(10 * 220e6 / 110e6 / 3600)


@pytest.mark.parametrize(
    ("changes", "question"),
    [
        ({"published": False}, Question.UNPUBLISHED),
        ({"recording_name": "Soutenance de thèse"}, Question.CONFIDENTIAL),
        ({"recording_name": "Conseil de laboratoire"}, Question.CONFIDENTIAL),
        ({"recording_name": "PhD defense"}, Question.CONFIDENTIAL),
        ({"playbacks": (Playback(type="presentation", url="https://x/", length_min=1),)}, Question.TESTS),
        ({"start": datetime(2019, 5, 1, tzinfo=UTC)}, Question.OLD),
        ({"protected": True}, Question.PROTECTED),
        ({"playbacks": ()}, Question.NOTHING),
    ],
)
def test_what_is_to_be_decided_is_named(changes: dict[str, Any], question: Question) -> None:
    found = {
        one.question: one for one in assessed(surveyed([lesson(1, **changes)], facts()), Rates(), since=2024).decisions
    }
    assert found[question].heap.count == 1
    assert found[question].command
    assert Question.NOT_ASKED in found  # nobody was asked whose it is
    assert not {Question.CONFIDENTIAL, Question.TESTS, Question.OLD} - {question} & set(found)


def test_an_injury_is_no_jury() -> None:
    said = assessed(
        surveyed(
            [lesson(1, recording_name="Les blessures et l'injury"), lesson(2, recording_name="Conseiller")], facts()
        ),
        Rates(),
        since=2024,
    )
    assert Question.CONFIDENTIAL not in {one.question for one in said.decisions}
