"""Refusals about points."""

from app.errors import CONSTRAINTS, Conflict, NotFound
from app.languages import Text


class PointsUnknown(NotFound):
    title = Text(fr="Ces points n'existent pas.", en="There are no such points.")


class NotEnoughPoints(Conflict):
    title = Text(
        fr="Il manque {missing} points : {required} demandés, {available} disponibles.",
        en="{missing} points are missing: {required} asked, {available} available.",
    )


class MovementUnknown(NotFound):
    title = Text(fr="Ce mouvement de points n'existe pas.", en="There is no such movement of points.")


class HoldOver(Conflict):
    title = Text(
        fr="Cette réserve de points est terminée : utilisée, libérée ou échue.",
        en="This hold of points is over: used, released or past its time.",
    )


class MoreThanMoved(Conflict):
    title = Text(
        fr="Au plus {most} points de ce mouvement peuvent encore être repris.",
        en="At most {most} points of this movement can still be taken back.",
    )


class PointsNotPending(Conflict):
    title = Text(fr="Ces points ne sont plus en attente.", en="These points are not pending any more.")


class DebtNotAllowed(Conflict):
    title = Text(fr="Ces points ne peuvent pas devenir négatifs.", en="These points may not become negative.")


class SourceReused(Conflict):
    title = Text(
        fr="Cette référence a déjà servi pour un autre nombre de points.",
        en="This reference was used already for another number of points.",
    )


class CurrencyCodeTaken(Conflict):
    title = Text(fr="Ce code désigne déjà une monnaie de points.", en="This code names a points currency already.")


CONSTRAINTS["uq_points_currency_brand_id_code"] = CurrencyCodeTaken
