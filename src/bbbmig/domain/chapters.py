"""Chapters of a film: named moments to jump to."""

from collections.abc import Iterable
from dataclasses import dataclass

from bbbmig.domain.file_names import cut
from bbbmig.domain.plain_text import one_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One chapter; `start_s` is in seconds from the beginning."""

    title: str
    start_s: float


def whole_chapters(chapters: Iterable[Chapter], longest_title: int) -> list[Chapter]:
    """Return them at whole seconds, one at each: of those within one second the last, which lasts longer.

    What has no title is left out.
    """
    by_second = {}
    for one in sorted(chapters, key=lambda one: one.start_s):
        if title := cut(one_line(one.title), longest_title):
            second = int(max(0.0, one.start_s))
            by_second[second] = Chapter(title=title, start_s=second)
    return list(by_second.values())
