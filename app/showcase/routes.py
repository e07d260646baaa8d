"""A brand says who it is, at the console; anybody reads it, and which brands there are."""

from typing import Any

from flask import Response

from app import clock
from app.accounts import brands
from app.accounts.errors import BrandUnknown
from app.accounts.models import Brand
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, language, refuses
from app.http.etags import ETAG_HEADER, PUBLIC, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from app.showcase import profiles, queries, schemas
from app.showcase.errors import ProfileVersionUnknown

blueprint = Blueprint("showcase", __name__, url_prefix="/v1", description="What brands show of themselves")

Body = dict[str, Any]


@blueprint.get("/console/brand-profile")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@refuses(ProfileVersionUnknown)
@blueprint.arguments(schemas.ProfileVersionQuery, location="query")
@blueprint.response(200, schemas.BrandProfileOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def show_brand_profile(asked: Body) -> Response | tuple[Body, dict[str, str]]:
    """What the brand says of itself, or said in a version of before."""
    said = profiles.read_profile(brand_id=brand_id(), **asked)
    return versioned(profiles.describe_profile(said), said.version)


@blueprint.put("/console/brand-profile")
@only(Role.MERCHANDISER, Role.ADMIN)
@idempotent
@needs_match
@blueprint.arguments(schemas.BrandProfileIn)
@blueprint.response(200, schemas.BrandProfileOut, headers=ETAG_HEADER)
def write_brand_profile(content: Body) -> tuple[Body, dict[str, str]]:
    """Say anew who the brand is. Apps, the directory and passes whose design says nothing else follow."""
    change: Body = {"brand_id": brand_id(), "version": matched_version(), "by": principal().id, "now": clock.now()}
    said = profiles.write_profile(content=content, **change)
    return written(profiles.describe_profile(said), said.version)


@blueprint.get("/brands")
@only(Role.ANYONE)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.ShownBrandsOut)
def list_brands(asked: Body) -> tuple[Page[Body], dict[str, str]]:
    """The brands that want to be found, newest first. Nobody is known, and nothing is kept."""
    found = page_of(queries.listed_brands(), sort=Brand.created_at, id=Brand.id, **asked)
    shown = profiles.describe_brands(found.items, language=language())
    return Page(shown, found.next), PUBLIC | link_header(found)


@blueprint.get("/brands/<string:code>")
@only(Role.ANYONE)
@refuses(BrandUnknown)
@blueprint.response(200, schemas.WholeBrandOut)
def show_brand_to_anybody(code: str) -> tuple[Body, dict[str, str]]:
    """All that a brand says of itself: who it is, where help is, its terms, its pictures."""
    return profiles.describe_brand(brands.find_brand(code), language=language()), PUBLIC
