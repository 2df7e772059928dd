"""Captions and chat: as they were said and typed, in the mp4 and beside it."""

import json
from pathlib import Path

import pytest

from bbbmig.convert.render.encode.sidecar import captions, write_chat
from bbbmig.convert.render.encode.subtitles import Cue, language, read_cues
from bbbmig.convert.render.files.source import LocalFiles


def chat(tmp_path: Path, *lines: str) -> str:
    (tmp_path / "slides_new.xml").write_text(f"<popcorn>{''.join(lines)}</popcorn>", encoding="utf-8")
    made = write_chat(LocalFiles(tmp_path), tmp_path)
    return made[0].read_text(encoding="utf-8") if made else ""


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Bonjour &lt;b&gt;à&lt;/b&gt; tous &amp;amp; bienvenue", "Bonjour à tous & bienvenue"),
        ("@David -&amp;gt; let&amp;#39;s meet", "@David -> let's meet"),
        ("1 &lt; 2 &amp; 3", "1 < 2 & 3"),
        ("ligne 1&#10;ligne 2", "ligne 1\n    ligne 2"),
        ("un&lt;br/&gt;deux", "un\n    deux"),
        ("&amp;amp;lt;", "&lt;"),
        ("&#x202E;abc", "abc"),
    ],
)
def test_messages_are_read_as_they_were_typed(tmp_path: Path, message: str, said: str) -> None:
    line = f'<chattimeline in="3661" direction="down" name="Zoé &lt;P&gt;" message="{message}" target="chat"/>'
    assert chat(tmp_path, line) == f"1:01:01 Zoé <P>: {said}\n"


def test_messages_that_a_moderator_cleared_are_left_out(tmp_path: Path) -> None:
    gone = '<chattimeline in="3" name="A" message="gone" target="chat" out="45"/>'
    assert (
        chat(tmp_path, gone, '<chattimeline in="50" name="A" message="stays" target="chat"/>') == "0:00:50 A: stays\n"
    )
    assert chat(tmp_path, gone) == ""


def test_a_chat_that_is_broken_is_written_as_far_as_it_goes(tmp_path: Path) -> None:
    (tmp_path / "slides_new.xml").write_text('<popcorn><chattimeline in="3" name="A" message="a\x0bb"/><chat')
    (made,) = write_chat(LocalFiles(tmp_path), tmp_path)
    assert made.read_text(encoding="utf-8") == "0:00:03 A: a\ufffdb\n"


def test_captions_of_no_language_are_kept(tmp_path: Path) -> None:
    listed = [{"locale": None}, {"locale": "fr"}, {"locale": "../x"}, {"locale": 3}, "x"]
    (tmp_path / "captions.json").write_text(json.dumps(listed))
    for name in ("None", "fr"):
        (tmp_path / f"caption_{name}.vtt").write_text("WEBVTT\n")
    assert [locale for locale, _ in captions(LocalFiles(tmp_path))] == ["und", "fr"]


def test_cues_are_plain_in_order_and_none_lies_over_another(tmp_path: Path) -> None:
    path = tmp_path / "x.vtt"
    path.write_text(
        "\ufeffWEBVTT\r\n\r\n2\r\n00:05.000 --> 00:20.000 align:start\r\n<c.red>b</c> &amp; c\r\nd\r\n\r\n"
        "NOTE no cue\r\n\r\n00:00:01.500 --> 00:00:07.000\r\na\r\n\r\n00:30.000 --> 00:31.000\r\nlate\r\n\r\n"
        "00:09.000 --> 00:08.000\r\nbackwards\r\n",
        encoding="utf-8",
    )
    assert read_cues(path, 10.0) == [Cue(1.5, 5.0, "a"), Cue(5.0, 9.0, "b & c\nd")]
    path.write_text("WEBVTT\n")
    assert read_cues(path, 10.0) == []


@pytest.mark.parametrize(
    ("locale", "code"),
    [("fr", "fra"), ("pt-BR", "por"), ("de_DE", "deu"), ("und", "und"), ("xx", "und"), ("eng", "eng")],
)
def test_languages_are_named_as_mp4_wants_them(locale: str, code: str) -> None:
    assert language(locale) == code
