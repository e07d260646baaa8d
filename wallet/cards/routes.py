"""A member's cards."""

import uuid
from http import HTTPStatus
from typing import Any

from flask import Response

from app import clock
from app.accounts.brands import find_brand
from app.accounts.errors import BrandUnknown
from app.codes.drawings import DrawingForm
from app.http.access import Role, brand_id, member_id, only
from app.http.api import Blueprint, language, refuses
from app.http.etags import ETAG_HEADER, etag_of, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.pagination import PageIn, link_header, read_page
from wallet.cards import enrolment, numbers, own_cards, queries, replacement
from wallet.cards.errors import CardUnknown, NumberUnknown
from wallet.cards.schemas import CardDrawingIn, CardIn, CardNameIn, CardNumbersOut, CardOut, CardsOut

blueprint = Blueprint("cards", __name__, url_prefix="/v1", description="A member's cards, one per brand")

SVG, PNG = DrawingForm.SVG, DrawingForm.PNG
STATUS = {True: HTTPStatus.CREATED, False: HTTPStatus.OK}


@blueprint.post("/cards")
@only(Role.MEMBER)
@idempotent
@refuses(BrandUnknown)
@blueprint.arguments(CardIn)
@blueprint.alt_response(200, schema=CardOut, description="I had this card already", headers=ETAG_HEADER, success=True)
@blueprint.response(201, CardOut, headers=ETAG_HEADER)
def join_brand(wish: dict[str, Any]) -> Any:
    """Join a brand's programme. I hold one card per brand: joining again answers 200 with the card I have."""
    now = clock.now()
    brand = find_brand(wish["brand"])
    card = enrolment.join_brand(member_id=member_id(), brand_id=brand.id, display_name=wish["display_name"], now=now)
    return card, STATUS[card.joined_at == now], {"ETag": etag_of(card.version)}


@blueprint.get("/cards")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, CardsOut)
def list_cards(page: dict[str, Any]) -> Any:
    """My cards, newest first."""
    found = read_page(queries.CARDS_SHOWN, [member_id()], shape=queries.shown_card, **page)
    return found, link_header(found)


@blueprint.get("/cards/<uuid:card_id>")
@only(Role.MEMBER)
@may_be_unmodified
@refuses(CardUnknown)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
@blueprint.response(200, CardOut, headers=ETAG_HEADER)
def read_card(card_id: uuid.UUID) -> Any:
    """One of my cards, with the code to show at the till."""
    card = own_cards.my_card(member_id=member_id(), card_id=card_id)
    return versioned(card, card.version)


@blueprint.put("/cards/<uuid:card_id>")
@only(Role.MEMBER)
@idempotent
@needs_match
@refuses(CardUnknown)
@blueprint.arguments(CardNameIn)
@blueprint.response(200, CardOut, headers=ETAG_HEADER)
def rename_card(wish: dict[str, Any], card_id: uuid.UUID) -> Any:
    """Change the name that staff read when they scan my card."""
    card = own_cards.rename_card(
        member_id=member_id(), card_id=card_id, display_name=wish["display_name"], version=matched_version()
    )
    return written(card, card.version)


@blueprint.post("/cards/<uuid:card_id>/replacement")
@only(Role.MEMBER)
@idempotent
@refuses(CardUnknown)
@blueprint.response(201, CardOut, headers=ETAG_HEADER)
def replace_lost_card(card_id: uuid.UUID) -> Any:
    """I lost my card: it goes on under a new code. The old code is refused from now on, for good."""
    card = replacement.replace_lost(member_id=member_id(), card_id=card_id, now=clock.now())
    return written(card, card.version)


@blueprint.post("/console/cards/<uuid:card_id>/replacement")
@only(Role.ADMIN)
@idempotent
@refuses(CardUnknown)
@blueprint.response(201, CardOut, headers=ETAG_HEADER)
def replace_card_of_member(card_id: uuid.UUID) -> Any:
    """A member who lost their card called: it goes on under a new code, which is printed or shows in their app."""
    card = replacement.replace_lost_of_brand(brand_id=brand_id(), card_id=card_id, now=clock.now())
    return written(card, card.version)


@blueprint.get("/cards/<uuid:card_id>/code.svg")
@only(Role.MEMBER)
@refuses(CardUnknown)
@blueprint.arguments(CardDrawingIn, location="query")
@blueprint.response(200, {"type": "string"}, content_type="image/svg+xml")
def draw_card_svg(wish: dict[str, Any], card_id: uuid.UUID) -> Response:
    """The code of my card as a barcode, as SVG, with its quiet zone and what a screen reader says of it."""
    drawn = own_cards.draw_card(member_id=member_id(), card_id=card_id, **wish, form=SVG, language=language())
    return Response(drawn, content_type="image/svg+xml")


@blueprint.get("/cards/<uuid:card_id>/code.png")
@only(Role.MEMBER)
@refuses(CardUnknown)
@blueprint.arguments(CardDrawingIn, location="query")
@blueprint.response(200, {"type": "string", "format": "binary"}, content_type="image/png")
def draw_card_png(wish: dict[str, Any], card_id: uuid.UUID) -> Response:
    """The code of my card as a barcode, as PNG."""
    drawn = own_cards.draw_card(member_id=member_id(), card_id=card_id, **wish, form=PNG, language=language())
    return Response(drawn, content_type="image/png")


@blueprint.get("/cards/<uuid:card_id>/numbers")
@only(Role.MEMBER)
@refuses(CardUnknown)
@blueprint.response(200, CardNumbersOut)
def list_card_numbers(card_id: uuid.UUID) -> dict[str, Any]:
    """By what else my card is known: the brand's old number, a tag, a transit pass. A till links them."""
    card = own_cards.my_card(member_id=member_id(), card_id=card_id)
    return {"items": numbers.numbers_of_card(member_id=card.member_id, card_id=card.id)}


@blueprint.delete("/cards/<uuid:card_id>/numbers/<uuid:number_id>")
@only(Role.MEMBER)
@idempotent
@refuses(NumberUnknown)
@blueprint.response(204)
def unlink_card_number(card_id: uuid.UUID, number_id: uuid.UUID) -> None:
    """This number no longer stands for my card; whoever holds the thing may link it to theirs."""
    numbers.unlink_number(member_id=member_id(), card_id=card_id, number_id=number_id)
