"""Zones of a store, and tags: the codes on posters, shelves and products that lead to a zone or to products.

`products` has the wire shape of an offer's: any of `categories` (paths), `gtins` (14 digits) and `skus`; what is not
named is absent.
"""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.sql import db


class ZoneKind(StrEnum):
    """What a part of a store is to the people in it."""

    DEPARTMENT = "department"
    SHELF = "shelf"
    TILL = "till"
    WINDOW = "window"


class ZoneStatus(StrEnum):
    """Whether a zone is still there."""

    OPEN = "open"
    CLOSED = "closed"


class TagCarrier(StrEnum):
    """What a tag is printed on or stuck to."""

    POSTER = "poster"
    SHELF = "shelf"
    PRODUCT = "product"


class Zone(db.Base):
    """A part of a store. `code` is the brand's own name for it within the store; `number` is a short internal key. A
    closed zone stays, since past visits name it: its beacons and tags then only say which store it is."""

    __tablename__ = "zone"
    __table_args__ = (
        UniqueConstraint("store_id", "code"),
        Index("ix_zone_brand_id", "brand_id", "created_at", "id"),
        CheckConstraint("kind IN ('department', 'shelf', 'till', 'window')", name="kind"),
        CheckConstraint("status IN ('open', 'closed')", name="status"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"))
    code: Mapped[str]
    kind: Mapped[str]
    name_fr: Mapped[str]
    name_en: Mapped[str]
    products: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    status: Mapped[str] = mapped_column(server_default="open")
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class Tag(db.Base):
    """A code to scan (QR) or to touch (NFC). Without a store it says only whose it is and what it is about. Its code
    is public, as it hangs on a wall, but nobody can guess another."""

    __tablename__ = "tag"
    __table_args__ = (
        UniqueConstraint("code"),
        Index("ix_tag_brand_id", "brand_id", "created_at", "id"),
        Index("ix_tag_store_id", "store_id"),
        Index("ix_tag_zone_id", "zone_id"),
        CheckConstraint("carrier IN ('poster', 'shelf', 'product')", name="carrier"),
        CheckConstraint("zone_id IS NULL OR store_id IS NOT NULL", name="zone_of_a_store"),
        CheckConstraint("zone_id IS NOT NULL OR store_id IS NOT NULL OR products <> '{}'", name="leads_somewhere"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    store_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"))
    zone_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("zone.id", ondelete="CASCADE"))
    carrier: Mapped[str]
    code: Mapped[str]
    label: Mapped[str]
    products: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    retired_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
