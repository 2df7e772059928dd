"""A status on a terminal: bars and tables."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bbbmig.domain.recording_state import Safety
from bbbmig.domain.status import Done, Verdict
from bbbmig.report import status_words as words
from bbbmig.report.status_lines import POINTS
from bbbmig.report.status_view import Row, View

_WIDTH = 30
_STYLES = {
    Safety.SAFE: "green",
    Safety.UNCLAIMED: "cyan",
    Safety.GIVEN_UP: "dim",
    Safety.LINK_ONLY: "yellow",
    Safety.FAILED: "red",
    Safety.NOT_STARTED: "magenta",
}
_ANSWERS = {Verdict.YES: "bold green", Verdict.NOT_YET: "bold yellow", Verdict.CANNOT_SAY: "bold red"}
_MARKS = {Done.YES: ("✓", "green"), Done.NO: ("✗", "red"), Done.ASK: ("?", "dim")}


def show(console: Console, view: View, verdict: Verdict) -> None:
    """Print it all; texts of servers are never read as markup."""
    language = view.language
    console.print(Text(view.question, style="bold"))
    console.print(Text(view.answer, style=_ANSWERS[verdict]))
    console.print()
    bars = Table.grid(padding=(0, 2))
    for _ in range(3):
        bars.add_column(justify="right")
    for bar in view.bars:
        filled = max(round(bar.share * _WIDTH), 1 if bar.share else 0)
        drawn = Text("█" * filled, style=_STYLES[bar.safety])
        bars.add_row(Text(bar.count), Text(bar.hours), Text(bar.percent), drawn, Text(bar.label))
    console.print(bars)
    _table(console, words.OBSTACLES[language], view.obstacles, numbered=True)
    _table(console, words.TO_KNOW[language], view.to_know)
    _table(console, words.GIVEN_UP[language], view.given_up)
    console.print(Text(f"\n{words.CHECKED[language]}", style="bold"))
    for line in view.verified:
        console.print(Text(f"  {line}"))
    if len(view.curve) > 1:
        console.print(Text(f"\n{words.CURVE[language]}", style="bold"))
        for day, lost, share in view.curve[-POINTS:]:
            console.print(Text.assemble(f"  {day}  ", ("█" * round(share * _WIDTH), "green"), f"  {lost}"))
    console.print(Text(f"\n{words.CHECKLIST[language]}", style="bold"))
    for item in view.checklist:
        mark, style = _MARKS[item.done]
        console.print(Text.assemble("  ", (mark, style), f" {item.text}"))
    console.print(Text(f"\n{view.foot}", style="dim"))


def _table(console: Console, title: str, rows: Sequence[Row], *, numbered: bool = False) -> None:
    """Print a table under its title, nothing if it has no rows."""
    if not rows:
        return
    console.print(Text(f"\n{title}", style="bold"))
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for place, row in enumerate(rows, 1):
        what = Text(row.what)
        for one in row.titles:
            what.append(f"\n{one}", style="dim")
        about = Text(row.who)
        if row.command:
            about.append(f"\n{row.command}" if row.who else row.command, style="cyan")
        table.add_row(Text(f"{place}." if numbered else ""), Text(row.count), Text(row.hours), what, about)
    console.print(table)
