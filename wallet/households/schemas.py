"""Households on the wire."""

from typing import Any

import marshmallow as ma

from app import complaints
from app.http.access import member_id
from app.http.api import In, Instant, Out
from app.http.fields import LineField, Pattern
from wallet.externals.models import Encoding, Symbology
from wallet.externals.schemas import BalanceOut
from wallet.households.models import HouseholdTie
from wallet.households.shares import Received, SharedCard

LONGEST_NAME = 40
CODE = Pattern(r"^[A-Za-z0-9_-]{1,64}$", complaints.NOT_A_CODE)


class HouseholdInvitationIn(In):
    """How the others see me; it is asked with each invitation, and holds from the first."""

    display_name = LineField(longest=LONGEST_NAME, required=True)


class HouseholdInvitationOut(Out):
    """Show or send the code; it is accepted once, within a day."""

    code = ma.fields.String(required=True)
    expires_at = Instant(required=True)


class HouseholdPreviewIn(In):
    code = ma.fields.String(required=True, validate=CODE)


class HouseholdPreviewOut(Out):
    """Who is there, and what I would agree to."""

    names = ma.fields.List(ma.fields.String(), required=True)
    meaning = ma.fields.String(required=True)


class HouseholdAcceptanceIn(In):
    """`agrees`: I have read what it means."""

    code = ma.fields.String(required=True, validate=CODE)
    display_name = LineField(longest=LONGEST_NAME, required=True)
    agrees = ma.fields.Boolean(required=True, validate=ma.validate.Equal(True))


class HouseholdMemberOut(Out):
    id = ma.fields.UUID(required=True, attribute="membership_id")
    display_name = ma.fields.String(required=True)
    joined_at = Instant(required=True)


class HouseholdPersonOut(HouseholdMemberOut):
    owner = ma.fields.Boolean(required=True)
    me = ma.fields.Boolean(required=True)


class HouseholdOut(Out):
    """Who is in it, the owner first; nobody, if I am in none."""

    members = ma.fields.List(ma.fields.Nested(HouseholdPersonOut), required=True)

    @ma.pre_dump
    def told(self, ties: list[HouseholdTie], **_: Any) -> dict[str, Any]:
        people = [
            {
                "membership_id": tie.membership_id,
                "display_name": tie.display_name,
                "joined_at": tie.joined_at,
                "owner": place == 0,
                "me": tie.member_id == member_id(),
            }
            for place, tie in enumerate(ties)
        ]
        return {"members": people}


class HouseholdShareIn(In):
    """Who sees the card: these, or everybody who is in the household now. Whoever joins later does not."""

    members = ma.fields.List(ma.fields.UUID(), load_default=None, allow_none=True, validate=ma.validate.Length(1, 50))


class HouseholdShareOut(Out):
    external_card_id = ma.fields.UUID(required=True)
    programme = ma.fields.String(required=True)
    shown_to = ma.fields.List(ma.fields.Nested(HouseholdMemberOut), required=True)

    @ma.pre_dump
    def flat(self, given: SharedCard, **_: Any) -> dict[str, Any]:
        return {"external_card_id": given.card_id, "programme": given.programme, "shown_to": given.shown_to}


class HouseholdSharesOut(Out):
    items = ma.fields.List(ma.fields.Nested(HouseholdShareOut), required=True)


class HouseholdCardOut(Out):
    """A card that somebody shows me; its note and its groups stay with them."""

    id = ma.fields.UUID(required=True)
    programme = ma.fields.String(required=True)
    code = ma.fields.String(required=True)
    symbology = ma.fields.String(required=True, validate=ma.validate.OneOf([str(one) for one in Symbology]))
    encoding = ma.fields.String(
        required=True, allow_none=True, validate=ma.validate.OneOf([str(one) for one in Encoding])
    )
    number = ma.fields.String(required=True, allow_none=True)
    colour = ma.fields.String(required=True, allow_none=True)
    expires_on = ma.fields.Date(required=True, allow_none=True)
    balance = ma.fields.Nested(BalanceOut, required=True, allow_none=True)
    shown_by = ma.fields.Nested(HouseholdMemberOut, required=True)
    shared_at = Instant(required=True)

    @ma.pre_dump
    def flat(self, received: Received, **_: Any) -> dict[str, Any]:
        card = received.card
        shown = ("id", "programme", "code", "symbology", "encoding", "number", "colour", "expires_on", "balance")
        return {name: getattr(card, name) for name in shown} | {
            "shown_by": received.by,
            "shared_at": received.shared_at,
        }


class HouseholdCardsOut(Out):
    items = ma.fields.List(ma.fields.Nested(HouseholdCardOut), required=True)
