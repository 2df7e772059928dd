"""Parsing: what may be missing, what may be wrong, and what must not get through."""

import dataclasses
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbbmig.bbb.errors import TooMuch
from bbbmig.bbb.reply_parser import LARGEST_RECORDING, ListProblem, MalformedReplyError, parsed, salvaged
from bbbmig.demo.bbb_replies import FLAVOURS, recording_xml
from bbbmig.domain.recording import Origin, Playback, Recording
from bbbmig.errors import RemoteRefused
from tests.bbb.replies import in_pieces, one, read_all, reply

ID = "f71d810b6e90a4a34ae02b8c7143e8733178578e-0000000000001"
"""One that does not say when the meeting was created."""


def test_only_the_record_id_is_needed() -> None:
    assert one(f"<recordID> {ID}\n</recordID>") == Recording(record_id=ID)


def test_a_recording_without_id_is_a_problem_and_the_others_live() -> None:
    first, second = read_all([reply("<name>Sans identifiant</name>", f"<recordID>{ID}</recordID>")])
    assert first == ListProblem(record_id="", what="a recording without recordID")
    assert second == Recording(record_id=ID)


@pytest.mark.parametrize("number", ["", "-1", "12.5", "abc", "1e3", "²", "9" * 30])
def test_what_is_no_number_is_unknown(number: str) -> None:
    recording = one(f"<recordID>{ID}</recordID><startTime>{number}</startTime><participants>{number}</participants>")
    assert (recording.start, recording.participants) == (None, None)


@pytest.mark.parametrize("number", ["0", "253402300800000"])
def test_times_that_no_calendar_holds_are_unknown(number: str) -> None:
    assert one(f"<recordID>{ID}</recordID><startTime>{number}</startTime>").start is None


@pytest.mark.parametrize(
    ("elements", "published"),
    [
        ("<published>true</published><state>unpublished</state>", True),
        ("<published>false</published><state>available</state>", False),
        ("<state>available</state>", True),
        ("<state>unpublished</state>", False),
        ("<state>deleted</state>", False),
        ("", True),
    ],
)
def test_published_is_believed_before_state(elements: str, published: bool) -> None:  # noqa: FBT001
    assert one(f"<recordID>{ID}</recordID>{elements}").published is published


@pytest.mark.parametrize(
    ("metadata", "title"),
    [
        ("<name>Renommé</name><bbb-recording-name>Séance</bbb-recording-name>", "Renommé"),
        ("<name></name><bbb-recording-name>Séance</bbb-recording-name>", "Séance"),
        ("<meetingName>Salle</meetingName>", "Nom"),
        ("", "Nom"),
    ],
)
def test_precedence_of_names(metadata: str, title: str) -> None:
    assert one(f"<recordID>{ID}</recordID><name>Nom</name><metadata>{metadata}</metadata>").title == title


def test_the_meeting_id_of_the_client_is_believed_before_the_element() -> None:
    element = f"<recordID>{ID}</recordID><meetingID>{'a' * 40}</meetingID>"
    assert one(element).meeting_id == "a" * 40
    assert one(f"{element}<metadata><meetingId>0015-cours</meetingId></metadata>").meeting_id == "0015-cours"


def test_addresses_that_were_broken_over_lines_are_whole() -> None:
    url = "\n https://bbb.univ.example/playback/presentation/\n  2.3/abc\n"
    (playback,) = one(f"<recordID>{ID}</recordID><playback><format><url>{url}</url></format></playback>").playbacks
    assert playback.url == "https://bbb.univ.example/playback/presentation/2.3/abc"


def test_metadata_named_like_elements_are_metadata() -> None:
    recording = one(f"<recordID>{ID}</recordID><metadata><recording>oui</recording><format>x</format></metadata>")
    assert recording.metadata == {"recording": "oui", "format": "x"}
    assert recording.playbacks == ()


def test_addresses_in_metadata_are_left_alone() -> None:
    url = "https://pod.univ.example/?a=1&region=2"
    element = (
        f"<recordID>{ID}</recordID><metadata><endcallbackurl>{url.replace('&', '&amp;')}</endcallbackurl></metadata>"
    )
    assert one(element).metadata == {"endcallbackurl": url}


def test_a_token_makes_a_recording_protected_even_if_it_does_not_say_so() -> None:
    element = f"<recordID>{ID}</recordID><playback><format><url>https://h/r?token=ab&amp;x=1</url></format></playback>"
    recording = one(element)
    assert recording.protected
    assert recording.playbacks == (Playback(type="", url="https://h/r?x=1"),)


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
def test_replies_may_come_in_any_pieces(size: int) -> None:
    text = reply(f"<recordID>{ID}</recordID><name>Été 🎓</name>", "<recordID>b</recordID>")
    assert read_all(in_pieces(text, size)) == read_all([text])


def test_a_parser_that_holds_back_its_last_elements_loses_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """As expat does since 2.6 with small pieces."""

    real = ET.XMLPullParser

    class Reluctant:
        def __init__(self, events: list[Literal["end"]]) -> None:
            self._parser: ET.XMLPullParser[ET.Element] = real(events)
            self._held = b""
            self.read_events = self._parser.read_events

        def feed(self, data: bytes) -> None:
            self._held += data

        def close(self) -> None:
            self._parser.feed(self._held)
            self._parser.close()

    monkeypatch.setattr("bbbmig.bbb.reply_parser.ET.XMLPullParser", Reluctant)
    assert read_all([reply(f"<recordID>{ID}</recordID>")]) == [Recording(record_id=ID)]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_reply_that_ends_too_early_is_never_a_short_list(share: float) -> None:
    text = reply(f"<recordID>{ID}</recordID>", "<recordID>b</recordID>")
    with pytest.raises(TooMuch, match="cut off"):
        read_all([text[: int(len(text) * share)]])


def test_nothing_at_all_is_cut_off() -> None:
    with pytest.raises(TooMuch, match="cut off"):
        read_all([])


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE response [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
        '<!-- <response> --><!DOCTYPE response SYSTEM "file:///etc/passwd">',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("size", [3, 100_000])
def test_document_types_are_refused_wherever_they_hide(doctype: str, encoding: str, size: int) -> None:
    text = (doctype + reply(f"<recordID>{ID}</recordID>").decode()).encode(encoding)
    with pytest.raises(RemoteRefused, match="document type"):
        read_all(in_pieces(text, size))


def test_other_xml_is_refused() -> None:
    with pytest.raises(RemoteRefused, match="<feed>"):
        read_all([b"<feed><entry/></feed>"])


def test_one_recording_cannot_grow_without_end() -> None:
    endless = (b"<response><recordings><recording><name>", *[b"x" * (1 << 20)] * (2 + (LARGEST_RECORDING >> 20)))
    with pytest.raises(RemoteRefused, match="16 MiB"):
        read_all(endless)
    with pytest.raises(RemoteRefused, match="16 MiB"):
        list(salvaged(endless, what="x"))


def test_a_reply_may_be_larger_than_its_largest_recording() -> None:
    large = f"<recording><recordID>{ID}</recordID><data>{'x' * (LARGEST_RECORDING // 4)}</data></recording>".encode()
    chunks = (b"<response><recordings>", *[large] * 5, b"</recordings></response>")
    assert read_all(chunks) == [Recording(record_id=ID)] * 5


def test_memory_does_not_grow_with_the_reply() -> None:
    """What the parser holds after 5,000 recordings is what it holds after 1,000, but for their empty shells."""
    import tracemalloc  # noqa: PLC0415 - slows everything down, so only here

    element = f"<recording><recordID>{ID}</recordID><name>{'x' * 200}</name></recording>".encode() * 100

    def peak(times: int) -> int:
        chunks = (b"<response><recordings>", *[element] * times, b"</recordings></response>")
        tracemalloc.start()
        assert sum(1 for _ in parsed(chunks, what="x")) == times * 100
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    assert peak(50) - peak(10) < 4_000 * 150


@pytest.mark.parametrize("bad", [b"\x01", b"&#1;", b"&#x1f;", b"\xff\xfe", b"\xc3"])
def test_forbidden_characters_are_replaced_and_reported(bad: bytes) -> None:
    text = reply(f"<recordID>{ID}</recordID><name>Cours@de physique</name>", "<recordID>b</recordID>")
    text = text.replace(b"@", bad)
    with pytest.raises(MalformedReplyError):
        read_all([text])
    recording, problem, other = salvaged([text], what="x")
    assert isinstance(recording, Recording)
    assert recording.title.replace("\N{REPLACEMENT CHARACTER}", "") == "Coursde physique"
    assert isinstance(problem, ListProblem)
    assert (problem.record_id, problem.lost) == (ID, False)
    assert other == Recording(record_id="b")


def test_what_cannot_be_salvaged_is_lost_and_said_and_the_others_live() -> None:
    text = reply(f"<recordID><![CDATA[{ID}]]></recordID></x>", "<name></x></name></x>", "<recordID>b</recordID>")
    first, problem, second, third = salvaged(in_pieces(text, 50), what="x")
    assert isinstance(first, Recording)
    assert isinstance(problem, ListProblem)
    assert isinstance(second, ListProblem)
    assert (first.record_id, problem.record_id, problem.lost) == (ID, ID, False)
    assert (second.record_id, second.lost) == ("", True)
    assert third == Recording(record_id="b")


def test_a_malformed_reply_that_also_ends_too_early_is_cut_off() -> None:
    text = reply("<recordID>a</recordID><name>\x01</name>").removesuffix(b"</recordings></response>")
    with pytest.raises(TooMuch, match="cut off"):
        list(salvaged([text], what="x"))


names = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=60).map(
    lambda text: " ".join(text.split())
)
words = st.text("abcdefghijklmnop-0123456789", min_size=1, max_size=20)
recordings = st.builds(
    Recording,
    record_id=words,
    meeting_id=words.map(lambda word: f"M{word}"),
    meeting_name=names.filter(lambda name: ";" not in name),
    start=st.datetimes(datetime(2007, 1, 2), datetime(2026, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
        lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    ),
    participants=st.none() | st.integers(0, 10**9),
    published=st.booleans(),
    state=st.sampled_from(["published", "unpublished", "available"]),
    playbacks=st.lists(
        st.builds(
            Playback,
            type=st.sampled_from(["presentation", "video", "podcast"]),
            url=words.map(lambda word: f"https://host/{word}?a=1&b=2"),
            length_min=st.none() | st.integers(0, 10_000),
        ),
        max_size=3,
        unique_by=lambda playback: playback.type,
    ).map(tuple),
    origin=st.builds(Origin, name=words, server_name=words, version=st.just("3.9"), context=words),
)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(recordings, max_size=5, unique_by=lambda r: r.record_id), st.integers(1, 400))
def test_what_a_server_writes_is_what_is_read(written: list[Recording], size: int) -> None:
    """Property: names of any script, escaped by a Scalelite, in any pieces."""
    elements = b"".join(recording_xml(recording, FLAVOURS["scalelite"]) for recording in written)
    text = b"<response><returncode>SUCCESS</returncode><recordings>" + elements + b"</recordings></response>"
    assert read_all(in_pieces(text, size)) == [dataclasses.replace(recording, end=None) for recording in written]


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=300).filter(lambda noise: b"<" not in noise))
def test_no_bytes_inside_a_recording_harm_its_neighbour(noise: bytes) -> None:
    """Property: whatever a name is made of, that recording is given or reported, and the next one is given."""
    text = reply(f"<recordID>{ID}</recordID><name>@</name>", "<recordID>b</recordID>").replace(b"@", noise)
    items = list(salvaged([text], what="x"))
    assert items[0].record_id == ID
    assert items[-1] == Recording(record_id="b")
