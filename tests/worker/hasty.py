"""bbbmig as it is, with leases and waits of seconds: `python -m tests.worker.hasty worker …`."""

import functools
import os
import platform

import bbbmig.http.waits
import bbbmig.ledger.ledger
from bbbmig.cli.main import main
from bbbmig.ledger.lease import Leases
from bbbmig.runs import pause, queued, stopping, worker

LEASE_S = 6.0


def hurry() -> None:
    """Shorten what a test would wait for."""
    if name := os.environ.get("SOAK_HOST"):
        platform.node = lambda: name
    leases = functools.partial(Leases, lease_s=LEASE_S, beat_s=1.0)
    bbbmig.ledger.ledger.Leases = leases  # type: ignore[attr-defined,assignment]
    bbbmig.http.waits.FIRST_WAIT_S = 0.02
    pause.FIRST_S = 0.5
    pause.LONGEST_S = 1.0
    stopping.BEAT_S = 1.0
    worker.AGAIN_S = 0.2
    worker.HELD_S = 2.0
    queued.LOOK_S = 0.3
    queued.LOOK_AFTER_S = 1.0
    queued.LOST_AFTER_S = 8.0


if __name__ == "__main__":
    hurry()
    main()
