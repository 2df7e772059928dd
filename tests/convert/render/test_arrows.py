"""Arrows of tldraw 2 end where bbb-playback 5.1.3 ends them; the right values were measured in its pictures."""

import math
from collections.abc import Mapping

import numpy as np
import pytest

from bbbmig.convert.render.board.tldraw.bound_arrows import Course, course
from bbbmig.convert.render.board.tldraw.paint import paint_shape
from bbbmig.convert.render.board.tldraw.shape import Shape
from tests.convert.render.drawn import box_of, drawn, nobody, within

STYLE = {"color": "red", "size": "m", "dash": "solid", "font": "sans"}
HEAD = 10 + 3.5
"""How far an end with a head stays away: 10, and half of both lines' widths."""
ALONE = 10 + 1.75
"""The same from a shape without a line, such as a frame."""


def shape(kind: str, x: float, y: float, *, rotation: float = 0.0, parent: str = "page:1", **props: object) -> Shape:
    place = {"x": x, "y": y, "rotation": rotation, "parentId": parent, "index": "a1"}
    return {"id": "shape:one", "type": kind, **place, "props": STYLE | props}


def bound(name: str = "t", x: float = 0.5, y: float = 0.5, **more: object) -> Mapping[str, object]:
    return {"type": "binding", "boundShapeId": name, "normalizedAnchor": {"x": x, "y": y}, **more}


def point(x: float, y: float) -> Mapping[str, object]:
    return {"type": "point", "x": x, "y": y}


def arrow(start: Mapping[str, object], end: Mapping[str, object], **props: object) -> Shape:
    return {**shape("arrow", 0, 0), "props": STYLE | {"start": start, "end": end} | props}


def run(arrow: Shape, **others: Shape) -> Course:
    return course(arrow, others.get)


BOX = shape("geo", 200, 40, geo="rectangle", w=100, h=40)
LEFT = point(0, 60)
TARGETS: list[tuple[str, Shape, tuple[float, float]]] = [
    ("rectangle", BOX, (200 - HEAD, 60)),
    ("ellipse", shape("geo", 200, 40, geo="ellipse", w=100, h=40), (200 - HEAD, 60)),
    ("diamond", shape("geo", 200, 40, geo="diamond", w=100, h=40), (200 - HEAD, 60)),
    ("triangle", shape("geo", 200, 40, geo="triangle", w=100, h=40), (225 - HEAD, 60)),
    ("turned", shape("geo", 270, 10, rotation=math.pi / 2, geo="rectangle", w=100, h=40), (230 - HEAD, 60)),
    ("thick", shape("geo", 200, 40, geo="rectangle", w=100, h=40, size="xl"), (200 - 10 - 1.75 - 5, 60)),
    ("note", shape("note", 200, -40), (200 - HEAD, 60)),
    ("frame", {**shape("frame", 200, 40), "props": {"w": 100, "h": 40, "name": ""}}, (200 - ALONE, 60)),
    ("picture", {**shape("image", 200, 40), "props": {"w": 100, "h": 40}}, (200 - ALONE, 60)),
    ("unknown", {**shape("unheard-of", 200, 40), "props": {"w": 100, "h": 40}}, (200 - ALONE, 60)),
]


@pytest.mark.parametrize(("name", "target", "tip"), TARGETS, ids=[name for name, _, _ in TARGETS])
def test_a_head_stays_away_from_the_edge_and_an_end_without_touches_it(
    name: str, target: Shape, tip: tuple[float, float]
) -> None:
    assert run(arrow(LEFT, bound()), t=target).end == pytest.approx(tip, abs=0.2), name
    away = HEAD if "size" in target["props"] else ALONE
    away = 10 + 1.75 + 5 if target["props"].get("size") == "xl" else away
    touching = run(arrow(bound(), LEFT, arrowheadEnd="none"), t=target)
    assert touching.start == pytest.approx((tip[0] + away, tip[1]), abs=0.2), name


def test_words_are_measured_whatever_the_file_says() -> None:
    words = shape("text", 200, 50, text="HHHHH", w=8, autoSize=True, scale=2)
    ink = drawn(paint_shape(words, nobody))
    box = box_of(np.any(ink < 128, axis=2))
    assert box is not None
    course = run(arrow(bound(), point(390, 90), arrowheadEnd="none"), t=words)
    assert course.start[0] == pytest.approx(box[2], abs=8)
    assert box[1] - 20 < course.start[1] < box[3] + 20


def test_a_stroke_of_the_pencil_is_met_on_its_line() -> None:
    flat = [{"x": n * 5, "y": 0, "z": 0.5} for n in range(21)]
    stroke = shape("draw", 100, 200, segments=[{"type": "free", "points": flat}])
    assert run(arrow(point(150, 100), bound()), t=stroke).end == pytest.approx((150, 200 - HEAD), abs=0.5)
    assert run(arrow(point(150, 100), bound(x=0.2)), t=stroke).end[1] == pytest.approx(200 - 13.2, abs=1)


def test_members_of_turned_groups_and_frames_are_met_where_they_are_drawn() -> None:
    group = {**shape("group", 300, 100, rotation=math.pi), "id": "g"}
    member = shape("geo", 20, 20, geo="rectangle", w=60, h=40, parent="g")
    met = run(arrow(point(0, 60), bound()), t=member, g=group)
    assert met.end == pytest.approx((220 - HEAD, 60), abs=0.1)
    in_frame = {**arrow(point(-100, -50), bound()), "parentId": "f", "x": 0.0, "y": 0.0}
    frame = {**shape("frame", 100, 110, w=400, h=300), "id": "f"}
    assert course(in_frame, {"t": BOX, "f": frame}.get).end == pytest.approx((100 - HEAD, -50), abs=0.1)


def test_an_arrow_that_is_turned_itself_meets_its_target() -> None:
    turned = {**arrow(point(0, 0), bound()), "x": 250.0, "y": 160.0, "rotation": math.pi / 2}
    end = run(turned, t=BOX).end
    assert end == pytest.approx((-80 + HEAD, 0), abs=0.1)  # (250, 93.5) on the board


@pytest.mark.parametrize(
    ("end", "tip"),
    [
        (bound(x=0, y=0), (200, 40)),
        (bound(x=1, y=1), (200, 73.3)),
        (bound(x=0.5, y=0.5, isExact=True), (250, 60)),
        (bound(x=1, y=1, isExact=True), (300, 80)),
        (bound(x=1, y=1, isPrecise=False), (200, 60)),
        ({"type": "binding", "boundShapeId": "t"}, (200, 60)),
    ],
)
def test_the_anchor_counts_when_it_is_precise(end: Mapping[str, object], tip: tuple[float, float]) -> None:
    met = run(arrow(LEFT, end, arrowheadEnd="none"), t=BOX)
    assert met.end == pytest.approx(tip, abs=0.1)


def test_a_target_that_is_gone_or_makes_no_sense_leaves_the_arrow() -> None:
    terminal = {**bound("gone"), "x": 90, "y": 30}
    assert run(arrow(LEFT, terminal)).end == (90, 30)
    shapes: list[Shape] = [{}, {"props": []}, {**BOX, "x": "?"}, {**BOX, "props": {"geo": "star", "w": [1]}}]
    for nonsense in shapes:
        assert run(arrow(LEFT, terminal), gone=nonsense).end == (90, 30)


def test_a_small_shape_in_a_large_one_is_joined_to_its_edge() -> None:
    small = shape("geo", 220, 50, geo="rectangle", w=20, h=20)
    met = run(arrow(bound("s"), bound("t", 0.9, 0.5)), s=small, t=BOX)
    assert met.start == pytest.approx((240, 60), abs=0.1)
    assert met.end == pytest.approx((290, 60), abs=0.1)


@pytest.mark.parametrize("bend", [40, -40])
def test_a_bent_arrow_ends_on_its_arc_at_both_edges(bend: float) -> None:
    one = shape("geo", 20, 40, geo="rectangle", w=60, h=40)
    met = run(arrow(bound("o"), bound(), bend=bend), o=one, t=BOX)
    assert met.start[0] == pytest.approx(80, abs=0.5) or met.start[1] == pytest.approx(60 + math.copysign(20, bend))
    assert 40 < math.dist(met.end, (250, 60)) < 75
    side = (met.middle[1] - 60) * bend
    assert side > 0  # a positive bend of an arrow to the right goes downwards
    others: Mapping[str, Shape] = {"o": one, "t": BOX}
    assert within(paint_shape(arrow(bound("o"), bound(), bend=bend), others.get))


@pytest.mark.parametrize("bend", [-300, -81, -40, -9, 9, 40, 81, 300])
@pytest.mark.parametrize("end", [(160, 20), (-91, 77), (3.3, -120.7), (1e3, 1.1), (0, 57)])
def test_a_bent_arrow_between_points_keeps_its_ends_and_its_side(bend: float, end: tuple[float, float]) -> None:
    met = run(arrow(point(0, 0), point(*end), bend=bend))
    assert (*met.start, *met.end) == pytest.approx((0, 0, *end), abs=1e-6)
    length = math.dist((0, 0), end)
    middle = end[0] / 2 - bend * end[1] / length, end[1] / 2 + bend * end[0] / length
    assert met.middle == pytest.approx(middle, abs=1e-3)


def test_a_loop_on_one_shape_leaves_and_meets_its_edge() -> None:
    met = run(arrow(bound(x=0.9), bound(x=0.1), bend=60, arrowheadEnd="none"), t=BOX)
    for tip in (met.start, met.end):
        inside = 201 < tip[0] < 299 and 41 < tip[1] < 79
        assert not inside


def test_words_on_a_short_arrow_are_wrapped_and_leave_it_some_line() -> None:
    def dark(text: str) -> int:
        painted = paint_shape(arrow(point(20, 200), point(180, 200), text=text, arrowheadEnd="none"), nobody)
        assert within(painted)
        return int((drawn(painted)[200] < 128).any(axis=1).sum())

    assert dark("") == pytest.approx(163, abs=3)
    assert dark("HHH HHH HHH HHH") > 40
