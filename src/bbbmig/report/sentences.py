"""Sentences that several ways of showing share."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath

from bbbmig.domain.outcome import Outcome, Status, Tally
from bbbmig.domain.owner import Owner
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.plan import Action, Kind, Reason
from bbbmig.domain.recording import Recording
from bbbmig.errors import ExitCode
from bbbmig.masking import masked
from bbbmig.report.messages import Check, Level, Start

_KIB = 1024
_NEW_ACCOUNT = {
    Status.PLANNED: "not in Pod: account will be created",
    Status.POSTPONED: "not in Pod: account will be created",
    Status.DONE: "account created",
}


def title_and_date(recording: Recording) -> str:
    """Name a recording as people know it: “Algèbre” 2023-05-06 14:30."""
    return f"“{one_line(recording.title)}”{' ' if recording.start else ''}{local(recording.start)}"


def local(moment: datetime | None) -> str:
    """Write a moment in this machine's time zone, "" if there is none."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment else ""


def day(moment: datetime | None) -> str:
    """Write the day of a moment in this machine's time zone, "" if there is none."""
    return f"{moment.astimezone():%Y-%m-%d}" if moment else ""


def counts(tally: Tally) -> str:
    """Say how many came to what: "12 done, 3 skipped (2 already done, 1 unpublished), 0 failed"."""
    by_status = tally.by_status
    named = (status for status in Status if by_status[status] or status in (Status.DONE, Status.FAILED))
    words = [f"{by_status[one]} {one}" for one in named if not (one is Status.DONE and by_status[Status.PLANNED])]
    reasons = ", ".join(f"{count} {reason}" for reason, count in tally.by_reason.most_common())
    return ", ".join(words) + (f" ({reasons})" if reasons else "")


def intention(outcome: Outcome) -> str:
    """Say what an action makes: "link for prof1", "download Algèbre 2023….mp4"; "" for what makes nothing."""
    action = outcome.action
    match action.kind:
        case Kind.LINK:
            return f"link for {one_line(action.target)}{_why(action.owner, outcome.status)}"
        case Kind.UNLINK:
            return f"delete link of {one_line(action.target)}, {action.detail or 'who stood in for its owners'}"
        case Kind.MIRROR | Kind.VERIFY:
            return f"{action.kind} {action.target}"
        case Kind.SKIP | Kind.FAIL:
            return f"for {one_line(action.target)}" if action.target else ""
        case _ if action.owner:
            names = (_named(owner, outcome.status) for owner in (action.owner, *action.others))
            return f"{action.kind} {'to' if action.kind is Kind.GIVE else 'for'} {', '.join(names)}"
        case _:
            # The server decides what kind of file it is: once it is there, its name is known.
            return f"{action.kind} {PurePosixPath(outcome.location).name if outcome.location else action.target}"


def effect(action: Action) -> str:
    """Say in short what was to be done, without names of files: "download for jean", "link for jean", "convert"."""
    people = [action.target] if action.kind in (Kind.LINK, Kind.UNLINK, Kind.FAIL) else []
    if action.owner is not None and not people:
        people = [owner.username for owner in (action.owner, *action.others)]
    kind = "" if action.kind is Kind.FAIL else str(action.kind)
    names = ", ".join(map(one_line, filter(None, people)))
    return " ".join(filter(None, (kind, names and f"for {names}")))


def _why(owner: Owner | None, status: Status) -> str:
    """Say in brackets why somebody gets a link, and whether they are new to Pod; "" if nothing is known."""
    if owner is None:
        return ""
    said = [one_line(owner.why), _account(owner, status)]
    return f" ({'; '.join(filter(None, said))})" if any(said) else ""


def _named(owner: Owner, status: Status) -> str:
    """Name somebody who gets a video."""
    account = _account(owner, status)
    return one_line(owner.username) + (f" ({account})" if account else "")


def _account(owner: Owner, status: Status) -> str:
    """Say what becomes of an account that Pod did not have at the start; "" for all others, and after failures."""
    return _NEW_ACCOUNT.get(status, "") if owner.new_account else ""


def remark(outcome: Outcome) -> str:
    """Say what is to be known besides: the reason of a skip, the error, the place; never a secret."""
    action = outcome.action
    reason = str(action.reason) if action.reason else ""
    if action.reason is Reason.GIVEN_UP:
        return masked(one_line(f"{reason} {completing(action)}"))
    details = dict.fromkeys((reason, completing(action) if reason or action.kind is Kind.GIVE else "", outcome.detail))
    return masked("; ".join(one_line(detail) for detail in details if detail))


def completing(action: Action) -> str:
    """Say what completes an action's reason: "created 2026-11-27; --again creates it once more"."""
    if action.reason is Reason.GIVEN_UP:
        return f"by {action.detail} on {day(action.since)}: {action.hint}"
    said = " ".join(filter(None, (action.detail, day(action.since))))
    return "; ".join(filter(None, (said, action.hint)))


def line(outcome: Outcome) -> str:
    """Say one outcome in one line: status, recordID whole, what it makes, title, date, remark."""
    recording = outcome.action.recording
    what = intention(outcome)
    said = remark(outcome)
    return (
        f"{outcome.status:<7} {one_line(recording.record_id)} {f'{what}: ' if what else ''}"
        f"{title_and_date(recording)}{f' ({said})' if said else ''}"
    )


def start(what: Start) -> str:
    """Say what a run works on: "36 recordings on bbb.univ.fr (sha256, 1 call), 30 chosen"."""
    how = f"kept list of {local(what.taken_at)}" if what.from_cache else f"{what.checksum}, {_calls(what)}"
    chosen = "" if what.chosen == what.listed else f", {what.chosen} chosen"
    dry = "; dry run: nothing will be changed" if what.dry else ""
    return f"{what.listed} recordings on {what.server} ({how}){chosen}{dry}"


def _calls(what: Start) -> str:
    """Say in how many calls a list was had, and why in more than one."""
    calls = f"{what.calls} call{'' if what.calls == 1 else 's'}"
    return f"{calls}: {one_line(what.why_parts)}" if what.why_parts else calls


def end(command: str, counts: str, exit_code: ExitCode) -> str:
    """Say the counts and the exit code: the last line of every run."""
    return f"{command}: {counts}; exit code {int(exit_code)} ({exit_code.meaning})"


def checked(checks: Iterable[Check], exit_code: ExitCode) -> str:
    """Say how a check came out: its last line."""
    counts = Counter(check.level for check in checks)
    said = f"{_count(counts[Level.WRONG], 'error')}, {_count(counts[Level.NOTE], 'note')}, {counts[Level.OK]} ok"
    return end("check", said, exit_code)


def _count(number: int, what: str) -> str:
    """Say how many: "1 note", "2 notes"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def size(count: float) -> str:
    """Write a number of bytes for people: "1.4 GiB"."""
    for unit in ("bytes", "KiB", "MiB"):
        if count < _KIB:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= _KIB
    return f"{count:.1f} GiB"


def is_news(outcome: Outcome) -> bool:
    """Return whether an outcome is shown while the run goes on; others are only counted at its end."""
    return outcome.waits_for_a_person or outcome.status not in (Status.SKIPPED, Status.POSTPONED)
