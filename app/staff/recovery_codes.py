"""Ten codes on paper, for whoever has lost their phone or their key: each works once. Kept as keyed hashes only."""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, update

from app import config
from app.characters import remove_spaces
from app.sql import db
from app.staff.models import RecoveryCode

CODES = 10
SYMBOLS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 4
"""Sixteen symbols of 31: 79 bits, which nobody guesses; in fours, which people copy without a slip."""


def make_recovery_codes(*, user_id: uuid.UUID, now: datetime) -> Sequence[str]:
    """Ten new codes, shown once; those of before are void."""
    forget_recovery_codes(user_id=user_id)
    codes = [_new_code() for _ in range(CODES)]
    db.add_all([RecoveryCode(user_id=user_id, code_hash=_hash(user_id, code), created_at=now) for code in codes])
    return codes


def use_recovery_code(*, user_id: uuid.UUID, code: str, now: datetime) -> bool:
    """Whether this is a code of this user that nobody has used; then it is used now."""
    # One statement: of two who send one code at once, the second finds it used.
    mine = update(RecoveryCode).where(RecoveryCode.user_id == user_id, RecoveryCode.code_hash == _hash(user_id, code))
    used = mine.where(RecoveryCode.used_at.is_(None)).values(used_at=now).returning(RecoveryCode.user_id)
    return db.execute(used.execution_options(synchronize_session=False)).first() is not None


def forget_recovery_codes(*, user_id: uuid.UUID) -> None:
    """Every code of this user is void."""
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def _new_code() -> str:
    return "-".join("".join(secrets.choice(SYMBOLS) for _ in range(GROUP)) for _ in range(GROUPS))


def _hash(user_id: uuid.UUID, code: str) -> bytes:
    bare = remove_spaces(code).replace("-", "").lower().encode()
    return hmac.digest(config.current().lasting_key("recovery-code"), user_id.bytes + bare, hashlib.sha256)
