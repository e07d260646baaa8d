"""Stores and areas (the system of record), and `place`: the compact read model that "near me" searches.

`location` is `geography(Point, 4326)`: distances are metres on the spheroid, coordinates are lon, lat.
"""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import Geography, WKBElement
from geoalchemy2.shape import from_shape, to_shape
from shapely import Point
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSTZMULTIRANGE, UUID
from sqlalchemy.orm import Mapped, mapped_column

from app.sql import db

POINT = Geography("POINT", srid=4326, spatial_index=False)


def point_at(lon: float, lat: float) -> WKBElement:
    """The point at these WGS 84 degrees. Seven decimals are a centimetre; more are noise (RFC 7946 section 11.2)."""
    return from_shape(Point(one_meridian(round(lon, 7)), round(lat, 7)), srid=4326)


def one_meridian(lon: float) -> float:
    """Degrees east, with the 180th meridian always as 180: across its two spellings, PostGIS finds the distance of an
    index box larger than that of the point in it, and ends the search with an error."""
    return 180.0 if lon == -180 else lon


def point_text(lon: float, lat: float) -> str:
    """The point at these WGS 84 degrees as PostGIS reads it from text: cheaper than `point_at` for many rows."""
    return f"SRID=4326;POINT({one_meridian(round(lon, 7))!r} {round(lat, 7)!r})"


class StoreStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Store(db.Base):
    """A shop of a brand. `reference` is the brand's own name for it; `number` is a short internal key."""

    __tablename__ = "store"
    __table_args__ = (
        UniqueConstraint("brand_id", "reference"),
        Index("ix_store_brand_id", "brand_id", "created_at", "id"),
        Index("ix_store_clocks", "brand_id", "time_zone"),
        Index("ix_store_near", "brand_id", "location", postgresql_using="gist"),
        CheckConstraint("status IN ('open', 'closed')", name="status"),
        CheckConstraint("ST_X(location::geometry) > -180", name="one_meridian"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    reference: Mapped[str]
    name: Mapped[str]
    location: Mapped[WKBElement] = mapped_column(POINT)
    time_zone: Mapped[str]
    country: Mapped[str]
    opening_hours: Mapped[str | None]
    """OSM `opening_hours` grammar, in the store's own time; null when nobody told us."""
    address: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="open")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    @property
    def lon(self) -> float:
        """Degrees east."""
        return float(to_shape(self.location).coords[0][0])

    @property
    def lat(self) -> float:
        """Degrees north."""
        return float(to_shape(self.location).coords[0][1])


class Area(db.Base):
    """A named group of stores."""

    __tablename__ = "area"
    __table_args__ = (UniqueConstraint("brand_id", "code"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str]
    name: Mapped[str]
    created_at: Mapped[datetime]


class AreaStore(db.Base):
    """A store belongs to an area."""

    __tablename__ = "area_store"

    area_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("area.id", ondelete="CASCADE"), primary_key=True)
    store_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("store.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Place(db.Base):
    """What "near me" needs of an open-for-business store, in one small row. Rebuilt by `geo.places.read_model`.

    `open_during` holds the opening intervals of the coming days as instants, so that no time zone is computed per row;
    null means that the hours are unknown. `offered` is true when at least one live offer holds here.
    `card` is the store as the answer shows it: JSON text, ready to send.
    """

    __tablename__ = "place"
    __table_args__ = (
        Index(
            "ix_place_near",
            "brand_id",
            "location",
            postgresql_using="gist",
            postgresql_where=text("offered"),
        ),
        # Only for who searches all brands at once, and says so: a search in one brand must never wander over all.
        Index("ix_place_around", "location", postgresql_using="gist", postgresql_where=text("store_number > 0")),
        CheckConstraint("ST_X(location::geometry) > -180", name="one_meridian"),
    )

    store_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), unique=True)
    brand_id: Mapped[uuid.UUID]
    location: Mapped[WKBElement] = mapped_column(POINT)
    area_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(UUID))
    open_during: Mapped[Any | None] = mapped_column(TSTZMULTIRANGE)
    open_known_until: Mapped[datetime | None]
    card: Mapped[str]
    offered: Mapped[bool] = mapped_column(server_default="false")
