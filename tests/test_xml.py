"""XML of strangers is read in one guarded way, and mended where that loses nothing."""

import tracemalloc
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.xml import DEEPEST, Document, XmlError, XmlReader, attribute

DOCTYPE = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'


def text_of(source: bytes) -> str:
    return "".join(Document(source).root().itertext())


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("a\x0bb", "a\ufffdb"),
        ("a&#11;b", "a\ufffdb"),
        ("a&#x0B;b&#xD800;&#0;", "a\ufffdb\ufffd\ufffd"),
        ("&eacute;&nbsp;&NotEqualTilde;", "é\N{NO-BREAK SPACE}≂̸"),
        ("Q & A &unknown; a&b", "Q & A &unknown; a&b"),
        ("a < b <3", "a < b <3"),
        ("<my key>v</my key><2021-x>w</2021-x>", "<my key>v</my key><2021-x>w</2021-x>"),
        ("<r:x>v</r:x>", "v"),
        ("<![CDATA[&eacute; \x0b <x>]]>&", "&eacute; \ufffd <x>&"),
        ("&amp;&lt;&#233;&#x1F600;", "&<é😀"),
    ],
)
def test_what_keeps_a_text_from_being_xml_is_replaced(inner: str, text: str) -> None:
    assert text_of(f"<a>{inner}</a>".encode()) == text
    assert text_of(f"{DOCTYPE}<a>{inner}</a>".encode()) == text


def test_wrong_bytes_and_odd_beginnings_are_read() -> None:
    assert text_of(b"<a>caf\xe9</a>") == "caf\ufffd"
    assert text_of(b'\r\n<?xml version="1.0" encoding="ISO-8859-1"?><a>caf\xe9 & \x01</a>\x00\x00') == "café & \ufffd"
    assert text_of(b'<?xml version="1.0" encoding="hex"?><a>1</a>') == "1"
    assert text_of("\ufeff<a>é</a>".encode("utf-16")) == "é"


def test_entities_in_attributes_are_not_lost_behind_a_document_type() -> None:
    assert Document(f'{DOCTYPE}<a b="&eacute;t&eacute;"/>'.encode()).root().get("b") == "été"


def test_attributes_are_found_whatever_their_prefix() -> None:
    root = Document(b'<svg xlink:href="x" id="1"/>').root()
    assert (attribute(root, "href"), attribute(root, "id"), attribute(root, "nothing")) == ("x", "1", "")


@pytest.mark.parametrize(
    "source",
    [
        '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>',
        '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>',
        '<!DOCTYPE a [<!ENTITY % a SYSTEM "http://127.0.0.1/"> %a;]><a/>',
        "<a>" * 100_000,
        "<a>" * (DEEPEST + 1) + "</a>" * (DEEPEST + 1),
        "<a><b></a>",
        "<a>",
        "",
        "\x00\x00",
        "no XML",
    ],
)
def test_what_multiplies_fetches_or_is_no_xml_is_refused(source: str) -> None:
    with pytest.raises(XmlError):
        Document(source.encode()).root()


def test_what_came_before_a_break_is_given_before_the_error() -> None:
    found: list[str] = []

    def read() -> None:
        found.extend(element.tag for _, element in Document(b"<r><a/><b/><c").elements())

    with pytest.raises(XmlError, match="line 1"):
        read()
    assert found == ["a", "b"]


def test_a_reader_takes_pieces_as_they_come() -> None:
    reader = XmlReader(("start", "end"))
    found = [(event, e.tag) for byte in b"<r><a>1</a></r>" for event, e in reader.feed(bytes([byte]))]
    found += [(event, e.tag) for event, e in reader.close()]
    assert found == [("start", "r"), ("start", "a"), ("end", "a"), ("end", "r")]


def test_a_large_file_is_read_in_little_room_and_in_time(tmp_path: Path) -> None:
    path = tmp_path / "shapes.svg"
    shape = '<g><path d="M0 0L1 1"/></g>'
    path.write_text(f"{DOCTYPE}<svg>{shape * 200_000}</svg>")
    tracemalloc.start()
    count = 0
    for _, element in Document(path).elements():
        count += 1
        element.clear()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 400_001
    assert peak < 40 << 20


@pytest.mark.parametrize("piece", ["<![CDATA[", "<!--", "<a ", "&", "<a b='", "]]>"])
def test_mending_takes_time_in_proportion(piece: str) -> None:
    """A megabyte of what begins and does not end; quadratic time would be hours."""
    with pytest.raises(XmlError):
        Document((piece * ((1 << 20) // len(piece))).encode()).root()


PIECES = st.lists(
    st.sampled_from(
        ["<a>", "</a>", "<b c='", "'/>", "&", "&eacute;", "&#11;", "<![CDATA[", "]]>", "<!--", "-->", "\x00", "é"]
    )
    | st.text(max_size=3)
)


@given(PIECES)
def test_any_text_is_read_or_refused(pieces: list[str]) -> None:
    source = f"<r>{''.join(pieces)}</r>".encode("utf-8", "surrogatepass")
    try:
        Document(source).root()
    except XmlError:
        return


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0xD7FF)))
def test_what_is_well_formed_is_never_changed(text: str) -> None:
    made = ET.Element("r", {"a": text})
    made.text = text
    source = ET.tostring(made)
    document = Document(source)
    assert not document.mended
    assert ET.tostring(document.root()) == source


def test_a_text_that_breaks_off_in_a_tag_is_not_mended() -> None:
    document = Document(b"<r><a>1</a><b c='2")
    assert not document.mended
    with pytest.raises(XmlError):
        document.root()
