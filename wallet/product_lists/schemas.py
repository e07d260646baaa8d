"""Lists of articles on the wire. Articles are told by their fourteen digits."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LIST_CODE, MOST_ARTICLES, Counts, LineField, Pattern, category_paths, product_lists
from app.http.pagination import PageOut
from wallet.product_lists.article_import import ImportMode
from wallet.purchases.basket import Products

GTIN = Pattern(r"^([0-9]{8}|[0-9]{12,14})$", complaints.NOT_AN_ARTICLE_NUMBER)
SKU = Pattern(r"^[!-~]{1,64}$", complaints.NOT_AN_ARTICLE_NUMBER)
MOST_SENT = 10_000
"""Articles of one request; more come by a file."""


def articles() -> Any:
    """Articles by their numbers."""
    return ma.fields.List(
        ma.fields.String(validate=GTIN),
        allow_none=True,
        load_default=None,
        validate=ma.validate.Length(max=MOST_SENT),
        metadata={"description": "All its articles; null: as they are"},
    )


class ListContentIn(In):
    """What a list is called, and what is on it."""

    name = LineField(required=True, longest=120)
    gtins = articles()


class ProductListIn(ListContentIn):
    """A new list. Offers, rules and shelves name it by its code."""

    code = ma.fields.String(required=True, validate=LIST_CODE)


class ProductListOut(Out):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    articles = ma.fields.Integer(required=True)
    revision = ma.fields.Integer(required=True)
    created_at = Instant(required=True)
    changed_at = Instant(required=True)


class ProductListsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(ProductListOut), required=True)


class ListedArticlesIn(In):
    """How much of a list, and from where: articles come by their number."""

    limit = ma.fields.Integer(load_default=100, validate=ma.validate.Range(1, 1_000))
    after = ma.fields.String(load_default=None, validate=Pattern(r"^[0-9]{14}$", complaints.NOT_AN_ARTICLE_NUMBER))


class ListedArticleOut(Out):
    gtin = ma.fields.String(required=True)
    since = Instant(required=True)


class ListedArticlesOut(Out):
    items = ma.fields.List(ma.fields.Nested(ListedArticleOut), required=True)
    after = ma.fields.String(required=True, allow_none=True, metadata={"description": "From where to go on"})


class ArticleImportIn(In):
    """`add`: what the file names comes to the list; `replace`: it is all that the list has, unless a row was refused;
    `remove`: it leaves the list."""

    mode = ma.fields.Enum(ImportMode, by_value=True, load_default=ImportMode.ADD)
    dry_run = ma.fields.Boolean(load_default=False)


class ImportedArticleOut(Out):
    row = ma.fields.Integer(required=True)
    outcome = ma.fields.String(required=True)
    gtin = ma.fields.String(required=True, allow_none=True)
    code = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class ArticleImportOut(Out):
    """`rows` are the first that were refused or corrected."""

    list = ma.fields.Nested(ProductListOut, required=True)
    dry_run = ma.fields.Boolean(required=True)
    added = ma.fields.Integer(required=True)
    removed = ma.fields.Integer(required=True)
    counts = Counts(required=True)
    rows = ma.fields.List(ma.fields.Nested(ImportedArticleOut), required=True)


class ProductsIn(In):
    """The articles that an offer is about, all unless something is named: those in one of the categories, of one of the
    numbers, or on one of the product lists; never those of the categories `but_not`, nor on `but_not_lists`."""

    categories = category_paths()
    gtins = ma.fields.List(
        ma.fields.String(validate=Pattern(r"^[0-9]{8,14}$", complaints.NOT_AN_ARTICLE_NUMBER)),
        load_default=list,
        validate=ma.validate.Length(max=MOST_ARTICLES),
    )
    skus = ma.fields.List(
        ma.fields.String(validate=SKU), load_default=list, validate=ma.validate.Length(max=MOST_ARTICLES)
    )
    but_not = category_paths()
    lists = product_lists()
    but_not_lists = product_lists()

    @ma.post_load
    def make(self, data: dict[str, list[str]], **_: Any) -> Products:
        return Products(**{name: frozenset(values) for name, values in data.items()})


class ProductsOut(Out):
    categories = ma.fields.List(ma.fields.String(), required=True)
    gtins = ma.fields.List(ma.fields.String(), required=True)
    skus = ma.fields.List(ma.fields.String(), required=True)
    but_not = ma.fields.List(ma.fields.String(), required=True)
    lists = ma.fields.List(ma.fields.String(), required=True)
    but_not_lists = ma.fields.List(ma.fields.String(), required=True)
