"""How long is waited before a request is sent again."""

import email.utils
from datetime import UTC, datetime, timedelta

import pytest

from bbbmig.http import wait_s
from bbbmig.http.waits import FIRST_WAIT_S, LONGEST_WAIT_S


@pytest.mark.parametrize("asked", ["86400", "999999999", "Fri, 01 Jan 2999 00:00:00 GMT"])
def test_a_server_that_asks_for_a_day_is_not_waited_for_so_long(asked: str) -> None:
    assert wait_s(1, asked) == LONGEST_WAIT_S


def test_what_a_server_asks_for_is_given_within_reason() -> None:
    assert wait_s(1, "2") == 2
    assert wait_s(3, "0") == 0
    assert wait_s(1, email.utils.format_datetime(datetime.now(UTC) - timedelta(days=2))) == 0


@pytest.mark.parametrize("asked", ["", "soon", "-1"])
def test_without_it_the_wait_doubles_up_to_the_longest(asked: str) -> None:
    waits = [wait_s(attempt, asked) for attempt in range(1, 20)]
    assert waits[:3] == [FIRST_WAIT_S, 2 * FIRST_WAIT_S, 4 * FIRST_WAIT_S]
    assert max(waits) == LONGEST_WAIT_S
