"""Addresses of the API are found from what administrators write."""

import pytest

from bbbmig.bbb.api_url import api_base, host_of
from bbbmig.errors import ConfigError


@pytest.mark.parametrize(
    ("written", "base"),
    [
        ("https://bbb.univ.fr", "https://bbb.univ.fr/bigbluebutton/api/"),
        ("https://bbb.univ.fr/", "https://bbb.univ.fr/bigbluebutton/api/"),
        ("https://bbb.univ.fr/bigbluebutton", "https://bbb.univ.fr/bigbluebutton/api/"),
        ("https://bbb.univ.fr/bigbluebutton/", "https://bbb.univ.fr/bigbluebutton/api/"),
        ("https://bbb.univ.fr/bigbluebutton/api", "https://bbb.univ.fr/bigbluebutton/api/"),
        (" https://bbb.univ.fr/bigbluebutton/api/ ", "https://bbb.univ.fr/bigbluebutton/api/"),
        ("https://bbb.univ.fr/bigbluebutton/api/getRecordings", "https://bbb.univ.fr/bigbluebutton/api/"),
        ("https://univ.scalelite.example.fr:8443/", "https://univ.scalelite.example.fr:8443/bigbluebutton/api/"),
        ("https://host.fr/lb/bigbluebutton/", "https://host.fr/lb/bigbluebutton/api/"),
        ("https://host.fr/bigbluebutton-2/bigbluebutton", "https://host.fr/bigbluebutton-2/bigbluebutton/api/"),
        ("https://host.fr/scalelite/api", "https://host.fr/scalelite/api/"),
        ("http://[::1]:8090", "http://[::1]:8090/bigbluebutton/api/"),
    ],
)
def test_api_is_found_from_any_form_of_the_address(written: str, base: str) -> None:
    assert api_base(written) == base


@pytest.mark.parametrize("written", ["bbb.univ.fr", "", "ftp://bbb.univ.fr", "https://", "https://[bad/"])
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(ConfigError, match="not an address"):
        api_base(written)


def test_an_address_with_a_query_is_refused_without_repeating_its_checksum() -> None:
    with pytest.raises(ConfigError) as refused:
        api_base("https://bbb.univ.fr/bigbluebutton/api/getRecordings?checksum=0123456789")
    assert "0123456789" not in refused.value.message + refused.value.hint


def test_names_and_passwords_are_left_out_of_hosts() -> None:
    assert host_of("https://user:password@bbb.univ.fr:8443/x") == "bbb.univ.fr:8443"
