"""Shapes of every whiteboard are drawn where, in which colour and as large as their data say."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import skia

from bbbmig.convert.render.board.classic import DRAWN as CLASSIC
from bbbmig.convert.render.board.classic import color, paint_drawing
from bbbmig.convert.render.board.ink import Painted
from bbbmig.convert.render.board.paths import svg_path
from bbbmig.convert.render.board.text import Text, laid_out
from bbbmig.convert.render.board.tldraw.outlines import KINDS, outline
from bbbmig.convert.render.board.tldraw.paint import DRAWN, paint_shape
from bbbmig.convert.render.board.tldraw.shape import Shape, layer
from bbbmig.convert.render.timeline.model import Drawing, Part
from tests.convert.render.drawn import Box, drawn, nobody, touched, within


def classic(tag: str, style: str, text: str = "", **attributes: str) -> Painted:
    names = {name.replace("_", "-"): value for name, value in attributes.items()}
    return paint_drawing(Drawing(style, (Part(tag, names, text),)), lambda _href: None)


@pytest.mark.parametrize(
    ("d", "box"),
    [
        ("M10 20L110 20L110 70Z", (10, 20, 110, 70)),
        ("m10,20 l100,0 0,50z", (10, 20, 110, 70)),
        ("M10 20H110V70h-100v-50", (10, 20, 110, 70)),
        ("M10 20C10 20,110 70,110 70", (10, 20, 110, 70)),
        ("M10 20Q60 20 110 70", (10, 20, 110, 70)),
        ("M10 45A50 25 0 0 1 60 20A50 25 0 0 1 110 45A50 25 0 0 1 60 70A50 25 0 0 1 10 45Z", (10, 20, 110, 70)),
        ("M10 20A0 0 0 0 1 110 70", (10, 20, 110, 70)),
        ("M1e1 2.0e1L110,70", (10, 20, 110, 70)),
        ("", (0, 0, 0, 0)),
        ("M10 20L110 70L5", (10, 20, 110, 70)),
    ],
)
def test_paths_of_svg(d: str, box: Box) -> None:
    bounds = svg_path(d).computeTightBounds()
    assert (bounds.left(), bounds.top(), bounds.right(), bounds.bottom()) == pytest.approx(box, abs=0.1)


def test_relative_arcs_and_smooth_curves_equal_their_absolute_forms() -> None:
    pairs = [
        ("M10 10A20 20 0 0 1 50 10", "m10 10a20 20 0 0 1 40 0"),
        ("M10 10C20 0 30 0 40 10S60 20 70 10", "M10 10C20 0 30 0 40 10C50 20 60 20 70 10"),
        ("M10 10Q20 0 30 10T50 10", "M10 10Q20 0 30 10Q40 20 50 10"),
    ]
    for one, other in pairs:
        assert svg_path(one) == svg_path(other)


FILLED, STROKED = "fill:#ff0000", "fill:none;stroke:#f00;stroke-width:4"
SMALL = {"x": "100", "y": "100", "width": "20", "height": "10"}
ELEMENTS: list[tuple[str, str, dict[str, str], Box]] = [
    ("line", STROKED, {"x1": "50", "y1": "100", "x2": "250", "y2": "100"}, (50, 98, 250, 102)),
    ("path", STROKED, {"d": "M50 50L150 50"}, (50, 48, 150, 52)),
    ("polyline", STROKED, {"points": "10 10 60 10"}, (10, 8, 60, 12)),
    ("rect", FILLED, SMALL, (100, 100, 120, 110)),
    ("circle", FILLED, {"cx": "50", "cy": "60", "r": "20"}, (30, 40, 70, 80)),
    ("ellipse", FILLED, {"cx": "50", "cy": "60", "rx": "20", "ry": "10"}, (30, 50, 70, 70)),
    ("polygon", FILLED, {"points": "10,10 60,10 60,90 10,90"}, (10, 10, 60, 90)),
    ("rect", FILLED, {**SMALL, "transform": "translate(30,40)"}, (130, 140, 150, 150)),
    ("rect", FILLED, {**SMALL, "transform": "rotate(90, 100, 100)"}, (90, 100, 100, 120)),
    ("rect", FILLED, {**SMALL, "transform": "scale(2) matrix(1 0 0 1 5 10)"}, (210, 220, 250, 240)),
]


@pytest.mark.parametrize(("tag", "style", "attributes", "box"), ELEMENTS)
def test_classic_elements_lie_where_they_should(tag: str, style: str, attributes: dict[str, str], box: Box) -> None:
    made = classic(tag, style, **attributes)
    assert touched(made) == box
    assert within(made)
    x, y = (box[0] + box[2]) // 2, (box[1] + box[3]) // 2
    assert tuple(drawn(made)[y, x]) == (255, 0, 0)


def test_a_style_without_semicolon_is_understood() -> None:
    made = classic("line", "color:#0088ffstroke-width:8px;visibility:hidden;", x1="10", y1="50", x2="90", y2="50")
    assert touched(made) == (10, 46, 90, 54)
    assert tuple(drawn(made)[50, 50]) == (0x00, 0x88, 0xFF)


@pytest.mark.parametrize(
    ("text", "argb"),
    [("#ff0000", 0xFFFF0000), ("#0f0", 0xFF00FF00), ("rgb(1, 2, 300)", 0xFF0102FF), ("red", 0xFFFF0000)]
    + [(text, None) for text in ("none", "", "#12", "#gggggg", "url(#x)", "inherit")],
)
def test_colours_are_read_as_browsers_do(text: str, argb: int | None) -> None:
    assert color(text) == argb


def test_text_wraps_at_its_box_and_keeps_its_lines() -> None:
    style = "color:#ff0000;font-size:20px;font-family:Arial"
    one = touched(classic("foreignObject", style, "HH", x="10", y="10", width="300", height="90"))
    two = touched(classic("foreignObject", style, "HH\nHH", x="10", y="10", width="300", height="90"))
    wrapped = touched(classic("foreignObject", style, "HHHHHH HHHHHH", x="10", y="10", width="110", height="90"))
    assert one is not None
    assert two is not None
    assert wrapped is not None
    assert one[0] == pytest.approx(11.5, abs=1)
    assert one[3] - one[1] == pytest.approx(14.5, abs=1)  # capitals of Arial: 0.716 of the size
    assert two[3] - one[3] == wrapped[3] - one[3] == pytest.approx(23, abs=1)  # lines of Arial: 1.149


@pytest.mark.parametrize("size", [20, 30.599999999999998])
def test_text_of_old_recordings_stands_below_the_margin_of_its_paragraph(size: float) -> None:
    place = {"x": "10", "y": "10", "width": "300", "height": "90"}
    later = touched(classic("foreignObject", f"color:#0000ff;font-size:{size}px", "HH", **place))
    old = touched(classic("foreignObject", f"font-size: {size}px;", "HH", color="#0000ff", **place))
    assert later is not None
    assert old is not None
    assert (old[0], old[2]) == (later[0], later[2])
    assert old[1] - later[1] == pytest.approx(size, abs=1)
    assert old[3] - later[3] == pytest.approx(size, abs=1)


@pytest.mark.parametrize("content", ["été œuvre Ščřž", "Ωμέγα", "Привет", "a" * 200, "x\n\n\ny", " ", "שלום"])
@pytest.mark.parametrize("family", ["sans", "brush", "draw", "clean", "serif", "mono", "unknown"])
def test_every_text_can_be_laid_out(content: str, family: str) -> None:
    paragraph = laid_out(Text(content=content, size=20, color=0xFF000000, family=family, width=100))
    assert paragraph.Height > 0
    assert paragraph.LongestLine <= 101


@pytest.mark.parametrize("family", ["sans", "brush", "draw", "clean", "serif", "mono"])
def test_accents_are_in_the_shipped_fonts(family: str) -> None:
    """A missing letter is drawn as an empty box, the same for all."""
    letters = [drawn_letter(letter, family) for letter in "éœčÀ"]
    assert len({letter.tobytes() for letter in letters}) == 4


def drawn_letter(letter: str, family: str) -> np.ndarray:
    pixels = np.full((60, 60, 4), 255, np.uint8)
    text = Text(content=letter, size=40, color=0xFF000000, family=family)
    laid_out(text).paint(skia.Surface(pixels).getCanvas(), 5, 5)
    return pixels


def test_a_poll_that_is_lost_leaves_its_paper() -> None:
    parts = (Part("rect", {"x": "10", "y": "10", "width": "50", "height": "30"}), Part("image", {"href": "gone.svg"}))
    assert touched(paint_drawing(Drawing("fill:#eeeeee", parts), lambda _href: None)) == (10, 10, 60, 40)


def test_a_picture_is_fitted_into_its_box_and_turned() -> None:
    image = skia.Image.fromarray(np.full((20, 10, 4), (0, 0, 255, 255), np.uint8), skia.ColorType.kRGBA_8888_ColorType)
    box = {"href": "x", "x": "200", "y": "100", "width": "50", "height": "100"}
    upright = paint_drawing(Drawing("", (Part("image", box),)), lambda _href: image)
    turned = paint_drawing(
        Drawing("", (Part("image", {**box, "transform": "rotate(90, 200, 100)"}),)), lambda _h: image
    )
    assert touched(upright) == (200, 100, 250, 200)
    assert touched(turned) == (100, 100, 200, 150)
    assert within(turned)


STYLE = {"color": "red", "size": "small", "dash": "solid", "scale": 1}
DRAWN_BY_HAND = {**STYLE, "dash": "draw"}
FIRST: list[tuple[dict[str, Any], Box]] = [
    ({"type": "rectangle", "point": [50, 60], "size": [100, 40], "style": STYLE}, (50, 60, 150, 100)),
    ({"type": "ellipse", "point": [50, 60], "radius": [50, 20], "style": STYLE}, (50, 60, 150, 100)),
    ({"type": "rectangle", "point": [50, 60], "size": [100, 40], "style": DRAWN_BY_HAND}, (48, 58, 152, 102)),
    ({"type": "triangle", "point": [50, 60], "size": [100, 40], "style": STYLE}, (48, 58, 152, 102)),
    ({"type": "draw", "point": [50, 60], "points": [[0, 0], [50, 0], [100, 0]], "style": STYLE}, (48, 58, 152, 62)),
    ({"type": "draw", "point": [50, 60], "points": [[0, 0, 0.5]], "style": STYLE}, (47, 57, 53, 63)),
    ({"type": "sticky", "point": [50, 60], "size": [200, 200], "text": "", "style": STYLE}, (50, 60, 250, 260)),
    ({"type": "group", "point": [50, 60], "size": [200, 200], "children": ["x"]}, (0, 0, 0, 0)),
    (
        {"type": "rectangle", "point": [50, 60], "size": [100, 40], "rotation": 1.5708, "style": STYLE},
        (80, 30, 120, 130),
    ),
]


@pytest.mark.parametrize(("shape", "box"), FIRST)
def test_shapes_of_tldraw_1_lie_where_they_should(shape: Shape, box: Box) -> None:
    made = paint_shape(shape, nobody)
    assert (touched(made) or (0, 0, 0, 0)) == pytest.approx(box, abs=1.5)
    assert within(made)


def second(kind: str, *, at: tuple[float, float] = (50, 60), **properties: Any) -> dict[str, Any]:  # noqa: ANN401
    props = {"color": "red", "size": "m", "dash": "solid", **properties}
    return {"id": "shape:x", "type": kind, "x": at[0], "y": at[1], "parentId": "page:1", "index": "a1", "props": props}


def segment(*points: tuple[float, float]) -> list[dict[str, Any]]:
    return [{"type": "free", "points": [{"x": x, "y": y, "z": 0.5} for x, y in points]}]


START, END = {"x": 0, "y": 0}, {"x": 100, "y": 0}
SECOND: list[tuple[dict[str, Any], Box]] = [
    (second("geo", geo="rectangle", w=100, h=40), (48, 58, 152, 102)),
    (second("geo", geo="ellipse", w=100, h=20, growY=20), (48, 58, 152, 102)),
    (second("draw", segments=segment((0, 0), (30, 0), (60, 0), (100, 0))), (48, 58, 152, 62)),
    (second("draw", segments=segment((0, 0))), (48, 58, 52, 62)),
    (second("highlight", segments=segment((0, 0), (50, 0), (100, 0))), (37, 47, 163, 73)),
    (second("line", points={"a": {"index": "a1", **START}, "b": {"index": "a2", **END}}), (48, 58, 152, 62)),
    (second("arrow", start=START, end=END, arrowheadEnd="none"), (48, 58, 152, 62)),
    (second("arrow", start=START, end=END, bend=-50, arrowheadEnd="none"), (48, 8, 152, 62)),
    (second("note", text=""), (50, 60, 250, 260)),
    (second("frame", w=100, h=40, name=" "), (42, 28, 151, 101)),
    (second("group"), (0, 0, 0, 0)),
    (second("poll", w=200, h=100, answers=[{"key": "A", "numVotes": 2}, {"key": "B"}]), (49, 59, 251, 161)),
    (second("video", w=100, h=40), (49, 59, 151, 101)),
]


@pytest.mark.parametrize(("shape", "box"), SECOND)
def test_shapes_of_tldraw_2_lie_where_they_should(shape: Shape, box: Box) -> None:
    made = paint_shape(shape, nobody)
    assert (touched(made) or (0, 0, 0, 0)) == pytest.approx(box, abs=2)
    assert within(made)


@pytest.mark.parametrize("geo", sorted(KINDS))
def test_every_geometric_shape_fills_its_box(geo: str) -> None:
    path = outline(geo, 120, 80)
    assert path is not None
    bounds = path.computeTightBounds()
    narrower = {"pentagon": (114.1, 72.4), "hexagon": (103.9, 80)}  # their corners lie on the ellipse in the box
    expected = narrower.get(geo, (120, 80))
    assert (bounds.width(), bounds.height()) == pytest.approx(expected, abs=9 if geo in {"heart", "cloud"} else 1)
    assert bounds.top() == pytest.approx(0, abs=5)


@pytest.mark.parametrize(("dash", "painted"), [("draw", False), ("solid", True)])
def test_corners_of_drawn_shapes_are_round(dash: str, painted: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    shapes: list[Shape] = [
        second("geo", geo="rectangle", w=100, h=80, size="xl", fill="fill", dash=dash),
        {
            "type": "rectangle",
            "point": [50, 60],
            "size": [100, 80],
            "style": {"size": "large", "dash": dash, "isFilled": True},
        },
    ]
    for shape in shapes:
        made = paint_shape(shape, nobody)
        left, top, _, _ = touched(made) or (0, 0, 0, 0)
        assert (drawn(made)[top + 2, left + 2] != 255).any() == painted
        assert (drawn(made)[top + 2, 100] != 255).any()


def test_a_pattern_shows_strokes_on_paper() -> None:
    pixels = drawn(paint_shape(second("geo", geo="rectangle", w=200, h=200, fill="pattern", color="red"), nobody))
    inside = pixels[80:240, 70:230].reshape(-1, 3)
    paper = np.abs(inside.astype(int) - (0xF8, 0xF9, 0xFA)).max(axis=1) < 8
    strokes = inside[:, 1] < 0xB0
    assert 0.3 < paper.mean() < 0.8
    assert 0.1 < strokes.mean() < 0.5


def arrow_of_tldraw_1(label: str) -> Shape:
    handles = {name: {"point": [x, 0]} for name, x in (("start", 0), ("end", 100), ("bend", 50))}
    style = {"color": "black", "size": "small", "dash": "solid"}
    return {"type": "arrow", "point": [50, 60], "handles": handles, "label": label, "style": style}


def arrow_of_tldraw_2(label: str) -> Shape:
    return second("arrow", start=START, end=END, arrowheadEnd="none", color="black", text=label)


@pytest.mark.parametrize("arrow", [arrow_of_tldraw_1, arrow_of_tldraw_2])
def test_the_line_of_an_arrow_leaves_room_for_its_words(arrow: Callable[[str], Shape]) -> None:
    def dark(text: str) -> list[bool]:
        return [bool(pixel.max() < 128) for pixel in drawn(paint_shape(arrow(text), nobody))[60, 50:150]]

    assert all(dark(""))
    spared = dark(".")  # a dot does not reach up to the line
    assert all(spared[:38] + spared[62:])
    assert not any(spared[45:55])


@pytest.mark.parametrize("color", ["black", "white", "yellow"])
def test_notes_that_call_themselves_black_are_yellow(color: str) -> None:
    one = paint_shape({"type": "sticky", "point": [50, 60], "size": [200, 200], "style": {"color": color}}, nobody)
    assert tuple(drawn(one)[200, 200]) == (253, 223, 142)
    other = paint_shape(second("note", color="yellow" if color == "white" else color), nobody)
    assert tuple(drawn(other)[200, 200]) == (253, 208, 157)


@pytest.mark.parametrize(("kind", "x"), [("triangle", 143), ("diamond", 144), ("square", 144), ("dot", 144)])
def test_heads_of_arrows_are_hollow_unless_they_are_filled(kind: str, x: int) -> None:
    def inside(fill: str) -> tuple[int, ...]:
        arrow = second("arrow", start=START, end=END, arrowheadEnd=kind, color="red", fill=fill)
        return tuple(drawn(paint_shape(arrow, nobody))[60, x])

    assert inside("none") == (255, 255, 255)
    assert inside("fill") == (0xE0, 0x31, 0x31)


@pytest.mark.parametrize("rich", [False, True])
def test_words_of_tldraw_2_are_read_plain_or_formatted(rich: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    paragraphs = [{"type": "paragraph", "content": [{"type": "text", "text": word}]} for word in ("HHH", "HHH")]
    words = {"richText": {"type": "doc", "content": paragraphs}} if rich else {"text": "HHH\nHHH"}
    made = touched(paint_shape(second("text", font="sans", autoSize=True, **words), nobody))
    assert made == pytest.approx((52, 68, 97, 118), abs=4)


def test_an_arrow_stops_at_the_shape_that_it_is_bound_to() -> None:
    target = second("geo", at=(200, 40), geo="rectangle", w=100, h=40)
    bound = {"type": "binding", "boundShapeId": "shape:box", "normalizedAnchor": {"x": 0.5, "y": 0.5}}
    arrow = second("arrow", start={"x": 0, "y": 0}, end=bound, arrowheadEnd="none")
    made = touched(paint_shape(arrow, {"shape:box": target}.get))
    assert made is not None
    assert made[2] == pytest.approx(202, abs=2)  # touched, without a head


def test_members_of_frames_and_groups_stand_in_them() -> None:
    frame = {**second("frame", at=(100, 100), w=60, h=60), "id": "shape:f"}
    inside = {**second("geo", at=(20, 20), geo="rectangle", w=100, h=100, fill="fill"), "parentId": "shape:f"}
    made = paint_shape(inside, {"shape:f": frame}.get)
    assert touched(made) == pytest.approx((118, 118, 160, 160), abs=1)
    group = {**second("group", at=(100, 100)), "id": "shape:f", "rotation": 3.14159}
    made = paint_shape(inside, {"shape:f": group}.get)
    assert touched(made) == pytest.approx((0, 0, 82, 82), abs=1)


def test_what_covers_what_follows_index_and_group() -> None:
    group = {**second("group"), "id": "shape:g", "index": "a5"}
    member = {**second("geo"), "parentId": "shape:g", "index": "a1"}
    shapes = {"low": {**second("geo"), "index": "a2"}, "high": {**second("geo"), "index": "a6"}, "member": member}
    order = sorted(shapes, key=lambda name: layer(shapes[name], {"shape:g": group}.get))
    assert order == ["low", "member", "high"]


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "draw", "points": [["x", 1]]},
        {"type": "arrow", "handles": {}},
        second("draw", segments=None),
        second("geo", w=None, h=3),
        {"type": "draw", "point": 5, "points": [[1, 2]]},
    ],
)
def test_data_that_make_no_sense_are_told(shape: Shape) -> None:
    with pytest.raises(ValueError, match=r"Error|convert|number"):
        paint_shape(shape, nobody)


def test_what_is_drawn_is_known_beforehand() -> None:
    assert {"path", "foreignObject", "image"} <= CLASSIC
    assert {"draw", "sticky", "geo:star", "frame", "arrow"} <= DRAWN
    assert {"image", "video", "embed", "bookmark"} <= DRAWN
    assert not {"unheard-of", "geo:unheard-of"} & DRAWN
