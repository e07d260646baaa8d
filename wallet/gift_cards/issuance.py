"""A gift card comes into being: a till sells it, the brand prints it, or gives it with a sale."""

import uuid
from collections.abc import Iterator, Sequence
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


class WorthGiven(NamedTuple):
    """What a card is worth that is given."""

    amount_minor: int
    currency: str


class CardTakenBack(NamedTuple):
    """What was still on a card that was taken back, and what it had paid already."""

    ending: str
    taken_minor: int
    spent_minor: int


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
    check_amount(brand_id=brand_id, amount_minor=amount_minor)
    valid_months = policies.rule_of(brand_id=brand_id).valid_months
    [(currency, zone)] = db.rows(queries.money_of_brand(brand_id))
    made = {"amount_minor": amount_minor, "currency": currency}
    return _make(brand_id, name, at=at, expires_at=_end(valid_months, zone, now), now=now, **made)


def check_amount(*, brand_id: uuid.UUID, amount_minor: int) -> None:
    """Hold what a card is to be worth against what the brand says. Raises `GiftCardsNotSold`,
    `GiftCardAmountOutside`."""
    rule = policies.rule_of(brand_id=brand_id)
    if rule.least_minor is None or rule.most_minor is None:
        raise GiftCardsNotSold
    if not rule.least_minor <= amount_minor <= rule.most_minor:
        [(currency, _)] = db.rows(queries.money_of_brand(brand_id))
        least, most = Money(rule.least_minor, currency), Money(rule.most_minor, currency)
        raise GiftCardAmountOutside(least_minor=least, most_minor=most)


def give_gift_card(*, brand_id: uuid.UUID, worth: WorthGiven, source: str, zone: str, now: datetime) -> GiftCard:
    """Make a card that is given with what `source` names, valid as long as one that is sold, by the clock of `zone`.
    Its code is computed from its id (`code_of_given`). No store has sold it, so no till can take it back for money."""
    expires_at = _end(policies.rule_of(brand_id=brand_id).valid_months, zone, now)
    id = db.new_id()
    said: dict[str, Any] = worth._asdict() | {"expires_at": expires_at, "source": source, "now": now}
    return _make(brand_id, _name_of_given(id), at=None, id=id, **said).card


def code_of_given(*, brand_id: uuid.UUID, card_id: object) -> str:
    """The code of a card that was given, for whoever it is told to."""
    return _code(brand_id, _name_of_given(card_id))


def take_back_given(*, card_ids: Sequence[uuid.UUID], source: str, now: datetime) -> Sequence[CardTakenBack]:
    """Take back cards that were given, with what is still on them, as that for which they were given came back: from
    now on they pay nothing, whatever becomes of them. What they had paid stays paid; comes that back later, it is
    taken too (`redemption.give_back_to_cards`). A card that is blocked or over is taken back like others.
    """
    taken = []
    for card in db.all_of(db.locked(queries.cards_named(card_ids))):
        left = card.balance_minor
        if left:
            said = {"move": GiftCardMove.CANCELLED, "amount_minor": left, "source": source, "at": now}
            db.add(GiftCardEntry(card_id=card.id, **said))
        if card.state != GiftCardState.CANCELLED:
            card.state, card.balance_minor = GiftCardState.CANCELLED, 0
            taken.append(CardTakenBack(card.ending, left, card.amount_minor - left))
    db.session().flush()
    return taken


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
    id: uuid.UUID | None = None,
    source: str | None = None,
) -> Issued:
    code = _code(brand_id, name)
    concealed = codes.conceal_code(code)
    where: dict[str, Any] = {"store_id": at.store_id, "terminal_id": at.terminal_id} if at else {}
    card = db.add(
        GiftCard(
            id=id or db.new_id(),
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
    said = {"move": GiftCardMove.ISSUED, "amount_minor": amount_minor, "source": source or name, "at": now}
    db.add(GiftCardEntry(card_id=card.id, **said, **where))
    return Issued(card, code)


def _name_of_given(card_id: object) -> str:
    return f"sale:{card_id}"


def _code(brand_id: uuid.UUID, name: str) -> str:
    return codes.make_code(f"{brand_id}:{name}")


def _end(valid_months: int | None, zone: str, now: datetime) -> datetime | None:
    """Through the end of the same day of the month."""
    return None if valid_months is None else durations.end(f"{valid_months}M", since=now, zone=zone)
