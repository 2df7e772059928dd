"""Plain lines while many threads tell how far they are."""

import functools
import io
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.plan import Action, Kind
from bbbmig.domain.recording import Playback, Recording
from bbbmig.report.eta import Pace
from bbbmig.report.plain import HEARTBEAT_S, PlainReporter


@pytest.fixture(autouse=True)
def _threads_take_turns_often() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def action(number: int) -> Action:
    playback = Playback(type="video", url="https://bbb.example/x", length_min=2)
    recording = Recording(record_id=f"r{number}", playbacks=(playback,))
    return Action(kind=Kind.DOWNLOAD, recording=recording, target="x")


def tell(reporter: PlainReporter, one: Action) -> None:
    for _ in range(50):
        reporter.progress(one, 1, 10, "s")


def in_threads(*works: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join()


def test_of_all_threads_one_gives_the_sign_of_life() -> None:
    clock = [0.0]
    stream = io.StringIO()
    reporter = PlainReporter(stream, clock=lambda: clock[0])
    actions = [action(number) for number in range(8)]
    reporter.expect(actions)
    for beat in range(1, 6):
        clock[0] = beat * HEARTBEAT_S
        in_threads(*[functools.partial(tell, reporter, one) for one in actions])
        assert len(stream.getvalue().splitlines()) == beat


def test_what_is_done_never_goes_back_nor_beyond_the_whole() -> None:
    pace = Pace()
    actions = [action(number) for number in range(200)]
    pace.expect(actions)
    seen: list[float] = []
    over = threading.Event()

    def work() -> None:
        try:
            for one in actions:
                pace.progress(one, 9, 10)
                pace.outcome(Outcome(action=one, status=Status.DONE))
                pace.progress(one, 10, 10)  # comes late
        finally:
            over.set()

    def look() -> None:
        while not over.is_set():
            seen.append(pace.done_s)

    in_threads(work, look)
    assert seen == sorted(seen)
    assert pace.done_s == pace.total_s == 24000.0
    assert pace.ended == 200
