"""`give-up`: a person's decision that recordings are not kept, written into the ledger; nothing is deleted anywhere."""

import getpass
import logging
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bbbmig.domain.give_up import all_given_up, given_up, taken_back
from bbbmig.domain.history import Effect
from bbbmig.domain.near_names import nearest
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.record_id_list import record_ids_in
from bbbmig.domain.recording import Recording
from bbbmig.errors import BbbmigError, ConfigError, UsageError
from bbbmig.ledger import Ledger
from bbbmig.report.sentences import title_and_date
from bbbmig.runs.run import Run

log = logging.getLogger(__name__)

NEEDS = ("bbb",)
_BY_LENGTH = 150
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpOptions:
    """What the user asks of `give-up`.

    `record_ids` are those typed, `file` has more, one a line; `by` is who decided, "" for the user at work. `undo`
    takes the decisions back.
    """

    record_ids: Sequence[str] = ()
    file: Path | None = None
    why: str = ""
    by: str = ""
    undo: bool = False
    use_cache: bool = False

    def __post_init__(self) -> None:
        """Raise UsageError for what cannot be meant."""
        if not self.record_ids and self.file is None:
            raise UsageError("which recordings? Name recordIDs, or a file of them with --from FILE")
        if not self.undo and not one_line(self.why):
            raise UsageError("--why is missing: whoever reads the list later wants to know why")


def give_up(run: Run, options: GiveUpOptions) -> None:
    """Write the decision about each recording; in a dry run, only say it.

    All or nothing: raise UsageError if a recordID is not one of the old server's, ConfigError for a file that cannot be
    read, Locked, RemoteError or RemoteRefused for what ends a run.
    """
    wanted = list(dict.fromkeys([*map(str.strip, options.record_ids), *_read(options.file)]))
    with run.adapters.ledger.locked("give-up"):
        before = all_given_up(run.adapters.ledger.history(run.server, Effect.GIVE_UP))
        listed = {one.record_id: one for one in run.listing(use_cache=options.use_cache).recordings}
        _need_known(wanted, {*listed, *before} if options.undo else set(listed))
        concerned = [one for one in wanted if (one in before) is options.undo]
        _write(run, options, concerned, listed)
    by, verb = _by(options), "no longer given up" if options.undo else "given up"
    rest = len(wanted) - len(concerned)
    already = f", {rest} {'were not' if options.undo else 'were already'}" if rest else ""
    run.summary = f"{len(concerned)} {'would be ' if run.dry else ''}{verb} by {by}{already}"


def _write(run: Run, options: GiveUpOptions, concerned: Sequence[str], listed: Mapping[str, Recording]) -> None:
    """Say which recordings are concerned, and write the decision down."""
    verb = "no longer given up" if options.undo else "given up"
    for record_id in concerned:
        said = title_and_date(listed[record_id]) if record_id in listed else "not in the list any more"
        run.report.text(f"{verb}: {said} ({one_line(record_id)})", record_id=record_id, given_up=not options.undo)
    if concerned and not run.dry:
        rows = taken_back if options.undo else given_up
        run.adapters.ledger.write(run.server, rows(concerned, by=_by(options), why=one_line(options.why)))


def decided_so_far(run: Run) -> Collection[str]:
    """Return the recordIDs of what was given up, for commands that need no ledger: they go on without one."""
    try:
        with Ledger(run.settings.ledger.url, read_only=True) as ledger:
            return all_given_up(ledger.history(run.server, Effect.GIVE_UP))
    except BbbmigError as error:
        log.warning("what was given up is not known: %s", error.message)
        return ()


def _need_known(wanted: Sequence[str], known: Collection[str]) -> None:
    """Raise UsageError, naming the recordIDs that the old server does not have, and what may be meant."""
    unknown = [one for one in wanted if one not in known]
    if not unknown:
        return
    shown = ", ".join(map(one_line, unknown[:_SHOWN])) + (", …" if len(unknown) > _SHOWN else "")
    near = nearest(unknown[0], known)
    raise UsageError(
        f"the old server has no recording {shown} ({len(unknown)} of {len(wanted)})",
        hint=f"nothing was written{f'; did you mean {near}?' if near else ''}",
    )


def _read(file: Path | None) -> list[str]:
    """Read the recordIDs of a file. Raise ConfigError if it cannot be read, or holds none."""
    if file is None:
        return []
    try:
        found = record_ids_in(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"cannot read {file}: {error.strerror}", hint=_FORM) from error
    except UnicodeError as error:
        raise ConfigError(f"{file} is not a text in UTF-8", hint=_FORM) from error
    if not found:
        raise ConfigError(f"{file} holds no recordID", hint=_FORM)
    return found


_FORM = "one recordID a line; a CSV of `bbbmig status --lists` will do"


def _by(options: GiveUpOptions) -> str:
    """Name who decided: whom the user named, else the user at work."""
    return one_line(options.by or _who())[:_BY_LENGTH]


def _who() -> str:
    """Name the user at work; behind sudo, the one who typed it."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # no user of that number
        return f"user {os.getuid()}"
