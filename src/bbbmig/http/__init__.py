"""The one place that builds HTTP clients: time limits, retries, errors in words, trusted hosts, secrets masked."""

from bbbmig.http.client import ANY_FILE, make_client, server_address, trust_also, trusted_authorities
from bbbmig.http.deadline import LOOK_S, stopped, within
from bbbmig.http.failures import Busy, is_refused, translated
from bbbmig.http.reply_body import Oversized, body, decoded, is_encoded
from bbbmig.http.requests import ATTEMPTS, RESTARTING, TRY_AGAIN, request, tried_again
from bbbmig.http.trust import UntrustedHost, askable, require_trusted, trust_only
from bbbmig.http.waits import wait_s
from bbbmig.masking import masked

__all__ = [
    "ANY_FILE",
    "ATTEMPTS",
    "LOOK_S",
    "RESTARTING",
    "TRY_AGAIN",
    "Busy",
    "Oversized",
    "UntrustedHost",
    "askable",
    "body",
    "decoded",
    "is_encoded",
    "is_refused",
    "make_client",
    "masked",
    "request",
    "require_trusted",
    "server_address",
    "stopped",
    "translated",
    "tried_again",
    "trust_also",
    "trust_only",
    "trusted_authorities",
    "wait_s",
    "within",
]
