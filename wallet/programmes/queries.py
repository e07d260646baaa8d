"""Questions about programmes."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    DateTime,
    Integer,
    Select,
    Uuid,
    any_,
    bindparam,
    func,
    literal_column,
    select,
    union,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.dml import Update

from app.accounts.models import Brand, MemberIdentifier
from app.sql import db
from app.sql.store_tables import STORE
from wallet.ledger import queries as points
from wallet.ledger.models import MAKES_A_LOT, PointsBalance, PointsEntry
from wallet.programmes.models import (
    AwardReturn,
    EventAward,
    MemberReferral,
    MemberTier,
    ProgrammeVersion,
    PurchaseAward,
    ReferralCode,
    ReferralState,
    Reward,
)
from wallet.purchases.models import Purchase, PurchaseLine


def versions_of(brand_id: uuid.UUID) -> Select[ProgrammeVersion]:
    """Every version of a brand's programme."""
    return select(ProgrammeVersion).where(ProgrammeVersion.brand_id == brand_id)


def version_of(brand_id: uuid.UUID, version: int) -> Select[ProgrammeVersion]:
    """One version."""
    return versions_of(brand_id).where(ProgrammeVersion.version == version)


def approved_versions(brand_id: uuid.UUID) -> Select[ProgrammeVersion]:
    """The approved versions, the one in force last comes first."""
    order = (ProgrammeVersion.starts_at.desc(), ProgrammeVersion.version.desc())
    return versions_of(brand_id).where(ProgrammeVersion.approved_at.is_not(None)).order_by(*order)


def number_in_force(brand_id: uuid.UUID, *, at: datetime) -> Select[int]:
    """The number of the version by which something that happened at this instant is judged."""
    begun = approved_versions(brand_id).where(ProgrammeVersion.starts_at <= at)
    return begun.with_only_columns(ProgrammeVersion.version).limit(1)


def starts_of_approved(brand_id: uuid.UUID) -> Select[int, datetime | None]:
    """The numbers of the approved versions and when they begin, the one in force last comes first."""
    return approved_versions(brand_id).with_only_columns(ProgrammeVersion.version, ProgrammeVersion.starts_at)


STARTS = db.put_together(
    select(ProgrammeVersion.brand_id, ProgrammeVersion.version, ProgrammeVersion.starts_at)
    .where(
        ProgrammeVersion.brand_id == any_(bindparam("brands", type_=ARRAY(Uuid()))),
        ProgrammeVersion.approved_at.is_not(None),
    )
    .order_by(ProgrammeVersion.starts_at.desc(), ProgrammeVersion.version.desc())
)
"""What `starts_of_approved` tells, of many brands."""


def content_of_approved(brand_id: uuid.UUID, version: int) -> Select[dict[str, Any]]:
    """What an approved version says."""
    approved = version_of(brand_id, version).where(ProgrammeVersion.approved_at.is_not(None))
    return approved.with_only_columns(ProgrammeVersion.content)


def last_version(brand_id: uuid.UUID) -> Select[int]:
    """The highest number so far; 0 when there is none."""
    return select(func.coalesce(func.max(ProgrammeVersion.version), 0)).where(ProgrammeVersion.brand_id == brand_id)


def zone_of_brand(brand_id: uuid.UUID) -> Select[str]:
    """Where a brand's days begin and end."""
    return select(Brand.time_zone).where(Brand.id == brand_id)


def zone_of_store(brand_id: uuid.UUID, store_id: uuid.UUID) -> Select[str]:
    """The zone of one of a brand's stores."""
    return select(STORE.c.time_zone).where(STORE.c.id == store_id, STORE.c.brand_id == brand_id)


def stores_of_brand(brand_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Select[uuid.UUID]:
    """Which of these ids are stores of the brand."""
    return select(STORE.c.id).where(STORE.c.brand_id == brand_id, STORE.c.id.in_(ids))


def awards_of(member_id: uuid.UUID, purchase_id: uuid.UUID) -> Select[PurchaseAward]:
    """What a purchase earned."""
    mine = (PurchaseAward.member_id == member_id, PurchaseAward.purchase_id == purchase_id)
    return select(PurchaseAward).where(*mine).order_by(PurchaseAward.rule)


def awards_of_many(member_id: uuid.UUID, purchase_ids: Sequence[uuid.UUID]) -> Select[PurchaseAward]:
    """What the programme gave for many purchases of a member."""
    return select(PurchaseAward).where(
        PurchaseAward.member_id == member_id, PurchaseAward.purchase_id.in_(purchase_ids)
    )


def returns_of(member_id: uuid.UUID, purchase_id: uuid.UUID) -> Select[AwardReturn]:
    """What was asked back of it."""
    return select(AwardReturn).where(AwardReturn.member_id == member_id, AwardReturn.purchase_id == purchase_id)


def event_awards_of(member_id: uuid.UUID, brand_id: uuid.UUID, *, event: str, key: str) -> Select[EventAward]:
    """What something that happened earned."""
    return select(EventAward).filter_by(member_id=member_id, brand_id=brand_id, event=event, key=key)


def counted(member_id: uuid.UUID, brand_id: uuid.UUID) -> Any:
    """Every award of a member with a brand: rule, currency, the points that still count, when they were earned.

    Points that were asked back are gone from the instant they were earned at.
    """
    returned = (
        select(func.sum(AwardReturn.points))
        .where(
            AwardReturn.member_id == PurchaseAward.member_id,
            AwardReturn.purchase_id == PurchaseAward.purchase_id,
            AwardReturn.rule == PurchaseAward.rule,
        )
        .correlate(PurchaseAward)
        .scalar_subquery()
    )
    purchases = select(
        PurchaseAward.rule.label("rule"),
        PurchaseAward.currency_id.label("currency_id"),
        (PurchaseAward.points - func.coalesce(returned, 0)).label("points"),
        PurchaseAward.bought_at.label("at"),
    ).where(PurchaseAward.member_id == member_id, PurchaseAward.brand_id == brand_id)
    events = select(EventAward.rule, EventAward.currency_id, EventAward.points, EventAward.occurred_at).where(
        EventAward.member_id == member_id, EventAward.brand_id == brand_id
    )
    return union_all(purchases, events).subquery()


def counted_since(member_id: uuid.UUID, brand_id: uuid.UUID, *, start: datetime | None) -> Select[Any]:
    """What counts for a member of what was earned from an instant on."""
    awards = counted(member_id, brand_id)
    found = select(awards)
    return found if start is None else found.where(awards.c.at >= start)


def _usage() -> Select[Any]:
    member: Any = bindparam("member", type_=Uuid())
    brand: Any = bindparam("brand", type_=Uuid())
    paying: Any = bindparam("paying", type_=Uuid())
    now: Any = bindparam("now", type_=DateTime(timezone=True))
    awards = counted(member, brand)
    lots = points.live_lots(member, paying, now=now).limit(bindparam("most", type_=Integer())).subquery()
    mine = (MemberTier.member_id == member, MemberTier.brand_id == brand)
    given = func.json_build_array(awards.c.rule, awards.c.currency_id, awards.c.points, awards.c.at)
    lot = (lots.c.lot_id, lots.c.earned_at, lots.c.remaining, lots.c.state, lots.c.activates_at, lots.c.expires_at)
    tier = (MemberTier.tier, MemberTier.since, MemberTier.check_at, MemberTier.grace_since, MemberTier.changed_at)
    balance = select(func.json_build_array(PointsBalance.available, PointsBalance.next_due_at))
    since = func.coalesce(bindparam("since", type_=DateTime(timezone=True)), literal_column("'-infinity'::timestamptz"))
    return select(
        select(func.json_build_array(*tier)).where(*mine).scalar_subquery().label("tier"),
        select(func.json_agg(given)).where(awards.c.at >= since).scalar_subquery().label("given"),
        referral_of(member, brand).with_only_columns(MemberReferral.state).scalar_subquery().label("referral"),
        select(func.json_agg(func.json_build_array(*lot))).scalar_subquery().label("lots"),
        balance.where(PointsBalance.member_id == member, PointsBalance.currency_id == paying)
        .scalar_subquery()
        .label("balance"),
    )


def members_to_award(brand_id: uuid.UUID, *, after: uuid.UUID | None, most: int) -> Select[uuid.UUID]:
    """Members with purchases that were not counted yet, in the order of their ids."""
    found = select(Purchase.member_id).where(Purchase.brand_id == brand_id, Purchase.awarded_at.is_(None)).distinct()
    found = found if after is None else found.where(Purchase.member_id > after)
    return found.order_by(Purchase.member_id).limit(most)


def versions_to_climb(*, now: datetime) -> Select[ProgrammeVersion]:
    """Approved versions that have begun, whose tiers nobody was looked at for yet; the first to begin comes first."""
    begun = (ProgrammeVersion.starts_at <= now, ProgrammeVersion.climbed_at.is_(None))
    order = (ProgrammeVersion.starts_at, ProgrammeVersion.brand_id, ProgrammeVersion.version)
    return select(ProgrammeVersion).where(ProgrammeVersion.approved_at.is_not(None), *begun).order_by(*order)


def members_with_awards(brand_id: uuid.UUID, *, after: uuid.UUID | None, most: int) -> Select[uuid.UUID]:
    """Members to whom the programme of a brand gave something, in the order of their ids."""
    some = []
    for model in (PurchaseAward, EventAward):
        found = select(model.member_id).where(model.brand_id == brand_id).distinct()
        found = found if after is None else found.where(model.member_id > after)
        some.append(found.order_by(model.member_id).limit(most))
    both = union(*(one.subquery().select() for one in some)).subquery()
    return select(both.c.member_id).order_by(both.c.member_id).limit(most)


def purchases_to_award(member_id: uuid.UUID, brand_id: uuid.UUID, *, most: int) -> Select[Purchase]:
    """A member's purchases that were not counted yet, the oldest first."""
    mine = (Purchase.member_id == member_id, Purchase.brand_id == brand_id, Purchase.awarded_at.is_(None))
    return select(Purchase).where(*mine).order_by(Purchase.bought_at, Purchase.id).limit(most)


def mark_counted(member_id: uuid.UUID, purchase_ids: Sequence[uuid.UUID], *, now: datetime) -> Update:
    """Their points are counted."""
    mine = (Purchase.member_id == member_id, Purchase.id.in_(purchase_ids))
    return update(Purchase).where(*mine).values(awarded_at=now).execution_options(synchronize_session=False)


def brands_with_programmes() -> Select[uuid.UUID]:
    """Brands that have an approved version."""
    approved = select(ProgrammeVersion.brand_id).where(ProgrammeVersion.approved_at.is_not(None))
    return approved.distinct().order_by(ProgrammeVersion.brand_id)


def returned_lines(member_id: uuid.UUID, purchase_ids: Sequence[uuid.UUID]) -> Select[PurchaseLine]:
    """The lines of these purchases of which something came back."""
    mine = (PurchaseLine.member_id == member_id, PurchaseLine.purchase_id.in_(purchase_ids))
    order = (PurchaseLine.purchase_id, PurchaseLine.position)
    return select(PurchaseLine).where(*mine, PurchaseLine.returned_quantity > 0).order_by(*order)


def currency_of_brand(brand_id: uuid.UUID) -> Select[str]:
    """What a brand's prices are in."""
    return select(Brand.currency).where(Brand.id == brand_id)


def of_member(model: Any, member_id: uuid.UUID) -> Select[Any]:
    """Everything of one kind that a member has, in the order of their keys."""
    return select(model).where(model.member_id == member_id).order_by(*model.__table__.primary_key)


def brought_by(member_id: uuid.UUID) -> Select[MemberReferral]:
    """Those whom a member brought to brands."""
    mine = select(MemberReferral).where(MemberReferral.principal_id == member_id)
    return mine.order_by(MemberReferral.member_id, MemberReferral.brand_id).with_for_update()


def purchases_between(brand_id: uuid.UUID, *, since: datetime, until: datetime) -> Select[Purchase]:
    """What was bought at a brand in a time, member by member, the oldest first."""
    inside = (Purchase.bought_at >= since, Purchase.bought_at < until)
    order = (Purchase.member_id, Purchase.bought_at, Purchase.id)
    return select(Purchase).where(Purchase.brand_id == brand_id, *inside).order_by(*order)


def referral_code_of(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[ReferralCode]:
    """A member's code."""
    return select(ReferralCode).where(ReferralCode.member_id == member_id, ReferralCode.brand_id == brand_id)


def referral_code(brand_id: uuid.UUID, code: str) -> Select[ReferralCode]:
    """Whose code this is."""
    return select(ReferralCode).where(ReferralCode.brand_id == brand_id, ReferralCode.code == code)


def referral_of(member_id: uuid.UUID, brand_id: uuid.UUID, *, by: uuid.UUID | None = None) -> Select[MemberReferral]:
    """Who brought a member to a brand; if it was this one, when one is named."""
    found = select(MemberReferral).where(MemberReferral.member_id == member_id, MemberReferral.brand_id == brand_id)
    return found if by is None else found.where(MemberReferral.principal_id == by)


def referral_by_purchase(member_id: uuid.UUID, purchase_id: uuid.UUID) -> Select[MemberReferral]:
    """The referral that stands on a purchase."""
    return select(MemberReferral).where(
        MemberReferral.member_id == member_id, MemberReferral.purchase_id == purchase_id
    )


def referrals_since(referrer: uuid.UUID, brand_id: uuid.UUID, *, since: datetime) -> Select[int]:
    """How many a member brought since an instant."""
    mine = (MemberReferral.principal_id == referrer, MemberReferral.brand_id == brand_id)
    return select(func.count()).where(*mine, MemberReferral.declared_at >= since)


def referrals_by_state(referrer: uuid.UUID, brand_id: uuid.UUID) -> Select[str, int]:
    """How many a member brought, and how far it came."""
    mine = (MemberReferral.principal_id == referrer, MemberReferral.brand_id == brand_id)
    return select(MemberReferral.state, func.count()).where(*mine).group_by(MemberReferral.state)


def referrals_open(*, most: int) -> Select[uuid.UUID, uuid.UUID]:
    """Referrals for which points are to be given or taken back, the oldest first."""
    waiting = MemberReferral.state.in_((ReferralState.DUE, ReferralState.VOID))
    found = select(MemberReferral.member_id, MemberReferral.brand_id).where(waiting)
    return found.order_by(MemberReferral.changed_at).limit(most)


def any_purchase(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[uuid.UUID]:
    """Whether a member bought at a brand, as far as is known."""
    bought = select(Purchase.id).where(Purchase.member_id == member_id, Purchase.brand_id == brand_id)
    counted = select(PurchaseAward.purchase_id).where(
        PurchaseAward.member_id == member_id, PurchaseAward.brand_id == brand_id
    )
    return select(union_all(bought, counted).subquery().c.id).limit(1)


def lines_of(member_id: uuid.UUID, purchase_id: uuid.UUID) -> Select[PurchaseLine]:
    """The lines of a purchase."""
    return select(PurchaseLine).where(PurchaseLine.member_id == member_id, PurchaseLine.purchase_id == purchase_id)


def earned_from(member_id: uuid.UUID, currency_id: uuid.UUID, *, source: str) -> Select[PointsEntry]:
    """The credit that a source made."""
    mine = (PointsEntry.member_id == member_id, PointsEntry.currency_id == currency_id, PointsEntry.source == source)
    return select(PointsEntry).where(*mine, PointsEntry.kind.in_(MAKES_A_LOT))


def addresses_of(member_id: uuid.UUID) -> Select[MemberIdentifier]:
    """What opens a wallet."""
    return select(MemberIdentifier).where(MemberIdentifier.member_id == member_id)


CHEAPEST_FIRST = (Reward.price, Reward.code)
"""The order of a catalogue."""

USAGE = db.put_together(_usage())
"""What a purchase is judged by, in one row: the member's tier, what the programme gave them since an instant, how far
their referral came; and of the points that are to pay the first lots and the balance."""
