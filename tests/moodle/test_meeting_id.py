import pytest

from bbbmig.domain.moodle_meeting_id import MoodleMeetingId

SHA1 = "1a813084f7af08b8d19239315c170b3decedfc03"
MD5 = "d41d8cd98f00b204e9800998ecf8427e"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{SHA1}-2-1", MoodleMeetingId(seed=SHA1, course=2, activity=1)),
        (f"{SHA1}-2-1[0]", MoodleMeetingId(seed=SHA1, course=2, activity=1)),
        (f"{SHA1}-2-1[]", MoodleMeetingId(seed=SHA1, course=2, activity=1)),
        (f"{SHA1}-2-1[17]", MoodleMeetingId(seed=SHA1, course=2, activity=1, group=17)),
        (f" {MD5}-1234567-98\n", MoodleMeetingId(seed=MD5, course=1234567, activity=98)),
    ],
)
def test_meeting_ids_of_every_plugin_are_read(text: str, expected: MoodleMeetingId) -> None:
    assert MoodleMeetingId.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc-def-ghi",
        "0042-réunion-de-pod",
        f"{SHA1}-1695024000000",
        f"{SHA1}-1695024000000-1",
        f"{SHA1}-2",
        f"{SHA1}-2-1[a]",
        f"{SHA1}-2-1[0]x",
        f"{SHA1.upper()}-2-1",
        f"{SHA1}-2-{'9' * 40}",
        f"{SHA1}-٣-1",
    ],
)
def test_others_are_not(text: str) -> None:
    assert MoodleMeetingId.parse(text) is None
