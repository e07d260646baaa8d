"""Members who become one, on the wire."""

import marshmallow as ma

from app.accounts.schemas import SignInIn
from app.http.api import In, Instant, Out
from app.http.fields import Counts, LineField, OneTimeCodeField
from app.http.pagination import PageOut

KINDS = {"description": "How many things by kind: points, coupons, cards, purchases, addresses, …"}


class MergeIn(SignInIn):
    """An address of the other wallet, with the code that went there."""


class CardRegistrationIn(In):
    """What is printed on the card: its code, and the check under the field to scratch off."""

    code = LineField(longest=64, required=True)
    check = OneTimeCodeField()


class CardMergeIn(In):
    """Two cards of the brand: what is on the first becomes the second member's."""

    source_card_id = ma.fields.UUID(required=True)
    target_card_id = ma.fields.UUID(required=True)
    reason = LineField(longest=500, required=True, metadata={"description": "The member reads it"})


class MergeOut(Out):
    """Two wallets that became one. They can be parted before `final_at`."""

    id = ma.fields.UUID(required=True)
    cause = ma.fields.String(required=True, validate=ma.validate.OneOf(["member", "card", "brand"]))
    reason = ma.fields.String(required=True, allow_none=True)
    moved = Counts(required=True, metadata=KINDS)
    stayed = Counts(
        required=True,
        allow_none=True,
        metadata={"description": "What could not go back: it was used, spent, removed or answered since"},
    )
    merged_at = Instant(required=True)
    final_at = Instant(required=True)
    split_at = Instant(required=True, allow_none=True)


class MergesOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(MergeOut), required=True)
