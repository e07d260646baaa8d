"""What is said of the findings of an import of members."""

from enum import StrEnum

from app.languages import Text
from app.ops.imports.outcomes import ImportWords
from wallet.cards.findings import CardFinding

SENTENCES: dict[StrEnum, Text] = {
    CardFinding.TOO_MANY_CELLS: Text(
        fr="{cells} cellules pour {columns} colonnes", en="{cells} cells for {columns} columns"
    ),
    CardFinding.NUMBER_MISSING: Text(
        fr="sans numéro, cette ligne ne peut pas être reconnue la fois suivante",
        en="without a number this row could not be recognised the next time",
    ),
    CardFinding.NUMBER_UNUSABLE: Text(
        fr="un numéro a des lettres et des chiffres, {longest} au plus",
        en="a number has letters and digits, {longest} at most",
    ),
    CardFinding.NUMBER_TWICE: Text(fr="même numéro que la ligne {row}", en="same number as row {row}"),
    CardFinding.NUMBER_OF_ANOTHER: Text(
        fr="ce numéro et cette adresse désignent deux membres", en="this number and this address are two members'"
    ),
    CardFinding.NUMBERS_TOO_MANY: Text(
        fr="cette personne a déjà {most} numéros", en="this person has {most} numbers already"
    ),
    CardFinding.EMAIL_UNREADABLE: Text(
        fr="l'adresse e-mail n'en est pas une ; sans elle", en="the e-mail address is none; taken without"
    ),
    CardFinding.PHONE_UNREADABLE: Text(
        fr="le numéro de téléphone n'en est pas un ; sans lui", en="the phone number is none; taken without"
    ),
    CardFinding.PHONE_NOT_NEEDED: Text(
        fr="une adresse suffit : le téléphone reste à la porte", en="one address is enough: the phone was left out"
    ),
    CardFinding.NAME_SHORTENED: Text(
        fr="nom raccourci à {longest} caractères", en="name shortened to {longest} characters"
    ),
    CardFinding.LANGUAGE_UNKNOWN: Text(
        fr="langue inconnue ({given}) : {taken}", en="unknown language ({given}): {taken} taken"
    ),
    CardFinding.JOINED_UNREADABLE: Text(
        fr="date d'adhésion illisible : aujourd'hui (écrire 2024-05-18)",
        en="date of joining unreadable: today taken (write 2024-05-18)",
    ),
    CardFinding.JOINED_AHEAD: Text(fr="adhésion dans l'avenir : aujourd'hui", en="joins in the future: today taken"),
}

HEADINGS: dict[StrEnum, Text] = {
    CardFinding.TOO_MANY_CELLS: Text(fr="trop de cellules", en="too many cells"),
    CardFinding.NUMBER_MISSING: Text(fr="sans numéro", en="no number"),
    CardFinding.NUMBER_UNUSABLE: Text(fr="numéro inutilisable", en="unusable number"),
    CardFinding.NUMBER_TWICE: Text(fr="numéro en double", en="number twice"),
    CardFinding.NUMBER_OF_ANOTHER: Text(fr="numéro d'un autre membre", en="number of another member"),
    CardFinding.NUMBERS_TOO_MANY: Text(fr="trop de numéros", en="too many numbers"),
    CardFinding.EMAIL_UNREADABLE: Text(fr="e-mail illisible", en="unreadable e-mail address"),
    CardFinding.PHONE_UNREADABLE: Text(fr="téléphone illisible", en="unreadable phone number"),
    CardFinding.PHONE_NOT_NEEDED: Text(fr="téléphone non repris", en="phone not taken"),
    CardFinding.NAME_SHORTENED: Text(fr="nom trop long", en="name too long"),
    CardFinding.LANGUAGE_UNKNOWN: Text(fr="langue inconnue", en="unknown language"),
    CardFinding.JOINED_UNREADABLE: Text(fr="date illisible", en="unreadable date"),
    CardFinding.JOINED_AHEAD: Text(fr="date dans l'avenir", en="date in the future"),
}

WORDS = ImportWords(SENTENCES, HEADINGS)
