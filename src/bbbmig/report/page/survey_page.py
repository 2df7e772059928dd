"""The page with which people decide how to move: what is there, what each way costs, what is to be decided."""

from bbbmig.domain.choices import Language
from bbbmig.domain.survey_ways import Assessment
from bbbmig.report.page.charts import Part
from bbbmig.report.page.render import page
from bbbmig.report.survey_view import Bar, survey_view


def survey_page(assessment: Assessment, language: Language) -> str:
    """Return the page."""
    return page("survey.html", language, {"view": survey_view(assessment, language), "parts": _parts})


def _parts(bars: tuple[Bar, ...]) -> list[Part]:
    """Return what a chart draws."""
    return [Part(label=bar.label, value=bar.value, style=bar.style) for bar in bars]
