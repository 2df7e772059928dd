"""`moodle-notice`: the information message in the Moodle activities concerned; also with `import-links` if wanted."""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bbbmig.apply.notices import NoticeDelivery
from bbbmig.domain.notice import WAITING, Change, Noticed
from bbbmig.domain.notice_text import Notice
from bbbmig.domain.outcome import Status
from bbbmig.domain.person import folded
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.playback_url import record_id_in
from bbbmig.domain.recording import Recording
from bbbmig.errors import BbbmigError, ConfigError
from bbbmig.moodle import MoodleNotice, find_activities
from bbbmig.runs.moodles import moodle_owners, moodle_sources
from bbbmig.runs.run import Run

log = logging.getLogger(__name__)

_CHANGING = (Change.ADDED, Change.REPLACED, Change.REMOVED)
_WAITS = {
    Change.DAMAGED: "the end of the notice cannot be told; look at it",
    Change.EDITED: "the notice itself was edited: look at it; nothing was written, lest somebody's words be lost",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeOptions:
    """What the user asks of `moodle-notice`; `moodles` are names of sections or "all", else those with an account."""

    moodles: tuple[str, ...] = ()
    remove: bool = False
    again: bool = False
    use_cache: bool = False

    @property
    def needs(self) -> tuple[str, ...]:
        """Return the sections that this takes."""
        return ("bbb",) if self.remove else ("bbb", "pod")


def moodle_notice(run: Run, options: NoticeOptions) -> None:
    """Put the message into the activities whose recordings are linked in Pod, or take it out of all.

    Raises as `add_notices`, and Locked.
    """
    names = notice_names(run, options.moodles)
    if not options.remove:
        notice_texts(run, names)
    with run.adapters.ledger.locked("moodle-notice"):
        if options.remove:
            told = remove_notices(run, names)
        else:
            recordings = run.listing(use_cache=options.use_cache).recordings
            told = add_notices(run, names, linked(run, recordings), again=options.again)
    run.summary = in_words(told, dry=run.dry)
    _count(run, told)


def _count(run: Run, told: Iterable[Noticed]) -> None:
    """Count what was changed, or would be, and why the others were not; those that wait make exit code 3."""
    for one in told:
        if one.change in _CHANGING:
            run.tally.by_status[Status.PLANNED if run.dry else Status.DONE] += 1
        else:
            run.tally.by_status[Status.SKIPPED] += 1
            run.tally.by_reason[one.change] += 1
        run.tally.waiting += one.change in WAITING


def notices_with_links(run: Run, linked: Sequence[Recording]) -> None:
    """Add the notice for what teachers have links to now, in the Moodles whose settings want it.

    The links stand whatever comes of it: what goes wrong is one clear line, and the exit code stays.
    """
    names = [name for name, section in run.settings.moodle.items() if section.notice.enabled]
    if not names:
        return
    try:
        run.settings.need(*(f"moodle.{name}.notice.user" for name in names))
        told = add_notices(run, names, linked)
    except BbbmigError as error:
        log.warning("no notice in Moodle: %s (%s)", error.message, error.hint)
    else:
        run.report.text(f"notice in Moodle: {in_words(told, dry=run.dry)}")


def add_notices(
    run: Run, names: Sequence[str], recordings: Sequence[Recording], *, again: bool = False
) -> list[Noticed]:
    """Add the notice to the activities of these recordings; `names` are those of Moodles.

    Raise ConfigError for a text that cannot be used, before anything is written; RemoteError and RemoteRefused as
    MoodleNotice does.
    """
    texts = notice_texts(run, names)
    concerned: dict[str, dict[int, str]] = {name: {} for name in names}
    moodles = moodle_owners(run.adapters, names)
    ignored = run.settings.bbb.ignored_servers
    for place in find_activities(moodles, recordings, ignored_servers=ignored).values():
        concerned[place.moodle][place.activity] = place.name
    return [
        one
        for name in names
        for one in _shown(
            run, name, _work(run, name).add(concerned[name], texts[name], again=again), titles=concerned[name]
        )
    ]


def remove_notices(run: Run, names: Iterable[str]) -> list[Noticed]:
    """Take the notice out of every activity that has it. Raises as `add_notices`."""
    told: list[Noticed] = []
    for name in names:
        work = _work(run, name)
        titles = _titles(run, name, work.having())
        told += _shown(run, name, work.remove(_text_of_now(run, name)), titles=titles)
    return told


def _titles(run: Run, name: str, activities: Collection[int]) -> Mapping[int, str]:
    """Read the activities' names with the reading account; to take a notice out, they need not be known."""
    (moodle,) = moodle_owners(run.adapters, [name])
    try:
        return moodle.activity_names(activities)
    except BbbmigError as error:
        log.info("moodle %s: the names of the activities are not known: %s", name, error.message)
        return {}


def _text_of_now(run: Run, name: str) -> Notice | None:
    """Read the notice of one Moodle if its text can be made: to take it out, it need not be."""
    try:
        return _text(run, name)
    except ConfigError as error:
        log.info(
            "moodle %s: only notices that the ledger knows are told from what people wrote in them (%s)", name, error
        )
        return None


def linked(run: Run, recordings: Iterable[Recording]) -> list[Recording]:
    """Return the recordings that somebody has a link to in Pod now, the administrator not counted."""
    administrator = folded(run.settings.pod.administrator)
    links = run.adapters.links.all()
    there = {record_id_in(link.source_url) for link in links if folded(link.owner_username) != administrator}
    return [recording for recording in recordings if recording.record_id in there]


def notice_names(run: Run, asked: Sequence[str]) -> list[str]:
    """Name the Moodles to write to: those asked for, else those with an account for it. Raise ConfigError if none."""
    names = [source.name for source in moodle_sources(run.settings, asked)] if asked else []
    if not asked:
        run.settings.need("moodle")
        names = [name for name, section in run.settings.moodle.items() if section.notice.user]
    if not names:
        raise ConfigError(
            "no [moodle.NAME.notice] has a user", hint="the message needs an account that may write: docs/moodle.md"
        )
    run.settings.need(*(f"moodle.{name}.notice.user" for name in names))
    return names


def in_words(told: Iterable[Noticed], *, dry: bool = False) -> str:
    """Say the counts: "12 added, 3 present", or "12 would be added"."""
    counts = Counter(_change(one, dry=dry) for one in told)
    return ", ".join(f"{count} {change}" for change, count in counts.most_common()) or "no activity is concerned"


def _change(one: Noticed, *, dry: bool) -> str:
    """Say what became of one, or would."""
    return f"would be {one.change}" if dry and one.change in _CHANGING else str(one.change)


def notice_texts(run: Run, names: Iterable[str]) -> dict[str, Notice]:
    """Read the notices of these Moodles. Raise ConfigError for one that cannot be used."""
    return {name: _text(run, name) for name in names}


def _text(run: Run, name: str) -> Notice:
    """Read the notice of one Moodle."""
    section = run.settings.moodle[name].notice
    values = {"pod": run.settings.pod.url, "migrated": section.migrated, "closes": section.closes}
    return Notice.of(section.html, values)


def _work(run: Run, name: str) -> NoticeDelivery:
    """Connect to one Moodle with the account that may write."""
    (source,) = moodle_sources(run.settings, [name])
    section = run.settings.moodle[name].notice
    account = replace(source.database, user=section.user, password=section.password.get_secret_value())
    moodle = run.adapters.enter_context(MoodleNotice(replace(source, database=account)))
    return NoticeDelivery(server=run.server, moodle=moodle, memory=run.adapters.ledger, dry=run.dry)


def _shown(run: Run, name: str, told: Iterator[Noticed], *, titles: Mapping[int, str]) -> Iterator[Noticed]:
    """Show each activity, and at the end what a person must do."""
    stale: set[int] = set()
    hosts = run.settings.moodle[name].origin_servers
    for one in told:
        if one.change is not Change.PRESENT:
            _show(run, name, one, title=titles.get(one.activity, ""), host=hosts[0] if hosts else "")
        if one.change in WAITING:
            log.warning("moodle %s: activity %d of course %s: %s", name, one.activity, one.course, _WAITS[one.change])
        if one.stale and one.course:
            stale.add(one.course)
        yield one
    if stale:
        log.warning(
            "moodle %s: these course pages show the old text until, on Moodle's server: "
            "php admin/cli/purge_caches.php --courses=%s",
            name,
            ",".join(map(str, sorted(stale))),
        )


def _show(run: Run, name: str, one: Noticed, *, title: str, host: str) -> None:
    """Say what became of one activity, where people find it."""
    url = f"https://{host}/course/view.php?id={one.course}" if host and one.course else ""
    named = f" “{one_line(title)}”" if title else ""
    mixed = "; what somebody wrote inside the notice stays" if one.mixed else ""
    run.report.text(
        f"{_change(one, dry=run.dry)}: moodle {name}, activity {one.activity} of course {one.course}{named}"
        f"{f' {url}' if url else ''}{mixed}",
        moodle=name,
        activity=one.activity,
        course=one.course,
        name=title,
        url=url,
        change=str(one.change),
        mixed=one.mixed,
    )
