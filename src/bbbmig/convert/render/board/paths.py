"""Paths of SVG (`d="M1 2L3 4"`) as Skia paths; https://www.w3.org/TR/SVG11/paths.html, all commands."""

import re
from collections.abc import Iterator

import skia

_COMMAND = re.compile(r"([MLHVCSQTAZmlhvcsqtaz])([^MLHVCSQTAZmlhvcsqtaz]*)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_LENGTHS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7}


def svg_path(d: str) -> skia.Path:
    """Return the path; what cannot be read ends it, as browsers do."""
    path = skia.Path()
    x = y = start_x = start_y = 0.0
    control: tuple[float, float] | None = None
    last = ""
    for command, given in _steps(d):
        upper = command.upper()
        if upper == "Z":
            path.close()
            x, y, control, last = start_x, start_y, None, "Z"
            continue
        values = _absolute(command, given, x, y)
        if upper == "M":
            path.moveTo(*values)
            start_x, start_y = values
        elif upper in "LHV":
            path.lineTo(*values)
        else:
            control = _curve(path, upper, values, (x, y), control if last in _SMOOTH.get(upper, "") else None)
        x, y = values[-2:]
        last = upper
    return path


_SMOOTH = {"S": "CS", "T": "QT"}
"""Commands that go on smoothly, and after which ones."""


def _steps(d: str) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Yield commands with their numbers, those that are implied written out."""
    for command, rest in _COMMAND.findall(d):
        numbers = [float(word) for word in _NUMBER.findall(rest)]
        length = _LENGTHS.get(command.upper(), 0)
        if not length:
            yield command, ()
            continue
        for start in range(0, len(numbers) - length + 1, length):
            yield command, tuple(numbers[start : start + length])
            if command in "Mm":
                command = "L" if command == "M" else "l"  # noqa: PLW2901 - further pairs are lines


def _absolute(command: str, values: tuple[float, ...], x: float, y: float) -> tuple[float, ...]:
    """Add the current point to relative numbers, make points of lengths; of an arc only the end is a point."""
    if command in "Hh":
        return (values[0] + x * command.islower(), y)
    if command in "Vv":
        return (x, values[0] + y * command.islower())
    if command.isupper():
        return values
    if command == "a":
        return (*values[:5], values[5] + x, values[6] + y)
    return tuple(value + (y if index % 2 else x) for index, value in enumerate(values))


def _curve(
    path: skia.Path,
    upper: str,
    values: tuple[float, ...],
    here: tuple[float, float],
    before: tuple[float, float] | None,
) -> tuple[float, float] | None:
    """Draw a curve; return its last control point, which a smooth one after it mirrors."""
    mirrored = (2 * here[0] - before[0], 2 * here[1] - before[1]) if before else here
    if upper == "A":
        rx, ry, rotation, large, sweep, x, y = values
        arc = skia.Path.kLarge_ArcSize if large else skia.Path.kSmall_ArcSize
        direction = skia.PathDirection.kCW if sweep else skia.PathDirection.kCCW
        path.arcTo(abs(rx), abs(ry), rotation, arc, direction, x, y)
        return None
    if upper in "CS":
        first = values[:2] if upper == "C" else mirrored
        path.cubicTo(*first, *values[-4:])
        return values[-4], values[-3]
    first = values[:2] if upper == "Q" else mirrored
    path.quadTo(*first, *values[-2:])
    return first[0], first[1]
