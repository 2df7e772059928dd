"""The page that answers a director: whether the old server may be switched off, and what stands in the way."""

from types import SimpleNamespace

from bbbmig.domain.choices import Language
from bbbmig.domain.status import Done, ServerStatus
from bbbmig.report import status_words as words
from bbbmig.report.page.charts import Dot, Part
from bbbmig.report.page.render import page
from bbbmig.report.status_view import view

MARKS = {Done.YES: "☑", Done.NO: "☒", Done.ASK: "☐"}


def status_page(status: ServerStatus, language: Language, *, lists: str = "") -> str:
    """Return the page; `lists` is where the CSVs behind the numbers lie, as seen from it, "" if nowhere."""
    seen = view(status, language)
    dots = [
        Dot(at=point.at.timestamp(), share=share, label=f"{day}: {lost}")
        for point, (day, lost, share) in zip(status.points, seen.curve, strict=True)
    ]
    return page(
        "status.html",
        language,
        {
            "view": seen,
            "verdict": status.verdict,
            "words": words,
            "heads": SimpleNamespace(**words.HEADS[language]),
            "parts": [Part(label=f"{bar.label}: {bar.count}", value=bar.share, style=bar.safety) for bar in seen.bars],
            "dots": dots,
            "marks": MARKS,
            "lists": lists,
        },
    )
