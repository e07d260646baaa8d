"""What was set aside of a wallet that becomes part of another: all of it is let go, as its holds and coupons are."""

import uuid
from datetime import datetime

from app.identity.table_moves import Moves
from app.sql import db
from offers.offline import queries
from offers.offline.models import MemberReserve

MOVES = Moves(MemberReserve, kind="member_reserve", counted="member_reserves")
split = MOVES.split


def merge(*, source_id: uuid.UUID, target_id: uuid.UUID, merge_id: uuid.UUID, now: datetime) -> dict[str, int]:
    """Let go what waits, and bring the record of it; how many."""
    db.fetch(queries.LET_GO, [source_id, now])
    return MOVES.merge(source_id=source_id, target_id=target_id, merge_id=merge_id, now=now)
