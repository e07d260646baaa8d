"""What is found in purchases that somebody gives us, and the words for it."""

from typing import Any

from app.languages import Text
from app.ops.imports.outcomes import Found, Said


class PurchaseFinding(Said):
    """Every fact that corrects or refuses a receipt. Codes are stable; programs read them in the JSON report."""

    DISCOUNT_SIGN = (
        "discount_sign",
        Text(fr="promotion négative lue comme positive", en="negative promotion read as positive"),
        Text(
            fr="ligne {row} : promotion négative lue comme positive",
            en="row {row}: negative promotion read as positive",
        ),
    )
    GTIN_PADDED = (
        "gtin_padded",
        Text(fr="zéros rendus à un code article", en="zeros given back to an article number"),
        Text(fr="ligne {row} : zéros rendus au code article", en="row {row}: zeros given back to the article number"),
    )
    WEIGHED = (
        "weighed",
        Text(fr="quantité pesée comptée pour un", en="weighed quantity counted as one"),
        Text(fr="ligne {row} : quantité pesée comptée pour un", en="row {row}: weighed quantity counted as one"),
    )
    CONTROL_CHARACTERS = (
        "control_characters",
        Text(fr="caractères invisibles retirés", en="invisible characters taken out"),
        Text(fr="ligne {row} : caractères invisibles retirés", en="row {row}: invisible characters taken out"),
    )

    MEMBER_MISSING = (
        "member_missing",
        Text(fr="ni carte ni numéro de membre", en="neither a card nor a member number"),
    )
    MEMBER_UNKNOWN = (
        "member_unknown",
        Text(fr="carte ou membre inconnu de l'enseigne", en="card or member unknown to the brand"),
    )
    STORE_UNKNOWN = (
        "store_unknown",
        Text(fr="magasin inconnu de l'enseigne", en="store unknown to the brand"),
        Text(fr="le magasin « {store} » n'est pas de l'enseigne", en='the store "{store}" is none of the brand\'s'),
    )
    CHANNEL_UNKNOWN = (
        "channel_unknown",
        Text(fr="canal inconnu", en="unknown channel"),
        Text(fr="le canal est store, web, app ou phone", en="the channel is store, web, app or phone"),
    )
    RECEIPT_MISSING = (
        "receipt_missing",
        Text(fr="sans numéro de caisse ou de ticket", en="no number of till or receipt"),
    )
    TEXT_TOO_LONG = (
        "text_too_long",
        Text(fr="texte trop long", en="text too long"),
        Text(fr="{column} : plus de {longest} caractères", en="{column}: more than {longest} characters"),
    )
    INSTANT_UNREADABLE = (
        "instant_unreadable",
        Text(fr="date illisible", en="unreadable instant"),
        Text(fr="la date ne se lit pas comme ISO 8601", en="the instant does not read as ISO 8601"),
    )
    IN_FUTURE = ("in_future", Text(fr="date dans le futur", en="dated in the future"))
    TOO_OLD = ("too_old", Text(fr="trop ancien pour être gardé", en="too old to be kept"))
    CURRENCY_UNKNOWN = ("currency_unknown", Text(fr="monnaie inconnue", en="unknown currency"))
    AMOUNT_UNREADABLE = (
        "amount_unreadable",
        Text(fr="montant illisible", en="unreadable amount"),
        Text(fr="ligne {row} : montant illisible", en="row {row}: unreadable amount"),
    )
    QUANTITY_UNREADABLE = (
        "quantity_unreadable",
        Text(fr="quantité illisible", en="unreadable quantity"),
        Text(fr="ligne {row} : quantité illisible", en="row {row}: unreadable quantity"),
    )
    LINE_UNSOUND = (
        "line_unsound",
        Text(fr="quantité ou montants impossibles", en="impossible quantity or amounts"),
        Text(
            fr="ligne {row} : quantité sous 1, prix négatif ou promotion au-dessus du prix",
            en="row {row}: quantity below 1, negative price, or promotion above the price",
        ),
    )
    GTIN_WRONG = (
        "gtin_wrong",
        Text(fr="code article (GTIN) faux", en="wrong article number (GTIN)"),
        Text(fr="ligne {row} : code article (GTIN) faux", en="row {row}: wrong article number (GTIN)"),
    )
    TAX_UNREADABLE = (
        "tax_unreadable",
        Text(fr="taux de taxe illisible", en="unreadable rate of tax"),
        Text(fr="ligne {row} : taux de taxe illisible", en="row {row}: unreadable rate of tax"),
    )
    TOO_MANY_LINES = (
        "too_many_lines",
        Text(fr="trop de lignes", en="too many lines"),
        Text(fr="plus de {most} lignes", en="more than {most} lines"),
    )
    RECEIPT_REUSED = (
        "receipt_reused",
        Text(fr="numéro de ticket déjà pris", en="receipt number taken"),
        Text(fr="ce numéro désigne déjà un autre achat", en="this number names another purchase already"),
    )
    RECEIPT_SCATTERED = (
        "receipt_scattered",
        Text(fr="lignes de ticket dispersées", en="lines of a receipt apart"),
        Text(fr="les lignes d'un ticket doivent se suivre", en="the lines of a receipt must stand together"),
    )


class RefusedReceipt(Exception):
    """A receipt cannot be taken. `found` says why."""

    def __init__(self, finding: Said, about: str, **facts: Any) -> None:
        super().__init__(finding)
        self.found = Found(finding, about, facts)
