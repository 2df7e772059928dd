"""Addresses of playbacks, in the forms that Pod understands."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.playback_url import form_of, known_to_pod, presentation_url, record_id_in, without_token
from tests.domain.recordings import record_id

ID = record_id("a")
HOST = "https://bbb.univ.example"
FORM_2_0 = f"{HOST}/playback/presentation/2.0/playback.html?meetingId={ID}"
FORM_2_3 = f"{HOST}/playback/presentation/2.3/{ID}"
FORM_0_9 = f"{HOST}/playback/presentation/0.9.0/playback.html?meetingId={ID}"


def test_pod_knows_two_forms() -> None:
    assert [form_of(url) for url in (FORM_2_0, FORM_2_3, FORM_0_9)] == ["2.0", "2.3", None]
    assert [known_to_pod(url) for url in (FORM_2_0, FORM_2_3, FORM_0_9)] == [True, True, False]


def test_a_form_is_written_on_the_same_host() -> None:
    assert presentation_url(FORM_0_9, ID, "2.0") == FORM_2_0
    assert presentation_url(FORM_0_9, ID, "2.3") == FORM_2_3
    assert presentation_url("http://h:8080/x", "a", "2.3") == "http://h:8080/playback/presentation/2.3/a"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{HOST}/recording/{ID}/presentation?token=abc", f"{HOST}/recording/{ID}/presentation"),
        (f"{HOST}/x?a=1&token=abc&b=", f"{HOST}/x?a=1&b="),
        (FORM_2_0, FORM_2_0),
        (f"{HOST}/x?q=%7e&r", f"{HOST}/x?q=%7e&r"),  # nothing is rewritten where there is no token
    ],
)
def test_a_token_is_dropped_and_nothing_else(url: str, expected: str) -> None:
    assert without_token(url) == expected


@given(st.dictionaries(st.text(min_size=1), st.text()), st.text(min_size=1))
def test_no_token_survives_and_every_other_parameter_does(parameters: dict[str, str], token: str) -> None:
    query = urlencode({**parameters, "token": token})
    kept = dict(parse_qsl(urlsplit(without_token(f"{HOST}/x?{query}")).query, keep_blank_values=True))
    assert kept == {key: value for key, value in parameters.items() if key != "token"}


@pytest.mark.parametrize(
    "url",
    [
        FORM_2_0,
        FORM_2_3,
        FORM_0_9,
        f"{FORM_2_3}?token=abc",
        f"{FORM_2_3}/",
        f"{HOST}/playback/video/{ID}/",
        f"http://other.example/recording/{ID}/video?token=abc",
        f"{HOST}/podcast/{ID}/audio.ogg",
    ],
)
def test_a_recording_is_found_in_every_address_of_it(url: str) -> None:
    assert record_id_in(url) == ID


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"{HOST}/playback/presentation/2.0/playback.html?meetingId=by-hand", "by-hand"),
        (f"{HOST}/playback/presentation/2.3/by-hand?x=1", "by-hand"),
        (f"{HOST}/playback/video/by-hand/", "by-hand"),
        (f"{HOST}/recording/by-hand/presentation", "by-hand"),
        (f"{HOST}/podcast/by-hand/audio.ogg", "by-hand"),
        ("https://video.example/watch?v=1", ""),
        ("", ""),
    ],
)
def test_an_unusual_record_id_is_found_too_and_none_is_invented(url: str, expected: str) -> None:
    assert record_id_in(url) == expected
