"""Refusals about clearing files."""

from app.errors import Conflict, NotFound
from app.languages import Text


class ClearingUnknown(NotFound):
    title = Text(fr="Ce relevé n'existe pas.", en="There is no such clearing file.")


class ClearingMonthOpen(Conflict):
    title = Text(
        fr="Ce mois n'est pas terminé : le relevé se fait à partir du {from_day}.",
        en="This month is not over: its file can be made from {from_day} on.",
    )


class ClearingMonthPassed(Conflict):
    title = Text(
        fr="Un relevé plus récent (n° {number}) contient déjà les bons de ce mois.",
        en="A later file (number {number}) has the coupons of this month already.",
    )
