"""`show`: everything that is known of one recording, or of one person's, for whoever is asked where it is."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bbbmig.bbb.listing import Listing
from bbbmig.domain.choices import Language
from bbbmig.domain.file_names import key_of, short_id, short_id_in
from bbbmig.domain.finding_recordings import by_identity, by_title, is_address, video_number_in
from bbbmig.domain.person import folded
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.recording import Recording
from bbbmig.domain.recording_state import RecordingState
from bbbmig.domain.selection import EVERYTHING
from bbbmig.domain.state_evidence import states
from bbbmig.errors import UsageError
from bbbmig.report import person, show_lines
from bbbmig.runs.recorder_directory import sizes_of
from bbbmig.runs.run import Run
from bbbmig.runs.states import KINDS, OwnersWanted, known_of
from bbbmig.transfer.whole_file import ensure_writable

NEEDS = ("bbb", "pod")
MOST = 20
"""So many recordings are listed where more than one is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOptions:
    """What the user asks of `show`: `what` is meant, or all that is of an `owner`, by user name.

    `csv` is a file for what an owner has, in that language.
    """

    what: str = ""
    owner: str = ""
    owners: OwnersWanted = field(default_factory=OwnersWanted)
    csv: Path | None = None
    language: Language = Language.EN
    use_cache: bool = False

    def __post_init__(self) -> None:
        """Raise UsageError for what cannot be meant."""
        if bool(self.what.strip()) == bool(self.owner.strip()):
            raise UsageError("name one thing: a recordID, part of a title, an address, or --owner NAME")
        if self.csv is not None and not self.owner:
            raise UsageError("--csv is for --owner NAME")


def show(run: Run, options: ShowOptions) -> None:
    """Show what is known. Raise UsageError if nothing is meant by it, else as `status`."""
    if options.csv is not None:
        ensure_writable(options.csv)
    run.adapters.pod.wait_for_restarts(run.settings.pod.patience_s)
    listing = run.listing(use_cache=options.use_cache)
    found = _found(run, options, listing)
    if options.owner:
        _show_person(run, options, found)
    elif len(found) == 1:
        _show_one(run, found[0])
    else:
        _show_list(run, found)


def _found(run: Run, options: ShowOptions, listing: Listing) -> list[RecordingState]:
    """Return what is meant, newest first. Raise UsageError if nothing is.

    A recording itself, or part of a title, is asked about alone; for a person or a video in Pod, all are.
    """
    what, recordings = options.what.strip(), run.choose(listing, EVERYTHING)
    if what:
        history = run.adapters.ledger.history(run.server, *KINDS)
        chosen = by_identity(what, recordings, history) or ([] if is_address(what) else by_title(what, recordings))
        if chosen:
            return states(chosen, known_of(run, options.owners, listing, chosen))
    everything = states(recordings, known_of(run, options.owners, listing, recordings))
    number = video_number_in(what) if is_address(what) else None
    if number is not None:
        found = [
            state for state in everything if _PLACE.match(state.place) and int(state.place.split("-")[0]) == number
        ]
    else:
        name = folded(options.owner.strip() or what)
        found = [state for state in everything if name in map(folded, _people(state))]
    if not found and what:
        raise UsageError(
            f"{what!r}: no recording has that recordID, title, owner or address",
            hint="part of a title will do, without regard to accents",
        )
    return found


def _people(state: RecordingState) -> Iterator[str]:
    """Name those whose a recording is, and those who have it."""
    yield from state.owners
    yield from (owner.username for owner in (state.ownership.owners if state.ownership else ()))


def _show_one(run: Run, state: RecordingState) -> None:
    """Show everything that is known of one recording."""
    record_id = state.recording.record_id
    history = run.adapters.ledger.history(run.server, *KINDS)
    rows = sorted(
        (row for effect in KINDS for row in history.of(effect) if row.record_id == record_id),
        key=lambda row: row.at.timestamp() if row.at else 0.0,
    )
    run.report.state(state, show_lines.whole(state, rows, _files(run, state.recording), pod=run.adapters.pod.url), rows)
    run.summary = show_lines.short(state)


def _files(run: Run, recording: Recording) -> list[tuple[str, int]]:
    """Return the files of a recording that lie here, with their sizes in bytes."""
    settings = run.settings
    folders = [settings.converter.directory, *([settings.recorder.directory] if settings.has("recorder") else [])]
    short, key = short_id(recording.record_id), key_of(recording.record_id)
    found: list[tuple[str, int]] = []
    for folder in folders:
        for name, size in sizes_of(folder).items():
            if short_id_in(name) == short or name.startswith(key):
                found.append((str(folder / name), size))
    return found


def _show_list(run: Run, found: Sequence[RecordingState]) -> None:
    """Show which recordings are meant, in a line each."""
    for state in found[:MOST]:
        run.report.state(state, [f"{show_lines.short(state)} ({one_line(state.recording.record_id)})"])
    more = f"; the first {MOST}, name one of them more exactly" if len(found) > MOST else ""
    run.summary = f"{len(found)} recordings are meant{more}"


def _show_person(run: Run, options: ShowOptions, found: Sequence[RecordingState]) -> None:
    """Show what a person has, in the language of a letter to them, and write it where asked."""
    pod = run.adapters.pod.url
    for state in found:
        run.report.state(state, [person.line(state, pod=pod, language=options.language)])
    if options.csv is not None:
        person.write_csv(options.csv, found, pod=pod, language=options.language)
    run.summary = person.summary(options.owner, found, options.language)


_PLACE = re.compile(r"[0-9]+-")
