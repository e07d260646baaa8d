"""What an approver reads before an offer goes live."""

import uuid
from typing import Any

from app.http.access import CONSOLE_ROLES, brand_id, only
from app.http.api import Blueprint, language, refuses
from offers.planning.errors import OfferUnknown
from offers.planning.review import reports, schemas
from offers.planning.review.errors import OfferVersionUnknown

blueprint = Blueprint("review", __name__, url_prefix="/v1", description="What an offer meets, and what changes")


@blueprint.get("/offers/<uuid:offer_id>/conflicts")
@only(*CONSOLE_ROLES)
@refuses(OfferUnknown)
@blueprint.response(200, schemas.ConflictsOut)
def list_conflicts(offer_id: uuid.UUID) -> dict[str, Any]:
    """What the draft (or else what is live) would do beside the other offers, what is worst first."""
    return reports.describe_review(reports.review_offer(brand_id=brand_id(), offer_id=offer_id), language())


@blueprint.get("/offers/<uuid:offer_id>/versions/diff")
@only(*CONSOLE_ROLES)
@refuses(OfferUnknown, OfferVersionUnknown)
@blueprint.arguments(schemas.ComparedVersionsIn, location="query")
@blueprint.response(200, schemas.ComparedVersionsOut)
def compare_offer_versions(asked: dict[str, int | None], offer_id: uuid.UUID) -> dict[str, Any]:
    """What one version changes of another, value by value: what an approver approves."""
    found = reports.compare_versions(brand_id=brand_id(), offer_id=offer_id, **asked)
    return reports.describe_comparison(found, language())
