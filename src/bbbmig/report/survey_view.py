"""A survey as people read it, in one language: an answer, tiles, tables; for terminals, pipes and pages alike."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bbbmig.domain.choices import Language
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.survey import NO_YEAR, Heap, Origin, Survey, Whose
from bbbmig.domain.survey_ways import Assessment, Decision, Range, Rates, Way, WayName
from bbbmig.report import language as write
from bbbmig.report import survey_words as words
from bbbmig.report.status_sentence import recordings

_MOST_ORIGINS = 12
_UNITS = ("kB", "MB", "GB", "TB", "PB")
_UNITS_FR = ("ko", "Mo", "Go", "To", "Po")
_STEP = 1000.0
_FEW = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of a block as a chart shows it: the number behind it, and the name of its style ("" for a plain column)."""

    label: str
    value: float
    style: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A table under a title; `numeric` are the columns that are numbers. `bars` are what a chart shows above it."""

    key: str
    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: frozenset[int]
    bars: Sequence[Bar] = ()
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyView:
    """Everything that is shown, in the order in which it is read; a tile is a number and what it is of."""

    language: Language
    question: str
    answer: str
    remarks: Sequence[str]
    tiles: Sequence[tuple[str, str]]
    blocks: Sequence[Block]
    notice: str
    noticed: Sequence[str]
    foot: str


def survey_view(assessment: Assessment, language: Language) -> SurveyView:
    """Put a survey into words."""
    survey = assessment.survey
    published = survey.total.count - survey.unpublished.count
    return SurveyView(
        language=language,
        question=words.QUESTION[language].format(server=one_line(survey.facts.server)),
        answer=answer(assessment, language),
        remarks=list(_remarks(survey, assessment.rates, language)),
        tiles=list(_tiles(survey, language)),
        blocks=list(_blocks(assessment, language)),
        notice=words.BLOCKS["notice"][language],
        noticed=[line.format(published=recordings(published, language)) for line in words.NOTICED[language]],
        foot=_foot(survey, language),
    )


def answer(assessment: Assessment, language: Language) -> str:
    """Say in one breath what it takes to move all of it."""
    survey = assessment.survey
    if not survey.total.count:
        return words.NOTHING[language]
    way = next(one for one in assessment.ways if one.name is WayName.PUBLISH)
    undecided = assessment.undecided.count
    need = words.NEED[language][0 if write.is_one(undecided, language) else 1]
    return words.ANSWER[language].format(
        nights=_nights(way.nights, language),
        size=_sizes(way.size, language),
        moved=recordings(way.moved.count, language),
        undecided=f"{recordings(undecided, language)} {need}",
        when=_when(survey.facts.at, way.nights, language),
    )


def size(count: float, language: Language) -> str:
    """Write bytes in units of 1000, as disks are sold: 1.9 TB, 1,9 To."""
    units = _UNITS_FR if language is Language.FR else _UNITS
    value, unit = count / _STEP, units[0]
    for larger in units[1:]:
        if value < _STEP:
            break
        value, unit = value / _STEP, larger
    digits = 1 if 0 < value < _FEW else 0
    return f"{write.number(value, language, digits=digits)}{write.NO_BREAK}{unit}"


def _ranged(between: Range, language: Language, written: Callable[[float], str]) -> str:
    """Write a range, or the one value that it is."""
    least, most = written(between.least), written(between.most)
    return least if least == most else words.TO[language].format(least=least, most=most)


def _sizes(between: Range, language: Language) -> str:
    return _ranged(between, language, lambda value: size(value, language))


def _nights(between: Range, language: Language) -> str:
    """Write "8 to 15 nights"."""
    least, most = (write.number(value, language) for value in (between.least, between.most))
    forms = words.NIGHTS[language]
    form = forms[0] if write.is_one(between.most, language) else forms[1]
    said = most if least == most else words.TO[language].format(least=least, most=most)
    return f"{said}{write.NO_BREAK}{form}"


def _when(now: datetime, nights: Range, language: Language) -> str:
    first, last = (write.day(now + timedelta(days=value), language) for value in (nights.least, nights.most))
    sentence = words.BY if first == last else words.BETWEEN
    return sentence[language].format(least=first, most=last)


def _remarks(survey: Survey, rates: Rates, language: Language) -> Iterator[str]:
    """Yield what the figures rest on."""
    if rates.sampled:
        rate = _ranged(rates.conversion, language, lambda value: write.number(value, language))
        yield words.MEASURED[language].format(count=recordings(rates.sampled, language), rate=rate)
    else:
        yield words.USUAL[language]
    yield words.POD_MORE[language]
    if survey.facts.failed_sources:
        yield words.FAILED_SOURCES[language].format(names=", ".join(map(one_line, survey.facts.failed_sources)))
    if survey.facts.lost:
        yield words.LOST[language].format(count=recordings(survey.facts.lost, language))


def _tiles(survey: Survey, language: Language) -> Iterator[tuple[str, str]]:
    total, tiles = survey.total, words.TILES
    dated = [year for year in survey.by_year if year != NO_YEAR]
    years = words.YEARS[language].format(first=dated[0], last=dated[-1]) if len(dated) > 1 else ""
    yield write.number(total.count, language), tiles["recordings"][language].format(years=years)
    lengths = {
        "median": write.hours(survey.median_s / 3600, language),
        "longest": write.hours(survey.longest_s / 3600, language),
    }
    yield write.hours(total.hours, language), tiles["hours"][language].format(**lengths)
    said = size(total.size, language)
    unsaid = words.UNSAID[language].format(count=recordings(total.without_size, language)) if total.without_size else ""
    shown = words.AT_LEAST[language].format(size=said) if total.without_size else said
    yield shown, tiles["size"][language].format(unsaid=unsaid)
    yield write.number(survey.people, language), tiles["people"][language]
    known = survey.by_owner[Whose.KNOWN].count
    yield write.percent(known, total.count, language), tiles["known"][language]


def _blocks(assessment: Assessment, language: Language) -> Iterator[Block]:
    survey = assessment.survey
    years = [(words.NO_YEAR[language] if year == NO_YEAR else str(year), heap) for year, heap in survey.by_year.items()]
    yield _heaps("year", years, language, bars=list(_columns(survey, language)))
    contents = [(words.CONTENT[kind][language], heap) for kind, heap in survey.by_content.items()]
    bars = [
        Bar(label=f"{words.CONTENT[kind][language]}: {heap.count}", value=heap.count, style=str(kind))
        for kind, heap in survey.by_content.items()
    ]
    yield _heaps("content", contents, language, bars=bars)
    yield _ways(assessment.ways, language)
    yield _decisions(assessment.decisions, language)
    yield _heaps("owner", [(words.WHOSE[kind][language], heap) for kind, heap in survey.by_owner.items()], language)
    yield _heaps("length", [(words.LENGTH[kind][language], heap) for kind, heap in survey.by_length.items()], language)
    yield _heaps("origin", _origins(survey.origins, language), language)


def _columns(survey: Survey, language: Language) -> Iterator[Bar]:
    """Yield a column for each year from the first to the last, empty ones too; then one for those without a date."""
    dated = [year for year in survey.by_year if year != NO_YEAR]
    for year in range(min(dated), max(dated) + 1) if dated else ():
        yield Bar(label=str(year), value=survey.by_year[year].hours if year in survey.by_year else 0.0)
    if NO_YEAR in survey.by_year:
        yield Bar(label=words.NO_YEAR[language], value=survey.by_year[NO_YEAR].hours)


def _heaps(key: str, rows: Iterable[tuple[str, Heap]], language: Language, *, bars: Sequence[Bar] = ()) -> Block:
    """Return a table of heaps; empty ones are left out."""
    heads = [words.HEADS[name][language] for name in (key, "count", "hours", "size")]
    cells = [
        (
            name,
            write.number(heap.count, language),
            write.hours(heap.hours, language),
            size(heap.size, language) if heap.size else "",
        )
        for name, heap in rows
        if heap.count
    ]
    title = words.BLOCKS[key][language]
    return Block(key=key, title=title, heads=heads, rows=cells, numeric=frozenset({1, 2, 3}), bars=bars)


def _origins(origins: Sequence[Origin], language: Language) -> Iterator[tuple[str, Heap]]:
    """Yield the largest origins, then the others together."""
    for one in origins[:_MOST_ORIGINS]:
        host = one_line(one.host) or words.NO_HOST[language]
        yield (host if one.known else words.UNKNOWN_HOST[language].format(host=host)), one.heap
    if rest := origins[_MOST_ORIGINS:]:
        yield (
            words.OTHERS[language],
            Heap(
                count=sum(one.heap.count for one in rest),
                hours=sum(one.heap.hours for one in rest),
                size=sum(one.heap.size for one in rest),
            ),
        )


def _ways(ways: Sequence[Way], language: Language) -> Block:
    heads = [words.HEADS[name][language] for name in ("way", "nights", "later", "pod", "clicks", "lost")]
    return Block(
        key="ways",
        title=words.BLOCKS["ways"][language],
        heads=heads,
        rows=[_way(one, language) for one in ways],
        numeric=frozenset(),
    )


def _way(way: Way, language: Language) -> tuple[str, ...]:
    count = write.number(way.clicks, language)
    links = way.name is WayName.LINKS
    lost = f"{recordings(way.lost.count, language)}, {write.hours(way.lost.hours, language)}"
    later = _ranged(way.later_hours, language, lambda value: write.hours(value, language))
    return (
        words.WAY[way.name][language].format(year=way.since),
        words.MINUTES[language] if links else _nights(way.nights, language),
        later if way.later_hours.most else words.NONE[language],
        "0" if links else _sizes(way.size, language),
        words.CLICKS[way.name][language].format(count=count),
        f"{words.ALL[language]} ({lost})" if links else lost,
    )


def _decisions(decisions: Sequence[Decision], language: Language) -> Block:
    heads = [words.HEADS[name][language] for name in ("decide", "count", "hours", "who")]
    rows = []
    for place, one in enumerate(decisions, 1):
        titles = "".join(f"\n{words.QUOTED[language].format(title=one_line(title))}" for title in one.titles)
        rows.append(
            (
                f"{place}. {words.DECISION[one.question][language]}{titles}",
                write.number(one.heap.count, language),
                write.hours(one.heap.hours, language),
                f"{words.WHO[one.question][language]}\n{one.command}",
            )
        )
    title = words.BLOCKS["decisions"][language]
    return Block(key="decisions", title=title, heads=heads, rows=rows, numeric=frozenset({1, 2}))


def _foot(survey: Survey, language: Language) -> str:
    facts = survey.facts
    return " ".join(
        (
            words.MADE[language].format(moment=write.moment(facts.at, language)),
            words.LIST[language].format(moment=write.moment(facts.list_taken_at, language)),
            words.NOTHING_CHANGED[language],
        )
    )
