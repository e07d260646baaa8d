"""Which coupons a pass shows: those that a till would take now, as far as no store is known."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from offers.coupons.models import CouponStatus
from offers.planning.models import OfferStatus
from wallet.issued.contents import CouponShown
from wallet.issued.models import IssuedPass, PassKind

MOST_SHOWN = 20
"""Of a card: the first to end."""


def coupons_on(passes: Sequence[IssuedPass], found: Sequence[Any], now: datetime) -> dict[uuid.UUID, dict[str, Any]]:
    """The coupons on these passes out of what `queries.COUPONS` found, by the id of the pass: all of a card's, and the
    one of a coupon's pass, which is void while it cannot be used: used up, over, given away, paused, or a gift that
    waits."""
    rows: dict[tuple[uuid.UUID, uuid.UUID], list[Any]] = {}
    for row in found:
        rows.setdefault((row.member_id, row.brand_id), []).append(row)
    said: dict[uuid.UUID, dict[str, Any]] = {}
    for held in passes:
        mine = rows.get((held.member_id, held.brand_id), [])
        said[held.id] = _on_card(mine, now) if held.kind == PassKind.CARD else _on_own_pass(held, mine, now)
    return said


def _on_card(rows: Sequence[Any], now: datetime) -> dict[str, Any]:
    usable = [row for row in rows if _is_usable(row, now)]
    return {"coupons": tuple(_shown(row) for row in usable[:MOST_SHOWN]), "changes_at": _next_change(rows, now)}


def _on_own_pass(held: IssuedPass, rows: Sequence[Any], now: datetime) -> dict[str, Any]:
    row = next((row for row in rows if row.id == held.target_id), None)
    if row is None:
        return {"is_void": True}
    return {
        "code": row.code,
        "code_used": row.used_revision,
        "coupons": (_shown(row),),
        "expires_at": row.expires_at,
        "is_void": not _is_usable(row, now),
        "changes_at": _next_change([row], now),
    }


def _is_usable(row: Any, now: datetime) -> bool:
    """Whether no till would refuse it wherever it is shown. One that a sale keeps is on its way to being used."""
    ended = row.offer_status == OfferStatus.ENDED and row.coupon_ends_with_offer
    is_left = row.status == CouponStatus.ACTIVE and row.expires_at > now and row.given_until is None
    return is_left and not ended and row.offer_status != OfferStatus.PAUSED


def _next_change(rows: Sequence[Any], now: datetime) -> datetime | None:
    instants = [at for row in rows for at in (row.expires_at, row.given_until) if at is not None and at > now]
    return min(instants, default=None)


def _shown(row: Any) -> CouponShown:
    return CouponShown(
        id=row.id,
        code=row.code,
        title_fr=row.title_fr,
        title_en=row.title_en,
        description_fr=row.text_fr,
        description_en=row.text_en,
        ends_at=row.expires_at,
        ends_local=row.ends_local,
    )
