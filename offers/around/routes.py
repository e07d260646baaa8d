"""The door to what is around, open to anybody."""

from typing import Any

from flask import Response

from app import clock
from app.accounts.errors import BrandUnknown
from app.http.access import Role, client_network, only
from app.http.api import Blueprint, language, refuses
from geo.availability.errors import CategoryTooWide
from offers.around.answers import AroundQuestion, answer_around
from offers.around.errors import AskedTooOften
from offers.around.locator import LocatorQuestion, locate_stores
from offers.around.schemas import AroundIn, AroundOut, LocatorIn, LocatorOut
from offers.deciding.errors import FixTooCoarse
from offers.planning.errors import OfferUnknown

blueprint = Blueprint("around", __name__, url_prefix="/v1", description="What is around, for anybody")


@blueprint.post("/around")
@only(Role.ANYONE)
@refuses(AskedTooOften, BrandUnknown, CategoryTooWide, FixTooCoarse, OfferUnknown)
@blueprint.arguments(AroundIn)
@blueprint.response(200, AroundOut)
def around_me(asked: dict[str, Any]) -> Response:
    """What is around me: stores, open now, what they have, offers for everybody. Without an account.

    The position is used for this answer and forgotten; nobody is identified, and nothing is decided about anybody.
    Asks for no Idempotency-Key: asking again is a new question.
    """
    question = AroundQuestion(**asked, client=client_network(), language=language(), now=clock.now())
    return Response(answer_around(question), mimetype="application/json")


@blueprint.post("/brands/<string:code>/stores")
@only(Role.ANYONE)
@refuses(AskedTooOften, BrandUnknown)
@blueprint.arguments(LocatorIn)
@blueprint.response(200, LocatorOut)
def locate_brand_stores(asked: dict[str, Any], code: str) -> Response:
    """The nearest stores of a brand, whether they are open now, and when they open next. Without an account.

    The position is used for this answer and forgotten. Asks for no Idempotency-Key: nothing is made.
    """
    question = LocatorQuestion(**asked, brand=code, client=client_network(), language=language(), now=clock.now())
    return Response(locate_stores(question), mimetype="application/json")
