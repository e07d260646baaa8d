"""What was given, for the auditor: each reading of it is one of the members' data, and they can see it."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.access_log.reads import note_reads
from app.data_map import DataClass
from app.sql import db
from offers.gestures import queries
from offers.gestures.models import Gesture


def records(gestures: Sequence[Gesture], *, brand_id: uuid.UUID, now: datetime) -> list[dict[str, Any]]:
    """These gestures (loaded with store and giver) as records: who gave what to which card, why, from which budget."""
    members = {gesture.member_id for gesture in gestures}
    note_reads(member_ids=members, classes=[DataClass.COUPON], now=now)
    cards: dict[uuid.UUID, uuid.UUID] = dict(db.rows(queries.cards_with(brand_id, members))) if members else {}
    return [{"gesture": gesture, "card_id": cards.get(gesture.member_id)} for gesture in gestures]
