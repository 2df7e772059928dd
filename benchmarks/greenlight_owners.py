"""Measures how fast owners are found in Greenlight: `python benchmarks/greenlight_owners.py [DATABASE]`.

A large university: 50,000 recordings, 30,000 rooms, 20,000 people, 50,000 shares, in version 3 and, with rooms of one
meetingID and no foreign keys, in version 2. Each measurement is a process of its own, so that its memory is bbbmig's;
every owner is compared with the truth.
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from bbbmig.cli.main import collect_seldom
from bbbmig.domain.account_names import AccountNames
from bbbmig.domain.owner_sources import OwnerSource, Router, find_owners
from bbbmig.domain.recording import Recording
from bbbmig.domain.register_owners import RegisterOwners, RegisterPlace
from bbbmig.greenlight import GreenlightSource, reader_of
from bbbmig.greenlight.config import ORIGINS
from benchmarks.processes import peak_mebibytes
from tests.databases import start_mariadb, start_postgresql
from tests.greenlight.accounts import source_of
from tests.greenlight.site import Site, Truth, make_site
from tests.greenlight.tables import Row, fill

ROOMS, SHARES, RECORDINGS = 30_000, 50_000, 50_000
LIMITS = {"seconds": 3.0, "mebibytes": 200.0, "statements": 10}
STARTS = {"mysql": start_mariadb, "postgresql": start_postgresql}


def main(names: Sequence[str]) -> int:
    print(f"load of this machine: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    good = True
    with tempfile.TemporaryDirectory() as folder:
        for version in (2, 3):
            site = large(version)
            counts = {table: len(rows) for table, rows in site.rows.items()}
            print(f"Greenlight {version}: {len(site.recordings)} recordings, {counts}")
            for name in names or (*STARTS, "sqlite"):
                good &= _on(name, site, Path(folder))
    return 0 if good else 1


def large(version: int) -> Site:
    """Make a site with truth for two sessions a room, and add rooms and shares without recordings up to the size."""
    site = make_site(version, rooms=RECORDINGS // 2, per_room=2)
    people = [row[0] for row in site.rows["users"]]
    rooms, shares = site.rows["rooms"], site.rows["shared_accesses"]
    when = rooms[0][5]
    added: list[object] = []
    while len(rooms) < ROOMS or len(added) < 1000:
        number: object = 10_000_000 + len(rooms) if version == 2 else f"00000000-0000-4000-8000-{len(rooms):012}"
        row: Row = (
            number,
            people[len(rooms) % len(people)],
            "Home Room",
            f"new-{len(rooms)}",
            f"{len(rooms):040x}",
            when,
        )
        rooms.append((*row, False) if version == 2 else row)
        added.append(number)
    while len(shares) < SHARES:
        place = len(shares)
        room, person = added[place % len(added)], people[(place // len(added)) % len(people)]
        if version == 2:
            shares.append((20_000_000 + place, room, person, when))
        else:
            shares.append((f"00000000-0000-4000-9000-{place:012}", person, room, when))
    return site


def _on(name: str, site: Site, folder: Path) -> bool:
    if name == "sqlite":
        path = folder / f"greenlight{site.version}.sqlite"
        return _measured(sa.URL.create("sqlite", database=str(path)), site, folder)
    server, process = STARTS[name]()
    try:
        with server.empty_database() as url:
            return _measured(url, site, folder)
    finally:
        process.stop()


def _measured(url: sa.URL, site: Site, folder: Path) -> bool:
    fill(url, site.version, site.rows)
    source = source_of(url, providers=("greenlight",) if site.version == 3 else ())
    given, found = folder / "given", folder / "found"
    given.write_bytes(pickle.dumps((source, site.recordings, site.in_pod)))
    command = [sys.executable, __file__, "--measure", str(given), str(found)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    figures: dict[str, float] = json.loads(done.stdout)
    results = pickle.loads(found.read_bytes())
    wrong = sum(Truth.of(result) != site.truth[result.record_id] for result in results)
    print(
        f"  {url.get_backend_name()}: {len(results)} in {figures['seconds']:.2f} s (of our own processor time "
        f"{figures['processor_seconds']:.2f} s), {figures['mebibytes']:.0f} MiB ({figures['before']:.0f} before), "
        f"{figures['statements']:.0f} statements, {wrong} wrong"
    )
    over = [f"{key} > {limit}" for key, limit in LIMITS.items() if figures[key] > limit]
    if over:
        print("    over the limit:", ", ".join(over))
    return not over and not wrong and len(results) == len(site.recordings)


def measure(given: Path, found: Path) -> None:
    """Find all owners; print the figures as JSON."""
    source: GreenlightSource
    recordings: list[Recording]
    source, recordings, in_pod = pickle.loads(given.read_bytes())
    pod = Site(version=3, in_pod=in_pod)
    collect_seldom()  # as every command does before it lists
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    before = peak_mebibytes()
    begin, processor = time.perf_counter(), time.process_time()
    place = RegisterPlace(name=source.label, servers=source.origin_servers, origins=ORIGINS)
    with RegisterOwners(place, reader_of(source), AccountNames(), pod.ask_pod) as owners:
        router: Router[OwnerSource] = Router([owners])
        results = list(find_owners(recordings, router, among=recordings))
    figures = {
        "seconds": time.perf_counter() - begin,
        "processor_seconds": time.process_time() - processor,
        "mebibytes": peak_mebibytes(),
        "before": before,
        "statements": statements,
    }
    found.write_bytes(pickle.dumps(results))
    print(json.dumps(figures))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main(sys.argv[1:]))
