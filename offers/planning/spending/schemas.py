"""Budgets in money on the wire: minor units of the brand's currency; periods of its calendar."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Instant, Out
from app.http.pagination import PageIn, PageOut
from offers.planning.spending.errors import ONE_STORE_OR_EACH
from offers.planning.spending.money_budgets import BudgetScope
from offers.planning.spending.periods import BudgetPeriod

AMOUNT = ma.validate.Range(0, 1_000_000_000_000)


class MoneyBudgetIn(In):
    """What the discounts of an offer, or of all, may cost: at one store, at each store by itself, or in the brand."""

    period = ma.fields.Enum(BudgetPeriod, by_value=True, required=True)
    amount_minor = ma.fields.Integer(required=True, strict=True, validate=AMOUNT)
    offer_id = ma.fields.UUID(load_default=None, allow_none=True, metadata={"description": "All offers unless named"})
    store_id = ma.fields.UUID(load_default=None, allow_none=True)
    each_store = ma.fields.Boolean(
        truthy={True}, falsy={False}, load_default=False, metadata={"description": "So much for each store"}
    )

    @ma.validates_schema
    def one_or_each(self, data: dict[str, Any], **_: Any) -> None:
        if data["each_store"] and data["store_id"] is not None:
            raise ma.ValidationError({"store_id": [ONE_STORE_OR_EACH]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        amount = data.pop("amount_minor")
        return {"scope": BudgetScope(**data), "amount_minor": amount}


class MoneyBudgetChangeIn(In):
    amount_minor = ma.fields.Integer(required=True, strict=True, validate=AMOUNT)


class MoneyBudgetsIn(PageIn):
    offer_id = ma.fields.UUID(load_default=None)


class MoneyBudgetOut(Out):
    """A budget with what is spent in the period that runs. Of `each_store` the amounts are of the `stores_used`."""

    id = ma.fields.UUID(required=True)
    period = ma.fields.String(required=True, validate=ma.validate.OneOf([str(period) for period in BudgetPeriod]))
    offer_id = ma.fields.UUID(required=True, allow_none=True)
    store_id = ma.fields.UUID(required=True, allow_none=True)
    each_store = ma.fields.Boolean(required=True)
    amount_minor = ma.fields.Integer(required=True)
    currency = ma.fields.String(required=True)
    since = ma.fields.Date(required=True, allow_none=True)
    until = Instant(required=True, allow_none=True)
    spent_minor = ma.fields.Integer(required=True)
    kept_minor = ma.fields.Integer(required=True, metadata={"description": "Kept for open sales"})
    left_minor = ma.fields.Integer(required=True)
    uses = ma.fields.Integer(required=True)
    stores_used = ma.fields.Integer(required=True, allow_none=True)
    spent_at = Instant(
        required=True,
        allow_none=True,
        metadata={"description": "When it is spent at this pace; null if it lasts, or nothing tells"},
    )
    revision = ma.fields.Integer(required=True, metadata={"description": "The number in the ETag"})
    created_at = Instant(required=True)
    updated_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


class MoneyBudgetsOut(PageOut):
    items = ma.fields.List(ma.fields.Nested(MoneyBudgetOut), required=True)
