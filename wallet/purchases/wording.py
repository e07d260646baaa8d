"""What is said of the findings in a file of purchases: a few words for a count, a sentence for a receipt."""

from enum import StrEnum

from app.bulk.rows import Words
from app.languages import Text
from wallet.purchases.findings import Finding

HEADINGS: dict[StrEnum, Text] = {
    Finding.DISCOUNT_SIGN: Text(fr="promotion négative lue comme positive", en="negative promotion read as positive"),
    Finding.GTIN_PADDED: Text(fr="zéros rendus à un code article", en="zeros given back to an article number"),
    Finding.WEIGHED: Text(fr="quantité pesée comptée pour un", en="weighed quantity counted as one"),
    Finding.CONTROL_CHARACTERS: Text(fr="caractères invisibles retirés", en="invisible characters taken out"),
    Finding.MEMBER_MISSING: Text(fr="ni carte ni numéro de membre", en="neither a card nor a member number"),
    Finding.MEMBER_UNKNOWN: Text(fr="carte ou membre inconnu de l'enseigne", en="card or member unknown to the brand"),
    Finding.STORE_UNKNOWN: Text(fr="magasin inconnu de l'enseigne", en="store unknown to the brand"),
    Finding.CHANNEL_UNKNOWN: Text(fr="canal inconnu", en="unknown channel"),
    Finding.RECEIPT_MISSING: Text(fr="sans numéro de caisse ou de ticket", en="no number of till or receipt"),
    Finding.TEXT_TOO_LONG: Text(fr="texte trop long", en="text too long"),
    Finding.INSTANT_UNREADABLE: Text(fr="date illisible", en="unreadable instant"),
    Finding.IN_FUTURE: Text(fr="daté de l'avenir", en="dated in the future"),
    Finding.TOO_OLD: Text(fr="trop ancien pour être gardé", en="too old to be kept"),
    Finding.CURRENCY_UNKNOWN: Text(fr="monnaie inconnue", en="unknown currency"),
    Finding.AMOUNT_UNREADABLE: Text(fr="montant illisible", en="unreadable amount"),
    Finding.QUANTITY_UNREADABLE: Text(fr="quantité illisible", en="unreadable quantity"),
    Finding.LINE_UNSOUND: Text(fr="quantité ou montants impossibles", en="impossible quantity or amounts"),
    Finding.GTIN_WRONG: Text(fr="code article (GTIN) faux", en="wrong article number (GTIN)"),
    Finding.TAX_UNREADABLE: Text(fr="taux de taxe illisible", en="unreadable rate of tax"),
    Finding.TOO_MANY_LINES: Text(fr="trop de lignes", en="too many lines"),
    Finding.RECEIPT_REUSED: Text(fr="numéro de ticket déjà pris", en="receipt number taken"),
    Finding.RECEIPT_SCATTERED: Text(fr="lignes de ticket dispersées", en="lines of a receipt apart"),
}

SENTENCES: dict[StrEnum, Text] = HEADINGS | {
    Finding.DISCOUNT_SIGN: Text(
        fr="ligne {row} : promotion négative lue comme positive", en="row {row}: negative promotion read as positive"
    ),
    Finding.GTIN_PADDED: Text(
        fr="ligne {row} : zéros rendus au code article", en="row {row}: zeros given back to the article number"
    ),
    Finding.WEIGHED: Text(
        fr="ligne {row} : quantité pesée comptée pour un", en="row {row}: weighed quantity counted as one"
    ),
    Finding.CONTROL_CHARACTERS: Text(
        fr="ligne {row} : caractères invisibles retirés", en="row {row}: invisible characters taken out"
    ),
    Finding.STORE_UNKNOWN: Text(
        fr="le magasin « {store} » n'est pas de l'enseigne", en='the store "{store}" is none of the brand\'s'
    ),
    Finding.CHANNEL_UNKNOWN: Text(
        fr="le canal est store, web, app ou phone", en="the channel is store, web, app or phone"
    ),
    Finding.TEXT_TOO_LONG: Text(
        fr="{column} : plus de {longest} caractères", en="{column}: more than {longest} characters"
    ),
    Finding.INSTANT_UNREADABLE: Text(
        fr="la date ne se lit pas comme ISO 8601", en="the instant does not read as ISO 8601"
    ),
    Finding.AMOUNT_UNREADABLE: Text(fr="ligne {row} : montant illisible", en="row {row}: unreadable amount"),
    Finding.QUANTITY_UNREADABLE: Text(fr="ligne {row} : quantité illisible", en="row {row}: unreadable quantity"),
    Finding.LINE_UNSOUND: Text(
        fr="ligne {row} : quantité sous 1, prix négatif ou promotion au-dessus du prix",
        en="row {row}: quantity below 1, negative price, or promotion above the price",
    ),
    Finding.GTIN_WRONG: Text(fr="ligne {row} : code article (GTIN) faux", en="row {row}: wrong article number (GTIN)"),
    Finding.TAX_UNREADABLE: Text(fr="ligne {row} : taux de taxe illisible", en="row {row}: unreadable rate of tax"),
    Finding.TOO_MANY_LINES: Text(fr="plus de {most} lignes", en="more than {most} lines"),
    Finding.RECEIPT_REUSED: Text(
        fr="ce numéro désigne déjà un autre achat", en="this number names another purchase already"
    ),
    Finding.RECEIPT_SCATTERED: Text(
        fr="les lignes d'un ticket doivent se suivre", en="the lines of a receipt must stand together"
    ),
}

WORDS = Words(sentences=SENTENCES, headings=HEADINGS)
