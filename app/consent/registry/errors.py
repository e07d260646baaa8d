"""Refusals of whoever publishes words, and names to whom data go."""

from app.complaints import declare_complaint
from app.consent.errors import AnswerRefused
from app.errors import CONSTRAINTS, Conflict
from app.languages import Text


class PublicationPast(AnswerRefused):
    title = Text(fr="Un texte ne se publie pas dans le passé.", en="A text is not published in the past.")


class TextInBothLanguages(AnswerRefused):
    title = Text(
        fr="Un texte se publie en français et en anglais, chacun en {parts} lignes au moins : pour quoi, par qui,"
        " quelles données, quels destinataires, quels droits.",
        en="A text is published in French and English, each of {parts} lines at least: what for, by whom, which data,"
        " which recipients, which rights.",
    )


class TextUnaddressed(AnswerRefused):
    title = Text(
        fr="Un texte laisse ces places, que nous remplissons, et aucune autre : {places}.",
        en="A text leaves these places, which we fill in, and no others: {places}.",
    )


class RecipientNotTaken(AnswerRefused):
    title = Text(fr="Cette finalité ne transmet de données à personne.", en="This purpose passes data on to nobody.")


class RecipientExists(Conflict):
    title = Text(fr="Ce destinataire existe déjà.", en="This recipient exists already.")


NOT_A_FIELD_NAME = declare_complaint(
    "not_a_field_name",
    Text(fr="Il faut un champ, comme MeIn.language.", en="It must be a field, such as MeIn.language."),
)

CONSTRAINTS["pk_recipient"] = RecipientExists
