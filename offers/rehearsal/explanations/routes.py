"""The console asks why somebody sees an offer, or why not."""

import uuid
from typing import Any

from app import clock
from app.http.access import Role, brand_id, only
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import idempotent
from offers.planning.errors import OfferUnknown
from offers.planning.review.errors import OfferVersionUnknown
from offers.rehearsal.explanations import explanations
from offers.rehearsal.explanations.errors import StoreNotOfBrand
from offers.rehearsal.explanations.explanations import AskedWhy
from offers.rehearsal.explanations.schemas import ExplanationIn, ExplanationOut
from wallet.authenticity.errors import CodeForged
from wallet.cards.errors import CardBlocked
from wallet.passes.errors import NOT_A_CODE, CardLost, PassUnknown

blueprint = Blueprint("explanations", __name__, url_prefix="/v1", description="Why, or why not")


@blueprint.post("/offers/<uuid:offer_id>/explanations")
@only(Role.MERCHANDISER, Role.APPROVER)
@idempotent
@refuses(OfferUnknown, OfferVersionUnknown, StoreNotOfBrand, PassUnknown, *NOT_A_CODE)
@refuses(CardBlocked, CardLost, CodeForged)
@blueprint.arguments(ExplanationIn)
@blueprint.response(200, ExplanationOut)
def explain_offer(asked: dict[str, Any], offer_id: uuid.UUID) -> dict[str, Any]:
    """Why a member is shown an offer there and then, or why not, gate by gate; their access log says who asked."""
    version, whose = asked.pop("version"), {"brand_id": brand_id(), "offer_id": offer_id}
    found = explanations.explain_offer(**whose, version=version, asked=AskedWhy(**asked), now=clock.now())
    return found.card(language())
