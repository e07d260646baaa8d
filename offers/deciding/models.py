"""Decisions: what was considered for a member at an instant, what was chosen, and which gate stopped the rest."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from app import db
from app.personal import DataClass, Export

WHY = db.datum(DataClass.DECISION, purposes=("personalised_offers", "in_store_offers"), export=Export.DERIVED)


class Decision(db.Base):
    """One answer to "I am here, what is there for me?". No position and no distance: three distances are a position.

    `considered` is a flat list of (offer number, offer version, store number, outcome) in the order of the answer;
    outcomes are `offers.deciding.ranking.Outcome`. Partitioned by month of its UUIDv7, dropped by partition.
    """

    __tablename__ = "decision"
    __table_args__ = ({"postgresql_partition_by": "RANGE (id)", **db.personal(db.Reader.MEMBER)},)

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=WHY)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=WHY)
    decided_at: Mapped[datetime] = mapped_column(info=WHY)
    policy: Mapped[str] = mapped_column(info=WHY)
    permission_event_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID), info=WHY)
    considered: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), info=WHY)
    shown: Mapped[int] = mapped_column(info=WHY)
    context: Mapped[dict[str, Any]] = mapped_column(info=WHY)
