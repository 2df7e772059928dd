"""How far a long run is, in seconds of recording."""

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.domain.recording import Playback, Recording
from bbbmig.report.eta import Pace
from bbbmig.report.plain import HEARTBEAT_S, PlainReporter

START = datetime(2023, 5, 6, 8, tzinfo=UTC)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def action(name: str, minutes: int, kind: Kind = Kind.CONVERT) -> Action:
    recording = Recording(
        record_id=name, meeting_name=f"Cours {name}", start=START, end=START + timedelta(minutes=minutes)
    )
    return Action(kind=kind, recording=recording, target=f"{name}.mp4")


def done(one: Action) -> Outcome:
    return Outcome(action=one, status=Status.DONE)


def test_a_long_recording_counts_for_more_than_a_short_one() -> None:
    clock = Clock()
    pace = Pace(clock)
    short, long = action("a", 10), action("b", 90)
    pace.expect([short, long])
    clock.now = 60.0
    pace.outcome(done(short))
    assert (pace.ended, pace.of) == (1, 2)
    assert pace.rate == 10.0
    assert pace.left_s == 540.0
    assert pace.in_words() == "1 of 2, 10.0 times real time, 9 min left"


def test_what_is_half_done_counts_for_half() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.expect([action("a", 100)])
    pace.progress(action("a", 100), 3000, 6000)
    assert pace.done_s == 3000
    pace.outcome(done(action("a", 100)))
    assert pace.done_s == 6000


def test_skips_count_for_nothing() -> None:
    pace = Pace(Clock())
    skip = Action(kind=Kind.SKIP, recording=Recording(record_id="a"), reason=Reason.UNPUBLISHED)
    pace.expect([skip])
    pace.outcome(Outcome(action=skip, status=Status.SKIPPED))
    assert (pace.ended, pace.of, pace.left_s) == (0, 0, None)


def test_the_playback_s_length_goes_before_the_meeting_s_and_what_nobody_knows_is_half_an_hour() -> None:
    recording = Recording(
        record_id="a",
        start=START,
        end=START + timedelta(hours=3),
        playbacks=(Playback(type="presentation", url="https://x/", length_min=50),),
    )
    pace = Pace(Clock())
    pace.expect([replace(action("a", 1), recording=one) for one in (recording, Recording(record_id="b"))])
    assert pace.total_s == 3000 + 1800


def test_cron_sees_a_line_every_ten_minutes() -> None:
    clock, stream = Clock(), io.StringIO()
    one = action("a", 60)
    with PlainReporter(stream, clock=clock) as report:
        report.expect([one])
        for second in range(0, 1801, 10):
            clock.now = float(second)
            report.progress(one, second, 3600, "s")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 1800 // HEARTBEAT_S
    assert lines[0] == "working 0 of 1, 1.0 times real time, 50 min left; now “Cours a”"


def test_quiet_means_no_heartbeat() -> None:
    clock, stream = Clock(), io.StringIO()
    with PlainReporter(stream, quiet=True, clock=clock) as report:
        report.expect([action("a", 60)])
        clock.now = 10_000.0
        report.progress(action("a", 60), 1, 2, "s")
    assert stream.getvalue() == ""
