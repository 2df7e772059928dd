import pytest

from bbbmig.domain.username_rule import Case, UserField, UserNames
from bbbmig.errors import ConfigError


def name(rule: UserNames, **fields: str) -> str | None:
    return rule.name(**({"username": "", "idnumber": "", "email": ""} | fields))


@pytest.mark.parametrize(
    ("rule", "fields", "expected"),
    [
        (UserNames(), {"username": "jdupont"}, "jdupont"),
        (UserNames(), {"username": "JDupont"}, "JDupont"),
        (UserNames(case=Case.LOWER), {"username": "JDupont"}, "jdupont"),
        (UserNames(case=Case.UPPER), {"username": "JDupont"}, "JDUPONT"),
        (UserNames(field=UserField.IDNUMBER), {"username": "x", "idnumber": " 20012345 "}, "20012345"),
        (UserNames(field=UserField.EMAIL), {"email": "zoé@univ.fr"}, "zoé@univ.fr"),
        (UserNames(pattern=r"([^@]+)@univ\.fr"), {"username": "jdupont@univ.fr"}, "jdupont"),
        (UserNames(pattern=r"([^@]+)(?:@univ\.fr)?"), {"username": "jdupont"}, "jdupont"),
        (UserNames(pattern=r"[a-z]+"), {"username": "jdupont"}, "jdupont"),
    ],
)
def test_names_are_made_by_field_pattern_and_case(rule: UserNames, fields: dict[str, str], expected: str) -> None:
    assert name(rule, **fields) == expected


@pytest.mark.parametrize(
    ("rule", "fields"),
    [
        (UserNames(), {"username": " "}),
        (UserNames(field=UserField.IDNUMBER), {"username": "jdupont"}),
        (UserNames(pattern=r"([^@]+)@univ\.fr"), {"username": "jdupont@ailleurs.fr"}),
        (UserNames(pattern=r"([^@]+)@univ\.fr"), {"username": "jdupont@univ.fr.example.org"}),
        (UserNames(pattern=r"(a)?b"), {"username": "b"}),
    ],
)
def test_people_whom_the_rule_does_not_fit_get_no_name(rule: UserNames, fields: dict[str, str]) -> None:
    assert name(rule, **fields) is None


def test_a_pattern_that_cannot_be_read_is_a_mistake_in_the_settings() -> None:
    with pytest.raises(ConfigError, match="not a regular expression"):
        UserNames(pattern="(")
