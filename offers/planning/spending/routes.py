"""The console says what offers may cost."""

import uuid
from typing import Any

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.etags import ETAG_HEADER, matched_version, needs_match, written
from app.http.idempotency import idempotent
from app.http.pagination import link_header, page_of
from geo.places.errors import StoreUnknown
from offers.planning.errors import OfferUnknown
from offers.planning.spending import money_budgets, queries, schemas
from offers.planning.spending.errors import MoneyBudgetEnded, MoneyBudgetStands, MoneyBudgetUnknown
from offers.planning.spending.models import MoneyBudget

blueprint = Blueprint("spending", __name__, url_prefix="/v1", description="What offers may cost")

Body = dict[str, Any]


@blueprint.post("/money-budgets")
@only(Role.MERCHANDISER)
@idempotent
@refuses(OfferUnknown, StoreUnknown, MoneyBudgetStands)
@blueprint.arguments(schemas.MoneyBudgetIn)
@blueprint.response(201, schemas.MoneyBudgetOut, headers=ETAG_HEADER)
def set_money_budget(wish: Body) -> Any:
    """Set what discounts may cost in a period. It counts from now on."""
    return _shown(money_budgets.set_budget(brand_id=brand_id(), **wish, by=principal().id, now=clock.now()))


@blueprint.get("/money-budgets")
@only(*CONSOLE_ROLES)
@blueprint.arguments(schemas.MoneyBudgetsIn, location="query")
@blueprint.response(200, schemas.MoneyBudgetsOut)
def list_money_budgets(page: Body) -> Any:
    """The brand's budgets, or those that hold for an offer, newest first: spent, left, and until when that lasts."""
    asked = queries.budgets_of(brand_id(), offer_id=page.pop("offer_id"))
    found = page_of(asked, sort=MoneyBudget.created_at, id=MoneyBudget.id, **page)
    shown = money_budgets.describe_budgets(found.items, now=clock.now())
    return {"items": shown, "next": found.next}, link_header(found)


@blueprint.put("/money-budgets/<uuid:money_budget_id>")
@only(Role.MERCHANDISER)
@idempotent
@needs_match
@refuses(MoneyBudgetUnknown, MoneyBudgetEnded)
@blueprint.arguments(schemas.MoneyBudgetChangeIn)
@blueprint.response(200, schemas.MoneyBudgetOut, headers=ETAG_HEADER)
def change_money_budget(wish: Body, money_budget_id: uuid.UUID) -> Any:
    """Give a budget another amount, also for the period that runs. A lower one stops at once."""
    return _shown(money_budgets.change_budget(**_change_of(money_budget_id), **wish))


@blueprint.post("/money-budgets/<uuid:money_budget_id>/lift")
@only(Role.MERCHANDISER)
@idempotent
@needs_match
@refuses(MoneyBudgetUnknown, MoneyBudgetEnded)
@blueprint.response(200, schemas.MoneyBudgetOut, headers=ETAG_HEADER)
def lift_money_budget(money_budget_id: uuid.UUID) -> Any:
    """Lift a budget: it holds nothing back any more. To stop what it pays for, give it the amount 0."""
    return _shown(money_budgets.lift_budget(**_change_of(money_budget_id)))


def _shown(budget: MoneyBudget) -> Any:
    [shown] = money_budgets.describe_budgets([budget], now=clock.now())
    return written(shown, budget.revision)


def _change_of(budget_id: uuid.UUID) -> Body:
    """Who changes which budget, as they read it, and when."""
    whose = {"brand_id": brand_id(), "budget_id": budget_id}
    return whose | {"revision": matched_version(), "by": principal().id, "now": clock.now()}
