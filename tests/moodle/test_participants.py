import html
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbbmig.domain.moodle_participants import Rule, Subject, parse_default, parse_participants

VIEWER = {"selectiontype": "all", "selectionid": "all", "role": "viewer"}
USER = {"selectiontype": "user", "selectionid": "83", "role": "moderator"}
ROLE = {"selectiontype": "role", "selectionid": "editingteacher", "role": "moderator"}


def test_a_viewer_rule_makes_no_moderator_whatever_its_place() -> None:
    viewer = USER | {"role": "viewer"}
    expected = (Rule(Subject.USER, "83"),)
    assert parse_participants(json.dumps([VIEWER, USER, viewer])) == expected
    assert parse_participants(json.dumps([viewer, USER])) == expected


def test_numbers_and_texts_name_the_same_user() -> None:
    assert parse_participants(json.dumps([USER | {"selectionid": 83}])) == (Rule(Subject.USER, "83"),)


def test_roles_are_named_by_number_or_short_name() -> None:
    assert parse_participants(json.dumps([ROLE, ROLE | {"selectionid": "3"}])) == (
        Rule(Subject.ROLE, "editingteacher"),
        Rule(Subject.ROLE, "3"),
    )


def test_all_is_a_rule_of_its_own() -> None:
    assert parse_participants(json.dumps([VIEWER | {"role": "moderator"}])) == (Rule(Subject.ALL),)


def test_php_writes_a_list_with_gaps_as_an_object() -> None:
    assert parse_participants(json.dumps({"0": VIEWER, "2": USER})) == (Rule(Subject.USER, "83"),)


def test_escaped_texts_of_the_first_plugin_are_read() -> None:
    assert parse_participants(html.escape(json.dumps([VIEWER, USER]))) == (Rule(Subject.USER, "83"),)


@pytest.mark.parametrize(
    "text", [None, "", "[]", "null", "{}", "0", "5", '"x"', "true", "[{", "not json", "[" * 99_999]
)
def test_nothing_readable_means_the_default_rules(text: str | None) -> None:
    assert parse_participants(text) is None


def test_rules_without_a_moderator_are_not_the_default() -> None:
    assert parse_participants(json.dumps([VIEWER])) == ()


@pytest.mark.parametrize("key", [None, "", " ", [], {}, True])
def test_rules_that_name_nothing_are_left_out(key: object) -> None:
    assert parse_participants(json.dumps([ROLE | {"selectionid": key}])) == ()


def test_entries_that_are_no_rules_are_left_out() -> None:
    assert parse_participants(json.dumps([1, None, "x", USER])) == (Rule(Subject.USER, "83"),)


def test_every_role_but_viewer_makes_a_moderator() -> None:
    without = {key: value for key, value in USER.items() if key != "role"}
    assert parse_participants(json.dumps([USER | {"role": "presenter"}])) == (Rule(Subject.USER, "83"),)
    assert parse_participants(json.dumps([without])) == (Rule(Subject.USER, "83"),)


@settings(deadline=None)
@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    rules = parse_participants(text)
    assert rules is None or all(isinstance(rule, Rule) for rule in rules)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("0", [Rule(Subject.OWNER)]),
        ("owner", [Rule(Subject.OWNER)]),
        ("0,3, 4", [Rule(Subject.OWNER), Rule(Subject.ROLE, "3"), Rule(Subject.ROLE, "4")]),
        ("editingteacher", [Rule(Subject.ROLE, "editingteacher")]),
        ("", []),
        (",", []),
    ],
)
def test_the_sites_default(setting: str, expected: list[Rule]) -> None:
    assert list(parse_default(setting)) == expected
