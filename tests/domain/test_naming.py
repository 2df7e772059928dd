"""Names in Pod: readable, within its limits, one for each recording."""

import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.file_names import (
    FILE_NAME_BYTES,
    copy_name,
    cut,
    file_name,
    short_id,
    short_id_in,
    title_in,
)
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.recording import Recording
from bbbmig.pod.limits import POD
from tests.domain.recordings import recording, recordings

START = datetime(2023, 5, 6, 12, 30, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def _paris() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "Europe/Paris")
        time.tzset()
        yield
    time.tzset()


def test_a_name_says_title_local_date_and_whose_recording_it_is() -> None:
    one = recording(meeting_name="Algèbre linéaire", start=START)
    assert file_name(one, ".mp4") == f"Algèbre linéaire 2023-05-06 14h30 {short_id(one.record_id)}.mp4"


def test_a_name_bears_no_sign_that_breaks_the_claim_page() -> None:
    one = recording(meeting_name='TD & exercices <corrigés> : "50 %" #1 a+b ? c/d\\e | f;g * $h `i`', start=START)
    name = file_name(one, ".MP4")
    assert not set(name) & set('&#+%?"<>/\\|;*:`$')
    assert name.startswith("TD exercices corrigés 50 1 a b c d e f g h i 2023-05-06")
    assert name.endswith(".mp4")  # Pod takes lower case only


def test_a_name_of_right_to_left_text_holds_no_control_of_direction() -> None:
    name = file_name(recording(meeting_name="\u202eمقدمة في الجبر\u202c", start=START), ".mp4")
    assert name.startswith("مقدمة في الجبر 2023")


@pytest.mark.parametrize("title", ["", " ", "...", "\n\t", "???", "\u202e"])
def test_a_title_of_which_nothing_is_left_is_replaced(title: str) -> None:
    assert file_name(recording(meeting_name="x", metadata={"name": title or " "}), ".mp4").startswith("BigBlueButton ")


@given(recordings, st.integers(min_value=50, max_value=POD.path), st.sampled_from((".mp4", ".webm", ".ogg")))
def test_every_name_is_within_the_limits_and_tells_its_recording(one: Recording, room: int, suffix: str) -> None:
    name = file_name(one, suffix, room=room)
    assert len(name) <= room
    assert len(name.encode()) <= FILE_NAME_BYTES
    assert "/" not in name
    assert not name.startswith((".", " "))
    assert not any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in name)
    assert short_id_in(name) == short_id(one.record_id)


@pytest.mark.parametrize("letter", ["😀", "ज", "ب", "語", "é", "a"])
@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_a_file_system_counts_bytes_and_not_characters(letter: str, suffix: str) -> None:
    name = file_name(recording("a", meeting_name=letter * 90, start=START), suffix, room=POD.path)
    assert 100 < len(name.encode()) <= FILE_NAME_BYTES
    assert short_id_in(name) == short_id(recording("a").record_id)
    copy = copy_name(name, letter * 40, room=POD.path)
    assert len(copy.encode()) <= FILE_NAME_BYTES
    assert short_id_in(copy) == short_id_in(name)


@given(recordings, st.sampled_from((".mp4", ".ogg")), st.sampled_from((".webm", ".m4v", ".opus")))
def test_a_file_that_turns_out_to_be_of_another_kind_still_fits(one: Recording, planned: str, came: str) -> None:
    name = file_name(one, planned, room=60)
    assert len(name.removesuffix(planned) + came) <= 60


def test_an_hour_that_the_clock_shows_twice_gives_two_names() -> None:
    first, second = (
        recording("a", record_id=f"{'a' * 40}-{ms}", start=datetime.fromtimestamp(ms / 1000, UTC))
        for ms in (1635640200000, 1635643800000)
    )
    assert file_name(first, ".mp4") != file_name(second, ".mp4")


def test_no_two_of_200_000_recordings_share_their_short_id() -> None:
    # With eight digits it happens among 9,300 already, one time in a hundred: the second would be taken for done.
    ids = sorted(short_id(f"{number:040x}-1683376200000") for number in range(200_000))
    assert all(one != other for one, other in pairwise(ids))


@pytest.mark.parametrize("name", ["film.mp4", "Cours 20230506.mp4", "Cours 2023-05-06.mp4", "no suffix 1a2b3c4d5e6f"])
def test_names_of_others_are_not_taken_for_ours(name: str) -> None:
    assert not short_id_in(name)


def test_too_little_room_is_refused_rather_than_cut_beyond_recognition() -> None:
    with pytest.raises(ValueError, match="not enough"):
        file_name(recording(start=START), ".mp4", room=30)


@given(st.text(max_size=400))
def test_a_links_title_is_one_line_that_pod_takes(title: str) -> None:
    made = title_in(POD, recording(meeting_name=title))
    assert 0 < len(made) <= POD.title
    assert made == one_line(made)


def test_a_long_title_ends_with_an_ellipsis() -> None:
    made = title_in(POD, recording(meeting_name="é" * 300))
    assert made == "é" * 249 + "…"


@given(st.text(max_size=50), st.integers(min_value=1, max_value=60))
def test_cutting_never_exceeds_the_length_and_leaves_short_texts_alone(text: str, length: int) -> None:
    assert len(cut(text, length)) <= length
    assert len(text) > length or cut(text, length) == text


def test_control_characters_never_reach_a_terminal() -> None:
    assert one_line("a\x1b[31m\r\nb\u2028c\x9bd") == "a [31m b c d"
