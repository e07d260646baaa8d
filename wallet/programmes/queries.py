"""Questions about programmes."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Uuid, and_, column, func, select, table, union_all
from sqlalchemy import Text as SqlText

from app.accounts.models import Brand
from wallet.programmes.models import AwardReturn, EventAward, MemberTier, ProgrammeVersion, PurchaseAward, TierChange

STORE = table("store", column("id", Uuid()), column("brand_id", Uuid()), column("time_zone", SqlText()))
"""A shop, as far as this room asks: what is where belongs to another domain."""

Window = tuple[datetime | None, datetime | None]
"""Instants, the end excluded; null where it is open."""


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


def version_in_force(brand_id: uuid.UUID, *, at: datetime) -> Select[ProgrammeVersion]:
    """The version by which something that happened at this instant is judged."""
    return approved_versions(brand_id).where(ProgrammeVersion.starts_at <= at).limit(1)


def last_version(brand_id: uuid.UUID) -> Select[int]:
    """The highest number so far; 0 when there is none."""
    return select(func.coalesce(func.max(ProgrammeVersion.version), 0)).where(ProgrammeVersion.brand_id == brand_id)


def zone_of_brand(brand_id: uuid.UUID) -> Select[str]:
    """Where a brand's days begin and end."""
    return select(Brand.time_zone).where(Brand.id == brand_id)


def zones(brand_id: uuid.UUID, store_id: uuid.UUID | None) -> Select[Any]:
    """The zones of a brand and of one of its stores (null for none)."""
    joined = Brand.__table__.outerjoin(STORE, and_(STORE.c.id == store_id, STORE.c.brand_id == Brand.id))
    return (
        select(Brand.time_zone.label("brand"), STORE.c.time_zone.label("store"))
        .select_from(joined)
        .where(Brand.id == brand_id)
    )


def awards_of(member_id: uuid.UUID, purchase_id: uuid.UUID) -> Select[PurchaseAward]:
    """What a purchase earned."""
    mine = (PurchaseAward.member_id == member_id, PurchaseAward.purchase_id == purchase_id)
    return select(PurchaseAward).where(*mine).order_by(PurchaseAward.rule)


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


def given_by_rules(
    member_id: uuid.UUID, brand_id: uuid.UUID, rules: Sequence[str], *, windows: Mapping[str, Window]
) -> Select[Any]:
    """What these rules gave the member in each of these windows, a column each."""
    awards = counted(member_id, brand_id)
    sums = []
    for name, (start, end) in windows.items():
        inside = [awards.c.at >= start] if start else []
        inside += [awards.c.at < end] if end else []
        total = func.sum(awards.c.points)
        sums.append(func.coalesce(total.filter(*inside) if inside else total, 0).label(name))
    return select(awards.c.rule, *sums).where(awards.c.rule.in_(rules)).group_by(awards.c.rule)


def points_counted(
    member_id: uuid.UUID, brand_id: uuid.UUID, currency_id: uuid.UUID, *, start: datetime, end: datetime
) -> Select[int]:
    """The points earned by the programme from `start` to `end`, excluded, less those of what was returned."""
    awards = counted(member_id, brand_id)
    return select(func.coalesce(func.sum(awards.c.points), 0)).where(
        awards.c.currency_id == currency_id, awards.c.at >= start, awards.c.at < end
    )


def tier_changes(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[TierChange]:
    """The steps of a member's tier, the latest first."""
    mine = (TierChange.member_id == member_id, TierChange.brand_id == brand_id)
    return select(TierChange).where(*mine).order_by(TierChange.occurred_at.desc(), TierChange.id.desc())


def tier_at(member_id: uuid.UUID, brand_id: uuid.UUID, *, at: datetime) -> Select[str | None]:
    """The tier that a member had at an instant."""
    found = tier_changes(member_id, brand_id).where(TierChange.occurred_at <= at)
    return found.with_only_columns(TierChange.after).limit(1)


def tier_of(member_id: uuid.UUID, brand_id: uuid.UUID) -> Select[MemberTier]:
    """Where a member stands."""
    return select(MemberTier).where(MemberTier.member_id == member_id, MemberTier.brand_id == brand_id)


def tiers_due(*, now: datetime, most: int) -> Select[uuid.UUID, uuid.UUID]:
    """Members and brands whose tier is to be looked at again."""
    due = select(MemberTier.member_id, MemberTier.brand_id).where(MemberTier.check_at <= now)
    return due.order_by(MemberTier.check_at, MemberTier.member_id).limit(most)
