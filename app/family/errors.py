"""Refusals about minors and their parents."""

from app.errors import Conflict, Forbidden, NotFound, Problem
from app.languages import Text


class CountryUnknown(Problem):
    status = 422
    title = Text(
        fr="Nous ne connaissons pas l'âge du consentement de ce pays.",
        en="We do not know the age of consent of this country.",
    )


class MonthNotAhead(Problem):
    status = 422
    title = Text(fr="Ce mois n'est pas à venir, ou il est trop loin.", en="This month is not ahead, or it is too far.")
    remedy = Text(
        fr="Indiquez le mois où vous aurez l'âge du consentement.",
        en="Say the month in which you come of age.",
    )


class StillMinor(Conflict):
    title = Text(
        fr="Vous avez dit que vous n'aviez pas encore cet âge.", en="You said that you have not reached this age yet."
    )
    remedy = Text(fr="Un parent peut le corriger avec nous.", en="A parent can correct it with us.")


class NotMinor(Conflict):
    title = Text(fr="Vous avez l'âge de répondre sans un parent.", en="You are old enough to answer alone.")


class InvitationNotAccepted(Forbidden):
    title = Text(fr="Cette invitation n'est pas valable.", en="This invitation is not valid.")
    remedy = Text(fr="Demandez-en une autre à votre enfant.", en="Ask your child for another one.")


class ParentNotEligible(Forbidden):
    title = Text(
        fr="Un parent est une autre personne, qui a l'âge de répondre seule.",
        en="A parent is somebody else, who is old enough to answer alone.",
    )


class NothingPending(NotFound):
    title = Text(fr="Cette autorisation n'attend pas de parent.", en="This permission is not waiting for a parent.")
