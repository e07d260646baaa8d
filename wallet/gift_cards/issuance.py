"""A gift card comes into being: a till sells it, or the brand prints it."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from app.languages import Money
from app.sql import db, locks
from wallet.gift_cards import codes, policies, queries
from wallet.gift_cards.errors import (
    GiftCardAmountOutside,
    GiftCardBlocked,
    GiftCardCancelled,
    GiftCardReferenceReused,
    GiftCardsNotSold,
    GiftCardUnknown,
    GiftCardUsed,
)
from wallet.gift_cards.models import GiftCard, GiftCardEntry, GiftCardMove, GiftCardState
from wallet.ledger import durations


class Issued(NamedTuple):
    """A card with its code, which is told to whoever made it and to nobody else."""

    card: GiftCard
    code: str


class SoldAt(NamedTuple):
    """The till that sells a card."""

    store_id: uuid.UUID
    terminal_id: uuid.UUID


def sell_gift_card(*, brand_id: uuid.UUID, at: SoldAt, amount_minor: int, reference: str, now: datetime) -> Issued:
    """Make the card that a till has sold. `reference` is the till's own name of it: the same one is the same card, and
    the same code.

    It is money against money: no sale, no tax (a voucher for many uses is taxed when it is used, CGI article 256 ter),
    and nothing is earned by it. Raises `GiftCardsNotSold`, `GiftCardAmountOutside`, `GiftCardReferenceReused`.
    """
    name = f"till:{at.terminal_id}:{reference}"
    locks.lock_name(f"gift_card:{at.terminal_id}:{reference}")
    known = db.first(queries.cards_of(brand_id).where(GiftCard.name == name))
    if known is not None:
        if known.amount_minor != amount_minor:
            raise GiftCardReferenceReused
        return Issued(known, _code(brand_id, name))
    rule = policies.rule_of(brand_id=brand_id)
    if rule.least_minor is None or rule.most_minor is None:
        raise GiftCardsNotSold
    [(currency, zone)] = db.rows(queries.money_of_brand(brand_id))
    if not rule.least_minor <= amount_minor <= rule.most_minor:
        least, most = Money(rule.least_minor, currency), Money(rule.most_minor, currency)
        raise GiftCardAmountOutside(least_minor=least, most_minor=most)
    made = {"amount_minor": amount_minor, "currency": currency}
    return _make(brand_id, name, at=at, expires_at=_end(rule.valid_months, zone, now), now=now, **made)


def print_gift_cards(
    *, brand_id: uuid.UUID, batch: str, count: int, amount_minor: int, valid_months: int | None, now: datetime
) -> Iterator[Issued]:
    """The first `count` cards of a batch, made as far as they are not, each worth so much at once. The same batch again
    is the same cards. Raises `GiftCardReferenceReused` for another amount."""
    [(currency, zone)] = db.rows(queries.money_of_brand(brand_id))
    for place in range(1, count + 1):
        name = f"batch:{batch}:{place}"
        known = db.first(queries.cards_of(brand_id).where(GiftCard.name == name))
        if known is not None and known.amount_minor != amount_minor:
            raise GiftCardReferenceReused
        made = {"amount_minor": amount_minor, "currency": currency, "expires_at": _end(valid_months, zone, now)}
        yield Issued(known, _code(brand_id, name)) if known else _make(brand_id, name, at=None, now=now, **made)


def cancel_gift_card(*, card_id: uuid.UUID, brand_id: uuid.UUID, store_id: uuid.UUID, now: datetime) -> GiftCard:
    """Take back a card that this store sold, whose price is handed out again. Twice is once.

    Raises `GiftCardUnknown`, also for a card of elsewhere; `GiftCardBlocked`: who holds it may have stolen it;
    `GiftCardUsed`.
    """
    card = _locked(card_id, brand_id)
    if card.store_id != store_id:
        raise GiftCardUnknown
    if card.state == GiftCardState.CANCELLED:
        return card
    if card.state == GiftCardState.BLOCKED:
        raise GiftCardBlocked(ending=card.ending)
    if db.first(queries.payments_of(card.id).limit(1)) is not None:
        raise GiftCardUsed(ending=card.ending)
    said = {"source": "cancellation", "store_id": store_id, "at": now}
    db.add(GiftCardEntry(card_id=card.id, move=GiftCardMove.CANCELLED, amount_minor=card.balance_minor, **said))
    card.state, card.balance_minor = GiftCardState.CANCELLED, 0
    db.session().flush()
    return card


def block_gift_card(*, card_id: uuid.UUID, brand_id: uuid.UUID, blocked: bool) -> GiftCard:
    """Let a card pay nothing from now on, as it was lost or stolen, or let it pay again.

    Raises `GiftCardUnknown`, `GiftCardCancelled`.
    """
    card = _locked(card_id, brand_id)
    if card.state == GiftCardState.CANCELLED:
        raise GiftCardCancelled(ending=card.ending)
    card.state = GiftCardState.BLOCKED if blocked else GiftCardState.ACTIVE
    db.session().flush()
    return card


def _locked(card_id: uuid.UUID, brand_id: uuid.UUID) -> GiftCard:
    card = db.first(db.locked(queries.cards_of(brand_id).where(GiftCard.id == card_id)))
    if card is None:
        raise GiftCardUnknown
    return card


def _make(
    brand_id: uuid.UUID,
    name: str,
    *,
    at: SoldAt | None,
    amount_minor: int,
    currency: str,
    expires_at: datetime | None,
    now: datetime,
) -> Issued:
    code = _code(brand_id, name)
    concealed = codes.conceal_code(code)
    where: dict[str, Any] = {"store_id": at.store_id, "terminal_id": at.terminal_id} if at else {}
    card = db.add(
        GiftCard(
            brand_id=brand_id,
            code_hash=concealed.code_hash,
            ending=concealed.ending,
            name=name,
            state=GiftCardState.ACTIVE,
            currency=currency,
            amount_minor=amount_minor,
            balance_minor=amount_minor,
            cashier_id=db.cashier_id() if at else None,
            issued_at=now,
            expires_at=expires_at,
            **where,
        )
    )
    said = {"move": GiftCardMove.ISSUED, "amount_minor": amount_minor, "source": name, "at": now}
    db.add(GiftCardEntry(card_id=card.id, **said, **where))
    return Issued(card, code)


def _code(brand_id: uuid.UUID, name: str) -> str:
    return codes.make_code(f"{brand_id}:{name}")


def _end(valid_months: int | None, zone: str, now: datetime) -> datetime | None:
    """Through the end of the same day of the month."""
    return None if valid_months is None else durations.end(f"{valid_months}M", since=now, zone=zone)
