"""A member reads their leaflet."""

from typing import Any

from app import clock
from app.accounts.errors import BrandUnknown
from app.consent.errors import PermissionMissing
from app.http.access import Role, member_id, only
from app.http.api import Blueprint, language, refuses
from offers.leaflets import leaflets
from offers.leaflets.errors import LeafletStoreUnknown, LeafletWithoutStore
from offers.leaflets.schemas import LeafletIn, LeafletOut

blueprint = Blueprint("leaflets", __name__, url_prefix="/v1", description="A member's offers of the week")


@blueprint.get("/leaflet")
@only(Role.MEMBER)
@refuses(*PermissionMissing.__subclasses__(), BrandUnknown, LeafletStoreUnknown, LeafletWithoutStore)
@blueprint.arguments(LeafletIn, location="query")
@blueprint.response(200, LeafletOut)
def show_leaflet(asked: dict[str, Any]) -> dict[str, Any]:
    """My offers of this week at my store, chosen from what I buy; the same all week. `GET /leaflet` is for paper.

    Only with the permission for `offers_from_purchases` (in the app): without it, 403 says how to give it.
    """
    mine = leaflets.read_leaflet(
        member_id=member_id(), brand=asked["brand"], store_id=asked["store"], language=language(), now=clock.now()
    )
    return mine.card(language())
