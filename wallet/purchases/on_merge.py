"""Purchases of two wallets that become one: all of them with their lines, returns and the numbers of their receipts."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, update

from app.identity.moves import note_moves, noted_moves, rehome_rows
from app.sql import db
from wallet.purchases import queries
from wallet.purchases.models import Purchase, ReceiptNumber

TABLE = cast(Table, Purchase.__table__)
KIND = "purchase"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring every purchase; how many."""
    bought = [purchase.id for purchase in db.all_of(db.locked(queries.purchases_to_move(source_id)))]
    _hand_over(bought, source_id=source_id, target_id=target_id)
    came: list[tuple[object, dict[str, Any]]] = [(purchase_id, {}) for purchase_id in bought]
    note_moves(target_id=target_id, merge_id=merge_id, kind=KIND, things=came, now=now)
    return {"purchases": len(bought)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back every purchase that came, also what was returned of it meanwhile."""
    came = {uuid.UUID(move.thing) for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND)}
    held = [purchase.id for purchase in db.all_of(db.locked(queries.purchases_to_move(target_id)))]
    bought = [purchase_id for purchase_id in held if purchase_id in came]
    _hand_over(bought, source_id=target_id, target_id=source_id)
    return {"purchases": len(bought)}


def _hand_over(purchase_ids: Sequence[uuid.UUID], *, source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    rehome_rows(TABLE, Purchase.id.in_(purchase_ids), source_id=source_id, target_id=target_id)
    numbers = (ReceiptNumber.member_id == source_id, ReceiptNumber.purchase_id.in_(purchase_ids))
    db.execute(update(ReceiptNumber).where(*numbers).values(member_id=target_id))
