"""What is shown when: real files of BigBlueButton 2.2 in pieces, every generation's form, every known quirk."""

import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bbbmig.convert.render.files.source import LocalFiles
from bbbmig.convert.render.timeline import read_recording, read_timeline
from bbbmig.convert.render.timeline.events import Desks, read_desks, read_metadata, read_pointers, read_views
from bbbmig.convert.render.timeline.model import NEVER, Drawing, Pointer, Slide, Timeline, View
from bbbmig.convert.render.timeline.notebook import Notebook
from bbbmig.convert.render.timeline.shapes import in_order, read_shapes
from bbbmig.convert.render.timeline.tldraw import board_size, read_tldraw, unpacked
from bbbmig.convert.render.timeline.versions import Update, visible_versions
from bbbmig.errors import RecordingFailed

HEAD = (
    '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n<svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" id="svgfile" version="1.1" viewBox="0 0 800 600">'
)


def image(number: int, begin: str, end: str, *, name: str = "slide", size: str = 'width="1600" height="900"') -> str:
    href = f"presentation/p/{name}-{number}.png"
    return f'<image id="image{number}" class="slide" in="{begin}" out="{end}" xlink:href="{href}" {size} x="0" y="0"/>'


def shape(name: str, at: float, undo: float = -1, inner: str = '<path d="M0 0L1 1"/>', style: str = "") -> str:
    return f'<g id="x" class="shape" timestamp="{at}" undo="{undo}" shape="{name}" style="{style}">{inner}</g>'


def canvas(number: int, *shapes: str) -> str:
    return f'<g class="canvas" id="canvas{number}" image="image{number}" display="none">{"".join(shapes)}</g>'


def svg(tmp_path: Path, *inner: str) -> Path:
    path = tmp_path / "shapes.svg"
    path.write_text(f"{HEAD}{''.join(inner)}</svg>", encoding="utf-8")
    return path


def times(tmp_path: Path, duration_s: float, *images: str) -> list[tuple[str, float, float]]:
    shapes = read_shapes(svg(tmp_path, *images), Notebook())
    shows = in_order(shapes.shows, duration_s, holes_stay=not shapes.is_old)
    return [(show.slide.board, show.start, show.end) for show in shows]


def written(tmp_path: Path, name: str, text: str) -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def visible(timeline: Timeline, board: str, at: float) -> list[str]:
    return [version.shape for version in timeline.boards[board] if version.start <= at < version.end]


def test_slides_follow_one_another_until_the_end(tmp_path: Path) -> None:
    assert times(tmp_path, 50, image(1, "0.0", "6.2"), image(2, "6.2", "108.4")) == [
        ("image1", 0.0, 6.2),
        ("image2", 6.2, 50.0),
    ]


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        ([("0.0", "4.0"), ("70.0", "90.0")], [("image1", 0.0, 60.0)]),  # begins after the end (BBB #25707)
        ([("0.0", "30.0"), ("30.0", "12.0")], [("image1", 0.0, 30.0), ("image2", 30.0, 60.0)]),  # out < in (#3021)
        ([("0.0", "10.0"), ("30.0", "60.0")], [("image1", 0.0, 10.0), ("image2", 30.0, 60.0)]),  # a real gap
        ([("0.3", "10.0"), ("10.6", "59.0")], [("image1", 0.0, 10.6), ("image2", 10.6, 60.0)]),  # rounding
        ([("0.0", "40.0"), ("20.0", "60.0")], [("image1", 0.0, 20.0), ("image2", 20.0, 60.0)]),  # overlap
        ([("0", "0.0"), ("0.0", "60.0")], [("image2", 0.0, 60.0)]),  # the logo of 0.9
        ([("20.0", "60.0"), ("0.0", "20.0")], [("image2", 0.0, 20.0), ("image1", 20.0, 60.0)]),  # not in order
        ([("0.0", ""), ("", "20.0")], [("image1", 0.0, 60.0)]),  # no end; no begin
    ],
)
def test_times_that_cannot_be_are_mended(
    tmp_path: Path, images: list[tuple[str, str]], expected: list[tuple[str, float, float]]
) -> None:
    assert times(tmp_path, 60, *(image(n, *times) for n, times in enumerate(images, 1))) == expected


def test_lists_of_times_of_old_servers_are_shows_of_one_slide(tmp_path: Path) -> None:
    assert times(tmp_path, 60, image(1, "0.5 20.1", "10.0 30.2"), image(2, "10.0 30.2", "20.1 60.0")) == [
        ("image1", 0.0, 10.0),
        ("image2", 10.0, 20.1),
        ("image1", 20.1, 30.2),
        ("image2", 30.2, 60.0),
    ]


def test_empty_sizes_and_missing_pictures_are_understood(tmp_path: Path) -> None:
    desk = '<image id="image1" class="slide" in="0" out="5" href="presentation/deskshare.png" width="" height=""/>'
    bare = '<image id="image2" class="slide" in="5" out="9" src="logo.png" width="800"/>'
    shows = read_shapes(svg(tmp_path, desk, bare), Notebook()).shows
    assert [show.slide.is_desk for show in shows] == [True, False]
    assert (shows[0].slide.width, shows[0].slide.height) == (1280, 720)
    assert (shows[1].slide.href, shows[1].slide.width, shows[1].slide.height) == ("", 800, 900)


def test_pictures_of_polls_are_no_slides(tmp_path: Path) -> None:
    poll = '<rect x="1"/><image xlink:href="p/poll_result1.svg" width="3" height="4" transform="rotate(90, 1, 2)"/>'
    shapes = read_shapes(svg(tmp_path, image(1, "0", "9"), canvas(1, shape("poll1", 2, inner=poll))), Notebook())
    assert len(shapes.shows) == 1
    (update,) = shapes.boards["image1"]
    assert isinstance(update.content, Drawing)
    assert update.kind == "image"
    assert [part.tag for part in update.content.parts] == ["rect", "image"]
    assert update.content.parts[1].attributes["href"] == "p/poll_result1.svg"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<p>one<br/>two</p>", "one\ntwo"),
        ("<p>été &amp; 1 &lt; 2</p>", "été & 1 < 2"),
        ("<p>1 &amp;lt; 2 &amp;amp; 3</p>", "1 < 2 & 3"),
        ("<p>a&nbsp;&eacute;</p>", "a\N{NO-BREAK SPACE}é"),
        ("<p>one</p><p>two</p>", "one\ntwo"),
        ('<p style="margin:0"/>', ""),
        ("\n          <p>one</p>\n          <p>two</p>\n        ", "one\ntwo"),
    ],
)
def test_text_is_read_as_people_wrote_it(tmp_path: Path, inner: str, text: str) -> None:
    box = f'<switch><foreignObject x="1" y="2" width="3" height="4">{inner}</foreignObject></switch>'
    shapes = read_shapes(svg(tmp_path, image(1, "0", "9"), canvas(1, shape("text1", 2, inner=box))), Notebook())
    content = shapes.boards["image1"][0].content
    assert isinstance(content, Drawing)
    assert [(part.tag, part.text) for part in content.parts] == [("foreignObject", text)]


def test_the_last_update_so_far_counts_and_may_be_undone(tmp_path: Path) -> None:
    drawn = [shape("a", 1), shape("b", 1.5), shape("a", 2), shape("b", 2.5, 5), shape("a", 3)]
    svg(tmp_path, image(1, "0", "9"), canvas(1, *drawn))
    timeline = read_timeline(LocalFiles(tmp_path), 9)
    spans = [(version.shape, version.start, version.end) for version in timeline.boards["image1"]]
    assert spans == [("a", 1, 2), ("b", 1.5, 2.5), ("a", 2, 3), ("b", 2.5, 5), ("a", 3, NEVER)]
    assert [visible(timeline, "image1", at) for at in (0.5, 1.7, 2.7, 6)] == [[], ["a", "b"], ["a", "b"], ["a"]]


def test_updates_of_the_same_moment_give_one_state() -> None:
    updates = [Update(1, -1, "a", "path", b"1"), Update(1, -1, "a", "path", b"2"), Update(99, -1, "a", "path", b"3")]
    (version,) = visible_versions(updates, 50)
    assert (version.content, version.start, version.end) == (b"2", 1, 99)


def test_a_canvas_that_is_missing_or_of_no_slide_does_no_harm(tmp_path: Path) -> None:
    path = svg(tmp_path, image(1, "0", "9"), shape("stray", 1), canvas(7, shape("x", 1)))
    boards = read_shapes(path, Notebook()).boards
    assert {board: len(updates) for board, updates in boards.items()} == {"": 1, "image7": 1}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("shapes.svg", f"{HEAD}<g>"),
        ("shapes.svg", '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><svg>&b;</svg>'),
        ("tldraw.json", '{"bbb_version": "2.7", "1": {"shapes": [{"id": 1},'),
        ("tldraw.json", "[]"),
    ],
)
def test_a_file_that_is_not_whole_is_named(tmp_path: Path, name: str, text: str) -> None:
    written(tmp_path, name, text)
    files = LocalFiles(tmp_path)
    with pytest.raises(RecordingFailed, match=f"^{name} is not whole") as failed:
        read_recording(files)
    assert failed.value.hint


PAGE = "<!DOCTYPE html><html><body><form>Log in</form></body></html>"


@pytest.mark.parametrize("text", ["", " \n", "\0" * 4096, PAGE, f"\ufeff<!-- x -->{PAGE}", PAGE.replace("</form>", "")])
@pytest.mark.parametrize("name", ["cursor.xml", "panzooms.xml", "deskshare.xml", "metadata.xml", "tldraw.json"])
def test_an_empty_file_and_a_page_are_as_good_as_none_and_that_is_said(tmp_path: Path, name: str, text: str) -> None:
    svg(tmp_path, image(1, "0", "9"))
    without = read_recording(LocalFiles(tmp_path))
    written(tmp_path, name, text)
    read = read_recording(LocalFiles(tmp_path))
    assert (read.shapes.shows, read.metadata, read.of_tldraw) == (without.shapes.shows, without.metadata, False)
    why = "is a web page" if "html" in text else "is empty"
    assert sum(note.text.startswith(f"{name} {why}: ") for note in read.notebook.notes) == 1


@pytest.mark.parametrize(
    ("names", "title"),
    [
        ("<bbb-recording-name>{cut}...</bbb-recording-name><meetingName>{whole}</meetingName>", "{whole}"),
        ("<meetingName>{whole}</meetingName><bbb-recording-name>{cut}…</bbb-recording-name>", "{whole}"),
        ("<bbb-recording-name>Renommé</bbb-recording-name><meetingName>{whole}</meetingName>", "Renommé"),
        ("<meetingName>You &amp;amp; Me</meetingName>", "You & Me"),
    ],
)
@pytest.mark.parametrize("start", ["", "0", "-1", "1598364581", "Tue Aug 25 14:09:41 UTC 2020", "9" * 40])
def test_cut_names_and_odd_begins_are_those_of_the_list_here_too(
    tmp_path: Path, names: str, title: str, start: str
) -> None:
    whole = "Introduction aux méthodes numériques pour les équations aux dérivées partielles"
    fill = {"cut": whole[:64], "whole": whole}
    text = (
        f"<recording><id>{'a' * 40}-1598364581253</id><start_time>{start}</start_time>"
        f"<meta>{names.format(**fill)}</meta></recording>"
    )
    metadata = read_metadata(written(tmp_path, "metadata.xml", text), Notebook())
    assert metadata.title == title.format(**fill)
    assert metadata.start == datetime(2020, 8, 25, 14, 9, 41, 253000, tzinfo=UTC)


def test_nothing_at_all_is_an_empty_timeline(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)
    assert read_timeline(files, 12.5) == Timeline(duration_s=12.5, kinds={})


def test_metadata_tell_length_title_and_begin(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "metadata.xml",
        "<recording>\n<start_time>\n  1598364581253 </start_time><meeting name='x'/><meta><meetingName>Featuredemo"
        "</meetingName></meta><playback><duration> 9566\n</duration></playback></recording>",
    )
    found = read_metadata(path, Notebook())
    assert (found.duration_s, found.title) == (9.566, "Featuredemo")
    assert found.start is not None
    assert found.start.isoformat() == "2020-08-25T14:09:41.253000+00:00"
    path.write_text("<recording><start_time>x</start_time><playback><duration/></playback></recording>")
    assert (read_metadata(path, Notebook()).duration_s, read_metadata(path, Notebook()).start) == (0, None)


def test_zoom_of_real_2_2_files(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "panzooms.xml",
        '<recording id="panzoom_events"><event timestamp="0.0"><viewBox>-0.0 -0.0 1600.0 900.0</viewBox></event>'
        '<event timestamp="151.4"><viewBox>774.10664 316.39116 533.33333 300.0</viewBox></event>'
        '<event timestamp="152"><viewBox>1 2 0 0</viewBox></event><event timestamp="153"/></recording>',
    )
    views = read_views(path, Notebook()).events
    assert views == (View(0, 0, 0, 1600, 900), View(151.4, 774.10664, 316.39116, 533.33333, 300), View(152), View(153))
    slide = Slide("image1", "x.png", 1600, 900)
    timeline = Timeline(duration_s=200, views=views)
    assert timeline.region(views[1], slide) == (774.10664, 316.39116, 533.33333, 300)
    assert timeline.region(views[2], slide) == timeline.region(None, slide) == (0, 0, 1600, 900)


def test_tldraw_views_and_pointers_are_board_units() -> None:
    slide = Slide("image1", "x.svg", 720, 405)
    timeline = Timeline(duration_s=9, board_size=(1440, 1080), pointer_unit="board")
    view = View(0, -288, -162, 360, 202.5)
    assert timeline.region(view, slide) == (144, 81, 360, 202.5)
    assert timeline.pointed(Pointer(0, 720, 405), timeline.region(view, slide), slide) == (360, 202.5)


@pytest.mark.parametrize(
    ("positions", "expected"),
    [
        ([(0.45606, 0.42537), (-1.0, -1.0), (1.2, 0.5)], ["view", (729.696, 382.833), None]),
        ([(364.8, 191.4), (-1.0, -1.0), (0.0, 20.0)], ["half", (729.6, 382.8), None]),
    ],
)
def test_pointers_are_fractions_of_the_view_or_halves_of_pixels(
    tmp_path: Path, positions: list[tuple[float, float]], expected: list[object]
) -> None:
    events = "".join(f'<event timestamp="{n}"><cursor>{x} {y}</cursor></event>' for n, (x, y) in enumerate(positions))
    written(tmp_path, "cursor.xml", f"<recording>{events}</recording>")
    timeline = read_timeline(LocalFiles(tmp_path), 9)
    slide = Slide("image1", "x.png", 1600, 900)
    pointed = [timeline.pointed(pointer, (0, 0, 1600, 900), slide) for pointer in timeline.pointers[:2]]
    assert timeline.pointer_unit == expected[0]
    assert pointed[0] == pytest.approx(expected[1])
    assert pointed[1] is None


def test_pointers_without_numbers_are_hidden(tmp_path: Path) -> None:
    path = written(
        tmp_path, "cursor.xml", '<r><event timestamp="1"/><event timestamp="2"><cursor>x</cursor></event></r>'
    )
    assert [pointer.shown for pointer in read_pointers(path, Notebook()).events] == [False, False]


def test_desks_are_cut_at_the_end(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "deskshare.xml",
        '<r><event start_timestamp="30.0" stop_timestamp="40.0"/><event start_timestamp="10.0" stop_timestamp=""/></r>',
    )
    assert read_desks(path, Notebook()) == Desks(((10.0, NEVER), (30.0, 40.0)), all_known=True)
    assert read_timeline(LocalFiles(tmp_path), 35).desks == ((10.0, 35), (30.0, 35))


def test_both_generations_of_tldraw_are_read(tmp_path: Path) -> None:
    first = {"id": "s1", "type": "draw", "point": [1, 2], "points": [[0, 0, 0.5]]}
    star = {"id": "shape:s2", "type": "geo", "props": {"geo": "star", "text": "é"}}
    entries = [{"id": 1, "timestamp": 2.5, "undo": -1, "shape_data": first}, {"id": 2, "timestamp": 3, "undo": 4.5}]
    document = {
        "1": {"timestamp": 0.0, "shapes": entries},
        "bbb_version": "2.6.10",
        "3": {"shapes": [{"id": 9, "timestamp": 7.0, "undo": 8.0, "shape_data": star}], "timestamp": {"odd": [1]}},
    }
    for indent in (None, 2):
        path = written(tmp_path, "tldraw.json", json.dumps(document, indent=indent))
        version, boards, _ = read_tldraw(path)
        assert version == "2.6.10"
        assert [(u.shape, u.kind, u.at, u.undo) for u in boards["image1"]] == [
            ("s1", "draw", 2.5, -1),
            ("2", "empty", 3, 4.5),
        ]
        (update,) = boards["image3"]
        assert (update.kind, unpacked(update.content)) == ("geo:star", star)  # type: ignore[arg-type]
    timeline = read_timeline(LocalFiles(tmp_path), 60)
    assert timeline.kinds == {"draw": 1, "empty": 1, "geo:star": 1}
    assert (timeline.board_size, timeline.pointer_unit) == ((1440, 1080), "board")


def whiteboard(count: int, *, words: str = "é") -> str:
    """Write a tldraw.json with everything that JSON allows between and inside of values."""
    shapes = [
        {"id": n, "timestamp": n / 10, "undo": -1, "shape_data": {"id": f"s{n}", "type": "text", "text": words, "n": n}}
        for n in range(count)
    ]
    page = json.dumps({"odd": [1, {"x": None}], "shapes": shapes, "timestamp": 1.5e2}, indent=1, ensure_ascii=False)
    return '{"bbb_version" : "3.0.4", "x": [true, "]}\\"", -1e-3],\n"1": ' + page + ', "2": {"shapes": []}, "y": 12 }'


@pytest.mark.parametrize("chunk", [1, 2, 7, 64])
def test_a_whiteboard_is_read_piece_by_piece_wherever_it_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("bbbmig.convert.render.timeline.tldraw._CHUNK", chunk)
    text = whiteboard(3, words='a "quoted" 😀 \\ {[')
    version, boards, _ = read_tldraw(written(tmp_path, "tldraw.json", text))
    assert version == "3.0.4"
    shapes = json.loads(text)["1"]["shapes"]
    assert [unpacked(update.content) for update in boards["image1"]] == [one["shape_data"] for one in shapes]  # type: ignore[arg-type]
    for length in range(0, len(text) - 1, 7):
        with pytest.raises(RecordingFailed, match=r"^tldraw.json is not whole"):
            read_tldraw(written(tmp_path, "tldraw.json", text[:length]))


def test_a_shape_nested_beyond_all_sense_does_not_hide_the_others(tmp_path: Path) -> None:
    deep = "[" * 100_000 + '"]"' + "]" * 100_000
    entry = f'{{"id": 7, "timestamp": 1, "undo": -1, "shape_data": {{"id": "deep", "points": {deep}}}}}'
    text = whiteboard(2).replace('"shapes": [\n', f'"shapes": [{entry}, 5, null,', 1)
    _, boards, _ = read_tldraw(written(tmp_path, "tldraw.json", text))
    assert [update.shape for update in boards["image1"]] == ["entry 0", "entry 1", "entry 2", "s0", "s1"]


def test_an_emoji_does_not_make_a_large_whiteboard_larger(tmp_path: Path) -> None:
    points = [{"x": n * 1.37, "y": n / 7, "z": 0.5} for n in range(60)]
    text = whiteboard(4000, words=json.dumps(points)) + " "
    text = text.replace('"y": 12', '"y": "😀"')
    path = written(tmp_path, "tldraw.json", text)
    tracemalloc.start()
    _, boards, _ = read_tldraw(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(boards["image1"]) == 4000
    assert peak < path.stat().st_size * 0.6


@pytest.mark.parametrize(
    ("version", "width"), [("2.6.0", 2048), ("2.6.1", 1440), ("2.7.3", 1440), ("3.0.0-beta.1", 1440), ("", 1440)]
)
def test_the_board_shrank_with_2_6_1(version: str, width: float) -> None:
    assert board_size(version)[0] == width


def test_a_whiteboard_of_tens_of_megabytes_is_read_in_little_room(tmp_path: Path) -> None:
    path = "".join(f"L{n}.12345 {n}.54321" for n in range(60))
    drawn = [shape(f"p{n // 20}", n / 10, inner=f'<path d="M0 0{path}"/>') for n in range(12_000)]
    file = svg(tmp_path, image(1, "0", "3600"), canvas(1, *drawn))
    tracemalloc.start()
    timeline = read_timeline(LocalFiles(tmp_path), 3600)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(timeline.boards["image1"]) == 12_000
    assert peak < file.stat().st_size * 2.2


def test_a_view_of_the_desk_s_size_is_no_part_of_the_slide_that_follows(tmp_path: Path) -> None:
    """BBB 2.3 to 3.0 write the desk's size for every event during a share, and nothing at its end."""
    shows = (image(1, "0", "4"), image(2, "4", "6", name="deskshare", size='width="1280" height="720"'))
    svg(tmp_path, *shows, image(3, "6", "9"))
    boxes = {0: "-0.0 -0.0 1600.0 900.0", 2: "-0.0 -0.0 1280.0 720.0", 5: "-0.0 -0.0 1280.0 720.0"}
    events = "".join(f'<event timestamp="{at}"><viewBox>{box}</viewBox></event>' for at, box in boxes.items())
    written(tmp_path, "panzooms.xml", f'<recording id="panzoom_events" tldraw="false">{events}</recording>')
    timeline = read_timeline(LocalFiles(tmp_path), 9)
    slide, desk = timeline.shows[0].slide, timeline.shows[1].slide
    assert timeline.region(timeline.views[1], slide) == (0, 0, 1280, 720)  # before the share it is a zoom
    assert timeline.region(timeline.views[2], desk) == (0, 0, 1280, 720)
    assert timeline.region(timeline.views[2], timeline.shows[2].slide) == (0, 0, 1600, 900)


def test_a_zoom_in_parts_of_one_is_a_zoom_in_percent() -> None:
    slide = Slide("image1", "x.png", 1600, 1200)
    timeline = Timeline(duration_s=9)
    assert timeline.region(View(0, 0, 0, 16, 12), slide) == (0, 0, 1600, 1200)
    assert timeline.region(View(0, 4, 3, 8, 6), slide) == (400, 300, 800, 600)
    assert timeline.region(View(0, 400, 300, 400, 300), slide) == (400, 300, 400, 300)


def test_without_tldraw_json_the_side_files_say_which_units_they_are_in(tmp_path: Path) -> None:
    svg(tmp_path, image(1, "0", "9"))
    event = '<event timestamp="1"><{0}>{1}</{0}></event>'
    written(tmp_path, "panzooms.xml", f'<r tldraw="true">{event.format("viewBox", "-288 -162 360 202.5")}</r>')
    written(tmp_path, "cursor.xml", f'<r tldraw="true">{event.format("cursor", "720 405")}</r>')
    timeline = read_timeline(LocalFiles(tmp_path), 9)
    assert (timeline.board_size, timeline.pointer_unit) == ((1440, 1080), "board")
    assert [(note.text.startswith("there is no tldraw.json"), note.loses) for note in timeline.notes] == [(True, False)]


@pytest.mark.parametrize(
    ("events", "shown", "noted"),
    [
        ('<event start_timestamp="4" stop_timestamp="6"/>', [False, True, False], False),
        ("", [False, False], True),
        ('<event start_timestamp="60" stop_timestamp="61"/>', [False, False], True),
        (None, [False, True, False], False),  # no file at all: nothing says that there was none
    ],
)
def test_the_slide_stays_where_no_desk_was_recorded(
    tmp_path: Path, events: str | None, shown: list[bool], *, noted: bool
) -> None:
    shows = (image(1, "0", "4"), image(2, "4", "6", name="deskshare"), image(3, "6", "9"))
    svg(tmp_path, *shows)
    if events is not None:
        written(tmp_path, "deskshare.xml", f"<recording>{events}</recording>")
    timeline = read_timeline(LocalFiles(tmp_path), 9)
    assert [show.slide.is_desk for show in timeline.shows] == shown
    assert [(show.start, show.end) for show in timeline.shows][-1] == (6, 9)
    assert any("none was recorded" in note.text for note in timeline.notes) == noted


@pytest.mark.parametrize(
    ("name", "content", "note", "loses"),
    [
        ("cursor.xml", "", "cursor.xml is empty: the recording is shown as if it had none", True),
        ("panzooms.xml", "\x00\x00", "panzooms.xml is empty", True),
        ("deskshare.xml", "<recording><event", "deskshare.xml is not whole", True),
        ("metadata.xml", "", "metadata.xml is empty", False),
        ("cursor.xml", "<r>\x0b</r>", "cursor.xml held characters that XML forbids", False),
        ("shapes.svg", "<svg><text>&#11;caf&eacute; & co</text></svg>", "shapes.svg held characters", False),
    ],
)
def test_side_files_that_are_empty_or_broken_are_noted(
    tmp_path: Path, name: str, content: str, note: str, *, loses: bool
) -> None:
    written(tmp_path, name, content)
    (found,) = read_timeline(LocalFiles(tmp_path), 9).notes
    assert found.text.startswith(note)
    assert found.loses is loses


def test_what_can_be_read_of_a_cut_file_is_used(tmp_path: Path) -> None:
    whole = "".join(f'<event timestamp="{n}"><cursor>0.5 0.5</cursor></event>' for n in range(9))
    written(tmp_path, "cursor.xml", f"<recording>{whole}"[:-30])
    assert len(read_timeline(LocalFiles(tmp_path), 9).pointers) == 8
