"""Refusals about gestures. Those to the person at the till say what they may do instead."""

from app.complaints import declare_complaint
from app.errors import Conflict, Forbidden, NotFound, Problem
from app.languages import Text


class GiverUnknown(NotFound):
    """No badge of this store, or one of somebody who gives no more: the same answer."""

    title = Text(fr="Ce badge ne permet pas d'offrir ici.", en="This badge cannot give here.")
    remedy = Text(fr="Demandez à votre responsable.", en="Ask your manager.")


class GestureBudgetUnknown(NotFound):
    title = Text(fr="Ce budget n'existe pas.", en="There is no such budget.")


class GestureBudgetOverlaps(Conflict):
    title = Text(
        fr="Ce magasin a déjà un budget du {starts_on} au {ends_on}.",
        en="This shop has a budget from {starts_on} to {ends_on} already.",
    )


class GestureBudgetGiven(Conflict):
    title = Text(
        fr="{points} {points:point|points} et {coupons} {coupons:bon|bons} ont déjà été offerts : le budget ne peut"
        " pas être plus petit.",
        en="{points} {points:point|points} and {coupons} {coupons:coupon|coupons} were given already: the budget"
        " cannot be smaller.",
    )


class GestureBudgetMissing(Conflict):
    title = Text(fr="Ce magasin n'a pas de budget aujourd'hui.", en="This shop has no budget today.")
    remedy = Text(fr="Demandez-en un à l'enseigne.", en="Ask the brand for one.")


class GestureBudgetSpent(Conflict):
    title = Text(
        fr="Le budget ne suffit plus : il reste {points} {points:point|points} et {coupons} {coupons:bon|bons}.",
        en="The budget does not reach: {points} {points:point|points} and {coupons} {coupons:coupon|coupons} are left.",
    )


class GestureTooLarge(Problem):
    status = 422
    title = Text(
        fr="Vous pouvez offrir {most} {most:point|points} au plus.",
        en="You may give {most} {most:point|points} at most.",
    )
    remedy = Text(fr="Un responsable peut offrir davantage.", en="A manager may give more.")


class GestureLimitOfMember(Conflict):
    title = Text(
        fr="Cette personne a déjà reçu {limit} {limit:geste commercial|gestes commerciaux} de ce budget.",
        en="This person has had {limit} {limit:gesture|gestures} out of this budget already.",
    )


class GestureLimitOfGiver(Conflict):
    title = Text(
        fr="Vous avez déjà fait {limit} {limit:geste commercial|gestes commerciaux} aujourd'hui.",
        en="You have given {limit} {limit:gesture|gestures} today.",
    )


class GestureToOneself(Forbidden):
    title = Text(fr="On ne s'offre rien à soi-même.", en="Nobody gives to themselves.")


class ScanTooOld(Conflict):
    title = Text(fr="Ce passage en caisse est trop ancien.", en="This scan is too old.")
    remedy = Text(fr="Scannez à nouveau la carte de la personne.", en="Scan the person's card again.")


POINTS_OR_COUPON = declare_complaint(
    "points_or_coupon",
    Text(fr="Donnez des points, ou le bon d'une offre.", en="Give points, or a coupon of an offer."),
)
