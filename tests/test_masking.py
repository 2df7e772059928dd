"""Secrets are hidden wherever a text may hold one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.masking import masked


@pytest.mark.parametrize(
    "text",
    [
        "https://h/x?sessionToken=S3CR3T&y=1",
        "access_token=S3CR3T",
        "apikey=S3CR3T",
        "api_key=S3CR3T",
        "next=https%3A%2F%2Fh%2Fr%3Ftoken%3DS3CR3T%26x%3D1",
        "checksum%253DS3CR3T",
        '{"token": "S3CR3T", "x": 1}',
        '{"token": "S3\\"CR3T"}',
        "{'secret': 'S3CR3T'}",
        "Cookie: playback=S3CR3T; other=S3CR3T",
        "Set-Cookie: recording_video_x=S3CR3T; Path=/video",
        "Authorization: Bearer S3CR3T",
        "Proxy-Authorization: Basic S3CR3T",
        "('authorization', 'Token S3CR3T')",
        "https://user:S3/CR3T@host/x",
        "mysql://user:S3CR3T@host/db",
        "password=S3CR3T,S3CR3T;S3CR3T",
    ],
)
def test_no_secret_is_left(text: str) -> None:
    assert "S3CR3T" not in masked(text)
    assert "CR3T" not in masked(text)


@pytest.mark.parametrize("text", ["https://h/a@b", "mail jean@univ.fr, https://h/x", "the token is wrong", "secret"])
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


@given(st.text(), st.sampled_from(["token", "checksum", "sessionToken", "password"]))
def test_masking_twice_is_masking_once(text: str, name: str) -> None:
    once = masked(f"{text}&{name}=S3CR3T")
    assert "S3CR3T" not in once
    assert masked(once) == once
