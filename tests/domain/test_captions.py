"""Which captions a video gets, of those that a recording has."""

import pytest

from bbbmig.domain.captions import Caption, by_language, webvtt


def captions(*locales: str) -> list[Caption]:
    return [Caption(locale=locale, text=f"of {locale}") for locale in locales]


@pytest.mark.parametrize(
    ("locale", "language"),
    [("fr", "fr"), ("fr-FR", "fr"), ("pt_BR", "pt"), ("EN", "en"), ("und", "de"), ("", "de"), ("null", "de")],
)
def test_languages_have_two_letters(locale: str, language: str) -> None:
    assert by_language(captions(locale), "de") == ({language: f"of {locale}"}, [])


@pytest.mark.parametrize("locale", ["fil", "f", "français", "../fr", "12"])
def test_others_are_left_out(locale: str) -> None:
    assert by_language(captions(locale, "en"), "fr") == ({"en": "of en"}, [locale])


def test_of_several_of_one_language_the_first_counts() -> None:
    assert by_language(captions("pt_BR", "pt_PT", "fr"), "fr") == ({"pt": "of pt_BR", "fr": "of fr"}, ["pt_PT"])


VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\nL'été € à Liège\n"
SRT = "1\n00:00:01,000 --> 00:00:02,500\nL'été\n\n2\n01:00:03,000 --> 01:00:04,000\nfin, 12,500 fois\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_captions_are_read_in_the_encodings_that_they_come_in(encoding: str) -> None:
    assert webvtt(VTT.encode(encoding)) == VTT
    assert webvtt(f"\r\n{VTT}".encode(encoding)) == VTT


def test_subrip_becomes_webvtt() -> None:
    assert webvtt(SRT.encode()) == (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.500\nL'été\n\n2\n01:00:03.000 --> 01:00:04.000\nfin, 12,500 fois\n"
    )


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 99, b"<!DOCTYPE html><html>00:00:01,000 --> 00:00:02,000", b"Bonjour", bytes(range(256))]
)
def test_what_is_no_captions_is_none(data: bytes) -> None:
    assert webvtt(data) == ""
