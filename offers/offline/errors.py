"""Refusals about what is set aside for tills."""

from app.complaints import declare_complaint
from app.errors import Conflict, NotFound
from app.languages import Text


class LeaseUnknown(NotFound):
    title = Text(fr="Cette réserve de caisse n'existe pas.", en="There is no such lease.")


class LeaseNotNeeded(Conflict):
    """The offer has no limit: a till may give it without a lease."""

    title = Text(
        fr="Cette offre n'est pas limitée : la caisse peut la donner sans réserve.",
        en="This offer has no limit: the till may give it without a lease.",
    )


class LeasesFull(Conflict):
    title = Text(
        fr="Cette caisse garde déjà {most} {most:réserve|réserves}.",
        en="This till holds {most} {most:lease|leases} already.",
    )
    remedy = Text(fr="Libérez celles qui ne servent plus.", en="Release those that are not needed any more.")


ONE_LEASE = declare_complaint(
    "one_lease",
    Text(
        fr="Demandez soit des unités d'une offre, soit les points ou le bon d'un code.",
        en="Ask either for units of an offer, or for the points or the coupon of a code.",
    ),
)
