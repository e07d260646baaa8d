"""A brand says which of its categories are food and everyday goods, and its offers are held against the law's caps."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, select

from app.accounts.models import Brand
from app.sql import db, locks
from offers.benefits.kinds import Benefit
from offers.planning.caps import price_caps
from offers.planning.caps.price_caps import CAPS, Goods
from offers.planning.errors import CapBroken
from offers.planning.models import CappedCategory
from wallet.purchases.basket import Products


def map_categories(*, brand_id: uuid.UUID, categories: Mapping[Goods, Iterable[str]]) -> dict[str, Goods]:
    """Make these, and no others, the brand's capped categories; return them by path.

    A path that is named for both counts as food, which is capped lower.
    """
    locks.lock_name(f"capped_categories:{brand_id}")
    paths = {path: goods for goods in (Goods.EVERYDAY, Goods.FOOD) for path in categories.get(goods, ())}
    db.execute(delete(CappedCategory).where(CappedCategory.brand_id == brand_id))
    db.add_all([CappedCategory(brand_id=brand_id, path=path, goods=goods) for path, goods in paths.items()])
    return paths


def capped_categories(*, brand_id: uuid.UUID) -> dict[str, Goods]:
    """The brand's capped categories by path."""
    known = db.all_of(select(CappedCategory).where(CappedCategory.brand_id == brand_id).order_by(CappedCategory.path))
    return {one.path: Goods(one.goods) for one in known}


def check_caps(
    *,
    brand_id: uuid.UUID,
    benefit: Benefit,
    products: Products,
    prior_price_minor: int | None,
    capped_at_till: bool,
    first: date,
    last: date,
) -> None:
    """Raise `CapBroken` for an offer that by itself gives more than a law allows, unless the till cuts it."""
    if capped_at_till:
        return
    broken = price_caps.broken_cap(
        benefit,
        products,
        prior_price_minor=prior_price_minor,
        paths=capped_categories(brand_id=brand_id),
        countries=countries_of(brand_id),
        first=first,
        last=last,
    )
    if broken is not None:
        percent = broken.share_bp // 100
        raise CapBroken(law=broken.law, percent=percent, until=broken.until, goods=str(broken.goods))


def countries_of(brand_id: uuid.UUID) -> list[str]:
    """The countries in which the brand sells."""
    return list(db.rows(select(Brand.countries).where(Brand.id == brand_id))[0].countries)


def describe_caps(paths: Mapping[str, Goods], countries: Collection[str]) -> dict[str, Any]:
    """The brand's capped categories, and the rules that hold for it."""
    named = {str(goods): [path for path in paths if paths[path] is goods] for goods in Goods}
    return named | {"caps": [cap for cap in CAPS if cap.country in countries]}
