"""What an import of balances finds about a row, and the words for it. Codes never change."""

from enum import StrEnum

from app.languages import Text
from app.ops.imports.outcomes import ImportWords


class PointsFinding(StrEnum):
    """Why a row was refused; a balance is never corrected, because nobody could say what was meant."""

    TOO_MANY_CELLS = "too_many_cells"
    NUMBER_MISSING = "number_missing"
    NUMBER_UNKNOWN = "number_unknown"
    CURRENCY_UNKNOWN = "currency_unknown"
    POINTS_UNREADABLE = "points_unreadable"
    EARNED_UNREADABLE = "earned_unreadable"
    EARNED_AHEAD = "earned_ahead"
    EXPIRES_UNREADABLE = "expires_unreadable"
    EXPIRED_ALREADY = "expired_already"
    REFERENCE_REUSED = "reference_reused"


SENTENCES: dict[StrEnum, Text] = {
    PointsFinding.TOO_MANY_CELLS: Text(
        fr="{cells} cellules pour {columns} colonnes", en="{cells} cells for {columns} columns"
    ),
    PointsFinding.NUMBER_MISSING: Text(fr="sans numéro de membre ni carte", en="neither a member number nor a card"),
    PointsFinding.NUMBER_UNKNOWN: Text(fr="aucune carte n'a ce numéro", en="no card has this number"),
    PointsFinding.CURRENCY_UNKNOWN: Text(
        fr="l'enseigne ne compte pas en « {given} »", en="the brand does not count in “{given}”"
    ),
    PointsFinding.POINTS_UNREADABLE: Text(
        fr="des points sont un nombre entier de 1 à {most}", en="points are a whole number from 1 to {most}"
    ),
    PointsFinding.EARNED_UNREADABLE: Text(
        fr="date de gain illisible (écrire 2024-05-18)", en="date of earning unreadable (write 2024-05-18)"
    ),
    PointsFinding.EARNED_AHEAD: Text(fr="gagnés dans l'avenir", en="earned in the future"),
    PointsFinding.EXPIRES_UNREADABLE: Text(
        fr="date de fin illisible (écrire 2027-05-18)", en="end unreadable (write 2027-05-18)"
    ),
    PointsFinding.EXPIRED_ALREADY: Text(fr="ces points ont déjà expiré", en="these points expired already"),
    PointsFinding.REFERENCE_REUSED: Text(
        fr="une ligne du même membre avec la même référence (ou sans elle, les mêmes dates) a d'autres points",
        en="a row of this member with the same reference (or without one, the same dates) has other points",
    ),
}

HEADINGS: dict[StrEnum, Text] = {
    PointsFinding.TOO_MANY_CELLS: Text(fr="trop de cellules", en="too many cells"),
    PointsFinding.NUMBER_MISSING: Text(fr="sans membre", en="no member"),
    PointsFinding.NUMBER_UNKNOWN: Text(fr="membre inconnu", en="unknown member"),
    PointsFinding.CURRENCY_UNKNOWN: Text(fr="monnaie inconnue", en="unknown currency"),
    PointsFinding.POINTS_UNREADABLE: Text(fr="points illisibles", en="unreadable points"),
    PointsFinding.EARNED_UNREADABLE: Text(fr="date de gain illisible", en="unreadable date of earning"),
    PointsFinding.EARNED_AHEAD: Text(fr="gagnés dans l'avenir", en="earned in the future"),
    PointsFinding.EXPIRES_UNREADABLE: Text(fr="date de fin illisible", en="unreadable end"),
    PointsFinding.EXPIRED_ALREADY: Text(fr="déjà expirés", en="expired already"),
    PointsFinding.REFERENCE_REUSED: Text(fr="référence déjà prise", en="reference used before"),
}

WORDS = ImportWords(SENTENCES, HEADINGS)
