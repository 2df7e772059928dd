"""Pod fails or refuses on the way of a run: what it has stays as it is, and the next run does the rest once."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.presentation import make_presentation
from bbbmig.demo.recordings import meeting_recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.operator_at_work import Operator
from tests.commands.owners_files import belongs
from tests.commands.test_publish import quick
from tests.made_once import made_once

__all__ = ["quick"]

START = datetime(2023, 5, 6, 12, 30, 15, tzinfo=UTC)
LESSON = meeting_recording("room-lesson", "La leçon", START, "presentation 2.3")
MANY = tuple(
    meeting_recording(f"room-{number}", f"Séance {number}", START - timedelta(days=number), "video")
    for number in range(30)
)


@pytest.fixture(scope="session")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Media:
    files = made_once(tmp_path_factory, "lesson-on-the-way", lambda folder: make_presentation(folder, seconds=4.0))
    return Media(
        files={f"/presentation/{LESSON.record_id}/{name}": path for name, path in files.items()},
        durations_s={LESSON.record_id: 4.0},
    )


@pytest.fixture
def teacher(
    operator_of: MakeOperator,
    serve_bbb: ServeBbb,
    sample_pod: SamplePod,
    lesson: Media,
    quick: None,  # noqa: ARG001
) -> Operator:
    """An operator with one presentation that has chapters, and whose it is."""
    operator = operator_of(bbb=serve_bbb([LESSON], media=lesson), pod=sample_pod)
    operator.set(publish__unknown_owner="skip", converter__order=["render"])
    belongs(operator, {LESSON.record_id: "staffonly"})
    return operator


@pytest.fixture
def mover(operator_of: MakeOperator, serve_bbb: ServeBbb, sample_pod: SamplePod) -> Operator:
    return operator_of(bbb=serve_bbb(MANY), pod=sample_pod)


def rows(pod: SamplePod, table: str) -> Sequence[Mapping[str, object]]:
    return pod.rows(f"SELECT * FROM {table}")


@pytest.mark.parametrize("status", [403, 500, 200])
def test_chapters_that_pod_does_not_take_cost_only_themselves_or_come_later(
    teacher: Operator, sample_pod: SamplePod, status: int
) -> None:
    sample_pod.fault("status", path="/rest/chapters/", status=status)
    ran = teacher.run("publish")
    assert ran.code in (0, 3, 5, 6), ran.err
    assert "Traceback" not in ran.err
    assert "hapter" in ran.out + ran.err
    sample_pod.heal()
    assert teacher.run("publish").code == 0
    assert len(rows(sample_pod, "video_video")) == 1
    assert ran.code == 0 or len(rows(sample_pod, "video_chapter")) > 0


@pytest.mark.parametrize("status", [401, 500, 200])
@pytest.mark.parametrize("skip", [1, 4])
def test_a_token_that_is_taken_away_and_a_pod_that_breaks_in_the_middle(
    mover: Operator, sample_pod: SamplePod, status: int, skip: int
) -> None:
    """Links go in bulk and one by one; 200 is a page instead of JSON, as a log-in proxy sends it."""
    sample_pod.fault("status", path="/rest/", status=status, skip=skip)
    ran = mover.run("import-links")
    assert ran.code in (0, 5, 6), ran.err
    assert (ran.code == 0) == (len(rows(sample_pod, "import_video_externalrecording")) == len(MANY))
    assert "Traceback" not in ran.err
    assert status not in (401, 403) or ran.code in (0, 6), ran.err
    sample_pod.heal()
    assert mover.run("import-links").code == 0
    addresses = [row["source_url"] for row in rows(sample_pod, "import_video_externalrecording")]
    assert (len(addresses), len(set(addresses))) == (len(MANY), len(MANY))


@pytest.mark.parametrize("command", ["import-links", "remove-links", "status", "publish"])
def test_a_list_of_which_a_page_does_not_come_is_never_taken_for_the_whole(
    mover: Operator, sample_pod: SamplePod, tmp_path: Path, command: str
) -> None:
    assert mover.run("import-links").code == 0
    before = len(rows(sample_pod, "import_video_externalrecording"))
    faults = (("/rest/external_recordings/", 1), ("/rest/users/", 1), ("/rest/sites/", 0))
    for number, (path, skip) in enumerate(faults):
        sample_pod.fault("status", path=path, status=502, skip=skip)
        keep = str(tmp_path / f"kept-{number}.json")
        more = {"remove-links": ["--yes", "--even-unsafe", "--keep", keep], "publish": ["--dry"]}
        ran = mover.run(command, *more.get(command, []))
        assert "Traceback" not in ran.err
        assert ran.code in (0, 3, 5), ran.err
        assert len(rows(sample_pod, "import_video_externalrecording")) in (before, 0)
        sample_pod.heal()
    assert mover.run("import-links").code == 0
