"""Words in the language of the request, French or English, without catalogues of translations."""

from django.utils.functional import lazy
from django.utils.translation import get_language


def _choose(french: str, english: str) -> str:
    """Return one of the two by the language of this moment."""
    return french if (get_language() or "fr").startswith("fr") else english


in_language = lazy(_choose, str)
