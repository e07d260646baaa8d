"""Sales of two wallets that become one: all of them with their numbers and returns. An open one keeps nothing more."""

import uuid
from collections.abc import Sequence

from sqlalchemy import update

from app.identity.table_moves import Moves
from app.sql import db
from offers.checkout.models import Sale, SaleState


def _let_go(ids: Sequence[uuid.UUID], *, source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    # Its hold of points is let go with the points, its coupons with the coupons.
    open_ones = (Sale.member_id == source_id, Sale.id.in_(ids), Sale.state == SaleState.OPEN)
    db.execute(update(Sale).where(*open_ones).values(hold_id=None, held_until=None))


MOVES = Moves(Sale, kind="sale", counted="sales", beside=_let_go)
merge, split = MOVES.merge, MOVES.split
