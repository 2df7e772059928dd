"""The notice in Moodle: for `moodle-notice`, and with `import-links` where the settings say so."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bbbmig.apply.notices import NoticeWork
from bbbmig.domain.history import folded
from bbbmig.domain.playback_url import record_id_in
from bbbmig.domain.recording import Recording
from bbbmig.errors import BbbmigError, ConfigError
from bbbmig.moodle import Change, MoodleNotice, Notice, Noticed
from bbbmig.runs.run import Task, log


def notices_with_links(run: Task, linked: Sequence[Recording]) -> None:
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
    run: Task, names: Sequence[str], recordings: Sequence[Recording], *, again: bool = False
) -> list[Noticed]:
    """Add the notice to the activities of these recordings; `names` are those of Moodles.

    Raise ConfigError for a text that cannot be used, before anything is written; RemoteError and RemoteRefused as
    MoodleNotice does.
    """
    texts = {name: _text(run, name) for name in names}
    concerned: dict[str, set[int]] = {name: set() for name in names}
    for place in run.wiring.moodle_owners(names).activities(recordings).values():
        concerned[place.moodle].add(place.activity)
    return [
        one
        for name in names
        for one in _shown(run, name, _work(run, name).add(concerned[name], texts[name], again=again))
    ]


def remove_notices(run: Task, names: Iterable[str]) -> list[Noticed]:
    """Take the notice out of every activity that has it. Raises as `add_notices`."""
    return [one for name in names for one in _shown(run, name, _work(run, name).remove())]


def linked(run: Task, recordings: Iterable[Recording]) -> list[Recording]:
    """Give the recordings that somebody has a link to in Pod now, the administrator not counted."""
    administrator = folded(run.settings.pod.administrator)
    links = run.wiring.links.all()
    there = {record_id_in(link.source_url) for link in links if folded(link.owner_username) != administrator}
    return [recording for recording in recordings if recording.record_id in there]


def notice_names(run: Task, asked: Sequence[str]) -> list[str]:
    """Name the Moodles to write to: those asked for, else those with an account for it. Raise ConfigError if none."""
    names = [source.name for source in run.wiring.moodle_sources(asked)] if asked else []
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
    changing = (Change.ADDED, Change.REPLACED, Change.REMOVED)
    return f"would be {one.change}" if dry and one.change in changing else str(one.change)


def _text(run: Task, name: str) -> Notice:
    """Read the notice of one Moodle."""
    section = run.settings.moodle[name].notice
    values = {"pod": run.settings.pod.url, "migrated": section.migrated, "closes": section.closes}
    return Notice.of(section.html, values)


def _work(run: Task, name: str) -> NoticeWork:
    """Connect to one Moodle with the account that may write."""
    (source,) = run.wiring.moodle_sources([name])
    section = run.settings.moodle[name].notice
    writing = replace(source, user=section.user, password=section.password.get_secret_value())
    moodle = run.wiring.enter_context(MoodleNotice(writing))
    return NoticeWork(server=run.server, moodle=moodle, memory=run.wiring.ledger, dry=run.dry)


def _shown(run: Task, name: str, told: Iterator[Noticed]) -> Iterator[Noticed]:
    """Show each activity, and at the end what a person must do."""
    stale: set[int] = set()
    for one in told:
        if one.change is not Change.PRESENT:
            run.report.text(
                f"{_change(one, dry=run.dry)}: moodle {name}, activity {one.activity} of course {one.course}"
            )
        if one.change is Change.DAMAGED:
            log.warning("moodle %s: activity %d: the end of the notice cannot be told; look at it", name, one.activity)
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
