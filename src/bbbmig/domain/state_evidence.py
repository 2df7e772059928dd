"""What has become of every recording, decided from values.

Everything that is known of a recording is collected, and the best of it decides (`recording_state.best`). What Pod
could not be asked is never taken for there, nor for lost.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bbbmig.domain.claim_plan import given
from bbbmig.domain.file_names import short_id
from bbbmig.domain.file_plan import ATTEMPTS, obstacle
from bbbmig.domain.give_up import decision
from bbbmig.domain.history import Effect, Entry, State
from bbbmig.domain.origin_hosts import comes_from, origin_hosts
from bbbmig.domain.owner import Confidence, Finding
from bbbmig.domain.ownership import withheld
from bbbmig.domain.person import folded
from bbbmig.domain.plan import Reason
from bbbmig.domain.recording import Recording
from bbbmig.domain.recording_length import said_s
from bbbmig.domain.recording_state import Caveat, RecordingState, Why, best
from bbbmig.domain.state_rules import Claim, PodNow, StateRules
from bbbmig.domain.target import Video
from bbbmig.domain.video_standing import Standing, number_of

TOLERANCE = 0.02
_DELIVERED_S = 5.0
"""How much shorter a video may be, besides, than the file that was delivered."""
_SAID_S = 60.0
"""The same where only the server says how long it is, in whole minutes."""


def states(recordings: Iterable[Recording], rules: StateRules) -> list[RecordingState]:
    """Return the state of each recording, in their order: one for each, whatever is known of it."""
    return [state_of(recording, rules) for recording in recordings]


def state_of(recording: Recording, rules: StateRules) -> RecordingState:
    """Return what has become of one recording."""
    state = best(_found(recording, rules))
    ownership = rules.ownership.get(recording.record_id)
    if ownership is None:
        return state
    named = tuple(owner.username for owner in ownership.owners if not owner.stand_in)
    return replace(state, owners=state.owners or named, ownership=ownership)


def _found(recording: Recording, rules: StateRules) -> Iterator[RecordingState]:
    """Collect all that is known of a recording; the last is what is so of any."""
    if rules.pod is None:
        yield RecordingState(recording=recording, why=Why.CANNOT_SAY)
    else:
        yield from (_published(recording, row, rules, rules.pod) for row in _rows(recording, rules))
        yield from _claimed(recording, rules, rules.pod)
    yield from _decided(recording, rules)
    yield from _hindered(recording, rules)
    yield from _failed(recording, rules)
    yield from _linked(recording, rules)
    yield _not_begun(recording, rules)


def _rows(recording: Recording, rules: StateRules) -> Iterable[Entry]:
    return rules.history.owners(Effect.PUBLISH, recording.record_id).values()


def _published(recording: Recording, row: Entry, rules: StateRules, pod: PodNow) -> RecordingState:
    """Say how a video stands that was published."""
    standing = rules.stands[row.key].standing
    video = pod.seen.videos.get(number_of(row) or 0)
    state = RecordingState(
        recording=recording,
        why=_STANDING[standing],
        owners=(row.target,),
        place=video.slug if video else row.location,
        since=row.at,
    )
    if standing is not Standing.PLAYABLE or video is None:
        return state
    whole = rules.history.entry(Effect.PUBLISH, recording.record_id)
    if video.owner and folded(video.owner) != folded(row.target):
        return _judged(replace(state, why=Why.GIVEN_ON, owners=(video.owner,)), video, whole, rules)
    return _judged(replace(state, why=_kept_by(row, rules)), video, whole, rules)


_STANDING = {
    Standing.PLAYABLE: Why.GIVEN_ON,
    Standing.BEING_ENCODED: Why.BEING_ENCODED,
    Standing.NEVER_ENCODED: Why.NEVER_ENCODED,
    Standing.GIVEN_UP: Why.NEVER_ENCODED,
    Standing.NOT_TOLD: Why.CANNOT_SAY,
    Standing.GONE: Why.VANISHED,
}


def _kept_by(row: Entry, rules: StateRules) -> Why:
    """Say whose a published video is: its owner's, or the administrator's as long as nobody is known."""
    ownership = rules.ownership.get(row.record_id)
    named = {folded(owner.username) for owner in ownership.owners if not owner.stand_in} if ownership else set()
    is_administrators = folded(row.target) == folded(rules.administrator) and folded(row.target) not in named
    return Why.WITH_ADMINISTRATOR if row.stand_in or (ownership and is_administrators) else Why.PLAYS


def _judged(state: RecordingState, video: Video, delivered: Entry | None, rules: StateRules) -> RecordingState:
    """Complete the state of a recording whose video is encoded: it is only safe if that is long enough."""
    expected_s, slack_s = said_s(state.recording), _SAID_S
    if delivered is not None and delivered.duration_s is not None:
        expected_s, slack_s = delivered.duration_s, _DELIVERED_S
    is_s = video.duration_s
    if expected_s is not None and is_s is not None and is_s < expected_s - max(slack_s, TOLERANCE * expected_s):
        return replace(state, why=Why.TOO_SHORT, detail=f"{is_s} s of {expected_s:.0f} s")
    (owner,) = state.owners
    told = {
        Caveat.DRAFT: video.is_draft,
        Caveat.DOUBTFUL_OWNER: _is_doubtful(state.recording, owner, rules),
        Caveat.NEVER_SIGNED_IN: rules.pod is not None and folded(owner) in rules.pod.unused,
        Caveat.NOT_ALL_SHOWN: delivered is not None and bool(delivered.detail),
        Caveat.LENGTH_UNKNOWN: expected_s is None or is_s is None,
    }
    caveats = tuple(caveat for caveat, so in told.items() if so)
    return replace(state, detail=delivered.detail if delivered else "", caveats=caveats)


def _is_doubtful(recording: Recording, owner: str, rules: StateRules) -> bool:
    """Tell whether the person who has it was only guessed."""
    ownership = rules.ownership.get(recording.record_id)
    known = (*ownership.owners, *ownership.candidates) if ownership else ()
    return any(folded(one.username) == folded(owner) and one.confidence is Confidence.DOUBTFUL for one in known)


def _claimed(recording: Recording, rules: StateRules, pod: PodNow) -> Iterator[RecordingState]:
    """Say how a file stands that was delivered to be claimed, or that was dropped for its owner."""
    short, row = short_id(recording.record_id), given(rules.history, recording.record_id)
    since = row.at if row else None
    if pod.waiting is None or pod.claims is None or rules.files is None:
        if row is not None:
            yield RecordingState(recording=recording, why=Why.CANNOT_SAY, since=since)
    elif short in rules.claims:
        yield _of_claim(recording, rules, pod.claims[rules.claims[short]], row)
    elif short in rules.present:
        name = rules.present[short]
        cut = row is not None and row.size is not None and rules.files[name] != row.size
        told = Why.WAITS if short in rules.waiting else Why.NOT_TOLD
        lacks = row.detail if row is not None and not cut else ""
        yield RecordingState(
            recording=recording,
            why=Why.FILE_NOT_WHOLE if cut else told,
            place=name,
            since=since,
            detail=lacks,
            caveats=(Caveat.NOT_ALL_SHOWN,) if lacks else (),
        )
    elif row is not None or short in rules.waiting:
        yield RecordingState(
            recording=recording, why=Why.VANISHED, place=row.location if row else rules.waiting[short], since=since
        )


def _of_claim(recording: Recording, rules: StateRules, claim: Claim, row: Entry | None) -> RecordingState:
    """Say how a file stands that somebody has claimed."""
    file, video = claim.file, claim.video
    if not claim.told:
        why = Why.CANNOT_SAY
    elif video is None:
        why = Why.CLAIM_VANISHED
    elif video.encoded:
        why = Why.CLAIMED
    else:
        why = Why.BEING_ENCODED if file.claimed > rules.now - rules.encoding else Why.NEVER_ENCODED
    state = RecordingState(
        recording=recording,
        why=why,
        owners=(file.username,),
        place=video.slug if video else file.name,
        since=file.claimed,
    )
    return state if video is None or why is not Why.CLAIMED else _judged(state, video, row, rules)


def _decided(recording: Recording, rules: StateRules) -> Iterator[RecordingState]:
    """Say who decided that a recording is not kept."""
    said = decision(rules.history, recording.record_id)
    if said is not None:
        yield RecordingState(recording=recording, why=Why.DECIDED, detail=said.why, by=said.by, since=said.at)
    ownership = rules.ownership.get(recording.record_id)
    if ownership is not None and ownership.finding is Finding.LEFT_OUT:
        yield RecordingState(recording=recording, why=Why.LEFT_OUT, detail=ownership.detail)
    if comes_from(recording, rules.ignored_servers):
        yield RecordingState(recording=recording, why=Why.IGNORED_SERVER, detail=", ".join(origin_hosts(recording)))


def _hindered(recording: Recording, rules: StateRules) -> Iterator[RecordingState]:
    """Say that the ledger cannot hold, or be asked, what was done."""
    reason, detail = rules.history.obstacle(recording.record_id)
    if reason is not None:
        why = Why.ID_TOO_LONG if reason is Reason.ID_TOO_LONG else Why.UNREADABLE
        yield RecordingState(recording=recording, why=why, detail=detail)


def _failed(recording: Recording, rules: StateRules) -> Iterator[RecordingState]:
    """Say that it failed the last time."""
    for effect in (Effect.PUBLISH, Effect.CLAIM):
        attempts = rules.history.attempts(effect, recording.record_id)
        row = rules.history.entry(effect, recording.record_id)
        if attempts and row is not None:
            why = Why.FAILED_BEFORE if attempts >= ATTEMPTS else Why.FAILED
            yield RecordingState(recording=recording, why=why, detail=row.detail, since=row.at)


def _linked(recording: Recording, rules: StateRules) -> Iterator[RecordingState]:
    """Say that Pod has a link; where it could not be asked, what the ledger remembers."""
    rows = rules.history.owners(Effect.LINK, recording.record_id)
    links = rules.pod.links if rules.pod is not None else None
    names = [row.target for row in rows.values()] if links is None else list(links.get(recording.record_id, ()))
    if names:
        yield RecordingState(recording=recording, why=Why.LINK, owners=tuple(sorted(names)))


def _not_begun(recording: Recording, rules: StateRules) -> RecordingState:
    """Say why nothing was done, or that there is no reason."""
    hindered = obstacle(recording, rules.making)
    if hindered is not None:
        return RecordingState(recording=recording, why=Why(str(hindered.reason)), detail=hindered.detail)
    ownership = rules.ownership.get(recording.record_id)
    reason, detail = withheld(ownership) if ownership else (None, "")
    if reason in (Reason.UNKNOWN_SERVER, Reason.OWNER_SEARCH_FAILED):
        return RecordingState(recording=recording, why=Why(str(reason)), detail=detail)
    if recording.record_id in rules.excluded and not (ownership and ownership.owners):
        return RecordingState(recording=recording, why=Why.EXCLUDED, detail=rules.excluded[recording.record_id])
    rows = (rules.history.entry(effect, recording.record_id) for effect in (Effect.PUBLISH, Effect.CLAIM))
    begun = any(row is not None and row.state in (State.STARTED, State.DELIVERED) for row in rows)
    return RecordingState(recording=recording, why=Why.BEGUN if begun else Why.NOT_BEGUN)
