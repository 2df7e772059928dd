"""A small published presentation of each generation, made at run time: what is shown when is in its constants.

0 to 4 s    slide 1, dark red; from 1 s a thick green line, undone at 3 s; a blue rectangle from 2 s
4 to 6 s    slide 2, dark green, seen whole, from 5 s its right lower quarter
6 to 8 s    a shared desk: yellow
8 to 10 s   slide 3, dark blue; a text from 8.5 s
cameras     magenta; a beep of 0.2 s at each of BEEPS
pointer     in the middle from 0.5 s to 1.5 s, then hidden
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyvips

Era = Literal["1.1", "2.2", "2.5", "2.7", "3.0"]
ERAS: tuple[Era, ...] = ("1.1", "2.2", "2.5", "2.7", "3.0")
Cameras = Literal["film", "blank", "sound", "none"]

SECONDS = 10
CHANGES = (4.0, 6.0, 8.0)
BEEPS = (1.0, 4.5, 9.0)
SLIDES = {1: (0x80, 0x20, 0x20), 2: (0x20, 0x70, 0x20), 3: (0x20, 0x20, 0x80)}
WIDTH, HEIGHT = 1600, 900
RECORD_ID = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-1598364581253"
_TLDRAW = ("2.7", "3.0")
_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1">'


@dataclass(frozen=True, slots=True)
class Sample:
    """Where it is, and of which generation."""

    folder: Path
    era: Era

    def copied(self, parent: Path) -> "Sample":
        """Return a copy that a test may change; films are the same files."""
        folder = parent / self.folder.name
        shutil.copytree(self.folder, folder, copy_function=os.link)
        return Sample(folder, self.era)

    def rewrite(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.unlink()
        path.write_text(text.replace(old, new), encoding="utf-8")


def make_sample(parent: Path, era: Era, *, cameras: Cameras = "film", desk: bool = True) -> Sample:
    """Write the files; films are made by ffmpeg, once for all samples of the same parent."""
    folder = parent / f"{era}-{cameras}" / RECORD_ID
    slides = folder / "presentation" / "p"
    (slides / "svgs").mkdir(parents=True)
    for number, color in SLIDES.items():
        picture = pyvips.Image.black(WIDTH, HEIGHT, bands=3) + list(color)
        picture.cast("uchar").write_to_file(str(slides / f"slide-{number}.png"))
        rgb = "#" + "".join(f"{value:02x}" for value in color)
        (slides / "svgs" / f"slide{number}.svg").write_text(
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{rgb}"/></svg>'
        )
    (slides / "slide-4.png").write_bytes((slides / "slide-3.png").read_bytes())
    _write_shapes(folder, era)
    _write_events(folder, era)
    texts = {f"slide-{number}": f"Title {number} é\nmore" for number in SLIDES}
    (folder / "presentation_text.json").write_text(json.dumps({"p": texts}))
    (folder / "captions.json").write_text('[{"localeName": "Français", "locale": "fr"}]')
    (folder / "caption_fr.vtt").write_text("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nBonjour\n")
    said = '<chattimeline in="3" direction="down" name="Zoé" message="Bonjour &amp; merci" target="chat"/>'
    (folder / "slides_new.xml").write_text(f"<popcorn>{said}</popcorn>", encoding="utf-8")
    _add_films(parent, folder, cameras, desk=desk)
    return Sample(folder, era)


def _write_shapes(folder: Path, era: Era) -> None:
    tldraw = era in _TLDRAW
    name = "presentation/p/svgs/slide{}.svg" if tldraw else "presentation/p/slide-{}.png"
    shows = [(1, "0.0", "4.0"), (2, "4.0", "6.0"), (0, "6.0", "8.0"), (3, "8.0", "22.0")]
    lines = [_HEAD]
    for index, (number, begin, end) in enumerate(shows, 1):
        href = name.format(number) if number else "presentation/deskshare.png"
        size = (WIDTH, HEIGHT) if number else (1280, 720)
        lines.append(
            f'<image id="image{index}" class="slide" in="{begin}" out="{end}" xlink:href="{href}" '
            f'width="{size[0]}" height="{size[1]}" x="0" y="0"/>'
        )
    if tldraw:
        pages = {"1": {"shapes": _first_page(era)}, "4": {"shapes": _last_page(era)}}
        version = {"2.7": "2.7.3", "3.0": "3.0.4"}[era]
        (folder / "tldraw.json").write_text(json.dumps({"bbb_version": version, **pages}))
    else:
        lines += [_canvas(1, _line(), _rectangle()), _canvas(4, _text())]
    (folder / "shapes.svg").write_text("".join([*lines, "</svg>"]), encoding="utf-8")


def _canvas(number: int, *shapes: str) -> str:
    return f'<g class="canvas" id="canvas{number}" image="image{number}" display="none">{"".join(shapes)}</g>'


def _line() -> str:
    style = "stroke:#00ff00;stroke-linecap:round;stroke-width:60;fill:none"
    path = '<path d="M200 700L1400 700"/>'
    return f'<g class="shape" timestamp="1.0" undo="3.0" shape="image1-pencil1" style="{style}">{path}</g>'


def _rectangle() -> str:
    path = '<path d="M200 100L600 100L600 300L200 300Z"/>'
    style = "stroke:#0000ff;stroke-width:40;fill:#0000ff"
    return f'<g class="shape" timestamp="2.0" undo="-1" shape="image1-rect2" style="{style}">{path}</g>'


def _text() -> str:
    box = '<foreignObject width="900" height="400" x="200" y="200"><p>HHHHH<br/>é</p></foreignObject>'
    style = "color:#ffffff;font-size:200px;font-family:Arial"
    return f'<g class="shape" timestamp="8.5" undo="-1" shape="image4-text1" style="{style}"><switch>{box}</switch></g>'


def _entry(at: float, undo: float, data: dict[str, object]) -> dict[str, object]:
    return {"id": data["id"], "timestamp": at, "undo": undo, "shape_data": data}


def _first_page(era: Era) -> list[dict[str, object]]:
    """Return the line and the rectangle in board units: slide pixels times 0.9."""
    if era == "2.7":
        style = {"color": "green", "size": "large", "dash": "solid", "isFilled": False, "scale": 1}
        rows = [[x if row % 2 else 1080 - x, 7 * row, 0.5] for row in range(8) for x in range(0, 1081, 60)]
        line = {"id": "a", "type": "draw", "point": [180, 605], "points": rows, "style": style, "childIndex": 1}
        box = {"color": "blue", "size": "large", "dash": "solid", "isFilled": True, "scale": 4}
        rectangle = {
            "id": "b",
            "type": "rectangle",
            "point": [180, 90],
            "size": [360, 180],
            "style": box,
            "childIndex": 2,
        }
        return [_entry(1.0, 3.0, line), _entry(2.0, -1, rectangle)]
    points = [{"x": x, "y": 0, "z": 0.5} for x in range(0, 1081, 90)]
    segments = [{"type": "free", "points": points}]
    stroke = {
        "color": "light-green",
        "size": "xl",
        "scale": 5,
        "dash": "solid",
        "isComplete": True,
        "segments": segments,
    }
    line = {"id": "shape:a", "type": "draw", "x": 180, "y": 630, "index": "a1", "parentId": "page:1", "props": stroke}
    box = {
        "geo": "rectangle",
        "w": 360,
        "h": 180,
        "color": "blue",
        "fill": "fill",
        "size": "xl",
        "dash": "solid",
        "text": "",
    }
    rectangle = {"id": "shape:b", "type": "geo", "x": 180, "y": 90, "index": "a2", "parentId": "page:1", "props": box}
    return [_entry(1.0, 3.0, line), _entry(2.0, -1, rectangle)]


def _last_page(era: Era) -> list[dict[str, object]]:
    if era == "2.7":
        style = {"color": "white", "size": "large", "font": "sans", "scale": 2}
        return [_entry(8.5, -1, {"id": "c", "type": "text", "point": [180, 180], "text": "HHHHH\né", "style": style})]
    words = {"color": "white", "size": "xl", "font": "sans", "scale": 4, "text": "HHHHH\né", "autoSize": True}
    data = {"id": "shape:c", "type": "text", "x": 180, "y": 180, "index": "a1", "parentId": "page:1", "props": words}
    return [_entry(8.5, -1, data)]


def _write_events(folder: Path, era: Era) -> None:
    corner = "-720 -405 800 450" if era in _TLDRAW else "800 450 800 450"
    views = [(0, "0 0 1600 900"), (5.0, corner), (6.0, "0 0 1280 720"), (8.0, "0 0 1600 900")]
    events = "".join(f'<event timestamp="{at}"><viewBox>{box}</viewBox></event>' for at, box in views)
    (folder / "panzooms.xml").write_text(f"<recording>{events}</recording>")
    middle = {"1.1": "400.0 225.0", "2.7": "720 405", "3.0": "720 405"}.get(era, "0.5 0.5")
    moves = [(0.0, "-1.0 -1.0"), (0.5, middle), (1.5, "-1.0 -1.0")]
    events = "".join(f'<event timestamp="{at}"><cursor>{place}</cursor></event>' for at, place in moves)
    (folder / "cursor.xml").write_text(f"<recording>{events}</recording>")
    event = '<event start_timestamp="6.0" stop_timestamp="8.0" video_width="1280" video_height="720"/>'
    (folder / "deskshare.xml").write_text(f"<recording>{event}</recording>")
    (folder / "metadata.xml").write_text(
        f"<recording><id>{RECORD_ID}</id><start_time>1598364581253</start_time>"
        f"<meta><meetingName>Leçon n°1</meetingName></meta>"
        f"<playback><duration>{SECONDS * 1000}</duration></playback></recording>",
        encoding="utf-8",
    )


def _add_films(parent: Path, folder: Path, cameras: Cameras, *, desk: bool) -> None:
    vp8 = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k", "-g", "30")
    gates = "+".join(f"between(t,{at},{at + 0.2})" for at in BEEPS)
    sound = ("-f", "lavfi", "-i", f"aevalsrc='0.5*sin(2*PI*1000*t)*({gates})':s=48000:d={SECONDS}")
    if cameras in {"film", "blank"}:
        color = "0xff00ff" if cameras == "film" else "white"
        noise = ",noise=all_strength=40:all_flags=t" if cameras == "film" else ""
        picture = ("-f", "lavfi", "-i", f"color={color}:size=320x240:rate=15:duration={SECONDS}{noise},format=yuv420p")
        made = make_film(parent / f"{cameras}.webm", *picture, *sound, *vp8, "-c:a", "libopus")
        _link(made, folder / "video" / "webcams.webm")
    elif cameras == "sound":
        _link(make_film(parent / "sound.webm", *sound, "-c:a", "libvorbis"), folder / "audio" / "audio.webm")
    if desk:
        yellow = "drawbox=color=yellow:t=fill:enable='between(t,6,8)'"
        picture = ("-f", "lavfi", "-i", f"color=white:size=640x360:rate=5:duration={SECONDS},{yellow},format=yuv420p")
        _link(make_film(parent / "desk.webm", *picture, *vp8), folder / "deskshare" / "deskshare.webm")


def make_film(path: Path, *arguments: str) -> Path:
    if not path.exists():
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", *arguments, str(path)], check=True)
    return path


def _link(made: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.hardlink_to(made)
