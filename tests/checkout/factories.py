"""Sales for tests, made at a till as the real ones are."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from app.accounts.models import Brand, Member, Terminal
from app.sql import db
from geo.places.models import Store
from offers.checkout import sales
from offers.checkout.models import Sale, SaleReturn
from offers.checkout.pricing import Asked, PointsAsked, PricedSale, Till
from offers.checkout.returned import returns
from offers.checkout.returned.exchanges import Exchange, UnitsBack, exchange_units
from offers.coupons.models import Coupon
from offers.planning.drafts import InASale
from offers.planning.spending.models import MoneyBudget
from offers.planning.spending.money_budgets import BudgetScope, set_budget
from offers.planning.spending.periods import BudgetPeriod
from tests.coupons.factories import acting_at, claim
from tests.factories import NOON, made, make_brand, make_console_user, make_member, make_store, make_terminal
from tests.planning.factories import make_offer
from tests.points.factories import Purse, make_currency
from tests.programmes.factories import put_in_force, rule
from tests.wallet.factories import make_card
from wallet.cards.models import Card
from wallet.ledger.models import PointsBalance, PointsCurrency
from wallet.programmes.rules import Programme, Rule, TenderRules
from wallet.purchases.basket import Basket, BasketLine


def lines_of(*wanted: BasketLine | int) -> tuple[BasketLine, ...]:
    """Lines at positions from 1; a number is one unit at so many cents, of food."""
    return tuple(
        one if isinstance(one, BasketLine) else BasketLine(at, 1, one, category="food")
        for at, one in enumerate(wanted, start=1)
    )


class Counter:
    """A till of a brand, and a member with a card and points that can pay: 100 points are worth 5.00 €, unless `counts`
    says what the brand counts in."""

    def __init__(
        self,
        *rules: Rule,
        earns: bool = False,
        points: int = 0,
        tenders: TenderRules | None = None,
        counts: Mapping[str, Any] = {"worth_points": 100, "worth_minor": 500},
        **brand: Any,
    ) -> None:
        with made():
            self.brand: Brand = make_brand(**brand)
            self.store: Store = make_store(self.brand)
            self.terminal: Terminal = make_terminal(self.store)[0]
            self.member: Member = make_member()
            self.card: Card = make_card(self.member, self.brand)
            self.currency: PointsCurrency = make_currency(self.brand, **counts)
            self.purse = Purse.__new__(Purse)
            self.purse.brand, self.purse.currency, self.purse.member = self.brand, self.currency, self.member
            if points:
                self.purse.earn(points)
            if earns or rules or tenders:
                mine = tuple(_of(one, self.currency.id) for one in rules or (rule(),))
                put_in_force(self.brand, Programme("EUR", mine, tenders=tenders or TenderRules()))

    def coupon(self, *, member: Member | None = None, now: datetime = NOON, **offer: Any) -> Coupon:
        """A coupon of a new offer: ten percent off everything, unless told otherwise."""
        rules = {name: offer.pop(name) for name in list(offer) if name in InASale.__dataclass_fields__}
        return claim(member or self.member, make_offer(self.brand, in_a_sale=InASale(**rules), **offer), now=now)

    def percent(self, of: int, **offer: Any) -> Coupon:
        return self.coupon(benefit={"kind": "percent", "percent": of}, **offer)

    def sets(self, amount: int, period: BudgetPeriod = BudgetPeriod.LIFE, **scope: Any) -> MoneyBudget:
        """A budget in money, which counts from noon on."""
        given = {"scope": BudgetScope(period, **scope), "amount_minor": amount, "now": NOON}
        with made():
            return set_budget(brand_id=self.brand.id, by=make_console_user(self.brand).id, **given)

    def asks(
        self,
        *wanted: BasketLine | int,
        coupons: Sequence[Coupon] = (),
        points: int = 0,
        receipt: str | None = None,
        code: str | None = None,
        now: datetime = NOON,
        **basket: Any,
    ) -> Asked:
        fields = {"currency": "EUR", "bought_at": now, "store_id": self.store.id} | basket
        return Asked(
            code=code or self.card.code,
            terminal="1",
            receipt=receipt or uuid.uuid4().hex[:8],
            basket=Basket(lines=lines_of(*wanted), **fields),
            coupons=[coupon.code for coupon in coupons],
            points=PointsAsked(self.currency.id, points) if points else None,
            said_when=basket.get("bought_at"),
        )

    @property
    def till(self) -> Till:
        return Till(self.brand.id, self.store.id, self.terminal.id)

    def quotes(self, *wanted: BasketLine | int, now: datetime = NOON, **given: Any) -> PricedSale:
        with acting_at(self.terminal):
            return sales.quote_sale(asked=self.asks(*wanted, now=now, **given), till=self.till, now=now)

    def opens(self, asked: Asked, *, now: datetime = NOON, **given: Any) -> Sale:
        with acting_at(self.terminal):
            return sales.open_sale(asked=asked, till=self.till, now=now, **given)

    def commits(self, asked: Asked, *, now: datetime = NOON, **given: Any) -> Sale:
        with acting_at(self.terminal):
            return sales.commit_sale(asked=asked, till=self.till, now=now, **given)

    def sells(self, *wanted: BasketLine | int, now: datetime = NOON, **given: Any) -> Sale:
        return self.commits(self.asks(*wanted, now=now, **given), now=now)

    def returns(
        self,
        sale: Sale,
        units: Mapping[int, int],
        *,
        reference: str | None = None,
        now: datetime = NOON,
        weights: Mapping[int, int] | None = None,
    ) -> SaleReturn:
        """Take units back; what that was."""
        reference = reference or uuid.uuid4().hex[:8]
        whose = {"sale_id": sale.id, "brand_id": self.brand.id, "now": now}
        with acting_at(self.terminal):
            back = returns.return_units(**whose, units=units, weights=weights, reference=reference)
            return next(one for one in returns.returns_of(back) if one.reference == f"return:{reference}")

    def exchanges(
        self, sale: Sale, units: Mapping[int, int], asked: Asked, *, reference: str | None = None, now: datetime = NOON
    ) -> Exchange:
        """Take units back and sell what is asked instead."""
        back = UnitsBack(reference or uuid.uuid4().hex[:8], units, {})
        with acting_at(self.terminal):
            return exchange_units(sale_id=sale.id, back=back, asked=asked, till=self.till, now=now)

    def cancels(self, sale: Sale, *, now: datetime = NOON) -> Sale:
        with acting_at(self.terminal):
            return returns.cancel_sale(sale_id=sale.id, brand_id=self.brand.id, store_id=self.store.id, now=now)

    def reopens(self, sale: Sale, *, now: datetime = NOON) -> Sale:
        with acting_at(self.terminal):
            return returns.reopen_sale(sale_id=sale.id, brand_id=self.brand.id, store_id=self.store.id, now=now)

    def reads(self, sale: Sale) -> Sale:
        """The sale as it stands now."""
        with acting_at(self.terminal):
            return returns.the_sale(sale_id=sale.id, brand_id=self.brand.id, now=NOON)

    def returns_of(self, sale: Sale) -> list[SaleReturn]:
        with acting_at(self.terminal):
            return returns.returns_of(sale)

    @property
    def available(self) -> int:
        with db.system_transaction():
            found = db.get(PointsBalance, (self.member.id, self.currency.id))
        return found.available if found else 0

    def stands(self) -> dict[str, Any]:
        """Everything that buying and returning everything must leave as it was: points with their age, coupons."""
        with db.system_transaction():
            mine = select(Coupon).where(Coupon.member_id == self.member.id).order_by(Coupon.id)
            coupons = [(one.code, one.status, one.held_for, one.held_until) for one in db.all_of(mine)]
        lots = {id: lot for id, lot in self.purse.lots_by_id().items() if lot[0]}
        return {"available": self.available, "lots": lots, "coupons": coupons}


def _of(one: Rule, currency_id: uuid.UUID) -> Rule:
    return replace(one, currency_id=currency_id)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def sale_body(card: Card, **given: Any) -> dict[str, Any]:
    """The JSON of a sale: two units at five euros."""
    line = {"position": 1, "quantity": 2, "gross_minor": 1_000, "category": "food", "tax_bp": 550}
    fields = {"code": card.code, "terminal": "1", "receipt": uuid.uuid4().hex[:8], "currency": "EUR", "lines": [line]}
    return fields | given


def return_body(**given: Any) -> dict[str, Any]:
    """The JSON of a return of one unit."""
    return {"reference": uuid.uuid4().hex[:8], "lines": [{"position": 1, "quantity": 1}]} | given


def exchange_body(card: Card, **sale: Any) -> dict[str, Any]:
    """The JSON of an exchange of one unit for a sale."""
    return return_body(sale=sale_body(card, **sale))


def sell(card: Card, terminal: Terminal, *, now: datetime, quantity: int = 50) -> Sale:
    """A sale of so many units of which one came back."""
    with acting_at(terminal):
        lines = (BasketLine(1, quantity, quantity * 100, category="food"),)
        asked = Asked(card.code, "1", uuid.uuid4().hex[:8], Basket("EUR", now, lines, terminal.store_id))
        till = Till(terminal.brand_id, terminal.store_id, terminal.id)
        sale = sales.commit_sale(asked=asked, till=till, now=now)
        returns.return_units(sale_id=sale.id, brand_id=sale.brand_id, units={1: 1}, reference="1", now=now)
        return sale
