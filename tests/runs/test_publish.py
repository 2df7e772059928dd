"""What `publish` hands to whom."""

from bbbmig.demo.recordings import sample_recordings
from bbbmig.domain.outcome import Outcome, Status
from bbbmig.domain.owner import Owner
from bbbmig.domain.plan import Action, Kind
from bbbmig.runs.publish import by_owner


def test_what_has_an_owner_is_published_and_the_rest_given_to_claim() -> None:
    action = Action(kind=Kind.DOWNLOAD, recording=sample_recordings()[0], owner=Owner(username="jean"))
    nobodys = Action(kind=Kind.DOWNLOAD, recording=action.recording)
    done = by_owner(
        lambda one: Outcome(action=one, status=Status.DONE, detail="publish"),
        lambda one: Outcome(action=one, status=Status.DONE, detail="claim"),
    )
    assert (done(action).detail, done(nobodys).detail) == ("publish", "claim")
