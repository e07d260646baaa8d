"""What the members of a brand will still bring: fitted in the background, foretold for a time ahead when asked.

Nothing is kept of any single member: what one is expected to bring follows from the model and their own counts, when
somebody asks, and moves on with them. scipy is loaded by whoever fits or foretells; no server does.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import text

from app import clock
from app.accounts.errors import BrandUnknown
from app.accounts.models import Brand
from app.accounts.queries import brand_with_code
from app.logs import log
from app.sql import db
from app.sql.queues import work_through
from offers.learning import lifetime_value
from offers.learning.lifetime_value import BuyingModel, FitImpossible, SpendingModel
from offers.learning.queries import brands
from offers.learning.values import queries
from offers.learning.values.models import ValueModel

FEWEST = 100
"""Fewer members determine no model worth the name."""
MOST = 50_000
"""Of more members a model is no better."""
EVERYBODY = 10_000_000
"""As many as are foretold of one brand."""


class Histories(NamedTuple):
    """Columns of equal length, a row for each member: days, and what a visit comes to in minor units."""

    frequency: Sequence[float]
    recency: Sequence[float]
    age: Sequence[float]
    mean_value: Sequence[float]


class BrandForecast(NamedTuple):
    """What members of a brand are expected to bring in so many days. Amounts are minor units."""

    members: int
    days: int
    purchases: int
    value_minor: int
    currency: str
    top_tenth_percent: int
    """Of it, what the tenth of the members brings of whom most is expected."""
    fitted_to: int
    fitted_at: datetime


def refit_values(*, now: datetime) -> int:
    """Fit the model of each brand anew; return for how many brands there is one. In steps, with no transaction open."""

    def waiting(most: int) -> Sequence[uuid.UUID]:
        return [brand.id for brand in db.all_of(brands())][:most]

    return work_through(waiting, lambda id: refit_brand(id, now=now), what="offers.learning.values", at_once=10_000)


def refit_brand(brand_id: uuid.UUID, *, now: datetime) -> int:
    """Fit the model of one brand anew; 1 if its members determine one. The one before goes in any case."""
    [brand] = db.all_of(brands().where(Brand.id == brand_id))
    histories = _histories(brand, most=MOST, now=now)
    db.execute(queries.without_model(brand_id))
    if len(histories.frequency) < FEWEST:
        return 0
    try:
        buying, _ = lifetime_value.fit_bgnbd(*histories[:3])
        repeated = [(x, m) for x, m in zip(histories.frequency, histories.mean_value, strict=True) if x and m > 0]
        spending, _ = lifetime_value.fit_gamma_gamma([x for x, _ in repeated], [m for _, m in repeated])
        lifetime_value.expected_value(spending, [0], [0])  # which amounts without a mean do not have
    except FitImpossible as why:
        log.info("values_undetermined", brand=brand.code, why=str(why))
        return 0
    db.add(
        ValueModel(
            brand_id=brand_id,
            members=len(histories.frequency),
            made_at=now,
            **buying._asdict(),
            **spending._asdict(),
        )
    )
    return 1


def forecast_brand(*, brand: str, days: int, now: datetime) -> BrandForecast | None:
    """What the members of a brand who permit it, and whose first purchase is known, are expected to bring in so many
    days. None where they are too few or determine no model. Raises `BrandUnknown`."""
    asked = db.first(brand_with_code(brand))
    if asked is None:
        raise BrandUnknown
    model = db.first(queries.model_of(asked.id))
    histories = _histories(asked, most=EVERYBODY, now=now)
    if model is None or len(histories.frequency) < FEWEST:
        return None
    buying = BuyingModel(model.r, model.alpha, model.a, model.b)
    purchases = lifetime_value.expected_purchases(buying, *histories[:3], ahead=days)
    means = [max(mean, 0.0) for mean in histories.mean_value]
    spending = SpendingModel(model.p, model.q, model.v)
    values = purchases * lifetime_value.expected_value(spending, histories.frequency, means)
    best = sorted(values.tolist(), reverse=True)
    return BrandForecast(
        members=len(best),
        days=days,
        purchases=round(float(purchases.sum())),
        value_minor=round(sum(best)),
        currency=asked.currency,
        top_tenth_percent=round(100 * sum(best[: -(-len(best) // 10)]) / sum(best)),
        fitted_to=model.members,
        fitted_at=model.made_at,
    )


def _histories(brand: Brand, *, most: int, now: datetime) -> Histories:
    asked: dict[str, Any] = {"brand": brand.id, "zone": brand.time_zone, "now": now, "most": most}
    rows = db.execute(text(queries.HISTORIES), asked | {"today": clock.day_of(now, brand.time_zone)}).all()
    return Histories(*(list(column) for column in zip(*rows, strict=True))) if rows else Histories([], [], [], [])
