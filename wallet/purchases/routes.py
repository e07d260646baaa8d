"""Tills send what was bought; members, and whoever answers for the brand, read it."""

import uuid
from http import HTTPStatus
from typing import Any

from app import clock
from app.http.access import Role, brand_id, member_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from wallet.authenticity.errors import CodeForged
from wallet.passes.errors import NOT_A_CODE, PassUnknown
from wallet.purchases import purchase_cards, queries, registration, schemas
from wallet.purchases.errors import (
    GtinWrong,
    LineUnsound,
    PurchaseInFuture,
    PurchasePlaceUnknown,
    PurchaseTooOld,
    PurchaseUnknown,
    ReceiptReused,
)
from wallet.purchases.models import Purchase

blueprint = Blueprint("purchases", __name__, url_prefix="/v1", description="What was bought, line by line")

Body = dict[str, Any]
STATUS = {True: HTTPStatus.CREATED, False: HTTPStatus.OK}


@blueprint.post("/purchases")
@only(Role.TERMINAL, Role.ADMIN)
@idempotent
@refuses(PassUnknown, *NOT_A_CODE, CodeForged, PurchasePlaceUnknown, ReceiptReused)
@refuses(PurchaseInFuture, PurchaseTooOld, LineUnsound, GtinWrong)
@blueprint.arguments(schemas.PurchaseIn)
@blueprint.alt_response(200, schema=schemas.PurchaseTakenOut, description="This receipt is known", success=True)
@blueprint.response(201, schemas.PurchaseTakenOut)
def record_purchase(wish: Body) -> Any:
    """Write down what the holder of a card bought, now or long after. The same receipt again answers 200."""
    now = clock.now()
    made = registration.register_purchase(brand_id=brand_id(), till_store_id=principal().store_id, **wish, now=now)
    return made, STATUS[made.recorded_at == now]


@blueprint.get("/purchases")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.PurchasesOut)
def list_purchases(page: Body) -> Any:
    """What I bought, at every brand, newest first."""
    found = page_of(queries.purchases_to_show(member_id()), sort=Purchase.bought_at, id=Purchase.id, **page)
    return Page(purchase_cards.purchase_cards(found.items), found.next), link_header(found)


@blueprint.get("/purchases/<uuid:purchase_id>")
@only(Role.MEMBER)
@refuses(PurchaseUnknown)
@blueprint.response(200, schemas.PurchaseDetailOut)
def read_purchase(purchase_id: uuid.UUID) -> Body:
    """One purchase of mine: each article by its number, what was taken off it, what came back."""
    return purchase_cards.purchase_card(registration.my_purchase(member_id=member_id(), purchase_id=purchase_id))


@blueprint.get("/console/purchases/<uuid:purchase_id>")
@only(Role.AUDITOR, Role.ADMIN)
@refuses(PurchaseUnknown)
@blueprint.response(200, schemas.PurchaseDetailOut)
def inspect_purchase(purchase_id: uuid.UUID) -> Body:
    """What somebody bought at the brand's. The member will know that it was read."""
    found = registration.purchase_of_brand(brand_id=brand_id(), purchase_id=purchase_id, now=clock.now())
    return purchase_cards.purchase_card(found)
