"""What wallets and apps are given so that they show codes that change, and the proofs in these.

Keys are derived from a salt of the code and a secret of ours that outlasts its changes: passes on phones cannot be told
of it. So whoever reads the database cannot make a code, nor whoever reads the secret alone.
"""

import hmac
import secrets
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from app import config
from app.sql import db
from wallet.authenticity import one_time_passwords, queries, symbols
from wallet.authenticity.models import ShownForm
from wallet.authenticity.shown import PREFIXES, PROOF_SYMBOLS, REVISION_SYMBOLS, STEP_SYMBOLS
from wallet.passes.errors import PassUnknown

SALT_BYTES = 16
TOTP_KEY_BYTES = 20
"""As long as the hash that it keys (RFC 4226, section 4, R6)."""


class GooglePattern(NamedTuple):
    """A rotating barcode as Google is told it: `key` in hexadecimal digits, `period_s` in seconds."""

    value_pattern: str
    key: str
    digits: int
    period_s: int


class WindowKey(NamedTuple):
    """What the member's app keeps to show codes without a network: each is `prefix`, the time step in `step_symbols`
    symbols, and a proof under `key`, as `window_code` makes it."""

    code: str
    prefix: str
    key: bytes
    step_s: int


def patterns_for_google(*, codes: Collection[str], now: datetime) -> dict[str, GooglePattern]:
    """What Google is told of each of these codes; of one that has ended, nothing."""
    salts = give_out(codes=codes, form=ShownForm.TOTP, now=now)
    return {code: _google_pattern(code, salt) for code, salt in salts.items()}


def message_for_apple(code: str, *, revision: int, now: datetime) -> str:
    """What the barcode of an Apple pass says at this revision. Raises `PassUnknown` for a code that has ended.

    Once it was used, only a later revision is fresh.
    """
    salt = _salt_of(code, ShownForm.REVISION, now=now)
    return _spell(ShownForm.REVISION, code, salt, counter=revision, length=REVISION_SYMBOLS)


def read_window_key(code: str, *, now: datetime) -> WindowKey:
    """What the member's app needs to show a code that changes. Raises `PassUnknown` for a code that has ended."""
    salt = _salt_of(code, ShownForm.WINDOW, now=now)
    prefix = f"{PREFIXES[ShownForm.WINDOW]}-{symbols.strip_checks(code)}"
    return WindowKey(code, prefix, key_of(code, salt, form=ShownForm.WINDOW), one_time_passwords.STEP_S)


def window_code(key: WindowKey, *, at: datetime) -> str:
    """What the app shows at an instant. Pure: an app does the same by itself."""
    said = key.prefix + symbols.spell_number(one_time_passwords.step_of(at), length=STEP_SYMBOLS)
    return said + _proof(key.key, said)


def give_out(*, codes: Collection[str], form: ShownForm, now: datetime) -> dict[str, bytes]:
    """The salts of these codes, whose form is given out from now on, if it was not; codes that ended have none."""
    asked = {"codes": list(codes), "form": str(form)}
    salts = {row.code: row.salt for row in db.send_statement(queries.GIVEN, asked) if row.since is not None}
    missing = sorted(set(codes) - set(salts))
    if missing:
        new = {"codes": missing, "salts": [secrets.token_bytes(SALT_BYTES) for _ in missing]}
        salts |= {row.code: row.salt for row in db.send_statement(queries.GIVE_OUT, asked | new | {"now": now})}
    return salts


def key_of(code: str, salt: bytes, *, form: ShownForm) -> bytes:
    """The key of one form of a code."""
    key = hmac.digest(config.current().lasting_key(f"codes/{form}"), salt + code.encode(), sha256)
    return key[:TOTP_KEY_BYTES] if form is ShownForm.TOTP else key


def is_counted_proof(code: str, salt: bytes, *, form: ShownForm, counter: int, proof: str) -> bool:
    """Whether this proof is that of a code with this counter, in constant time."""
    if form is ShownForm.TOTP:
        return one_time_passwords.is_password(proof, key=key_of(code, salt, form=form), counter=counter)
    length = STEP_SYMBOLS if form is ShownForm.WINDOW else REVISION_SYMBOLS
    expected = _spell(form, code, salt, counter=counter, length=length)
    return hmac.compare_digest(expected[-PROOF_SYMBOLS:], proof)


def _salt_of(code: str, form: ShownForm, *, now: datetime) -> bytes:
    salt = give_out(codes=[code], form=form, now=now).get(code)
    if salt is None:
        raise PassUnknown
    return salt


def _google_pattern(code: str, salt: bytes) -> GooglePattern:
    begins = f"{PREFIXES[ShownForm.TOTP]}-{symbols.strip_checks(code)}"
    return GooglePattern(
        value_pattern=begins + "{totp_value_0}{totp_timestamp_seconds}",
        key=key_of(code, salt, form=ShownForm.TOTP).hex(),
        digits=one_time_passwords.DIGITS,
        period_s=one_time_passwords.STEP_S,
    )


def _spell(form: ShownForm, code: str, salt: bytes, *, counter: int, length: int) -> str:
    said = f"{PREFIXES[form]}-{symbols.strip_checks(code)}{symbols.spell_number(counter, length=length)}"
    return said + _proof(key_of(code, salt, form=form), said)


def _proof(key: bytes, said: str) -> str:
    """Fifty bits: a till tells of one guess at a time, to staff."""
    bits = symbols.BITS * PROOF_SYMBOLS
    return symbols.spell_number(
        int.from_bytes(hmac.digest(key, said.encode(), sha256)) >> 256 - bits, length=PROOF_SYMBOLS
    )
