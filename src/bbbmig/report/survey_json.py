"""A survey as values that JSON can say: the contract of docs/scripting.md; keys are only ever added."""

from typing import Any

from bbbmig.domain.choices import Language
from bbbmig.domain.survey import Heap
from bbbmig.domain.survey_ways import Assessment, Range, Way
from bbbmig.report.survey_view import answer


def survey_values(assessment: Assessment) -> dict[str, Any]:
    """Return everything that the page and the terminal show, as numbers and stable words."""
    survey, rates = assessment.survey, assessment.rates
    facts = survey.facts
    return {
        "type": "survey",
        "server": facts.server,
        "at": facts.at.isoformat(timespec="seconds"),
        "list_taken_at": facts.list_taken_at.isoformat(timespec="seconds"),
        "from_cache": facts.from_cache,
        "list_lost": facts.lost,
        "words": answer(assessment, Language.EN),
        "total": _heap(survey.total),
        "by_year": {str(year or "unknown"): _heap(heap) for year, heap in survey.by_year.items()},
        "by_content": {str(kind): _heap(heap) for kind, heap in survey.by_content.items()},
        "by_length": {str(kind): _heap(heap) for kind, heap in survey.by_length.items()},
        "by_owner": {str(kind): _heap(heap) for kind, heap in survey.by_owner.items()},
        "by_source": {name: _heap(heap) for name, heap in survey.by_source.items()},
        "by_origin": [{"host": one.host, "known": one.known, **_heap(one.heap)} for one in survey.origins],
        "unpublished": _heap(survey.unpublished),
        "protected": _heap(survey.protected),
        "people": survey.people,
        "median_s": round(survey.median_s),
        "longest_s": round(survey.longest_s),
        "failed_sources": list(facts.failed_sources),
        "rates": {
            "sampled": rates.sampled,
            "times_real_time": _range(rates.conversion),
            "copied_bytes_per_s": _range(rates.copying),
            "video_bytes_per_hour": _range(rates.video),
        },
        "undecided": _heap(assessment.undecided),
        "ways": [_way(one) for one in assessment.ways],
        "decisions": [
            {"what": str(one.question), "command": one.command, "titles": list(one.titles), **_heap(one.heap)}
            for one in assessment.decisions
        ],
    }


def _heap(heap: Heap) -> dict[str, Any]:
    return {
        "count": heap.count,
        "hours": round(heap.hours, 2),
        "bytes": heap.size,
        "length_unknown": heap.without_length,
        "size_unknown": heap.without_size,
    }


def _range(between: Range) -> dict[str, float]:
    return {"least": round(between.least, 2), "most": round(between.most, 2)}


def _way(way: Way) -> dict[str, Any]:
    return {
        "way": str(way.name),
        "since": way.since or None,
        "moved": _heap(way.moved),
        "machine_hours": _range(way.machine_hours),
        "nights": _range(way.nights),
        "later_machine_hours": _range(way.later_hours),
        "pod_bytes": _range(way.size),
        "clicks": way.clicks,
        "lost": _heap(way.lost),
    }
