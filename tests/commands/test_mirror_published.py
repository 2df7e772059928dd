"""`bbbmig mirror` of recordings that BigBlueButton's own scripts published, where BBBMIG_TEST_PUBLISHED names a folder.

Their films were encoded anew and smaller, so metadata.xml, in the copy that is served, is given their true size.
"""

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbbmig.demo.bbb_playback import Media
from bbbmig.domain.recording import Playback, Recording
from tests.bbb_server import ServeBbb
from tests.commands.conftest import MakeOperator
from tests.commands.test_mirror import assert_same, make_copyist

PUBLISHED = Path(os.environ.get("BBBMIG_TEST_PUBLISHED") or "/nowhere")
FOLDERS = sorted(path for path in PUBLISHED.glob("*/*-*") if (path / "metadata.xml").is_file())


@pytest.mark.parametrize("flavour", ["bbb-2.6", "scalelite-protected"])
@pytest.mark.parametrize("source", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_file_is_found_without_a_list_of_them(
    operator_of: MakeOperator, serve_bbb: ServeBbb, tmp_path: Path, source: Path, flavour: str
) -> None:
    folder = tmp_path / "published" / "presentation" / source.name
    shutil.copytree(source, folder)
    metadata = folder / "metadata.xml"
    size = sum(path.stat().st_size for path in (folder, *folder.rglob("*")))
    metadata.write_text(re.sub(r"<size>\d+</size>", f"<size>{size}</size>", metadata.read_text()))
    files = {f"/presentation/{source.name}/{path.relative_to(folder)}": path for path in folder.rglob("*")}
    url = f"/playback/presentation/2.3/{source.name}"
    recording = Recording(
        record_id=source.name,
        meeting_name=source.parent.name,
        start=datetime(2023, 1, 1, tzinfo=UTC),
        playbacks=(Playback(type="presentation", url=url),),
    )
    bbb = serve_bbb([recording], flavour=flavour, media=Media(files=files, durations_s={}))
    copyist = make_copyist(operator_of, bbb, tmp_path / "mirror")
    ended = copyist.json("mirror")
    assert_same(folder, tmp_path / "mirror" / "presentation" / source.name)
    assert (ended.code, ended.counts) == (0, {"done": 1}), ended.actions
    assert copyist.json("mirror", "--verify").code == 0
