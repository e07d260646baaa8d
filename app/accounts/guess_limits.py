"""How many codes leave, how many wrong answers are taken, and by whom: every limit of the doors to accounts.

Counts are per address, known or unknown alike, so a refusal never says whether we know it. What one network can use up
is always less than what would close a door to others (docs/decisions/0038-a-stranger-uses-up-their-own.md).

Wrong codes are counted one by one, for a day; everything else by quotas, which refill.
"""

import math
from datetime import datetime, timedelta

from psycopg.errors import LockNotAvailable
from sqlalchemy import Select, text

from app import config
from app.accounts import addresses, queries
from app.accounts.addresses import Address
from app.accounts.errors import TooManyCodes, TooManyGuesses, TooManyPasswords, TooManyTexts
from app.accounts.models import IdentifierKind, SignInFailure
from app.accounts.quotas import Quota, Spending, standing_of
from app.errors import RequestInFlight
from app.sql import db, locks

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TURN_WAIT = "2s"

GUESSES_PER_DAY = 20
"""Wrong codes of six digits for one address, whoever tries: a chance of 20 in a million per code that is alive."""
GUESSES_PER_ASKER = 10
"""Of these, by one network: it takes three to close an address to short codes."""
GUESSES_PER_CODE = 5
GUESSES_WITHOUT_ASKING = 5
"""A day for one address, by networks that asked for no code: phones change networks between question and answer."""
SHORT_CODES_UNTIL = 10
"""So many wrong codes for an address within a day, and its next code is long: nobody has to guess less than that."""

CODES_OF_ASKER = Quota("codes", 5, HOUR, TooManyCodes)
"""For one address, by one network: somebody who mistyped, lost the app, and tries again."""
CODES_OF_ASKER_A_DAY = Quota("codes-a-day", 12, DAY, TooManyCodes)
CODES_OF_ADDRESS = Quota("codes-of-address", 6, 30 * MINUTE, TooManyCodes)
"""For one address, by everybody. One more is there each five minutes, for which the last code always lives on: whoever
uses this up leaves the person a code that works."""
HANDLES_OF_ASKER = Quota("handles", 10, HOUR, TooManyCodes)
HANDLES_OF_ADDRESS = Quota("handles-of-address", 200, 10 * MINUTE, TooManyCodes)
"""Requests to which no more mail may leave: each is looked at when a code is tried. A long code needs none."""
TEXTS_ABROAD = Quota("texted-codes-abroad", 60, HOUR, TooManyTexts)
"""To one country other than France with its departments overseas, where a fraud earns most."""

PASSWORDS_OF_ASKER = Quota("passwords", 10, 15 * MINUTE, TooManyGuesses)
"""For one user of the console, by one network, or by one device that signed in before."""
PASSWORDS_OF_NETWORK = Quota("passwords-of-network", 30, 15 * MINUTE, TooManyPasswords)
PASSWORDS_OF_USER = Quota("passwords-of-user", 100, DAY, TooManyGuesses)
"""For one user, by devices that never signed in (NIST SP 800-63B-4 section 3.2.2: no more than 100)."""
PASSWORDS_OF_BRAND = Quota("passwords-of-brand", 300, HOUR, TooManyPasswords)
PASSWORDS_OF_ALL = Quota("passwords-of-all", 1000, HOUR, TooManyPasswords)
"""Everywhere: the most that strangers make us hash, one hash in four seconds."""


def wrong_codes_of_network() -> Quota:
    """Wrong codes by one network, whatever the address: as many as codes are sent to it, and no list of addresses."""
    return Quota("wrong-codes", config.current().mailed_codes_per_network, HOUR, TooManyGuesses)


def mails_of_network() -> Quota:
    """Codes that leave by mail for one network: a shop's Wi-Fi on a Saturday, and no list of addresses."""
    return Quota("mailed-codes", config.current().mailed_codes_per_network, HOUR, TooManyCodes)


def texts_of_network() -> Quota:
    """Codes that leave by text message for one network: a household or an office signs in; a fraudster sends to numbers
    that pay them for each message."""
    return Quota("texted-codes", config.current().texted_codes_per_network, HOUR, TooManyTexts)


def mails_of_all() -> Quota:
    """Codes that leave by mail, for all addresses: what the reputation of the sender bears."""
    return Quota("mailed-codes-of-all", config.current().mailed_codes_per_hour, HOUR, TooManyCodes)


def texts_of_all() -> Quota:
    """Codes that leave by text message, for all numbers: what one is ready to pay in an hour."""
    return Quota("texted-codes-of-all", config.current().texted_codes_per_hour, HOUR, TooManyTexts)


def code_spendings(address: Address, client: str) -> list[Spending]:
    """What a code that leaves for an address uses up; first what its asker may be told of."""
    hashed = address.hashed()
    who = hashed.hex()
    mine = [Spending(quota, f"{who}:{client}", hashed) for quota in (CODES_OF_ASKER, CODES_OF_ASKER_A_DAY)]
    shared = [Spending(CODES_OF_ADDRESS, who, hashed)]
    if address.kind is IdentifierKind.EMAIL:
        return [*mine, *shared, Spending(mails_of_network(), client), Spending(mails_of_all(), "")]
    country = addresses.country_of(address)
    abroad = [] if country in addresses.REGIONS else [Spending(TEXTS_ABROAD, country)]
    return [*mine, *shared, *abroad, Spending(texts_of_network(), client), Spending(texts_of_all(), "")]


def handle_spendings(address: Address, client: str) -> list[Spending]:
    """What a handle uses up for which no code leaves."""
    hashed = address.hashed()
    who = hashed.hex()
    return [Spending(HANDLES_OF_ASKER, f"{who}:{client}", hashed), Spending(HANDLES_OF_ADDRESS, who, hashed)]


def password_spendings(*, brand: str, email: str, client: str, device: str | None) -> list[Spending]:
    """What a wrong password uses up: of a device that signed in before, only its own; else also what all share."""
    user = f"{brand}:{email}"
    if device is not None:
        return [Spending(PASSWORDS_OF_ASKER, f"{user}:device:{device}")]
    return [
        Spending(PASSWORDS_OF_ASKER, f"{user}:{client}"),
        Spending(PASSWORDS_OF_NETWORK, client),
        Spending(PASSWORDS_OF_USER, user),
        Spending(PASSWORDS_OF_BRAND, brand),
        Spending(PASSWORDS_OF_ALL, ""),
    ]


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


def require_few_guesses(
    address_hash: bytes, *, now: datetime, client_hash: bytes | None = None, most: int = GUESSES_PER_DAY
) -> None:
    """Raise `TooManyGuesses` after `most` wrong codes within a day, or after 10 of this client."""
    _require_few(queries.nth_failure_within(address_hash, most, DAY, now=now), most, now=now)
    if client_hash is not None:
        of_client = queries.nth_failure_of_client(address_hash, client_hash, GUESSES_PER_ASKER, DAY, now=now)
        _require_few(of_client, GUESSES_PER_ASKER, now=now)


def require_few_unasked(address_hash: bytes, nobody: bytes, *, now: datetime) -> None:
    """Raise `TooManyGuesses` after 5 wrong codes within a day by networks that asked for none, counted as `nobody`."""
    of_nobody = queries.nth_failure_of_client(address_hash, nobody, GUESSES_WITHOUT_ASKING, DAY, now=now)
    _require_few(of_nobody, GUESSES_WITHOUT_ASKING, now=now)


def is_besieged(address_hash: bytes, client_hash: bytes, *, now: datetime) -> bool:
    """Whether the tries at one more short code might not all be taken, of this address or from this client."""
    of_all = queries.nth_failure_within(address_hash, SHORT_CODES_UNTIL + 1, DAY, now=now)
    most = GUESSES_PER_ASKER - GUESSES_PER_CODE + 1
    of_client = queries.nth_failure_of_client(address_hash, client_hash, most, DAY, now=now)
    return db.first(of_all) is not None or db.first(of_client) is not None


def count_failure(address_hash: bytes, *, now: datetime, client_hash: bytes | None = None) -> None:
    """Remember a wrong code. The refusal that follows must keep its effects."""
    db.add(SignInFailure(address_hash=address_hash, client_hash=client_hash, failed_at=now))


def _require_few(nth: Select[datetime], most: int, *, now: datetime) -> None:
    instant = db.first(nth)
    if instant is not None:
        retry_s = math.ceil((instant + DAY - now).total_seconds())
        standing = standing_of(Quota("guesses", most, DAY, TooManyGuesses), left=0, reset_s=retry_s)
        raise TooManyGuesses(retry_after_s=retry_s, standing=standing)
