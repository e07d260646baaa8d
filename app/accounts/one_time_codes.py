"""Prove that an address is one's own: a code of six digits goes there and comes back.

A code lasts 10 minutes, takes 5 guesses and is replaced by the next one. With 5 codes an hour and 20 wrong guesses a
day per address, a stranger's chance of opening a given wallet is 20 in a million per day (NIST SP 800-63B-4 section
3.1.3 asks for six digits, 10 minutes and a limit on guesses).
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from app import config
from app.accounts import code_letters, guess_limits, queries
from app.accounts.addresses import Address, is_texted, keyed_hash
from app.accounts.errors import CodeNotAccepted, PhoneNotTexted
from app.accounts.models import IdentifierKind, OneTimeCode
from app.carriers import channels
from app.languages import Language
from app.sql import db

DIGITS = 6
GUESSES = 5
LASTING = timedelta(minutes=10)


def send_code(
    *, address: Address, client: str, language: Language, now: datetime, brand: str | None = None
) -> timedelta:
    """Send a new code to an address, known or not, and say how long it lasts. Older codes of the address are void.

    `client` is the network that asks, `brand` the code of the brand in whose name it is sent. Raises `BrandUnknown`,
    `PhoneNotTexted`, `ChannelUnavailable`, `TooManyCodes`, `TooManyTexts`, `TooManyGuesses`, `AddressNotReached`: none
    of them depends on whether we know the address.
    """
    _require_channel(address, client, now=now)
    address_hash = address.hashed()
    guess_limits.lock_turn(address_hash)
    guess_limits.require_few_guesses(address_hash, now=now)
    guess_limits.require_few_codes(address_hash, now=now)
    code_letters.require_reachable(address, now=now)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    sent = OneTimeCode(id=db.new_id(), address_hash=address_hash, guesses_left=GUESSES, created_at=now)
    sent.code_hash, sent.expires_at = _hash(sent, code), now + LASTING
    db.add(sent)
    code_letters.post_code(
        address=address, code=code, code_id=sent.id, lasting=LASTING, language=language, brand=brand, now=now
    )
    return LASTING


def prove_address(*, address: Address, code: str, now: datetime) -> None:
    """Use up the code that was sent to this address.

    Raises `CodeNotAccepted`, the same whatever is wrong, and `TooManyGuesses`.
    """
    address_hash = address.hashed()
    guess_limits.lock_turn(address_hash)
    guess_limits.require_few_guesses(address_hash, now=now)
    sent = db.first(queries.newest_code(address_hash))
    if sent is None or sent.used_at is not None or sent.guesses_left == 0 or sent.expires_at <= now:
        # No guess was possible, so none is counted: else a stranger could lock out somebody who asked for nothing.
        raise CodeNotAccepted
    if not hmac.compare_digest(sent.code_hash, _hash(sent, code)):
        sent.guesses_left -= 1
        guess_limits.count_failure(address_hash, now=now)
        raise CodeNotAccepted
    sent.used_at = now


def _hash(sent: OneTimeCode, code: str) -> bytes:
    # Six digits are few, so the hash is keyed; the id of the code salts it.
    return hmac.new(config.current().key("one-time-code"), sent.id.bytes + code.encode(), hashlib.sha256).digest()


def _require_channel(address: Address, client: str, *, now: datetime) -> None:
    if address.kind is IdentifierKind.EMAIL:
        channels.require_mail()
        return
    if not is_texted(address):
        raise PhoneNotTexted
    channels.require_sms()
    guess_limits.count_text(keyed_hash(f"texts:{client}"), now=now)
