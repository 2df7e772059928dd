"""Samples of every generation, made once for the session."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.convert.render.sample import Cameras, Era, Sample, make_sample
from tests.made_once import made_once

GetSample = Callable[..., Sample]
"""Gives the sample of a generation; `cameras` as in `make_sample`. Samples are shared: who changes one copies it."""


@pytest.fixture(scope="session")
def sample_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for samples of this process, with the films that all processes share."""
    folder = tmp_path_factory.mktemp("presentations")
    for film in made_once(tmp_path_factory, "presentations", _films).glob("*.webm"):
        (folder / film.name).hardlink_to(film)
    return folder


def _films(folder: Path) -> Path:
    kinds: tuple[Cameras, ...] = ("film", "blank", "sound")
    for cameras in kinds:
        make_sample(folder, "2.2", cameras=cameras)
    return folder


@pytest.fixture(scope="session")
def get_sample(sample_folder: Path) -> GetSample:
    made: dict[tuple[Era, Cameras], Sample] = {}

    def get(era: Era = "2.2", cameras: Cameras = "film") -> Sample:
        if (era, cameras) not in made:
            made[era, cameras] = make_sample(sample_folder, era, cameras=cameras)
        return made[era, cameras]

    return get
