"""The quick way through a reply gives what the careful one gives, or nothing."""

import contextlib

import pytest

from bbbmig.bbb.reply_batches import NotUsual, in_batches
from tests.bbb.replies import DATA, in_pieces, read_all, reply

PREVIEW = '<preview><images><image alt="a">https://h/1.png</image></images></preview>'
FORMAT = f"<format><type>presentation</type><url>https://h/p</url>{PREVIEW}<length>3</length></format>"
PLAIN = [
    reply(f"<recordID>a</recordID><playback>{FORMAT}{FORMAT}</playback>", "<recordID>b</recordID>"),
    reply("<recordID>a</recordID><metadata><recording>x</recording><k>v</k></metadata>", "<recordID>b</recordID>"),
    reply("<recordID><![CDATA[a]]></recordID><name><![CDATA[<preview> & </recording>]]></name>", "<name>b</name>"),
    *(path.read_bytes() for path in sorted(DATA.glob("*.xml"))),
]


@pytest.mark.parametrize("size", [61, 1 << 20])
def test_the_quick_way_gives_what_the_careful_one_gives(size: int) -> None:
    usual = 0
    for text in PLAIN:
        with contextlib.suppress(NotUsual):
            assert list(in_batches(in_pieces(text, size))) == read_all([text])
            usual += 1
    assert usual > 1


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_another_encoding_is_not_for_the_quick_way(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>{reply("<recordID>é</recordID>").decode()}'.encode(encoding)
    with pytest.raises(NotUsual):
        list(in_batches([text]))
    assert len(read_all([text])) == 1


@pytest.mark.parametrize("cut", [1, 12, 30, 60])
def test_a_reply_without_its_end_is_not_for_the_quick_way(cut: int) -> None:
    with pytest.raises(NotUsual):
        list(in_batches([reply("<recordID>a</recordID>", "<recordID>b</recordID>")[:-cut]]))
