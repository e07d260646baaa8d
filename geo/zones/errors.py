"""Refusals about zones and tags."""

from app.complaints import declare_complaint
from app.errors import CONSTRAINTS, Conflict, NotFound
from app.languages import Text


class ZoneUnknown(NotFound):
    title = Text(fr="Espace du magasin introuvable.", en="No such zone.")


class TagUnknown(NotFound):
    title = Text(fr="Étiquette introuvable.", en="No such tag.")


class ZoneCodeTaken(Conflict):
    title = Text(
        fr="Un autre espace de ce magasin porte déjà ce code.", en="Another zone of this store has this code already."
    )


class ZoneElsewhere(Conflict):
    title = Text(fr="Cet espace est dans un autre magasin.", en="This zone is in another store.")


LEADS_NOWHERE = declare_complaint(
    "leads_nowhere",
    Text(
        fr="Indiquez un magasin, un espace ou des produits : sans cela, l'étiquette ne mène nulle part.",
        en="Name a store, a zone or products: without them the tag leads nowhere.",
    ),
)

CONSTRAINTS["uq_zone_store_id_code"] = ZoneCodeTaken
