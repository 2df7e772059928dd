"""The rules by which an activity of Moodle makes people moderators: its column `participants`, and the site's default.

What is read here is what Moodle's own decision reads (`mod_bigbluebuttonbn/classes/local/helpers/roles.php`): the order
of rules does not matter, a viewer rule takes nothing away, and every `role` but "viewer" makes a moderator.
"""

import html
import json
import re
from dataclasses import dataclass
from enum import StrEnum


class Subject(StrEnum):
    """Whom a rule is about."""

    USER = "user"
    OWNER = "owner"
    """Whoever added the activity, if still enrolled in its course; only in the site's default."""
    ROLE = "role"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that makes moderators. `key`: a user's id; a role's id or short name; "" for owner and all."""

    subject: Subject
    key: str = ""


Rules = tuple[Rule, ...]


def parse_participants(text: str | None, *, escaped: bool = True) -> Rules | None:
    """Read the column; None when the site's default applies: nothing in it, or nothing readable.

    An empty tuple means that there are rules and that none makes a moderator. Texts whose quotes are escaped for
    HTML (`&quot;`) come from version 1 of the plug-in, which decoded them when reading; they were never migrated, and
    later versions cannot read them: without `escaped`, for an activity of a later one, the default applies.
    """
    for form in (text or "", html.unescape(text or "")) if escaped else (text or "",):
        try:
            entries = json.loads(form)
        except (ValueError, RecursionError):
            continue
        if isinstance(entries, dict):  # PHP writes a list with gaps as an object: {"0": …, "2": …}
            entries = list(entries.values())
        if not isinstance(entries, list) or not entries:
            return None
        return tuple(rule for entry in entries if (rule := _rule(entry)) is not None)
    return None


def parse_default(setting: str) -> Rules:
    """Read the site's setting `participant_moderator_default`: role ids with commas between, "0" for the owner.

    Sites that were upgraded from version 1 or 2.0 of the plug-in may have "owner" and short names in it.
    """
    keys = [key.strip() for key in setting.split(",")]
    return tuple(Rule(Subject.OWNER) if key in ("0", "owner") else Rule(Subject.ROLE, key) for key in keys if key)


def _rule(entry: object) -> Rule | None:
    """Read one entry of the list; None if it makes nobody a moderator."""
    if not isinstance(entry, dict) or entry.get("role") == "viewer":
        return None
    kind, key = entry.get("selectiontype"), entry.get("selectionid")
    if kind == "all" or (kind == "user" and key is True):  # PHP compares loosely: true equals every number of a user
        return Rule(Subject.ALL)
    key = "" if key is None or isinstance(key, bool | list | dict) else _whole(str(key).strip())
    if not key:
        return None  # Moodle's form wrote such rules for roles that are gone; they match nobody
    return Rule(Subject.USER if kind == "user" else Subject.ROLE, key)


def _whole(key: str) -> str:
    """Write a number as Moodle compares it: 98.0 and "098" are 98."""
    return str(int(found[1])) if (found := re.fullmatch(r"0*([0-9]{1,18})(?:\.0+)?", key)) else key
