"""Where passes show themselves, as it was last worked out."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.data_map import DataClass, Export
from app.languages import Text
from app.lifetimes import With
from app.sql import db

WORKED_OUT = db.datum(DataClass.VISIT, purposes=("in_store_offers",), export=Export.DERIVED)
LOGIC = Text(
    fr="Les magasins où votre carte s'affiche d'elle-même : ceux que vous avez visités, puis ceux qui ont une offre en"
    " cours, tant que vous le permettez.",
    en="The stores where your card shows itself: those you came to, then those with a live offer, while you permit it.",
)


class PlacesOnPass(db.Base):
    """The places and the beacon of a card's pass. Whenever a permission changes, a trigger makes `asks` more: as long
    as it is not `answered`, what is kept here holds no more and is worked out afresh by whoever reads the pass."""

    __tablename__ = "places_on_pass"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "pass_id"], ["issued_pass.member_id", "issued_pass.id"], ondelete="CASCADE"),
        Index("ix_places_on_pass_due", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_places_on_pass_brand", "member_id", "brand_id"),
        db.personal(db.Reader.MEMBER, kept=With("issued_pass"), act=None, logic=LOGIC),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=WORKED_OUT)
    pass_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=WORKED_OUT)
    brand_id: Mapped[uuid.UUID] = mapped_column(info=WORKED_OUT)
    places: Mapped[list[dict[str, Any]]] = mapped_column(JSONB(none_as_null=True), server_default="[]", info=WORKED_OUT)
    beacon: Mapped[dict[str, Any] | None] = mapped_column(info=WORKED_OUT)
    revision: Mapped[str] = mapped_column(server_default="", info=WORKED_OUT)
    """Of `geo.presence.pass_places`: the same as long as all of it is."""
    asks: Mapped[int] = mapped_column(server_default="1", info=WORKED_OUT)
    answered: Mapped[int] = mapped_column(server_default="0", info=WORKED_OUT)
    until_at: Mapped[datetime | None] = mapped_column(info=WORKED_OUT)
    """When the first permission that it rests on ends."""
    due_at: Mapped[datetime | None] = mapped_column(info=WORKED_OUT)
    """When it is worked out again; null where nothing is permitted."""
