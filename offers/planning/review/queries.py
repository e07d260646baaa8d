"""Questions of whoever approves an offer."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, String, and_, case, cast, func, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from app.accounts.models import Brand
from geo.places.models import Area, Store
from offers.planning.models import CappedCategory, Offer, OfferStatus, OfferVersion
from offers.planning.queries import targeted
from offers.planning.spending.models import MoneyBudget
from wallet.ledger.currency_kinds import CurrencyKind
from wallet.ledger.models import PointsCurrency

NOT_OVER = (OfferStatus.DRAFT, OfferStatus.LIVE, OfferStatus.PAUSED)
SOME_NAMES = 3


def offers_met(mine: OfferVersion, brand_id: uuid.UUID) -> Select[OfferVersion, str, int, int, int, Sequence[str]]:
    """The other offers of a brand whose windows meet this version's at stores that both have: what each says (the
    version in force, of a draft that), its state, how many open stores both have, this one and that one, and some
    names."""
    here = targeted(OfferVersion.offer_id == mine.offer_id, OfferVersion.version == mine.version).alias("here")
    there = targeted(
        Offer.brand_id == brand_id,
        Offer.id != mine.offer_id,
        Offer.status.in_(NOT_OVER),
        OfferVersion.version
        == case((Offer.status == OfferStatus.DRAFT, Offer.draft_version), else_=Offer.live_version),
        OfferVersion.starts_local < mine.ends_local,
        OfferVersion.ends_local > mine.starts_local,
    ).alias("there")
    named = func.array_agg(aggregate_order_by(Store.name, Store.name)).filter(here.c.store_id.is_not(None))
    shared = (
        select(
            there.c.offer_id,
            there.c.version,
            func.count(here.c.store_id).label("stores"),
            func.count().label("theirs"),
            cast(named, ARRAY(String)).label("names"),
        )
        .select_from(there)
        .join(Store, and_(Store.id == there.c.store_id, Store.status == "open"))
        .outerjoin(here, here.c.store_id == there.c.store_id)
        .group_by(there.c.offer_id, there.c.version)
        .having(func.count(here.c.store_id) > 0)
        .subquery("shared")
    )
    open_here = select(func.count()).select_from(here).join(Store, Store.id == here.c.store_id)
    mine_too = open_here.where(Store.status == "open").scalar_subquery()
    return (
        select(
            OfferVersion,
            Offer.status,
            shared.c.stores,
            mine_too.label("mine"),
            shared.c.theirs,
            shared.c.names[1:SOME_NAMES].label("names"),
        )
        .join(shared, and_(shared.c.offer_id == OfferVersion.offer_id, shared.c.version == OfferVersion.version))
        .join(Offer, Offer.id == OfferVersion.offer_id)
        .order_by(shared.c.stores.desc(), Offer.number)
    )


def rules_of(brand_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
    """What else decides how offers go together in a brand, in one row: its countries and its currency, the categories
    that a law caps, what points are worth, and the periods of the budgets that bear all of its offers."""
    capped = select(func.json_object_agg(CappedCategory.path, CappedCategory.goods)).where(
        CappedCategory.brand_id == brand_id
    )
    worth = (
        select(func.json_build_array(PointsCurrency.worth_points, PointsCurrency.worth_minor))
        .where(PointsCurrency.brand_id == brand_id, PointsCurrency.kind == CurrencyKind.POINTS)
        .order_by(PointsCurrency.created_at, PointsCurrency.id)
        .limit(1)
    )
    shared = select(func.json_agg(MoneyBudget.period)).where(
        MoneyBudget.brand_id == brand_id, MoneyBudget.offer_id.is_(None), MoneyBudget.ended_at.is_(None)
    )
    return select(
        Brand.countries,
        Brand.currency,
        capped.scalar_subquery().label("capped"),
        worth.scalar_subquery().label("worth"),
        shared.scalar_subquery().label("budgets"),
    ).where(Brand.id == brand_id)


def versions_numbered(offer_id: uuid.UUID, numbers: Sequence[int]) -> Select[OfferVersion]:
    """These versions of an offer."""
    return select(OfferVersion).where(OfferVersion.offer_id == offer_id, OfferVersion.version.in_(numbers))


def names_of(ids: Sequence[uuid.UUID]) -> Select[uuid.UUID, str]:
    """The names of these stores and areas."""
    named = union_all(*(select(one.id, one.name).where(one.id.in_(ids)) for one in (Store, Area))).subquery("named")
    return select(named.c.id, named.c.name)
