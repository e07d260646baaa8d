"""How often the catalogue of a brand changed: what is live, where, and when its stores are open."""

import uuid

from sqlalchemy import BigInteger, PrimaryKeyConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.sql import db


class CatalogueVersion(db.Base):
    """How many transactions have changed what the bundles of a brand say; a brand without a row never had offers.

    Triggers on `live_offer`, `place`, `fence_version` and `beacon` count, so that whoever changes these is counted,
    also a release before this one. `offer_place` never changes without one of the first two.
    """

    __tablename__ = "catalogue_version"

    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


class CatalogueChange(db.Base):
    """A brand whose catalogue the running transaction changed. At its commit, after all other locks, the versions of
    its brands grow in one order, and its rows are gone again: nobody ever sees one of another."""

    __tablename__ = "catalogue_change"
    __table_args__ = (PrimaryKeyConstraint("changed_by", "brand_id"),)

    changed_by: Mapped[int] = mapped_column(
        BigInteger, server_default=text("(pg_current_xact_id()::text)::bigint"), autoincrement=False
    )
    brand_id: Mapped[uuid.UUID]
