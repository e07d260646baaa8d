"""Versions of a programme; what they gave to whom; tiers; rewards and their orders; referrals."""

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.data_map import DataClass, Export
from app.languages import Text
from app.lifetimes import WITH_THE_WALLET
from app.pictures.brand_pictures import tell_picture
from app.sql import db

WALLET = ("loyalty_account",)
GIVEN = db.datum(DataClass.ACCOUNT, purposes=WALLET, export=Export.OBSERVED)
COUNTED = db.datum(DataClass.ACCOUNT, purposes=WALLET, export=Export.DERIVED)
READERS = (db.Reader.MEMBER, db.Reader.BRAND)
BROUGHT = db.datum(
    DataClass.ACCOUNT,
    purposes=WALLET,
    export=Export.WITHHELD,
    reason=Text(fr="Qui a parrainé qui est aussi à l'autre personne.", en="Who brought whom is also the other's."),
)
LOGIC = Text(
    fr="Les règles de l'enseigne comptent les points de chaque achat ; chaque ligne dit par quelle règle et sur quoi.",
    en="The brand's rules count the points of each purchase; each line says by which rule, and on what.",
)
TIER_LOGIC = Text(
    fr="Les points gagnés pendant une période donnent un niveau, qui est revu à la date annoncée.",
    en="The points earned in a period make a level, which is looked at again on the date that is announced.",
)


class ProgrammeVersion(db.Base):
    """A version of a brand's programme. A draft may change; once approved what it says never does.

    In force is the approved version with the latest `starts_at` that has come, of equals the highest number. `content`
    is what `programmes.rules` reads. `revision` is the ETag.
    """

    __tablename__ = "programme_version"
    __table_args__ = (
        CheckConstraint("version > 0", name="version"),
        CheckConstraint("(approved_at IS NULL) = (approved_by IS NULL)", name="approval"),
        CheckConstraint("approved_at IS NULL OR starts_at IS NOT NULL", name="starts_at"),
        Index(
            "ix_programme_version_in_force", "brand_id", "starts_at", postgresql_where=text("approved_at IS NOT NULL")
        ),
    )

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    starts_at: Mapped[datetime | None]
    """Null in a draft that is to begin with its approval."""
    revision: Mapped[int]
    drafted_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    drafted_at: Mapped[datetime]
    approved_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    approved_at: Mapped[datetime | None]
    climbed_at: Mapped[datetime | None]
    """When everybody's points were looked at for its tiers; null until it is in force, and done."""


class PurchaseAward(db.Base):
    """What a rule gave for a purchase: `points` with the entry that made them (none when a cap left nothing), which
    line earned how much of it, and what it was counted on."""

    __tablename__ = "purchase_award"
    __table_args__ = (
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint("(entry_id IS NULL) = (points = 0)", name="entry"),
        Index("ix_purchase_award_counted", "member_id", "brand_id", "bought_at"),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None, logic=LOGIC),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True, info=GIVEN)
    purchase_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=GIVEN)
    rule: Mapped[str] = mapped_column(primary_key=True, info=GIVEN)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=GIVEN)
    version: Mapped[int] = mapped_column(info=GIVEN)
    currency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("points_currency.id"), info=GIVEN)
    entry_id: Mapped[uuid.UUID | None] = mapped_column(info=GIVEN)
    points: Mapped[int] = mapped_column(BigInteger, info=GIVEN)
    shares: Mapped[dict[str, Any]] = mapped_column(info=GIVEN)
    """Points by position of a line."""
    facts: Mapped[dict[str, Any]] = mapped_column(info=GIVEN)
    bought_at: Mapped[datetime] = mapped_column(info=GIVEN)
    awarded_at: Mapped[datetime] = mapped_column(info=GIVEN)


class AwardReturn(db.Base):
    """Points of an award that were asked back because units came back. Written once; `source` names the return.

    `points` do not count any more, for caps and tiers; `taken` is what the policy took of them from the member."""

    __tablename__ = "award_return"
    __table_args__ = (
        ForeignKeyConstraint(
            ["member_id", "purchase_id", "rule"],
            ["purchase_award.member_id", "purchase_award.purchase_id", "purchase_award.rule"],
        ),
        CheckConstraint("points > 0 AND taken BETWEEN 0 AND points", name="points"),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None, logic=LOGIC),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=GIVEN)
    purchase_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=GIVEN)
    rule: Mapped[str] = mapped_column(primary_key=True, info=GIVEN)
    source: Mapped[str] = mapped_column(primary_key=True, info=GIVEN)
    brand_id: Mapped[uuid.UUID] = mapped_column(info=GIVEN)
    points: Mapped[int] = mapped_column(BigInteger, info=GIVEN)
    taken: Mapped[int] = mapped_column(BigInteger, info=GIVEN)
    returned_at: Mapped[datetime] = mapped_column(info=GIVEN)


class EventAward(db.Base):
    """What a rule gave for something that happened outside a till. `key` is the brand's own: once is once."""

    __tablename__ = "event_award"
    __table_args__ = (
        CheckConstraint("points >= 0", name="points"),
        CheckConstraint("(entry_id IS NULL) = (points = 0)", name="entry"),
        Index("ix_event_award_counted", "member_id", "brand_id", "occurred_at"),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None, logic=LOGIC),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True, info=GIVEN)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True, info=GIVEN)
    event: Mapped[str] = mapped_column(primary_key=True, info=GIVEN)
    key: Mapped[str] = mapped_column(primary_key=True, info=GIVEN)
    rule: Mapped[str] = mapped_column(primary_key=True, info=GIVEN)
    version: Mapped[int] = mapped_column(info=GIVEN)
    currency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("points_currency.id"), info=GIVEN)
    entry_id: Mapped[uuid.UUID | None] = mapped_column(info=GIVEN)
    points: Mapped[int] = mapped_column(BigInteger, info=GIVEN)
    facts: Mapped[dict[str, Any]] = mapped_column(info=GIVEN)
    occurred_at: Mapped[datetime] = mapped_column(info=GIVEN)
    awarded_at: Mapped[datetime] = mapped_column(info=GIVEN)


class TierReason(StrEnum):
    REACHED = "reached"  # enough points were earned
    KEPT = "kept"  # looked at again, and earned again
    GRACE = "grace"  # looked at again, not earned: a last time to earn it
    LOST = "lost"  # not earned again
    UNFOUNDED = "unfounded"  # it stood on purchases that were returned


class MemberTier(db.Base):
    """Where a member stands with a brand: what the last change made of it. `tier` is null for none.

    At `check_at` it is looked at again. In grace since `grace_since`, it is lost at `check_at` unless earned before.
    """

    __tablename__ = "member_tier"
    __table_args__ = (
        Index("ix_member_tier_check", "check_at", postgresql_where=text("check_at IS NOT NULL")),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None, logic=TIER_LOGIC),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True, info=COUNTED)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True, info=COUNTED)
    tier: Mapped[str | None] = mapped_column(info=COUNTED)
    since: Mapped[datetime] = mapped_column(info=COUNTED)
    check_at: Mapped[datetime | None] = mapped_column(info=COUNTED)
    grace_since: Mapped[datetime | None] = mapped_column(info=COUNTED)
    changed_at: Mapped[datetime] = mapped_column(info=COUNTED)
    """When the last change took effect."""


class TierChange(db.Base):
    """A step of a member's tier, with the points that it was judged on. Written once.

    `occurred_at` is when it took effect: a job that runs late writes what was due as of when it was due.
    """

    __tablename__ = "tier_change"
    __table_args__ = (
        CheckConstraint("reason IN ('reached', 'kept', 'grace', 'lost', 'unfounded')", name="reason"),
        Index("ix_tier_change_occurred", "member_id", "brand_id", "occurred_at", "id"),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None, logic=TIER_LOGIC),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True, info=COUNTED)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=COUNTED)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=COUNTED)
    before: Mapped[str | None] = mapped_column(info=COUNTED)
    after: Mapped[str | None] = mapped_column(info=COUNTED)
    reason: Mapped[str] = mapped_column(info=COUNTED)
    points: Mapped[int] = mapped_column(BigInteger, info=COUNTED)
    version: Mapped[int] = mapped_column(info=COUNTED)
    occurred_at: Mapped[datetime] = mapped_column(info=COUNTED)
    recorded_at: Mapped[datetime] = mapped_column(info=COUNTED)


class RewardStatus(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    ENDED = "ended"


class Reward(db.Base):
    """Something that points buy. `gives` is one of `{"kind": "coupon", "offer_id": …}`,
    `{"kind": "points", "currency_id": …, "points": 100}`, `{"kind": "material"}`.

    Its price is in points of `currency_id`; `tier_prices` has those of tiers that pay another. `stock` is what is left,
    null when it has no end. Once live only the stock changes.
    """

    __tablename__ = "reward"
    __table_args__ = (
        UniqueConstraint("brand_id", "code"),
        CheckConstraint("status IN ('draft', 'live', 'ended')", name="status"),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("stock >= 0", name="stock"),
        CheckConstraint("member_limit > 0", name="member_limit"),
        Index("ix_reward_brand_id", "brand_id", "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str]
    status: Mapped[str]
    title_fr: Mapped[str]
    title_en: Mapped[str]
    text_fr: Mapped[str]
    text_en: Mapped[str]
    picture: Mapped[dict[str, Any] | None]
    """The outline of the picture that goes with it (`app.pictures.models.BrandPicture`)."""
    gives: Mapped[dict[str, Any]]
    currency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("points_currency.id"))
    price: Mapped[int] = mapped_column(BigInteger)
    tier_prices: Mapped[dict[str, Any]]
    stock: Mapped[int | None]
    member_limit: Mapped[int | None]
    starts_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    revision: Mapped[int]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    created_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    published_at: Mapped[datetime | None]

    @property
    def shown_picture(self) -> dict[str, Any] | None:
        """The picture that goes with it, as it is told."""
        return None if self.picture is None else tell_picture(self.picture)


class OrderState(StrEnum):
    """Points are spent with the order; a cancelled one gave them back to their lots."""

    ORDERED = "ordered"
    READY = "ready"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


class RewardOrder(db.Base):
    """A member's order of a reward. `gives` is what the reward gave when it was ordered.

    `code` is what the member shows or says to fetch it, `store_id` where it is ready.
    """

    __tablename__ = "reward_order"
    __table_args__ = (
        CheckConstraint("state IN ('ordered', 'ready', 'handed_over', 'cancelled')", name="state"),
        CheckConstraint("points > 0", name="points"),
        Index("ix_reward_order_mine", "member_id", "ordered_at", "id"),
        Index("ix_reward_order_brand", "brand_id", "ordered_at", "id"),
        Index(
            "uq_reward_order_code",
            "brand_id",
            "code",
            unique=True,
            postgresql_where=text("state IN ('ordered', 'ready')"),
        ),
        db.personal(*READERS, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True, info=GIVEN)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id, info=GIVEN)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), info=GIVEN)
    reward_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reward.id"), info=GIVEN)
    currency_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("points_currency.id"), info=GIVEN)
    points: Mapped[int] = mapped_column(BigInteger, info=GIVEN)
    entry_id: Mapped[uuid.UUID] = mapped_column(info=GIVEN)
    gives: Mapped[dict[str, Any]] = mapped_column(info=GIVEN)
    state: Mapped[str] = mapped_column(info=GIVEN)
    code: Mapped[str | None] = mapped_column(info=GIVEN)
    store_id: Mapped[uuid.UUID | None] = mapped_column(info=GIVEN)
    ordered_at: Mapped[datetime] = mapped_column(info=GIVEN)
    changed_at: Mapped[datetime] = mapped_column(info=GIVEN)


class ReferralCode(db.Base):
    """What a member gives to those whom they bring to a brand."""

    __tablename__ = "referral_code"
    __table_args__ = (UniqueConstraint("brand_id", "code"), db.personal(*READERS, kept=WITH_THE_WALLET, act=None))

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True, info=GIVEN)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True, info=GIVEN)
    code: Mapped[str] = mapped_column(info=GIVEN)
    made_at: Mapped[datetime] = mapped_column(info=GIVEN)


class ReferralState(StrEnum):
    WAITING = "waiting"  # for a first purchase
    DUE = "due"  # it was made: both are to get their points
    REWARDED = "rewarded"
    VOID = "void"  # it was returned: both are to give them back
    TAKEN_BACK = "taken_back"


class MemberReferral(db.Base):
    """A member (`member_id`) was brought to a brand by another (`principal_id`): the row is about both."""

    __tablename__ = "member_referral"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'due', 'rewarded', 'void', 'taken_back')", name="state"),
        CheckConstraint("member_id <> principal_id", name="two"),
        Index("ix_member_referral_principal", "principal_id", "brand_id", "declared_at"),
        Index("ix_member_referral_open", "changed_at", postgresql_where=text("state IN ('due', 'void')")),
        db.personal(db.Reader.MEMBER, db.Reader.PRINCIPAL, db.Reader.BRAND, kept=WITH_THE_WALLET, act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id"), primary_key=True, info=BROUGHT)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True, info=GIVEN)
    principal_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("member.member_id"), info=BROUGHT)
    state: Mapped[str] = mapped_column(info=GIVEN)
    purchase_id: Mapped[uuid.UUID | None] = mapped_column(info=BROUGHT)
    """The referred member's first purchase that was large enough."""
    version: Mapped[int | None] = mapped_column(info=GIVEN)
    declared_at: Mapped[datetime] = mapped_column(info=GIVEN)
    changed_at: Mapped[datetime] = mapped_column(info=GIVEN)
