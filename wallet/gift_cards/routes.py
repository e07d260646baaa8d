"""Gift cards: tills sell them and look at them, the brand says which, and blocks what was stolen."""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal, store_id
from app.http.api import Blueprint, language, refuses
from app.http.etags import ETAG_HEADER, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from wallet.gift_cards import card_texts, errors, issuance, policies, queries, schemas
from wallet.gift_cards.issuance import SoldAt
from wallet.gift_cards.models import GiftCard
from wallet.passes.errors import NOT_A_CODE

blueprint = Blueprint("gift_cards", __name__, url_prefix="/v1", description="Gift cards of the brand")

Body = dict[str, Any]


@blueprint.get("/console/gift-card-policy")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
@blueprint.response(200, schemas.GiftCardRuleOut, headers=ETAG_HEADER)
def show_gift_card_policy() -> Response | tuple[Any, dict[str, str]]:
    """Which gift cards tills sell."""
    rule = policies.rule_of(brand_id=brand_id())
    return versioned(rule, rule.version)


@blueprint.put("/console/gift-card-policy")
@only(Role.ADMIN)
@idempotent
@needs_match
@blueprint.arguments(schemas.GiftCardRuleIn)
@blueprint.response(200, schemas.GiftCardRuleOut, headers=ETAG_HEADER)
def set_gift_card_policy(wish: Body) -> tuple[Any, dict[str, str]]:
    """Let tills sell gift cards of these amounts, from now on."""
    said: Body = {"version": matched_version(), "by": principal().id, "now": clock.now()}
    rule = policies.set_rule(brand_id=brand_id(), **wish, **said)
    return written(rule, rule.version)


@blueprint.post("/gift-cards")
@only(Role.TERMINAL)
@refuses(errors.GiftCardsNotSold, errors.GiftCardAmountOutside, errors.GiftCardReferenceReused)
@blueprint.arguments(schemas.GiftCardSaleIn)
@blueprint.response(201, schemas.SoldGiftCardOut)
def sell_gift_card(wish: Body) -> Any:
    """Make a gift card that was paid for. The same `reference` is the same card, with its code.

    No `Idempotency-Key`: the answer holds a secret, which is kept nowhere.
    """
    at = SoldAt(store_id(), principal().id)
    sold = issuance.sell_gift_card(brand_id=brand_id(), at=at, **wish, now=clock.now())
    said = card_texts.sold_card(sold, zone=card_texts.zone_of(brand_id()), language=language())
    return said, {"Cache-Control": "no-store"}


@blueprint.post("/gift-cards/look-ups")
@only(Role.TERMINAL)
@refuses(*NOT_A_CODE, errors.GiftCardUnknown)
@blueprint.arguments(schemas.GiftCardCodeIn)
@blueprint.response(200, schemas.GiftCardOut)
def look_at_gift_card(asked: Body) -> Body:
    """What is on the gift card that somebody holds; the code travels in the body.

    No `Idempotency-Key`: nothing is written.
    """
    card = card_texts.find_card(code=asked["code"], brand_id=brand_id())
    return card_texts.card_of(card, zone=card_texts.zone_of(brand_id()), language=language())


@blueprint.post("/gift-cards/<uuid:gift_card_id>/cancellation")
@only(Role.TERMINAL)
@idempotent
@refuses(errors.GiftCardUnknown, errors.GiftCardBlocked, errors.GiftCardUsed)
@blueprint.response(200, schemas.GiftCardOut)
def cancel_gift_card(gift_card_id: uuid.UUID) -> Body:
    """Take back a card of this store that paid nothing yet."""
    card = issuance.cancel_gift_card(card_id=gift_card_id, brand_id=brand_id(), store_id=store_id(), now=clock.now())
    return card_texts.card_of(card, zone=card_texts.zone_of(brand_id()), language=language())


@blueprint.post("/gift-cards/<uuid:gift_card_id>/blocking")
@only(Role.ADMIN)
@idempotent
@refuses(errors.GiftCardUnknown, errors.GiftCardCancelled)
@blueprint.arguments(schemas.GiftCardBlockingIn)
@blueprint.response(200, schemas.GiftCardOut)
def block_gift_card(wish: Body, gift_card_id: uuid.UUID) -> Body:
    """Let a card pay nothing, as it was lost or stolen, or let it pay again."""
    card = issuance.block_gift_card(card_id=gift_card_id, brand_id=brand_id(), **wish)
    return card_texts.card_of(card, zone=card_texts.zone_of(brand_id()), language=language())


@blueprint.get("/gift-cards")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.GiftCardsOut)
def list_gift_cards(page: Body) -> Any:
    """The brand's gift cards with what is left on them, newest first."""
    found = page_of(queries.cards_of(brand_id()), sort=GiftCard.issued_at, id=GiftCard.id, **page)
    zone = card_texts.zone_of(brand_id())
    cards = [card_texts.card_of(card, zone=zone, language=language()) for card in found.items]
    return Page(cards, found.next), link_header(found)
