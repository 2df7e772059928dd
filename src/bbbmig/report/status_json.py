"""A status as values that JSON can say: the contract of docs/scripting.md; keys are only ever added."""

from typing import Any

from bbbmig.domain.choices import Language
from bbbmig.domain.history import Entry
from bbbmig.domain.recording_state import Amount, RecordingState, Why
from bbbmig.domain.status import Decided, Group, ServerStatus
from bbbmig.masking import masked
from bbbmig.report.status_sentence import answer


def status_values(status: ServerStatus) -> dict[str, Any]:
    """Return everything that the pages and the terminal show, as numbers and stable words."""
    facts = status.facts
    return {
        "type": "status",
        "server": facts.server,
        "at": facts.at.isoformat(timespec="seconds"),
        "list_taken_at": facts.list_taken_at.isoformat(timespec="seconds"),
        "from_cache": facts.from_cache,
        "list_lost": facts.lost,
        "pod_asked": facts.pod_asked,
        "verdict": status.verdict,
        "words": answer(status, Language.EN),
        "total": amount_values(status.total),
        "would_be_lost": amount_values(status.lost),
        "cannot_say": amount_values(status.unsure),
        "ready_on": status.ready_on.isoformat(timespec="seconds") if status.ready_on else None,
        "classes": {str(safety): amount_values(amount) for safety, amount in status.classes.items()},
        "obstacles": [_group(group) for group in status.obstacles],
        "unclaimed": [_group(group) | {"by_person": dict(group.by_person.most_common())} for group in status.unclaimed],
        "to_know": [_group(group) for group in status.to_know],
        "given_up": [_decided(one) for one in status.given_up],
        "vanished_since": status.vanished_since,
        "read": {"asked": facts.read.asked, "whole": facts.read.whole},
        "curve": [
            {
                "at": point.at.isoformat(timespec="seconds"),
                "classes": {str(safety): amount_values(amount) for safety, amount in point.classes.items()},
                "vanished": point.vanished,
                "cannot_say": point.unsure,
            }
            for point in status.points
        ],
        "checklist": {str(item): done for item, done in status.checklist.items()},
        "newest_recording": status.newest.isoformat() if status.newest else None,
        "last_in_pod": status.last_in_pod.isoformat() if status.last_in_pod else None,
    }


def amount_values(amount: Amount) -> dict[str, Any]:
    """Return a number of recordings and their hours."""
    return {"count": amount.count, "hours": round(amount.hours, 2), "length_unknown": amount.unknown}


def state_values(state: RecordingState) -> dict[str, Any]:
    """Return what has become of one recording."""
    return {
        "class": state.safety,
        "why": state.why,
        "owners": list(state.owners),
        "place": state.place,
        "detail": masked(state.detail),
        "by": state.by,
        "since": state.since.isoformat(timespec="seconds") if state.since else None,
        "caveats": [str(caveat) for caveat in state.caveats],
        "length_s": state.length_s,
        "who": state.why.actor,
        "command": state.why.command,
    }


def entry_values(row: Entry) -> dict[str, Any]:
    """Return what the ledger remembers of one effect."""
    return {
        "effect": row.effect,
        "state": row.state,
        "target": row.target,
        "place": row.location,
        "size": row.size,
        "duration_s": row.duration_s,
        "detail": masked(row.detail),
        "attempts": row.attempts,
        "at": row.at.isoformat(timespec="seconds") if row.at else None,
    }


def _group(group: Group) -> dict[str, Any]:
    first = [{"record_id": one.recording.record_id, "title": one.recording.title} for one in group.first]
    acts = {"who": group.key.actor, "command": group.key.command} if isinstance(group.key, Why) else {}
    return {"what": group.key, **amount_values(group.amount), **acts, "first": first}


def _decided(one: Decided) -> dict[str, Any]:
    return {
        "what": one.why,
        "by": one.by,
        "why": one.reason,
        "at": one.last.isoformat(timespec="seconds") if one.last else None,
        **amount_values(one.amount),
    }
