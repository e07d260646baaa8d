"""Coupons and their redemptions."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app import clock
from app.accounts.models import STAFF
from app.data_map import DataClass, Export
from app.lifetimes import Since, With
from app.sql import db
from geo.places.models import Store
from offers.planning.models import Offer, OfferVersion

COUPON = db.datum(DataClass.COUPON, purposes=("loyalty_account",), export=Export.OBSERVED)


class CouponStatus(StrEnum):
    ACTIVE = "active"
    REDEEMED = "redeemed"
    GIVEN = "given"
    """To another member, who has a coupon of their own for it: this one is history."""
    EXPIRED = "expired"
    """Never stored: an active coupon whose time is over."""


class Coupon(db.Base):
    """One member's right to one offer, at the version that was live when it was claimed.

    `ordinal` counts a member's coupons of one offer from 1; with its unique constraint it is the second lock
    on the limit per member.
    """

    __tablename__ = "coupon"
    __table_args__ = (
        UniqueConstraint("member_id", "offer_id", "ordinal"),
        UniqueConstraint("member_id", "code"),
        ForeignKeyConstraint(["offer_id", "offer_version"], ["offer_version.offer_id", "offer_version.version"]),
        CheckConstraint("status IN ('active', 'redeemed', 'given')", name="status"),
        CheckConstraint("ordinal > 0", name="ordinal"),
        Index("ix_coupon_offer_id", "offer_id"),
        Index(
            "ix_coupon_installation",
            "offer_id",
            "installation_id",
            postgresql_where=text("installation_id IS NOT NULL"),
        ),
        Index("ix_coupon_mine", "member_id", "claimed_at", "id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=Since(DataClass.COUPON, "expires_at"), act="claimed_at"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=COUPON
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=COUPON)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=COUPON)
    offer_id: Mapped[uuid.UUID] = mapped_column(info=COUPON)
    offer_version: Mapped[int] = mapped_column(info=COUPON)
    ordinal: Mapped[int] = mapped_column(info=COUPON)
    code: Mapped[str] = mapped_column(info=COUPON)
    status: Mapped[str] = mapped_column(info=COUPON)
    claimed_at: Mapped[datetime] = mapped_column(info=COUPON)
    ends_local: Mapped[datetime] = mapped_column(DateTime(timezone=False), info=COUPON)
    """When it is over on the wall clock of each store, excluded."""
    expires_at: Mapped[datetime] = mapped_column(info=COUPON)
    """When it is over everywhere."""
    held_for: Mapped[uuid.UUID | None] = mapped_column(info=COUPON)
    """The sale at a till, or the gift, for which it is kept, until `held_until`: nothing else can use it meanwhile."""
    held_until: Mapped[datetime | None] = mapped_column(info=COUPON)

    installation_id: Mapped[uuid.UUID | None] = mapped_column(info=COUPON)
    """The app on the phone that claimed it; kept only where the offer is limited by phone."""
    claimed_at_terminal_id: Mapped[uuid.UUID | None] = mapped_column(info=COUPON)
    """The terminal whose staff claimed it for the member; null where the member did, or nobody had to."""
    cashier_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF)

    # Read-only, and only when the question asked for them.
    offer: Mapped[Offer] = relationship(primaryjoin="foreign(Coupon.offer_id) == Offer.id", viewonly=True, lazy="raise")
    version: Mapped[OfferVersion] = relationship(viewonly=True, lazy="raise")

    def is_over_at(self, now: datetime, *, zone: str) -> bool:
        """Whether its time is over at a store of this zone."""
        return clock.instant_of(self.ends_local, zone) <= now

    def status_at(self, now: datetime) -> CouponStatus:
        """Active, redeemed or expired (everywhere) at this instant."""
        over = self.status == CouponStatus.ACTIVE and self.expires_at <= now
        return CouponStatus.EXPIRED if over else CouponStatus(self.status)

    def is_held_at(self, now: datetime, *, but_for: uuid.UUID | None) -> bool:
        """Whether a sale other than `but_for` keeps it at this instant."""
        return self.held_until is not None and self.held_until > now and self.held_for != but_for


class Redemption(db.Base):
    """The use of a coupon at a till. Undoing it keeps the row; only one redemption of a coupon stands at a time."""

    __tablename__ = "redemption"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "coupon_id"], ["coupon.member_id", "coupon.id"], ondelete="CASCADE"),
        Index(
            "uq_redemption_standing",
            "member_id",
            "coupon_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_redemption_brand_id", "brand_id", "id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=With("coupon"), act="redeemed_at"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=COUPON)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=COUPON)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=COUPON)
    coupon_id: Mapped[uuid.UUID] = mapped_column(info=COUPON)
    store_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("store.id"), info=COUPON)
    terminal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("terminal.id"), info=COUPON)
    redeemed_at: Mapped[datetime] = mapped_column(info=COUPON)
    undone_at: Mapped[datetime | None] = mapped_column(info=COUPON)
    sale_id: Mapped[uuid.UUID | None] = mapped_column(info=COUPON)
    """The sale that used it; null when staff redeemed it by itself."""
    cashier_id: Mapped[uuid.UUID | None] = mapped_column(info=STAFF)

    # Read-only, and only when the question asked for them.
    coupon: Mapped[Coupon] = relationship(viewonly=True, lazy="raise")
    store: Mapped[Store] = relationship(viewonly=True, lazy="raise")


class OfferUse(db.Base):
    """That a redemption counts towards a limit of its offer: for the member, the household or the phone `subject_id`.

    Its key is the second lock on such a limit: two uses that counted alike want the same `ordinal`. What was undone
    keeps its number, and does not count. Keyed by whose uses are counted, who may be several members.
    """

    __tablename__ = "offer_use"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "redemption_id"], ["redemption.member_id", "redemption.id"], ondelete="CASCADE"
        ),
        CheckConstraint("limited_by IN ('member', 'household', 'installation')", name="limited_by"),
        Index("ix_offer_use_redemption", "member_id", "redemption_id"),
        db.personal(db.Reader.MEMBER, db.Reader.BRAND, kept=With("redemption"), act=None),
    )

    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id"), primary_key=True, info=COUPON)
    limited_by: Mapped[str] = mapped_column(primary_key=True, info=COUPON)
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=COUPON)
    ordinal: Mapped[int] = mapped_column(primary_key=True, info=COUPON)
    member_id: Mapped[uuid.UUID] = mapped_column(info=COUPON)
    redemption_id: Mapped[uuid.UUID] = mapped_column(info=COUPON)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=COUPON)


class GiftState(StrEnum):
    """A gift waits until it is accepted; else the giver takes it back, or its time is over."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    OVER = "over"
    """Never stored: nobody accepted it in time, and the coupon is the giver's to use again."""


class CouponGift(db.Base):
    """A member gives a coupon to whoever accepts it by its code. All that each learns of the other is a name that
    they chose for this: `from_name` and `to_name`."""

    __tablename__ = "coupon_gift"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "coupon_id"], ["coupon.member_id", "coupon.id"], ondelete="CASCADE"),
        CheckConstraint("state IN ('waiting', 'accepted', 'withdrawn')", name="state"),
        CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name="settled"),
        Index(
            "uq_coupon_gift_waiting", "member_id", "coupon_id", unique=True, postgresql_where=text("state = 'waiting'")
        ),
        Index("ix_coupon_gift_mine", "member_id", "made_at", "id"),
        db.personal(db.Reader.MEMBER, kept=With("coupon"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=COUPON)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=COUPON)
    coupon_id: Mapped[uuid.UUID] = mapped_column(info=COUPON)
    code: Mapped[str] = mapped_column(info=COUPON)
    from_name: Mapped[str] = mapped_column(info=COUPON)
    to_name: Mapped[str | None] = mapped_column(info=COUPON)
    state: Mapped[str] = mapped_column(info=COUPON)
    made_at: Mapped[datetime] = mapped_column(info=COUPON)
    expires_at: Mapped[datetime] = mapped_column(info=COUPON)
    settled_at: Mapped[datetime | None] = mapped_column(info=COUPON)

    # Read-only, and only when the question asked for it.
    coupon: Mapped[Coupon] = relationship(viewonly=True, lazy="raise")

    def state_at(self, now: datetime) -> GiftState:
        """Its state at this instant."""
        over = self.state == GiftState.WAITING and self.expires_at <= now
        return GiftState.OVER if over else GiftState(self.state)


class GiftCode(db.Base):
    """The directory of gifts: whoever has the code may look at the gift and accept it."""

    __tablename__ = "gift_code"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "gift_id"], ["coupon_gift.member_id", "coupon_gift.id"], ondelete="CASCADE"),
        Index("ix_gift_code_gift", "member_id", "gift_id"),
        db.personal(db.Reader.MEMBER, kept=With("coupon_gift"), act=None),
    )

    # Not member_id first: this is the directory that finds the gift, so it is keyed by what we are given.
    code: Mapped[str] = mapped_column(primary_key=True, info=COUPON)
    member_id: Mapped[uuid.UUID] = mapped_column(info=COUPON)
    gift_id: Mapped[uuid.UUID] = mapped_column(info=COUPON)


class GiftReceived(db.Base):
    """A gift at who accepted it: the coupon that they got, and the name of the giver."""

    __tablename__ = "gift_received"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "coupon_id"], ["coupon.member_id", "coupon.id"], ondelete="CASCADE"),
        Index("ix_gift_received_mine", "member_id", "received_at", "id"),
        db.personal(db.Reader.MEMBER, kept=With("coupon"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=COUPON)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=COUPON)
    """The gift's."""
    coupon_id: Mapped[uuid.UUID] = mapped_column(info=COUPON)
    from_name: Mapped[str] = mapped_column(info=COUPON)
    received_at: Mapped[datetime] = mapped_column(info=COUPON)

    # Read-only, and only when the question asked for it.
    coupon: Mapped[Coupon] = relationship(viewonly=True, lazy="raise")


class PrintedCode(db.Base):
    """A code on paper that becomes a coupon of whoever types it first. Kept as a keyed hash: a stolen copy of this
    table is worth nothing. Whose it became is said by the coupon, not here."""

    __tablename__ = "printed_code"
    __table_args__ = (
        CheckConstraint("(coupon_id IS NULL) = (taken_at IS NULL)", name="taken"),
        Index("ix_printed_code_batch", "offer_id", "batch"),
    )

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    offer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("offer.id"))
    batch: Mapped[str]
    made_at: Mapped[datetime]
    coupon_id: Mapped[uuid.UUID | None]
    taken_at: Mapped[datetime | None]
