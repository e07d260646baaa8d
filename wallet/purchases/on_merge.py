"""Purchases of two wallets that become one: all of them with their lines, returns and the numbers of their receipts."""

import uuid
from collections.abc import Sequence

from sqlalchemy import update

from app.identity.table_moves import Moves
from app.sql import db
from wallet.purchases.models import Purchase, ReceiptNumber


def _hand_over_numbers(ids: Sequence[uuid.UUID], *, source_id: uuid.UUID, target_id: uuid.UUID) -> None:
    numbers = (ReceiptNumber.member_id == source_id, ReceiptNumber.purchase_id.in_(ids))
    db.execute(update(ReceiptNumber).where(*numbers).values(member_id=target_id))


MOVES = Moves(Purchase, kind="purchase", counted="purchases", beside=_hand_over_numbers)
merge, split = MOVES.merge, MOVES.split
