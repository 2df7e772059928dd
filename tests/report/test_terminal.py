"""What a person sees: few lines, the reason where it is looked for."""

import io
from datetime import UTC, datetime

from rich.console import Console

from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.owner import Owner
from bbbmig.domain.plan import Action, Kind
from bbbmig.domain.recording import Recording
from bbbmig.report.messages import Check, Level
from bbbmig.report.plain import PlainReporter
from bbbmig.report.terminal import TerminalReporter

LONG = "9a8b7c6d5e4f30211203f4e5d6c7b8a99a8b7c6d-1683376200000"
ONE = Recording(record_id=LONG, meeting_name="Algèbre", start=datetime(2023, 5, 6, 12, 30, tzinfo=UTC))


def shown(*outcomes: Outcome, verbose: bool = False) -> list[str]:
    """The lines on a terminal of 80 columns."""
    stream = io.StringIO()
    with TerminalReporter(Console(file=stream, width=80), verbose=verbose) as report:
        for outcome in outcomes:
            report.outcome(outcome)
    return stream.getvalue().splitlines()


def linked(number: int) -> Outcome:
    one = Recording(record_id=f"{number:040}", meeting_name=f"Cours {number}")
    action = Action(kind=Kind.LINK, recording=one, target="jean", owner=Owner(username="jean"))
    return Outcome(action=action, status=Status.DONE)


def test_thousands_of_links_are_counted_and_not_scrolled() -> None:
    lines = shown(*map(linked, range(1000)))
    assert len(lines) == 31
    assert lines[-1] == "… further links are only counted; -v shows them all"
    assert len(shown(*map(linked, range(1000)), verbose=True)) == 1000
    assert len(shown(*map(linked, range(29)))) == 29


def test_a_recording_id_stands_where_it_is_needed() -> None:
    action = Action(kind=Kind.DOWNLOAD, recording=ONE, target="Algèbre.mp4")
    for status in (Status.DONE, Status.PLANNED):
        assert LONG not in shown(Outcome(action=action, status=status))[0]
        assert LONG in shown(Outcome(action=action, status=status), verbose=True)[0]


def test_of_a_failure_the_reason_has_a_line_of_its_own_and_the_title_stands_once() -> None:
    owner = Owner(username="jean")
    action = Action(kind=Kind.DOWNLOAD, recording=ONE, target="Algèbre (2023-05-06) 9a8b.mp4", owner=owner)
    lines = shown(Outcome(action=action, status=Status.FAILED, detail="Pod is full; ask its people"))
    assert [line.strip() for line in lines[1:]] == ["Pod is full; ask its people", LONG]
    assert (lines[0].startswith("✗ “Algèbre” 2023-05-06"), lines[0].endswith("  download for jean")) == (True, True)
    assert "".join(lines).count("Algèbre") == 1


def test_hints_of_several_lines_stay_so() -> None:
    check = Check(
        place="Pod", level=Level.NOTE, what="not there", hint="2 settings are missing\n  pod.url\n  pod.token"
    )
    stream, plain = io.StringIO(), io.StringIO()
    TerminalReporter(Console(file=stream, width=80)).check(check)
    PlainReporter(plain).check(check)
    for text in (stream.getvalue(), plain.getvalue()):
        assert [line.strip() for line in text.splitlines()[1:]] == ["→ 2 settings are missing", "pod.url", "pod.token"]


def test_what_is_missing_has_a_line_each_on_a_terminal_and_in_a_pipe() -> None:
    check = Check(place="Pod", level=Level.WRONG, what="2 settings are missing\n  pod.url: a\n  pod.token: b", hint="x")
    stream, plain = io.StringIO(), io.StringIO()
    TerminalReporter(Console(file=stream, width=80)).check(check)
    PlainReporter(plain).check(check)
    for text in (stream.getvalue(), plain.getvalue()):
        assert [line.strip() for line in text.splitlines()[1:]] == ["pod.url: a", "pod.token: b", "→ x"]
