"""A survey in plain lines: for pipes, cron and mails."""

from collections.abc import Iterator

from bbbmig.report.survey_view import Block, SurveyView


def lines(view: SurveyView) -> Iterator[str]:
    """Yield the lines: the answer first."""
    yield view.question
    yield view.answer
    yield from view.remarks
    yield ""
    yield from (f"  {number}: {what}" for number, what in view.tiles)
    for block in view.blocks:
        yield from _block(block)
    yield from ("", view.notice, *(f"  - {line}" for line in view.noticed), "", view.foot)


def _block(block: Block) -> Iterator[str]:
    """Yield a table, each row with the names of what stands in it; nothing if it is empty."""
    if not block.rows:
        return
    yield from ("", block.title)
    for row in block.rows:
        first, *rest = (" ".join(cell.split("\n")) for cell in row)
        yield f"  {first}: " + "; ".join(f"{head} {cell}" for head, cell in zip(block.heads[1:], rest, strict=True))
