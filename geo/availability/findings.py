"""What is found in a file of prices and stocks, and the words for it."""

from typing import Any

from app.languages import Text
from app.ops.imports.outcomes import Found, Said


class PriceFinding(Said):
    """Every fact that corrects or refuses a row. Codes are stable; programs read them in the JSON report."""

    STORE_MISSING = ("store_missing", Text(fr="sans référence de magasin", en="without a reference of a store"))
    STORE_NOT_OURS = (
        "store_not_ours",
        Text(fr="magasin inconnu ou fermé", en="store unknown or closed down"),
        Text(
            fr="le magasin « {store} » n'est pas un magasin ouvert de l'enseigne",
            en='"{store}" is no open store of the brand',
        ),
    )
    ARTICLE_MISSING = ("article_missing", Text(fr="sans GTIN ni SKU", en="without a GTIN or a SKU"))
    GTIN_IMPOSSIBLE = (
        "gtin_impossible",
        Text(fr="code article (GTIN) faux", en="wrong article number (GTIN)"),
    )
    GTIN_MENDED = (
        "gtin_mended",
        Text(fr="zéros rendus à un code article", en="zeros given back to an article number"),
    )
    GTIN_LEFT_OUT = (
        "gtin_left_out",
        Text(
            fr="code article (GTIN) faux, article pris par son SKU",
            en="wrong article number (GTIN), article taken by its SKU",
        ),
    )
    WORD_TOO_LONG = (
        "word_too_long",
        Text(fr="texte trop long", en="text too long"),
        Text(fr="{column} : plus de {longest} caractères", en="{column}: more than {longest} characters"),
    )
    PRICE_UNREADABLE = ("price_unreadable", Text(fr="prix illisible", en="unreadable price"))
    PRICE_OF_ZERO = (
        "price_of_zero",
        Text(fr="prix de zéro laissé de côté", en="price of zero left out"),
    )
    MONEY_UNKNOWN = ("money_unknown", Text(fr="monnaie inconnue", en="unknown currency"))
    STOCK_UNREADABLE = ("stock_unreadable", Text(fr="stock illisible", en="unreadable stock"))
    STOCK_BELOW_ZERO = (
        "stock_below_zero",
        Text(fr="stock négatif lu comme épuisé", en="negative stock read as none"),
    )
    NOTHING_SAID = ("nothing_said", Text(fr="ni prix ni stock", en="neither a price nor a stock"))
    AS_OF_MISSING = (
        "as_of_missing",
        Text(fr="sans instant", en="without an instant"),
        Text(
            fr="sans instant : une colonne as_of, ou --as-of pour tout le fichier",
            en="without an instant: a column as_of, or --as-of for the whole file",
        ),
    )
    AS_OF_UNREADABLE = ("as_of_unreadable", Text(fr="instant illisible", en="unreadable instant"))
    AS_OF_AHEAD = ("as_of_ahead", Text(fr="instant dans le futur", en="instant in the future"))
    AS_OF_TOO_OLD = (
        "as_of_too_old",
        Text(fr="trop ancien pour être utile", en="too old to be of use"),
        Text(fr="plus de {days} jours : ce n'est plus utile", en="more than {days} days old: of no use any more"),
    )
    NEWER_IS_KNOWN = (
        "newer_is_known",
        Text(fr="plus récent déjà connu", en="something newer is known"),
    )
    CELLS_BEYOND = (
        "cells_beyond",
        Text(fr="ligne décalée", en="shifted row"),
        Text(
            fr="{cells} {cells:cellule|cellules} pour {width} {width:colonne|colonnes}",
            en="{cells} {cells:cell|cells} for {width} {width:column|columns}",
        ),
    )


class RefusedPrice(Exception):
    """A row cannot be taken. `found` says why."""

    def __init__(self, finding: Said, about: str, **facts: Any) -> None:
        super().__init__(finding)
        self.found = Found(finding, about, facts)
