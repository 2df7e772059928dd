"""Names that somebody mistyped, and who may be meant."""

import difflib
from collections.abc import Collection, Iterable

_LIKE_ENOUGH = 0.75
"""Of difflib: "fdracy" is as like "fdarcy" as 0.83, "Darcy" as 0.91 when capitals do not matter."""
_LENGTHS_DIFFER = 2


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that may be meant by another one, an e-mail address or a last name; "" if none is near."""
    wanted = name.casefold()
    folded = {one.casefold(): one for one in known}
    before_at = wanted.partition("@")[0]
    if before_at in folded:
        return folded[before_at]
    like = [one for one in folded if abs(len(one) - len(wanted)) <= _LENGTHS_DIFFER]
    found = difflib.get_close_matches(wanted, like, n=1, cutoff=_LIKE_ENOUGH)
    return folded[found[0]] if found else ""


def mistyped(name: str, lines: Collection[int], known: Iterable[str]) -> str:
    """Say where a name that nobody has stands, and whom it may mean."""
    where = f"line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}"
    near = nearest(name, known)
    return f"{where}: {name}" + (f": did you mean {near}?" if near else "")
