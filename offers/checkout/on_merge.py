"""Sales of two wallets that become one: all of them with their numbers and returns. An open one keeps nothing more."""

import uuid
from datetime import datetime
from typing import cast

from sqlalchemy import Table, update

from app.identity.moves import note_move, noted_moves, rehome_rows
from app.sql import db
from offers.checkout import queries
from offers.checkout.models import Sale, SaleState

TABLE = cast(Table, Sale.__table__)
KIND = "sale"


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Bring every sale; how many."""
    sales = [sale.id for sale in db.all_of(db.locked(queries.sales_of(source_id)))]
    _hand_over(sales, source_id=source_id, target_id=target_id)
    for sale_id in sales:
        note_move(target_id=target_id, merge_id=merge_id, kind=KIND, thing=sale_id, was={}, now=now)
    return {"sales": len(sales)}


def split(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Give back every sale that came, also what came back of it meanwhile."""
    came = {uuid.UUID(move.thing) for move in noted_moves(target_id=target_id, merge_id=merge_id, kind=KIND)}
    sales = [sale.id for sale in db.all_of(db.locked(queries.sales_of(target_id))) if sale.id in came]
    _hand_over(sales, source_id=target_id, target_id=source_id)
    return {"sales": len(sales)}


def _hand_over(sales: list[uuid.UUID], *, source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    # Its hold of points is let go with the points, its coupons with the coupons.
    open_ones = (Sale.member_id == source_id, Sale.id.in_(sales), Sale.state == SaleState.OPEN)
    db.execute(update(Sale).where(*open_ones).values(hold_id=None, held_until=None))
    rehome_rows(TABLE, Sale.id.in_(sales), source_id=source_id, target_id=target_id)
