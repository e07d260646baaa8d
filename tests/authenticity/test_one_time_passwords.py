"""Passwords of time steps are those of RFC 6238."""

from datetime import UTC, datetime

import pytest

from wallet.authenticity.one_time_passwords import is_password, make_password, step_of

SECRET = b"12345678901234567890"
VECTORS = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}
"""RFC 6238, appendix B: SHA-1, eight digits, steps of thirty seconds."""


@pytest.mark.parametrize("seconds", VECTORS)
def test_the_vectors_of_the_rfc_hold(seconds: int) -> None:
    counter = step_of(datetime.fromtimestamp(seconds, tz=UTC))
    assert make_password(SECRET, counter=counter) == VECTORS[seconds]
    assert is_password(VECTORS[seconds], key=SECRET, counter=counter)


def test_a_password_of_the_next_step_is_another() -> None:
    assert not is_password(VECTORS[59], key=SECRET, counter=2)


HOTP = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]


def test_the_vectors_of_the_counter_hold() -> None:
    """RFC 4226, appendix D."""
    assert [make_password(SECRET, counter=counter, digits=6) for counter in range(10)] == HOTP
