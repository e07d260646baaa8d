"""Staff give, members read it as a kindness, auditors as a record; the brand says who and how much."""

import uuid
from typing import Any

from app import clock
from app.http.access import Role, brand_id, member_id, only, principal, store_id
from app.http.api import Blueprint, refuses
from app.http.etags import ETAG_HEADER, matched_version, needs_match, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from geo.places.errors import StoreUnknown
from offers.coupons.errors import OfferSoldOut, OfferSoldOutToday
from offers.gestures import budgets, errors, givers, presents, queries, records, schemas
from offers.gestures.models import Gesture, GestureBudget, GestureGiver
from offers.planning.errors import OfferNotLive, OfferUnknown
from offers.planning.spending.errors import BudgetSpent
from wallet.ledger.errors import PointsUnknown
from wallet.passes.errors import NOT_A_CODE, CardLost, PassUnknown
from wallet.scanning.errors import ScanUnknown

blueprint = Blueprint("gestures", __name__, url_prefix="/v1", description="Small attentions out of a store's budget")

Body = dict[str, Any]


@blueprint.post("/gestures")
@only(Role.TERMINAL)
@idempotent
@refuses(ScanUnknown, errors.ScanTooOld, *NOT_A_CODE, errors.GiverUnknown, errors.GestureToOneself)
@refuses(errors.GestureBudgetMissing, errors.GestureBudgetSpent, errors.GestureTooLarge)
@refuses(errors.GestureLimitOfMember, errors.GestureLimitOfGiver)
@refuses(OfferUnknown, OfferNotLive, OfferSoldOut, OfferSoldOutToday, BudgetSpent)
@blueprint.arguments(schemas.GestureIn)
@blueprint.response(201, schemas.GestureOut)
def give_gesture(wish: Body) -> Gesture:
    """Give a small attention to the person whose pass was just scanned here, and say why."""
    by = principal()
    return presents.give_gesture(**wish, brand_id=brand_id(), store_id=store_id(), terminal_id=by.id, now=clock.now())


@blueprint.get("/gestures")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.GesturesOut)
def list_gestures(page: Body) -> Any:
    """The attentions that I was given, newest first."""
    found = page_of(queries.gestures_of(member_id()), sort=Gesture.given_at, id=Gesture.id, **page)
    return found, link_header(found)


@blueprint.get("/gesture-records")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.arguments(schemas.OfStoreIn, location="query")
@blueprint.response(200, schemas.GestureRecordsOut)
def list_gesture_records(page: Body) -> Any:
    """Everything that the brand's staff gave, newest first. The members see that somebody looked."""
    asked = queries.gestures_in(brand_id(), store_id=page.pop("store_id"))
    found = page_of(asked, sort=Gesture.given_at, id=Gesture.id, **page)
    return Page(records.records(found.items, brand_id=brand_id(), now=clock.now()), found.next), link_header(found)


@blueprint.post("/gesture-givers")
@only(Role.ADMIN)
@idempotent
@refuses(StoreUnknown, *NOT_A_CODE, CardLost, PassUnknown)
@blueprint.arguments(schemas.GestureGiverIn)
@blueprint.response(201, schemas.GestureBadgeOut)
def appoint_giver(wish: Body) -> givers.Appointed:
    """Let somebody give in a store. The answer shows their badge, once."""
    return givers.appoint_giver(brand_id=brand_id(), **wish, now=clock.now())


@blueprint.get("/gesture-givers")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.arguments(schemas.OfStoreIn, location="query")
@blueprint.response(200, schemas.GestureGiversOut)
def list_givers(page: Body) -> Any:
    """Who may give, and who could once, newest first."""
    asked = queries.givers_of(brand_id(), store_id=page.pop("store_id"))
    found = page_of(asked, sort=GestureGiver.created_at, id=GestureGiver.id, **page)
    return found, link_header(found)


@blueprint.post("/gesture-givers/<uuid:giver_id>/dismissal")
@only(Role.ADMIN)
@idempotent
@refuses(errors.GiverUnknown)
@blueprint.response(200, schemas.GestureGiverOut)
def dismiss_giver(giver_id: uuid.UUID) -> GestureGiver:
    """End somebody's badge at once and for good. No `If-Match`: it never conflicts with another change."""
    return givers.dismiss_giver(brand_id=brand_id(), giver_id=giver_id, now=clock.now())


@blueprint.post("/gesture-budgets")
@only(Role.ADMIN)
@idempotent
@refuses(StoreUnknown, PointsUnknown, errors.GestureBudgetOverlaps)
@blueprint.arguments(schemas.GestureBudgetIn)
@blueprint.response(201, schemas.GestureBudgetOut, headers=ETAG_HEADER)
def allot_budget(wish: Body) -> Any:
    """Say what a store may give, from when until when."""
    budget = budgets.allot_budget(brand_id=brand_id(), **wish, by=principal().id, now=clock.now())
    return written(budget, budget.revision)


@blueprint.get("/gesture-budgets")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.arguments(schemas.OfStoreIn, location="query")
@blueprint.response(200, schemas.GestureBudgetsOut)
def list_budgets(page: Body) -> Any:
    """What the stores may give and what is left of it, newest first."""
    asked = queries.budgets_of(brand_id(), store_id=page.pop("store_id"))
    found = page_of(asked, sort=GestureBudget.created_at, id=GestureBudget.id, **page)
    return found, link_header(found)


@blueprint.put("/gesture-budgets/<uuid:budget_id>")
@only(Role.ADMIN)
@idempotent
@needs_match
@refuses(errors.GestureBudgetUnknown, errors.GestureBudgetGiven, PointsUnknown)
@blueprint.arguments(schemas.GestureAmountsIn)
@blueprint.response(200, schemas.GestureBudgetOut, headers=ETAG_HEADER)
def change_budget(amounts: budgets.Amounts, budget_id: uuid.UUID) -> Any:
    """Change the amounts of a budget. What was given stays given."""
    budget = budgets.change_budget(
        brand_id=brand_id(), budget_id=budget_id, revision=matched_version(), amounts=amounts, now=clock.now()
    )
    return written(budget, budget.revision)


@blueprint.post("/gesture-budgets/<uuid:budget_id>/end")
@only(Role.ADMIN)
@idempotent
@refuses(errors.GestureBudgetUnknown)
@blueprint.response(200, schemas.GestureBudgetOut, headers=ETAG_HEADER)
def end_budget(budget_id: uuid.UUID) -> Any:
    """Let nothing more be given out of a budget. What was given stays given. No `If-Match`: stopping never waits."""
    budget = budgets.end_budget(brand_id=brand_id(), budget_id=budget_id, now=clock.now())
    return written(budget, budget.revision)
