"""Members read their stamp cards; the brand says what they look like and give."""

import uuid
from typing import Any

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, member_id, only, principal
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import idempotent
from wallet.ledger.errors import PointsUnknown
from wallet.programmes.errors import RewardUnknown
from wallet.stamps import cards, schemas
from wallet.stamps.errors import CurrencyNotStamps, StampCardUnknown, StampRewardUnfit
from wallet.stamps.models import StampCard

blueprint = Blueprint("stamps", __name__, url_prefix="/v1", description="Stamp cards")

Body = dict[str, Any]


@blueprint.get("/stamp-cards")
@only(Role.MEMBER)
@blueprint.response(200, schemas.MyStampCardsOut)
def list_stamp_cards() -> Body:
    """My stamp cards with every brand whose card I have, also those with nothing on them."""
    return {"items": cards.list_cards(member_id=member_id(), language=language(), now=clock.now())}


@blueprint.get("/points-currencies/<uuid:currency_id>/stamp-card")
@only(*CONSOLE_ROLES)
@refuses(StampCardUnknown)
@blueprint.response(200, schemas.StampCardOut)
def show_stamp_card(currency_id: uuid.UUID) -> StampCard:
    """How many cells a card of these stamps has, and what a full one gives."""
    return cards.find_card(brand_id=brand_id(), currency_id=currency_id)


@blueprint.put("/points-currencies/<uuid:currency_id>/stamp-card")
@only(Role.ADMIN)
@idempotent
@refuses(PointsUnknown, CurrencyNotStamps, RewardUnknown, StampRewardUnfit)
@blueprint.arguments(schemas.StampCardIn)
@blueprint.response(200, schemas.StampCardOut)
def set_stamp_card(wish: Body, currency_id: uuid.UUID) -> StampCard:
    """Say how many cells a card has, and what a full one gives. Stamps that members have fill cards of this size."""
    said: dict[str, Any] = {"by": principal().id, "now": clock.now()}
    return cards.set_card(brand_id=brand_id(), currency_id=currency_id, **wish, **said)
