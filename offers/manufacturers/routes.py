"""The console keeps a register of who issues coupons that tills take."""

from typing import Any

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.etags import ETAG_HEADER, matched_version, needs_match, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, link_header, page_of
from offers.manufacturers import queries, register, schemas
from offers.manufacturers.errors import (
    IssuerCurrencyFixed,
    IssuerListUnknown,
    IssuerPrefixTaken,
)
from offers.manufacturers.models import CouponIssuer

blueprint = Blueprint("manufacturers", __name__, url_prefix="/v1", description="Who issues coupons that tills take")


@blueprint.get("/coupon-issuers")
@only(*CONSOLE_ROLES)
@blueprint.arguments(schemas.IssuersIn, location="query")
@blueprint.response(200, schemas.IssuersOut)
def list_coupon_issuers(page: dict[str, Any]) -> Any:
    """The brand's register of issuers, newest change first."""
    found = page_of(queries.issuers_of(brand_id()), sort=CouponIssuer.set_at, id=CouponIssuer.id, **page)
    return Page(register.read_issuers(found.items), found.next), link_header(found)


@blueprint.put("/coupon-issuers")
@only(Role.ADMIN)
@idempotent
@needs_match
@refuses(IssuerCurrencyFixed, IssuerListUnknown, IssuerPrefixTaken)
@blueprint.arguments(schemas.IssuerIn)
@blueprint.response(200, schemas.IssuerOut, headers=ETAG_HEADER)
def set_coupon_issuer(said: register.IssuerSaid) -> Any:
    """Enter an issuer (`If-Match: "0"`), or change the one of this code and revision. What was made stays as it is."""
    by: dict[str, Any] = {"revision": matched_version(), "by": principal().id, "now": clock.now()}
    found = register.set_issuer(brand_id=brand_id(), said=said, **by)
    return written(found, found.issuer.revision)
