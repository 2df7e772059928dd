"""Files beside the video: captions, and the public chat as text."""

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

from bbbmig.convert.render.files import Files, safe_name
from bbbmig.convert.render.timeline.notebook import Notebook
from bbbmig.convert.render.timeline.xml import attribute, number, optional_elements
from bbbmig.domain.captions import webvtt

_LOCALE = re.compile(r"[A-Za-z]{2,8}([_-][A-Za-z0-9]{1,8})*")
UNKNOWN = "und"
"""The language code for none that is known (ISO 639-3), under which captions of a null locale are kept (BBB #19178)."""
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def captions(files: Files) -> Iterator[tuple[str, Path]]:
    """Yield locales and files of the captions: captions.json lists them, caption_fr.vtt holds them."""
    path = files.find("captions.json")
    try:
        listed = json.loads(path.read_text(encoding="utf-8", errors="replace")) if path else []
    except (ValueError, RecursionError):
        return
    for entry in listed if isinstance(listed, list) else ():
        said = entry.get("locale") if isinstance(entry, dict) else ""
        locale = said if isinstance(said, str) and _LOCALE.fullmatch(said) else UNKNOWN
        found = files.find(safe_name(f"caption_{said}.vtt")) if safe_name(f"caption_{said}.vtt") else None
        if found is not None and webvtt(found.read_bytes()):
            yield locale, found


def lost_captions(files: Files) -> list[str]:
    """Return what is wrong with captions that captions.json lists, in words."""
    path = files.find("captions.json")
    try:
        listed = json.loads(path.read_text(encoding="utf-8", errors="replace").strip() or "[]") if path else []
    except (ValueError, RecursionError):
        return ["captions.json cannot be read: there are no captions"]
    if not isinstance(listed, list):
        return ["captions.json holds no list: there are no captions"]
    count = len(list(captions(files)))
    return [f"{len(listed) - count} captions are listed, and their files are missing, empty or no captions"] * (
        count < len(listed)
    )


def write_captions(files: Files, folder: Path) -> list[Path]:
    """Write captions into a folder as `LOCALE.vtt`, as WebVTT in UTF-8; return the files."""
    made: list[Path] = []
    for locale, path in captions(files):
        same = sum(copy.name.startswith((f"{locale}.", f"{locale}-x-")) for copy in made)
        copy = folder / (f"{locale}-x-{same + 1}.vtt" if same else f"{locale}.vtt")
        copy.write_text(webvtt(path.read_bytes()), encoding="utf-8")
        made.append(copy)
    return made


def write_chat(files: Files, folder: Path) -> list[Path]:
    """Write what was said in public into `chat.txt`; return it, or nothing if nobody said anything.

    <chattimeline in="33" direction="down" name="User 1" message="Bonjour" target="chat"/>

    What a moderator cleared has a time `out`, and is left out. A message with line feeds goes on behind blanks, so that
    every line that begins with a time is a message of its own.
    """
    lines = []
    for _, element in optional_elements(files.find("slides_new.xml"), Notebook()):
        if element.tag == "chattimeline" and not attribute(element, "out").strip():
            seconds = max(0, int(number(attribute(element, "in"))))
            clock = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            first, *more = plain_text(attribute(element, "message")).splitlines() or [""]
            name = " ".join(plain_text(attribute(element, "name"), tags=False).split())
            lines.append("\n    ".join((f"{clock} {name}: {first}", *more)))
        element.clear()
    if not lines:
        return []
    made = folder / "chat.txt"
    made.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="replace")
    return [made]


def plain_text(text: str, *, tags: bool = True) -> str:
    """Return the text of a message: BigBlueButton publishes HTML, so tags go and entities are resolved once."""
    if tags:
        text = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    return "".join(character for character in text if character.isprintable() or character in "\n\t").strip()
