"""What a sale did is taken back, in whole or by units: the one way for returns, cancellations and reopenings.

What is undone is always computed from all that has come back so far, so that neither the order nor the size of the
steps matters, and after the last unit exactly everything is back: points spent in their lots as old as they were,
points earned gone, coupons usable again. Promotions stay as they were sold: a return does not make the rest dearer.
Locks, in this order: sale, purchase, coupons, points, coupons of manufacturers, gift cards. What budgets get back needs
none.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from app.sql import db
from offers.checkout import costs, wording
from offers.checkout.errors import SaleOpen
from offers.checkout.models import Sale, SaleReturn, Undoing
from offers.checkout.payment import cards_given
from offers.checkout.payment.gift_cards import give_back_to_gift_cards
from offers.checkout.sale_cards import points_by_line
from offers.coupons import sale_use as coupons
from offers.coupons.models import Coupon
from offers.manufacturers import uses
from wallet.gift_cards.issuance import CardTakenBack
from wallet.gift_cards.redemption import CardRefund
from wallet.ledger.awaited.recall import recalled_since
from wallet.points import currencies, returns, statements
from wallet.points.open_books import OpenBooks
from wallet.points.returns import TAKEN_BACK, Policy
from wallet.programmes import awards
from wallet.purchases import returns as purchases
from wallet.stamps import full_cards

Units = Mapping[int, int]
"""Units by position of a line; of what was weighed, thousandths."""


CameBack = Mapping[int, tuple[int, int]]
"""By position of a line: how many of its parts came back so far, of how many."""


class Unsaid(NamedTuple):
    """Something that was not undone: its code in `wording.NOT_UNDONE`, and facts."""

    code: str
    facts: Mapping[str, Any]


@dataclass
class Undone:
    """What was undone of one sale at one time, as it comes together."""

    sale: Sale
    source: str
    now: datetime
    refund_minor: int = 0
    given_back: Counter[bool] = field(default_factory=Counter)
    taken_back: Counter[bool] = field(default_factory=Counter)
    """What went back to the member's lots, and what they had earned: of money, and of what is none."""
    bonus_back: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of the points that a coupon gave, by its key: how many were taken back, of how many."""
    usable_again: tuple[Coupon, ...] = ()
    manufacturer_minor: int = 0
    """What coupons of manufacturers had paid of it."""
    to_gift_cards: Sequence[CardRefund] = ()
    cards_taken: Sequence[CardTakenBack] = ()
    """Of gift cards that the sale had given: what was still on them."""
    not_undone: tuple[Unsaid, ...] = ()

    def is_money(self, currency_id: object) -> bool:
        """Whether a currency is money, as the sale knew it."""
        return str(currency_id) in self.sale.trace.get("moneys", ())

    def note(self, code: str, amount: int, currency_id: object) -> None:
        """Say that so much of a currency was not undone."""
        if amount:
            is_money = self.is_money(currency_id)
            facts = {"money_minor": amount, "currency": self.sale.currency} if is_money else {"points": amount}
            self.not_undone += (Unsaid(f"money_{code}" if is_money else f"points_{code}", facts),)

    def note_card(self, code: str, ending: str, amount_minor: int) -> None:
        """Say that so much of a gift card was not undone."""
        if amount_minor:
            facts = {"ending": ending, "money_minor": amount_minor, "currency": self.sale.currency}
            self.not_undone += (Unsaid(code, facts),)


def reverse_sale(sale: Sale, units: Units, *, kind: Undoing, reference: str, now: datetime) -> SaleReturn:
    """Take units of a closed sale (locked) back; packaging goes its way back only with all of the sale.

    Raises `PurchaseLineUnknown`, `MoreThanBought`, `MoreThanMeasured`, `ReturnReused`.
    """
    purchase_id = purchase_of(sale)
    undone = Undone(sale, f"sale:{sale.id}:{reference}", now)
    done = purchases.take_back_units(
        member_id=sale.member_id, purchase_id=purchase_id, lines=units, source=undone.source, now=now
    )
    after = {line.position: (line.returned_quantity, line.parts) for line in done.bought}
    before = {at: (back - done.units.get(at, (0, 0, 0))[0], of) for at, (back, of) in after.items()}
    taxes = {line["position"]: line["added_tax_minor"] for line in sale.trace["lines"]}
    undone.refund_minor = done.amount_minor + _part(taxes, after) - _part(taxes, before)
    if kind is not Undoing.RETURN:
        undone.refund_minor += sale.trace.get("deposit_minor", 0)
    everything = all(back == of for back, of in after.values())
    if everything:
        undone.usable_again = tuple(coupons.return_coupons(member_id=sale.member_id, sale_id=sale.id, now=now))
    books = OpenBooks(member_id=sale.member_id, brand_id=sale.brand_id, currencies=(), now=now)
    opened = None if books.continue_others else books
    _give_points_back(undone, before, after, opened)
    _take_points_back(undone, done.units, opened)
    _take_bonus_back(undone, before, after, opened)
    if everything:
        _note_what_stays(undone)
    if opened is not None:
        opened.save()
        full_cards.follow_return(opened, now=now)
    if sale.trace.get("manufacturer_minor"):
        _give_coupons_back(undone, before, after)
    if everything:
        cards_given.lock_cards(sale)
    _refund_gift_cards(undone)
    if everything:
        _take_gift_cards_back(undone)
    costs.give_costs_back(
        sale,
        part_of=lambda amounts: _part(amounts, after) - _part(amounts, before),
        points_back=undone.bonus_back,
        everything=everything,
        now=now,
    )
    return _write(undone, units, kind=kind, reference=reference)


def purchase_of(sale: Sale) -> uuid.UUID:
    """The purchase of a closed sale. Raises `SaleOpen`."""
    if sale.purchase_id is None:
        raise SaleOpen
    return sale.purchase_id


def _part(amounts: Mapping[int, int], came_back: CameBack) -> int:
    """The part of these amounts, by line, that belongs to the units that have come back; of each rounded down."""
    return sum(amounts.get(at, 0) * back // of for at, (back, of) in came_back.items())


def _give_coupons_back(undone: Undone, before: CameBack, after: CameBack) -> None:
    """What coupons of manufacturers paid goes back to their issuers: it is not paid out."""
    sale = undone.sale
    back = uses.correct_uses(
        brand_id=sale.brand_id,
        sale_id=sale.id,
        closing=sale.closing,
        prices={line["position"]: (line["net_minor"], line["added_tax_minor"]) for line in sale.trace["lines"]},
        before=before,
        after=after,
        now=undone.now,
    )
    undone.manufacturer_minor = back.corrected_minor
    undone.refund_minor -= back.kept_from_customer_minor


def _give_points_back(
    undone: Undone,
    before: CameBack,
    after: CameBack,
    books: OpenBooks | None,
) -> None:
    sale = undone.sale
    paid = points_by_line(sale.trace)
    if sale.spend_id is None or sale.points_currency_id is None or not sum(paid.values()):
        return
    whole = sum(paid.values())
    points = sale.points_spent * _part(paid, after) // whole - sale.points_spent * _part(paid, before) // whole
    if not points:
        return
    said: dict[str, Any] = {"source": undone.source, "reason": wording.CAME_BACK, "now": undone.now}
    if books is None:
        whose: dict[str, Any] = {"member_id": sale.member_id, "currency_id": sale.points_currency_id}
        available = statements.read_balance(**whose, now=undone.now).book.available
        done = returns.give_back_spend(**whose, spend_id=sale.spend_id, points=points, **said)
        left, recalled = done.available, done.recalled
    else:
        book = books.settled_book(sale.points_currency_id)
        available = book.available
        made = returns.post_give_back(book, sale.spend_id, points, **said)
        left, recalled = book.available, recalled_since(book, made.sequence)
    undone.given_back[undone.is_money(sale.points_currency_id)] += points
    undone.note("asked_back", recalled, sale.points_currency_id)
    undone.note("over", max(available + points - left - recalled, 0), sale.points_currency_id)


def _take_points_back(undone: Undone, units: Mapping[int, awards.Units], books: OpenBooks | None) -> None:
    """Take back what the purchase earned with these units, as far as the policy of the programme goes."""
    sale = undone.sale
    returned = awards.take_back_awards(
        member_id=sale.member_id,
        purchase_id=purchase_of(sale),
        units=units,
        source=undone.source,
        now=undone.now,
        books=books,
    )
    spent: Counter[uuid.UUID] = Counter()
    for one in returned:
        undone.taken_back[undone.is_money(one.currency_id)] += one.taken
        spent[one.currency_id] += one.points - one.taken
    _note_spent(undone, spent)


def _take_bonus_back(undone: Undone, before: CameBack, after: CameBack, books: OpenBooks | None) -> None:
    """Take back what coupons gave for later: of money each line's part with the line, points once all of the sale is
    back."""
    sale = undone.sale
    everything = all(back == of for back, of in after.values())
    spent: Counter[uuid.UUID] = Counter()
    for bonus in sale.trace["bonuses"]:
        lines = {int(at): amount for at, amount in bonus.get("lines", {}).items()}
        points = _part(lines, after) - _part(lines, before) if lines else bonus["points"] * everything
        if not points:
            continue
        currency = currencies.the_currency(brand_id=sale.brand_id, currency_id=uuid.UUID(bonus["currency_id"]))
        earn_id = uuid.UUID(bonus["earn_id"])
        said: dict[str, Any] = {
            "source": f"{undone.source}:{bonus['key']}",
            "reason": wording.CAME_BACK,
            "policy": Policy.UNLIMITED if currency.may_go_negative else Policy.WITHIN_BALANCE,
            "now": undone.now,
        }
        if books is None:
            whose: dict[str, Any] = {"member_id": sale.member_id, "currency_id": currency.id}
            moved = returns.take_back_earn(**whose, earn_id=earn_id, points=points, **said).movements
        else:
            moved = returns.post_take_back(books.settled_book(currency.id), earn_id, points, **said)
        taken = sum(one.amount for one in moved if one.kind in TAKEN_BACK)
        undone.taken_back[undone.is_money(currency.id)] += taken
        undone.bonus_back[bonus["key"]] = (taken, bonus["points"])
        spent[currency.id] += points - taken
    _note_spent(undone, spent)


def _refund_gift_cards(undone: Undone) -> None:
    """What gift cards had paid goes back to them first; one that was taken back since keeps none of it."""
    sale = undone.sale
    undone.to_gift_cards = give_back_to_gift_cards(sale, undone.refund_minor, source=undone.source, now=undone.now)
    for one in undone.to_gift_cards:
        if one.taken_again:
            undone.note_card("gift_card_asked_back", one.ending, one.amount_minor)


def _take_gift_cards_back(undone: Undone) -> None:
    taken = cards_given.take_cards_back(undone.sale, source=undone.source, now=undone.now)
    for key, one in taken.items():
        undone.bonus_back[key] = (one.taken_minor, one.taken_minor + one.spent_minor)
        undone.note_card("gift_card_spent", one.ending, one.spent_minor)
    undone.cards_taken = list(taken.values())


def _note_spent(undone: Undone, spent: Mapping[uuid.UUID, int]) -> None:
    for currency_id, amount in spent.items():
        undone.note("earned_spent", amount, currency_id)


def _note_what_stays(undone: Undone) -> None:
    for coupon in undone.usable_again:
        if coupon.expires_at <= undone.now:
            undone.not_undone += (Unsaid("coupon_over", {"code": coupon.code}),)
    for step in undone.sale.trace["steps"]:
        if step["item"] and not step["amount_minor"]:
            undone.not_undone += (Unsaid("item_handed_over", step["item"]),)


def _write(undone: Undone, units: Units, *, kind: Undoing, reference: str) -> SaleReturn:
    sale = undone.sale
    stays = (Unsaid("receipt_stays", {}),) if kind is Undoing.REOPENING else ()
    return db.add(
        SaleReturn(
            member_id=sale.member_id,
            brand_id=sale.brand_id,
            sale_id=sale.id,
            reference=reference,
            kind=kind,
            lines={str(at): many for at, many in sorted(units.items()) if many},
            refund_minor=undone.refund_minor,
            points_given_back=undone.given_back[False],
            outcome={
                "points_taken_back": undone.taken_back[False],
                "money_given_back_minor": undone.given_back[True],
                "money_taken_back_minor": undone.taken_back[True],
                "manufacturer_minor": undone.manufacturer_minor,
                "gift_cards": [
                    {"ending": one.ending, "amount_minor": one.amount_minor} for one in undone.to_gift_cards
                ],
                "gift_cards_taken_back": [
                    {"ending": one.ending, "amount_minor": one.taken_minor} for one in undone.cards_taken
                ],
                "coupons": [coupon.code for coupon in undone.usable_again],
                "not_undone": [one._asdict() for one in (*undone.not_undone, *stays)],
            },
            returned_at=undone.now,
            cashier_id=db.cashier_id(),
        )
    )
