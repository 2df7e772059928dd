"""People in Pod, as far as the settings let them be created and made staff."""

from collections.abc import Iterator
from dataclasses import replace

from bbbmig.domain.owner import Owner
from bbbmig.domain.person import folded
from bbbmig.domain.plan import Action, Plan
from bbbmig.domain.target import User
from bbbmig.errors import ConfigError, RecordingFailed
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.run import Run


def user_of(adapters: Adapters, owner: Owner, *, staff_for: str = "external recordings") -> User:
    """Return a person's user in Pod, created and made staff if the settings allow it.

    `staff_for` says what Pod has for staff only, "" if that does not matter. Raise RecordingFailed if the settings
    do not allow it, or Pod refuses.
    """
    pod, users = adapters.settings.pod, adapters.users
    known = users.find([owner.username]).get(folded(owner.username))
    if known is None and not pod.create_users:
        raise RecordingFailed(
            f"Pod has no user {owner.username}", hint="create them there, or set pod.create_users = true"
        )
    user = users.ensure(owner, make_staff=pod.make_staff)
    if staff_for and not user.is_staff:
        raise RecordingFailed(
            f"Pod's user {owner.username} is not staff: Pod has {staff_for} for staff only",
            hint="make them staff there, or set pod.make_staff = true",
        )
    return user


def need_administrator(run: Run, *, staff_for: str) -> None:
    """Make sure that Pod has the administrator, who takes what is nobody's: a mistyped name must not become a person.

    `staff_for` says what Pod has for staff only, "" if that does not matter. Raise ConfigError.
    """
    pod = run.settings.pod
    user = run.adapters.users.find([pod.administrator]).get(folded(pod.administrator.strip()))
    if user is None:
        raise ConfigError(
            f"pod.administrator: Pod has no user {pod.administrator}",
            hint="write the user name of somebody whom Pod has: the administrator is never created",
        )
    if staff_for and not user.is_staff and not pod.make_staff:
        raise ConfigError(
            f"pod.administrator: Pod's user {user.username} is not staff: Pod has {staff_for} for staff only",
            hint="make them staff there, or set pod.make_staff = true",
        )


def with_new_accounts(adapters: Adapters, plan: Plan) -> Plan:
    """Say of everybody who is to get something whether their account in Pod will have to be created."""
    if not adapters.settings.pod.create_users:
        return plan
    people = {owner.username for action in plan.effective for owner in _people(action)}
    known = adapters.users.find(people)  # in as few requests as that takes

    def marked(owner: Owner) -> Owner:
        return owner if folded(owner.username) in known else replace(owner, new_account=True)

    return Plan(
        tuple(
            replace(action, owner=marked(action.owner), others=tuple(map(marked, action.others)))
            if action.effective and action.owner is not None
            else action
            for action in plan
        )
    )


def _people(action: Action) -> Iterator[Owner]:
    if action.owner is not None:
        yield from (action.owner, *action.others)
