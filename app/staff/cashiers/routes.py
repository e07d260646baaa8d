"""An administrator says who works at the tills; they show their PIN there."""

import uuid
from typing import Any

from app import clock
from app.errors import CostlyDoorBusy, NotFound
from app.http.access import Role, brand_id, only, principal, store_id
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.http.pagination import PageIn, link_header, page_of
from app.staff.cashiers import cashiers, pins, queries, schemas
from app.staff.cashiers.errors import CashierNumberTaken, CashierUnknown, PinNotAccepted, TooManyPins
from app.staff.cashiers.models import Cashier

blueprint = Blueprint("cashiers", __name__, url_prefix="/v1", description="Who works at the tills")

Body = dict[str, Any]


@blueprint.get("/console/cashiers")
@only(Role.ADMIN, Role.AUDITOR)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.CashiersOut)
def list_cashiers(page: Body) -> Any:
    """Who works or worked at the brand's tills, newest first."""
    found = page_of(queries.cashiers_of(brand_id()), sort=Cashier.created_at, id=Cashier.id, **page)
    return found, link_header(found)


@blueprint.post("/console/cashiers")
@only(Role.ADMIN)
@refuses(NotFound, CashierNumberTaken, CostlyDoorBusy)
@blueprint.arguments(schemas.CashierIn)
@blueprint.response(201, schemas.CashierOut)
def appoint_cashier(wish: Body) -> Cashier:
    """Give a person of a store a number and a PIN for its tills.

    No `Idempotency-Key`: the request holds a PIN, of which nothing is kept that could be tried; a number is given once.
    """
    return cashiers.appoint_cashier(brand_id=brand_id(), **wish, now=clock.now())


@blueprint.put("/console/cashiers/<uuid:cashier_id>/pin")
@only(Role.ADMIN)
@refuses(CashierUnknown, CostlyDoorBusy)
@blueprint.arguments(schemas.CashierPinIn)
@blueprint.response(200, schemas.CashierOut)
def change_pin(wish: Body, cashier_id: uuid.UUID) -> Cashier:
    """Give somebody another PIN.

    No `Idempotency-Key`: the request holds a PIN. No `If-Match`: the last PIN holds.
    """
    return cashiers.change_pin(brand_id=brand_id(), cashier_id=cashier_id, **wish)


@blueprint.post("/console/cashiers/<uuid:cashier_id>/dismissal")
@only(Role.ADMIN)
@idempotent
@refuses(CashierUnknown)
@blueprint.response(200, schemas.CashierOut)
def dismiss_cashier(cashier_id: uuid.UUID) -> Cashier:
    """Somebody works there no more, from now on.

    No `If-Match`: leaving never conflicts with another change.
    """
    return cashiers.dismiss_cashier(brand_id=brand_id(), cashier_id=cashier_id, now=clock.now())


@blueprint.post("/terminal/cashier-sessions")
@only(Role.TERMINAL)
@refuses(PinNotAccepted, TooManyPins, CostlyDoorBusy)
@blueprint.arguments(schemas.CashierSessionIn)
@blueprint.response(201, schemas.CashierSessionOut)
def open_cashier_session(shown: Body) -> pins.CashierSession:
    """Show a number and a PIN at this terminal: the token goes into the header `X-Staff`, for 12 hours.

    No `Idempotency-Key`: the answer holds a token, which is kept nowhere. Five wrong PINs close a number for a while.
    """
    return pins.open_session(store_id=store_id(), terminal_id=principal().id, **shown, now=clock.now())
