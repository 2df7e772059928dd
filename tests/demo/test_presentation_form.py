"""The lesson of the sample server has the form of what BigBlueButton's own scripts publish (2.3 to 2.5)."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bbbmig.demo.presentation import make_presentation
from tests.made_once import made_once

SVG, LINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"


@pytest.fixture(scope="session")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "form", _lesson)


def _lesson(folder: Path) -> Path:
    make_presentation(folder / "lesson", seconds=4.0)
    return folder / "lesson"


def test_files_are_those_of_a_lesson_without_polls_desks_and_films_of_other_sites(lesson: Path) -> None:
    names = {str(path.relative_to(lesson)) for path in lesson.rglob("*") if path.is_file()}
    slides = {f"presentation/p/slide-{number}.png" for number in (1, 2, 3)}
    thumbnails = {f"presentation/p/thumbnails/thumb-{number}.png" for number in (1, 2, 3)}
    texts = {f"presentation/p/textfiles/slide-{number}.txt" for number in (1, 2, 3)}
    side = {"captions.json", "cursor.xml", "deskshare.xml", "panzooms.xml", "presentation_text.json", "shapes.svg"}
    side |= {"slides_new.xml", "presentation/logo.png", "video/webcams.webm"}
    assert names == slides | thumbnails | texts | side


def test_shapes_are_written_as_the_scripts_do(lesson: Path) -> None:
    text = (lesson / "shapes.svg").read_text("utf-8")
    assert text.startswith('<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"')
    root = ET.fromstring(text)
    images = root.findall(f"{SVG}image")
    assert [list(image.attrib) for image in images] == [
        ["id", "class", "in", "out", LINK, "width", "height", "x", "y", "style", "text"]
    ] * 3
    for image in images:
        assert (lesson / image.attrib[LINK]).is_file()
        assert (lesson / image.attrib["text"]).is_file()
    groups = [group for canvas in root.findall(f"{SVG}g") for group in canvas]
    assert {tuple(group.attrib) for group in groups} == {("id", "class", "timestamp", "undo", "shape", "style")}
    assert all(re.fullmatch(r"\d+\.\d", group.attrib["timestamp"]) for group in groups)
    assert len({group.attrib["id"] for group in groups}) == len(groups)


def test_side_files_say_what_they_are(lesson: Path) -> None:
    for name, kind in (("cursor", "cursor_events"), ("panzooms", "panzoom_events"), ("deskshare", "deskshare_events")):
        text = (lesson / f"{name}.xml").read_text("utf-8")
        assert text.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')
        root = ET.fromstring(text)
        assert root.get("id") == kind
        assert root.get("tldraw") == (None if name == "deskshare" else "false")
    assert "<viewBox>-0.0 -0.0 1600.0 900.0</viewBox>" in (lesson / "panzooms.xml").read_text()
    (said,) = ET.parse(lesson / "slides_new.xml").getroot()
    assert list(said.attrib) == ["in", "direction", "name", "chatEmphasizedText", "senderRole", "message", "target"]
    assert "&amp;" in said.attrib["message"]  # it is HTML once more
