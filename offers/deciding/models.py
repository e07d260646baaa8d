"""Decisions: what was considered for a member at an instant, what was chosen, and which gate stopped the rest."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.languages import Text
from app.lifetimes import By
from app.sql import db

WHY = db.datum(DataClass.DECISION, purposes=("personalised_offers", "in_store_offers"), export=Export.DERIVED)

LOGIC = Text(
    fr="Quand vous demandez quelles offres il y a pour vous (près de vous, dans l'application ou en caisse), ou quand"
    " votre téléphone signale, avec votre accord, que vous êtes dans un magasin, devant un rayon ou une étiquette, un"
    " programme garde les offres en cours, écarte celles que vos permissions, vos limites, votre choix « pas cette"
    " offre » ou leur budget ne permettent pas, et range le reste. Sans votre accord pour choisir les offres d'après"
    " vos achats, c'est par priorité de l'enseigne, puis par distance : ce que vous achetez n'y change rien. Avec cet"
    " accord, chaque offre reçoit une note : priorité de l'enseigne, ce que vous achetez, proximité (en trois"
    " zones), valeur, fin qui approche, moins ce qui vous a déjà été montré sans effet, et une petite part de hasard"
    " pour découvrir. Devant un rayon, les offres sur ses articles passent d'abord, ou comptent davantage dans la"
    " note : c'est l'endroit qui compte, et non vous. La réponse dit la raison de chaque offre. Votre position n'est"
    " pas gardée. Rien d'autre n'est décidé sur vous.",
    en="When you ask which offers there are for you (near you, in the app or at a till), or when your phone reports,"
    " with your permission, that you are in a store, before a shelf or at a tag, a programme keeps the live offers,"
    ' leaves out those that your permissions, your limits, your choice "not this one" or their budget do not allow, and'
    " orders the rest. Without your permission to choose offers from what you buy, that is by the brand's priority,"
    " then by distance: what you buy changes nothing. With it, each offer gets a score: the brand's priority, what you"
    " buy, how near it is (in three bands), its value, an end that comes near, less what you were already shown to no"
    " effect, and a small share of chance to discover. Before a shelf, offers on its articles come first, or count for"
    " more in the score: that is about the place and not about you. The answer says why each offer is there. Your"
    " position is not kept. Nothing else is decided about you.",
)


class Decision(db.Base):
    """One answer to "what is there for me?". No position and no distance: three distances are a position.

    `considered` is a flat list of (offer number, offer version, store number, outcome) in the order of the answer;
    outcomes are `offers.deciding.ranking.Outcome`. Partitioned by month of its UUIDv7, dropped by partition.
    `factors` is a flat list too, of `factors.Factors` for each of the first that passed every gate, in that order; null
    where the order is the plain one. `propensities` says how likely each tier's leader was to lead, in millionths.
    What was shown to whom is learnt from `considered` and `shown` (`offers.learning.lessons`).
    `context` says what else the order was made of (`replays.records.entries_of`). The seed of chance is `id`.
    """

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_made", "id", postgresql_using="brin"),
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
    placement: Mapped[str] = mapped_column(server_default="nearby", info=WHY)
    """Where it was asked: `placements.Placement`."""
    policy: Mapped[str] = mapped_column(info=WHY)
    permission_event_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID), info=WHY)
    considered: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), info=WHY)
    shown: Mapped[int] = mapped_column(info=WHY)
    factors: Mapped[list[int] | None] = mapped_column(ARRAY(Integer), info=WHY)
    propensities: Mapped[list[int] | None] = mapped_column(ARRAY(Integer), info=WHY)
    context: Mapped[dict[str, Any]] = mapped_column(info=WHY)
