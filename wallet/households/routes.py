"""Households: who is in mine, and what we show each other."""

import uuid
from typing import Any

from flask import Response

from app import clock
from app.codes.sealed import Invitation
from app.http.access import Role, member_id, only
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import idempotent
from app.sql import db
from wallet.externals import barcodes, external_cards
from wallet.externals.errors import BarcodeAbsent, ExternalCardUnknown
from wallet.households import departure, invitations, queries, schemas, shares
from wallet.households.errors import (
    HouseholdFull,
    HouseholdHeld,
    HouseholdInvitationRefused,
    HouseholdMemberUnknown,
    HouseholdNotYours,
    SharedCardUnknown,
)

blueprint = Blueprint("households", __name__, url_prefix="/v1", description="Households, and cards shown in them")

Body = dict[str, Any]


@blueprint.post("/household-invitations")
@only(Role.MEMBER)
@refuses(HouseholdNotYours, HouseholdFull)
@blueprint.arguments(schemas.HouseholdInvitationIn)
@blueprint.response(201, schemas.HouseholdInvitationOut)
def invite_to_household(wish: Body) -> Invitation:
    """Invite one person into my household; the first invitation begins it.

    No `Idempotency-Key`: the answer holds a secret, which is kept nowhere. A repeat makes one more invitation; what
    nobody accepts within a day can do nothing.
    """
    return invitations.invite_to_household(member_id=member_id(), **wish, now=clock.now())


@blueprint.post("/household-invitations/preview")
@only(Role.MEMBER)
@refuses(HouseholdInvitationRefused)
@blueprint.arguments(schemas.HouseholdPreviewIn)
@blueprint.response(200, schemas.HouseholdPreviewOut)
def preview_household(shown: Body) -> Body:
    """Who is in the household that a code opens, and what joining it means.

    The code travels in the body, as secrets do. No `Idempotency-Key`: it changes nothing.
    """
    names = invitations.look_at_invitation(member_id=member_id(), code=shown["code"], now=clock.now())
    return {"names": names, "meaning": invitations.MEANING.say(language())}


@blueprint.post("/household/members")
@only(Role.MEMBER)
@idempotent
@refuses(HouseholdInvitationRefused, HouseholdHeld, HouseholdFull)
@blueprint.arguments(schemas.HouseholdAcceptanceIn)
@blueprint.response(201, schemas.HouseholdOut)
def join_household(accepted: Body) -> Any:
    """Accept an invitation. The others see the name that I choose here, and no card before I show one."""
    return invitations.accept_invitation(
        member_id=member_id(), code=accepted["code"], display_name=accepted["display_name"], now=clock.now()
    )


@blueprint.get("/household")
@only(Role.MEMBER)
@blueprint.response(200, schemas.HouseholdOut)
def read_household() -> Any:
    """Who is in my household; the owner is whoever has been in it longest."""
    return db.all_of(queries.seen_by(member_id()))


@blueprint.delete("/household/members/<uuid:household_member_id>")
@only(Role.MEMBER)
@idempotent
@refuses(HouseholdMemberUnknown, HouseholdNotYours)
@blueprint.response(204)
def part_with_household_member(household_member_id: uuid.UUID) -> None:
    """Leave my household, by my own id in it; as its owner, remove somebody. What was shown is seen no more."""
    departure.leave_household(member_id=member_id(), membership_id=household_member_id)


@blueprint.get("/household/shares")
@only(Role.MEMBER)
@blueprint.response(200, schemas.HouseholdSharesOut)
def list_household_shares() -> Body:
    """Which of my external cards are seen, and by whom."""
    return {"items": shares.given(member_id=member_id())}


@blueprint.put("/household/shares/<uuid:shared_card_id>")
@only(Role.MEMBER)
@idempotent
@refuses(ExternalCardUnknown, HouseholdMemberUnknown)
@blueprint.arguments(schemas.HouseholdShareIn)
@blueprint.response(200, schemas.HouseholdShareOut)
def share_external_card(wish: Body, shared_card_id: uuid.UUID) -> shares.SharedCard:
    """Show one of my external cards to these people of my household, and to no others."""
    return shares.share_card(
        member_id=member_id(), card_id=shared_card_id, membership_ids=wish["members"], now=clock.now()
    )


@blueprint.delete("/household/shares/<uuid:shared_card_id>")
@only(Role.MEMBER)
@idempotent
@refuses(ExternalCardUnknown)
@blueprint.response(204)
def unshare_external_card(shared_card_id: uuid.UUID) -> None:
    """Show a card to nobody any more."""
    shares.unshare_card(member_id=member_id(), card_id=shared_card_id)


@blueprint.get("/household/cards")
@only(Role.MEMBER)
@blueprint.response(200, schemas.HouseholdCardsOut)
def list_household_cards() -> Body:
    """The cards that others show me; their notes stay with them."""
    return {"items": shares.received(member_id=member_id())}


@blueprint.get("/household/cards/<uuid:household_card_id>/barcode.svg")
@only(Role.MEMBER)
@refuses(SharedCardUnknown, BarcodeAbsent)
@blueprint.response(200, {"type": "string"}, content_type="image/svg+xml")
def draw_household_card(household_card_id: uuid.UUID) -> Response:
    """The barcode of a card that somebody shows me, as SVG."""
    card = shares.barcode(member_id=member_id(), card_id=household_card_id)
    drawn = barcodes.as_svg(**external_cards.drawing_of(card))
    return Response(drawn, content_type="image/svg+xml")
