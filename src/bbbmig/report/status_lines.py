"""A status in plain lines: for pipes, cron and mails."""

from collections.abc import Iterator, Sequence

from bbbmig.domain.status import Done
from bbbmig.report import status_words as words
from bbbmig.report.status_view import Row, View

MARKS = {Done.YES: "[x]", Done.NO: "[ ]", Done.ASK: "[?]"}
POINTS = 10
"""So many looks of the past are shown; the page has all."""


def lines(view: View) -> Iterator[str]:
    """Yield the lines: the answer first, since whoever reads a mail may stop there."""
    language = view.language
    colon = words.COLON[language]
    yield view.question
    yield view.answer
    yield ""
    width = max(len(bar.label) for bar in view.bars)
    for bar in view.bars:
        yield f"  {bar.label:<{width}}  {bar.count:>9}  {bar.hours:>10}  {bar.percent:>7}"
    yield from _block(words.OBSTACLES[language], view.obstacles, colon, numbered=True)
    yield from _block(words.TO_KNOW[language], view.to_know, colon)
    yield from _block(words.GIVEN_UP[language], view.given_up, colon)
    yield from ("", words.CHECKED[language], *(f"  - {line}" for line in view.verified))
    if len(view.curve) > 1:
        yield from ("", words.CURVE[language], *(f"  {day}{colon}{lost}" for day, lost, _ in view.curve[-POINTS:]))
    yield from ("", words.CHECKLIST[language])
    yield from (f"  {MARKS[line.done]} {line.text}" for line in view.checklist)
    yield from ("", view.foot)


def _block(title: str, rows: Sequence[Row], colon: str, *, numbered: bool = False) -> Iterator[str]:
    """Yield a block of rows, none if there is nothing in it."""
    if not rows:
        return
    yield from ("", title)
    for place, row in enumerate(rows, 1):
        about = "; ".join(filter(None, (row.who, row.command)))
        first = f"{place}." if numbered else "-"
        yield f"  {first} {row.what}{colon}{row.count}, {row.hours}{f' ({about})' if about else ''}"
        yield from (f"       {title}" for title in row.titles)
