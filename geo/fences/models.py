"""Fences and their versions. A fence is catalogue: who came into one is said elsewhere.

Shapes are `geometry`: the sides of a drawn fence are straight between their degrees, as RFC 7946 (section 3.1.1) has
them, and not the shortest ways that `geography` makes of them. A circle is its centre and its metres, on the spheroid.
"""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.sql import db

SHAPE = Geometry("GEOMETRY", srid=4326, spatial_index=False)


class FenceStatus(StrEnum):
    DRAFT = "draft"  # no version was ever in force
    ACTIVE = "active"
    ENDED = "ended"  # for good


class Fence(db.Base):
    """A shape on the ground of a brand. With a store, whoever is in it is at this store; without one, it only counts
    who passes.

    `number` is a short internal key, `code` the brand's own name. `revision` grows with every change, and is the ETag.
    `live_version` is in force; `draft_version` is drawn and not yet in force.
    """

    __tablename__ = "fence"
    __table_args__ = (
        UniqueConstraint("brand_id", "code"),
        Index("ix_fence_brand_id", "brand_id", "created_at", "id"),
        Index("ix_fence_store_id", "store_id", postgresql_where=text("live_version IS NOT NULL")),
        CheckConstraint("status IN ('draft', 'active', 'ended')", name="status"),
        CheckConstraint("(status = 'active') = (live_version IS NOT NULL)", name="live"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    store_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"))
    code: Mapped[str]
    name: Mapped[str]
    status: Mapped[str]
    revision: Mapped[int] = mapped_column(server_default="1")
    live_version: Mapped[int | None]
    draft_version: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def _of_fence(context: Any, column: Any) -> Any:
    """What a version has of its fence, where it is not said."""
    fence_id = context.get_current_parameters()["fence_id"]
    return context.connection.scalar(select(column).where(Fence.id == fence_id))


class FenceVersion(db.Base):
    """One shape of a fence, which never changes; an event names the version that it is about.

    `lon`, `lat` and `radius_m` are the circle itself, or for an outline one that holds all of it; the `shape` of a
    circle is its centre. `box` holds all of the shape, that of a circle too: a search by a radius that differs per row
    would read every row. Both may go on past 180 degrees east, where a shape crosses the 180th meridian. `geojson` is
    the geometry as RFC 7946 writes it, ready to send. `noticed` is what was made good when it was read. `is_live` is
    true for the version in force, and the index knows only these. Brand, number and store are those of the fence, which
    never change: a hit is told from this row alone.
    """

    __tablename__ = "fence_version"
    __table_args__ = (
        Index("ix_fence_version_box", "brand_id", "box", postgresql_using="gist", postgresql_where=text("is_live")),
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("radius_m > 0", name="radius"),
        CheckConstraint("NOT is_live OR in_force_at IS NOT NULL", name="in_force"),
    )

    fence_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("fence.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    brand_id: Mapped[uuid.UUID]
    fence_number: Mapped[int] = mapped_column(BigInteger, default=lambda context: _of_fence(context, Fence.number))
    store_id: Mapped[uuid.UUID | None] = mapped_column(default=lambda context: _of_fence(context, Fence.store_id))
    is_circle: Mapped[bool]
    lon: Mapped[float]
    lat: Mapped[float]
    radius_m: Mapped[float]
    shape: Mapped[WKBElement] = mapped_column(SHAPE)
    box: Mapped[WKBElement] = mapped_column(SHAPE)
    geojson: Mapped[str]
    noticed: Mapped[list[Any]] = mapped_column(JSONB(none_as_null=True), server_default="[]")
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    made_at: Mapped[datetime]
    in_force_at: Mapped[datetime | None]
    is_live: Mapped[bool] = mapped_column(server_default="false")
