"""Which hosts may be asked: what recordings name is data, and leads anywhere."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bbbmig.domain.recording import Playback, Recording
from bbbmig.domain.trusted_hosts import TrustedHosts, common_hosts, host_and_port, is_public

PUBLIC = "93.184.216.34"
URL = "https://bbb.univ.example/bigbluebutton/api/"


def naming(*hosts: str) -> list[Recording]:
    return [
        Recording(record_id=str(number), playbacks=(Playback(type="video", url=f"https://{host}/x"),))
        for number, host in enumerate(hosts)
    ]


@pytest.mark.parametrize(
    ("url", "address", "allowed"),
    [
        ("https://bbb.univ.example/x", "10.0.0.5", True),  # the server itself may be inside
        ("http://BBB.univ.example./x", "127.0.0.1", True),
        ("https://bbb.univ.example:8443/x", "10.0.0.5", False),  # another port of it is another program
        ("https://bbb.univ.example:8443/x", PUBLIC, True),
        ("https://media.univ.example/x", PUBLIC, True),  # many recordings name it
        ("https://media.univ.example/x", "10.0.0.6", False),
        ("https://media.univ.example/x", "::ffff:127.0.0.1", False),
        ("https://named.univ.example:1234/x", "192.168.0.7", True),  # [bbb] hosts
        ("http://10.0.0.9:8080/x", "10.0.0.9", True),
        ("http://10.0.0.9/x", "10.0.0.9", False),
        ("https://elsewhere.example/x", PUBLIC, False),
        ("https://bbb.univ.example@evil.example/x", PUBLIC, False),
        ("http://127.0.0.1:19201/rest/users/", "127.0.0.1", False),
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254", False),
        ("http://[::1]/x", "::1", False),
        ("ftp://bbb.univ.example/x", PUBLIC, False),
        ("//bbb.univ.example/x", PUBLIC, False),
        ("http://[bad/x", PUBLIC, False),
        ("", PUBLIC, False),
    ],
)
def test_only_hosts_of_the_server_are_asked(url: str, address: str, *, allowed: bool) -> None:
    trusted = TrustedHosts.of(URL, ("named.univ.example", "10.0.0.9:8080")).learned(
        naming(*["media.univ.example"] * 3, *["bbb.univ.example"] * 25, "elsewhere.example")
    )
    assert (trusted.refusal(url, [address]) == "") is allowed


def test_what_few_recordings_name_is_not_common() -> None:
    assert common_hosts(naming("odd.example", *["a.example"] * 18)) == {"a.example"}
    assert common_hosts(naming("one.example")) == {"one.example"}
    assert common_hosts(naming(*["old.example:8080"] * 20, *["a.example"] * 500)) == {"old.example", "a.example"}
    assert common_hosts([]) == frozenset()


@given(st.ip_addresses())
def test_no_private_address_is_public_however_it_is_wrapped(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if is_public(str(ip)):
        teredo = getattr(ip, "teredo", None)
        assert (getattr(ip, "sixtofour", None) or (teredo and teredo[1]) or ip).is_global
    if isinstance(ip, ipaddress.IPv4Address):
        assert is_public(f"::ffff:{ip}") == is_public(str(ip))


@given(st.text(max_size=60))
def test_whatever_is_written_is_judged(text: str) -> None:
    trusted = TrustedHosts.of(URL)
    for url in (text, f"http://{text}", f"http://{text}/x", f"https://bbb.univ.example{text}"):
        host, _ = host_and_port(url)
        refused = trusted.refusal(url, [PUBLIC])
        assert bool(refused) == (host != "bbb.univ.example")
