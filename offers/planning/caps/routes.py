"""The console says which categories of the brand a law caps."""

from typing import Any

from app.http.access import CONSOLE_ROLES, Role, brand_id, only
from app.http.api import Blueprint
from app.http.idempotency import idempotent
from offers.planning.caps import capped_categories, schemas
from offers.planning.caps.price_caps import Goods

blueprint = Blueprint("caps", __name__, url_prefix="/v1", description="Categories of articles that a law caps")


@blueprint.get("/capped-categories")
@only(*CONSOLE_ROLES)
@blueprint.response(200, schemas.CappedCategoriesOut)
def list_capped_categories() -> dict[str, Any]:
    """Which of the brand's categories a law caps, and how."""
    paths = capped_categories.capped_categories(brand_id=brand_id())
    return capped_categories.describe_caps(paths, capped_categories.countries_of(brand_id()))


@blueprint.put("/capped-categories")
@only(Role.MERCHANDISER, Role.ADMIN)
@idempotent
@blueprint.arguments(schemas.CappedCategoriesIn)
@blueprint.response(200, schemas.CappedCategoriesOut)
def map_capped_categories(categories: dict[Goods, list[str]]) -> dict[str, Any]:
    """Make these, and no others, the categories that a law caps. A path that is named twice is food."""
    paths = capped_categories.map_categories(brand_id=brand_id(), categories=categories)
    return capped_categories.describe_caps(paths, capped_categories.countries_of(brand_id()))
