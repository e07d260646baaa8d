"""What a till prints under its receipt."""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.http.access import Role, brand_id, only
from app.http.api import Blueprint, language, refuses
from offers.checkout.errors import SaleOpen, SaleUnknown
from offers.slips import schemas, slips

blueprint = Blueprint("slips", __name__, url_prefix="/v1", description="What a till prints for a sale")


@blueprint.get("/sales/<uuid:sale_id>/slip")
@only(Role.TERMINAL)
@refuses(SaleUnknown, SaleOpen)
@blueprint.response(200, schemas.SlipOut)
def show_slip(sale_id: uuid.UUID) -> dict[str, Any]:
    """What to print for a sale: points won and why, the balance, what expires next, what to bring next time."""
    return slips.make_slip(sale_id=sale_id, brand_id=brand_id(), language=language(), now=clock.now())


@blueprint.get("/sales/<uuid:sale_id>/slip.txt")
@only(Role.TERMINAL)
@refuses(SaleUnknown, SaleOpen)
@blueprint.arguments(schemas.SlipWidthIn, location="query")
@blueprint.response(200, {"type": "string"}, content_type="text/plain")
def print_slip(wish: dict[str, Any], sale_id: uuid.UUID) -> Response:
    """What to print for a sale, as text for a printer of 32 or of 42 columns."""
    slip = slips.make_slip(sale_id=sale_id, brand_id=brand_id(), language=language(), now=clock.now())
    return Response("\n".join(slip[f"lines_{wish['columns']}"]) + "\n", content_type="text/plain; charset=utf-8")
