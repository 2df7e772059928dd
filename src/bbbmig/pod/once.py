"""Sending something to Pod once: whenever it is not certain that it did not arrive, look before sending it again."""

import logging
from collections.abc import Callable
from typing import TypeVar

from bbbmig.errors import BbbmigError, RemoteError
from bbbmig.pod.errors import Invalid

log = logging.getLogger(__name__)

_ATTEMPTS = 3
T = TypeVar("T")


def sent_once(
    send: Callable[[], T],
    look: Callable[[], T | None],
    *,
    refused: Callable[[Invalid], BbbmigError] = lambda error: error,
    may_go_again: Callable[[RemoteError], bool] = lambda _: True,
) -> T:
    """Return what Pod has after `send`, sent again after failures that left nothing there, three times at most.

    `look` returns what Pod has of it, None if nothing. Raise what `refused` makes of values that Pod does not take;
    the RemoteError of the last attempt, or of one after which it must not go again.
    """
    for left in reversed(range(_ATTEMPTS)):
        try:
            return send()
        except (Invalid, RemoteError) as error:
            found = look()
            if found is not None:
                return found
            if isinstance(error, Invalid):
                raise refused(error) from error
            if not left or not may_go_again(error):
                raise
            log.info("%s; it did not arrive, sending it again", error.message)
    raise AssertionError(_ATTEMPTS)  # pragma: no cover - the loop returns or raises
