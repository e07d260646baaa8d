"""Stores and areas: the console keeps them, apps read where a brand's shops are."""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.accounts.errors import BrandUnknown
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.etags import ETAG_HEADER, PUBLIC, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from geo.places import areas, queries, schemas, stores
from geo.places.errors import (
    AreaCodeTaken,
    AreaUnknown,
    StoreNotAssigned,
    StoreReferenceTaken,
    StoreRefused,
    StoreUnknown,
)
from geo.places.models import Area, Store

blueprint = Blueprint("places", __name__, url_prefix="/v1", description="Stores and areas")

KEEPERS = (Role.MERCHANDISER, Role.ADMIN)

Listed = tuple[Page[Any], dict[str, str]]
Versioned = tuple[Store, dict[str, str]]


@blueprint.get("/stores")
@only(*CONSOLE_ROLES)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.StoresOut)
def list_stores(asked: dict[str, Any]) -> Listed:
    """The brand's stores, newest first, closed ones too."""
    found = page_of(queries.stores_of(brand_id()), sort=Store.created_at, id=Store.id, **asked)
    return found, link_header(found)


@blueprint.post("/stores")
@only(*KEEPERS)
@idempotent
@refuses(StoreReferenceTaken, StoreRefused, StoreNotAssigned)
@blueprint.arguments(schemas.StoreIn)
@blueprint.response(201, schemas.StoreOut, headers=ETAG_HEADER)
def create_store(asked: dict[str, Any]) -> Versioned:
    """Open a store. Country and time zone follow from its coordinates."""
    store = stores.open_store(brand_id=brand_id(), by=principal().id, now=clock.now(), **asked)
    return written(store, store.version)


@blueprint.get("/stores/<uuid:store_id>")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@refuses(StoreUnknown)
@blueprint.response(200, schemas.StoreOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def show_store(store_id: uuid.UUID) -> Response | Versioned:
    """One store of the brand."""
    store = stores.the_store(brand_id=brand_id(), store_id=store_id)
    return versioned(store, store.version)


@blueprint.put("/stores/<uuid:store_id>")
@only(*KEEPERS)
@idempotent
@needs_match
@refuses(StoreUnknown, StoreRefused, StoreNotAssigned)
@blueprint.arguments(schemas.StoreChangeIn)
@blueprint.response(200, schemas.StoreOut, headers=ETAG_HEADER)
def change_store(asked: dict[str, Any], store_id: uuid.UUID) -> Versioned:
    """Replace what is said of a store, close it or open it again. Offers near it follow at once."""
    whose: dict[str, Any] = {"brand_id": brand_id(), "store_id": store_id, "by": principal().id}
    store = stores.change_store(**whose, version=matched_version(), now=clock.now(), **asked)
    return written(store, store.version)


@blueprint.post("/stores/<uuid:store_id>/closure")
@only(*KEEPERS)
@idempotent
@refuses(StoreUnknown, StoreNotAssigned)
@blueprint.response(200, schemas.StoreOut, headers=ETAG_HEADER)
def close_store(store_id: uuid.UUID) -> Versioned:
    """Close a store at once; a change opens it again. No offer is shown there any more. No `If-Match`."""
    store = stores.close_store(brand_id=brand_id(), store_id=store_id, by=principal().id, now=clock.now())
    return written(store, store.version)


@blueprint.get("/areas")
@only(*CONSOLE_ROLES)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.AreasOut)
def list_areas(asked: dict[str, Any]) -> Listed:
    """The brand's areas, newest first."""
    found = page_of(queries.areas_of(brand_id()), sort=Area.created_at, id=Area.id, **asked)
    return found, link_header(found)


@blueprint.post("/areas")
@only(*KEEPERS)
@idempotent
@refuses(AreaCodeTaken)
@blueprint.arguments(schemas.AreaIn)
@blueprint.response(201, schemas.AreaOut)
def create_area(asked: dict[str, Any]) -> Area:
    """Name a group of stores; it begins empty."""
    return areas.draw_area(brand_id=brand_id(), now=clock.now(), **asked)


@blueprint.get("/areas/<uuid:area_id>/stores")
@only(*CONSOLE_ROLES)
@refuses(AreaUnknown)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.StoresOut)
def list_area_stores(asked: dict[str, Any], area_id: uuid.UUID) -> Listed:
    """The stores of an area, newest first."""
    area = areas.the_area(brand_id=brand_id(), area_id=area_id)
    found = page_of(queries.stores_in_area(area.id), sort=Store.created_at, id=Store.id, **asked)
    return found, link_header(found)


@blueprint.put("/areas/<uuid:area_id>/stores")
@only(*KEEPERS)
@idempotent
@refuses(AreaUnknown, StoreUnknown, StoreNotAssigned)
@blueprint.arguments(schemas.AreaStoresIn)
@blueprint.response(200, schemas.AreaOut)
def replace_area_stores(asked: dict[str, Any], area_id: uuid.UUID) -> Area:
    """Make these stores, and no others, the stores of an area. Offers for the area follow at once."""
    return areas.group_stores(brand_id=brand_id(), area_id=area_id, by=principal().id, now=clock.now(), **asked)


@blueprint.get("/brands/<string:code>/stores")
@only(Role.ANYONE)
@refuses(BrandUnknown)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.ShopsOut)
def list_shops(asked: dict[str, Any], code: str) -> Listed:
    """Where the shops of a brand are and when they open, for anybody; closed-down ones are left out. By distance, and
    whether they are open now: `POST`."""
    brand = stores.the_brand(code=code)
    found = page_of(queries.open_stores_of(brand.id), sort=Store.created_at, id=Store.id, **asked)
    return found, PUBLIC | link_header(found)
