"""The till's side: what a basket comes to, sales, and what comes back of them."""

import uuid
from datetime import datetime
from typing import Any

from app import clock
from app.http.access import CONSOLE_ROLES, Role, brand_id, only, principal, store_id
from app.http.api import Blueprint, language, refuses
from app.http.idempotency import adds_secrets, idempotent
from offers.checkout import sale_cards, sales, schemas
from offers.checkout.errors import (
    CagnotteDiffers,
    CagnotteUnnamed,
    CouponOfSomebodyElse,
    CreditNoteDiffers,
    ExchangeCurrencyForeign,
    ExchangeOfAnother,
    MealVouchersOverArticles,
    MealVouchersOverDay,
    PointsPayNothing,
    SaleCancelled,
    SaleChanged,
    SaleCurrencyForeign,
    SaleElsewhere,
    SaleOpen,
    SalePartlyReturned,
    SaleUnknown,
    TendersDiffer,
    TotalDiffers,
)
from offers.checkout.models import Sale
from offers.checkout.payment import cards_given
from offers.checkout.pricing import Asked, Till
from offers.checkout.returned import exchanges, returns
from offers.checkout.returned.exchanges import Exchange, UnitsBack
from offers.checkout.returned.schemas import SaleReturnIn
from offers.coupons.errors import (
    CouponAlreadyRedeemed,
    CouponEndedWithOffer,
    CouponExpired,
    CouponKept,
    CouponOutsideSchedule,
    CouponScheduleOver,
    CouponUnknown,
    CouponWrongStore,
    OfferPaused,
    RedeemedMeanwhile,
    UseLimitReached,
)
from offers.manufacturers.errors import AT_TILLS
from offers.planning.spending.errors import BudgetSpent
from wallet.authenticity.errors import NOT_FRESH, CodeForged
from wallet.cards.errors import CardBlocked
from wallet.gift_cards.errors import PAYS_NOT
from wallet.ledger.errors import TOO_LITTLE, DebtNotAllowed, PointsUnknown
from wallet.passes.errors import NOT_A_CODE, CardLost, PassUnknown
from wallet.programmes.errors import BasketCurrencyForeign
from wallet.purchases.errors import (
    BasketWithoutArticles,
    DepositUnsound,
    GtinWrong,
    LineBelowZero,
    LineNotMeasured,
    MeasuredPriceDiffers,
    MeasureUnsound,
    MoreThanBought,
    MoreThanMeasured,
    PurchaseInFuture,
    PurchaseLineUnknown,
    PurchaseTooOld,
    ReceiptReused,
    ReturnReused,
    UnitWithoutPrice,
)

blueprint = Blueprint("checkout", __name__, url_prefix="/v1", description="Sales: quote, close, return")

Body = dict[str, Any]
ANY_SALE = (
    *(*NOT_A_CODE, PassUnknown, CardBlocked, CardLost, CodeForged),
    *(CouponUnknown, CouponOfSomebodyElse, SaleCurrencyForeign),
)
ANY_BASKET = (
    *(PointsUnknown, PointsPayNothing, BasketCurrencyForeign, GtinWrong, PurchaseInFuture, PurchaseTooOld),
    *(BasketWithoutArticles, DepositUnsound, LineBelowZero),
    *(MeasuredPriceDiffers, MeasureUnsound, UnitWithoutPrice),
    *(CagnotteUnnamed, MealVouchersOverArticles, MealVouchersOverDay),
)
ANY_TOTAL = (TotalDiffers, TendersDiffer, CagnotteDiffers, *PAYS_NOT)
ANY_RETURN = (ReturnReused, MoreThanBought, MoreThanMeasured, LineNotMeasured, PurchaseLineUnknown, DebtNotAllowed)
ANY_EXCHANGE = (CreditNoteDiffers, ExchangeOfAnother, ExchangeCurrencyForeign)
ANY_COUPON = (
    BudgetSpent,
    CouponAlreadyRedeemed,
    CouponEndedWithOffer,
    CouponExpired,
    CouponKept,
    CouponOutsideSchedule,
    CouponScheduleOver,
    CouponWrongStore,
    UseLimitReached,
    OfferPaused,
    RedeemedMeanwhile,
)


@blueprint.post("/sales/quotes")
@only(Role.TERMINAL)
@idempotent
@refuses(*ANY_SALE, *ANY_BASKET)
@blueprint.arguments(schemas.SaleIn)
@blueprint.response(200, schemas.QuoteOut)
def quote_sale(said: Body) -> Body:
    """What a sale would come to, step by step, and what it would earn. Nothing is used and nothing is kept."""
    now = clock.now()
    return sale_cards.quote_card(sales.quote_sale(asked=_asked(said, now), till=_till(), now=now), language=language())


@blueprint.post("/sales/holds")
@only(Role.TERMINAL)
@idempotent
@refuses(*ANY_SALE, *NOT_FRESH, *ANY_BASKET, *ANY_COUPON, *AT_TILLS, *TOO_LITTLE, SaleChanged)
@blueprint.arguments(schemas.SaleHoldIn)
@blueprint.response(201, schemas.SaleOut)
def hold_sale(said: Body) -> Body:
    """Open a sale: its coupons and points are kept for it for a short time. Sent again it replaces what was kept."""
    now = clock.now()
    return _card(sales.open_sale(asked=_asked(said, now), till=_till(), now=now, kept_for=said["hold_s"]), now)


@blueprint.post("/sales")
@only(Role.TERMINAL)
@idempotent
@adds_secrets(lambda body: cards_given.add_codes_to_answer(body, brand_id=brand_id()))
@refuses(*ANY_SALE, *NOT_FRESH, *ANY_BASKET, *ANY_COUPON, *AT_TILLS, *TOO_LITTLE, SaleChanged)
@refuses(*ANY_TOTAL, ReceiptReused)
@blueprint.arguments(schemas.SaleCommitIn)
@blueprint.response(201, schemas.SaleOut)
def commit_sale(said: Body) -> Body:
    """Close a sale, opened before or not: coupons are used, points spent, the purchase is written down and earns.

    The same terminal and receipt with the same content is the same sale, however often it is sent. The code of a gift
    card that it gives is told here alone.
    """
    now = clock.now()
    sale = sales.commit_sale(asked=_asked(said, now), till=_till(), now=now, charged_minor=said["charged_minor"])
    return _card(sale, now)


@blueprint.get("/sales")
@only(Role.TERMINAL)
@refuses(SaleUnknown)
@blueprint.arguments(schemas.SaleNumberIn, location="query")
@blueprint.response(200, schemas.SaleOut)
def find_sale(said: Body) -> Body:
    """The sale of a receipt that somebody brings back, made at this store or at another one of the brand."""
    now = clock.now()
    where = said.pop("store_id") or store_id()
    return _card(returns.sale_called(brand_id=brand_id(), store_id=where, **said, now=now), now)


@blueprint.get("/sales/<uuid:sale_id>")
@only(Role.TERMINAL, *CONSOLE_ROLES)
@refuses(SaleUnknown)
@blueprint.response(200, schemas.SaleOut)
def show_sale(sale_id: uuid.UUID) -> Body:
    """One sale of the brand, with every step and what came back."""
    now = clock.now()
    return _card(returns.the_sale(sale_id=sale_id, brand_id=brand_id(), now=now), now)


@blueprint.post("/sales/<uuid:sale_id>/returns")
@only(Role.TERMINAL)
@idempotent
@refuses(SaleUnknown, SaleOpen, SaleCancelled, *ANY_RETURN)
@blueprint.arguments(SaleReturnIn)
@blueprint.response(200, schemas.SaleOut)
def return_units(back: Body, sale_id: uuid.UUID) -> Body:
    """Take units of lines back, at any store of the brand: money, points spent and points earned in proportion."""
    now = clock.now()
    return _card(returns.return_units(sale_id=sale_id, brand_id=brand_id(), **back, now=now), now)


@blueprint.post("/sales/<uuid:sale_id>/exchanges")
@only(Role.TERMINAL)
@idempotent
@adds_secrets(lambda body: cards_given.add_codes_to_answer(body, brand_id=brand_id()))
@refuses(*ANY_SALE, *NOT_FRESH, *ANY_BASKET, *ANY_COUPON, *AT_TILLS, *TOO_LITTLE, SaleChanged)
@refuses(*ANY_TOTAL, ReceiptReused, SaleUnknown, SaleOpen, SaleCancelled, *ANY_RETURN, *ANY_EXCHANGE)
@blueprint.arguments(schemas.SaleExchangeIn)
@blueprint.response(201, schemas.SaleExchangeOut)
def exchange_units(said: Body, sale_id: uuid.UUID) -> Body:
    """Take units back and close a new sale of the same member, which the refund pays first: both, or neither."""
    now = clock.now()
    asked, charged = _asked(said["sale"], now), said["sale"]["charged_minor"]
    what: Body = {"back": UnitsBack(**said["back"]), "asked": asked, "till": _till(), "charged_minor": charged}
    return _exchange_card(exchanges.exchange_units(sale_id=sale_id, **what, now=now), now)


@blueprint.post("/sales/<uuid:sale_id>/cancellation")
@only(Role.TERMINAL)
@idempotent
@refuses(SaleUnknown, SaleElsewhere, DebtNotAllowed)
@blueprint.response(200, schemas.SaleOut)
def cancel_sale(sale_id: uuid.UUID) -> Body:
    """Take everything back that has not come back, or free what an open sale keeps."""
    now = clock.now()
    sale = returns.cancel_sale(sale_id=sale_id, brand_id=brand_id(), store_id=store_id(), now=now)
    return _card(sale, now)


@blueprint.post("/sales/<uuid:sale_id>/reopening")
@only(Role.TERMINAL)
@idempotent
@refuses(SaleUnknown, SaleElsewhere, SaleCancelled, SalePartlyReturned, DebtNotAllowed)
@blueprint.response(200, schemas.SaleOut)
def reopen_sale(sale_id: uuid.UUID) -> Body:
    """Take a closed sale back so that it can be changed and closed again. Its last return says what that leaves."""
    now = clock.now()
    sale = returns.reopen_sale(sale_id=sale_id, brand_id=brand_id(), store_id=store_id(), now=now)
    return _card(sale, now)


def _till() -> Till:
    return Till(brand_id(), store_id(), principal().id)


def _asked(said: Body, now: datetime) -> Asked:
    return schemas.asked_of(said, store_id=store_id(), now=now)


def _card(sale: Sale, now: datetime) -> Body:
    return sale_cards.sale_card(sale, returns.returns_to_show(sale), language=language(), now=now)


def _exchange_card(done: Exchange, now: datetime) -> Body:
    weights = sale_cards.weighed_lines(done.original.trace)
    return {
        "returned": sale_cards.return_card(done.returned, weights, language=language()),
        "sale": _card(done.sale, now),
        "credit_minor": done.credit_minor,
        "refund_minor": done.refund_minor,
        "paid_minor": done.paid_minor,
    }
