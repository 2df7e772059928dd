"""Whether all shapes of a recording can be drawn, found by drawing them without a picture."""

from bbbmig.convert.render.picture.board_pictures import BoardPictures
from bbbmig.convert.render.picture.live_board import LiveBoard
from bbbmig.convert.render.timeline.model import Timeline

_MANY = 3000
"""So many versions are drawn; of more, the last one of each shape."""


def misshapen(timeline: Timeline, pictures: BoardPictures) -> int:
    """Return how many shapes hold data that make no sense; pictures on the board are read by the way."""
    found = 0
    many = sum(map(len, timeline.boards.values())) > _MANY
    for versions in timeline.boards.values():
        kept = tuple({version.shape: version for version in versions}.values()) if many else versions
        board = LiveBoard(kept, pictures, timeline.assets)
        for at in sorted({version.start for version in kept}):
            board.move_to(at)
        found += len(board.unreadable)
    return found
