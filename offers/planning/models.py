"""Offers and their versions (the record), budgets in slots, and the read model of what is live where."""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, TSTZMULTIRANGE, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import STAFF
from app.sql import db
from offers.benefits.kinds import Benefit
from offers.benefits.registry import read_benefit
from offers.planning.purchase_bounds import CountedTax
from wallet.purchases.basket import Products


class OfferStatus(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


class Stacking(StrEnum):
    """How an offer goes together with others in one sale."""

    EXCLUSIVE = "exclusive"  # with none, but those of the last class
    COMMON = "common"  # with other common ones
    ALWAYS = "always"  # with all


class PercentBase(StrEnum):
    """What an offer's percentage, its minimum and its maximum are counted on."""

    INITIAL = "initial"  # the price before any other offer of the sale
    DISCOUNTED = "discounted"  # what the offers before it have left


class AppliesBy(StrEnum):
    """How an offer comes into a sale."""

    COUPON = "coupon"  # which a member claims, and shows
    AUTOMATIC = "automatic"  # by itself, for whoever it is for


class Audience(StrEnum):
    """To whom a reduction is announced. The rule of the prior price (code de la consommation, L112-1-1) is about
    reductions for everybody; those of a loyalty programme are for its members."""

    MEMBERS = "members"
    EVERYBODY = "everybody"


class Offer(db.Base):
    """What a brand plans to give. Its content is in versions; `live_version` is the one in force.

    `revision` grows with every write and is the ETag. `number` is a short internal key.
    `name` and `tags` are the brand's own words for it: no member reads them, and no approval is about them.
    """

    __tablename__ = "offer"
    __table_args__ = (
        CheckConstraint("status IN ('draft', 'live', 'paused', 'ended')", name="status"),
        Index("ix_offer_brand_id", "brand_id", "created_at", "id"),
        Index("ix_offer_status", "brand_id", "status", "created_at", "id"),
        Index("ix_offer_tags", "tags", postgresql_using="gin"),
        Index("ix_offer_words", "words", postgresql_using="gin"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(), unique=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    status: Mapped[str]
    live_version: Mapped[int | None]
    draft_version: Mapped[int | None]
    revision: Mapped[int]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    name: Mapped[str] = mapped_column(server_default="")
    tags: Mapped[list[str]] = mapped_column(ARRAY(TEXT), server_default="{}")
    words: Mapped[Any] = mapped_column(TSVECTOR, server_default="", deferred=True, deferred_raiseload=True)
    """What a search looks for, without accents: triggers write it, of the name, the tags, the titles and articles."""

    # Read-only, and only when the question asked for them: nothing is fetched behind a reader's back.
    live: Mapped["OfferVersion | None"] = relationship(
        primaryjoin="and_(OfferVersion.offer_id == Offer.id, OfferVersion.version == Offer.live_version)",
        foreign_keys="[OfferVersion.offer_id, OfferVersion.version]",
        viewonly=True,
        uselist=False,
        lazy="raise",
    )
    draft: Mapped["OfferVersion | None"] = relationship(
        primaryjoin="and_(OfferVersion.offer_id == Offer.id, OfferVersion.version == Offer.draft_version)",
        foreign_keys="[OfferVersion.offer_id, OfferVersion.version]",
        viewonly=True,
        uselist=False,
        lazy="raise",
    )


class OfferVersion(db.Base):
    """The content of an offer at one version. Once approved it never changes.

    The window is wall-clock time and is read in each store's own zone, end excluded.
    What is given only is never shown near a member nor claimed: the brand gives it, as a gesture or for points.
    `targets` is `{"brand": true}` or `{"areas": [id…], "stores": [id…]}`.
    `benefit` is the code of its kind and the values of that kind: `{"kind": "percent", "percent": 10}`.
    """

    __tablename__ = "offer_version"
    __table_args__ = (
        CheckConstraint("starts_local < ends_local", name="window"),
        CheckConstraint("total_limit > 0", name="total_limit"),
        CheckConstraint("daily_limit > 0", name="daily_limit"),
        CheckConstraint("member_limit > 0", name="member_limit"),
        CheckConstraint("priority BETWEEN 0 AND 100", name="priority"),
        CheckConstraint("minimum_minor >= 0", name="minimum"),
        CheckConstraint("maximum_minor > 0 AND maximum_minor >= minimum_minor", name="maximum"),
        CheckConstraint("counted_tax IN ('included', 'excluded')", name="counted_tax"),
        CheckConstraint("stacking IN ('exclusive', 'common', 'always')", name="stacking"),
        CheckConstraint("base IN ('initial', 'discounted')", name="base"),
        CheckConstraint("rank BETWEEN 0 AND 100", name="rank"),
        CheckConstraint("audience IN ('members', 'everybody')", name="audience"),
        CheckConstraint("applies IN ('coupon', 'automatic')", name="applies"),
        CheckConstraint("prior_price_minor > 0", name="prior_price"),
        CheckConstraint("margin_minor >= 0", name="margin"),
        Index(
            "ix_offer_version_targets",
            "targets",
            postgresql_using="gin",
            postgresql_ops={"targets": "jsonb_path_ops"},
        ),
        Index("ix_offer_version_kind", text("(benefit ->> 'kind')")),
        Index("ix_offer_version_window", text("tsrange(starts_local, ends_local)"), postgresql_using="gist"),
    )

    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    title_fr: Mapped[str]
    title_en: Mapped[str]
    text_fr: Mapped[str]
    text_en: Mapped[str]
    picture: Mapped[dict[str, Any] | None]
    """The outline of the picture that goes with it (`app.pictures.models.BrandPicture`)."""
    benefit: Mapped[dict[str, Any]]
    targets: Mapped[dict[str, Any]]
    starts_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    ends_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    total_limit: Mapped[int | None]
    daily_limit: Mapped[int | None]
    member_limit: Mapped[int]
    priority: Mapped[int] = mapped_column(SmallInteger)
    coupon_valid_days: Mapped[int]
    coupon_ends_with_offer: Mapped[bool] = mapped_column(server_default=text("false"))
    """A coupon of it never outlives it."""
    given_only: Mapped[bool] = mapped_column(server_default=text("false"))
    transferable: Mapped[bool] = mapped_column(server_default=text("false"))
    """A member may give a coupon of it to another."""
    # How it works in a sale (`offers.checkout.stacking`). The defaults are what versions mean that are older than this.
    products: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """The articles that it is about, all unless named: any of `categories`, `gtins`, `skus`, and `but_not`."""
    minimum_minor: Mapped[int] = mapped_column(BigInteger, server_default="0")
    maximum_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Above it the offer does nothing; null: there is none."""
    counted_tax: Mapped[str] = mapped_column(server_default=CountedTax.INCLUDED)
    stacking: Mapped[str] = mapped_column(server_default=Stacking.COMMON)
    base: Mapped[str] = mapped_column(server_default=PercentBase.DISCOUNTED)
    rank: Mapped[int] = mapped_column(SmallInteger, server_default="50")
    """Of two offers in one sale the one with the lower rank comes first."""
    audience: Mapped[str] = mapped_column(server_default=Audience.MEMBERS)
    applies: Mapped[str] = mapped_column(server_default=AppliesBy.COUPON)
    schedule: Mapped[dict[str, Any] | None]
    """When it fires inside its window (`planning.schedules`); null: all along."""
    for_whom: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """The members that it is for (`planning.audiences`); everybody unless something is said."""
    use_limits: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """How often one member, household or phone may use it in a period, besides `member_limit`."""
    is_fallback: Mapped[bool] = mapped_column(server_default=text("false"))
    """It is shown where nothing else is, when it passes every gate."""
    margin_minor: Mapped[int | None] = mapped_column(BigInteger)
    """What one use brings before its own cost, as the brand says; null: not said."""
    prior_price_minor: Mapped[int | None] = mapped_column(BigInteger)
    """The lowest price of the last thirty days before the reduction."""
    capped_at_till: Mapped[bool] = mapped_column(server_default=text("false"))
    """It may give less than it says: the till cuts it to what the law allows."""
    personalised_by_algorithm: Mapped[bool] = mapped_column(server_default=text("false"))
    drafted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    drafted_at: Mapped[datetime]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    approved_at: Mapped[datetime | None]

    @property
    def gives(self) -> Benefit:
        """What it gives. Raises `BenefitKindUnknown`."""
        return read_benefit(self.benefit)

    @property
    def is_automatic(self) -> bool:
        """Whether it applies by itself, and cannot be claimed."""
        return self.applies == AppliesBy.AUTOMATIC

    @property
    def articles(self) -> Products:
        """The articles that it is about."""
        return Products(**{name: frozenset(values) for name, values in self.products.items()})


class CappedCategory(db.Base):
    """A category of a brand's articles whose advantages a law caps (`planning.price_caps`), with all inside it."""

    __tablename__ = "capped_category"
    __table_args__ = (CheckConstraint("goods IN ('food', 'everyday')", name="goods"),)

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    goods: Mapped[str]


class BudgetSlot(db.Base):
    """A part of what an offer may still give, so that no row is hot.

    `day` is the date in the brand's zone for a daily limit, and 0001-01-01 for the total. Slot -1 with nothing in it
    stands for the group of a day; the others are deleted when they are empty (`offers.planning.budgets` says why).
    """

    __tablename__ = "budget_slot"
    __table_args__ = (
        CheckConstraint("remaining >= 0", name="remaining"),
        {"postgresql_with": {"fillfactor": 10}},  # room on the page for HOT updates
    )

    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    remaining: Mapped[int]


class LiveOffer(db.Base):
    """What "near me" needs of a live offer, in one row: rebuilt by `offers.planning.read_model.publication`.

    `card_fr` and `card_en` are the offer as the answer shows it: JSON text, ready to send.
    `sold_out_until` is set when a budget runs out: the next local midnight for a daily limit, `infinity` for the total.
    `spent_until` is set when the money that it may cost is spent: the end of that period, `infinity` for a whole life.
    `firings_from` is from when on its firings are written (`read_model.firings`); null without a schedule.
    """

    __tablename__ = "live_offer"
    __table_args__ = (Index("ix_live_offer_automatic", "brand_id", postgresql_where=text("traits & 4 > 0")),)

    offer_number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), unique=True)
    brand_id: Mapped[uuid.UUID]
    version: Mapped[int]
    priority: Mapped[int] = mapped_column(SmallInteger)
    member_limit: Mapped[int]
    sold_out_until: Mapped[datetime | None]
    spent_until: Mapped[datetime | None]
    traits: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """The sum of what it is (`FALLBACK`, `FOR_SOME`, `AUTOMATIC`)."""
    exposures: Mapped[int] = mapped_column(server_default="0")
    taken: Mapped[int] = mapped_column(server_default="0")
    usual_ppm: Mapped[int] = mapped_column(server_default=text("20000"))
    popularity_ppm: Mapped[int] = mapped_column(server_default="0")
    card_fr: Mapped[str]
    card_en: Mapped[str]
    firings_from: Mapped[datetime | None]


FALLBACK, FOR_SOME, AUTOMATIC = 1, 2, 4
"""Traits of a live offer: it is shown where nothing else is; it is for some members only, or so often in a period; it
applies by itself."""


class OfferUptake(db.Base):
    """How an offer does: counted by a job, copied to `live_offer`, there again after every publication.

    `exposures` and `taken` are recent showings and coupons, of members who allow that they are counted; `usual_ppm` is
    how many of a million showings of such offers lead to one; `popularity_ppm` is the share of the brand's recent
    purchases that its articles have.
    """

    __tablename__ = "offer_uptake"

    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id", ondelete="CASCADE"), primary_key=True)
    exposures: Mapped[int]
    taken: Mapped[int]
    usual_ppm: Mapped[int]
    popularity_ppm: Mapped[int]
    counted_at: Mapped[datetime]


class OfferPlace(db.Base):
    """An offer holds at a place between two instants (the window read in that store's zone); where it fires now and
    then, in `firings`, which are known some time ahead."""

    __tablename__ = "offer_place"
    __table_args__ = (
        # The window rides in the key's index, so that "near me" reads the index only.
        PrimaryKeyConstraint("store_number", "offer_number", postgresql_include=["starts_at", "ends_at", "firings"]),
        Index("ix_offer_place_offer", "offer_number"),
    )

    store_number: Mapped[int] = mapped_column(BigInteger, autoincrement=False)
    offer_number: Mapped[int] = mapped_column(
        ForeignKey("live_offer.offer_number", ondelete="CASCADE"), autoincrement=False
    )
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    firings: Mapped[Any | None] = mapped_column(TSTZMULTIRANGE)
