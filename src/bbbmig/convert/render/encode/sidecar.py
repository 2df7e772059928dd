"""Files beside the video: captions, and the public chat as text."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from bbbmig.convert.render.files import Files, safe_name
from bbbmig.convert.render.timeline.xml import attribute, elements, number

_LOCALE = re.compile(r"[A-Za-z0-9_-]{1,20}")


def captions(files: Files) -> Iterator[tuple[str, Path]]:
    """Yield locales and files of the captions: captions.json lists them, caption_fr.vtt holds them."""
    path = files.find("captions.json")
    try:
        listed = json.loads(path.read_text(encoding="utf-8")) if path else []
    except ValueError:
        return
    for entry in listed if isinstance(listed, list) else ():
        locale = str(entry.get("locale", "")) if isinstance(entry, dict) else ""
        if _LOCALE.fullmatch(locale):
            found = files.find(safe_name(f"caption_{locale}.vtt"))
            if found is not None:
                yield locale, found


def write_captions(files: Files, folder: Path) -> list[Path]:
    """Copy captions into a folder as `LOCALE.vtt`; give the copies."""
    made = []
    for locale, path in captions(files):
        copy = folder / f"{locale}.vtt"
        shutil.copyfile(path, copy)
        made.append(copy)
    return made


def write_chat(files: Files, folder: Path) -> list[Path]:
    """Write what was said in public into `chat.txt`; give it, or nothing if nobody said anything.

    <chattimeline in="33" direction="down" name="User 1" message="Bonjour" target="chat"/>
    """
    path = files.find("slides_new.xml")
    lines = []
    for _, element in elements(path) if path else ():
        if element.tag == "chattimeline":
            seconds = int(number(attribute(element, "in")))
            clock = f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
            message = re.sub(r"<[^>]*>", "", attribute(element, "message"))
            lines.append(f"{clock} {attribute(element, 'name')}: {message}")
        element.clear()
    if not lines:
        return []
    made = folder / "chat.txt"
    made.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [made]
