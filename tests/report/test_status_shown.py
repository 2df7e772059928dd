"""The answer and everything behind it, in two languages, on a page that asks for nothing else."""

import io
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest
from rich.console import Console

from bbbmig.domain.choices import Language
from bbbmig.domain.progress import Point
from bbbmig.domain.recording import Playback, Recording
from bbbmig.domain.recording_state import Actor, Amount, Caveat, RecordingState, Safety, Why
from bbbmig.domain.status import Facts, Item, Read, ServerStatus, Verdict, status_of
from bbbmig.report import status_words as words
from bbbmig.report.page.status_page import status_page
from bbbmig.report.status_lines import lines
from bbbmig.report.status_sentence import answer
from bbbmig.report.status_tables import show
from bbbmig.report.status_view import view

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
EN, FR = Language.EN, Language.FR
EVIL = '<script>alert("1")</script> & \u202e[red]x[/red]'


def state(why: Why, number: int = 0, *, minutes: int = 60, **values: object) -> RecordingState:
    one = Recording(
        record_id=f"secret-{number}-{why}",
        meeting_name=EVIL,
        start=NOW - timedelta(days=30),
        playbacks=(Playback(type="video", url="https://x/", length_min=minutes),),
    )
    return RecordingState(recording=one, why=why, **values)  # type: ignore[arg-type]


def status(*states: RecordingState, **values: object) -> ServerStatus:
    facts = {"server": "bbb.univ.fr", "at": NOW, "list_taken_at": NOW} | values
    return status_of(states, Facts(**facts))  # type: ignore[arg-type]


EVERYTHING = status(
    *(state(why, caveats=tuple(Caveat), since=NOW, by=EVIL, detail=EVIL, owners=("jean",)) for why in Why),
    before=[Point(at=NOW - timedelta(days=9), classes={Safety.FAILED: Amount(count=3)})],
    read=Read(asked=3, whole=2),
)


class TestAnswers:
    def test_yes(self) -> None:
        said = status(*(state(Why.PLAYS, n) for n in range(3)), state(Why.DECIDED), state(Why.LEFT_OUT))
        assert said.verdict is Verdict.YES
        assert answer(said, EN) == "Yes: all 3\u00a0recordings to be kept are in Pod; 2 are given up by decision."
        assert answer(said, FR) == (
            "Oui : les 3\u00a0enregistrements à garder sont dans Pod ; 2 sont abandonnés par décision."
        )

    def test_not_yet_with_a_date_if_there_is_a_pace(self) -> None:
        before = [Point(at=NOW - timedelta(days=10), classes={Safety.NOT_STARTED: Amount(count=12)})]
        lost = [state(Why.NOT_BEGUN, n) for n in range(2)]
        assert answer(status(*lost), EN) == "Not yet: 2\u00a0recordings (2\u00a0h) would be lost."
        said = status(*lost, before=before)
        assert answer(said, EN).endswith("would be lost. At this pace: Sunday 29\u00a0November 2026.")
        assert answer(said, FR) == (
            "Pas encore : 2\u00a0enregistrements (2\u00a0h) seraient perdus. "
            "À ce rythme : dimanche 29\u00a0novembre 2026."
        )
        assert "1\u00a0enregistrement (1\u00a0h) serait perdu." in answer(status(lost[0]), FR)

    @pytest.mark.parametrize(
        ("said", "english"),
        [
            (status(state(Why.CANNOT_SAY)), "Cannot say: Pod could not be asked about 1\u00a0recording."),
            (
                status(state(Why.CANNOT_SAY), state(Why.NOT_BEGUN)),
                "Cannot say: Pod could not be asked about 1\u00a0recording.",
            ),
            (
                status(state(Why.PLAYS), lost=2),
                "Cannot say: the old server's list is not complete (2 could not be read).",
            ),
            (status(), "Cannot say: the old server lists no recording at all."),
        ],
    )
    def test_cannot_say(self, said: ServerStatus, english: str) -> None:
        assert said.verdict is Verdict.CANNOT_SAY
        assert answer(said, EN) == english
        assert answer(said, FR).startswith("Impossible de répondre : ")


def test_every_word_is_there_in_both_languages() -> None:
    for table, keys in (
        (words.SAFETY, Safety),
        (words.ACTOR, Actor),
        (words.WHY, Why),
        (words.CAVEAT, Caveat),
        (words.ITEM, Item),
    ):
        assert [*table] == [*keys] or {*table} == {*keys}
        for said in table.values():
            assert {*said} == {*Language}
            assert said[EN] != said[FR]


def test_blocks_are_sorted_by_hours_and_what_pod_could_not_say_comes_first() -> None:
    said = status(state(Why.NOT_BEGUN), state(Why.FAILED, minutes=600), state(Why.CANNOT_SAY, minutes=1))
    assert [group.key for group in said.obstacles] == [Why.CANNOT_SAY, Why.FAILED, Why.NOT_BEGUN]


def test_what_waits_is_told_by_person() -> None:
    waiting = [state(Why.WAITS, n, owners=("anne",)) for n in range(2)] + [state(Why.WAITS, 9, owners=("jean",))]
    (row,) = view(status(*waiting), EN).to_know
    assert row.titles == ("anne: 2\u00a0recordings", "jean: 1\u00a0recording")


def test_a_terminal_shows_names_as_they_are() -> None:
    stream = io.StringIO()
    show(Console(file=stream, width=200, force_terminal=False), view(EVERYTHING, EN), EVERYTHING.verdict)
    assert "[red]x[/red]" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


class Page(HTMLParser):
    """Collects elements, and sees that each is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "rect", "circle", "line", "polyline") or (
            self.open[-1:] == ["svg"] and tag in ("rect", "circle")
        ):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.mark.parametrize("language", Language)
class TestPage:
    def test_is_one_file_without_scripts_that_asks_for_nothing(self, language: Language) -> None:
        text = status_page(EVERYTHING, language)
        page = Page(text)
        assert page.open == []
        assert {tag for tag, _ in page.seen} & {"script", "link", "img", "iframe", "object", "a", "form"} == set()
        assert [about for _, about in page.seen if {"src", "href", "action"} & about.keys()] == []
        assert re.findall(r"url\(|@import", text) == []
        assert dict(page.seen)["html"] == {"lang": str(language)}

    def test_says_what_the_terminal_says_and_nothing_that_is_not_for_directors(self, language: Language) -> None:
        page = " ".join(" ".join(Page(status_page(EVERYTHING, language)).texts).split())
        seen = view(EVERYTHING, language)
        for said in (seen.question, seen.answer, *seen.verified, *(line.text for line in seen.checklist)):
            assert " ".join(said.split()) in page
        for row in (*seen.obstacles, *seen.to_know):
            assert row.what in page
        assert "secret-" not in page
        assert "exit code" not in page
        assert "\u202e" not in page
        plain = "\n".join(lines(seen))
        assert "secret-" not in plain

    def test_leads_to_the_lists_where_they_are(self, language: Language) -> None:
        linked = {
            about["href"] for tag, about in Page(status_page(EVERYTHING, language, lists="stand")).seen if tag == "a"
        }
        assert "stand/why-not-begun.csv" in linked
        assert "stand/link-only.csv" in linked
