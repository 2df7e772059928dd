"""docs/scripting.md promises exactly what programs get."""

import io
import json
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import pytest

from bbbmig.domain.choices import Language
from bbbmig.domain.history import Effect, Entry, State
from bbbmig.domain.outcome import Outcome, Status, Tally
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.domain.recording import Playback, Recording
from bbbmig.domain.recording_state import Actor, Caveat, RecordingState, Safety, Why
from bbbmig.domain.status import Done, Facts, Item, Verdict, status_of
from bbbmig.errors import ExitCode
from bbbmig.report import recordings_csv
from bbbmig.report.json_lines import JsonReporter
from bbbmig.report.messages import Check, Level, Start
from tests.docs.documents import ROOT, text

PAGE = ROOT / "docs/scripting.md"
MOMENT = datetime(2026, 11, 23, tzinfo=UTC)
OWNER = Owner(username="jdupont")
RECORDING = Recording(record_id="a-1", playbacks=(Playback(type="video", url="https://bbb.univ.fr/v"),))


def section(heading: str) -> str:
    """Return what stands under a heading, up to the next one."""
    return re.split(r"^#+ ", text(PAGE).split(f"{heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(part: str) -> list[str]:
    """Return the words in code at the beginning of rows; a row may name several."""
    rows = re.findall(r"^\| (`[^|]*`) \|", part, re.MULTILINE)
    return [word for row in rows for word in re.findall(r"`([^`]+)`", row)]


def objects() -> dict[str, dict[str, Any]]:
    """Write one object of each type and read them back."""
    stream = io.StringIO()
    with JsonReporter(stream) as report:
        report.start(
            Start(
                command="claim",
                server="bbb.univ.fr",
                listed=1,
                chosen=1,
                lost=0,
                checksum="sha256",
                calls=1,
                why_parts="",
                taken_at=MOMENT,
                from_cache=False,
                dry=False,
            )
        )
        report.recording(RECORDING, Ownership(record_id="a-1", finding=Finding.FOUND, owners=(OWNER,)))
        report.outcome(Outcome(action=Action(kind=Kind.LINK, recording=RECORDING, owner=OWNER), status=Status.DONE))
        report.check(Check(place="Pod", level=Level.OK, what="there"))
        report.text("a line")
        state = RecordingState(recording=RECORDING, why=Why.NOT_BEGUN)
        facts = Facts(server="bbb.univ.fr", at=MOMENT, list_taken_at=MOMENT)
        report.status(status_of([state], facts), Language.EN)
        report.state(state, [], [Entry(record_id="a-1", effect=Effect.CLAIM, state=State.DONE)])
        report.end("claim", Tally(), ExitCode.DONE)
    written = [json.loads(line) for line in stream.getvalue().splitlines()]
    found = {one["type"]: one for one in written}
    found["state"] = {
        key: found["state"][key] for key in found["state"] if key == "type" or key not in found["recording"]
    }
    return found


OBJECTS = objects()


@pytest.mark.parametrize("kind", OBJECTS)
def test_every_key_of_an_object_is_in_its_table_and_no_other(kind: str) -> None:
    table = section(f"### `{kind}`").split("\n| `status` | |")[0].split("\n| `why` | |")[0]
    named = first_cells(table.split("`ownership`:")[0])

    assert sorted(named) == sorted(OBJECTS[kind].keys() - {"type"})


def test_the_keys_of_an_ownership_are_in_its_table() -> None:
    table = section("### `recording`").split("`ownership`:")[1]

    assert sorted(first_cells(table)) == sorted(OBJECTS["recording"]["ownership"])


def test_the_keys_of_owners_and_playbacks_are_named() -> None:
    owner_row = next(line for line in section("### `action`").splitlines() if line.startswith("| `owner` |"))
    playback_row = next(line for line in section("### `recording`").splitlines() if line.startswith("| `playbacks` |"))

    assert set(re.findall("`([a-z_]+)`", owner_row)) >= OBJECTS["action"]["owner"].keys()
    assert set(re.findall("`([a-z_]+)`", playback_row)) >= OBJECTS["recording"]["playbacks"][0].keys()


@pytest.mark.parametrize(
    "words",
    [Status, Kind, Reason, Finding, Confidence, Level, Safety, Why, Actor, Caveat, Verdict, Item, Done],
    ids=lambda words: words.__name__,
)
def test_every_word_that_programs_compare_is_explained(words: type[StrEnum]) -> None:
    assert [word for word in words if f"`{word}`" not in text(PAGE)] == []


def test_every_column_of_the_csv_has_its_row_in_order() -> None:
    columns = [name for name in first_cells(section("## The CSV of `export-csv`")) if name != "header"]

    assert columns == recordings_csv.header(owners=True)
