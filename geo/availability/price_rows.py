"""Rows of a file of prices and stocks, judged: what a store says, or the reason why not. Pure: no table, no clock."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from app.characters import remove_spaces
from app.codes.article_numbers import full_gtin, mended_gtin
from app.ops.imports.outcomes import Found, RowFault
from app.ops.imports.tables import TableLine
from geo.availability.articles import KEPT, SKEW, ArticleTold
from geo.availability.findings import PriceFinding, RefusedPrice
from geo.availability.price_values import LONGEST, minor_units, minor_units_in, read_as_of, read_price, read_truth
from geo.places.plain_values import excerpt, plain_text

LARGEST = 10**10
"""Minor units of one article: more is a slip of the keyboard."""
MOST_STOCK = 2**31 - 1

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "store": (
        *("store", "storecode", "storereference", "storeid", "storenumber", "shop", "shopcode", "magasin"),
        *("referencemagasin", "magasinid", "storeref", "refpdv"),
        *("codemagasin", "refmagasin", "numeromagasin", "pointdevente", "pdv", "codepdv", "site", "codesite"),
    ),
    "gtin": ("gtin", "ean", "eancode", "barcode", "upc", "codebarres", "codebarre", "gencod", "gencode", "codeean"),
    "sku": (
        *("sku", "id", "itemid", "item", "articlenumber", "articleid", "article", "productid", "product"),
        *("referencearticle", "codeinterne", "articleref"),
        *("codearticle", "refarticle", "numeroarticle", "reference", "ref", "produit", "codeproduit"),
    ),
    "price_minor": ("priceminor", "pricecents", "prixcentimes"),
    "price": (
        *("price", "unitprice", "sellingprice", "retailprice", "prix", "prixttc", "prixvente", "prixdevente"),
        *("prixdeventettc", "prixunitaire", "pvttc", "pvc"),
    ),
    "currency": ("currency", "devise", "monnaie"),
    "stock": (
        *("stock", "quantity", "qty", "onhand", "stockquantity", "stockqty", "quantite", "qte", "quantiteenstock"),
        *("stockdisponible", "stockmagasin"),
    ),
    "in_stock": ("instock", "availability", "available", "disponibilite", "disponible", "dispo", "enstock"),
    "as_of": (
        *("asof", "updatedat", "timestamp", "date", "datetime", "horodatage", "datemaj", "miseajour"),
        *("datedemiseajour", "majle", "modifiele"),
    ),
    "label": ("label", "title", "name", "description", "libelle", "designation", "nom"),
    "category": ("category", "categorypath", "categorie", "rayon", "famille"),
}
"""Our columns and what headers call them; `store_code`, `id`, `quantity`, `price` and `availability` are those of a
local inventory feed of Google Merchant Center."""

REQUIRED = ("store", ("gtin", "sku"), ("price", "price_minor", "stock", "in_stock"))


class OpenStore(NamedTuple):
    """A store as a file of prices knows it: by its reference."""

    number: int
    time_zone: str


@dataclass(frozen=True)
class PriceRules:
    """What a brand's file is read by. `as_of` is that of the whole file, where rows do not say theirs."""

    stores: Mapping[str, OpenStore]
    currency: str
    now: datetime
    as_of: datetime | None = None


class JudgedPrice(NamedTuple):
    """What a row says, and what was corrected in it."""

    row: int
    store: str
    told: ArticleTold
    found: tuple[Found, ...]


def judge_price(line: TableLine, rules: PriceRules) -> JudgedPrice:
    """What a row says. Raises `RefusedPrice` with the first reason why it cannot be taken."""
    if not line.storable:
        raise RefusedPrice(RowFault.TEXT_UNSTORABLE, "")
    if line.overfull:
        raise RefusedPrice(PriceFinding.CELLS_BEYOND, "", cells=line.cells, width=line.width)
    found: list[Found] = []
    store = _store(line, rules)
    gtin, sku = _article(line, found)
    price, currency = _price(line, rules, found)
    stock, is_stocked = _stock(line, found)
    if price is None and is_stocked is None:
        raise RefusedPrice(PriceFinding.NOTHING_SAID, "price")
    return JudgedPrice(
        line.number,
        line.get("store") or "",
        ArticleTold(
            store.number,
            gtin,
            sku,
            _as_of(line, store, rules),
            price,
            currency,
            stock,
            is_stocked,
            _word(line, "label"),
            _category(line),
        ),
        tuple(found),
    )


def _store(line: TableLine, rules: PriceRules) -> OpenStore:
    reference = line.get("store")
    if reference is None:
        raise RefusedPrice(PriceFinding.STORE_MISSING, "store")
    store = rules.stores.get(reference) or rules.stores.get(plain_text(reference)[0] or "")
    if store is None:
        raise RefusedPrice(PriceFinding.STORE_NOT_OURS, "store", store=excerpt(reference, 40))
    return store


def _article(line: TableLine, found: list[Found]) -> tuple[str | None, str | None]:
    """The article's GTIN in fourteen digits, and its SKU; one of them at least."""
    sku, written = _word(line, "sku"), remove_spaces(line.get("gtin") or "").removeprefix("'")
    if not written and sku is None:
        raise RefusedPrice(PriceFinding.ARTICLE_MISSING, "gtin")
    gtin = full_gtin(written) if written else None
    if not written or gtin is not None:
        return gtin, sku
    gtin = mended_gtin(written)
    if gtin is None and sku is None:
        raise RefusedPrice(PriceFinding.GTIN_IMPOSSIBLE, "gtin")
    found.append(Found(PriceFinding.GTIN_LEFT_OUT if gtin is None else PriceFinding.GTIN_MENDED, "gtin"))
    return gtin, sku


def _word(line: TableLine, column: str) -> str | None:
    text, _ = plain_text(line.get(column))
    if text is not None and len(text) > LONGEST:
        raise RefusedPrice(PriceFinding.WORD_TOO_LONG, column, column=column, longest=LONGEST)
    return text


def _category(line: TableLine) -> str | None:
    """A path from broad to narrow, with `/` also where a feed writes ` > `."""
    text = _word(line, "category")
    parts = [part.strip() for part in re.split("[/>]", text or "")]
    return "/".join(filter(None, parts)) or None


def _price(line: TableLine, rules: PriceRules, found: list[Found]) -> tuple[int | None, str | None]:
    # Where both are given, the decimals are what people see.
    minor, amount, code = line.get("price_minor"), line.get("price"), line.get("currency")
    if minor is None and amount is None:
        return None, None
    try:
        price, said = (None, None) if amount is None else read_price(amount)
        currency = (code or said or rules.currency).strip().upper()
        scaled = minor_units(price, currency) if price is not None else minor_units_in(minor or "", currency)
    except (ValueError, ArithmeticError):
        raise RefusedPrice(PriceFinding.PRICE_UNREADABLE, "price") from None
    if not 0 <= scaled <= LARGEST:
        raise RefusedPrice(PriceFinding.PRICE_UNREADABLE, "price")
    if scaled == 0:  # what systems write where no price was entered; nothing is sold for it
        found.append(Found(PriceFinding.PRICE_OF_ZERO, "price"))
        return None, None
    return scaled, currency


def _stock(line: TableLine, found: list[Found]) -> tuple[int | None, bool | None]:
    """How many there are, where that is a whole number, and whether there is any."""
    written, word = line.get("stock"), line.get("in_stock")
    if written is None:
        return None, None if word is None else read_truth(word)
    try:
        exact = Decimal(remove_spaces(written).replace(",", "."))
    except ArithmeticError:
        return None, read_truth(written)  # a column of stocks that says yes and no
    if not exact.is_finite() or abs(exact) > MOST_STOCK:
        raise RefusedPrice(PriceFinding.STOCK_UNREADABLE, "stock")
    if exact < 0:  # sold before it was booked in: how many there are is not known, and nobody should come for it
        found.append(Found(PriceFinding.STOCK_BELOW_ZERO, "stock"))
        return 0, False
    if exact != exact.to_integral_value():
        return None, True  # by weight
    return int(exact), exact > 0


def _as_of(line: TableLine, store: OpenStore, rules: PriceRules) -> datetime:
    text = line.get("as_of")
    at = rules.as_of if text is None else read_as_of(text, store.time_zone)
    if at is None:
        raise RefusedPrice(PriceFinding.AS_OF_MISSING, "as_of")
    if at > rules.now + SKEW:
        raise RefusedPrice(PriceFinding.AS_OF_AHEAD, "as_of")
    if at <= rules.now - KEPT:
        raise RefusedPrice(PriceFinding.AS_OF_TOO_OLD, "as_of", days=KEPT.days)
    return at
