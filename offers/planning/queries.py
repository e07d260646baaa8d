"""Questions about offers: the brand's own, and where they hold."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Select,
    Subquery,
    Text,
    Uuid,
    and_,
    any_,
    cast,
    column,
    exists,
    func,
    literal,
    or_,
    select,
    table,
    true,
    tuple_,
    union,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from app.accounts.models import Brand
from geo.places.models import Area, AreaStore, Store
from offers.planning.models import Offer, OfferPlace, OfferStatus, OfferVersion

T = TypeVar("T")

# Coupons stand above this room, so only their table's name is known here.
COUPON = table("coupon", column("offer_id", Uuid), column("claimed_at", DateTime(timezone=True)))


def offers_of(brand_id: uuid.UUID, *, status: str | None = None) -> Select[Offer]:
    """The offers of a brand with their live and draft versions, perhaps only those in one status."""
    asked = select(Offer).options(joinedload(Offer.live), joinedload(Offer.draft)).where(Offer.brand_id == brand_id)
    return asked if status is None else asked.where(Offer.status == status)


def whole_offer(brand_id: uuid.UUID, offer_id: uuid.UUID) -> Select[Offer]:
    """One offer of a brand as it stands now, with its live and draft versions."""
    return offers_of(brand_id).where(Offer.id == offer_id).execution_options(populate_existing=True)


def offer_of(brand_id: uuid.UUID, offer_id: uuid.UUID) -> Select[Offer]:
    """One offer of a brand, without its versions: what can be locked."""
    return select(Offer).where(Offer.brand_id == brand_id, Offer.id == offer_id)


def versions_of(offer_id: uuid.UUID) -> Select[OfferVersion]:
    """Every version of an offer, newest first."""
    return select(OfferVersion).where(OfferVersion.offer_id == offer_id).order_by(OfferVersion.version.desc())


def running_with_list(brand_id: uuid.UUID, code: str) -> Select[str, str]:
    """The titles of the offers, live or paused, whose version in force names this product list."""
    says = OfferVersion.products
    named = or_(
        says.contains({"lists": [code]}),
        says.contains({"but_not_lists": [code]}),
        OfferVersion.benefit.contains({"free_list": code}),
    )
    return (
        select(OfferVersion.title_fr, OfferVersion.title_en)
        .join(Offer, and_(OfferVersion.offer_id == Offer.id, OfferVersion.version == Offer.live_version))
        .where(Offer.brand_id == brand_id, Offer.status.in_((OfferStatus.LIVE, OfferStatus.PAUSED)), named)
        .order_by(Offer.created_at)
    )


def targets_at(offer_id: uuid.UUID, versions: Collection[int | None]) -> Select[dict[str, Any]]:
    """Where an offer holds by these versions of it."""
    numbered = OfferVersion.version.in_([number for number in versions if number is not None])
    return select(OfferVersion.targets).where(OfferVersion.offer_id == offer_id, numbered)


def versions_with(keys: Collection[tuple[uuid.UUID, int]]) -> Select[OfferVersion]:
    """These versions of offers (offer id, version)."""
    return select(OfferVersion).where(tuple_(OfferVersion.offer_id, OfferVersion.version).in_(list(keys)))


def stores_of_brand(brand_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> Select[uuid.UUID]:
    """Which of these ids are stores of the brand."""
    return select(Store.id).where(Store.brand_id == brand_id, Store.id.in_(ids))


def areas_of_brand(brand_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> Select[uuid.UUID]:
    """Which of these ids are areas of the brand."""
    return select(Area.id).where(Area.brand_id == brand_id, Area.id.in_(ids))


def targeted(*conditions: ColumnElement[bool]) -> Subquery:
    """Where versions hold: (offer_id, version, store_id), each pair once. It and `holds_in` alone read `targets`.

    `conditions` narrow `Offer`, `OfferVersion` and `Store`; they stand inside, so that one offer or one store does
    not cost a walk over all of them.
    """
    chosen = func.jsonb_array_elements_text(OfferVersion.targets["stores"]).table_valued("value").lateral("chosen")
    grouped = func.jsonb_array_elements_text(OfferVersion.targets["areas"]).table_valued("value").lateral("grouped")
    whole_brand = (
        _versions_at().join(Store, Store.brand_id == Offer.brand_id).where(OfferVersion.targets.has_key("brand"))
    )
    by_store = (
        _versions_at()
        .join(chosen, true())
        .join(Store, and_(Store.id == cast(chosen.c.value, UUID), Store.brand_id == Offer.brand_id))
    )
    by_area = (
        _versions_at()
        .join(grouped, true())
        .join(AreaStore, AreaStore.area_id == cast(grouped.c.value, UUID))
        .join(Store, and_(Store.id == AreaStore.store_id, Store.brand_id == Offer.brand_id))
    )
    return union(*(arm.where(*conditions) for arm in (whole_brand, by_store, by_area))).subquery("targeted")


def holds_in(place: Any) -> ColumnElement[bool]:
    """Whether `OfferVersion` holds at `place`, a store of its brand: what `targeted` says of one version and one store,
    without looking for others."""
    targets = OfferVersion.targets
    grouped = exists().where(AreaStore.store_id == place.id, targets["areas"].has_key(cast(AreaStore.area_id, Text)))
    return or_(targets.has_key("brand"), targets["stores"].has_key(cast(place.id, Text)), grouped)


def _versions_at() -> Select[uuid.UUID, int, uuid.UUID]:
    return (
        select(OfferVersion.offer_id, OfferVersion.version, Store.id.label("store_id"))
        .select_from(OfferVersion)
        .join(Offer, Offer.id == OfferVersion.offer_id)
    )


def zones_with(version: OfferVersion) -> Select[str]:
    """The time zones of the open stores at which a version holds."""
    at = targeted(OfferVersion.offer_id == version.offer_id, OfferVersion.version == version.version)
    return select(Store.time_zone).distinct().join(at, at.c.store_id == Store.id).where(Store.status == "open")


def stores_with(version: OfferVersion) -> Select[uuid.UUID]:
    """The open stores at which a version holds, by their ids."""
    at = targeted(OfferVersion.offer_id == version.offer_id, OfferVersion.version == version.version)
    return select(Store.id).join(at, at.c.store_id == Store.id).where(Store.status == "open").order_by(Store.id)


def holds_at(now: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether an offer holds at a place at an instant, and fires there as far as that is written."""
    fires = func.coalesce(OfferPlace.firings.contains(now), true())
    return and_(OfferPlace.starts_at <= now, OfferPlace.ends_at > now, fires)


def has_other_clocks() -> ColumnElement[bool]:
    """Whether a brand has stores in other zones than its own: two looks into an index, however many stores it has."""
    mine = Store.brand_id == Brand.id
    return or_(
        exists().where(mine, Store.time_zone < Brand.time_zone), exists().where(mine, Store.time_zone > Brand.time_zone)
    )


def claims_of(offer_id: uuid.UUID, *, since: datetime) -> Select[int, int]:
    """How many coupons of an offer exist, and how many of them were claimed since an instant."""
    today = COUPON.c.claimed_at >= since
    return select(func.count(), func.count().filter(today)).select_from(COUPON).where(COUPON.c.offer_id == offer_id)


def live_until(local: datetime) -> Select[Offer, OfferVersion, str]:
    """Live offers whose wall-clock window ends at `local` or before, with the version in force and the brand's zone."""
    return (
        select(Offer, OfferVersion, Brand.time_zone)
        .join(OfferVersion, and_(OfferVersion.offer_id == Offer.id, OfferVersion.version == Offer.live_version))
        .join(Brand, Brand.id == Offer.brand_id)
        .where(Offer.status == OfferStatus.LIVE, OfferVersion.ends_local <= local)
    )


def in_force() -> Select[Offer, OfferVersion]:
    """Every live offer with its version in force, in the order of the ground of its first store."""
    ground = select(Store.id, func.row_number().over(order_by=Store.location).label("rank")).subquery("ground")
    at = targeted(Offer.status == OfferStatus.LIVE, OfferVersion.version == Offer.live_version)
    first = (
        select(at.c.offer_id, func.min(ground.c.rank).label("rank"))
        .join(ground, ground.c.id == at.c.store_id)
        .group_by(at.c.offer_id)
        .subquery("first")
    )
    return (
        select(Offer, OfferVersion)
        .join(OfferVersion, and_(OfferVersion.offer_id == Offer.id, OfferVersion.version == Offer.live_version))
        .outerjoin(first, first.c.offer_id == Offer.id)
        .where(Offer.status == OfferStatus.LIVE)
        .order_by(first.c.rank, Offer.number)
    )


def places_with_offers(store_numbers: Sequence[int]) -> Select[int]:
    """Which of these stores have an offer in the read model."""
    return select(OfferPlace.store_number).distinct().where(among(OfferPlace.store_number, store_numbers))


def numbers_of(store_ids: Sequence[uuid.UUID]) -> Select[int]:
    """The short keys of these stores."""
    return select(Store.number).where(among(Store.id, store_ids))


def among(column: InstrumentedAttribute[T], values: Sequence[T]) -> ColumnElement[bool]:
    """Whether a column is one of many values, sent as one array: an import may name more than a statement can bind."""
    return column == any_(literal(list(values), ARRAY(column.type)))
