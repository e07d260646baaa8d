"""Refusals about stores and areas."""

from typing import Any

from app.errors import CONSTRAINTS, Conflict, Malformed, NotFound
from app.languages import Language, Text
from app.ops.imports.outcomes import Found
from geo.places.findings import suggest


class StoreUnknown(NotFound):
    title = Text(fr="Magasin introuvable.", en="No such store.")


class AreaUnknown(NotFound):
    title = Text(fr="Zone introuvable.", en="No such area.")


class StoreReferenceTaken(Conflict):
    title = Text(fr="Un autre magasin porte déjà cette référence.", en="Another store has this reference already.")


class AreaCodeTaken(Conflict):
    title = Text(fr="Une autre zone porte déjà ce code.", en="Another area has this code already.")


class StoreRefused(Malformed):
    """What an import would correct or refuse; `errors` point at each value and suggest a better one where there is."""

    title = Text(fr="Ce magasin ne peut pas être exact.", en="This store cannot be right.")

    def __init__(self, found: tuple[Found, ...]) -> None:
        super().__init__()
        self.found = found

    def body(self, *, language: Language, instance: str) -> dict[str, Any]:
        """As every problem, with the findings in the reader's language."""
        self.errors = [
            {"pointer": f"/{found.about}", "code": str(found.finding), "detail": suggest(found, language)}
            for found in self.found
        ]
        return super().body(language=language, instance=instance)


CONSTRAINTS["uq_store_brand_id_reference"] = StoreReferenceTaken
CONSTRAINTS["uq_area_brand_id_code"] = AreaCodeTaken
