"""A sale is opened, which keeps its coupons and points for a short time, and closed, which uses them.

What a till calls a sale (store, terminal, receipt) is one sale for ever: sent again it is the same, also after a lost
answer, and other content under the same name is refused once the sale is closed. A sale that is still open is simply
weighed anew. Locks, in this order: that name, the sale, offers, coupons, points, coupons of manufacturers, gift cards,
budgets in money.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.access_log.reads import note_read
from app.languages import Money
from app.sql import db, locks
from offers.checkout import costs, queries, sale_cards, tenders, wording
from offers.checkout.errors import SaleChanged, TotalDiffers
from offers.checkout.models import Sale, SaleState
from offers.checkout.offered import manufacturers
from offers.checkout.payment import cards_given, gift_cards, limits
from offers.checkout.payment.cagnotte import pay_by_tender
from offers.checkout.pricing import Asked, PointsAsked, PricedSale, Till, price_sale, read_situation
from offers.checkout.sale_record import SEEN, ToSell, make_sale, write_sale
from offers.checkout.shown_codes import find_member_by_code, prove_codes, purpose_of, require_genuine_codes
from offers.coupons import sale_use as coupons
from offers.coupons.models import Coupon
from offers.coupons.unclaimed import candidates
from offers.manufacturers import uses
from wallet.authenticity import verifier
from wallet.authenticity.verifier import SeenAt
from wallet.points import spending
from wallet.points.open_books import OpenBooks
from wallet.programmes import awards
from wallet.purchases import records
from wallet.purchases.models import Purchase
from wallet.stamps import full_cards

KEPT_FOR = timedelta(minutes=5)
"""How long an open sale keeps what it needs, unless the till says otherwise."""


def quote_sale(*, asked: Asked, till: Till, now: datetime) -> PricedSale:
    """What a sale would come to, and why. Nothing is written but that staff looked.

    Raises as `shown_codes.find_member_by_code`, `cagnotte.pay_by_tender`, `pricing.price_sale` and
    `limits.check_meal_vouchers`.
    """
    found = read_situation(asked, till=till, now=now)
    asked = pay_by_tender(asked, found=found)
    member_id = find_member_by_code(asked.code, brand_id=till.brand_id, found=found, now=now)
    require_genuine_codes(asked, till=till, now=now)
    note_read(member_id=member_id, classes=SEEN, now=now)
    sale = db.first(queries.sale_of(*found.sale)) if found.sale is not None else None
    weighed = price_sale(
        asked,
        found=found,
        member_id=member_id,
        till=till,
        sale_id=sale.id if sale else None,
        now=now,
        locked=False,
        kept=_kept_points(sale, member_id=member_id, now=now),
    )
    limits.check_meal_vouchers(asked, weighed, found=found)
    return replace(weighed, gift_cards=gift_cards.stand_gift_cards(asked, till=till, found=found, now=now))


def _kept_points(sale: Sale | None, *, member_id: uuid.UUID, now: datetime) -> PointsAsked | None:
    """What this sale keeps already of what can pay."""
    if sale is None or sale.member_id != member_id or sale.state_at(now) is not SaleState.OPEN:
        return None
    currency_id = sale.points_currency_id
    return None if sale.hold_id is None or currency_id is None else PointsAsked(currency_id, sale.points_spent)


def open_sale(*, asked: Asked, till: Till, now: datetime, kept_for: timedelta = KEPT_FOR) -> Sale:
    """Keep what a sale needs, all of it or nothing: no other sale can use these coupons and points until then.

    The same sale opened again replaces what it kept. One that is closed already is given as it stands.
    Raises as `shown_codes.find_member_by_code` and `pricing.price_sale`; the refusal of a coupon that cannot be used;
    `NotEnoughPoints`, `CagnotteBelowUse`; `SaleChanged`; `BudgetSpent`; as `cagnotte.pay_by_tender` and
    `limits.check_meal_vouchers`.
    """
    to_sell = _sale_to_sell(asked, till, now=now)
    sale, asked = to_sell.sale, to_sell.asked
    if to_sell.again:
        return sale
    paying = {asked.points.currency_id} if asked.points else set()
    weighed = _weigh(to_sell, asked, till=till, currencies=paying if paying or sale.hold_id else None, now=now)
    until, hold_id = now + kept_for, None
    used = _written(to_sell, weighed, now=now)
    if used or not to_sell.is_new:
        coupons.hold_coupons(used, member_id=sale.member_id, sale_id=sale.id, until=until)
    if weighed.books is not None:
        hold_id = tenders.hold_anew(sale, weighed, weighed.books, store=to_sell.found.store_name, until=until, now=now)
        weighed.books.save()
    trace = sale_cards.trace_of(weighed)
    _use_codes(to_sell, asked, weighed, till, now=now)
    trace["spent"] = _bear_costs(to_sell, weighed, until=until, now=now)
    sale.hold_id, sale.held_until, sale.state = hold_id, until, SaleState.OPEN
    return write_sale(to_sell, asked, weighed, trace=trace, now=now)


def commit_sale(*, asked: Asked, till: Till, now: datetime, charged_minor: int | None = None) -> Sale:
    """Close a sale: its coupons are used, its points spent, the purchase is written down and earns points.

    It need not have been opened. `charged_minor` is what the till asked for: another total is refused.
    Raises as `open_sale`, `limits.check_tenders` and `gift_cards.pay_by_gift_cards`; `TotalDiffers`, `ReceiptReused`;
    in an exchange `CreditNoteDiffers`.
    """
    to_sell = _sale_to_sell(asked, till, now=now)
    sale, asked = to_sell.sale, to_sell.asked
    if to_sell.again:
        return sale
    given = set(to_sell.found.in_force.programme.currencies()) if to_sell.found.in_force else set()
    paying = {asked.points.currency_id} if asked.points else set()
    weighed = _weigh(to_sell, asked, till=till, currencies=given | paying, now=now)
    trace = sale_cards.trace_of(weighed)
    _check_total(trace, weighed, charged_minor)
    if not asked.is_paid and (asked.basket.tenders or asked.credit_minor is None):
        limits.check_tenders(weighed.stacked.basket, payable_minor=trace["payable_minor"])
    used = _written(to_sell, weighed, now=now)
    if used or not to_sell.is_new:
        whose = {"member_id": sale.member_id, "brand_id": sale.brand_id, "sale_id": sale.id}
        coupons.use_coupons(used, **whose, store_id=till.store_id, terminal_id=till.terminal_id, now=now)
    closing, books = sale.closing + 1, _books_of(weighed)
    store = to_sell.found.store_name
    spend_id = tenders.pay_with_points(sale, weighed, books, store=store, closing=closing, now=now)
    purchase, books = _buy(to_sell, weighed, books, closing=closing, now=now)
    trace["bonuses"] = tenders.give_bonus(sale, weighed, trace, books, closing=closing, now=now)
    books.save()
    full_cards.follow_sale(books, to_sell.found.stamp_cards, now=now)
    _use_codes(to_sell, asked, weighed, till, now=now)
    _owe_issuers(to_sell, weighed, closing=closing, now=now)
    said: dict[str, Any] = {"closing": closing, "till": till, "found": to_sell.found, "now": now}
    trace["gift_cards"] = gift_cards.pay_by_gift_cards(sale, asked, **said)
    trace[cards_given.GIVEN] = cards_given.give_cards(sale, weighed, closing=closing, found=to_sell.found, now=now)
    trace["spent"] = _bear_costs(to_sell, weighed, until=None, now=now)
    sale.closing, sale.hold_id, sale.held_until, sale.state = closing, None, None, SaleState.CLOSED
    sale.spend_id, sale.purchase_id, sale.closed_at = spend_id, purchase.id, now
    sale.cashier_id = db.cashier_id()
    return write_sale(to_sell, asked, weighed, trace=trace, now=now)


def _written(to_sell: ToSell, weighed: PricedSale, *, now: datetime) -> list[Coupon]:
    """The coupons that take effect, all of them written: those of offers that apply by themselves come into being."""
    candidates.write_coupons(weighed.fresh, has_other_clocks=to_sell.found.other_clocks, now=now)
    return list(weighed.used.values())


def _bear_costs(to_sell: ToSell, weighed: PricedSale, *, until: datetime | None, now: datetime) -> costs.Spent:
    """Last of all, so that nobody waits for a budget longer than for the commit."""
    cost = costs.costs_of(weighed.stacked.steps, weighed.used)
    return costs.bear_costs(to_sell.sale, cost, to_sell.found, until=until, now=now)


def _check_total(trace: Mapping[str, Any], weighed: PricedSale, charged_minor: int | None) -> None:
    if charged_minor is not None and charged_minor != trace["payable_minor"]:
        currency = weighed.stacked.basket.currency
        payable, charged = (Money(amount, currency) for amount in (trace["payable_minor"], charged_minor))
        raise TotalDiffers(payable_minor=payable, charged_minor=charged)


def _books_of(weighed: PricedSale) -> OpenBooks:
    """The books of a sale that was weighed under their locks."""
    if weighed.books is None:
        raise RuntimeError("the books of this sale are not open")
    return weighed.books


def hold_points_for_sale(sale: Sale, wanted: PointsAsked, *, until: datetime, now: datetime) -> uuid.UUID:
    """Put points aside for a sale. Raises `NotEnoughPoints`."""
    return spending.hold_points(
        member_id=sale.member_id,
        currency_id=wanted.currency_id,
        points=wanted.points,
        source=f"sale:{sale.id}:{db.new_id()}",
        reason=wording.KEPT,
        facts=_where(sale),
        ends_at=until,
        now=now,
    ).id


def release_sale(sale: Sale, *, now: datetime) -> None:
    """What an open sale keeps is free again."""
    coupons.release_coupons(member_id=sale.member_id, sale_id=sale.id)
    costs.release_costs(sale, now=now)
    if sale.hold_id is not None and sale.points_currency_id is not None:
        spending.release_hold(
            member_id=sale.member_id,
            currency_id=sale.points_currency_id,
            hold_id=sale.hold_id,
            reason=wording.LET_GO,
            now=now,
        )
    sale.hold_id = sale.held_until = None


def lock_receipt(asked: Asked, *, till: Till) -> None:
    """Make whoever sends the sale of this name at the same time wait, also before it has a row."""
    locks.lock_name(f"sale:{till.store_id}:{asked.terminal}:{asked.receipt}")


def _sale_to_sell(asked: Asked, till: Till, *, now: datetime) -> ToSell:
    """The sale of this name, locked, with what holds. Raises `SaleChanged`."""
    lock_receipt(asked, till=till)
    found = read_situation(asked, till=till, now=now)
    known = db.first(db.locked(queries.sale_of(*found.sale))) if found.sale is not None else None
    if known is not None and known.state != SaleState.OPEN:
        _check_same(known, asked, sale_cards.content_of(asked), now=now)
        note_read(member_id=known.member_id, classes=SEEN, now=now)
        return ToSell(known, asked, found, again=True, is_new=False)
    asked = pay_by_tender(asked, found=found)
    member_id = find_member_by_code(asked.code, brand_id=till.brand_id, found=found, now=now)
    proofs = prove_codes(asked, found=found, member_id=member_id, till=till, now=now)
    if known is not None and known.member_id != member_id:
        forget_sale(known, now=now)  # somebody else's pass was shown first
        known = None
    if known is not None:  # a new one is written together with this trace
        note_read(member_id=member_id, classes=SEEN, now=now)
    sale = known or make_sale(asked, till, member_id=member_id, now=now)
    return ToSell(sale, asked, found, again=False, is_new=known is None, proofs=proofs)


def _use_codes(to_sell: ToSell, asked: Asked, weighed: PricedSale, till: Till, *, now: datetime) -> None:
    """What spends is used up for this sale, before budgets, for which nobody waits longer than for the commit. A coupon
    that did nothing can be shown again."""
    coupons = {coupon.code for coupon in weighed.used.values()}
    pays = weighed.points is not None
    spent = [one for one in to_sell.proofs if one.code in coupons or (pays and one.code not in to_sell.found.coupons)]
    at = SeenAt(store_id=till.store_id, terminal_id=till.terminal_id)
    purpose = purpose_of(asked, till=till)
    verifier.use_proofs(spent, brand_id=till.brand_id, at=at, used_for=purpose, now=now)


def _owe_issuers(to_sell: ToSell, weighed: PricedSale, *, closing: int, now: datetime) -> None:
    """Write down what issuers of coupons owe, right before the budgets: a number that is unique makes others wait."""
    if weighed.manufacturers.payments:
        basket = weighed.stacked.basket
        sale = manufacturers.sale_of_use(to_sell.sale, basket, found=to_sell.found, closing=closing)
        uses.write_uses(weighed.manufacturers.payments, sale=sale, now=now)


def _check_same(known: Sale, asked: Asked, content: Mapping[str, Any], *, now: datetime) -> None:
    """The same code is the same pass, also when it was lost or blocked since; another one may be the same member's."""
    same = sale_cards.says_the_same(known.asked, content)
    if not same or (
        known.asked["code"] != content["code"]
        and find_member_by_code(asked.code, brand_id=known.brand_id, now=now) != known.member_id
    ):
        raise SaleChanged(receipt=asked.receipt)


def forget_sale(sale: Sale, *, now: datetime) -> None:
    """Delete an open sale (locked) of another member than the one who pays: nothing came of it."""
    release_sale(sale, now=now)
    number = db.first(queries.sale_called(sale.store_id, terminal=sale.terminal, receipt=sale.receipt))
    db.session().delete(number)
    db.session().flush()
    db.session().delete(sale)
    db.session().flush()


def _weigh(
    to_sell: ToSell, asked: Asked, *, till: Till, currencies: Collection[uuid.UUID] | None, now: datetime
) -> PricedSale:
    """Price a sale as a quote does, under locks; what cannot be used is refused: the till has counted with it."""
    limits.lock_meal_vouchers(asked, member_id=to_sell.sale.member_id)
    weighed = price_sale(
        asked,
        found=to_sell.found,
        member_id=to_sell.sale.member_id,
        till=till,
        sale_id=None if to_sell.is_new else to_sell.sale.id,
        now=now,
        locked=True,
        currencies=currencies,
    )
    for refusal in weighed.refusals.values():
        raise refusal
    limits.check_meal_vouchers(asked, weighed, found=to_sell.found)
    return weighed


def _buy(
    to_sell: ToSell, weighed: PricedSale, books: OpenBooks, *, closing: int, now: datetime
) -> tuple[Purchase, OpenBooks]:
    """Write the purchase down and give what it earned. Returns it, and the books that are open then."""
    sale, found, basket = to_sell.sale, to_sell.found, weighed.stacked.basket
    # A sale that was reopened is another purchase: what was written stays written.
    receipt = sale.receipt if closing == 1 else f"{sale.receipt} ↻{closing}"
    whose: dict[str, Any] = {"member_id": sale.member_id, "brand_id": sale.brand_id}
    said: dict[str, Any] = {"basket": basket, "terminal": sale.terminal, "receipt": receipt, "now": now}
    purchase = records.record_new(**whose, **said, is_counted=found.has_programme)
    if purchase is None:
        books.save()
        purchase = records.record_purchase(**whose, **said)
        awards.award_purchase(**whose, purchase=purchase, basket=basket, now=now)
        books = OpenBooks(**whose, currencies=(), now=now)
    elif found.in_force is not None:
        awards.award_at_till(
            found.in_force, weighed.awards, purchase=purchase, basket=basket, usage=weighed.usage, books=books
        )
    return purchase, books


def _where(sale: Sale) -> dict[str, str]:
    [(_, name, _)] = db.rows(queries.stores_named([sale.store_id]))
    return {"store": name}
