"""A status as people read it, in one language: sentences, tables and bars, for terminals, pipes and pages alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from bbbmig.domain.choices import Language
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.recording_state import Amount, Caveat, RecordingState, Safety, Why
from bbbmig.domain.status import FIRST, Decided, Done, Group, Item, ServerStatus
from bbbmig.report import language as write
from bbbmig.report import status_words as words
from bbbmig.report.status_sentence import answer, recordings


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One class: `share` of the list's recordings, from 0 to 1."""

    safety: Safety
    label: str
    count: str
    hours: str
    percent: str
    share: float
    list_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Recordings of which the same is so; `titles` are the first of them, `command` is typed for it ("" if nothing)."""

    what: str
    count: str
    hours: str
    who: str = ""
    command: str = ""
    titles: tuple[str, ...] = ()
    list_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the checklist."""

    done: Done
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything that is shown, in the order in which it is read."""

    language: Language
    question: str
    answer: str
    bars: Sequence[Bar]
    verified: Sequence[str]
    obstacles: Sequence[Row]
    to_know: Sequence[Row]
    given_up: Sequence[Row]
    curve: Sequence[tuple[str, str, float]]
    checklist: Sequence[Line]
    foot: str


def view(status: ServerStatus, language: Language) -> View:
    """Put a status into words."""
    total = status.total
    return View(
        language=language,
        question=words.QUESTION[language].format(server=one_line(status.facts.server)),
        answer=answer(status, language),
        bars=[_bar(safety, amount, total, language) for safety, amount in status.classes.items()],
        verified=_verified(status, language),
        obstacles=[_row(group, language) for group in status.obstacles],
        to_know=[_row(group, language) for group in (*status.unclaimed, *status.to_know)],
        given_up=[_decided(one, language) for one in status.given_up],
        curve=[
            (
                write.day(point.at, language),
                words.WOULD_BE_LOST[language].format(count=recordings(point.lost.count, language)),
                _share(point.safe, total),
            )
            for point in status.points
        ],
        checklist=[Line(done=done, text=_item(item, status, language)) for item, done in status.checklist.items()],
        foot=_foot(status, language),
    )


def list_name(key: Why | Caveat | Safety) -> str:
    """Return the name of the CSV behind a number: a class, a finding ("why-…") or a caveat ("know-…")."""
    kind = {Why: "why-", Caveat: "know-", Safety: ""}[type(key)]
    return f"{kind}{'-'.join(str(key).replace('_', ' ').lower().replace(',', '').split())}.csv"


def _share(part: Amount, whole: Amount) -> float:
    return part.count / whole.count if whole.count else 0.0


def _bar(safety: Safety, amount: Amount, total: Amount, language: Language) -> Bar:
    return Bar(
        safety=safety,
        label=words.SAFETY[safety][language],
        count=write.number(amount.count, language),
        hours=write.hours(amount.hours, language),
        percent=write.percent(amount.count, total.count, language),
        share=_share(amount, total),
        list_name=list_name(safety),
    )


def _row(group: Group, language: Language) -> Row:
    key = group.key
    said = words.WHY[key] if isinstance(key, Why) else words.CAVEAT[key]
    return Row(
        what=said[language],
        count=write.number(group.amount.count, language),
        hours=write.hours(group.amount.hours, language),
        who=words.ACTOR[key.actor][language] if isinstance(key, Why) else "",
        command=f"bbbmig {key.command}" if isinstance(key, Why) and key.command else "",
        titles=_people(group, language) or tuple(_title(state, language) for state in group.first),
        list_name=list_name(key),
    )


def _people(group: Group, language: Language) -> tuple[str, ...]:
    """Name those for whom most files wait, with how many; nobody for other groups, and where nobody is known."""
    most = group.by_person.most_common(FIRST) if group.key is Why.WAITS else ()
    return tuple(f"{one_line(name)}{words.COLON[language]}{recordings(count, language)}" for name, count in most)


def _title(state: RecordingState, language: Language) -> str:
    """Name a recording as people know it, with its day."""
    one = state.recording
    title = one_line(one.title) if one.title != one.record_id else words.UNTITLED[language]
    return f"{title}, {write.day(one.start, language)}" if one.start else title


def _decided(one: Decided, language: Language) -> Row:
    """Say who decided what; what a file or the settings decide bears their name."""
    what = words.WHY[one.why][language]
    reason = f"{what}{words.COLON[language]}{one_line(one.reason)}" if one.reason else what
    by = " ".join(filter(None, (one_line(one.by), write.day(one.last, language) if one.last else "")))
    return Row(
        what=reason,
        count=write.number(one.amount.count, language),
        hours=write.hours(one.amount.hours, language),
        who=by,
        list_name=list_name(Safety.GIVEN_UP),
    )


def _verified(status: ServerStatus, language: Language) -> list[str]:
    """Say what the answer rests on."""
    compared = sum(
        state.safety is Safety.SAFE and Caveat.LENGTH_UNKNOWN not in state.caveats for state in status.states
    )
    said = [
        words.IN_POD[language].format(count=recordings(status.kept.count, language)),
        words.COMPARED[language].format(count=recordings(compared, language)),
    ]
    read = status.facts.read
    if read.asked:
        numbers = {"whole": write.number(read.whole, language), "asked": write.number(read.asked, language)}
        said.append(words.READ[language].format(**numbers))
    if status.vanished_since:
        said.append(words.VANISHED[language].format(count=recordings(status.vanished_since, language)))
    if status.total.unknown:
        said.append(words.NO_LENGTH[language].format(count=recordings(status.total.unknown, language)))
    return said


def _item(item: Item, status: ServerStatus, language: Language) -> str:
    """Write a line of the checklist, with the date that it is about."""
    when = {Item.NO_NEW_RECORDINGS: status.newest, Item.BACKUP: status.last_in_pod}.get(item)
    text = words.ITEM[item][language]
    return f"{text} ({write.day(when, language)})" if when else text


def _foot(status: ServerStatus, language: Language) -> str:
    facts = status.facts
    kept = words.KEPT_LIST[language] if facts.from_cache else words.LIST[language]
    return " ".join(
        (
            words.MADE[language].format(moment=write.moment(facts.at, language)),
            kept.format(moment=write.moment(facts.list_taken_at, language)),
            words.NOTHING_CHANGED[language],
        )
    )
