"""What is said of the findings in a file of purchases: a few words for a count, a sentence for a receipt."""

from enum import StrEnum

from app.languages import Text
from app.ops.imports.outcomes import ImportWords
from wallet.purchases.findings import PurchaseFinding

HEADINGS: dict[StrEnum, Text] = {
    PurchaseFinding.DISCOUNT_SIGN: Text(
        fr="promotion négative lue comme positive", en="negative promotion read as positive"
    ),
    PurchaseFinding.GTIN_PADDED: Text(fr="zéros rendus à un code article", en="zeros given back to an article number"),
    PurchaseFinding.WEIGHED: Text(fr="quantité pesée comptée pour un", en="weighed quantity counted as one"),
    PurchaseFinding.CONTROL_CHARACTERS: Text(fr="caractères invisibles retirés", en="invisible characters taken out"),
    PurchaseFinding.MEMBER_MISSING: Text(fr="ni carte ni numéro de membre", en="neither a card nor a member number"),
    PurchaseFinding.MEMBER_UNKNOWN: Text(
        fr="carte ou membre inconnu de l'enseigne", en="card or member unknown to the brand"
    ),
    PurchaseFinding.STORE_UNKNOWN: Text(fr="magasin inconnu de l'enseigne", en="store unknown to the brand"),
    PurchaseFinding.CHANNEL_UNKNOWN: Text(fr="canal inconnu", en="unknown channel"),
    PurchaseFinding.RECEIPT_MISSING: Text(fr="sans numéro de caisse ou de ticket", en="no number of till or receipt"),
    PurchaseFinding.TEXT_TOO_LONG: Text(fr="texte trop long", en="text too long"),
    PurchaseFinding.INSTANT_UNREADABLE: Text(fr="date illisible", en="unreadable instant"),
    PurchaseFinding.IN_FUTURE: Text(fr="daté de l'avenir", en="dated in the future"),
    PurchaseFinding.TOO_OLD: Text(fr="trop ancien pour être gardé", en="too old to be kept"),
    PurchaseFinding.CURRENCY_UNKNOWN: Text(fr="monnaie inconnue", en="unknown currency"),
    PurchaseFinding.AMOUNT_UNREADABLE: Text(fr="montant illisible", en="unreadable amount"),
    PurchaseFinding.QUANTITY_UNREADABLE: Text(fr="quantité illisible", en="unreadable quantity"),
    PurchaseFinding.LINE_UNSOUND: Text(fr="quantité ou montants impossibles", en="impossible quantity or amounts"),
    PurchaseFinding.GTIN_WRONG: Text(fr="code article (GTIN) faux", en="wrong article number (GTIN)"),
    PurchaseFinding.TAX_UNREADABLE: Text(fr="taux de taxe illisible", en="unreadable rate of tax"),
    PurchaseFinding.TOO_MANY_LINES: Text(fr="trop de lignes", en="too many lines"),
    PurchaseFinding.RECEIPT_REUSED: Text(fr="numéro de ticket déjà pris", en="receipt number taken"),
    PurchaseFinding.RECEIPT_SCATTERED: Text(fr="lignes de ticket dispersées", en="lines of a receipt apart"),
}

SENTENCES: dict[StrEnum, Text] = HEADINGS | {
    PurchaseFinding.DISCOUNT_SIGN: Text(
        fr="ligne {row} : promotion négative lue comme positive", en="row {row}: negative promotion read as positive"
    ),
    PurchaseFinding.GTIN_PADDED: Text(
        fr="ligne {row} : zéros rendus au code article", en="row {row}: zeros given back to the article number"
    ),
    PurchaseFinding.WEIGHED: Text(
        fr="ligne {row} : quantité pesée comptée pour un", en="row {row}: weighed quantity counted as one"
    ),
    PurchaseFinding.CONTROL_CHARACTERS: Text(
        fr="ligne {row} : caractères invisibles retirés", en="row {row}: invisible characters taken out"
    ),
    PurchaseFinding.STORE_UNKNOWN: Text(
        fr="le magasin « {store} » n'est pas de l'enseigne", en='the store "{store}" is none of the brand\'s'
    ),
    PurchaseFinding.CHANNEL_UNKNOWN: Text(
        fr="le canal est store, web, app ou phone", en="the channel is store, web, app or phone"
    ),
    PurchaseFinding.TEXT_TOO_LONG: Text(
        fr="{column} : plus de {longest} caractères", en="{column}: more than {longest} characters"
    ),
    PurchaseFinding.INSTANT_UNREADABLE: Text(
        fr="la date ne se lit pas comme ISO 8601", en="the instant does not read as ISO 8601"
    ),
    PurchaseFinding.AMOUNT_UNREADABLE: Text(fr="ligne {row} : montant illisible", en="row {row}: unreadable amount"),
    PurchaseFinding.QUANTITY_UNREADABLE: Text(
        fr="ligne {row} : quantité illisible", en="row {row}: unreadable quantity"
    ),
    PurchaseFinding.LINE_UNSOUND: Text(
        fr="ligne {row} : quantité sous 1, prix négatif ou promotion au-dessus du prix",
        en="row {row}: quantity below 1, negative price, or promotion above the price",
    ),
    PurchaseFinding.GTIN_WRONG: Text(
        fr="ligne {row} : code article (GTIN) faux", en="row {row}: wrong article number (GTIN)"
    ),
    PurchaseFinding.TAX_UNREADABLE: Text(
        fr="ligne {row} : taux de taxe illisible", en="row {row}: unreadable rate of tax"
    ),
    PurchaseFinding.TOO_MANY_LINES: Text(fr="plus de {most} lignes", en="more than {most} lines"),
    PurchaseFinding.RECEIPT_REUSED: Text(
        fr="ce numéro désigne déjà un autre achat", en="this number names another purchase already"
    ),
    PurchaseFinding.RECEIPT_SCATTERED: Text(
        fr="les lignes d'un ticket doivent se suivre", en="the lines of a receipt must stand together"
    ),
}

WORDS = ImportWords(sentences=SENTENCES, headings=HEADINGS)
