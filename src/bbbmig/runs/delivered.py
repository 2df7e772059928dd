"""What was delivered by earlier runs is asked of Pod: whether it is still there, and whether it plays."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bbbmig.domain.claim_plan import given
from bbbmig.domain.history import Effect, History, LinkKey
from bbbmig.domain.plan import Action, Plan, Reason
from bbbmig.domain.recording import Recording
from bbbmig.domain.video_standing import Stands, loss, not_listed, published_rows, stand
from bbbmig.runs.run import Run

KINDS = (Effect.PUBLISH, Effect.CLAIM, Effect.ENCODE, Effect.SENT, Effect.GIVE_UP)
"""What must be remembered of, to say how what was delivered stands, and what was given up."""


def stands_in_pod(run: Run, history: History, recordings: Iterable[Recording]) -> Mapping[LinkKey, Stands]:
    """Ask Pod for the videos of those whom the ledger calls owners of these recordings' ones; raise as `stands_of`."""
    return stands_of(run, history, {one.record_id for one in recordings})


def stands_of(run: Run, history: History, record_ids: Collection[str]) -> Mapping[LinkKey, Stands]:
    """Do the same for recordings of which only the recordIDs are known.

    One request for each owner, one more for each 12 videos. Raise as `Users.find`.
    """
    rows = published_rows(history, record_ids)
    if not rows:
        return {}
    adapters = run.adapters
    users = adapters.users.find({row.target for row in rows})
    seen = adapters.published_videos.of(list({user.id: user for user in users.values()}.values()))
    seen = replace(seen, elsewhere=adapters.published_videos.existing(not_listed(rows, seen)))
    encoding = timedelta(hours=run.settings.publish.encoding_hours)
    return stand(rows, seen, history, now=datetime.now(UTC), encoding=encoding)


def say_what_is_lost(run: Run, plan: Plan, history: History) -> None:
    """Warn if many of what was delivered are gone at once: that is an accident, and nobody's choice."""
    delivered = gone = 0
    for action in plan:
        record_id = action.recording.record_id
        gone += action.reason is Reason.REMOVED_SINCE
        was = given(history, record_id) or history.last(Effect.PUBLISH, record_id)
        delivered += was is not None
    said = loss(gone, delivered)
    if said:
        run.alarm(f"{said}. Was Pod restored? `--again` makes them once more.")


def say_which_links_are_lost(run: Run, plan: Plan, history: History) -> None:
    """Warn if many of the links that bbbmig made are gone at once; those that it took back itself are not."""
    made = [action for action in plan if action.target and _is_linked(history, action)]
    gone = sum(action.reason is Reason.REMOVED_SINCE for action in made)
    said = loss(gone, len(made), "links that bbbmig made")
    if said:
        run.alarm(f"{said}. Was Pod restored? `--again` makes them once more.")


def _is_linked(history: History, action: Action) -> bool:
    """Tell whether the ledger says that this link is there."""
    return history.done(Effect.LINK, action.recording.record_id, action.target) is not None
