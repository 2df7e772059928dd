"""`publish`: drafts are taken back from people whom the owners file names no more."""

from collections.abc import Callable, Mapping, Sequence

from bbbmig.apply.executor import CarryOut
from bbbmig.apply.giving import DraftGiving
from bbbmig.domain.history import History
from bbbmig.domain.owner import Ownership
from bbbmig.domain.plan import Kind, Plan
from bbbmig.domain.recording import Recording
from bbbmig.domain.taken_back import Drafts, drafts, to_look_at
from bbbmig.domain.target import User
from bbbmig.pod import drafts as pod
from bbbmig.runs.pod_people import need_administrator, user_of
from bbbmig.runs.run import Run


def drafts_in_pod(run: Run, history: History, owners: Mapping[str, Ownership]) -> Drafts:
    """Ask Pod for the videos of those who are not named any more: few, and only if there are any. Raises as `find`."""
    rows = to_look_at(history, owners)
    if not rows:
        return Drafts()
    users = run.adapters.users.find({row.target for row in rows})
    people = {user.id: user for user in users.values()}
    return drafts(history, rows, run.adapters.published_videos.of(list(people.values())))


def need_who_takes_drafts(run: Run, plan: Plan) -> None:
    """Make sure that the administrator is there if drafts go to them. Raises as `need_administrator`."""
    if any(action.kind is Kind.GIVE and action.owner is not None and action.owner.stand_in for action in plan):
        need_administrator(run, staff_for="")


def giving(
    run: Run, history: History, description: Callable[[Recording, Sequence[User]], str], others: CarryOut
) -> CarryOut:
    """Put together what gives drafts to others; all else goes on as before."""
    adapters = run.adapters
    work = DraftGiving(
        server=run.server,
        drafts=pod.Drafts(adapters.pod, adapters.videos),
        memory=adapters.ledger,
        user_of=lambda owner: user_of(adapters, owner, staff_for=""),
        history=history,
        description=description,
    )
    return lambda action: work.carry_out(action) if action.kind is Kind.GIVE else others(action)
