"""Finance closes months of issuers, and reads what they owe."""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.http.access import Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.http.pagination import link_header, page_of
from offers.manufacturers.clearing import contents, months, queries, schemas
from offers.manufacturers.clearing.errors import ClearingMonthOpen, ClearingMonthPassed, ClearingUnknown
from offers.manufacturers.clearing.models import ClearingFile
from offers.manufacturers.errors import CouponIssuerUnknown

blueprint = Blueprint("clearing", __name__, url_prefix="/v1", description="What issuers of coupons owe, by month")


@blueprint.get("/clearings")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.arguments(schemas.ClearingsIn, location="query")
@blueprint.response(200, schemas.ClearingsOut)
def list_clearings(page: dict[str, Any]) -> Any:
    """The clearing files of the brand, newest first."""
    asked = queries.files_of(brand_id(), issuer=page.pop("issuer"))
    found = page_of(asked, sort=ClearingFile.made_at, id=ClearingFile.id, **page)
    return found, link_header(found)


@blueprint.post("/clearings")
@only(Role.ADMIN)
@idempotent
@refuses(CouponIssuerUnknown, ClearingMonthOpen, ClearingMonthPassed)
@blueprint.arguments(schemas.ClearingIn)
@blueprint.response(201, schemas.ClearingHeadOut)
def make_clearing(asked: dict[str, Any]) -> ClearingFile:
    """Close a month of an issuer. Made again it is the same file; what comes in later is in the next month's."""
    return months.make_clearing(brand_id=brand_id(), **asked, by=principal().id, now=clock.now())


@blueprint.get("/clearings/<uuid:clearing_id>")
@only(Role.AUDITOR, Role.ADMIN)
@refuses(ClearingUnknown)
@blueprint.response(200, schemas.ClearingOut)
def show_clearing(clearing_id: uuid.UUID) -> dict[str, Any]:
    """One file with every line."""
    return contents.tell_clearing(*months.read_clearing(brand_id=brand_id(), clearing_id=clearing_id))


@blueprint.get("/clearings/<uuid:clearing_id>/lines.csv")
@only(Role.AUDITOR, Role.ADMIN)
@refuses(ClearingUnknown)
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def export_clearing(clearing_id: uuid.UUID) -> Response:
    """The lines of a file as CSV, which its `sha256` is of. The last line is the total."""
    written = contents.write_csv(*months.read_clearing(brand_id=brand_id(), clearing_id=clearing_id))
    headers = {"Content-Disposition": 'attachment; filename="clearing.csv"', "Cache-Control": "no-store"}
    return Response(written, content_type="text/csv; charset=utf-8", headers=headers)
