"""Prove that an address is one's own: a code goes there and comes back.

Each request for a code has a handle, and a code is tried with the handle of the request: five wrong codes use up that
request, and no other. A code of six digits lasts ten minutes (NIST SP 800-63B-4 section 3.1.3). Whoever asks again
within five minutes is sent the same one, so that any mail that just arrived is the right one; at most three live at
once. With at most 20 wrong codes a day per address, a stranger's chance of opening a given wallet stays below 60 in a
million per day. While an address is being guessed at, its codes have twelve digits, which nobody guesses, and which
therefore need no handle and no limit: the person gets in (docs/decisions/0038-a-stranger-uses-up-their-own.md).
"""

import hashlib
import hmac
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from app import config
from app.accounts import code_letters, guess_limits, queries
from app.accounts.addresses import Address, is_texted, keyed_hash
from app.accounts.errors import CodeNotAccepted, PhoneNotTexted
from app.accounts.models import IdentifierKind, OneTimeCode
from app.accounts.quotas import Spending, give_back, spend_quotas
from app.carriers import channels
from app.codes import sealed
from app.errors import QuotaStanding, TooManyRequests
from app.languages import Language
from app.sql import db

DIGITS, LONG_DIGITS = 6, 12
LASTING = timedelta(minutes=10)
SHARED = timedelta(minutes=5)
"""How long whoever asks again is sent the code that is on its way already."""
HANDLE = sealed.Seal("sign-in-code", "ici_h_")
UNASKED = "unasked"
KEY = "one-time-code"


class AskedCode(NamedTuple):
    """A request for a code: the handle with which the code is tried, how long that lasts, and whether a message left.

    If none did, the last one that the address was sent still works. `standing` is what is left to the asker.
    """

    handle: str
    lasting: timedelta
    sent: bool
    standing: QuotaStanding | None

    @property
    def expires_in_s(self) -> int:
        """How long the handle works, in whole seconds."""
        return int(self.lasting.total_seconds())


def send_code(
    *, address: Address, client: str, language: Language, now: datetime, brand: str | None = None
) -> AskedCode:
    """Send a code to an address, known or not. Where no more may leave, but the last still works, a handle for that.

    `client` is the network that asks, `brand` the code of the brand in whose name it is sent. Raises `BrandUnknown`,
    `PhoneNotTexted`, `ChannelUnavailable`, `TooManyCodes`, `TooManyTexts`, `AddressNotReached`: none of them depends on
    whether we know the address.
    """
    _require_channel(address)
    address_hash, client_hash = address.hashed(), _client_hash(client)
    guess_limits.lock_turn(address_hash)
    code_letters.require_reachable(address, now=now)
    digits = LONG_DIGITS if guess_limits.is_besieged(address_hash, client_hash, now=now) else DIGITS
    living = [one for one in db.all_of(queries.living_codes(address_hash, now=now)) if _is_ours(one, digits)]
    asked = OneTimeCode(id=db.new_id(), address_hash=address_hash, client_hash=client_hash, created_at=now)
    asked.guesses_left = guess_limits.GUESSES_PER_CODE
    try:
        standing = spend_quotas(guess_limits.code_spendings(address, client), now=now)[0]
    except TooManyRequests:
        if not living:
            raise
        spend_quotas(guess_limits.handle_spendings(address, client), now=now)
        last = living[0]
        _keep(asked, last.code_id or last.id, last.digits, until=last.expires_at)
        return AskedCode(_handle_of(asked), last.expires_at - now, False, None)
    known = next((one.code_id for one in living if _is_on_its_way(one, digits, now=now)), None)
    code = _keep(asked, known or asked.id, digits, until=now + LASTING)
    code_letters.post_code(
        address=address,
        code=code,
        is_long=digits == LONG_DIGITS,
        code_id=asked.id,
        lasting=LASTING,
        language=language,
        brand=brand,
        now=now,
    )
    return AskedCode(_handle_of(asked), LASTING, True, standing)


def prove_address(*, address: Address, code: str, handle: str | None, client: str, now: datetime) -> None:
    """Use up the code that was sent to this address. `client` is the network that tries it.

    Without a handle the request is the last one that this network made for the address; or nobody's, with few tries.
    Raises `CodeNotAccepted`, the same whatever is wrong, and `TooManyGuesses`.
    """
    address_hash, client_hash = address.hashed(), _client_hash(client)
    tried = [Spending(guess_limits.wrong_codes_of_network(), client)]
    # Counted beforehand, in a transaction of its own: a network is many people, who must not wait for one another.
    with db.apart(), db.transaction():
        spend_quotas(tried, now=now)
    guess_limits.lock_turn(address_hash)
    living = [one for one in db.all_of(queries.living_codes(address_hash, now=now)) if one.digits == len(code)]
    right = [one for one in living if _is_code_of(one, code)]
    if len(code) == DIGITS:
        _try_short(living, bool(right), address_hash, client_hash, handle, now=now)
    if not right:
        raise CodeNotAccepted
    for one in right:
        one.used_at = now
    db.after_commit(partial(_forgive, tried, now))


def _forgive(tried: Sequence[Spending], now: datetime) -> None:
    with db.transaction():
        give_back(tried, now=now)


def _try_short(
    living: Sequence[OneTimeCode],
    is_right: bool,
    address_hash: bytes,
    client_hash: bytes,
    handle: str | None,
    *,
    now: datetime,
) -> None:
    """Refuse a try that is not to be had, and count a wrong one, against the request that it belongs to."""
    guess_limits.require_few_guesses(address_hash, now=now, client_hash=client_hash)
    asked = _request_of(living, handle, client_hash)
    if not living or (asked is None and handle is not None) or (asked is not None and asked.guesses_left == 0):
        # No guess was possible, so none is counted: else a stranger could lock out somebody who asked for nothing.
        raise CodeNotAccepted
    if asked is None:
        client_hash = keyed_hash(UNASKED)
        guess_limits.require_few_unasked(address_hash, client_hash, now=now)
    if is_right:
        return
    if asked is not None:
        asked.guesses_left -= 1
    guess_limits.count_failure(address_hash, now=now, client_hash=client_hash)


def _request_of(living: Sequence[OneTimeCode], handle: str | None, client_hash: bytes) -> OneTimeCode | None:
    if handle is None:
        return next((one for one in living if one.client_hash == client_hash), None)
    opened = sealed.open_text(HANDLE, handle)
    return next((one for one in living if one.id.bytes == opened), None)


def _handle_of(asked: OneTimeCode) -> str:
    return sealed.seal_text(HANDLE, asked.id.bytes)


def _client_hash(client: str) -> bytes:
    return keyed_hash(f"client:{client}")


def _is_ours(one: OneTimeCode, digits: int) -> bool:
    # Codes that servers of an older release made are random: they can be tried, and not sent again.
    return one.code_id is not None and one.digits >= digits


def _is_on_its_way(one: OneTimeCode, digits: int, *, now: datetime) -> bool:
    return one.id == one.code_id and one.digits == digits and now - one.created_at < SHARED


def _keep(asked: OneTimeCode, code_id: uuid.UUID, digits: int, *, until: datetime) -> str:
    code = _code_of(code_id, digits)
    asked.code_id, asked.digits, asked.expires_at = code_id, digits, until
    asked.code_hash = _hash(asked, code, config.current().key(KEY))
    db.add(asked)
    return code


def _code_of(code_id: uuid.UUID, digits: int) -> str:
    key = config.current().key("one-time-code-digits")
    drawn = int.from_bytes(hmac.digest(key, code_id.bytes, hashlib.sha256), "big")
    return f"{drawn % 10**digits:0{digits}d}"


def _is_code_of(sent: OneTimeCode, code: str) -> bool:
    keys = config.current().accepted_keys(KEY)
    return any(hmac.compare_digest(sent.code_hash, _hash(sent, code, key)) for key in keys)


def _hash(sent: OneTimeCode, code: str, key: bytes) -> bytes:
    # Six digits are few, so the hash is keyed; the id of the request salts it.
    return hmac.new(key, sent.id.bytes + code.encode(), hashlib.sha256).digest()


def _require_channel(address: Address) -> None:
    if address.kind is IdentifierKind.EMAIL:
        channels.require_mail()
        return
    if not is_texted(address):
        raise PhoneNotTexted
    channels.require_sms()
