"""External recordings as a Django fixture: for `manage.py loaddata`, and to undo `remove-links`.

With natural keys (user name, domain of the site) it loads into any Pod that has these users and that site; start times
are kept. It names no primary keys: loaded twice, everything is there twice (docs/facts/pod-rest.md#fixtures).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bbbmig.errors import ConfigError

MODEL = "import_video.externalrecording"
_HINT = "is it a file of `import-links --fixture` or `remove-links`?"


@dataclass(frozen=True, slots=True, kw_only=True)
class FixtureLink:
    """One external recording; `site` is a domain, "" for the Pod's own; `type` is Pod's word."""

    name: str
    source_url: str
    owner: str
    type: str
    start_at: datetime | None = None
    site: str = ""


def to_json(links: Iterable[FixtureLink]) -> Iterator[str]:
    """Write a fixture piece by piece, one link a line."""
    between = "[\n"
    for link in links:
        fields: dict[str, object] = {
            "name": link.name,
            "source_url": link.source_url,
            "owner": [link.owner],
            "type": link.type,
        }
        if link.start_at is not None:
            fields["start_at"] = link.start_at.isoformat()
        if link.site:
            fields["site"] = [link.site]
        yield between + json.dumps({"model": MODEL, "fields": fields}, ensure_ascii=False)
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def from_json(text: str, *, name: str) -> list[FixtureLink]:
    """Read a fixture. Raise ConfigError, naming the file and the entry, if it is none."""
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise ConfigError(f"{name} is not JSON: {error}", hint=_HINT) from error
    if not isinstance(entries, list):
        raise ConfigError(f"{name} is not a list of external recordings", hint=_HINT)
    return [_link(entry, f"{name}, entry {number}") for number, entry in enumerate(entries, 1)]


def _fields(entry: object) -> dict[str, Any]:
    """Return the fields of one entry. Raise ValueError if it is of something else."""
    if not isinstance(entry, dict) or entry.get("model") != MODEL:
        raise ValueError(f"is not of the model {MODEL}")
    return dict(entry["fields"])


def _link(entry: object, where: str) -> FixtureLink:
    """Read one entry."""
    try:
        fields = _fields(entry)
        start = fields.get("start_at")
        return FixtureLink(
            name=str(fields["name"]),
            source_url=str(fields["source_url"]),
            owner=str(fields["owner"][0]),
            type=str(fields["type"]),
            start_at=datetime.fromisoformat(start).astimezone() if start else None,
            site=str(fields.get("site", [""])[0]),
        )
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ConfigError(f"{where} lacks what an external recording needs ({error})", hint=_HINT) from error
    except ValueError as error:
        raise ConfigError(f"{where}: {error}", hint=_HINT) from error
