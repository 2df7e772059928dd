"""Templates made into one file: style inside, everything escaped, nothing fetched from anywhere."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bbbmig.domain.choices import Language
from bbbmig.domain.plain_text import shown
from bbbmig.report import language as write
from bbbmig.report.page import charts

PACKAGE = "bbbmig.report.page"


@cache
def _environment() -> Environment:
    """Return what reads the templates: every value is escaped, one that is missing is an error."""
    environment = Environment(
        loader=PackageLoader(PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalized,
    )
    environment.globals.update(stacked_bar=charts.stacked_bar, columns=charts.columns, curve=charts.curve, write=write)
    return environment


def _finalized(value: Any) -> Any:  # noqa: ANN401 - whatever a template shows
    """Take out of texts what browsers obey and nobody sees: marks of direction, control characters."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def page(template: str, language: Language, values: Mapping[str, Any]) -> str:
    """Return a whole page in one language."""
    style = Markup((files(PACKAGE) / "templates" / "style.css").read_text(encoding="utf-8"))  # noqa: S704 - our own
    return _environment().get_template(template).render(language=language, style=style, **values)
