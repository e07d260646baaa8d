"""Refusals about stores and areas."""

from app.complaints import Complaint, declare_complaint
from app.errors import CONSTRAINTS, Conflict, Forbidden, Malformed, NotFound, Pointer
from app.languages import Text
from app.ops.imports.outcomes import Found, Said
from geo.places.findings import StoreFinding


class StoreUnknown(NotFound):
    title = Text(fr="Magasin introuvable.", en="No such store.")


class AreaUnknown(NotFound):
    title = Text(fr="Zone introuvable.", en="No such area.")


class StoreNotAssigned(Forbidden):
    """A console user to whom some areas and stores are assigned, and a change to another one, or to the whole brand."""

    title = Text(
        fr="Ce magasin n'est pas parmi ceux qui vous sont confiés.",
        en="This store is not among those that are assigned to you.",
    )
    remedy = Text(
        fr="Choisissez l'un de vos magasins, ou demandez à un administrateur.",
        en="Choose one of your stores, or ask an administrator.",
    )


class StoreReferenceTaken(Conflict):
    title = Text(fr="Un autre magasin porte déjà cette référence.", en="Another store has this reference already.")


class AreaCodeTaken(Conflict):
    title = Text(fr="Une autre zone porte déjà ce code.", en="Another area has this code already.")


class StoreRefused(Malformed):
    """What an import would correct or refuse; `errors` point at each value and suggest a better one where there is."""

    title = Text(fr="Les données de ce magasin ne peuvent pas être exactes.", en="This store cannot be right.")

    def __init__(self, found: tuple[Found, ...]) -> None:
        super().__init__(
            errors=[Pointer(f"/{one.about}", SUGGESTIONS[one.finding].with_facts(**one.facts)) for one in found]
        )


SUGGESTIONS: dict[Said, Complaint] = {
    finding: declare_complaint(str(finding), finding.question or finding.sentence) for finding in StoreFinding
}
"""What each finding is to the person who is typing, who can answer: of what an import would correct, a question."""

CONSTRAINTS["uq_store_brand_id_reference"] = StoreReferenceTaken
CONSTRAINTS["uq_area_brand_id_code"] = AreaCodeTaken
