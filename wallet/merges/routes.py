"""Members bring their wallets together and take them apart; a brand does so with cards that are nobody's else."""

import uuid
from typing import Any

from app import clock
from app.accounts.errors import CodeNotAccepted, SignInStale, TooManyGuesses
from app.errors import RequestInFlight
from app.http.access import Role, brand_id, client_network, member_id, only, principal
from app.http.api import Blueprint, refuses
from app.http.idempotency import idempotent
from app.http.pagination import PageIn, link_header, page_of
from app.identity.models import MemberMerge
from wallet.cards.errors import CardUnknown, PrintedCardRefused
from wallet.merges import queries, registration, schemas, split, union
from wallet.merges.errors import (
    MemberLeaving,
    MemberMerged,
    MergeBeyondBrand,
    MergedSince,
    MergeFinal,
    MergeUnknown,
    MinorsStayApart,
    NothingToMerge,
)
from wallet.passes.errors import NOT_A_CODE

blueprint = Blueprint("members", __name__, url_prefix="/v1", description="Two wallets become one, and two again")

Body = dict[str, Any]


@blueprint.post("/me/merges")
@only(Role.MEMBER)
@refuses(SignInStale, CodeNotAccepted, TooManyGuesses, RequestInFlight)
@refuses(NothingToMerge, MemberMerged, MemberLeaving, MinorsStayApart)
@blueprint.arguments(schemas.MergeIn)
@blueprint.response(201, schemas.MergeOut)
def merge_wallets(body: Body) -> MemberMerge:
    """Bring another wallet of mine into this one, with the code that `POST /v1/sign-in-codes` sent to its address.

    Points keep their age, coupons and cards their codes; in each permission the more restrictive answer holds. Whoever
    is signed in to the other signs in again. Within 15 minutes after signing in here. No `Idempotency-Key`: a code
    works once, and a wrong one counts.
    """
    return union.merge_mine(
        member_id=member_id(), session_id=principal().session_id, **body, client=client_network(), now=clock.now()
    )


@blueprint.get("/me/merges")
@only(Role.MEMBER)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.MergesOut)
def list_merges(page: Body) -> Any:
    """The wallets that became part of mine, newest first."""
    found = page_of(queries.merges_of(member_id()), sort=MemberMerge.merged_at, id=MemberMerge.id, **page)
    return found, link_header(found)


@blueprint.post("/me/merges/<uuid:merge_id>/splitting")
@only(Role.MEMBER)
@idempotent
@refuses(MergeUnknown, MergeFinal, MergedSince)
@blueprint.response(200, schemas.MergeOut)
def split_wallets(merge_id: uuid.UUID) -> MemberMerge:
    """Part two wallets again, within thirty days: what came and is still there goes back."""
    return split.split_mine(
        member_id=member_id(), merge_id=merge_id, session_id=principal().session_id, now=clock.now()
    )


@blueprint.post("/cards/registrations")
@only(Role.MEMBER)
@refuses(*NOT_A_CODE, PrintedCardRefused, TooManyGuesses, RequestInFlight)
@refuses(MemberMerged, MemberLeaving, MinorsStayApart)
@blueprint.arguments(schemas.CardRegistrationIn)
@blueprint.response(201, schemas.MergeOut)
def register_card(body: Body) -> MemberMerge:
    """Take over a printed card with what was earned on it.

    No `Idempotency-Key`: the same again is the same, and a wrong check is counted.
    """
    return registration.register_printed(member_id=member_id(), **body, now=clock.now())


@blueprint.post("/console/merges")
@only(Role.ADMIN)
@idempotent
@refuses(CardUnknown, NothingToMerge, MergeBeyondBrand, MemberMerged, MemberLeaving, MinorsStayApart)
@blueprint.arguments(schemas.CardMergeIn)
@blueprint.response(201, schemas.MergeOut)
def merge_cards(wish: Body) -> MemberMerge:
    """Bring what is on a card whose member nobody but this brand knows to the member of another card, with a reason."""
    return union.merge_cards(brand_id=brand_id(), by=principal().id, **wish, now=clock.now())


@blueprint.get("/console/merges")
@only(Role.AUDITOR, Role.ADMIN)
@blueprint.arguments(PageIn, location="query")
@blueprint.response(200, schemas.MergesOut)
def list_merges_of_brand(page: Body) -> Any:
    """The merges that the brand made, newest first."""
    found = page_of(queries.merges_by(brand_id()), sort=MemberMerge.merged_at, id=MemberMerge.id, **page)
    return found, link_header(found)


@blueprint.post("/console/merges/<uuid:brand_merge_id>/splitting")
@only(Role.ADMIN)
@idempotent
@refuses(MergeUnknown, MergeFinal, MergedSince)
@blueprint.response(200, schemas.MergeOut)
def split_members(brand_merge_id: uuid.UUID) -> MemberMerge:
    """Part two members whom the brand had merged, within thirty days."""
    return split.split_as_brand(brand_id=brand_id(), merge_id=brand_merge_id, now=clock.now())
