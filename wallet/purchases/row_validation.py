"""Receipts of a file are judged: a basket, or the reason why not. Knows no table."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

from babel.numbers import get_currency_precision, is_currency

from app.characters import are_storable, remove_spaces
from app.clock import in_utc, instant_of
from app.codes.article_numbers import LENGTHS, is_gtin
from app.ops.imports.outcomes import Found, RowFault
from wallet.purchases.basket import Basket, BasketLine
from wallet.purchases.basket_validation import KEPT, SKEW
from wallet.purchases.findings import PurchaseFinding, RefusedReceipt
from wallet.purchases.models import Channel
from wallet.purchases.rows import Cells, GivenReceipt

LONGEST = 200
LONGEST_NUMBER = 40
MOST_LINES = 1000
MOST_UNITS = 1_000_000
LARGEST = 10**12
"""Minor units of one line: more is a slip of the keyboard."""
NO = frozenset({"0", "no", "non", "false", "f", "n"})
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class KnownShop(NamedTuple):
    """A store as a file knows it: by its reference."""

    id: uuid.UUID
    time_zone: str


@dataclass(frozen=True)
class Rules:
    """What a brand's file is read by."""

    stores: Mapping[str, KnownShop]
    currency: str
    time_zone: str
    now: datetime


class TakenReceipt(NamedTuple):
    """A receipt that can be taken, if its member is known; and what was corrected."""

    row: int
    card: str
    member: str
    terminal: str
    receipt: str
    basket: Basket
    found: tuple[Found, ...]


def judge_receipt(given: GivenReceipt, rules: Rules) -> TakenReceipt:
    """Raises `RefusedReceipt` with the first reason: a receipt is taken whole, or not at all."""
    if not all(map(are_storable, given.cells)):
        raise RefusedReceipt(RowFault.TEXT_UNSTORABLE, "")
    card, member, store, channel, terminal, receipt, bought_at, currency, tax, *_ = given.cells[0]
    if not card and not member:
        raise RefusedReceipt(PurchaseFinding.MEMBER_MISSING, "member")
    terminal, receipt = _number("terminal", terminal), _number("receipt", receipt)
    if len(given.cells) > MOST_LINES:
        raise RefusedReceipt(PurchaseFinding.TOO_MANY_LINES, "receipt", most=MOST_LINES)
    shop, channel = _shop(store, channel, rules)
    at = _instant(bought_at.strip(), shop.time_zone if shop else rules.time_zone)
    if at > rules.now + SKEW:
        raise RefusedReceipt(PurchaseFinding.IN_FUTURE, "bought_at")
    if at <= rules.now - KEPT:
        raise RefusedReceipt(PurchaseFinding.TOO_OLD, "bought_at")
    unit = currency.strip().upper() or rules.currency
    scale = _scale(unit)
    found: list[Found] = []
    basket = Basket(
        currency=unit,
        bought_at=at,
        lines=tuple(
            _line(cells, position, given.row + position - 1, scale, found)
            for position, cells in enumerate(given.cells, start=1)
        ),
        store_id=shop.id if shop else None,
        channel=channel,
        tax_included=tax.strip().lower() not in NO,
    )
    return TakenReceipt(given.row, card, member, terminal, receipt, basket, tuple(found))


def _line(cells: Cells, position: int, row: int, scale: int, found: list[Found]) -> BasketLine:
    _, _, _, _, _, _, _, _, _, gtin, sku, label, category, many, gross_minor, off_minor, gross, off, tax = cells
    price = _minor(gross_minor, gross, scale, row)
    promotion = _minor(off_minor, off, scale, row)
    if promotion < 0:
        found.append(Found(PurchaseFinding.DISCOUNT_SIGN, "promotion", {"row": row}))
        promotion = -promotion
    quantity = 1 if not many else int(many) if many.isdecimal() and len(many) < 10 else _weighed(many, row, found)
    if not 1 <= quantity <= MOST_UNITS or not promotion <= price:
        raise RefusedReceipt(PurchaseFinding.LINE_UNSOUND, "quantity", row=row)
    return BasketLine(
        position,
        quantity,
        price,
        promotion,
        _gtin(gtin, row, found) if gtin else None,
        _text("sku", sku, row, found) or None,
        _text("category", category, row, found),
        _basis_points(tax, row) if tax else None,
        _text("label", label, row, found),
    )


def _number(column: str, text: str) -> str:
    """The number of a till or of a receipt: the natural key is made of it, so nothing in it is mended."""
    number = text.strip()
    if not number:
        raise RefusedReceipt(PurchaseFinding.RECEIPT_MISSING, column)
    if len(number) > LONGEST_NUMBER or CONTROL.search(number):
        raise RefusedReceipt(PurchaseFinding.TEXT_TOO_LONG, column, column=column, longest=LONGEST_NUMBER)
    return number


def _shop(store: str, channel: str, rules: Rules) -> tuple[KnownShop | None, str]:
    wanted = channel.strip().lower() or (Channel.STORE if store.strip() else Channel.WEB)
    if wanted not in list(Channel):
        raise RefusedReceipt(PurchaseFinding.CHANNEL_UNKNOWN, "channel")
    if wanted != Channel.STORE:
        return None, wanted
    shop = rules.stores.get(store.strip())
    if shop is None:
        raise RefusedReceipt(
            PurchaseFinding.STORE_UNKNOWN, "store", store=CONTROL.sub(" ", store).strip()[:LONGEST_NUMBER]
        )
    return shop, wanted


def _instant(text: str, zone: str) -> datetime:
    """An ISO 8601 instant; without an offset, on the wall clock of the shop."""
    try:
        at = datetime.fromisoformat(text.upper())  # RFC 3339 lets its letters be small
        return in_utc(at) if at.tzinfo is not None else instant_of(at, zone)
    except (ValueError, OverflowError):
        raise RefusedReceipt(PurchaseFinding.INSTANT_UNREADABLE, "bought_at") from None


@lru_cache
def _scale(currency: str) -> int:
    if not is_currency(currency):
        raise RefusedReceipt(PurchaseFinding.CURRENCY_UNKNOWN, "currency")
    return int(get_currency_precision(currency))


def _minor(minor: str, amount: str, scale: int, row: int) -> int:
    """An amount in minor units, from either column; none is zero. More digits than the currency has are refused."""
    try:
        found = int(remove_spaces(minor)) if minor else _scaled(amount, scale) if amount else 0
    except (ValueError, ArithmeticError):
        raise RefusedReceipt(PurchaseFinding.AMOUNT_UNREADABLE, "gross", row=row) from None
    if not -LARGEST <= found <= LARGEST:
        raise RefusedReceipt(PurchaseFinding.AMOUNT_UNREADABLE, "gross", row=row)
    return found


@lru_cache(maxsize=100_000)
def _scaled(amount: str, scale: int) -> int:
    exact = Decimal(remove_spaces(amount).replace(",", ".")).scaleb(scale)
    # Looked at before it becomes an integer: `1e999999` has a million digits.
    if len(amount) > LONGEST or not exact.is_finite() or abs(exact) > LARGEST or exact != exact.to_integral_value():
        raise ValueError(amount)
    return int(exact)


def _weighed(many: str, row: int, found: list[Found]) -> int:
    """A quantity that is not written as a whole number: `2.000` is two, `0,345` something that was weighed."""
    try:
        exact = Decimal(remove_spaces(many).replace(",", "."))
    except InvalidOperation:
        raise RefusedReceipt(PurchaseFinding.QUANTITY_UNREADABLE, "quantity", row=row) from None
    if not exact.is_finite() or not 0 < exact < 1_000_000_000:
        raise RefusedReceipt(PurchaseFinding.QUANTITY_UNREADABLE, "quantity", row=row)
    if exact == exact.to_integral_value():
        return int(exact)
    found.append(Found(PurchaseFinding.WEIGHED, "quantity", {"row": row}))
    return 1


def _gtin(text: str, row: int, found: list[Found]) -> str:
    if is_gtin(text):
        return text
    padded = next((text.strip().zfill(size) for size in LENGTHS if len(text.strip()) < size), text)
    if text.strip() != padded and len(text.strip()) >= 7 and is_gtin(padded):  # a spreadsheet took leading zeros
        found.append(Found(PurchaseFinding.GTIN_PADDED, "gtin", {"row": row}))
        return padded
    if is_gtin(text.strip()):
        return text.strip()
    raise RefusedReceipt(PurchaseFinding.GTIN_WRONG, "gtin", row=row)


def _basis_points(text: str, row: int) -> int:
    try:
        exact = Decimal(remove_spaces(text).removesuffix("%").replace(",", ".")) * 100
    except ArithmeticError:
        raise RefusedReceipt(PurchaseFinding.TAX_UNREADABLE, "tax_percent", row=row) from None
    if not exact.is_finite() or not 0 <= exact <= 10_000 or exact != exact.to_integral_value():
        raise RefusedReceipt(PurchaseFinding.TAX_UNREADABLE, "tax_percent", row=row)
    return int(exact)


def _text(column: str, text: str, row: int, found: list[Found]) -> str:
    if not text:
        return text
    if text.isprintable() and len(text) <= LONGEST:
        return text.strip()
    clean: str = CONTROL.sub(" ", text).strip()
    if len(clean) > LONGEST:
        raise RefusedReceipt(PurchaseFinding.TEXT_TOO_LONG, column, row=row, column=column, longest=LONGEST)
    if clean != text.strip():
        found.append(Found(PurchaseFinding.CONTROL_CHARACTERS, column, {"row": row}))
    return clean
