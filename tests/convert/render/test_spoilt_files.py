"""One nonsense value never refuses a recording and never shows a traceback: fuzz over every field of every era."""

import json
import os
import random
import re
import shutil
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from bbbmig.convert.render.encode.chapters import chapters
from bbbmig.convert.render.encode.sidecar import write_captions, write_chat
from bbbmig.convert.render.encode.subtitles import read_cues
from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.preflight import verdict
from bbbmig.errors import RecordingFailed
from tests.convert.render.conftest import GetSample
from tests.convert.render.old_sample import make_old_sample
from tests.convert.render.player import Player
from tests.convert.render.sample import ERAS

NONSENSE = (
    "", "0", "-1", "NaN", "inf", "1e300", "-1e300", "a1", "12px", "0 0 0 0", "%00", "../../x", "x" * 300, "1,5",
    "\u0661", "#zzz", "url(#a)", "\ufffd", "data:image/png;base64,AAAA", "null", "[]", "https://127.0.0.1:1/x", "M0 0L",
)  # fmt: skip
ANY: tuple[object, ...] = (*NONSENSE, None, True, -1, 0, 1e300, [], {}, [[]], {"x": None}, [1, "a"])
SPOILT = int(os.environ.get("BBBMIG_SPOILT", "15"))
"""Recordings of each generation: 40 make a soak of 240."""
SIDE_FILES = (
    "shapes.svg", "panzooms.xml", "cursor.xml", "deskshare.xml", "metadata.xml", "slides_new.xml", "captions.json",
    "tldraw.json", "presentation_text.json", "caption_fr.vtt",
)  # fmt: skip
VALUE = re.compile(r'="([^"]*)"|>([^<>]+)<')


def xml_mutant(text: str, chance: random.Random) -> str:
    """Replace a value of an attribute or of an element, or cut, or spoil a byte."""
    found = list(VALUE.finditer(text))
    kind = chance.random()
    if kind < 0.1 or not found:
        return text[: chance.randrange(len(text) + 1)]
    if kind < 0.2:
        at = chance.randrange(len(text))
        return text[:at] + chance.choice(["\x0b", "&", "<", "&nope;", "\x00"]) + text[at:]
    match = chance.choice(found)
    group = 1 if match[1] is not None else 2
    return text[: match.start(group)] + chance.choice(NONSENSE).replace('"', "") + text[match.end(group) :]


def json_mutant(text: str, chance: random.Random) -> str:
    """Replace a value somewhere."""
    document = json.loads(text)
    places: list[tuple[Any, Any]] = []

    def collect(value: Any) -> None:  # noqa: ANN401 - JSON
        if isinstance(value, (dict, list)):
            for key in list(value) if isinstance(value, dict) else range(len(value)):
                places.append((value, key))
                collect(value[key])

    collect(document)
    if places:
        holder, key = chance.choice(places)
        holder[key] = chance.choice(ANY)
    return json.dumps(document)


def mutate(folder: Path, chance: random.Random) -> str:
    """Spoil one value of one side file; say which."""
    name = chance.choice([name for name in SIDE_FILES if (folder / name).exists()])
    text = (folder / name).read_text(encoding="utf-8")
    spoilt = json_mutant(text, chance) if name.endswith(".json") and chance.random() < 0.9 else xml_mutant(text, chance)
    (folder / name).unlink()
    (folder / name).write_text(spoilt, encoding="utf-8", errors="replace")
    return name


@pytest.mark.parametrize("era", ["0.9", *ERAS])
def test_a_spoilt_value_costs_only_itself(get_sample: GetSample, tmp_path: Path, era: str) -> None:
    whole = make_old_sample(tmp_path) if era == "0.9" else get_sample(era, "none").folder
    chance = random.Random(f"{era}:{SPOILT}")
    refused: list[str] = []
    for number in range(SPOILT):
        folder = tmp_path / f"spoilt-{number}"
        shutil.copytree(whole, folder, ignore=shutil.ignore_patterns("video", "deskshare"))
        name = mutate(folder, chance)
        said = verdict(LocalFiles(folder), "x")
        try:
            with ExitStack() as stack:
                player = Player(stack, folder, height=360)
                timeline = player.prepared.timeline
                for moment in (0.0, 2.5, 5.5, 9.0):
                    player.composer.move_to(min(moment, timeline.duration_s))
                chapters(timeline, LocalFiles(folder))
        except RecordingFailed as error:
            refused.append(f"{name}: {error.message}")
            assert not said.able
            continue
        finally:
            write_chat(LocalFiles(folder), folder)
            for path in write_captions(LocalFiles(folder), folder):
                read_cues(path, 10.0)
        assert said.able
        assert all(len(reason) < 700 and reason.isprintable() for reason in said.reasons)
    # what cannot be read as a whole, or has no length, may be refused: no more than that
    assert all(re.match(r"(shapes\.svg|tldraw\.json|metadata\.xml)", text) for text in refused), refused
    assert len(refused) <= SPOILT * 0.4, refused
