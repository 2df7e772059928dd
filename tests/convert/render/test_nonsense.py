"""One nonsense value in a recording costs the shape that holds it and nothing else; it is counted."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skia

from bbbmig.convert.render.picture.layers import Layers
from bbbmig.convert.render.picture.live_board import LiveBoard
from bbbmig.convert.render.picture.pixels import canvas_on
from bbbmig.convert.render.timeline.model import NEVER, Drawing, Part, Version
from bbbmig.convert.render.timeline.tldraw import packed, read_tldraw
from bbbmig.convert.render.timeline.versions import visible_versions

DEEP: Any = [1]
for _ in range(200):
    DEEP = [DEEP]
NONSENSE: tuple[Any, ...] = (None, [], {}, "x", float("nan"), 1e300, -1, True, {"a": 1}, "\ud800", DEEP, 10**400)
NONSENSE += ("a" * 2_000,)

STYLE_1 = {"color": "red", "size": "small", "dash": "dashed", "isFilled": True, "scale": 1, "font": "sans"}
STYLE_1 |= {"textAlign": "start"}
HANDLES = {name: {"id": name, "point": [x, x / 3]} for name, x in (("start", 0), ("end", 100), ("bend", 50))}
FIRST: dict[str, dict[str, Any]] = {
    "draw": {"points": [[0, 0, 0.5], [9, 5, 0.4], [20, 9, 0.5], [30, 2, 0.5]], "isComplete": True},
    "rectangle": {"size": [60, 40], "label": "A", "labelPoint": [0.5, 0.5]},
    "triangle": {"size": [60, 40], "label": "A"},
    "ellipse": {"radius": [30, 20], "size": [60, 40]},
    "arrow": {"handles": HANDLES, "bend": 0.3, "decorations": {"start": "arrow", "end": "arrow"}, "label": "words"},
    "text": {"text": "words"},
    "sticky": {"text": "words", "size": [200, 200]},
    "group": {"children": ["a"], "size": [1, 1]},
    "image": {"size": [50, 40], "assetId": "a"},
}
STYLE_2 = {"color": "red", "size": "m", "dash": "dotted", "fill": "pattern", "font": "draw", "scale": 1}
STYLE_2 |= {"align": "middle", "verticalAlign": "end", "labelColor": "black", "growY": 0, "url": "https://x/y"}
SEGMENTS = [{"type": "free", "points": [{"x": n * 9, "y": n * n, "z": 0.5} for n in range(4)]}]
BOUND = {"type": "binding", "boundShapeId": "shape:good", "normalizedAnchor": {"x": 0.5, "y": 0.5}, "isExact": False}
SECOND: dict[str, dict[str, Any]] = {
    "draw": {"segments": SEGMENTS, "isComplete": True, "isClosed": True, "isPen": False},
    "highlight": {"segments": SEGMENTS},
    "geo": {"geo": "cloud", "w": 60, "h": 40, "text": "words"},
    "text": {"text": "words", "w": 100, "autoSize": False},
    "note": {"text": "words"},
    "line": {"points": {"a": {"id": "a", "index": "a1", "x": 0, "y": 0}, "b": {"index": "a2", "x": 9, "y": 60}}},
    "arrow": {"start": BOUND, "end": {"type": "point", "x": 90, "y": 80}, "bend": 20, "text": "words"},
    "frame": {"w": 60, "h": 40, "name": "words"},
    "poll": {"w": 200, "h": 100, "questionText": "Q", "answers": [{"id": 0, "key": "A", "numVotes": 2}]},
    "image": {"w": 60, "h": 40, "assetId": "asset:a", "crop": {"topLeft": {"x": 0, "y": 0}}},
    "bookmark": {"w": 60, "h": 40, "assetId": "asset:a"},
    "embed": {"w": 60, "h": 40},
    "video": {"w": 60, "h": 40, "assetId": "asset:a", "time": 3, "playing": True},
    "group": {},
    "unheard-of": {"w": 60, "h": 40},
}


def first(kind: str) -> dict[str, Any]:
    shape = {"id": "odd", "type": kind, "point": [90, 80], "rotation": 0.3, "childIndex": 2, "parentId": "p"}
    return copy.deepcopy({**shape, "style": STYLE_1, **FIRST[kind]})


def second(kind: str, name: str = "shape:odd") -> dict[str, Any]:
    place = {"id": name, "type": kind, "x": 90, "y": 80, "rotation": 0.3, "opacity": 0.9, "index": "a2"}
    return copy.deepcopy({**place, "parentId": "page:1", "props": STYLE_2 | SECOND[kind]})


GOOD_1 = {**first("rectangle"), "id": "good", "childIndex": 1, "rotation": 0, "point": [10, 10]}
GOOD_2 = {**second("geo", "shape:good"), "index": "a1", "x": 10, "y": 10, "rotation": 0}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - JSON
    """Yield the ways to all values in a document, the document's own too."""
    yield path
    listed = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in listed:
        yield from places(inner, (*path, key))


def changed(shape: dict[str, Any], path: tuple[Any, ...], value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a copy with another value at that place."""
    if not path:
        return value
    made = copy.deepcopy(shape)
    at: Any = made
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return made


def play(shapes: list[Any]) -> LiveBoard:
    """Draw shapes, then move the first, with which all that leans on it moves; the first must be seen."""
    versions = [Version(1, NEVER, n, f"{n}", "x", packed(shape)) for n, shape in enumerate(shapes)]
    names = [str(shape.get("id")) if isinstance(shape, dict) else f"{n}" for n, shape in enumerate(shapes)]
    versions = [Version(1, NEVER, one.order, name, "x", one.content) for one, name in zip(versions, names, strict=True)]
    again = Version(2, NEVER, 99, names[0], "x", versions[0].content)
    board = LiveBoard([*versions, again], lambda _href: None)
    pixels = np.zeros((200, 300, 4), np.uint8)
    layers = Layers((300, 200), (0, 0, 300, 200), skia.Matrix(), lambda canvas: canvas.clear(0xFFFFFFFF), [])
    canvas = canvas_on(pixels)
    for at in (1.0, 2.0):
        change = board.move_to(at)
        assert change is not None
        for rect in layers.change(change):
            layers.draw(pixels, canvas, rect)
    assert names[0] not in board.unreadable
    assert (pixels[10:50, 10:70, :3] < 250).any()
    return board


@pytest.mark.parametrize("kind", FIRST)
def test_no_value_of_a_shape_of_tldraw_1_hides_another(kind: str) -> None:
    for path in places(first(kind)):
        for value in NONSENSE:
            play([GOOD_1, changed(first(kind), path, value)])


@pytest.mark.parametrize("kind", SECOND)
def test_no_value_of_a_shape_of_tldraw_2_hides_another(kind: str) -> None:
    for path in places(second(kind)):
        for value in NONSENSE:
            play([GOOD_2, changed(second(kind), path, value)])


@pytest.mark.parametrize("kind", ["frame", "group", "geo"])
def test_no_value_of_what_a_shape_is_in_or_bound_to_hides_it(kind: str) -> None:
    inner = {**GOOD_2, "parentId": "shape:odd", "x": -70, "y": -60}
    arrow = {**second("arrow", "shape:arrow"), "x": 10, "y": 10, "rotation": 0}
    arrow["props"]["start"] = {**BOUND, "boundShapeId": "shape:odd", "x": 0, "y": 0}
    arrow["props"]["end"] = {"type": "point", "x": 50, "y": 40}
    for path in places(second(kind)):
        for value in NONSENSE:
            shapes = [inner, changed(second(kind), path, value), arrow]
            board = LiveBoard(
                [
                    Version(1, NEVER, n, name, "x", packed(one))
                    for n, (name, one) in enumerate(zip(NAMES, shapes, strict=True))
                ],
                lambda _href: None,
            )
            board.move_to(1)
            assert board.unreadable <= {"shape:odd"}, (path, value)


NAMES = ("shape:good", "shape:odd", "shape:arrow")


@pytest.mark.parametrize(
    "shape",
    [
        {**first("draw"), "points": [[0, 0], ["x", 1], [5, 5], [9, 9]]},
        {**first("text"), "point": [float("nan"), 1]},
        {**first("rectangle"), "size": [1e300, 5]},
        {**second("geo"), "x": float("nan")},
        {**second("geo"), "props": []},
        {**second("text"), "props": STYLE_2 | {"text": {"a": 1}}},
        {**second("draw"), "props": STYLE_2 | {"segments": None}},
        5,
        None,
        "x",
    ],
)
def test_shapes_that_make_no_sense_are_counted(shape: Any) -> None:  # noqa: ANN401 - JSON
    good = GOOD_2 if isinstance(shape, dict) and "props" in shape else GOOD_1
    assert len(play([good, shape]).unreadable) == 1


@pytest.mark.parametrize("child_index", ["a1", [1], None, {}, float("nan"), True])
def test_any_place_among_neighbours_can_be_compared(child_index: object) -> None:
    board = play([GOOD_1, {**first("draw"), "childIndex": child_index}, {**GOOD_1, "id": "third", "childIndex": 7.5}])
    assert board.unreadable == (set() if child_index is None or child_index is True else {"odd"})  # told as guessed
    assert len(board.entries) == 3


def test_shapes_that_are_in_each_other_are_drawn() -> None:
    one = {**second("geo", "shape:one"), "parentId": "shape:two"}
    two = {**second("geo", "shape:two"), "parentId": "shape:one"}
    own = {**second("geo", "shape:own"), "parentId": "shape:own"}
    assert not play([GOOD_2, one, two, own]).unreadable


CLASSIC = {
    "path": {"d": "M10 10L50 50"},
    "line": {"x1": "10", "y1": "10", "x2": "50", "y2": "50"},
    "polyline": {"points": "10 10 50 50 70 20"},
    "polygon": {"points": "10,10 50,50 70,20"},
    "rect": {"x": "10", "y": "10", "width": "40", "height": "30"},
    "circle": {"cx": "30", "cy": "30", "r": "20"},
    "ellipse": {"cx": "30", "cy": "30", "rx": "20", "ry": "10"},
    "image": {"x": "10", "y": "10", "width": "40", "height": "30", "href": "a.svg"},
    "foreignObject": {"x": "10", "y": "10", "width": "90", "height": "30"},
    "text": {"x": "10", "y": "30"},
}
MORE = {"style": "", "transform": "rotate(90, 10, 10)", "stroke": "#f00", "stroke-width": "2", "fill": "none"}
LISTED = """
x|NaN|inf|1e300|-1e300|1e999|1.2.3|-|M|M1|MLC5 5 5|M1 1A1 1 0 0 1 1e300 5|rotate()|rotate(1 2)|scale(0)|matrix(1 2 3)
translate(NaN)|scale(1e300)|rgb(|rgb(-1,,)|#|stroke-width:1e300;stroke:#f00|stroke-width:-5;stroke:#zz
"""
ODD = (*LISTED.replace("\n", "|").split("|"), "\ud800", "\0", "9" * 400, "a" * 2_000)


@pytest.mark.parametrize("tag", CLASSIC)
def test_no_attribute_of_a_classic_element_hides_another(tag: str) -> None:
    good = Drawing("fill:#000000", (Part("rect", CLASSIC["rect"]),))
    image = skia.Image.fromarray(np.zeros((4, 4, 4), np.uint8))
    for name in (*CLASSIC[tag], *MORE):
        for value in ODD:
            attributes = {**CLASSIC[tag], **MORE, name: value}
            odd = Drawing(value if name == "style" else "stroke:#000000", (Part(tag, attributes, value),))
            made = [Version(1, NEVER, n, f"{n}", tag, one) for n, one in enumerate((good, odd))]
            board = LiveBoard(made, lambda _href: image)
            board.move_to(1)
            assert board.unreadable <= {"1"}
            assert len(board.entries) == 2


def test_no_value_of_an_entry_refuses_the_whiteboard(tmp_path: Path) -> None:
    entry = {"id": 7, "timestamp": 1.0, "undo": -1, "shape_data": second("geo")}
    good = {"id": 8, "timestamp": 1.0, "undo": -1, "shape_data": GOOD_2}
    path = tmp_path / "tldraw.json"
    for key in (*entry, None):
        for value in NONSENSE:
            odd = value if key is None else {**entry, key: value}
            page = {"timestamp": 0, "shapes": [odd, good]}
            path.write_text(json.dumps({"bbb_version": value, "1": page}, ensure_ascii=True))
            _, boards, _ = read_tldraw(path)
            versions = visible_versions(boards["image1"], 60)
            board = LiveBoard(versions, lambda _href: None)
            board.move_to(59)
            assert "shape:good" in {one.version.shape for one in board.entries} - board.unreadable


def test_many_mutated_shapes_at_once() -> None:
    dice = random.Random(5)
    for _ in range(30):
        shapes: list[Any] = [GOOD_2]
        for number in range(20):
            kind = dice.choice(sorted(SECOND))
            shape: Any = {**second(kind, f"shape:{number}"), "parentId": dice.choice(("page:1", "shape:1", "shape:2"))}
            for _ in range(dice.randrange(3)):
                if isinstance(shape, dict):
                    shape = changed(shape, dice.choice(list(places(shape))), dice.choice(NONSENSE))
            shapes.append(shape)
        play(shapes)
