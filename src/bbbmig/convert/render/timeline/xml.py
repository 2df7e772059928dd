"""XML of recordings as a stream of elements: no entity bombs, no namespaces, errors that name the file."""

import html.entities
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from bbbmig.errors import RecordingFailed

_ENTITIES = {name: chr(code) for name, code in html.entities.name2codepoint.items()}


_Event = Literal["start", "end"]


def elements(path: Path, events: tuple[_Event, ...] = ("end",)) -> Iterator[tuple[str, ET.Element]]:
    """Yield the elements of a file as they begin or end. Who reads must clear what it no longer needs.

    Names of entities of HTML are understood: old recordings hold them. Raise RecordingFailed if it is not whole XML.
    """
    parser = DefusedXMLParser(target=ET.TreeBuilder())
    parser.entity.update(_ENTITIES)
    try:
        for event, element in ET.iterparse(path, events, parser):  # noqa: S314 - the parser is the guarded one
            if "}" in element.tag:
                element.tag = element.tag.rpartition("}")[2]
            yield event, element
    except (ET.ParseError, DefusedXmlException) as error:
        raise RecordingFailed(
            f"{path.name} is not whole: {error}", hint="fetch it again, or publish the recording anew on its server"
        ) from error


def attribute(element: ET.Element, name: str) -> str:
    """Give an attribute whatever its namespace (`xlink:href`), "" if absent."""
    value = element.get(name)
    if value is not None:
        return value
    return next((value for key, value in element.attrib.items() if key.endswith(f"}}{name}")), "")


def number(text: str | None, default: float = 0.0) -> float:
    """Read a number of an attribute; `default` for "", "NaN", "12px" and other words."""
    try:
        value = float(text or "")
    except ValueError:
        return default
    return value if abs(value) < float("inf") else default
