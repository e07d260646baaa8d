"""Triggers: moments of a visit that could bring an offer, with what came of each."""

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.languages import Text
from app.lifetimes import By
from app.sql import db

MOMENT = db.datum(DataClass.VISIT, purposes=("in_store_offers",), export=Export.OBSERVED)
FINE = db.datum(DataClass.SIGHTING, purposes=("in_store_offers",), export=Export.OBSERVED)
OUTCOME = db.datum(DataClass.VISIT, purposes=("in_store_offers",), export=Export.DERIVED)

LOGIC = Text(
    fr="Quand votre téléphone signale, avec votre accord, que vous entrez dans un magasin, y restez ou êtes devant un"
    " rayon, ou quand vous lisez une étiquette, un programme choisit parmi les offres de ce magasin ce qu'il vous"
    " montre : trois au plus, cinq fois au plus par visite. Un signalement trop tardif ou trop peu sûr n'apporte rien."
    " Chaque moment garde sa raison.",
    en="When your phone reports, with your permission, that you enter a store, stay in it or stand before a shelf, or"
    " when you read a tag, a programme chooses among the offers of that store what it shows you: three at most, five"
    " times a visit at most. A report that is too late or too unsure brings nothing. Each moment keeps its reason.",
)


class WhyNothing(StrEnum):
    """Why a trigger brought nothing: a closed list."""

    NO_OFFER = "no_offer"  # it was decided, and nothing passed its gates; the decision says more
    TOO_LATE = "too_late"  # told at once, and never kept; as the next one
    PASSED_BY = "passed_by"
    TOO_UNSURE = "too_unsure"
    OUTSPOKEN = "outspoken"  # a more telling moment of the same visit came in the same report
    TOO_OFTEN = "too_often"


class Trigger(db.Base):
    """One moment of a member at a store, to the minute, and the decision it became, or why it became none. As of its
    visit, after a day only the store and the day are left of when and where it was, and after a month nothing.

    `kind` is a placement of `offers.deciding.decisions`. Without a `visit_id` it is a tag that was read outside of a
    visit, without a `store_id` one that hangs in no store. `is_unseen` says that no screen showed the answer: messages
    may still bring it, until the visit ends.
    """

    __tablename__ = "trigger"
    __table_args__ = (
        CheckConstraint("decision_id IS NOT NULL OR nothing IS NOT NULL", name="outcome"),
        Index("ix_trigger_day", "day"),
        Index("ix_trigger_occurred_at", "occurred_at", postgresql_where=text("occurred_at IS NOT NULL")),
        db.personal(
            db.Reader.MEMBER,
            kept=By("offers.triggers.forget_triggers", DataClass.VISIT),
            act=None,
            logic=LOGIC,
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=MOMENT
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=MOMENT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=MOMENT)
    kind: Mapped[str] = mapped_column(info=MOMENT)
    visit_id: Mapped[uuid.UUID | None] = mapped_column(info=MOMENT)
    store_id: Mapped[uuid.UUID | None] = mapped_column(info=MOMENT)
    day: Mapped[date] = mapped_column(info=MOMENT)
    """In the store's own time."""
    permission_event_id: Mapped[uuid.UUID] = mapped_column(info=MOMENT)
    fence_id: Mapped[uuid.UUID | None] = mapped_column(info=FINE)
    zone_id: Mapped[uuid.UUID | None] = mapped_column(info=FINE)
    tag_id: Mapped[uuid.UUID | None] = mapped_column(info=FINE)
    evidence: Mapped[str | None] = mapped_column(info=FINE)
    confidence: Mapped[int | None] = mapped_column(info=FINE)
    occurred_at: Mapped[datetime | None] = mapped_column(info=FINE)
    decision_id: Mapped[uuid.UUID | None] = mapped_column(info=OUTCOME)
    nothing: Mapped[str | None] = mapped_column(info=OUTCOME)
    is_unseen: Mapped[bool] = mapped_column(info=OUTCOME)
