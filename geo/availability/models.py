"""Articles of brands, their price and stock at each store, service times, and events in stores. Nobody's data."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, DateTime, ForeignKey, Identity, Index, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.sql import db


class BrandArticle(db.Base):
    """An article that a brand sells somewhere. It is named by its GTIN, in fourteen digits; one without, by its SKU.

    `category` is the brand's own path, from broad to narrow; `number` is a short internal key.
    """

    __tablename__ = "brand_article"
    __table_args__ = (
        UniqueConstraint("brand_id", "key"),
        Index("ix_brand_article_gtin", "gtin", "brand_id"),
        Index("ix_brand_article_sku", "brand_id", "sku"),
        Index("ix_brand_article_category", "brand_id", "category", postgresql_ops={"category": "text_pattern_ops"}),
        CheckConstraint("gtin ~ '^[0-9]{14}$'", name="gtin"),
        CheckConstraint("key = COALESCE(gtin, 'sku:' || sku)", name="key"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    key: Mapped[str]
    gtin: Mapped[str | None]
    sku: Mapped[str | None]
    label: Mapped[str] = mapped_column(server_default="")
    category: Mapped[str] = mapped_column(server_default="")


class StoreArticle(db.Base):
    """What a store last said of an article: its price for one unit, and whether there is any; each with its instant.

    A large chain has tens of millions of rows, so it names store and article by their short keys, without constraints
    that would look both up again: the one statement that writes here has just read them.
    """

    __tablename__ = "store_article"
    __table_args__ = (
        CheckConstraint("price_minor >= 0", name="price"),
        CheckConstraint("num_nulls(price_minor, currency, price_at) IN (0, 3)", name="whole_price"),
        CheckConstraint("stock >= 0", name="stock"),
        CheckConstraint("num_nulls(is_stocked, stock_at) IN (0, 2)", name="whole_stock"),
        {"postgresql_with": {"fillfactor": 80}},  # a price list of every night changes no index
    )

    store_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    article_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    price_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None]
    price_at: Mapped[datetime | None]
    stock: Mapped[int | None]
    """How many there are; null where a store only says whether."""
    is_stocked: Mapped[bool | None]
    stock_at: Mapped[datetime | None]


class ServiceKind(StrEnum):
    """What people wait for in a store."""

    TILLS = "tills"
    SELF_CHECKOUT = "self_checkout"
    CUSTOMER_SERVICE = "customer_service"
    CLICK_AND_COLLECT = "click_and_collect"
    BAKERY = "bakery"
    BUTCHER = "butcher"
    FISH = "fish"
    DELI = "deli"
    PHARMACY = "pharmacy"
    FITTING_ROOMS = "fitting_rooms"


class ServiceTime(db.Base):
    """How long one waits for a service of a store, as its staff last said; `minutes` is null once they took it back.

    Nobody keeps who said it: staff are not counted by it.
    """

    __tablename__ = "service_time"
    __table_args__ = (CheckConstraint("minutes >= 0", name="minutes"),)

    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    minutes: Mapped[int | None]
    said_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class StoreEvent(db.Base):
    """Something that happens in stores of a brand: a tasting on Saturday.

    The window is wall-clock time and is read in each store's own zone, end excluded. `zone_code` names a zone inside
    the stores, where there is one.
    """

    __tablename__ = "store_event"
    __table_args__ = (
        CheckConstraint("starts_local < ends_local", name="window"),
        Index("ix_store_event_brand_id", "brand_id", "created_at", "id"),
        Index("ix_store_event_stores", "store_ids", postgresql_using="gin"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    store_ids: Mapped[list[uuid.UUID]] = mapped_column(ARRAY(Uuid()))
    zone_code: Mapped[str | None]
    title_fr: Mapped[str]
    title_en: Mapped[str]
    text_fr: Mapped[str]
    text_en: Mapped[str]
    starts_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    ends_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    cancelled: Mapped[bool] = mapped_column(server_default=text("false"))
    version: Mapped[int] = mapped_column(server_default="1")
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
