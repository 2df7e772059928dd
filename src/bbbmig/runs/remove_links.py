"""`remove-links`: at the end of life, the external recordings that point to the old server go."""

import logging
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from bbbmig.apply.removing import LinkRemoval, key_of
from bbbmig.domain.django_fixture import FixtureLink, to_json
from bbbmig.domain.history import Effect, History, LinkKey, State
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.playback_url import record_id_in
from bbbmig.domain.target import Link
from bbbmig.errors import ConfigError, UsageError
from bbbmig.runs.listing import listing_of
from bbbmig.runs.run import Run
from bbbmig.runs.unsafe_links import without_video
from bbbmig.transfer.whole_file import ensure_new, ensure_writable, opened

log = logging.getLogger(__name__)

NEEDS = ("bbb", "pod")


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalOptions:
    """What the user asks of `remove-links`.

    `prefixes` are other addresses of the old server, `keep` the file for what is deleted (None: one named by the time,
    here), `confirmed` gets the question and tells whether to go on. `asked`: a person hears the question, and with it
    how many links have no video; without one, those go only if `even_unsafe`.
    """

    prefixes: tuple[str, ...] = ()
    keep: Path | None = None
    asked: bool = False
    even_unsafe: bool = False
    confirmed: Callable[[str], bool]


def remove_links(run: Run, options: RemovalOptions) -> None:
    """Delete the links to the old server, after they were written to a file; in a dry run, only say which.

    Links whose recordings have no video in Pod are kept, and make exit code 3, unless the options say otherwise.
    Raise UsageError for a prefix that cannot be right, else Locked, ConfigError, RemoteError or RemoteRefused.
    """
    if options.keep is not None:
        ensure_writable(options.keep)
    for one in options.prefixes:
        _ensure_address(one)
    adapters = run.adapters
    with adapters.ledger.locked("remove-links"):
        links, what_is_known = adapters.links.all(), known(run)
        beginnings = prefixes(run, options.prefixes, what_is_known, links)
        going = found(links, beginnings, what_is_known)
        unsafe = without_video(run, going)
        what = f"{len(going)} external recordings whose address begins with {' or '.join(beginnings)}"
        if unsafe:
            what += f", of which {len(unsafe)} have no video in Pod"
        if run.dry or not going:
            _list(run, unsafe)
            run.summary = f"{what}{' would be deleted' if going else '; nothing to do'}"
            return
        if unsafe and not (options.even_unsafe or options.asked):
            going = _kept_back(run, going, unsafe)
            if not going:
                run.summary = f"nothing was deleted of {what}"
                return
        file = options.keep or Path(f"removed-links-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.json")
        ensure_new(file, hint="give --keep another name: it may hold what an earlier run deleted")
        run.report.stop()
        if not options.confirmed(f"Delete {what} in {adapters.pod.url}?"):
            run.summary = f"nothing was deleted of {what}"
            return
        write(file, going)
        history = what_is_known.history
        work = LinkRemoval(server=run.server, links=adapters.links, memory=adapters.ledger, history=history)
        deleted = work.remove(going, why="removed by remove-links")
    kept = f"; {run.tally.waiting} without a video in Pod were kept" if run.tally.waiting else ""
    run.summary = f"{deleted} external recordings deleted; import-links --restore {file} creates them again{kept}"


def _list(run: Run, unsafe: Sequence[Link]) -> None:
    """Say which links have no video: title, owner, and the recording."""
    for link in unsafe:
        title, record_id = one_line(link.name), record_id_in(link.source_url)
        run.report.text(f"no video in Pod: “{title}” of {link.owner_username} ({record_id or link.source_url})")


def _kept_back(run: Run, going: Sequence[Link], unsafe: Sequence[Link]) -> list[Link]:
    """Return those links that may go, and say how many stay and why."""
    staying = {link.id for link in unsafe}
    run.tally.waiting += len(staying)
    log.warning(
        "%d of %d links are kept: their recordings have no video in Pod, their owners would have nothing; --dry lists "
        "them, `publish` or `claim` makes videos, --even-unsafe deletes them all the same",
        len(staying),
        len(going),
    )
    return [link for link in going if link.id not in staying]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the old server's recordings: their ids, the addresses in the kept list, links in the ledger.

    `created` are those links that the ledger holds for existing.
    """

    ids: AbstractSet[str]
    urls: AbstractSet[str]
    history: History
    created: AbstractSet[LinkKey]


def known(run: Run) -> Known:
    """Read the list that an earlier run has kept, if there is one, and the ledger; the old server is not asked."""
    try:
        recordings = listing_of(run.adapters, use_cache=True).recordings
    except ConfigError as error:
        log.info("no list of recordings to compare with: %s", error.message)
        recordings = ()
    history = run.adapters.ledger.history(run.server, Effect.LINK)
    entries = tuple(history.of(Effect.LINK))
    return Known(
        ids={one.record_id for one in recordings} | {entry.record_id for entry in entries},
        urls={playback.url for one in recordings for playback in one.playbacks},
        history=history,
        created={entry.key for entry in entries if entry.state is State.DONE},
    )


def prefixes(run: Run, others: Sequence[str], what: Known, links: Collection[Link]) -> tuple[str, ...]:
    """Return the addresses of the old server: that of the settings, those of the kept list, those that the user names.

    Raise UsageError for one that is no whole address of a server (half a name would match others), or under
    which no recording of that server is known.
    """
    hosts = dict.fromkeys([run.server, *sorted({urlsplit(url).netloc for url in what.urls} - {""})])
    known_urls = {*what.urls, *(link.source_url for link in links if record_id_in(link.source_url) in what.ids)}
    for one in others:
        ours = urlsplit(one).netloc.casefold() in {host.casefold() for host in hosts}
        if not ours and not any(url.startswith(one) for url in known_urls):
            raise UsageError(
                f"{one!r}: neither the kept list of recordings nor the ledger knows a recording of {run.server} there"
            )
    return tuple(dict.fromkeys([*(f"{scheme}://{host}/" for host in hosts for scheme in ("https", "http")), *others]))


def _ensure_address(prefix: str) -> None:
    """Raise UsageError for what is not a whole address: half a name would match others."""
    parts = urlsplit(prefix)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not parts.path.startswith("/"):
        raise UsageError(f"--prefix {prefix!r}: write scheme, host and / as in https://old.univ.fr/")


def found(links: Collection[Link], beginnings: tuple[str, ...], what: Known) -> list[Link]:
    """Return the links whose addresses begin so. Say which ones of the same recordings do not, and what is missing."""
    chosen = [link for link in links if link.source_url.startswith(beginnings)]
    there = {link.id for link in chosen}
    rest = [link for link in links if link.id not in there and record_id_in(link.source_url) in what.ids]
    for host, count in Counter(_beginning(link.source_url) for link in rest).most_common():
        log.warning("%d more links to recordings of that server begin with %s: add --prefix %s", count, host, host)
    gone = len(what.created - {key_of(link) for link in (*chosen, *rest)})
    if gone:
        log.warning(
            "%d links that the ledger remembers are not among them: deleted in Pod, or under another address, which "
            "--prefix URL names",
            gone,
        )
    elif not chosen and not rest:
        log.warning("if the links have another address than that of [bbb] url, name it by --prefix URL")
    return chosen


def write(file: Path, links: Sequence[Link]) -> None:
    """Write what is going to be deleted, as a fixture."""
    with opened(file) as stream:
        stream.writelines(
            to_json(
                FixtureLink(
                    name=link.name,
                    source_url=link.source_url,
                    owner=link.owner_username,
                    type=link.type,
                    start_at=link.start_at,
                )
                for link in links
            )
        )


def _beginning(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/"
