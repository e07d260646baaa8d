"""Sales on the wire. Money in minor units of `currency`, for all units of a line; points as integers."""

from datetime import timedelta
from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import LineField as Text
from app.http.fields import Pattern, Values
from offers.benefits.registry import KINDS
from offers.checkout.discounts import PointsPayment
from offers.checkout.errors import MORE_THAN_PRICE, POSITION_REPEATED
from offers.checkout.models import SaleState
from offers.checkout.payment import schemas as payment
from offers.checkout.pricing import Asked, PointsAsked
from offers.checkout.returned.schemas import MOST_LINES, POSITION, THOUSANDTHS, UNITS, SaleReturnIn, SaleReturnOut
from offers.planning.models import PercentBase, Stacking
from offers.planning.schemas import LocalText
from wallet.authenticity.shown import LONGEST_SHOWN
from wallet.product_lists.schemas import SKU
from wallet.programmes.schemas import RulePointsOut
from wallet.purchases.basket import Basket, BasketLine, MeasureUnit
from wallet.purchases.schemas import known_currency

MONEY = ma.validate.Range(0, 10_000_000_000)
MOST_COUPONS = 20
MOST_TENDERS = 20


class SaleLineIn(In):
    """So many units of one article; of goods that are weighed, one, with weight, unit and price per unit.

    A `deposit` is packaging: it earns nothing, nothing is taken off it, and below zero it is given back."""

    position = ma.fields.Integer(required=True, strict=True, validate=POSITION)
    quantity = ma.fields.Integer(strict=True, load_default=None, validate=UNITS)
    gross_minor = ma.fields.Integer(
        required=True,
        strict=True,
        validate=payment.SIGNED_MONEY,
        metadata={"description": "For all units, before any promotion"},
    )
    quantity_thousandths = ma.fields.Integer(
        strict=True, load_default=None, validate=THOUSANDTHS, metadata={"description": "Weighed: 456 is 0.456 kg"}
    )
    unit = ma.fields.String(load_default=None, validate=ma.validate.OneOf([str(unit) for unit in MeasureUnit]))
    unit_price_minor = ma.fields.Integer(strict=True, load_default=None, validate=MONEY)
    deposit = ma.fields.Boolean(load_default=False, truthy={True}, falsy={False})
    promotion_minor = ma.fields.Integer(
        strict=True, load_default=0, validate=MONEY, metadata={"description": "What the till took off by itself"}
    )
    gtin = ma.fields.String(
        load_default=None, allow_none=True, validate=Pattern(r"^[0-9]{8,14}$", complaints.NOT_AN_ARTICLE_NUMBER)
    )
    sku = ma.fields.String(load_default=None, allow_none=True, validate=SKU)
    category = Text(
        longest=200, shortest=0, load_default="", metadata={"description": "From broad to narrow: food/dairy/milk"}
    )
    tax_bp = ma.fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=ma.validate.Range(0, 10_000),
        metadata={"description": "Rate of tax in hundredths of a percent: 550 is 5.5 %"},
    )
    label = Text(longest=200, shortest=0, load_default="")

    @ma.validates_schema
    def promotion(self, data: dict[str, Any], **_: Any) -> None:
        if data["promotion_minor"] > max(data["gross_minor"], 0):
            raise ma.ValidationError({"promotion_minor": [MORE_THAN_PRICE]})

    @ma.validates_schema
    def counted(self, data: dict[str, Any], **_: Any) -> None:
        if data["quantity"] is None and data["quantity_thousandths"] is None:
            raise ma.ValidationError({"quantity": [complaints.MISSING]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> BasketLine:
        return BasketLine(**data | {"quantity": data["quantity"] or 1})


class SalePointsIn(In):
    """Points that are to pay, as far as they are needed."""

    currency_id = ma.fields.UUID(required=True)
    points = ma.fields.Integer(required=True, strict=True, validate=ma.validate.Range(1, 100_000_000))

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> PointsAsked:
        return PointsAsked(**data)


class SaleIn(In):
    """A basket and the pass of a member. `terminal` and `receipt` are the till's own: with the store they name the
    sale for ever."""

    code = ma.fields.String(required=True, validate=ma.validate.Length(1, LONGEST_SHOWN))
    terminal = Text(longest=60, required=True)
    receipt = Text(longest=100, required=True)
    currency = ma.fields.String(
        required=True,
        validate=[Pattern(r"^[A-Z]{3}$", complaints.NOT_A_CURRENCY), known_currency],
        metadata={"description": "ISO 4217"},
    )
    tax_included = ma.fields.Boolean(load_default=True, truthy={True}, falsy={False})
    bought_at = Instant(
        load_default=None, allow_none=True, metadata={"description": "Now, unless the till was without a network"}
    )
    lines = ma.fields.List(ma.fields.Nested(SaleLineIn), required=True, validate=ma.validate.Length(1, MOST_LINES))
    coupons = ma.fields.List(
        ma.fields.String(validate=ma.validate.Length(1, LONGEST_SHOWN)),
        load_default=list,
        validate=ma.validate.Length(max=MOST_COUPONS),
    )
    points = ma.fields.Nested(SalePointsIn, load_default=None, allow_none=True)
    tenders = ma.fields.List(
        ma.fields.Nested(payment.TenderIn),
        load_default=list,
        validate=ma.validate.Length(max=MOST_TENDERS),
        metadata={"description": "How it is paid: together the total, when it is closed"},
    )
    manufacturer_coupons = ma.fields.List(
        ma.fields.Nested(payment.ManufacturerCouponIn),
        load_default=list,
        validate=ma.validate.Length(max=MOST_COUPONS),
        metadata={"description": "They pay beside `tenders`, as issuers in the brand's register say"},
    )

    @ma.validates_schema
    def positions(self, data: dict[str, Any], **_: Any) -> None:
        positions = [line.position for line in data["lines"]]
        if len(set(positions)) < len(positions):
            raise ma.ValidationError({"lines": [POSITION_REPEATED]})


class SaleCommitIn(SaleIn):
    charged_minor = ma.fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=payment.SIGNED_MONEY,
        metadata={"description": "What the till asked for: another total is refused, and nothing is done"},
    )


class SaleExchangeIn(SaleReturnIn):
    """What comes back, as a return, and what is bought instead. What is refunded pays first, as a `credit_note`:
    `tenders` are the rest."""

    sale = ma.fields.Nested(SaleCommitIn, required=True)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"back": super().make(data), "sale": data["sale"]}


class SaleHoldIn(SaleIn):
    hold_s = ma.fields.Integer(
        strict=True,
        load_default=300,
        validate=ma.validate.Range(10, 3600),
        metadata={"description": "For how long coupons and points are kept"},
    )

    @ma.post_load
    def lasting(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"hold_s": timedelta(seconds=data["hold_s"])}


class SaleNumberIn(In):
    """What a receipt says: its till, its number, and the store unless it is this one."""

    terminal = Text(longest=60, required=True)
    receipt = Text(longest=100, required=True)
    store_id = ma.fields.UUID(load_default=None)


def asked_of(said: dict[str, Any], *, store_id: Any, now: Any) -> Asked:
    """What a till asks, from what it said."""
    lines = sorted(said["lines"], key=lambda line: line.position)
    basket = Basket(
        currency=said["currency"],
        bought_at=said["bought_at"] or now,
        lines=tuple(line for line in lines if not line.deposit),
        deposits=tuple(line for line in lines if line.deposit),
        tenders=tuple(said["tenders"]),
        store_id=store_id,
        tax_included=said["tax_included"],
    )
    names = ("code", "terminal", "receipt", "coupons", "points", "manufacturer_coupons")
    return Asked(**{name: said[name] for name in names}, basket=basket, said_when=said["bought_at"])


class SaleLineOut(Out):
    position = ma.fields.Integer(required=True)
    quantity = ma.fields.Integer(required=True)
    gross_minor = ma.fields.Integer(required=True)
    till_promotion_minor = ma.fields.Integer(required=True)
    promotion_minor = ma.fields.Integer(required=True, metadata={"description": "What coupons took off"})
    points_minor = ma.fields.Integer(required=True, metadata={"description": "What points paid"})
    net_minor = ma.fields.Integer(required=True)
    tax_minor = ma.fields.Integer(required=True, metadata={"description": "Inside the net, or on top of it"})
    quantity_thousandths = ma.fields.Integer(required=True, allow_none=True)
    unit = ma.fields.String(required=True, allow_none=True)
    unit_price_minor = ma.fields.Integer(required=True, allow_none=True)


class SaleDepositOut(Out):
    """Packaging that is charged, or given back for an amount below zero."""

    position = ma.fields.Integer(required=True)
    label = ma.fields.String(required=True)
    payable_minor = ma.fields.Integer(required=True, metadata={"description": "Taxes included"})
    tax_minor = ma.fields.Integer(required=True)


class SaleStepOut(Out):
    """What one coupon, or the points, did. Amounts are of the lines that it is about: `base_minor` is what it counted
    on, `wanted_minor` what it would have taken, `amount_minor` what it took; of points that are given, their worth."""

    key = ma.fields.String(required=True)
    kind = ma.fields.String(required=True, validate=ma.validate.OneOf([*KINDS, PointsPayment.code]))
    stacking = ma.fields.String(required=True, validate=ma.validate.OneOf([str(one) for one in Stacking]))
    base = ma.fields.String(required=True, validate=ma.validate.OneOf([str(one) for one in PercentBase]))
    rank = ma.fields.Integer(required=True)
    base_minor = ma.fields.Integer(required=True)
    before_minor = ma.fields.Integer(required=True)
    wanted_minor = ma.fields.Integer(required=True)
    amount_minor = ma.fields.Integer(required=True)
    after_minor = ma.fields.Integer(required=True)
    lines = ma.fields.List(ma.fields.Nested(payment.SaleLineAmountOut), required=True)
    points = ma.fields.Integer(required=True, metadata={"description": "Given, or spent"})
    capped = ma.fields.Boolean(required=True, metadata={"description": "A law allows no more"})
    offer_id = ma.fields.UUID(required=True, allow_none=True)
    coupon_code = ma.fields.String(required=True, allow_none=True)
    title = ma.fields.String(required=True, allow_none=True)
    item = ma.fields.String(required=True, allow_none=True, metadata={"description": "What to hand over"})
    reason = ma.fields.Nested(
        LocalText, required=True, allow_none=True, metadata={"description": "Why it applies without a coupon"}
    )


class SaleLeftOutOut(Out):
    """What did nothing, so that it is not used up: `reason` is a code of stacking, or that of a refusal."""

    key = ma.fields.String(required=True)
    reason = ma.fields.String(required=True)
    text = ma.fields.String(required=True)
    facts = Values(required=True)
    title = ma.fields.String(required=True, allow_none=True)


class SalePriceOut(Out):
    """What a sale comes to: lines, every step, what was left out and why, and what it earns. Of a currency that is
    money, points are minor units."""

    currency = ma.fields.String(required=True)
    tax_included = ma.fields.Boolean(required=True)
    lines = ma.fields.List(ma.fields.Nested(SaleLineOut), required=True)
    deposits = ma.fields.List(ma.fields.Nested(SaleDepositOut), required=True)
    tenders = ma.fields.List(ma.fields.Nested(payment.TenderOut), required=True)
    manufacturer_coupons = ma.fields.List(ma.fields.Nested(payment.ManufacturerCouponOut), required=True)
    manufacturer_minor = ma.fields.Integer(required=True, metadata={"description": "What they pay of the total"})
    steps = ma.fields.List(ma.fields.Nested(SaleStepOut), required=True)
    left_out = ma.fields.List(ma.fields.Nested(SaleLeftOutOut), required=True)
    earns = ma.fields.List(ma.fields.Nested(RulePointsOut), required=True)
    gift_cards_given = ma.fields.List(ma.fields.Nested(payment.GivenGiftCardOut), required=True)
    points_spent = ma.fields.Integer(required=True)
    points_currency_id = ma.fields.UUID(required=True, allow_none=True)
    gross_minor = ma.fields.Integer(required=True)
    till_promotion_minor = ma.fields.Integer(required=True)
    promotion_minor = ma.fields.Integer(required=True)
    points_minor = ma.fields.Integer(required=True)
    net_minor = ma.fields.Integer(required=True)
    tax_minor = ma.fields.Integer(required=True)
    deposit_minor = ma.fields.Integer(required=True, metadata={"description": "What packaging adds, taxes included"})
    payable_minor = ma.fields.Integer(required=True, metadata={"description": "In money, taxes included"})


class QuoteOut(SalePriceOut):
    """What a sale would come to."""

    cagnotte = ma.fields.Nested(
        payment.CagnotteStandingOut, required=True, allow_none=True, metadata={"description": "The money of the member"}
    )
    gift_cards = ma.fields.List(ma.fields.Nested(payment.GiftCardStandingOut), required=True)


class SaleOut(SalePriceOut):
    """A sale as it stands."""

    id = ma.fields.UUID(required=True)
    store_id = ma.fields.UUID(required=True)
    terminal = ma.fields.String(required=True)
    receipt = ma.fields.String(required=True)
    state = ma.fields.String(required=True, validate=ma.validate.OneOf([str(state) for state in SaleState]))
    purchase_id = ma.fields.UUID(required=True, allow_none=True)
    opened_at = Instant(required=True)
    held_until = Instant(required=True, allow_none=True)
    closed_at = Instant(required=True, allow_none=True)
    cancelled_at = Instant(required=True, allow_none=True)
    returns = ma.fields.List(ma.fields.Nested(SaleReturnOut), required=True)


class SaleExchangeOut(Out):
    """What came back and what was bought instead: `refund_minor` is handed out, `paid_minor` was paid."""

    returned = ma.fields.Nested(SaleReturnOut, required=True)
    sale = ma.fields.Nested(SaleOut, required=True)
    credit_minor = ma.fields.Integer(required=True, metadata={"description": "What the return paid of the new sale"})
    refund_minor = ma.fields.Integer(
        required=True, metadata={"description": "To hand out: without what went back to gift cards"}
    )
    paid_minor = ma.fields.Integer(
        required=True, metadata={"description": "By the other tenders; below zero it is handed out for packaging"}
    )
