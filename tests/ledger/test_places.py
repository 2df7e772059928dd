"""Files are known by directories that have a name: another machine, which mounts them elsewhere, finds them."""

from concurrent import futures
from pathlib import Path

import pytest
import sqlalchemy as sa

from bbbmig.domain.history import Effect, Entry, State
from bbbmig.ledger import Ledger, Places

A = Places(recorder=Path("/mnt/pod/bbb"), work=Path("/var/cache/bbbmig/work"), host="a")
B = Places(recorder=Path("/data/bbb"), work=Path("/scratch/bbbmig"), host="b")
SAID = {
    (Effect.CLAIM, ""): "/mnt/pod/bbb/Cours, 100 % #1: 0123456789ab.mp4",
    (Effect.PUBLISH, ""): "/var/cache/bbbmig/work/Cours 0123456789ab.mp4",
    (Effect.PUBLISH, "jean"): "0007-cours",
    (Effect.LINK, "jean"): "/var/cache/bbbmig/work/links.json",
    (Effect.GIVE_UP, ""): "jean/dsi",
}


@pytest.mark.parametrize(
    ("places", "claimed", "made"),
    [
        (A, "/mnt/pod/bbb/Cours, 100 % #1: 0123456789ab.mp4", "/var/cache/bbbmig/work/Cours 0123456789ab.mp4"),
        (B, "/data/bbb/Cours, 100 % #1: 0123456789ab.mp4", "work@a/Cours 0123456789ab.mp4"),
        (Places(), "recorder/Cours, 100 % #1: 0123456789ab.mp4", "work@a/Cours 0123456789ab.mp4"),
    ],
    ids=["the same machine", "another machine", "one without directories"],
)
def test_each_machine_sees_files_where_it_has_them(
    database_url: sa.URL, places: Places, claimed: str, made: str
) -> None:
    url = database_url.render_as_string(hide_password=False)
    with Ledger(url, places=A) as ledger:
        rows = [
            Entry(record_id="r", effect=effect, target=target, state=State.DONE, location=location)
            for (effect, target), location in SAID.items()
        ]
        ledger.write("s", rows)
    with Ledger(url, places=places) as ledger:
        seen = {(row.effect, row.target): row.location for row in ledger.entries("s", *Effect)}
    assert seen == {**SAID, (Effect.CLAIM, ""): claimed, (Effect.PUBLISH, ""): made}
    assert {Path(seen[key]).name for key in SAID} == {Path(place).name for place in SAID.values()}


def test_several_machines_may_begin_the_ledger_at_the_same_moment(database_url: sa.URL) -> None:
    url = database_url.render_as_string(hide_password=False)

    def begin(number: int) -> str:
        with Ledger(url) as ledger:
            ledger.write("s", [Entry(record_id=f"r{number}", effect=Effect.CLAIM, state=State.DONE)])
            return ledger.number() and "numbered"

    with futures.ThreadPoolExecutor(6) as pool:
        assert {*pool.map(begin, range(6))} == {""}
    with Ledger(url) as ledger:
        assert len(ledger.entries("s", Effect.CLAIM)) == 6


def test_whole_paths_of_before_are_understood(database_url: sa.URL) -> None:
    url = database_url.render_as_string(hide_password=False)
    old = Entry(record_id="r", effect=Effect.CLAIM, state=State.DONE, location="/data/bbb/x.mp4")
    with Ledger(url) as ledger:
        ledger.write("s", [old])
    for places in (A, B):
        with Ledger(url, places=places) as ledger:
            (row,) = ledger.entries("s", Effect.CLAIM)
            assert row.location == "/data/bbb/x.mp4"
