"""Put codes into the directory, and find in it what a code stands for."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from app import clock
from app.accounts.models import Brand
from app.languages import Moment
from app.sql import db
from wallet.passes import queries
from wallet.passes.codes import new_code, read_code
from wallet.passes.errors import CardLost, PassUnknown
from wallet.passes.models import CodeKind, PassCode, Revocation


def register_code(
    *,
    kind: CodeKind,
    brand_id: uuid.UUID,
    member_id: uuid.UUID,
    target_id: uuid.UUID,
    now: datetime,
    code: str | None = None,
) -> str:
    """Give a card or coupon its code, a new one unless it was minted before; return it."""
    values = values_of_code(
        kind=kind, brand_id=brand_id, member_id=member_id, target_id=target_id, now=now, code=code or new_code()
    )
    db.send_statement(queries.REGISTER, values)
    registered: str = values["code"]
    return registered


def values_of_code(
    *, kind: CodeKind, brand_id: uuid.UUID, member_id: uuid.UUID, target_id: uuid.UUID, now: datetime, code: str
) -> dict[str, Any]:
    """The values of `queries.REGISTERED`: the code of a card or coupon."""
    return {
        "code": code,
        "code_kind": str(kind),
        "code_brand_id": brand_id,
        "code_member_id": member_id,
        "code_target_id": target_id,
        "code_made_at": now,
    }


def find_code(*, code: str, brand_id: uuid.UUID) -> PassCode:
    """What a typed or scanned code of this brand stands for.

    Raises `CodeMistyped` for what cannot be a code, `CardLost` for that of a card that was replaced, `PassUnknown` for
    every other reason alike.
    """
    found = db.first(queries.code_of_brand(read_code(code), brand_id=brand_id))
    if found is None:
        raise PassUnknown
    require_standing_code(revoked_at=found.revoked_at, reason=found.revoked_reason, brand_id=brand_id)
    return found


def require_standing_code(*, revoked_at: datetime | None, reason: str | None, brand_id: uuid.UUID) -> None:
    """Refuse a code that has ended: `CardLost` with its time when the card was replaced, else `PassUnknown`."""
    if revoked_at is None:
        return
    raise (
        CardLost(at=Moment(revoked_at, clock.zone_of(db.get(Brand, brand_id))))
        if reason == Revocation.LOST
        else PassUnknown
    )


def revoke_code(*, code: str, brand_id: uuid.UUID, now: datetime, reason: Revocation | None = None) -> None:
    """End a code at once: from now on it is unknown, or refused with its reason. Raises as `find_code`."""
    found = find_code(code=code, brand_id=brand_id)
    found.revoked_at, found.revoked_reason = now, reason
    db.session().flush()


def hand_over_codes(
    *, source_id: uuid.UUID, of: uuid.UUID, target_id: uuid.UUID, to: uuid.UUID, only: Collection[str] | None = None
) -> list[str]:
    """Let the codes of a card or coupon (`of`), or `only` these of them, stand for `to`, which is `target_id`'s.

    Returns them. What is printed keeps working; a code that was revoked stays so.
    """
    codes = [code for code in db.all_of(queries.codes_of_target(source_id, of)) if only is None or code.code in only]
    for code in codes:
        code.member_id, code.target_id = target_id, to
    db.session().flush()
    return [code.code for code in codes]
