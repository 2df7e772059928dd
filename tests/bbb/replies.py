"""Replies on disk and in memory, read as bbbmig reads them."""

from collections.abc import Iterable
from pathlib import Path

from bbbmig.bbb.reply_parser import ListProblem, parsed
from bbbmig.bbb.sharded_listing import read_reply
from bbbmig.domain.recording import Recording

DATA = Path(__file__).parent / "data"


def read_file(name: str, *, tokens: bool = False) -> dict[str, Recording]:
    """Read a reply of the test data; there must be nothing wrong with it."""
    found: dict[str, Recording] = {}
    problems = read_reply(lambda: [(DATA / name).read_bytes()], name, found, tokens=tokens)
    assert problems == []
    return found


def reply(*elements: str) -> bytes:
    """Return a reply with these `<recording>` elements."""
    body = "".join(f"<recording>{element}</recording>" for element in elements)
    return f"<response><returncode>SUCCESS</returncode><recordings>{body}</recordings></response>".encode()


def in_pieces(text: bytes, size: int) -> Iterable[bytes]:
    """Cut bytes as a network might."""
    return (text[start : start + size] for start in range(0, len(text), size))


def read_all(chunks: Iterable[bytes]) -> list[Recording | ListProblem]:
    """Read a reply strictly."""
    return list(parsed(chunks, what="getRecordings on bbb.univ.example"))


def one(element: str) -> Recording:
    """Read a reply with this one recording."""
    (found,) = read_all([reply(element)])
    assert isinstance(found, Recording)
    return found
