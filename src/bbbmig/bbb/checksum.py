"""How a call is signed: a hash over its name, its query string exactly as sent, and the secret.

Source: BigBlueButton's API documentation, "API Security Model". The server tells the algorithm from the length of
the checksum.
"""

import hashlib
from collections.abc import Mapping
from urllib.parse import quote, urlencode

ALGORITHMS = ("sha256", "sha1", "sha512", "sha384")
"""In the order in which they are tried: sha256 is taken by every BigBlueButton since 2017 and Scalelite since 1.3.1,
sha1 by older Scalelite; the others only matter where a server was told to refuse both."""


def checksum(call: str, query: str, secret: str, algorithm: str) -> str:
    """Return the checksum in hexadecimal of a call whose query string is `query`, without any "?"."""
    return hashlib.new(algorithm, f"{call}{query}{secret}".encode()).hexdigest()


def signed_query(call: str, parameters: Mapping[str, str], secret: str, algorithm: str) -> str:
    """Build the query string, checksum included, to be sent as it is: any change of spelling breaks it."""
    query = urlencode(parameters, quote_via=quote, safe="")
    proof = f"checksum={checksum(call, query, secret, algorithm)}"
    return f"{query}&{proof}" if query else proof
