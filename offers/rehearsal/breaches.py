"""What an offer may give, held against what it would have given: which limits would be reached, and when."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.sql import db
from offers.planning import budgets
from offers.planning.spending import money_budgets
from offers.planning.spending import queries as spending_queries
from offers.planning.spending.models import MoneyBudget
from offers.planning.spending.periods import BudgetPeriod, first_day
from offers.rehearsal import run_outs
from offers.rehearsal.effects import Priced
from offers.rehearsal.laid_offers import LaidOffer
from offers.rehearsal.past import Reactions
from offers.rehearsal.play import Reached
from offers.rehearsal.run_outs import RunOut

Costs = dict[date, float]
"""What something costs by day, in minor units."""


def find_limits_reached(laid: LaidOffer, reached: Reached, reactions: Reactions, *, scale: float) -> list[RunOut]:
    """The limits on coupons, in total and for each day. A member claims one when the offer is first shown to them."""
    version = laid.version
    least, greatest = reactions.claimed.ends(seed=f"{laid.offer.id}/{version.version}")
    shares = (least, reactions.claimed.mean, greatest)
    shown = run_outs.count_days(reached.shown_by_day(laid.day_of), scale=scale)
    found = []
    if version.total_limit is not None:
        left = _left(laid)
        found.append(run_outs.find_run_out("total_limit", shown, limit=left, shares=shares))
    if version.daily_limit is not None:
        found.append(run_outs.find_daily_run_out("daily_limit", shown, limit=version.daily_limit, shares=shares))
    return [one._replace(behind=len(reached.first_shown)) for one in found]


def _left(laid: LaidOffer) -> int:
    """How many coupons may still be given: of a version that is not live, all."""
    is_live = laid.offer.live_version == laid.version.version
    left = budgets.remaining(laid.offer.id, budgets.TOTAL) if is_live else None
    return laid.version.total_limit or 0 if left is None else left


def find_budgets_spent(
    laid: LaidOffer, priced: Priced, reactions: Reactions, *, scale: float, now: datetime
) -> list[RunOut]:
    """The budgets in money that hold for the offer, against what it would cost by itself. Of one that each store has,
    when the first store's is spent."""
    asked = spending_queries.budgets_of(laid.brand.id, offer_id=laid.offer.id).order_by(MoneyBudget.created_at)
    standing = [one for one in db.all_of(asked) if one.ended_at is None]
    least, greatest = reactions.used.ends(seed=f"{laid.offer.id}/{laid.version.version}")
    shares = (least, reactions.used.mean, greatest)
    costs = _costs_by_store(laid, priced, scale=scale)
    found = []
    for budget in money_budgets.describe_budgets(standing, now=now):
        stores = [budget["store_id"]] if budget["store_id"] else list(costs) if budget["each_store"] else [None]
        outs = [_spent(budget, _cost_at(costs, store), shares) for store in stores]
        if outs:
            found.append(min(outs, key=_soonest)._replace(behind=len(priced.by_member)))
    return found


def _costs_by_store(laid: LaidOffer, priced: Priced, *, scale: float) -> dict[uuid.UUID, Costs]:
    """What it would cost if everybody used it, by store and day of the offer."""
    costs: dict[uuid.UUID, Costs] = {}
    for uses in priced.by_member.values():
        for use in uses:
            there, day = costs.setdefault(use.visit.store_id, {}), laid.day_of(use.visit)
            there[day] = there.get(day, 0) + use.cost_minor * scale
    return costs


def _cost_at(costs: Mapping[uuid.UUID, Costs], store_id: uuid.UUID | None) -> Costs:
    """At one store, or at all together."""
    if store_id is not None:
        return costs.get(store_id, {})
    together: Costs = {}
    for there in costs.values():
        for day, cost in there.items():
            together[day] = together.get(day, 0) + cost
    return together


def _spent(budget: Mapping[str, Any], costs: Costs, shares: run_outs.Shares) -> RunOut:
    period = BudgetPeriod(budget["period"])
    periods = {day: first_day(period, day) for day in costs}
    begun = budget["since"] or first_day(period, date.min)
    return run_outs.find_period_run_out(
        f"budget_{period}",
        costs,
        limits={begun: budget["left_minor"]},
        limit=budget["amount_minor"],
        shares=shares,
        periods=periods,
    )


def _soonest(out: RunOut) -> tuple[date, date]:
    return out.expected or date.max, out.earliest or date.max
