"""Results of a poll as BBB 3.0 puts them on the board: a card with the question, and a bar for each answer on an axis.

{"type": "poll", "props": {"w", "h", "color", "questionText", "answers": [{"id", "key", "numVotes"}…], …}}

Measures are those of bbb-playback's poll (npm @bigbluebutton/tldraw, shapes/poll, which draws with recharts).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import skia

from bbbmig.convert.render.board.text import laid_out
from bbbmig.convert.render.board.tldraw.shape import Ink, Pen, Text, argb, box, polygon, real, written
from bbbmig.convert.render.board.tldraw.styles import soft_color

_EDGE, _AXIS, _BAR, _TICK_WORDS = argb(0x8B9AA8), argb(0x666666), argb(0x0C57A7), argb(0x666666)
_CORNER, _BORDER = 4.0, 1.0
_QUESTION, _QUESTION_LEFT, _QUESTION_MARGIN, _QUESTION_ROOM = 20.0, 44.0, 8.0, 75.0
_CHART, _MARGIN, _KEYS, _NUMBERS = 0.9, 5.0, 80.0, 30.0
"""Of the chart: its share of the width, its margin, the room for answers at its left and for numbers below it."""
_TICK, _GAP, _SMALL, _BAR_SHARE = 6.0, 2.0, 12.0, 0.8
_TICKS = 5


@dataclass(frozen=True, slots=True)
class _Answer:
    """An answer and how many gave it."""

    key: str
    votes: float


def draw_poll(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw the card, the question, and the chart below it, which together stand in the middle of the card's height."""
    width, height = real(properties.get("w") or 300.0), real(properties.get("h") or 300.0)
    card = skia.Path().addRRect(skia.RRect.MakeRectXY(box(width, height), _CORNER, _CORNER))
    ink.fill(card, soft_color(properties))
    ink.line(card, Pen(color=_EDGE, width=_BORDER))
    content = written(properties.get("questionText"))
    question = Text(content=content, size=_QUESTION, color=skia.ColorBLACK, width=max(1.0, width - _QUESTION_LEFT))
    tall = laid_out(question).Height if content else 0.0
    chart = height - _QUESTION_ROOM if content else height
    top = (height - (2 * _QUESTION_MARGIN + tall + chart)) / 2
    plot = skia.Rect.MakeLTRB(
        _MARGIN + _KEYS,
        top + 2 * _QUESTION_MARGIN + tall + _MARGIN,
        _CHART * width - _MARGIN,
        top + 2 * _QUESTION_MARGIN + tall + chart - _MARGIN - _NUMBERS,
    )
    with ink.clipped(box(width, height)):
        ink.text(question, _QUESTION_LEFT, top + _QUESTION_MARGIN)
        _draw_chart(ink, plot, list(_together(properties.get("answers") or ())))


def _together(answers: Iterable[Mapping[str, Any]]) -> Iterable[_Answer]:
    """Yield the answers; those that differ in capitals only are one, under the name that most gave."""
    found: dict[str, _Answer] = {}
    for answer in answers:
        given = _Answer(str(answer.get("key", "")), max(0.0, real(answer.get("numVotes") or 0)))
        same = found.get(given.key.lower())
        if same is not None:
            key = same.key if same.votes >= given.votes else given.key
            given = _Answer(key, same.votes + given.votes)
        found[given.key.lower()] = given
    return found.values()


def _draw_chart(ink: Ink, plot: skia.Rect, answers: list[_Answer]) -> None:
    """Draw bars to the right, one below another, and both axes."""
    if plot.isEmpty() or not plot.isSorted():
        return
    step = nice_step(max((answer.votes for answer in answers), default=0.0))
    band, pen = plot.height() / max(1, len(answers)), Pen(color=_AXIS, width=1.0)
    for index, answer in enumerate(answers):
        middle = plot.top() + (index + 0.5) * band
        length = plot.width() * answer.votes / (step * (_TICKS - 1))
        bar = skia.Rect.MakeXYWH(plot.left(), middle - band * _BAR_SHARE / 2, length, band * _BAR_SHARE)
        ink.fill(skia.Path().addRect(bar), _BAR)
        ink.line(polygon([(plot.left() - _TICK, middle), (plot.left(), middle)], closed=False), pen)
        wide = _KEYS - _TICK - _GAP
        words = Text(content=answer.key, size=_SMALL, color=_TICK_WORDS, width=wide, align="end", line=1.0)
        ink.text(words, plot.left() - _KEYS, middle - laid_out(words).Height / 2)
    axes = [(plot.left(), plot.top()), (plot.left(), plot.bottom()), (plot.right(), plot.bottom())]
    ink.line(polygon(axes, closed=False), pen)
    for index in range(_TICKS):
        x = plot.left() + plot.width() * index / (_TICKS - 1)
        ink.line(polygon([(x, plot.bottom()), (x, plot.bottom() + _TICK)], closed=False), pen)
        number = Text(content=f"{index * step:g}", size=_SMALL, color=_TICK_WORDS, line=1.0)
        wide = laid_out(number).LongestLine
        ink.text(number, x - wide / 2, plot.bottom() + _TICK + _GAP)


def nice_step(largest: float) -> float:
    """Return the distance of the numbers below a chart: five of them, from 0 to at least the largest.

    A twentieth of a power of ten, or a tenth of ten, is what they are multiples of, as in recharts.
    """
    if largest <= 0:
        return 1.0
    rough = largest / (_TICKS - 1)
    digits = math.floor(math.log10(rough)) + 1
    unit = 10.0**digits * (0.1 if digits == 1 else 0.05)
    return math.ceil(round(rough / unit, 9)) * unit
