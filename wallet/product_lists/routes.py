"""The console names lists of articles."""

from typing import Any

from flask import Response, request

from app import clock
from app.errors import CostlyDoorBusy
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, refuses, takes_file
from app.http.etags import ETAG_HEADER, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from app.http.pagination import Page, PageIn, link_header, page_of
from app.http.problems import language
from app.ops.costly_doors import IMPORTS, keep_place
from wallet.product_lists import article_import, lists, queries, schemas
from wallet.product_lists.errors import (
    ArticleFileUnreadable,
    ListedNumberWrong,
    ProductListCodeTaken,
    ProductListInUse,
    ProductListTooLong,
    ProductListUnknown,
    TooManyProductLists,
)
from wallet.product_lists.models import ProductList

blueprint = Blueprint("product_lists", __name__, url_prefix="/v1/product-lists", description="Lists of articles")

Versioned = tuple[ProductList, dict[str, str]]


@blueprint.get("")
@only(*CONSOLE_ROLES)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.ProductListsOut)
def list_product_lists(page: dict[str, Any]) -> tuple[Page[ProductList], dict[str, str]]:
    """The brand's lists of articles, newest first."""
    found = page_of(queries.lists_of(brand_id()), sort=ProductList.created_at, id=ProductList.id, **page)
    return found, link_header(found)


@blueprint.post("")
@only(Role.MERCHANDISER, Role.ADMIN)
@idempotent
@refuses(ProductListCodeTaken, ListedNumberWrong, TooManyProductLists, ProductListTooLong)
@blueprint.arguments(schemas.ProductListIn)
@blueprint.response(201, schemas.ProductListOut, headers=ETAG_HEADER)
def create_product_list(content: dict[str, Any]) -> Versioned:
    """Name a list of articles, which offers, rules of points and shelves then name by its code."""
    gtins = content.pop("gtins") or ()
    made = lists.make_list(brand_id=brand_id(), gtins=gtins, **content, by=principal().id, now=clock.now())
    return written(made, made.revision)


@blueprint.get("/<string:list_code>")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@refuses(ProductListUnknown)
@blueprint.response(200, schemas.ProductListOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def show_product_list(list_code: str) -> Response | Versioned:
    """One list, with how many articles are on it."""
    found = lists.find_list(brand_id=brand_id(), code=list_code)
    return versioned(found, found.revision)


@blueprint.put("/<string:list_code>")
@only(Role.MERCHANDISER, Role.ADMIN)
@idempotent
@needs_match
@refuses(ProductListUnknown, ListedNumberWrong, ProductListTooLong)
@blueprint.arguments(schemas.ListContentIn)
@blueprint.response(200, schemas.ProductListOut, headers=ETAG_HEADER)
def change_product_list(content: dict[str, Any], list_code: str) -> Versioned:
    """Call a list otherwise, or change its articles from now on: what was bought before keeps what it had then."""
    said: dict[str, Any] = {"revision": matched_version(), "by": principal().id, "now": clock.now()}
    found = lists.change_list(brand_id=brand_id(), code=list_code, **content, **said)
    return written(found, found.revision)


@blueprint.delete("/<string:list_code>")
@only(Role.MERCHANDISER, Role.ADMIN)
@idempotent
@refuses(ProductListUnknown, ProductListInUse)
@blueprint.response(204)
def end_product_list(list_code: str) -> None:
    """End a list that nothing running names."""
    said: dict[str, Any] = {"by": principal().id, "language": language(), "now": clock.now()}
    lists.end_list(brand_id=brand_id(), code=list_code, **said)


@blueprint.get("/<string:list_code>/articles")
@only(*CONSOLE_ROLES)
@refuses(ProductListUnknown)
@blueprint.arguments(schemas.ListedArticlesIn, location="query")
@blueprint.response(200, schemas.ListedArticlesOut)
def list_listed_articles(asked: dict[str, Any], list_code: str) -> dict[str, Any]:
    """What is on a list now, by number."""
    return lists.page_of_articles(brand_id=brand_id(), code=list_code, **asked)


@blueprint.post("/<string:list_code>/imports")
@only(Role.MERCHANDISER, Role.ADMIN)
@idempotent
@takes_file(most_bytes=article_import.MOST_BYTES, description="A CSV with a column of GTINs", kinds=("text/csv",))
@refuses(ProductListUnknown, ArticleFileUnreadable, ProductListTooLong, CostlyDoorBusy)
@blueprint.arguments(schemas.ArticleImportIn, location="query")
@blueprint.response(200, schemas.ArticleImportOut)
def import_listed_articles(asked: dict[str, Any], list_code: str) -> dict[str, Any]:
    """Change what is on a list by a file: all of it at one instant. The same file again changes nothing."""
    said: dict[str, Any] = {"content": request.get_data(cache=True), "by": principal().id, "language": language()}
    with keep_place(door=IMPORTS):
        return article_import.import_file(brand_id=brand_id(), code=list_code, **asked, **said, now=clock.now())
