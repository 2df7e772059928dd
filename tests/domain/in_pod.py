"""What Pod, the ledger and people may say of a list of recordings, made up at random."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from bbbmig.domain.claimed_videos import ClaimedFile
from bbbmig.domain.file_names import short_id
from bbbmig.domain.history import Effect, Entry, History, State
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.domain.state_rules import Claim, PodNow, StateRules
from bbbmig.domain.target import Video
from bbbmig.domain.video_standing import SeenInPod

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PEOPLE = ("jean", "anne", "admin")


def video(number: int, **values: object) -> Video:
    given = {
        "id": number,
        "title": "Leçon",
        "slug": f"{number:04d}-lecon",
        "added": NOW,
        "is_draft": True,
        "encoded": True,
        "encoding": False,
        "duration_s": 3600,
    }
    return Video(**(given | values))  # type: ignore[arg-type]


def file_of(one: Recording) -> str:
    return f"Leçon 2023-05-06 14h30 {short_id(one.record_id)}.mp4"


@st.composite
def entries(draw: st.DrawFn, one: Recording, number: int) -> list[Entry]:
    """Draw rows of one recording; its videos have the number."""
    states = st.sampled_from([State.STARTED, State.DELIVERED, State.DONE, State.UNDONE, State.FAILED])
    rows = []
    for effect in draw(st.lists(st.sampled_from([*Effect][:4]), max_size=3, unique=True)):
        target = draw(st.sampled_from(["", *PEOPLE])) if effect in (Effect.LINK, Effect.PUBLISH) else ""
        rows.append(
            Entry(
                record_id=one.record_id,
                effect=effect,
                target=target,
                state=draw(states),
                location=f"{number:04d}-lecon" if target else f"/rec/{file_of(one)}",
                size=draw(st.sampled_from([None, 1000])),
                duration_s=draw(st.sampled_from([None, 3600.0])),
                attempts=draw(st.integers(0, 4)),
                at=NOW - timedelta(hours=draw(st.integers(0, 48))),
            )
        )
    return rows


SHAPES = [(encoded, duration_s) for encoded in (True, False) for duration_s in (None, 0, 10, 3600)]


@st.composite
def videos(draw: st.DrawFn, number: int) -> Video:
    """Draw a video of that number, encoded or not, whole or not."""
    encoded, duration_s = draw(st.sampled_from(SHAPES))
    return video(number, encoded=encoded, encoding=not encoded, duration_s=duration_s)


@st.composite
def pods(draw: st.DrawFn, recordings: Sequence[Recording]) -> PodNow | None:
    """Draw what Pod says; None: it is not there."""
    if draw(st.integers(0, 9)) == 0:
        return None
    seen = {number: draw(videos(number)) for number in range(len(recordings)) if draw(st.booleans())}
    names = [file_of(one) for one in recordings]
    chosen = st.lists(st.sampled_from(names), unique=True) if names else st.just([])
    claims = {
        name: Claim(
            file=ClaimedFile(
                name=name, username="anne", title="x", claimed=NOW - timedelta(hours=draw(st.sampled_from([1, 30])))
            ),
            video=draw(st.none() | videos(100 + number)),
            told=draw(st.booleans()),
        )
        for number, name in enumerate(draw(chosen))
    }
    asked = draw(st.booleans())
    return PodNow(
        seen=SeenInPod(
            videos=seen,
            silent=draw(st.sets(st.sampled_from(PEOPLE), max_size=1)),
            elsewhere=draw(st.sets(st.integers(0, 12), max_size=2)),
        ),
        waiting=draw(chosen) if asked else None,
        claims=claims if asked else None,
        links=draw(st.none() | st.just({one.record_id: ["jean"] for one in recordings[::2]})),
        unused=draw(st.sets(st.sampled_from(PEOPLE), max_size=1)),
    )


@st.composite
def ownerships(draw: st.DrawFn, one: Recording) -> Ownership:
    """Draw whose a recording is."""
    finding = draw(st.sampled_from(Finding))
    owner = Owner(username=draw(st.sampled_from(PEOPLE)), confidence=draw(st.sampled_from(Confidence)))
    return Ownership(record_id=one.record_id, finding=finding, owners=(owner,) if finding is Finding.FOUND else ())


@st.composite
def rules_for(draw: st.DrawFn, recordings: Sequence[Recording]) -> StateRules:
    """Draw all that decides about these recordings."""
    rows = [row for number, one in enumerate(recordings) for row in draw(entries(one, number))]
    names = [file_of(one) for one in recordings]
    files = st.dictionaries(st.sampled_from(names), st.sampled_from([10, 1000])) if names else st.just({})
    return StateRules(
        history=History(rows),
        pod=draw(pods(recordings)),
        now=NOW,
        ownership={one.record_id: draw(ownerships(one)) for one in recordings if draw(st.booleans())},
        files=draw(st.none() | files),
        administrator="admin",
        ignored_servers=("ignored.univ.example",),
        converters=draw(st.booleans()),
    )
