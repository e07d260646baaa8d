"""What is said of the findings of an import of members."""

from enum import StrEnum

from app.bulk.rows import Words
from app.languages import Text
from wallet.cards.findings import Finding

SENTENCES: dict[StrEnum, Text] = {
    Finding.TOO_MANY_CELLS: Text(
        fr="{cells} cellules pour {columns} colonnes", en="{cells} cells for {columns} columns"
    ),
    Finding.NUMBER_MISSING: Text(
        fr="sans numéro, cette ligne ne peut pas être reconnue la fois suivante",
        en="without a number this row could not be recognised the next time",
    ),
    Finding.NUMBER_UNUSABLE: Text(
        fr="un numéro a des lettres et des chiffres, {longest} au plus",
        en="a number has letters and digits, {longest} at most",
    ),
    Finding.NUMBER_TWICE: Text(fr="même numéro que la ligne {row}", en="same number as row {row}"),
    Finding.NUMBER_OF_ANOTHER: Text(
        fr="ce numéro et cette adresse désignent deux membres", en="this number and this address are two members'"
    ),
    Finding.NUMBERS_TOO_MANY: Text(
        fr="cette personne a déjà {most} numéros", en="this person has {most} numbers already"
    ),
    Finding.EMAIL_UNREADABLE: Text(
        fr="l'adresse e-mail n'en est pas une ; sans elle", en="the e-mail address is none; taken without"
    ),
    Finding.PHONE_UNREADABLE: Text(
        fr="le numéro de téléphone n'en est pas un ; sans lui", en="the phone number is none; taken without"
    ),
    Finding.PHONE_NOT_NEEDED: Text(
        fr="une adresse suffit : le téléphone reste à la porte", en="one address is enough: the phone was left out"
    ),
    Finding.NAME_SHORTENED: Text(
        fr="nom raccourci à {longest} caractères", en="name shortened to {longest} characters"
    ),
    Finding.LANGUAGE_UNKNOWN: Text(
        fr="langue inconnue ({given}) : {taken}", en="unknown language ({given}): {taken} taken"
    ),
    Finding.JOINED_UNREADABLE: Text(
        fr="date d'adhésion illisible : aujourd'hui (écrire 2024-05-18)",
        en="date of joining unreadable: today taken (write 2024-05-18)",
    ),
    Finding.JOINED_AHEAD: Text(fr="adhésion dans l'avenir : aujourd'hui", en="joins in the future: today taken"),
}

HEADINGS: dict[StrEnum, Text] = {
    Finding.TOO_MANY_CELLS: Text(fr="trop de cellules", en="too many cells"),
    Finding.NUMBER_MISSING: Text(fr="sans numéro", en="no number"),
    Finding.NUMBER_UNUSABLE: Text(fr="numéro inutilisable", en="unusable number"),
    Finding.NUMBER_TWICE: Text(fr="numéro en double", en="number twice"),
    Finding.NUMBER_OF_ANOTHER: Text(fr="numéro d'un autre membre", en="number of another member"),
    Finding.NUMBERS_TOO_MANY: Text(fr="trop de numéros", en="too many numbers"),
    Finding.EMAIL_UNREADABLE: Text(fr="e-mail illisible", en="unreadable e-mail address"),
    Finding.PHONE_UNREADABLE: Text(fr="téléphone illisible", en="unreadable phone number"),
    Finding.PHONE_NOT_NEEDED: Text(fr="téléphone non repris", en="phone not taken"),
    Finding.NAME_SHORTENED: Text(fr="nom trop long", en="name too long"),
    Finding.LANGUAGE_UNKNOWN: Text(fr="langue inconnue", en="unknown language"),
    Finding.JOINED_UNREADABLE: Text(fr="date illisible", en="unreadable date"),
    Finding.JOINED_AHEAD: Text(fr="date dans l'avenir", en="date in the future"),
}

WORDS = Words(SENTENCES, HEADINGS)
