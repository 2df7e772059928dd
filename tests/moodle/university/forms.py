"""Every form that an activity's `participants` takes in real databases, each with what it means."""

import html
import json
from collections.abc import Sequence

from tests.moodle.university.model import CEILING, ROLES, Course, Form, Person, Rule, University


def _rule(kind: str, key: object, role: str = "moderator") -> dict[str, object]:
    return {"selectiontype": kind, "selectionid": key, "role": role}


ALL_VIEW = _rule("all", "all", "viewer")


def _lists(*rules: dict[str, object]) -> str:
    return json.dumps([ALL_VIEW, *rules], separators=(",", ":"))


def _teacher(there: University, course: Course) -> Person:
    return there.chance.choice(course.here["editingteacher"] or there.teachers)


def _users(*, count: int = 1, as_int: bool = False) -> Form:
    def form(there: University, course: Course) -> tuple[str, Sequence[Rule]]:
        people = [_teacher(there, course), *there.chance.sample(there.teachers, count - 1)]
        ids = [person.id if as_int else str(person.id) for person in people]
        return _lists(*(_rule("user", key) for key in ids)), [("user", person) for person in people]

    return form


def _roles(*roles: str, by_name: bool = False) -> Form:
    def form(_there: University, _course: Course) -> tuple[str, Sequence[Rule]]:
        keys = [role if by_name else str(ROLES[role][0]) for role in roles]
        return _lists(*(_rule("role", key) for key in keys)), [("role", role) for role in roles]

    return form


def _escaped(form: Form) -> Form:
    def escaped(there: University, course: Course) -> tuple[str, Sequence[Rule]]:
        text, rules = form(there, course)
        return html.escape(str(text)), rules

    return escaped


def _as_object(form: Form) -> Form:
    def as_object(there: University, course: Course) -> tuple[str, Sequence[Rule]]:
        text, rules = form(there, course)
        entries = json.loads(str(text))
        return json.dumps({str(2 * number): entry for number, entry in enumerate(entries)}), rules

    return as_object


def default_rules(text: str | None) -> Form:
    def form(there: University, _course: Course) -> tuple[str | None, Sequence[Rule]]:
        return text, [("owner", None) if role == "owner" else ("role", role) for role in there.generation.default]

    return form


def _literal(*rules: dict[str, object], means: Sequence[Rule] = ()) -> Form:
    return lambda _there, _course: (_lists(*rules), means)


def _odd_person(there: University, course: Course) -> tuple[str, Sequence[Rule]]:
    """Name somebody who can own nothing: deleted, administrator, guest, from another site, or no user at all."""
    odd = there.chance.choice(there.oddities)
    also = _teacher(there, course)
    rules = [_rule("user", str(odd.id)), _rule("user", "999999999"), _rule("user", "not a number")]
    if there.chance.random() < 0.5:
        return _lists(*rules), [("user", odd)]
    return _lists(*rules, _rule("user", str(also.id))), [("user", odd), ("user", also)]


def _viewer_after(there: University, course: Course) -> tuple[str, Sequence[Rule]]:
    """Say "moderator", then "viewer", of the same person: the second takes nothing away."""
    person = _teacher(there, course)
    key = str(person.id)
    return _lists(_rule("user", key), _rule("user", key, "viewer")), [("user", person)]


def _mixed(there: University, course: Course) -> tuple[str, Sequence[Rule]]:
    person = there.chance.choice(there.teachers)
    rules = _lists(_rule("role", str(ROLES["teacher"][0])), _rule("user", str(person.id)), _rule("all", "all"))
    del course
    return rules, [("role", "teacher"), ("user", person), ("all", None)]


def _other_word(there: University, course: Course) -> tuple[str, Sequence[Rule]]:
    """Write a role that is neither viewer nor moderator: Moodle makes them moderators."""
    person = _teacher(there, course)
    return _lists(_rule("user", str(person.id), "presenter")), [("user", person)]


FORMS: Sequence[Form] = (
    _users(),
    _users(as_int=True),
    _users(count=3),
    _users(count=CEILING + 3),
    _roles("editingteacher"),
    _roles("editingteacher", by_name=True),
    _roles("teacher"),
    _roles("editingteacher", "teacher"),
    _roles("formateur", "editingteacher", by_name=True),
    _roles("manager"),
    _roles("manager", "editingteacher"),
    _roles("student"),
    _roles("user"),
    _escaped(_users()),
    _escaped(_roles("editingteacher")),
    _as_object(_users(count=2)),
    _as_object(_roles("teacher")),
    default_rules(None),
    default_rules(""),
    default_rules("[]"),
    default_rules("null"),
    default_rules("{}"),
    default_rules("5"),
    default_rules('[{"selectiontype":"user","selectionid":"8'),
    _literal(),
    _literal(_rule("all", "all"), means=[("all", None)]),
    _literal(_rule("role", None), _rule("role", "")),
    _literal(_rule("role", "vanished"), _rule("role", "777")),
    _odd_person,
    _viewer_after,
    _mixed,
    _other_word,
)
