"""A survey on a terminal: bars and tables."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bbbmig.report.survey_view import Block, SurveyView

_WIDTH = 24


def show(console: Console, view: SurveyView) -> None:
    """Print it all; texts of servers are never read as markup."""
    console.print(Text(view.question, style="bold"))
    console.print(Text(view.answer, style="bold cyan"))
    for line in view.remarks:
        console.print(Text(line, style="dim"))
    console.print()
    tiles = Table.grid(padding=(0, 2))
    tiles.add_column(justify="right", no_wrap=True)
    for number, what in view.tiles:
        tiles.add_row(Text(number, style="bold"), Text(what))
    console.print(tiles)
    for block in view.blocks:
        _block(console, block)
    console.print(Text(f"\n{view.notice}", style="bold"))
    for line in view.noticed:
        console.print(Text(f"  {line}"))
    console.print(Text(f"\n{view.foot}", style="dim"))


def _block(console: Console, block: Block) -> None:
    """Print a table under its title, with a bar beside each row where there is a chart; nothing if it is empty."""
    if not block.rows:
        return
    console.print(Text(f"\n{block.title}", style="bold"))
    table = Table(box=None, padding=(0, 2), pad_edge=False, header_style="dim")
    for place, head in enumerate(block.heads):
        table.add_column(head, justify="right" if place in block.numeric else "left", overflow="fold")
    drawn = len(block.bars) == len(block.rows)
    most = max((bar.value for bar in block.bars), default=0.0) or 1.0
    if drawn:
        table.add_column("")
    for place, row in enumerate(block.rows):
        cells = [Text(cell) for cell in row]
        if drawn:
            value = block.bars[place].value
            cells.append(Text("█" * max(round(value / most * _WIDTH), 1 if value else 0), style="cyan"))
        table.add_row(*cells)
    console.print(table)
