"""Put codes into the directory, and find in it what a code stands for."""

import uuid
from datetime import datetime

from app import db
from wallet.passes import queries
from wallet.passes.errors import PassUnknown
from wallet.passes.minting import new_code, read_code
from wallet.passes.models import CodeKind, PassCode


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
    registered = db.add(
        PassCode(
            code=code or new_code(),
            kind=kind,
            brand_id=brand_id,
            member_id=member_id,
            target_id=target_id,
            created_at=now,
        )
    )
    return registered.code


def find_code(*, code: str, brand_id: uuid.UUID) -> PassCode:
    """What a typed or scanned code of this brand stands for.

    Raises `CodeMistyped` for what cannot be a code, `PassUnknown` for every other reason alike.
    """
    found = db.first(queries.standing_code(read_code(code), brand_id=brand_id))
    if found is None:
        raise PassUnknown
    return found


def revoke_code(*, code: str, brand_id: uuid.UUID, now: datetime) -> None:
    """End a code at once: it is unknown from now on. Raises as `find_code`."""
    find_code(code=code, brand_id=brand_id).revoked_at = now
    db.session().flush()
