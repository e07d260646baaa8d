"""The console tries an offer before members see it."""

import uuid
from typing import Any

from app import clock
from app.errors import CostlyDoorBusy, DeadlinePassed
from app.http.access import Role, brand_id, only
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import idempotent
from app.ops.costly_doors import PROOFS, keep_place
from app.ops.deadlines import limit_work
from offers.planning.errors import OfferUnknown
from offers.planning.review.errors import OfferVersionUnknown
from offers.rehearsal import explanations, rehearsals, wording
from offers.rehearsal.errors import OfferOnlyGiven, StoreNotOfBrand
from offers.rehearsal.explanations import AskedWhy
from offers.rehearsal.schemas import ExplanationIn, ExplanationOut, RehearsalIn, RehearsalOut
from wallet.cards.errors import CardBlocked
from wallet.passes.errors import NOT_A_CODE, CardLost, PassUnknown

blueprint = Blueprint("rehearsal", __name__, url_prefix="/v1", description="What an offer would do")

LONGEST_S = 25.0
"""How long a rehearsal in a request may take."""


@blueprint.post("/offers/<uuid:offer_id>/rehearsals")
@only(Role.MERCHANDISER, Role.APPROVER)
@idempotent
@refuses(OfferUnknown, OfferVersionUnknown, OfferOnlyGiven, CostlyDoorBusy, DeadlinePassed)
@blueprint.arguments(RehearsalIn)
@blueprint.response(200, RehearsalOut)
@keep_place(door=PROOFS)
@limit_work(seconds=LONGEST_S)
def rehearse_offer(asked: dict[str, Any], offer_id: uuid.UUID) -> dict[str, Any]:
    """Play an offer against what members did: whom it reaches, its uses and cost, what runs out. Nothing is written."""
    found = rehearsals.rehearse_offer(brand_id=brand_id(), offer_id=offer_id, **asked, now=clock.now())
    return wording.card(found, language())


@blueprint.post("/offers/<uuid:offer_id>/explanations")
@only(Role.MERCHANDISER, Role.APPROVER)
@idempotent
@refuses(OfferUnknown, OfferVersionUnknown, StoreNotOfBrand, PassUnknown, *NOT_A_CODE, CardBlocked, CardLost)
@blueprint.arguments(ExplanationIn)
@blueprint.response(200, ExplanationOut)
def explain_offer(asked: dict[str, Any], offer_id: uuid.UUID) -> dict[str, Any]:
    """Why a member is shown an offer there and then, or why not, gate by gate; their access log says who asked."""
    version, whose = asked.pop("version"), {"brand_id": brand_id(), "offer_id": offer_id}
    found = explanations.explain_offer(**whose, version=version, asked=AskedWhy(**asked), now=clock.now())
    return found.card(language())
