"""The slip of a sale: points won and why, points used, gift cards given, the new balance, what expires next, what to
bring next time."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.access_log.reads import note_read
from app.data_map import DataClass
from app.languages import Language, Money
from app.sql import db
from offers.checkout.errors import SaleOpen
from offers.checkout.models import Sale, SaleState, Undoing
from offers.checkout.payment import cards_given
from offers.checkout.returned import returns
from offers.greetings import greetings
from offers.slips import layout, wording
from wallet.cards.queries import card_with_brand
from wallet.passes.codes import GROUP_LENGTH
from wallet.points.currencies import money_counted
from wallet.programmes.errors import AwardsUnknown
from wallet.programmes.tiers import standing

STANDING = (SaleState.CLOSED, SaleState.PARTIALLY_RETURNED)
"""While a sale stands so does what its offers gave in points: it goes with the last of the sale."""
COUPONS = 3
"""So many orders, coupons and rewards are printed: paper is short."""


def make_slip(*, sale_id: uuid.UUID, brand_id: uuid.UUID, language: Language, now: datetime) -> dict[str, Any]:
    """What is printed for a sale of the brand, as facts and as lines for printers of 32 and of 42 columns.

    Raises `SaleUnknown`, `SaleOpen`. A slip that somebody leaves behind says the end of a code and no name.
    """
    sale = returns.the_sale(sale_id=sale_id, brand_id=brand_id, now=now)
    if sale.state == SaleState.OPEN:
        raise SaleOpen
    note_read(member_id=sale.member_id, classes=[DataClass.ACCOUNT, DataClass.COUPON], now=now)
    asked: dict[str, Any] = {"member_id": sale.member_id, "brand_id": brand_id, "store_id": sale.store_id}
    known = greetings.know_member(**asked, language=language, now=now, with_birthday=False)
    card = db.first(card_with_brand(sale.member_id, brand_id))
    spent = sale.points_spent - _given_back(sale)
    bring = None if card is None else wording.BRING.say(language, {"ending": card.code[-GROUP_LENGTH:]})
    slip = {
        "sale_id": sale.id,
        "receipt": sale.receipt,
        "earned": _earned(sale, known["balances"], language),
        "gift_cards": cards_given.tell_cards(
            sale.trace, state=SaleState(sale.state), currency=sale.currency, language=language
        ),
        "points_spent": spent,
        "spent": _spent(sale, spent, language),
        "is_paid_in_money": sale.points_currency_id is not None and bool(money_counted(sale.points_currency_id)),
        "balances": known["balances"],
        "orders": known["orders"][:COUPONS],
        "coupons": known["coupons"][:COUPONS],
        "rewards": known["rewards"][:COUPONS],
        "bring": bring,
    }
    return slip | {f"lines_{columns}": _print(slip, columns, language) for columns in layout.WIDTHS}


def _earned(sale: Sale, balances: Sequence[Mapping[str, Any]], language: Language) -> list[dict[str, Any]]:
    """What the sale earned by which rule, without what came back of it, and what its offers gave on top."""
    names = {one["currency_id"]: one["name"] for one in balances}
    found = [
        {"currency_id": one["currency_id"], "points": one["points"] - one["returned"], "why": one["why"]}
        for one in _awards(sale, language)
    ]
    for one in sale.trace["bonuses"] if sale.state in STANDING else ():
        said = {"currency_id": uuid.UUID(one["currency_id"]), "points": one["points"]}
        found.append(said | {"why": wording.BONUS.say(language)})
    return [
        one | {"name": names.get(one["currency_id"], ""), "text": _signed(one["points"], one["currency_id"], language)}
        for one in found
        if one["points"] > 0
    ]


def _spent(sale: Sale, points: int, language: Language) -> str | None:
    """What paid of points, or of the cagnotte, as it is printed."""
    currency_id = sale.points_currency_id
    return _signed(-points, currency_id, language) if points and currency_id else None


def _signed(points: int, currency_id: uuid.UUID, language: Language) -> str:
    """`+12`, or `+0,50 €` of money."""
    money = money_counted(currency_id)
    return f"{points:+d}" if money is None else f"{'+' if points > 0 else ''}{Money(points, money).spoken(language)}"


def _given_back(sale: Sale) -> int:
    """How many of the points that paid came back. Of a sale that was reopened, those of before are no part of it."""
    came = [one for one in returns.returns_to_show(sale) if one.kind != Undoing.REOPENING]
    return sum(one.points_given_back for one in came)


def _awards(sale: Sale, language: Language) -> list[dict[str, Any]]:
    if sale.purchase_id is None:
        return []
    try:
        return standing.awards(member_id=sale.member_id, purchase_id=sale.purchase_id, language=language)
    except AwardsUnknown:  # no rule gave anything
        return []


def _print(slip: Mapping[str, Any], columns: int, language: Language) -> list[str]:
    earned = [line for one in slip["earned"] for line in layout.spread_line(one["why"], one["text"], columns=columns)]
    if slip["spent"]:
        paid = wording.SPENT_MONEY if slip["is_paid_in_money"] else wording.SPENT
        earned += layout.spread_line(paid.say(language), slip["spent"], columns=columns)
    # What a brand gives in money is not called points.
    is_money = any(money_counted(one["currency_id"]) for one in slip["balances"])
    title, none = (wording.EARNED_MONEY, wording.NOTHING_OF_MONEY) if is_money else (wording.EARNED, wording.NOTHING)
    nothing = layout.wrap_texts([none.say(language)], columns=columns)
    has = [text for one in slip["balances"] for text in (one["text"], (one["expiring"] or {}).get("text")) if text]
    more = [one["text"] for one in (*slip["orders"], *slip["coupons"], *slip["rewards"])]
    bring = [*more, *([slip["bring"]] if slip["bring"] else [])]
    parts = [[title.say(language), *(earned or nothing)]]
    cards = [one["text"] for one in slip["gift_cards"]]
    for title, texts in ((wording.GIFT_CARDS, cards), (wording.BALANCE, has), (wording.NEXT_TIME, bring)):
        parts.append([title.say(language), *layout.wrap_texts(texts, columns=columns)] if texts else [])
    return layout.stack_parts(parts)
