"""Refusals about employees."""

from app.complaints import declare_complaint
from app.errors import Malformed
from app.languages import Text

DAY_OVER = declare_complaint("day_over", Text(fr="Ce jour est déjà passé.", en="This day is over already."))


class EmploymentOver(Malformed):
    """An employment that is over is taken away instead."""

    title = Text(
        fr="Le dernier jour d'un emploi ne peut pas être passé.", en="The last day of an employment cannot be over."
    )
    remedy = Text(
        fr="Retirez la mention si la personne ne travaille plus pour l'enseigne.",
        en="Take the mark away if the person does not work for the brand any more.",
    )
