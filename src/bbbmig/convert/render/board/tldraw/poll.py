"""Results of a poll as BBB 3.0 puts them on the board: the question, and a bar for each answer.

{"type": "poll", "props": {"w", "h", "question", "questionText", "answers": [{"id", "key", "numVotes"}…], …}}
"""

from collections.abc import Mapping
from typing import Any

import skia

from bbbmig.convert.render.board.text import laid_out
from bbbmig.convert.render.board.tldraw.shape import Ink, Text, argb, box, real, stroke

_LINE, _BAR, _WORDS = 0xFF1D1D1D, 0xFF333333, 0x1D1D1D
_SIZE, _PADDING = 16.0, 12.0


def draw_poll(ink: Ink, properties: Mapping[str, Any]) -> None:
    """Draw the box, the question, and a row for each answer: key, bar, votes, share."""
    width, height = real(properties.get("w") or 300.0), real(properties.get("h") or 200.0)
    frame = skia.Path().addRect(box(width, height))
    ink.fill(frame, skia.ColorWHITE)
    ink.line(frame, stroke(_LINE, 2.0, "solid"))
    question = _words(str(properties.get("questionText") or ""), width - 2 * _PADDING)
    top = _PADDING
    if question.content.strip():
        ink.text(question, _PADDING, top)
        top += laid_out(question).Height + _PADDING / 2
    answers = [answer for answer in properties.get("answers") or () if isinstance(answer, Mapping)]
    votes = [int(answer.get("numVotes") or 0) for answer in answers]
    row = (height - top - _PADDING) / max(1, len(answers))
    for index, (answer, count) in enumerate(zip(answers, votes, strict=True)):
        share = count / max(1, sum(votes))
        _row(ink, str(answer.get("key", "")), count, share, skia.Rect.MakeXYWH(0, top + index * row, width, row))


def _row(ink: Ink, key: str, count: int, share: float, place: skia.Rect) -> None:
    """Draw one answer."""
    middle = place.centerY() - _SIZE * 0.6
    ink.text(_words(key, place.width() * 0.25), _PADDING, middle)
    length = (place.width() * 0.5 - _PADDING) * share
    left, height = place.width() * 0.25 + _PADDING, place.height() * 0.6
    ink.fill(
        skia.Path().addRect(skia.Rect.MakeXYWH(left, place.centerY() - height / 2, max(2.0, length), height)), _BAR
    )
    ink.text(_words(f"{count} ({share:.0%})", place.width() * 0.25), place.width() * 0.78, middle)


def _words(content: str, width: float) -> Text:
    """Give words as the board writes them."""
    return Text(content=content, size=_SIZE, color=argb(_WORDS), family="sans", width=max(1.0, width))
