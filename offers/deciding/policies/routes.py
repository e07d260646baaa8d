"""The console says how much each factor counts."""

from typing import Any

from flask import Response

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal
from app.http.api import Blueprint, language
from app.http.etags import ETAG_HEADER, matched_version, may_be_unmodified, needs_match, versioned, written
from app.http.idempotency import idempotent
from offers.deciding.policies import policies
from offers.deciding.policies.schemas import RankingPolicyIn, RankingPolicyOut

blueprint = Blueprint("policies", __name__, url_prefix="/v1", description="How a brand's offers are put in order")

Body = dict[str, Any]


@blueprint.get("/ranking-policy")
@only(*CONSOLE_ROLES)
@may_be_unmodified
@blueprint.response(200, RankingPolicyOut, headers=ETAG_HEADER)
@blueprint.alt_response(304, description="You have this version", headers=ETAG_HEADER, success=True)
def show_ranking_policy() -> Response | tuple[Body, dict[str, str]]:
    """How much each factor counts, within which bounds, and what held before."""
    found = policies.policy_of(brand_id=brand_id())
    return versioned(policies.describe_policy(found, language=language()), found.version)


@blueprint.put("/ranking-policy")
@only(Role.MERCHANDISER)
@idempotent
@needs_match
@blueprint.arguments(RankingPolicyIn)
@blueprint.response(200, RankingPolicyOut, headers=ETAG_HEADER)
def set_ranking_policy(wish: Body) -> tuple[Body, dict[str, str]]:
    """Weigh factors anew, or go back to the plain order: from the next decision on."""
    said: Body = {"version": matched_version(), "by": principal().id, "now": clock.now()}
    found = policies.set_policy(brand_id=brand_id(), **wish, **said)
    return written(policies.describe_policy(found, language=language()), found.version)
