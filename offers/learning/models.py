"""What is learnt of members who allow it, what a brand asks about them, and what it sells."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from app.accounts.models import STAFF
from app.data_map import DataClass, Export
from app.languages import Text
from app.lifetimes import By, With
from app.sql import db

PURPOSE, TOUCHPOINT = "offers_from_purchases", "in_app"
"""The permission for profiling: a yes to this purpose at this touchpoint, proactive, of a whole brand."""

LEARNT = db.datum(DataClass.PROFILE, purposes=(PURPOSE,), export=Export.DERIVED)

PACKED = db.datum(
    DataClass.PROFILE,
    purposes=(PURPOSE,),
    export=Export.WITHHELD,
    reason=Text(
        fr="Les mêmes comptes que le texte d'à côté, pour que les réponses soient rapides.",
        en="The same counts as the text beside it, so that answers are fast.",
    ),
)

LOGIC = Text(
    fr="Si vous l'avez permis, un programme compte ce que vous achetez (articles, catégories, magasins, jours et"
    " montants), les bons que vous prenez et utilisez et les offres qui vous sont montrées. Chaque compte s'efface peu"
    " à peu : de moitié en 30 à 365 jours selon ce qui est compté ; ce que vous rapportez en est retiré. Ces comptes"
    " servent à ranger les offres dans l'ordre de ce que vous aimez et à savoir si une offre s'adresse à vous. Ils ne"
    " changent ni les prix, ni vos points, et disparaissent dès que vous retirez votre accord.",
    en="If you allowed it, a programme counts what you buy (articles, categories, stores, days and amounts), the"
    " coupons that you take and use and the offers that you are shown. Each count fades: by half in 30 to 365 days,"
    " depending on what is counted; what you bring back is taken off. These counts serve to put offers in the order of"
    " what you like, and to know whether an offer is meant for you. They change neither prices nor your points, and are"
    " gone as soon as you withdraw your permission.",
)


class CountKind(StrEnum):
    """What is counted of a member. The key says of what; an empty one stands for all together."""

    ARTICLE = "article"  # by its key; once per purchase
    CATEGORY = "category"  # by its path, and each part above it
    STORE = "store"  # by its id
    CHANNEL = "channel"
    VISITS = "visits"  # purchases of which something was kept
    DAY = "day"  # the same by their day, which does not fade
    SPEND = "spend"  # minor units, by currency
    RECEIVED = "received"  # coupons that they got
    REDEEMED = "redeemed"  # coupons that they used
    SHOWN = "shown"  # by the number of the offer
    TAKEN = "taken"  # coupons that they got, by the number of the offer
    SOCIAL = "social"  # members whom they brought, and who bought something


class Learnt(StrEnum):
    """What something is that was learnt from."""

    PURCHASE = "purchase"
    RETURN = "return"
    COUPON = "coupon"
    REDEMPTION = "redemption"
    UNDOING = "undoing"  # of a redemption
    DECISION = "decision"
    REFERRAL = "referral"
    REVOCATION = "revocation"  # of a referral


class Profile(db.Base):
    """All that is learnt of a member by a brand. It is there while they permit it, and not an instant longer.

    `taste` is what the order of offers needs of the counts, as one text (`tastes.read_taste`). Below it stand the
    counts that a score is made of, as they are in `learnt_count`. The rows of all tables here go with the profile.
    """

    __tablename__ = "profile"
    __table_args__ = (
        Index("ix_profile_brand_id", "brand_id"),
        Index("ix_profile_looked_at", "looked_at"),
        Index("ix_profile_permitted_until", "permitted_until", postgresql_where=text("permitted_until IS NOT NULL")),
        db.personal(
            db.Reader.MEMBER, kept=By("offers.learning.end_profiles", DataClass.PROFILE), act=None, logic=LOGIC
        ),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("member.member_id", ondelete="CASCADE"), primary_key=True, info=LEARNT
    )
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True, info=LEARNT)
    permission_event_id: Mapped[uuid.UUID] = mapped_column(info=LEARNT)
    permitted_until: Mapped[datetime | None] = mapped_column(info=LEARNT)
    """When the permission ends by itself, excluded; null where it does not."""
    made_at: Mapped[datetime] = mapped_column(info=LEARNT)
    looked_at: Mapped[datetime | None] = mapped_column(info=LEARNT)
    """When it was last looked for something new; null where nothing has been learnt yet."""
    learnt_from: Mapped[date | None] = mapped_column(info=LEARNT)
    """The first day of what was learnt."""
    taste: Mapped[str] = mapped_column(server_default="{}", info=LEARNT)
    packed_taste: Mapped[bytes | None] = mapped_column(info=PACKED)
    """The same as an answer reads it (`packed_tastes`), packed by PostgreSQL with each change of `taste`; null in rows
    that were last written before there was any."""
    visits: Mapped[Decimal] = mapped_column(Numeric(), server_default="0", info=LEARNT)
    spend: Mapped[Decimal] = mapped_column(Numeric(), server_default="0", info=LEARNT)
    """In the brand's own currency."""
    received: Mapped[Decimal] = mapped_column(Numeric(), server_default="0", info=LEARNT)
    redeemed: Mapped[Decimal] = mapped_column(Numeric(), server_default="0", info=LEARNT)
    social: Mapped[Decimal] = mapped_column(Numeric(), server_default="0", info=LEARNT)
    first_visit_on: Mapped[date | None] = mapped_column(info=LEARNT)
    last_visit_on: Mapped[date | None] = mapped_column(info=LEARNT)
    visit_days: Mapped[int] = mapped_column(Integer, server_default="0", info=LEARNT)
    """On how many different days they bought something."""


class LearntCount(db.Base):
    """One count of a member: a weight (`decay`), and never zero."""

    __tablename__ = "learnt_count"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "brand_id"], ["profile.member_id", "profile.brand_id"], ondelete="CASCADE"),
        CheckConstraint(
            "kind IN ('article', 'category', 'store', 'channel', 'visits', 'day', 'spend', 'received', 'redeemed',"
            " 'shown', 'taken', 'social')",
            name="kind",
        ),
        db.personal(db.Reader.MEMBER, kept=With("profile"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=LEARNT)
    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=LEARNT)
    kind: Mapped[str] = mapped_column(primary_key=True, info=LEARNT)
    key: Mapped[str] = mapped_column(primary_key=True, info=LEARNT)
    weight: Mapped[Decimal] = mapped_column(Numeric(), info=LEARNT)


class LearntEvent(db.Base):
    """That something was learnt from, so that it is counted once, whenever and in whatever order it comes."""

    __tablename__ = "learnt_event"
    __table_args__ = (
        ForeignKeyConstraint(["member_id", "brand_id"], ["profile.member_id", "profile.brand_id"], ondelete="CASCADE"),
        CheckConstraint(
            "kind IN ('purchase', 'return', 'coupon', 'redemption', 'undoing', 'decision', 'referral', 'revocation')",
            name="kind",
        ),
        db.personal(db.Reader.MEMBER, kept=With("profile"), act=None),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=LEARNT)
    brand_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=LEARNT)
    kind: Mapped[str] = mapped_column(primary_key=True, info=LEARNT)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, info=LEARNT)


class BrandSegment(db.Base):
    """A question that a brand asks about its members, under a name: who fits all of `rules`. It holds nobody: who is
    in it is found anew each time, among those who permit it (`segments.rules` says what a rule is)."""

    __tablename__ = "segment"
    __table_args__ = (
        Index("uq_segment_code", "brand_id", "code", unique=True, postgresql_where=text("ended_at IS NULL")),
        Index("ix_segment_brand_id", "brand_id", "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=db.new_id)
    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"))
    code: Mapped[str]
    rules: Mapped[dict[str, Any]]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("console_user.id"), info=STAFF)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ArticlePopularity(db.Base):
    """How much an article was bought lately at a brand: a weight, over members who permit it, and at least five."""

    __tablename__ = "article_popularity"

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    category: Mapped[str]
    weight: Mapped[Decimal] = mapped_column(Numeric())


class ScoreCut(db.Base):
    """Where a score of a brand's members is cut: this many of a hundred of them are at or below this value."""

    __tablename__ = "score_cut"
    __table_args__ = (CheckConstraint("percentile BETWEEN 0 AND 100", name="percentile"),)

    brand_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    score: Mapped[str] = mapped_column(primary_key=True)
    percentile: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[Decimal] = mapped_column(Numeric())
    made_at: Mapped[datetime]
