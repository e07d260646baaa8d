"""Coupons of two wallets that become one: all of them, used or not, with their codes and their redemptions.

Together they may be more than an offer gives one member: they are kept, and the member can claim no more of it.
"""

import uuid
from datetime import datetime
from typing import cast

from sqlalchemy import Table

from app.identity.moves import note_move, noted_moves, rehome_rows
from app.sql import db
from offers.coupons import queries
from offers.coupons.gifts import queries as gift_queries
from offers.coupons.models import Coupon
from offers.planning import offer_locks
from wallet.passes.directory import hand_over_codes

TABLE = cast(Table, Coupon.__table__)
KIND = "coupon"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring every coupon; how many."""
    coupons = _held(source_id, target_id)
    for coupon in coupons:
        was = {"ordinal": coupon.ordinal, "status": coupon.status}
        _hand_over(coupon, target_id)
        note_move(target_id=target_id, merge_id=merge_id, kind=KIND, thing=coupon.id, was=was, now=now)
    return {"coupons": len(coupons)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back every coupon that came, but for those that were used meanwhile."""
    came = {uuid.UUID(move.thing): move.was for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND)}
    held = _held(target_id, source_id)
    coupons = [coupon for coupon in held if coupon.id in came and came[coupon.id]["status"] == coupon.status]
    for coupon in coupons:
        _hand_over(coupon, source_id, ordinal=came[coupon.id]["ordinal"])
    return {"coupons": len(coupons)}


def _held(giver: uuid.UUID, taker: uuid.UUID) -> list[Coupon]:
    """The giver's coupons, locked: first the claims of both, then the coupons in the order of their ids."""
    offers = sorted(set(db.all_of(queries.offers_of(giver))))
    for offer_id in offers:
        for member_id in sorted((giver, taker)):
            offer_locks.lock_claim(offer_id=offer_id, member_id=member_id)
    return list(db.all_of(db.locked(queries.coupons_alone(giver))))


def _hand_over(coupon: Coupon, taker: uuid.UUID, *, ordinal: int | None = None) -> None:
    giver = coupon.member_id
    taken = set(db.all_of(queries.ordinals_of(taker, coupon.offer_id)))
    next_one = max(taken, default=0) + 1
    number = ordinal if ordinal is not None and ordinal not in taken else next_one
    given = db.first(gift_queries.waiting_gift(giver, coupon.id))
    # What a sale keeps is let go, and the sale must be begun again; a gift goes on waiting.
    kept = {} if given is not None else {"held_for": None, "held_until": None}
    rehome_rows(TABLE, Coupon.id == coupon.id, source_id=giver, target_id=taker, ordinal=number, **kept)
    hand_over_codes(source_id=giver, of=coupon.id, target_id=taker, to=coupon.id)
