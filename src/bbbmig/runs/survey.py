"""`survey`: what is on the old server, whose it is, and what it takes to move it; nothing is changed."""

import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bbbmig.domain.choices import Language
from bbbmig.domain.exclusion import Exclusion
from bbbmig.domain.give_up import all_given_up
from bbbmig.domain.history import Effect
from bbbmig.domain.selection import EVERYTHING
from bbbmig.domain.survey import SurveyFacts, surveyed
from bbbmig.domain.survey_ways import Assessment, Rates, assessed
from bbbmig.report.survey_view import answer
from bbbmig.runs.run import Run
from bbbmig.runs.states import OwnersWanted, owners_told
from bbbmig.transfer.whole_file import ensure_writable, opened

log = logging.getLogger(__name__)

NEEDS = ("bbb",)
_YEARS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyOptions:
    """What the user asks of `survey`; `page` is an HTML file, `since_year` 0 three years ago."""

    owners: OwnersWanted = field(default_factory=OwnersWanted)
    since_year: int = 0
    page: Path | None = None
    language: Language = Language.EN
    use_cache: bool = False


def survey(run: Run, options: SurveyOptions) -> Assessment:
    """Say what is there and what it takes. Raise ConfigError, RemoteError or RemoteRefused for what keeps from it."""
    if options.page is not None:
        ensure_writable(options.page)
    listing = run.listing(use_cache=options.use_cache)
    recordings = run.choose(listing, EVERYTHING)
    found = owners_told(run, options.owners, recordings, listing.recordings)
    excluded = Exclusion(run.settings.choose.exclude).of(recordings, found.ownership)
    facts = SurveyFacts(
        server=run.server,
        at=datetime.now(UTC),
        list_taken_at=listing.taken_at,
        from_cache=listing.from_cache,
        lost=sum(problem.lost for problem in listing.problems),
        ownership=found.ownership,
        failed_sources=found.failed,
        ignored_servers=run.settings.bbb.ignored_servers,
        given_up=all_given_up(run.adapters.ledger.history(run.server, Effect.GIVE_UP)),
        excluded=excluded,
    )
    said = assessed(surveyed(recordings, facts), Rates(), since=options.since_year or facts.at.year - _YEARS)
    run.report.survey(said, options.language)
    if options.page is not None:
        _write_page(said, options.page, options.language)
    run.summary = answer(said, options.language)
    return said


def _write_page(said: Assessment, file: Path, language: Language) -> None:
    """Write the page. Raise ConfigError if it cannot be written."""
    from bbbmig.report.page.survey_page import survey_page

    with opened(file) as stream:
        stream.write(survey_page(said, language))
