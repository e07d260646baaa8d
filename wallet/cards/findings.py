"""What an import of members finds about a row, and the words for it."""

from app.languages import Text
from app.ops.imports.outcomes import Said


class CardFinding(Said):
    """Why a row was corrected or refused."""

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
        Text(fr="sans numéro", en="no number"),
        Text(
            fr="sans numéro, cette ligne ne peut pas être reconnue la fois suivante",
            en="without a number this row could not be recognised the next time",
        ),
    )
    NUMBER_UNUSABLE = (
        "number_unusable",
        Text(fr="numéro inutilisable", en="unusable number"),
        Text(
            fr="un numéro a des lettres et des chiffres, {longest} au plus",
            en="a number has letters and digits, {longest} at most",
        ),
    )
    NUMBER_TWICE = (
        "number_twice",
        Text(fr="numéro en double", en="number twice"),
        Text(fr="même numéro que la ligne {row}", en="same number as row {row}"),
    )
    NUMBER_OF_ANOTHER = (
        "number_of_another",
        Text(fr="numéro d'un autre membre", en="number of another member"),
        Text(
            fr="ce numéro et cette adresse désignent deux membres", en="this number and this address are two members'"
        ),
    )
    NUMBERS_TOO_MANY = (
        "numbers_too_many",
        Text(fr="trop de numéros", en="too many numbers"),
        Text(fr="cette personne a déjà {most} numéros", en="this person has {most} numbers already"),
    )
    EMAIL_UNREADABLE = (
        "email_unreadable",
        Text(fr="e-mail illisible", en="unreadable e-mail address"),
        Text(fr="l'adresse e-mail n'en est pas une ; sans elle", en="the e-mail address is none; taken without"),
    )
    PHONE_UNREADABLE = (
        "phone_unreadable",
        Text(fr="téléphone illisible", en="unreadable phone number"),
        Text(fr="le numéro de téléphone n'en est pas un ; sans lui", en="the phone number is none; taken without"),
    )
    PHONE_NOT_NEEDED = (
        "phone_not_needed",
        Text(fr="téléphone non repris", en="phone not taken"),
        Text(
            fr="une adresse suffit : le téléphone n'est pas repris", en="one address is enough: the phone was left out"
        ),
    )
    NAME_SHORTENED = (
        "name_shortened",
        Text(fr="nom trop long", en="name too long"),
        Text(fr="nom raccourci à {longest} caractères", en="name shortened to {longest} characters"),
    )
    LANGUAGE_UNKNOWN = (
        "language_unknown",
        Text(fr="langue inconnue", en="unknown language"),
        Text(fr="langue inconnue ({given}) : {taken}", en="unknown language ({given}): {taken} taken"),
    )
    JOINED_UNREADABLE = (
        "joined_unreadable",
        Text(fr="date illisible", en="unreadable date"),
        Text(
            fr="date d'adhésion illisible : aujourd'hui (écrire 2024-05-18)",
            en="date of joining unreadable: today taken (write 2024-05-18)",
        ),
    )
    JOINED_AHEAD = (
        "joined_ahead",
        Text(fr="date dans le futur", en="date in the future"),
        Text(fr="adhésion dans le futur : aujourd'hui", en="joins in the future: today taken"),
    )
