"""Charts as plain SVG: each with a title, and readable without colours."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

_WIDTH, _BAR, _HEIGHT = 720, 34, 180
_LEFT, _BOTTOM, _TOP = 8, 24, 12
_WIDEST = 60.0
_LEAST = 2.0
"""A part that is not nothing can be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a bar: its name, its size, and the name of its style (`style.css` has colours and patterns)."""

    label: str
    value: float
    style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A point of a curve: where it is in time, how high (0 to 1), and what stands beside it."""

    at: float
    share: float
    label: str


def stacked_bar(parts: Sequence[Part], title: str) -> Markup:
    """Return a bar whose parts sum up to the whole; the table beside it has the numbers."""
    total = sum(part.value for part in parts) or 1.0
    seen = [part for part in parts if part.value]
    room = _WIDTH - _LEAST * len(seen)
    drawn, x = [], 0.0
    for part in seen:
        width = _LEAST + room * part.value / total
        drawn.append(
            f'<rect class="{escape(part.style)}" x="{x:.1f}" y="0" width="{width:.1f}" height="{_BAR}">'
            f"<title>{escape(part.label)}</title></rect>"
        )
        x += width
    return _svg(title, _BAR, "".join(drawn))


def columns(parts: Sequence[Part], title: str) -> Markup:
    """Return a column for each part, its name below it; the table beside it has the numbers."""
    most = max((part.value for part in parts), default=0.0) or 1.0
    room = _WIDTH / max(len(parts), 1)
    width, ground = min(room * 0.7, _WIDEST), _HEIGHT - _BOTTOM
    drawn = []
    for place, part in enumerate(parts):
        height = max((ground - _TOP) * part.value / most, _LEAST if part.value else 0.0)
        middle = room * (place + 0.5)
        drawn.append(
            f'<rect class="column" x="{middle - width / 2:.1f}" y="{ground - height:.1f}" '
            f'width="{width:.1f}" height="{height:.1f}">'
            f"<title>{escape(part.label)}</title></rect>"
            f'<text x="{middle:.1f}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(part.label)}</text>'
        )
    axis = f'<line class="axis" x1="0" y1="{ground}" x2="{_WIDTH}" y2="{ground}"/>'
    return _svg(title, _HEIGHT, axis + "".join(drawn))


def curve(dots: Sequence[Dot], title: str) -> Markup:
    """Return a line through points in the order of time, the whole height being 1."""
    first, last = dots[0].at, dots[-1].at
    length = (last - first) or 1.0
    wide, high = _WIDTH - 2 * _LEFT, _HEIGHT - _BOTTOM - _TOP
    places = [(_LEFT + wide * (dot.at - first) / length, _TOP + high * (1 - dot.share)) for dot in dots]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    marks = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"><title>{escape(dot.label)}</title></circle>'
        for dot, (x, y) in zip(dots, places, strict=True)
    )
    ground = _TOP + high
    axis = f'<line class="axis" x1="0" y1="{ground}" x2="{_WIDTH}" y2="{ground}"/>'
    ends = (
        f'<text x="{_LEFT}" y="{_HEIGHT - 6}">{escape(dots[0].label)}</text>'
        f'<text x="{_WIDTH - _LEFT}" y="{_HEIGHT - 6}" text-anchor="end">{escape(dots[-1].label)}</text>'
    )
    return _svg(title, _HEIGHT, f'{axis}<polyline class="line" points="{line}"/>{marks}{ends}')


def _svg(title: str, height: int, inside: str) -> Markup:
    """Put a title before the drawing, for those who cannot see it."""
    return Markup(  # noqa: S704 - everything in it is escaped
        f'<svg role="img" viewBox="0 0 {_WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{escape(title)}</title>{inside}</svg>"
    )
