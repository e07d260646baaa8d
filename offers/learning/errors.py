"""Refusals about what is learnt, and about segments."""

from app.complaints import declare_complaint
from app.errors import Conflict, NotFound
from app.languages import Text


class NothingLearnt(NotFound):
    title = Text(
        fr="Cette enseigne n'apprend rien de vos achats : vous ne l'avez pas permis.",
        en="This brand learns nothing from what you buy: you did not permit it.",
    )


class SegmentUnknown(NotFound):
    title = Text(fr="Ce segment n'existe pas.", en="There is no such segment.")


class SegmentNameTaken(Conflict):
    title = Text(fr="Un segment s'appelle déjà {code}.", en="There is a segment {code} already.")
    remedy = Text(fr="Choisissez un autre nom, ou arrêtez l'autre.", en="Choose another name, or end the other one.")


class TooManySegments(Conflict):
    title = Text(fr="Vous gardez déjà {most} segments.", en="You keep {most} segments already.")
    remedy = Text(fr="Arrêtez-en un d'abord.", en="End one of them first.")


RULE_VALUES = declare_complaint(
    "rule_values",
    Text(
        fr="Donnez au moins une des valeurs que ce genre de règle demande, et aucune autre.",
        en="Give at least one of the values that this kind of rule asks for, and no other.",
    ),
)
