"""Everything that is known of one recording, in lines for the support desk."""

from collections.abc import Iterator, Sequence

from bbbmig.domain.choices import Language
from bbbmig.domain.history import Entry
from bbbmig.domain.owner import Owner
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.recording import Recording
from bbbmig.domain.recording_state import RecordingState
from bbbmig.masking import masked
from bbbmig.report import language as write
from bbbmig.report import status_words as words
from bbbmig.report.sentences import day, local, size, title_and_date

EN = Language.EN


def short(state: RecordingState) -> str:
    """Say in one line what has become of a recording."""
    who = f" ({', '.join(map(one_line, state.owners))})" if state.owners else ""
    return f"{title_and_date(state.recording)}: {words.SAFETY[state.safety][EN]}; {words.WHY[state.why][EN]}{who}"


def whole(state: RecordingState, rows: Sequence[Entry], files: Sequence[tuple[str, int]], *, pod: str) -> Iterator[str]:
    """Yield all that is known: the list's entry, owners, Pod, files, what was done, what to do."""
    yield short(state)
    yield from _listed(state.recording)
    yield from _whose(state)
    yield from _in_pod(state, pod)
    yield from (f"  file here      {one_line(name)} ({size(count)})" for name, count in files)
    yield from map(_row, rows)
    yield f"  what to do     {_next(state)}"


def video_address(state: RecordingState, pod: str) -> str:
    """Return the address of a recording's video in Pod, "" if it has none."""
    is_video = state.place.partition("-")[0].isdecimal() and "/" not in state.place and "." not in state.place
    return f"{pod}/video/{state.place}/" if is_video else ""


def _listed(one: Recording) -> Iterator[str]:
    """Say what the old server's list has."""
    yield f"  recordID       {one_line(one.record_id)}"
    if one.meeting_id:
        yield f"  meetingID      {one_line(one.meeting_id)}"
    length = (
        f", {write.hours(minutes / 60, EN)}"
        if (minutes := max((p.length_min or 0 for p in one.playbacks), default=0))
        else ""
    )
    shown = "published" if one.published else "unpublished"
    yield f"  old server     {shown}{length}{f', {size(one.size)}' if one.size else ''}"
    for playback in one.playbacks:
        yield f"    {one_line(playback.type)}: {masked(one_line(playback.url))}"
    origin = one.origin.server_name
    if origin or one.origin.context:
        yield f"  held in        {one_line(' '.join(filter(None, (origin, one.origin.context))))}"


def _whose(state: RecordingState) -> Iterator[str]:
    """Say whose it is, with why."""
    ownership = state.ownership
    if ownership is None:
        yield "  whose          no source of owners was asked"
        return
    for owner in ownership.owners:
        yield f"  whose          {_owner(owner)}"
    for owner in ownership.candidates:
        yield f"  perhaps        {_owner(owner)}"
    if not ownership.owners:
        detail = f" ({one_line(masked(ownership.detail))})" if ownership.detail else ""
        yield f"  whose          {str(ownership.finding).replace('_', ' ')}{detail}"
    if ownership.course:
        yield f"  course         {one_line(ownership.course)}"


def _owner(owner: Owner) -> str:
    name = f" {one_line(owner.full_name)}" if owner.full_name else ""
    suspended = ", suspended" if owner.suspended else ""
    return f"{one_line(owner.username)}{name}: {one_line(owner.why)} ({owner.confidence}{suspended})"


def _in_pod(state: RecordingState, pod: str) -> Iterator[str]:
    """Say what Pod has."""
    if address := video_address(state, pod):
        yield f"  in Pod         {one_line(address)}"
    elif state.place:
        yield f"  place          {one_line(state.place)}"
    for caveat in state.caveats:
        yield f"  to be known    {words.CAVEAT[caveat][EN]}"
    if state.detail:
        by = f" ({', '.join(filter(None, (one_line(state.by), day(state.since))))})" if state.by else ""
        yield f"  detail         {masked(one_line(state.detail))}{by}"


def _row(row: Entry) -> str:
    """Say what the ledger remembers of one effect."""
    target = f" for {one_line(row.target)}" if row.target else ""
    said = [
        f"failed {row.attempts} times" if row.attempts > 1 else "",
        one_line(row.location),
        masked(one_line(row.detail)),
    ]
    more = "; ".join(filter(None, said))
    return f"  {local(row.at) or 'some day':<14} {row.effect}{target}: {row.state}{f' ({more})' if more else ''}"


def _next(state: RecordingState) -> str:
    """Say who must do what next."""
    who, command = words.ACTOR[state.why.actor][EN], state.why.command
    if state.why.actor == "nobody":
        return "nothing"
    typed = f"bbbmig {command}" + (
        f" --meeting {state.recording.record_id}" if command.startswith(("publish", "claim")) else ""
    )
    return f"{who}: {typed}" if command else who
