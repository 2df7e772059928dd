"""Video pages and metadata.xml are read, not guessed."""

import pytest

from bbbmig.bbb.playback_page import duration_s, sources

PAGE = "https://bbb.univ.example/playback/video/a/"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<video><source src="video-0.m4v" type="video/mp4"></video>', [f"{PAGE}video-0.m4v"]),
        (
            '<video><source src="video-0.webm" type="video/webm"/><source src="video-1.m4v"><track src="fr.vtt">',
            [f"{PAGE}video-0.webm", f"{PAGE}video-1.m4v"],
        ),
        ('<VIDEO SRC="/video/a/video-0.mp4?x=1&amp;y=2">', ["https://bbb.univ.example/video/a/video-0.mp4?x=1&y=2"]),
        ('<source src=" video-0.m4v\n"><source src="video-0.m4v">', [f"{PAGE}video-0.m4v"]),
        ('<audio><source src="a.ogg"></audio><video src="v.mp4">', [f"{PAGE}v.mp4"]),
        ('<picture><source srcset="x.png" type="image/png"></picture>', []),
        ('<source src="a.ogg" type="audio/ogg">', []),
        ('<base href="/files/"><video><source src="v.mp4"></video>', ["https://bbb.univ.example/files/v.mp4"]),
        ('<source src="https://cdn.univ.example/v.mp4">', ["https://cdn.univ.example/v.mp4"]),
        ("<video><source></video><source src>", []),
        ("<!-- <source src='no.mp4'> --><script>'<source src=no.mp4>'</script>", []),
        ("", []),
    ],
)
def test_sources(html: str, expected: list[str]) -> None:
    assert list(sources(html, PAGE)) == expected


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (b"<recording><playback><duration>21022</duration></playback></recording>", 21.022),
        (b"<recording><playback><duration>\n 9566 \n</duration></playback></recording>", 9.566),
        (b"<recording><playback><duration>0</duration></playback></recording>", None),
        (b"<recording><playback/></recording>", None),
        (b"<!DOCTYPE html><html><body>404", None),
        (b"", None),
    ],
)
def test_duration(xml: bytes, expected: float | None) -> None:
    assert duration_s(xml) == expected
