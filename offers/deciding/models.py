"""Decisions: what was considered for a member at an instant, what was chosen, and which gate stopped the rest."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.languages import Text
from app.lifetimes import By
from app.sql import db

WHY = db.datum(DataClass.DECISION, purposes=("personalised_offers", "in_store_offers"), export=Export.DERIVED)

LOGIC = Text(
    fr="Quand vous demandez ce qu'il y a près de vous, un programme garde les offres en cours dans les magasins les"
    " plus proches, écarte celles que vos permissions, vos limites ou leur budget ne permettent pas, et range le reste"
    " par priorité de l'enseigne puis par distance. Aucun profil n'est tenu, et rien n'est décidé sur vous.",
    en="When you ask what is near you, a programme keeps the live offers of the nearest stores, leaves out those that"
    " your permissions, your limits or their budget do not allow, and orders the rest by the brand's priority, then by"
    " distance. No profile is kept, and nothing is decided about you.",
)


class Decision(db.Base):
    """One answer to "I am here, what is there for me?". No position and no distance: three distances are a position.

    `considered` is a flat list of (offer number, offer version, store number, outcome) in the order of the answer;
    outcomes are `offers.deciding.ranking.Outcome`. Partitioned by month of its UUIDv7, dropped by partition.
    """

    __tablename__ = "decision"
    __table_args__ = (
        {
            "postgresql_partition_by": "RANGE (id)",
            **db.personal(
                db.Reader.MEMBER, kept=By("offers.deciding.drop_partitions", DataClass.DECISION), act=None, logic=LOGIC
            ),
        },
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=WHY)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=WHY)
    decided_at: Mapped[datetime] = mapped_column(info=WHY)
    policy: Mapped[str] = mapped_column(info=WHY)
    permission_event_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID), info=WHY)
    considered: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), info=WHY)
    shown: Mapped[int] = mapped_column(info=WHY)
    context: Mapped[dict[str, Any]] = mapped_column(info=WHY)
