"""Articles come back and others are bought instead: one act, of which all is done or nothing.

It is a return, then a sale, as if a till had sent both one after the other; what a till would do between them is done
here. What the return refunds goes first to the gift cards that paid, then pays the new sale as a credit note, up to
what is left to pay there, and the rest is handed out. The till sends the other tenders. Points that the returned
articles had earned are taken back, and the new sale earns by the rules of the programme on what it is paid with.
Points, coupons and money of the cagnotte that come back can pay in the new sale at once.

Both names are names for ever: the reference of the return and the receipt of the sale. The same exchange sent again is
the same; what only one of them knows, or knows with another content, is refused as a return or a sale would be.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from offers.checkout import pricing, sales
from offers.checkout.errors import ExchangeCurrencyForeign, ExchangeOfAnother, SaleChanged, SaleUnknown
from offers.checkout.models import Sale, SaleReturn, SaleState
from offers.checkout.pricing import Asked, Till
from offers.checkout.returned import exchange_locks, returns
from offers.checkout.shown_codes import find_member_by_code
from wallet.purchases.errors import ReturnReused
from wallet.purchases.tender_kinds import TenderKind

EXCHANGE = "exchange"
"""What the outcome of a return keeps of the sale that was made instead, and of what it could pay there."""


class UnitsBack(NamedTuple):
    """What comes back, and what the till calls that, as `returns.return_units` takes it."""

    reference: str
    units: Mapping[int, int]
    weights: Mapping[int, int]


@dataclass(frozen=True)
class Exchange:
    """What an exchange did: the return of a sale, and the sale that was made instead."""

    original: Sale
    returned: SaleReturn
    sale: Sale

    @property
    def credit_minor(self) -> int:
        """What of the refund paid the new sale."""
        tenders = self.sale.trace.get("tenders", ())
        return sum(one["amount_minor"] for one in tenders if one["kind"] == TenderKind.CREDIT_NOTE)

    @property
    def refund_minor(self) -> int:
        """What of the refund is handed out: neither went back to gift cards nor paid the new sale."""
        return int(self.returned.outcome[EXCHANGE]["refund_minor"]) - self.credit_minor

    @property
    def paid_minor(self) -> int:
        """What the other tenders paid of the new sale: below zero where more packaging came back than was bought."""
        return self.sale.payable_minor - int(self.sale.trace.get("manufacturer_minor", 0)) - self.credit_minor


def exchange_units(
    *,
    sale_id: uuid.UUID,
    back: UnitsBack,
    asked: Asked,
    till: Till,
    now: datetime,
    charged_minor: int | None = None,
) -> Exchange:
    """Take units of a sale of the brand back, made at any of its stores, and close the sale that is made instead.

    Both are of one member: `ExchangeOfAnother` refuses a card of somebody else, also of the same household, as what
    one of them paid would buy for the other, and points with it. A return and a sale apart stay possible.

    Raises as `returns.return_units` and `sales.commit_sale`; `CreditNoteDiffers` if a tender says another amount of
    what comes back, `ExchangeCurrencyForeign`; `ReturnReused` and `SaleChanged` for a return or a sale of this name
    that was not of this exchange.
    """
    sales.lock_receipt(asked, till=till)
    locked = exchange_locks.lock_sales(asked, sale_id=sale_id, till=till)
    sale, known = _the_two(locked, sale_id=sale_id, asked=asked)
    returned = _return_called(sale, back.reference)
    if returned is None:
        _prepare(sale, known, asked, till=till, now=now)
    elif EXCHANGE not in returned.outcome or _sale_of(returned) != (known and known.id):
        raise ReturnReused
    returns.return_units(sale_id=sale.id, brand_id=till.brand_id, **back._asdict(), now=now)
    done = returned or _return_called(sale, back.reference)
    if done is None:
        raise RuntimeError("what came back is not written")
    refund_minor = _left_to_hand_out(done)
    said: dict[str, Any] = {"till": till, "charged_minor": charged_minor, "now": now}
    instead = sales.commit_sale(asked=replace(asked, credit_minor=refund_minor), **said)
    done.outcome = {**done.outcome, EXCHANGE: {"sale_id": str(instead.id), "refund_minor": refund_minor}}
    db.session().flush()
    return Exchange(sale, done, instead)


def _the_two(locked: Sequence[Sale], *, sale_id: uuid.UUID, asked: Asked) -> tuple[Sale, Sale | None]:
    """The sale of which something comes back, and the one of the name that is asked for, if there is one."""
    sale = next((one for one in locked if one.id == sale_id), None)
    if sale is None:
        raise SaleUnknown
    if (sale.terminal, sale.receipt) == (asked.terminal, asked.receipt) and sale.store_id == asked.basket.store_id:
        raise SaleChanged(receipt=asked.receipt)
    return sale, next((one for one in locked if one.id != sale_id), None)


def _return_called(sale: Sale, reference: str) -> SaleReturn | None:
    return next((one for one in returns.returns_of(sale) if one.reference == f"return:{reference}"), None)


def _sale_of(returned: SaleReturn) -> uuid.UUID:
    """The sale that was made instead."""
    return uuid.UUID(returned.outcome[EXCHANGE]["sale_id"])


def _prepare(sale: Sale, known: Sale | None, asked: Asked, *, till: Till, now: datetime) -> None:
    """Refuse what no exchange can be, then lock all that this one needs."""
    if known is not None and known.state != SaleState.OPEN:
        raise SaleChanged(receipt=asked.receipt)
    if sale.currency != asked.basket.currency:
        raise ExchangeCurrencyForeign(currency=sale.currency)
    if known is not None and known.member_id != sale.member_id:
        sales.forget_sale(known, now=now)
        known = None
    found = pricing.read_situation(asked, till=till, now=now)
    if find_member_by_code(asked.code, brand_id=till.brand_id, found=found, now=now) != sale.member_id:
        raise ExchangeOfAnother
    exchange_locks.lock_exchange(sale, asked, instead_id=known.id if known else None, found=found, now=now)


def _left_to_hand_out(returned: SaleReturn) -> int:
    """What a return refunds beside what went back to gift cards."""
    to_cards = sum(int(one["amount_minor"]) for one in returned.outcome.get("gift_cards", ()))
    return max(returned.refund_minor - to_cards, 0)
