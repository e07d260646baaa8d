"""Slow down guessing: how many codes leave for an address, and how many wrong answers it takes.

Counts are per address, known or unknown alike, so a refusal never says whether we know it. They are exact under
parallel requests: `lock_turn` lets one request at a time speak for an address.
"""

import math
from datetime import datetime, timedelta

from psycopg.errors import LockNotAvailable
from sqlalchemy import Select, text

from app.accounts import queries
from app.accounts.errors import TooManyCodes, TooManyGuesses, TooManyTexts
from app.accounts.models import SignInFailure
from app.errors import RequestInFlight, TooManyRequests
from app.sql import db, locks

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CODES_PER_HOUR = 5
GUESSES_PER_DAY = 20
TEXTS_PER_HOUR = 20
"""For one client: a household or an office signs in, a fraudster sends to numbers that pay them for each message."""
PASSWORDS_PER_WINDOW = 10
PASSWORD_WINDOW = timedelta(minutes=15)
TURN_WAIT = "2s"


def lock_turn(address_hash: bytes) -> None:
    """Wait until nobody else speaks for this address, until the end of the transaction.

    A crowd is sent away (409 `request_in_flight`) after two seconds, so that it cannot hold every connection.
    """
    # Not a row lock: an address that we never saw has no row, and must be counted all the same.
    db.execute(text(f"SET LOCAL lock_timeout = '{TURN_WAIT}'"))
    try:
        locks.lock_address(address_hash)
    except LockNotAvailable as error:
        raise RequestInFlight(retry_after_s=1) from error
    db.execute(text("SET LOCAL lock_timeout = DEFAULT"))


def require_few_codes(address_hash: bytes, *, now: datetime) -> None:
    """Raise `TooManyCodes` when five codes left for this address within the hour."""
    nth = queries.nth_code_within(address_hash, CODES_PER_HOUR, HOUR, now=now)
    _refuse_until(nth, HOUR, TooManyCodes, now=now)


def require_few_guesses(address_hash: bytes, *, now: datetime) -> None:
    """Raise `TooManyGuesses` after 20 wrong codes within a day."""
    nth = queries.nth_failure_within(address_hash, GUESSES_PER_DAY, DAY, now=now)
    _refuse_until(nth, DAY, TooManyGuesses, now=now)


def require_few_passwords(address_hash: bytes, *, now: datetime) -> None:
    """Raise `TooManyGuesses` after 10 wrong passwords within 15 minutes."""
    nth = queries.nth_failure_within(address_hash, PASSWORDS_PER_WINDOW, PASSWORD_WINDOW, now=now)
    _refuse_until(nth, PASSWORD_WINDOW, TooManyGuesses, now=now)


def count_text(client_hash: bytes, *, now: datetime) -> None:
    """Remember a text message that a client asks for. Raises `TooManyTexts` when 20 left for it within the hour."""
    lock_turn(client_hash)
    nth = queries.nth_failure_within(client_hash, TEXTS_PER_HOUR, HOUR, now=now)
    _refuse_until(nth, HOUR, TooManyTexts, now=now)
    count_failure(client_hash, now=now)


def count_failure(address_hash: bytes, *, now: datetime) -> None:
    """Remember a wrong code or password. The refusal that follows must keep its effects."""
    db.add(SignInFailure(address_hash=address_hash, failed_at=now))


def _refuse_until(nth: Select[datetime], window: timedelta, refusal: type[TooManyRequests], *, now: datetime) -> None:
    instant = db.first(nth)
    if instant is not None:
        raise refusal(retry_after_s=math.ceil((instant + window - now).total_seconds()))
