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
from offers.rehearsal import rehearsals, wording
from offers.rehearsal.errors import OfferOnlyGiven
from offers.rehearsal.schemas import RehearsalIn, RehearsalOut

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
