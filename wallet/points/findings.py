"""What an import of balances finds about a row, and the words for it."""

from app.languages import Text
from app.ops.imports.outcomes import Said


class PointsFinding(Said):
    """Why a row was refused; a balance is never corrected, because nobody could say what was meant."""

    TOO_MANY_CELLS = (
        "too_many_cells",
        Text(fr="trop de cellules", en="too many cells"),
        Text(
            fr="{cells} {cells:cellule|cellules} pour {columns} {columns:colonne|colonnes}",
            en="{cells} {cells:cell|cells} for {columns} {columns:column|columns}",
        ),
    )
    NUMBER_MISSING = (
        "number_missing",
        Text(fr="sans membre", en="no member"),
        Text(fr="sans numéro de membre ni carte", en="neither a member number nor a card"),
    )
    NUMBER_UNKNOWN = (
        "number_unknown",
        Text(fr="membre inconnu", en="unknown member"),
        Text(fr="aucune carte n'a ce numéro", en="no card has this number"),
    )
    CURRENCY_UNKNOWN = (
        "currency_unknown",
        Text(fr="monnaie inconnue", en="unknown currency"),
        Text(fr="l'enseigne ne compte pas en « {given} »", en="the brand does not count in “{given}”"),
    )
    POINTS_UNREADABLE = (
        "points_unreadable",
        Text(fr="points illisibles", en="unreadable points"),
        Text(fr="les points sont un nombre entier de 1 à {most}", en="points are a whole number from 1 to {most}"),
    )
    EARNED_UNREADABLE = (
        "earned_unreadable",
        Text(fr="date de gain illisible", en="unreadable date of earning"),
        Text(fr="date de gain illisible (écrire 2024-05-18)", en="date of earning unreadable (write 2024-05-18)"),
    )
    EARNED_AHEAD = ("earned_ahead", Text(fr="gagnés dans le futur", en="earned in the future"))
    EXPIRES_UNREADABLE = (
        "expires_unreadable",
        Text(fr="date de fin illisible", en="unreadable end"),
        Text(fr="date de fin illisible (écrire 2027-05-18)", en="end unreadable (write 2027-05-18)"),
    )
    EXPIRED_ALREADY = (
        "expired_already",
        Text(fr="déjà expirés", en="expired already"),
        Text(fr="ces points ont déjà expiré", en="these points expired already"),
    )
    REFERENCE_REUSED = (
        "reference_reused",
        Text(fr="référence déjà prise", en="reference used before"),
        Text(
            fr="une ligne du même membre avec la même référence (ou sans elle, les mêmes dates) a d'autres points",
            en="a row of this member with the same reference (or without one, the same dates) has other points",
        ),
    )
