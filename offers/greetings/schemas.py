"""What staff are told of whoever shows a pass, on the wire; and what a terminal is. Money in minor units."""

from typing import Any

import marshmallow as ma

from app.accounts.schemas import AddressIn
from app.http.api import Instant, Out
from app.http.fields import LineField
from app.http.pagination import PageIn, PageOut
from app.languages import LANGUAGES
from offers.greetings.greetings import Greeted
from wallet.counter.errors import NOT_ONE_PROOF
from wallet.counter.searches import ConfirmedBy
from wallet.programmes.models import OrderState
from wallet.scanning.schemas import ScanOut
from wallet.stamps.schemas import StampCellsOut


class GreetedTierOut(Out):
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class GreetedExpiryOut(Out):
    """Points that expire within 30 days."""

    at = Instant(required=True)
    points = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)


class GreetedBalanceOut(Out):
    """What they have in a currency of the brand; 0 is told too. `worth_minor` is null where points do not pay,
    `stamp_card` where they are not stamps on a card."""

    currency_id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    available = ma.fields.Integer(required=True)
    pending = ma.fields.Integer(required=True)
    worth_minor = ma.fields.Integer(required=True, allow_none=True)
    stamp_card = ma.fields.Nested(StampCellsOut, required=True, allow_none=True)
    text = ma.fields.String(required=True)
    expiring = ma.fields.Nested(GreetedExpiryOut, required=True, allow_none=True)


class GreetedCouponOut(Out):
    """One that works here and now."""

    code = ma.fields.String(required=True)
    offer_id = ma.fields.UUID(required=True)
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class GreetedRewardOut(Out):
    """One that their points pay now."""

    id = ma.fields.UUID(required=True)
    title = ma.fields.String(required=True)
    price = ma.fields.Integer(required=True)
    text = ma.fields.String(required=True)


class GreetedOrderOut(Out):
    """One that waits; handed over once it is ready. `code` is what the member shows or says."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True, allow_none=True)
    state = ma.fields.Enum(OrderState, by_value=True, required=True)
    title = ma.fields.String(required=True)
    text = ma.fields.String(required=True)


class GreetedGestureOut(Out):
    """A gesture that is possible: the store has a budget, and the member permits it."""

    kind = ma.fields.String(required=True, validate=ma.validate.OneOf(["birthday"]))
    text = ma.fields.String(required=True)


class GreetingOut(Out):
    """What staff need of whoever stands there, each with a sentence to read."""

    tier = ma.fields.Nested(GreetedTierOut, required=True, allow_none=True)
    balances = ma.fields.List(ma.fields.Nested(GreetedBalanceOut), required=True)
    coupons = ma.fields.List(ma.fields.Nested(GreetedCouponOut), required=True)
    rewards = ma.fields.List(ma.fields.Nested(GreetedRewardOut), required=True)
    orders = ma.fields.List(ma.fields.Nested(GreetedOrderOut), required=True)
    gesture = ma.fields.Nested(GreetedGestureOut, required=True, allow_none=True)


class GreetedOut(ScanOut):
    """Whom the pass names, and what staff need to know of them."""

    member = ma.fields.Nested(
        GreetingOut, metadata={"description": "Not of a recorded scan that did more than identify"}
    )

    @ma.pre_dump
    def flat(self, told: Any, **_: Any) -> dict[str, Any]:
        greeted: Greeted = told
        said: dict[str, Any] = super().flat(greeted.reading)
        return said | {"member": greeted.member}


class MemberSearchIn(AddressIn):
    """The phone number or the e-mail address that somebody at the counter says."""


class MemberSearchOut(Out):
    """Whether somebody of the brand is known by it, and no more of them than a letter until they confirm who they are.

    The same shape, known or not.
    """

    known = ma.fields.Boolean(required=True)
    masked_name = ma.fields.String(
        required=True, allow_none=True, metadata={"description": "`C…`; null where nobody chose a name"}
    )
    confirmed_by = ma.fields.List(
        ma.fields.Enum(ConfirmedBy, by_value=True),
        required=True,
        metadata={"description": "Or by scanning their card"},
    )


class MemberConfirmationIn(AddressIn):
    """How they confirm that it is them: by the first letters of their name, or by the last four signs of their card."""

    first_letters = LineField(longest=40, load_default=None)
    card_ending = ma.fields.String(load_default=None, validate=ma.validate.Length(4, 5))

    @ma.validates_schema
    def one_proof(self, data: dict[str, Any], **_: Any) -> None:
        if (data["first_letters"] is None) == (data["card_ending"] is None):
            raise ma.ValidationError({"first_letters": [NOT_ONE_PROOF]})


class CounterMemberIn(AddressIn):
    """Who joins at the till: a phone number or an e-mail address, and nothing else. `card_code` is that of a printed
    card which is handed over to them."""

    language = ma.fields.String(load_default=None, validate=ma.validate.OneOf(LANGUAGES))
    card_code = LineField(longest=60, load_default=None)


class WaitingOrdersIn(PageIn):
    code = LineField(longest=20, load_default=None, metadata={"description": "Wherever in the brand it waits"})


class WaitingOrderOut(Out):
    """An order to hand over; whose it is says only its code, or their pass."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True, allow_none=True)
    title = ma.fields.String(required=True)
    state = ma.fields.Enum(OrderState, by_value=True, required=True)
    store_id = ma.fields.UUID(required=True, allow_none=True)
    ordered_at = Instant(required=True)


class WaitingOrdersOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(WaitingOrderOut), required=True)


class TerminalCurrencyOut(Out):
    """What the brand counts in: so many points are worth so much, both null where they do not pay. Of `money` they are
    minor units, and a balance below `usable_from` pays nothing."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True)
    name = ma.fields.String(required=True)
    worth_points = ma.fields.Integer(required=True, allow_none=True)
    worth_minor = ma.fields.Integer(required=True, allow_none=True)
    kind = ma.fields.String(required=True)
    usable_from = ma.fields.Integer(required=True, allow_none=True)


class TerminalPlaceOut(Out):
    """A brand, or a store."""

    id = ma.fields.UUID(required=True)
    code = ma.fields.String(required=True, metadata={"description": "Of a store its reference"})
    name = ma.fields.String(required=True)


class OwnTerminalOut(Out):
    """What a terminal is, where it stands, and what it has to know."""

    id = ma.fields.UUID(required=True)
    name = ma.fields.String(required=True)
    profile = ma.fields.String(required=True)
    actions = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "Of `POST /v1/scans`"})
    brand = ma.fields.Nested(TerminalPlaceOut, required=True)
    store = ma.fields.Nested(TerminalPlaceOut, required=True)
    time_zone = ma.fields.String(required=True, metadata={"description": "Of the store, IANA"})
    country = ma.fields.String(required=True)
    money = ma.fields.String(required=True, metadata={"description": "ISO 4217"})
    language = ma.fields.String(required=True, metadata={"description": "The brand's own"})
    languages = ma.fields.List(ma.fields.String(), required=True)
    currencies = ma.fields.List(ma.fields.Nested(TerminalCurrencyOut), required=True)
    symbologies = ma.fields.List(ma.fields.String(), required=True, metadata={"description": "In which passes show"})
    server_at = Instant(required=True)
