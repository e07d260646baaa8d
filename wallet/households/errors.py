"""Refusals about households."""

from app.errors import CONSTRAINTS, Conflict, Forbidden, NotFound
from app.languages import Text


class HouseholdInvitationRefused(Forbidden):
    """The one answer whatever is wrong with a code."""

    title = Text(fr="Cette invitation n'est pas valable.", en="This invitation is not valid.")
    remedy = Text(fr="Demandez-en une autre.", en="Ask for another one.")


class HouseholdHeld(Conflict):
    title = Text(fr="Vous faites déjà partie d'un foyer.", en="You are in a household already.")
    remedy = Text(fr="Quittez-le d'abord.", en="Leave it first.")


class HouseholdFull(Conflict):
    title = Text(fr="Un foyer a {most} personnes au plus.", en="A household has {most} people at most.")


class HouseholdNotYours(Forbidden):
    title = Text(
        fr="Seule la personne qui est là depuis le plus longtemps peut le faire.",
        en="Only whoever has been in it longest can do this.",
    )


class HouseholdMemberUnknown(NotFound):
    title = Text(fr="Cette personne n'est pas dans votre foyer.", en="This person is not in your household.")


class SharedCardUnknown(NotFound):
    title = Text(fr="Personne ne vous montre cette carte.", en="Nobody shows you this card.")


CONSTRAINTS["pk_household_tie"] = HouseholdHeld
CONSTRAINTS["fk_household_share_tie"] = HouseholdMemberUnknown
