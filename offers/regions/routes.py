"""The door of the region plan."""

from typing import Any

from app import clock
from app.accounts.errors import BrandUnknown
from app.consent.errors import PermissionMissing
from app.http.access import Role, only, principal
from app.http.api import Blueprint, language, refuses
from offers.regions.plans import plan_regions
from offers.regions.reach import RegionsAsked
from offers.regions.schemas import RegionPlanIn, RegionPlanOut
from offers.regions.wording import card_of_plan

blueprint = Blueprint("regions", __name__, url_prefix="/v1", description="What a phone watches by itself")


@blueprint.post("/region-plan")
@only(Role.MEMBER)
@refuses(*PermissionMissing.__subclasses__(), BrandUnknown)
@blueprint.arguments(RegionPlanIn)
@blueprint.response(200, RegionPlanOut)
def plan_my_regions(said: dict[str, Any]) -> dict[str, Any]:
    """What shall my phone watch while the app sleeps?

    Ask again when the phone leaves the bubble, at `expires_at`, and when what the phone allows has changed.
    Asks for no Idempotency-Key: nothing is written, and a stored fingerprint of a position would be a stored position.
    """
    someone = principal()
    asked = RegionsAsked(someone.id, someone.session_id, language=language(), now=clock.now(), **said)
    return card_of_plan(plan_regions(asked), asked)
