"""A recording beyond all measure costs itself and nobody else, and no reply costs the memory of the machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from bbbmig.bbb.reply_parser import LARGEST_RECORDING, MOST_TAGS, ListProblem
from bbbmig.bbb.sharded_listing import read_reply
from bbbmig.domain.recording import Recording
from bbbmig.xml import DEEPEST

ID = "f71d810b6e90a4a34ae02b8c7143e8733178578e-1462807897120"
MOST_MIB = 300
MEASURED = """
import sys
from pathlib import Path
from bbbmig.bbb.reply_parser import ListProblem
from bbbmig.bbb.sharded_listing import read_reply

def chunks():
    with open(sys.argv[1], "rb") as file:
        while piece := file.read(1 << 16):
            yield piece

found = {}
problems = read_reply(chunks, "x", found)
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(sorted(found), [problem.record_id for problem in problems], int(peak.split()[1]) // 1024)
"""
"""VmHWM is of this process alone; ru_maxrss begins with that of the parent."""


def between(bad: bytes) -> bytes:
    """A reply with that recording between two good ones."""
    one = b"<recording><recordID>%b</recordID></recording>"
    recordings = one % b"a" + b"<recording>" + bad + b"</recording>" + one % b"b"
    return b"<response><returncode>SUCCESS</returncode><recordings>%b</recordings></response>" % recordings


TAGS = b"<x/>" * (MOST_TAGS + 1)
DEEP = b"<a>" * DEEPEST + b"</a>" * DEEPEST
VERY_DEEP = b"<a>" * 49_000 + b"</a>" * 49_000
LARGE = b"<data>" + b"x" * (3 * LARGEST_RECORDING) + b"</data>"
UNCLOSED = b"<a>" * 49_000
WIDE = ("<name>" + "\x01\U0001f393" * (LARGEST_RECORDING // 6) + "</name>").encode()
BEYOND = {"tags": TAGS, "deep": DEEP, "very deep": VERY_DEEP, "large": LARGE}
BAD = {**BEYOND, "unclosed": UNCLOSED}


@pytest.mark.parametrize("bad", BEYOND.values(), ids=BEYOND)
@pytest.mark.parametrize("has_id", [True, False], ids=["by id", "by place"])
@pytest.mark.parametrize("size", [1 << 16, 1 << 30])
def test_it_is_left_out_by_name_and_the_others_live(bad: bytes, *, has_id: bool, size: int) -> None:
    text = between((f"<recordID>{ID}</recordID>".encode() if has_id else b"") + bad)
    found: dict[str, Recording] = {}
    (problem,) = read_reply(lambda: [text[at : at + size] for at in range(0, len(text), size)], "x", found)
    assert list(found) == ["a", "b"]
    assert (problem.record_id, problem.lost) == (ID if has_id else "", True)
    assert has_id or problem.what.startswith("recording 2 of the reply: ")


def test_tags_that_never_end_cost_only_themselves() -> None:
    found: dict[str, Recording] = {}
    (problem,) = read_reply(lambda: [between(f"<recordID>{ID}</recordID>".encode() + UNCLOSED)], "x", found)
    assert list(found) == ["a", ID, "b"]
    assert (problem.record_id, problem.lost) == (ID, False)


def test_what_is_just_within_measure_is_read() -> None:
    deep = b"<a>" * (DEEPEST - 2) + b"</a>" * (DEEPEST - 2)
    many = b"<x/>" * (MOST_TAGS - 10)
    for good in (deep, many):
        found: dict[str, Recording] = {}
        problems: list[ListProblem] = read_reply(lambda: [between(b"<recordID>c</recordID>" + good)], "x", found)  # noqa: B023
        assert (sorted(found), problems) == (["a", "b", "c"], [])


@pytest.mark.parametrize("bad", [*BAD.values(), WIDE], ids=[*BAD, "wide and malformed"])
def test_memory_stays_within_bounds(tmp_path: Path, bad: bytes) -> None:
    file = tmp_path / "reply.xml"
    file.write_bytes(between(b"<recordID>c</recordID>" + bad))
    done = subprocess.run([sys.executable, "-c", MEASURED, file], check=True, capture_output=True, text=True)
    *said, mebibytes = done.stdout.split()
    assert "'a'," in " ".join(said)
    assert "'c'" in " ".join(said)
    assert int(mebibytes) < MOST_MIB
