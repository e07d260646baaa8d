"""Refusals about fences."""

from app import complaints
from app.complaints import Complaint, declare_complaint
from app.errors import CONSTRAINTS, Conflict, Forbidden, Malformed, NotFound, Pointer
from app.languages import Text
from app.ops.imports.outcomes import Found, Said
from geo.fences.findings import MADE_GOOD, ShapeFinding


class FenceUnknown(NotFound):
    title = Text(fr="Clôture introuvable.", en="No such fence.")


class FenceVersionUnknown(NotFound):
    title = Text(fr="Cette clôture n'a pas cette version.", en="The fence has no such version.")


class FenceCodeTaken(Conflict):
    title = Text(fr="Une autre clôture porte déjà ce code.", en="Another fence has this code already.")


class FenceEnded(Conflict):
    title = Text(
        fr="Cette clôture est terminée, et ne reprend pas ; dessinez-en une autre.",
        en="This fence has ended, and does not come back; draw another one.",
    )


class NothingDrawn(Conflict):
    title = Text(
        fr="Il n'y a pas de version à mettre en vigueur : dessinez-la d'abord.",
        en="There is no version to put in force: draw it first.",
    )


class FenceOutsideYourPlaces(Forbidden):
    """A console user to whom some areas and stores are assigned, and a fence of another store, or of none."""

    title = Text(
        fr="Cette clôture n'est pas à l'un des magasins qui vous sont confiés.",
        en="This fence is at none of the stores that are assigned to you.",
    )
    remedy = Text(
        fr="Dessinez-la pour l'un de vos magasins, ou demandez à un administrateur.",
        en="Draw it for one of your stores, or ask an administrator.",
    )


class ShapeRefused(Malformed):
    """`errors` point at what is wrong with a shape, and suggest a better one where there is one."""

    title = Text(fr="Cette forme ne peut pas être celle d'une clôture.", en="This shape cannot be that of a fence.")

    def __init__(self, found: tuple[Found, ...], *, at: str) -> None:
        super().__init__(
            errors=[Pointer(f"{at}{one.about}", SHAPE_COMPLAINTS[one.finding].with_facts(**one.facts)) for one in found]
        )


SHAPE_COMPLAINTS: dict[Said, Complaint] = {
    finding: declare_complaint(str(finding), finding.question or finding.sentence)
    for finding in ShapeFinding
    if finding not in MADE_GOOD
}
"""What each finding is to the person who draws: a question where they can answer it."""
ONE_SHAPE = declare_complaint(
    "one_shape",
    Text(
        fr="Il faut une forme et une seule : « geojson », « wkt », « circle » ou « around_store_m ».",
        en='It must be one shape and no more: "geojson", "wkt", "circle" or "around_store_m".',
    ),
)
STORE_NEEDED = declare_complaint(
    "store_needed",
    Text(fr="Autour de quel magasin ? Donnez « store_id ».", en='Around which store? Give "store_id".'),
)
NOT_OF_THE_BRAND = complaints.NOT_OF_THE_BRAND

CONSTRAINTS["uq_fence_brand_id_code"] = FenceCodeTaken
