"""Spoilt recordings, rendered whole by the program itself: no traceback, no leftover, and a film that can be believed.

`BBBMIG_RENDERED=200 make soak` makes so many for each seed.
"""

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bbbmig.convert.probe import check_media
from tests.convert.render.old_sample import make_old_sample
from tests.convert.render.sample import ERAS, make_sample
from tests.convert.render.test_spoilt_files import mutate

RENDERED = int(os.environ.get("BBBMIG_RENDERED", "12"))
LIMIT_S = 300
FILMS = ("video/webcams.webm", "deskshare/deskshare.webm")


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A recording of each generation, with its films."""
    folder = tmp_path_factory.mktemp("whole")
    return [make_old_sample(folder), *(make_sample(folder, era, cameras="film").folder for era in ERAS)]


def spoil(folder: Path, chance: random.Random) -> str:
    """Spoil up to three values, and cut or empty a film now and then; return what was spoilt."""
    spoilt = [mutate(folder, chance) for _ in range(chance.choice((1, 1, 1, 2, 3)))]
    film = folder / chance.choice(FILMS)
    if chance.random() < 0.3 and film.exists():
        content = film.read_bytes()
        film.unlink()
        film.write_bytes(content[: chance.choice((0, 20, len(content) // 3, len(content) * 9 // 10))])
        spoilt.append(film.name)
    return ", ".join(spoilt)


def test_spoilt_recordings_leave_a_whole_film_or_nothing(whole: list[Path], tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    temporary, results = tmp_path / "tmp", tmp_path / "results"
    temporary.mkdir()
    ends: list[int] = []
    for number in range(RENDERED):
        folder = tmp_path / "spoilt"
        shutil.copytree(whole[number % len(whole)], folder)
        what = f"{seed}/{number}: {spoil(folder, chance)}"
        results.mkdir()
        target = results / "lesson.mp4"
        command = (sys.executable, "-m", "bbbmig", "render", "--height", "360", str(folder), str(target))
        environment = {**os.environ, "TMPDIR": str(temporary), "HOME": str(tmp_path)}
        done = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=LIMIT_S, check=False
        )
        assert "Traceback" not in done.stdout + done.stderr, f"{what}\n{done.stderr}"
        assert done.returncode in (0, 3), f"{what}: {done.returncode}\n{done.stderr}"
        ends.append(done.returncode)
        left = sorted(path.name for path in results.iterdir())
        if done.returncode:
            assert left == [], f"{what}: {left}"
            assert done.stderr.strip(), what
        else:
            assert all(name.startswith("lesson.") for name in left), f"{what}: {left}"
            assert not [name for name in left if not name.endswith((".mp4", ".vtt", ".txt"))], f"{what}: {left}"
            check_media(target, expected_s=None)
        # the folder of jobs stays, for the next run to tidy
        assert [path.name for path in temporary.rglob("*")] in ([], ["bbbmig-render"]), what
        shutil.rmtree(folder)
        shutil.rmtree(results)
    assert ends.count(0) >= RENDERED // 2, ends
    print(f"seed {seed}: {ends.count(0)} films, {ends.count(3)} refusals")  # noqa: T201 - with -s
