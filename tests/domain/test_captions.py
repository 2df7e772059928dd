"""Which captions a video gets, of those that a recording has."""

import pytest

from bbbmig.domain.captions import Caption, by_language


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
