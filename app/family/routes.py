"""How old a member is, and a parent who answers together with a child."""

import uuid
from typing import Any

from app import clock
from app.accounts.brands import find_brand
from app.accounts.errors import BrandUnidentified, BrandUnknown
from app.accounts.models import Member
from app.codes.sealed import Invitation
from app.consent import matrix
from app.consent.errors import (
    EvidenceMissing,
    PositiveActMissing,
    PurposeBundled,
    PurposeNeedsNoPermission,
    PurposeTextSuperseded,
    PurposeTextUnknown,
    PurposeUnknown,
    ScopeForeign,
    TouchpointUnknown,
)
from app.consent.schemas import ApprovalIn, BrandQuery, CellOut, MatrixOut, ScopeQuery
from app.errors import NotFound
from app.family import age as family_age
from app.family import parents
from app.family.errors import (
    CountryUnknown,
    InvitationNotAccepted,
    MonthNotAhead,
    NothingPending,
    NotMinor,
    ParentNotEligible,
    StillMinor,
)
from app.family.models import ParentalLink
from app.family.schemas import (
    AcceptanceIn,
    AgeIn,
    AgeOfConsentOut,
    AgeOut,
    AgeQuery,
    ChildOut,
    ChildrenOut,
    InvitationOut,
)
from app.http.access import Role, member_id, only
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent

blueprint = Blueprint("family", __name__, url_prefix="/v1", description="Minors, and parents who answer with them")

Body = dict[str, Any]
CHILDS_CELL = "/children/<uuid:child_id>/permissions/<string:brand>/<string:touchpoint>/<string:purpose>"


@blueprint.get("/age-of-consent")
@only(Role.ANYONE)
@refuses(CountryUnknown)
@blueprint.arguments(AgeQuery, location="query")
@blueprint.response(200, AgeOfConsentOut)
def read_age_of_consent(asked: Body) -> Body:
    """From which age a person answers alone in a country; 15 in France."""
    return {**asked, "years": family_age.age_of_consent(asked["country"])}


@blueprint.put("/me/age")
@only(Role.MEMBER)
@idempotent
@refuses(CountryUnknown, MonthNotAhead, NotFound, StillMinor)
@blueprint.arguments(AgeIn)
@blueprint.response(200, AgeOut)
def declare_age(age: Body) -> Member:
    """Say whether I may answer alone; if not, the month from whose end on I may. My birth date is not asked."""
    return family_age.declare_age(member_id=member_id(), now=clock.now(), **age)


@blueprint.post("/me/parent-invitations")
@only(Role.MEMBER)
@refuses(NotMinor)
@blueprint.response(201, InvitationOut)
def invite_parent() -> Invitation:
    """Invite a parent to answer together with me.

    No `Idempotency-Key`: the answer holds a secret, which is kept nowhere. A repeat makes one more invitation; what
    nobody accepts within half an hour can do nothing.
    """
    return parents.invite_parent(member_id=member_id(), now=clock.now())


@blueprint.post("/children")
@only(Role.MEMBER)
@idempotent
@refuses(InvitationNotAccepted, ParentNotEligible)
@blueprint.arguments(AcceptanceIn)
@blueprint.response(201, ChildOut)
def accept_child(accepted: Body) -> ParentalLink:
    """Accept the invitation of my child, and declare that I hold parental authority."""
    return parents.accept_invitation(parent_id=member_id(), code=accepted["code"], now=clock.now())


@blueprint.get("/children")
@only(Role.MEMBER)
@blueprint.response(200, ChildrenOut)
def list_children() -> Body:
    """For whom I answer."""
    return {"items": parents.children(parent_id=member_id())}


@blueprint.get("/children/<uuid:child_id>/permissions")
@only(Role.MEMBER)
@refuses(NotFound, BrandUnknown)
@blueprint.arguments(BrandQuery, location="query")
@blueprint.response(200, MatrixOut)
def read_childs_permissions(asked: Body, child_id: uuid.UUID) -> Body:
    """What my child allows a brand, and what waits for me (`pending_parent`)."""
    now, brand = clock.now(), find_brand(asked["brand"])
    parents.stand_for(parent_id=member_id(), child_id=child_id, now=now)
    return {"brand": brand.code, "cells": matrix.read_matrix(member_id=child_id, brand_id=brand.id, now=now)}


@blueprint.post(f"{CHILDS_CELL}/approval")
@only(Role.MEMBER)
@idempotent
@refuses(
    NotFound,
    BrandUnknown,
    BrandUnidentified,
    EvidenceMissing,
    NothingPending,
    PositiveActMissing,
    PurposeBundled,
    PurposeTextSuperseded,
    PurposeTextUnknown,
)
@blueprint.arguments(ApprovalIn)
@blueprint.response(201, CellOut)
def approve_for_child(asked: Body, child_id: uuid.UUID, brand: str, touchpoint: str, purpose: str) -> Any:
    """Say yes together with my child, to exactly what my child said yes to.

    With the evidence of my own act, as any yes. `GET /v1/receipts` holds the proof of it for me too.
    """
    now, found = clock.now(), find_brand(brand)
    cell = parents.approve_permission(
        parent_id=member_id(),
        child_id=child_id,
        brand=found,
        touchpoint=touchpoint,
        purpose=purpose,
        now=now,
        **asked,
    )
    return matrix.chart_cell([cell], member_id=child_id, now=now)[0]


@blueprint.delete(CHILDS_CELL)
@only(Role.MEMBER)
@refuses(
    NotFound,
    BrandUnknown,
    PurposeBundled,
    PurposeNeedsNoPermission,
    PurposeUnknown,
    ScopeForeign,
    TouchpointUnknown,
)
@blueprint.arguments(ScopeQuery, location="query")
@blueprint.response(200, CellOut)
def withdraw_for_child(asked: Body, child_id: uuid.UUID, brand: str, touchpoint: str, purpose: str) -> Any:
    """Withdraw for my child. My child's own withdrawal needs nobody.

    No body, no version, no Idempotency-Key: doing it twice is doing it once.
    """
    now, found = clock.now(), find_brand(brand)
    cell = parents.withdraw_for_child(
        parent_id=member_id(),
        child_id=child_id,
        brand_id=found.id,
        touchpoint=touchpoint,
        purpose=purpose,
        now=now,
        **asked,
    )
    return matrix.chart_cell([cell], member_id=child_id, now=now)[0]
