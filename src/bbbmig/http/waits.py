"""How long one waits before something is asked again."""

import email.utils
from datetime import UTC, datetime

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0


def wait_s(attempt: int, retry_after: str = "") -> float:
    """Return the seconds to wait after that attempt: what the server asks for, else twice as long each time."""
    asked = _seconds(retry_after)
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** (attempt - 1) if asked is None else asked)


def _seconds(retry_after: str) -> float | None:
    """Read a `Retry-After` header: seconds or a date (RFC 9110, 10.2.3); None if it is neither."""
    if retry_after.isdigit():
        return float(retry_after)
    try:
        moment = email.utils.parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
