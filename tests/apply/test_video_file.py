"""One whole file of a recording: which source, which converter, what gives way to what."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bbbmig.apply.video_file import FileMaker
from bbbmig.domain.conversion import Conversion, Presentation, Verdict
from bbbmig.domain.plan import Action, Kind
from bbbmig.domain.presentation_files import RENDERED, Purpose
from bbbmig.errors import BbbmigError, ConfigError, MachineError, NoSpace, RecordingFailed, RemoteError
from bbbmig.transfer.download import Gone
from bbbmig.transfer.partial_file import part_of
from tests.apply.fakes import FakeServer, Film
from tests.domain.recordings import recording

ONE = recording("a", "video", "presentation")
ACTION = Action(kind=Kind.DOWNLOAD, recording=ONE, target="x.mp4")
ABLE = Verdict(able=True, faithful=True)
DOUBTFUL = Verdict(able=True, faithful=False, reasons=("no polls",))
UNABLE = Verdict(able=False, faithful=False, reasons=("too old",))


@dataclass
class FakeConverter:
    """Converts, or fails."""

    name: str = "render"
    verdict: Verdict = ABLE
    fail: BbbmigError | None = None
    reads: Purpose = RENDERED
    tried: list[Path] = field(default_factory=list)

    def preflight(self, presentation: Presentation) -> Verdict:
        assert presentation.folder == Path("fetched")
        return self.verdict

    def convert(
        self,
        presentation: Presentation,
        target: Path,
        *,
        progress: Callable[[float, float], None],
        stop: threading.Event,  # noqa: ARG002 - of the port
    ) -> Conversion:
        assert presentation.title == ONE.title
        self.tried.append(target)
        target.write_bytes(self.name.encode())
        if self.fail is not None:
            raise self.fail
        progress(1.0, 3.0)
        return Conversion(path=target, duration_s=3.0, converter=self.name)


class FakePublished:
    """A presentation's files, which are fetched once."""

    def __init__(self) -> None:
        self.fetches = 0

    @contextlib.contextmanager
    def fetched(self, presentation: Presentation, *_: object, **__: object) -> Iterator[Presentation]:
        self.fetches += 1
        yield Presentation(
            record_id=presentation.record_id,
            page=presentation.page,
            media=presentation.media,
            title=presentation.title,
            folder=Path("fetched"),
        )


@dataclass
class There:
    """A server, a folder, and what makes files of it."""

    folder: Path
    server: FakeServer = field(default_factory=FakeServer)
    published: FakePublished = field(default_factory=FakePublished)
    stop: threading.Event = field(default_factory=threading.Event)
    told: list[tuple[float, float | None, str]] = field(default_factory=list)
    checked: list[tuple[bytes, float | None]] = field(default_factory=list)
    bad: tuple[bytes, ...] = ()
    lasts_s: float = 3.0
    shows_a_cut: bool = True

    def check(self, path: Path, duration_s: float | None) -> float:
        content = path.read_bytes()
        self.checked.append((content, duration_s))
        if content in self.bad:
            raise RecordingFailed(f"{content.decode()} is not whole")
        if duration_s not in (None, self.lasts_s):
            raise RecordingFailed(f"{content.decode()} lasts {self.lasts_s} s")
        return self.lasts_s

    def maker(self, *converters: FakeConverter, **values: object) -> FileMaker:
        given = {
            "finder": self.server,
            "fetcher": self.server,
            "published": self.published,
            "check": self.check,
            "shows_a_cut": lambda _path: self.shows_a_cut,
            "part_of": part_of,
            "progress": lambda _, done, total, unit: self.told.append((done, total, unit)),
            "stop": self.stop,
            "converters": converters,
            "work": self.folder / "work",
        }
        return FileMaker(**{**given, **values})  # type: ignore[arg-type] # fields


@pytest.fixture
def there(tmp_path: Path) -> There:
    return There(tmp_path)


@pytest.mark.parametrize("lasts_s", [60.0, 2.0])
def test_a_whole_film_of_another_length_than_the_server_says_is_taken_and_that_is_said(
    there: There, lasts_s: float
) -> None:
    there.lasts_s = lasts_s
    made = there.maker().make(ACTION, there.folder / "a.mp4")
    assert made.how == f"video (it lasts {lasts_s:.1f} s, though the server says 3.0 s)"


@pytest.mark.parametrize(("shows_a_cut", "size"), [(False, 4), (True, None), (True, 5)])
def test_a_shorter_film_that_may_have_been_cut_is_refused(there: There, shows_a_cut: bool, size: int | None) -> None:  # noqa: FBT001
    there.lasts_s, there.shows_a_cut, there.server.says = 2.0, shows_a_cut, size
    with pytest.raises(RecordingFailed, match=r"film lasts 2\.0 s"):
        there.maker().make(ACTION, there.folder / "b.mp4")
    assert not part_of(there.folder / "b.mp4").exists()


def test_a_film_of_the_server_is_fetched_checked_and_gets_its_true_suffix(there: There) -> None:
    made = there.maker(FakeConverter()).make(ACTION, there.folder / "x.mp4")
    assert (made.part, made.suffix, made.how) == (part_of(there.folder / "x.mp4"), ".webm", "video")
    assert there.checked == [(b"film", 3.0)]
    assert there.told == [(4, 4, "bytes")]


def test_a_suffix_that_pod_does_not_take_is_replaced(there: There) -> None:
    there.server.has = {"video": Film(urls=("https://bbb/film.php?x=1.webm",))}
    assert there.maker().make(ACTION, there.folder / "x.mp4").suffix == ".mp4"


def test_a_token_that_ran_out_is_replaced_once(there: There) -> None:
    there.server.ends = [Gone("410", why="missing")]
    assert there.maker().make(ACTION, there.folder / "x.mp4").how == "video"
    there.server.ends = [Gone("410", why="missing"), Gone("410", why="missing")]
    with pytest.raises(RecordingFailed, match="410"):
        there.maker().make(ACTION, there.folder / "x.mp4")


def test_a_source_that_does_not_hold_what_it_promises_gives_way_to_the_next_and_is_said(there: There) -> None:
    there.bad = (b"film",)
    made = there.maker(FakeConverter()).make(ACTION, there.folder / "x.mp4")
    assert made.how == "converted by render (video: film is not whole)"
    assert not part_of(there.folder / "x.mp4").exists()  # or it would be taken up again
    assert made.part.read_bytes() == b"render"


def test_the_sources_are_taken_in_the_order_wanted(there: There) -> None:
    made = there.maker(FakeConverter(), sources=("presentation", "video")).make(ACTION, there.folder / "x.mp4")
    assert made.how == "converted by render"


def test_without_any_source_it_fails_in_words(there: There) -> None:
    there.server.has = {}
    with pytest.raises(RecordingFailed, match="the server offers no file"):
        there.maker().make(ACTION, there.folder / "x.mp4")


@pytest.mark.parametrize(
    "error", [NoSpace("full"), MachineError("killed"), RemoteError("down"), ConfigError("no ffprobe")]
)
def test_what_is_no_fault_of_a_source_or_a_converter_lets_no_other_try(there: There, error: BbbmigError) -> None:
    there.server.ends = [error]
    other = FakeConverter()
    with pytest.raises(type(error)):
        there.maker(other).make(ACTION, there.folder / "x.mp4")
    there.server.has = {}
    with pytest.raises(type(error)):
        there.maker(FakeConverter(fail=error), other).make(ACTION, there.folder / "x.mp4")
    assert other.tried == []


def test_when_asked_to_stop_nothing_else_is_tried(there: There) -> None:
    there.server.has = {}
    there.stop.set()
    other = FakeConverter("screen")
    with pytest.raises(RecordingFailed, match="stopped"):
        there.maker(FakeConverter(fail=RecordingFailed("stopped")), other).make(ACTION, there.folder / "x.mp4")
    assert other.tried == []


@pytest.mark.parametrize(
    ("converters", "faithful_only", "by"),
    [
        ([FakeConverter("a"), FakeConverter("b")], True, "a"),
        ([FakeConverter("a", UNABLE), FakeConverter("b")], True, "b (a cannot do it: too old)"),
        ([FakeConverter("a", DOUBTFUL), FakeConverter("b")], True, "b"),
        ([FakeConverter("a", DOUBTFUL), FakeConverter("b")], False, "a (no polls)"),
        ([FakeConverter("a", DOUBTFUL)], True, "a (no polls)"),
        ([FakeConverter("a", fail=RecordingFailed("broke")), FakeConverter("b")], True, "b (a: broke)"),
    ],
)
def test_the_best_converter_that_shows_everything_makes_it(
    there: There,
    converters: Sequence[FakeConverter],
    faithful_only: bool,  # noqa: FBT001 - a parameter of tests
    by: str,
) -> None:
    there.server.has = {}
    made = there.maker(*converters, faithful_only=faithful_only).make(ACTION, there.folder / "x.mp4")
    assert made.how == f"converted by {by}"
    assert there.published.fetches == 1
    assert made.part.parent == there.folder / "work"
    assert ONE.record_id not in made.part.name  # a recordID is data, never part of a path


def test_a_conversion_that_is_not_whole_is_thrown_away(there: There) -> None:
    there.server.has, there.bad = {}, (b"a",)
    made = there.maker(FakeConverter("a"), FakeConverter("b")).make(ACTION, there.folder / "x.mp4")
    assert made.part.read_bytes() == b"b"
    there.bad = (b"a", b"b")
    with pytest.raises(RecordingFailed, match=r"no converter could do it: a: .*; b: .*"):
        there.maker(FakeConverter("a"), FakeConverter("b")).make(ACTION, there.folder / "x.mp4")
    assert list((there.folder / "work").iterdir()) == []
