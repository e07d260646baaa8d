"""What a member has, as of an instant, also when nobody has written down yet what was due: what is due is posted in
memory, and nothing is saved."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select

from app.languages import Language
from app.sql import db
from wallet.ledger import queries, settlement
from wallet.ledger.book import OWN, Book, book_of
from wallet.ledger.currency_kinds import money_of, said_amount
from wallet.ledger.errors import PointsUnknown
from wallet.ledger.models import Account, LotState, PointsEntry, PointsLotState
from wallet.points import queries as points_queries
from wallet.points import wording

EXPIRIES = 3
"""Expiries that are shown with a balance; the lots show all."""


class Expiry(NamedTuple):
    """When how many points expire."""

    at: datetime
    points: int


class Balance(NamedTuple):
    """A balance as of now: its row of `queries.balances`, and what it comes to."""

    row: Any
    book: Book
    expiries: Sequence[Expiry]

    @property
    def money(self) -> str | None:
        """The ISO 4217 currency of which it counts minor units, if it is money."""
        return self.book.money


def read_balances(*, member_id: uuid.UUID, now: datetime) -> Sequence[Balance]:
    """Everything that a member has, in the order of brands and codes."""
    return _settled(queries.balances_of(member_id), now=now)


def read_balance(*, member_id: uuid.UUID, currency_id: uuid.UUID, now: datetime) -> Balance:
    """What a member has in one currency. Raises `PointsUnknown` when they never had any."""
    found = _settled(queries.balance_of(member_id, currency_id), now=now)
    if not found:
        raise PointsUnknown
    return found[0]


def _settled(question: Select[Any], *, now: datetime) -> Sequence[Balance]:
    """These balances with what is due done. If somebody else does it at this moment, look again at what they wrote."""
    while True:
        rows = db.rows(question)
        books = [book_of(row) for row in rows]
        settlement.settle_ledgers(books, now=now)
        late = any(row.next_due_at is not None and row.next_due_at <= now for row in rows)
        if not late or [row.sequence for row in db.rows(question)] == [row.sequence for row in rows]:
            return [Balance(row, book, _expiries(book, now=now)) for row, book in zip(rows, books, strict=True)]


def _expiries(book: Book, *, now: datetime) -> Sequence[Expiry]:
    """The next expiries: those that are stored, but for lots that the book knows better."""
    stored = points_queries.next_expiries(book.member_id, book.currency_id, now=now, but=list(book.lots)).limit(
        EXPIRIES
    )
    found = Counter({at: int(points) for at, points in db.rows(stored)})
    for lot in book.lots.values():
        if lot.expires_at is not None and lot.usable(now):
            found[lot.expires_at] += lot.remaining
    return [Expiry(at, found[at]) for at in sorted(found)[:EXPIRIES]]


def sums_at(*, member_id: uuid.UUID, currency_id: uuid.UUID, at: datetime, now: datetime) -> dict[Account, int]:
    """What each of the member's accounts came to at an instant that is past, by what took effect until then.

    Raises `PointsUnknown`. What is owed or awaited counts below zero.
    """
    book = read_balance(member_id=member_id, currency_id=currency_id, now=now).book
    row = db.rows(points_queries.sums_at(member_id, currency_id, at=at))[0]
    sums = {account: int(getattr(row, account)) for account in OWN}
    for movement in book.made:
        for account, change in ((movement.from_account, -movement.amount), (movement.to_account, movement.amount)):
            if movement.occurred_at <= at and account in OWN:
                sums[Account(account)] += change
    return sums


def lot_cards(
    states: Sequence[PointsLotState], *, book: Book, language: Language, now: datetime
) -> list[dict[str, Any]]:
    """Lots as a member reads them, as of now."""
    if not states:
        return []
    amounts = dict(db.rows(points_queries.amounts_of(book.member_id, [state.lot_id for state in states])))
    cards = []
    for stored in states:
        lot = book.lots.get(stored.lot_id, stored)
        cards.append(
            {
                "id": stored.lot_id,
                "points": amounts[stored.lot_id],
                "remaining": lot.remaining,
                "text": wording.say_amount(lot.remaining, language, money=book.money),
                "status": status_of(lot.state, lot.remaining, lot.expires_at, now=now),
                "earned_at": stored.earned_at,
                "activates_at": lot.activates_at,
                "expires_at": lot.expires_at,
            }
        )
    return cards


def status_of(state: str, remaining: int, expires_at: datetime | None, *, now: datetime) -> str:
    """pending, active, used, expired or cancelled."""
    if state != LotState.ACTIVE:
        return state
    if expires_at is not None and expires_at <= now:
        return "expired"
    return "active" if remaining else "used"


def movement_cards(entries: Sequence[PointsEntry], *, language: Language, money: str | None) -> list[dict[str, Any]]:
    """Movements as a member reads them."""
    return [
        {
            "id": entry.id,
            "kind": entry.kind,
            "points": entry.amount,
            "text": wording.say_amount(entry.amount, language, money=money),
            "from": entry.from_account,
            "to": entry.to_account,
            "occurred_at": entry.occurred_at,
            "recorded_at": entry.recorded_at,
            "about_id": entry.about_id,
            "what": wording.what(entry.kind, language, money=money),
            "reason": entry.reason,
            "why": wording.why(entry.reason, entry.facts, language, money=money),
        }
        for entry in entries
    ]


def list_balance_cards(*, member_id: uuid.UUID, language: Language, now: datetime) -> list[dict[str, Any]]:
    """What a member has in every currency of their brands, nothing too, in the order of brands and codes."""
    cards = [balance_card(one, language=language) for one in read_balances(member_id=member_id, now=now)]
    cards += _empty_cards(member_id, language)
    return sorted(cards, key=lambda card: (card["currency"]["brand"]["code"], card["currency"]["code"]))


def find_balance_card(
    *, member_id: uuid.UUID, currency_id: uuid.UUID, language: Language, now: datetime
) -> dict[str, Any]:
    """What a member has in one currency of their brands. Raises `PointsUnknown`, also for a brand without a card."""
    found = _settled(queries.balance_of(member_id, currency_id), now=now)
    if found:
        return balance_card(found[0], language=language)
    for card in _empty_cards(member_id, language):
        if card["currency"]["id"] == currency_id:
            return card
    raise PointsUnknown


def _empty_cards(member_id: uuid.UUID, language: Language) -> list[dict[str, Any]]:
    nothing = {"available": 0, "pending": 0, "held": 0, "owed": 0, "awaited": 0}
    return [
        {
            "currency": _currency(row, language),
            **nothing,
            "lifetime": {},
            "next_expiries": [],
            "text": _text(row, 0, language),
        }
        for row in db.rows(points_queries.untouched_currencies(member_id))
    ]


def _currency(row: Any, language: Language) -> dict[str, Any]:
    return {
        "id": row.currency_id,
        "code": row.currency_code,
        "name": row.name_fr if language == "fr" else row.name_en,
        "kind": row.kind,
        "money": money_of(row.kind, row.brand_currency),
        "usable_from": row.usable_from,
        "brand": {"code": row.brand_code, "name": row.brand_name},
    }


def _text(row: Any, available: int, language: Language) -> str:
    """`Cagnotte : 12,50 €`, or `Points : 120`."""
    name = row.name_fr if language == "fr" else row.name_en
    amount = said_amount(available, money_of(row.kind, row.brand_currency))
    return wording.BALANCE.say(language, {"name": name, "amount": amount})


def balance_card(shown: Balance, *, language: Language) -> dict[str, Any]:
    """A balance as a member reads it."""
    row, book = shown.row, shown.book
    return {
        "currency": _currency(row, language),
        "available": book.available,
        "pending": book.sums[Account.PENDING],
        "held": book.sums[Account.HELD],
        "owed": book.debt,
        "awaited": book.awaited,
        "lifetime": book.totals,
        "next_expiries": [
            {**expiry._asdict(), "text": wording.say_amount(expiry.points, language, money=shown.money)}
            for expiry in shown.expiries
        ],
        "text": _text(row, book.available, language),
    }
