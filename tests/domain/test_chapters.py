"""Chapters as Pod takes them."""

from bbbmig.domain.chapters import Chapter, whole_chapters


def test_whole_seconds_each_once_with_titles_that_fit() -> None:
    given = [
        Chapter(title="Second", start_s=7.4),
        Chapter(title="Blink", start_s=7.1),
        Chapter(title=" Plan\ndu cours ", start_s=0.0),
        Chapter(title="", start_s=9.0),
        Chapter(title="é" * 120, start_s=12.999),
    ]
    assert whole_chapters(given, 90) == [
        Chapter(title="Plan du cours", start_s=0),
        Chapter(title="Second", start_s=7),
        Chapter(title="é" * 89 + "…", start_s=12),
    ]
