"""Checksums are those that the servers compute."""

import pytest

from bbbmig.bbb.checksum import checksum, signed_query

# the example of BigBlueButton's API documentation, "Usage": create, with the secret that it gives
DOCUMENTED_QUERY = "name=Test+Meeting&meetingID=abc123&attendeePW=111222&moderatorPW=333444"
DOCUMENTED_SECRET = "639259d4-9dd8-4b25-bf01-95f9567eaf4b"


def test_sha1_is_that_of_the_documentation() -> None:
    assert checksum("create", DOCUMENTED_QUERY, DOCUMENTED_SECRET, "sha1") == "1fcbb0c4fc1f039f73aa6d697d2db9ba7f803f17"


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("sha1", "546b1d4b9e9d25d9fccc3b351fc22a20666d8b6c"),
        ("sha256", "12d661660342cdf0e78ff79454c2fb29db8c8aaf7dc4ec509f8e63f7ce6d915b"),
        (
            "sha384",
            "ea8bb2bcbb9d306df3554dce16674f418665090de0a607cffe2faea6f347bbeb4b3bdfd356f546ec966df2954c976013",
        ),
        (
            "sha512",
            (
                "d522d911af1278f689692af16b4c6ff0b0dd03afbd9dc8ef930057f657c3276d"
                "ec9e5903a539cd0ba905602719157de1c65dbd6d121375acfd07d187d4b6bd5e"
            ),
        ),
    ],
)
def test_fixed_vectors_made_with_coreutils(algorithm: str, expected: str) -> None:
    query = "recordID=0&state=published%2Cunpublished"
    assert checksum("getRecordings", query, "bbb-sample-secret", algorithm) == expected


def test_the_query_that_is_signed_is_the_one_that_is_sent() -> None:
    sent = signed_query("getRecordings", {"recordID": "a b,ç", "state": "any"}, "secret", "sha256")
    query, _, proof = sent.rpartition("&checksum=")
    assert (query, proof) == ("recordID=a%20b%2C%C3%A7&state=any", checksum("getRecordings", query, "secret", "sha256"))


def test_a_call_without_parameters_is_signed_too() -> None:
    assert (
        signed_query("getMeetings", {}, "secret", "sha1") == f"checksum={checksum('getMeetings', '', 'secret', 'sha1')}"
    )
