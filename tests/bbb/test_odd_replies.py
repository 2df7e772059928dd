"""Recordings as old servers and clients write them: dates that cannot be, cut names, keys that are no XML."""

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbbmig.bbb.errors import TooMuch
from bbbmig.bbb.reply_parser import ListProblem, MalformedReplyError, salvaged
from bbbmig.bbb.sharded_listing import read_reply
from bbbmig.domain.cut_names import is_cut_from
from bbbmig.domain.recording import Playback, Recording
from bbbmig.errors import RemoteRefused
from tests.bbb.replies import in_pieces, one, read_all, reply

ID = "f71d810b6e90a4a34ae02b8c7143e8733178578e-1462807897120"
CREATED = datetime(2016, 5, 9, 15, 31, 37, 120000, tzinfo=UTC)


@pytest.mark.parametrize(
    "start",
    [
        "",
        "<startTime/>",
        "<startTime>0</startTime>",
        "<startTime>-1</startTime>",
        "<startTime>1462807897</startTime>",  # seconds
        "<startTime>Mon May 09 15:31:37 UTC 2016</startTime>",  # the API of 0.81
        "<startTime>253402300799000</startTime>",
        "<startTime>4100000000000</startTime>",
        "<startTime>9007199254740993</startTime>",
    ],
)
def test_a_start_that_cannot_be_is_that_of_the_record_id(start: str) -> None:
    assert one(f"<recordID>{ID}</recordID>{start}").start == CREATED
    assert one(f"<recordID>by-hand-1462807897120</recordID>{start}").start == CREATED


@pytest.mark.parametrize(
    "record_id",
    [
        f"{ID}-presentation",
        f"{ID}.mp4",
        f"{ID}-1462811497120",  # begin and end
        "by_hand_1462807897120",
        "1462807897120",
        "F71D810B6E90-1462807897120",
        f"0000000000000-{ID}",
    ],
)
def test_the_moment_of_a_record_id_is_found_in_other_forms(record_id: str) -> None:
    assert one(f"<recordID>{record_id}</recordID>").start == CREATED


@pytest.mark.parametrize(
    "record_id", ["a", "a-14628078971201", "a1462807897120", "a-9999999999999", "a-1462807897120b"]
)
def test_other_digits_are_no_moment(record_id: str) -> None:
    assert one(f"<recordID>{record_id}</recordID>").start is None


def test_a_start_that_can_be_is_believed() -> None:
    recording = one(f"<recordID>{ID}</recordID><startTime>1500000000000</startTime>")
    assert recording.start == datetime(2017, 7, 14, 2, 40, tzinfo=UTC)


def test_seconds_are_read_where_nothing_else_says_when() -> None:
    recording = one("<recordID>a</recordID><startTime>1462807897</startTime><endTime>1462811497</endTime>")
    assert recording.start == datetime(2016, 5, 9, 15, 31, 37, tzinfo=UTC)
    assert recording.meeting_duration_s == 3600


@pytest.mark.parametrize("length", [101, 4000, 1_000_000])
def test_a_record_id_that_the_ledger_cannot_keep_is_refused_by_name(length: int) -> None:
    long = "e" * length
    problem, other = read_all([reply(f"<recordID>{long}</recordID>", "<recordID>b</recordID>")])
    assert isinstance(problem, ListProblem)
    assert (problem.lost, problem.record_id) == (True, f"{long[:100]}…")
    assert str(length) in problem.what
    assert other == Recording(record_id="b")
    assert one(f"<recordID>{long[:100]}</recordID>").record_id == long[:100]


@pytest.mark.parametrize("character", ["\u202e", "\x85", "\u2066", "&#10;", "&#9;"])
def test_a_record_id_with_characters_that_nobody_sees_is_refused(character: str) -> None:
    (problem,) = read_all([reply(f"<recordID>ab{character}cd</recordID>")])
    assert isinstance(problem, ListProblem)
    assert problem.record_id in ("abcd", "ab cd")


LONG = "Introduction aux méthodes numériques pour les équations ouverts et appliquées, groupe B, partie 2"


@pytest.mark.parametrize(
    ("cut", "whole", "title"),
    [
        (f"{LONG[:64]}...", LONG, LONG),
        (f"{LONG[:64]}…", LONG, LONG),
        (LONG[:64], LONG, LONG),
        (f"{LONG.encode()[:64].decode(errors='ignore')}...", LONG, LONG),  # bytes are counted
        (f"{LONG.encode()[:19].decode(errors='replace')}\ufffd...", LONG.replace("aux", "à xx"), None),
        ("Ğ" * 61 + "...", "Ğ" * 61, "Ğ" * 61),  # whole, and dotted all the same
        ("Questions &amp;amp; notes l&amp;#039;a...", "Questions &amp; notes l'an", "Questions & notes l'an"),
        ("Cours du lundi et notes &amp;am...", "Cours du lundi et notes &amp; le", "Cours du lundi et notes & le"),
        ("Cours   de\n physique moderne...", "Cours de physique moderne, suite", "Cours de physique moderne, suite"),
        (f"{LONG.encode()[:30].decode(errors='ignore')}?...", LONG, LONG),  # bytes that a database could not keep
        (f"{unicodedata.normalize('NFD', LONG)[:22]}...", LONG, LONG),  # between a letter and its accent
        (f"{LONG.encode()[:64].decode(errors='replace')}", LONG, LONG),
        ((LONG * 3)[:255], LONG * 3, LONG * 3),  # varchar(255) of another client
        (f"{LONG[:64]}... ", LONG, LONG),
        ("Renommé en cours de route ...", LONG, None),
        (f"{LONG} et la suite", LONG, None),
        ("Introduction...", LONG, None),  # what a person may have typed
        ("Introduction aux méthodes", LONG, None),
        ("...", LONG, None),
    ],
)  # fmt: skip
def test_a_name_that_moodle_cut_gives_way_to_the_whole_one(cut: str, whole: str, title: str | None) -> None:
    metadata = f"<metadata><bbb-recording-name>{cut}</bbb-recording-name>"
    in_metadata = f"<recordID>{ID}</recordID>{metadata}<meetingName>{whole}</meetingName></metadata>"
    assert one(in_metadata).title == (title or cut)
    assert one(f"<recordID>{ID}</recordID><name>{whole}</name>{metadata}</metadata>").title == (title or cut)


@settings(deadline=None)
@given(st.text(min_size=70, max_size=120).map(lambda text: " ".join(text.split())), st.text(max_size=20))
def test_a_renamed_title_stays(whole: str, renamed: str) -> None:
    """Property: what is short and is not the meeting's name with dots is never taken for a cut of it."""
    if len(renamed.encode()) < 20 and renamed.rstrip(" .…") != whole.rstrip(" .…"):
        assert not is_cut_from(renamed, whole)


@pytest.mark.parametrize(
    "spoilt",
    [
        "<metadata><2021-x>a</2021-x><meetingName>Algèbre</meetingName></metadata>",
        "<metadata><my key>a</my key><meetingName>Algèbre</meetingName></metadata>",
        "<metadata><r:x>a</r:x><meetingName>Algèbre</meetingName></metadata>",
        "<metadata><a>Q&A</a><meetingName>Algèbre</meetingName></metadata>",
        "<metadata><a>a < b</a><meetingName>Algèbre</meetingName></metadata>",
        "<metadata><a>&eacute;&nbsp;</a><meetingName>Algèbre</meetingName></metadata>",
        "<metadata><a>x <b> y</a><meetingName>Algèbre</meetingName></metadata>",
        "<metadata><meetingName>Algèbre</meetingName><a$b>1</a$b></metadata>",
        "<metadata><a><b><c></a><meetingName>Alg&egrave;bre</meetingName></metadata>",
        "<name>Algèbre</name><metadata><x</metadata>",
        "<name>Alg&egrave;bre</name>",
        "<!-- a -- b --><name>Algèbre</name>",
        "<name>Algèbre<meetingID>m</meetingID>",
        "<name lang=fr>Algèbre</name>",
        "<name><![CDATA[Algèbre]]></name><metadata><a><![CDATA[x</a></metadata>",
        "<name>Algèbre</name><metadata><a>x</a>",
    ],
)
def test_a_recording_is_read_as_far_as_it_is_xml(spoilt: str) -> None:
    video = "<playback><format><type>video</type><url>https://h/x</url></format></playback>"
    text = reply(f"<recordID>{ID}</recordID>{spoilt}{video}", "<recordID>b</recordID>")
    with pytest.raises(MalformedReplyError):
        read_all([text])
    recording, problem, other = salvaged(in_pieces(text, 70), what="x")
    assert isinstance(recording, Recording)
    assert (recording.record_id, recording.title) == (ID, "Algèbre")
    assert recording.playbacks == (Playback(type="video", url="https://h/x"),)
    assert isinstance(problem, ListProblem)
    assert (problem.record_id, problem.lost) == (ID, False)
    assert other == Recording(record_id="b")


@pytest.mark.parametrize(
    "url", ["https://h/x?a=1&b=2", "https://h/x?a=1&copy=2&lt=3", "<![CDATA[https://h/x?a=1&b=<2>]]>"]
)
def test_an_address_is_read_as_it_is_where_tags_do_not_match(url: str) -> None:
    playback = f"<playback><format><type>video</type><url>{url}</url></format></playback>"
    recording, _ = salvaged([reply(f"<recordID>{ID}</recordID><name>x</nam>{playback}")], what="x")
    assert isinstance(recording, Recording)
    assert recording.playbacks[0].url == url.removeprefix("<![CDATA[").removesuffix("]]>")


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ('<recording id="1">', "</recording>"),
        ("<recording >", "</recording >"),
        ("<recording\n id=1>", "</recording\n>"),
    ],
)
def test_no_spelling_of_the_tags_hides_a_recording(start: str, end: str) -> None:
    text = reply(f"<recordID>{ID}</recordID><name>a & b</name>", "<recordID>b</recordID>").decode()
    text = text.replace("<recording>", start, 1).replace("</recording>", end, 1)
    for size in (1, 7, 10_000):
        found: dict[str, Recording] = {}
        read_reply(lambda: in_pieces(text.encode(), size), "x", found)  # noqa: B023 - called at once
        assert {one.record_id: one.title for one in found.values()} == {ID: "a & b", "b": "b"}


def test_a_recording_of_which_the_end_is_missing_does_not_swallow_the_next() -> None:
    text = reply(f"<recordID>{ID}</recordID><name>Algèbre</name>", "<recordID>b</recordID>", "<recordID>c</recordID>")
    found: dict[str, Recording] = {}
    read_reply(lambda: [text.replace(b"</recording>", b"", 1)], "x", found)
    assert sorted(one.title for one in found.values()) == ["Algèbre", "b", "c"]


NAME = "Algèbre “1” à l'été"


@pytest.mark.parametrize("spoilt", ["", " & co", "<br>", "<![CDATA["])
@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-16", "utf-16"),
        ("utf-16", "utf-16-be"),
        ("", "utf-16"),
        ("", "utf-16-le"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-15", "iso-8859-15"),
        ("GB18030", "gb18030"),
        ("ISO-8859-1", "utf-8"),
        ("windows-1252", "utf-8"),
        ("US-ASCII", "utf-8"),
        ("UTF-16", "utf-8"),
        ("utf8mb4", "utf-8"),
        ("hex", "utf-8"),
        ("IBM037", "utf-8"),
    ],
)
def test_a_reply_is_read_whatever_encoding_it_names(declared: str, encoding: str, spoilt: str) -> None:
    name = NAME if encoding != "iso-8859-15" else "Algèbre à l'été"
    written = reply(f"<recordID>{ID}</recordID><name>{name}{spoilt}</name>", "<recordID>b</recordID>").decode()
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = (head + written).encode(encoding)
    for size in (1, 37, 10_000):
        found: dict[str, Recording] = {}
        problems = read_reply(lambda: in_pieces(text, size), "x", found)  # noqa: B023 - called at once
        assert [one.title for one in found.values()] == [name + spoilt, "b"]
        assert not any(problem.lost for problem in problems)


def test_elements_in_a_namespace_are_recordings() -> None:
    text = reply(f"<recordID>{ID}</recordID>").replace(b"<response>", b'<response xmlns="https://h/api">')
    found: dict[str, Recording] = {}
    assert read_reply(lambda: [text], "x", found) == []
    assert list(found) == [ID]


def test_a_name_with_a_tag_in_it_is_read_as_text() -> None:
    recording, problem = salvaged([reply(f"<recordID>{ID}</recordID><name>Cours <b>important</name>")], what="x")
    assert isinstance(recording, Recording)
    assert recording.title == "Cours <b>important"
    assert isinstance(problem, ListProblem)


def test_nesting_without_end_is_refused() -> None:
    deep = (b"<response><recordings><recording><recordID>a</recordID><x>", *[b"<a>" * 20_000] * 50)
    with pytest.raises(RemoteRefused, match="tags"):
        read_all(deep)


GOOD = reply(
    f"<recordID>{ID}</recordID><name>Q&amp;A</name><startTime>1462807897120</startTime><metadata><a-b>x</a-b>"
    "<bbb-recording-name>Algèbre</bbb-recording-name></metadata><playback><format><type>video</type>"
    "<url>https://h/x?a=1&amp;b=2</url><length>3</length></format></playback>",
    "<recordID>b</recordID>",
)
mutations = st.lists(
    st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 12), st.binary(max_size=12)), min_size=1, max_size=6
)


@settings(deadline=None, max_examples=300)
@given(mutations)
def test_no_mutation_of_a_reply_is_more_than_an_error_that_is_expected(changes: list[tuple[int, int, bytes]]) -> None:
    """Property: whatever becomes of the bytes, there are recordings and problems, or an error that says why not."""
    text = GOOD
    for at, removed, put in changes:
        text = text[:at] + put + text[at + removed :]
    found: dict[str, Recording] = {}
    try:
        problems = read_reply(lambda: [text], "getRecordings on bbb.univ.example", found)
    except (RemoteRefused, TooMuch):
        return
    assert all(len(record_id) <= 100 for record_id in found)
    assert all(problem.what for problem in problems)
