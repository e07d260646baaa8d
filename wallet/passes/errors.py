"""Refusals about codes."""

from app.errors import CONSTRAINTS, Conflict, NotFound, Problem
from app.languages import Text


class PassUnknown(NotFound):
    """The one answer for a code that does not exist, was revoked or belongs to another brand."""

    title = Text(fr="Ce code est inconnu ici.", en="This code is not known here.")
    remedy = Text(
        fr="Demandez au client d'ouvrir sa carte dans l'application.",
        en="Ask the customer to open the card in the app.",
    )


class CardLost(Conflict):
    """The code was the member's until they lost the card. Said to staff only: it is they who hold it in their hand."""

    title = Text(
        fr="Cette carte a été déclarée perdue et remplacée {at}.", en="This card was reported lost and replaced {at}."
    )
    remedy = Text(
        fr="Elle ne sert plus à personne. Le client trouve sa nouvelle carte dans l'application.",
        en="It is of no use to anybody. The customer finds the new card in the app.",
    )


class CodeMistyped(Problem):
    """Not a code at all: its check symbols say where."""

    status = 422
    title = Text(
        fr="Ce code est mal tapé : vérifiez le groupe {group}.", en="This code is mistyped: check group {group}."
    )


class CodeTaken(Conflict):
    """Chance made the same code twice, once in 2^74; the next try makes another."""

    title = Text(fr="Réessayez : ce code est déjà pris.", en="Try again: this code is taken.")


CONSTRAINTS["pk_pass_code"] = CodeTaken
