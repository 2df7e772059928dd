"""Plans that several machines carry out at once: a lease for each recording, a new plan where another was faster."""

from collections.abc import Callable

from bbbmig.apply.executor import CarryOut
from bbbmig.apply.leases import Leased
from bbbmig.domain.history import History
from bbbmig.domain.plan import Plan
from bbbmig.domain.recording import Recording
from bbbmig.runs.delivered import KINDS
from bbbmig.runs.run import Run


def under_lease(
    run: Run,
    known: History,
    *,
    planned: CarryOut,
    decide: Callable[[Recording, History], Plan],
    work: Callable[[History], CarryOut],
) -> CarryOut:
    """Return what carries out a plan that rests on `known`; where one machine alone works, `planned` itself."""
    ledger = run.adapters.ledger
    if not ledger.shared:
        return planned
    leased = Leased(
        memory=ledger, server=run.server, kinds=KINDS, known=known, planned=planned, decide=decide, work=work
    )
    return leased.carry_out
