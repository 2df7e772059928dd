"""What is put right in Pod once videos are published, those of earlier runs among them."""

from collections.abc import Mapping, Sequence

from bbbmig.domain.owner import Ownership
from bbbmig.domain.recording import Recording
from bbbmig.runs.publish_captions import add_missing_captions
from bbbmig.runs.published_links import remove_needless_links
from bbbmig.runs.run import Run


def put_right(run: Run, chosen: Sequence[Recording], whose: Mapping[str, Ownership]) -> None:
    """Take away links that are needless now, and give captions that are missing. Raises as these do."""
    remove_needless_links(run, chosen, whose)
    add_missing_captions(run, chosen)
