"""Questions about codes."""

import uuid

from sqlalchemy import Select, select

from app.sql import db
from wallet.passes.models import PassCode

REGISTERED = """
registered AS (
    INSERT INTO pass_code (code, kind, brand_id, member_id, target_id, created_at)
    VALUES (
        %(code)s, %(code_kind)s, %(code_brand_id)s, %(code_member_id)s, %(code_target_id)s, %(code_made_at)s
    )
)
"""
"""A code in the directory, for the `WITH` of a statement that writes what it stands for; `directory.values_of_code` are
its values."""

REGISTER = db.HotStatement(f"WITH {REGISTERED} SELECT 1")


def code_of_brand(code: str, *, brand_id: uuid.UUID) -> Select[PassCode]:
    """This code of this brand, also when it was revoked."""
    return select(PassCode).where(PassCode.code == code, PassCode.brand_id == brand_id)


def codes_of_target(member_id: uuid.UUID, target_id: uuid.UUID) -> Select[PassCode]:
    """The codes that a card or coupon had, the newest first."""
    return (
        select(PassCode)
        .where(PassCode.member_id == member_id, PassCode.target_id == target_id)
        .order_by(PassCode.created_at.desc(), PassCode.code)
    )
