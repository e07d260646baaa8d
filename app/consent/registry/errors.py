"""Refusals about who asks, and in which words."""

from app.consent.errors import AnswerRefused
from app.languages import Text


class BrandUnidentified(AnswerRefused):
    """A brand without a legal name, an address and a contact: nobody could know to whom they say yes (GDPR 13(1))."""

    title = Text(
        fr="Cette enseigne n'a pas encore dit qui elle est (raison sociale, adresse, contact) : elle ne peut rien vous"
        " demander.",
        en="This brand has not said yet who it is (legal name, address, contact): it cannot ask you for anything.",
    )
    remedy = Text(
        fr="L'enseigne doit compléter son identité : PUT /v1/brand/identity.",
        en="The brand has to complete its identity: PUT /v1/brand/identity.",
    )


class BrandUnnamed(AnswerRefused):
    title = Text(
        fr="Ces mots nomment celui qui demande : dites quelle enseigne, et par quel point de contact.",
        en="These words name who asks: say which brand, and at which touchpoint.",
    )
    remedy = Text(fr="Ajoutez brand et touchpoint.", en="Add brand and touchpoint.")


class TextUnaddressed(AnswerRefused):
    title = Text(
        fr="Un texte laisse ces places, que nous remplissons, et aucune autre : {places}.",
        en="A text leaves these places, which we fill in, and no others: {places}.",
    )
