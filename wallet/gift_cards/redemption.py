"""A gift card pays, and is paid back."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from app.errors import Problem
from app.languages import Moment, Money
from app.sql import db
from wallet.gift_cards import queries
from wallet.gift_cards.codes import ConcealedCode
from wallet.gift_cards.errors import (
    GiftCardBlocked,
    GiftCardCancelled,
    GiftCardCurrencyForeign,
    GiftCardOver,
    GiftCardShort,
    GiftCardUnknown,
)
from wallet.gift_cards.models import GiftCard, GiftCardEntry, GiftCardMove, GiftCardState

USABLE_AFTER_RETURN = timedelta(days=90)
"""What comes back to a card can be used at least so long: whoever returns an article loses nothing by the calendar."""


class PaidAt(NamedTuple):
    """The till at which a card pays, and in which zone its days are."""

    brand_id: uuid.UUID
    store_id: uuid.UUID
    terminal_id: uuid.UUID
    zone: str


class CardStanding(NamedTuple):
    """What a card has, and why it does not pay what is asked of it, if it does not."""

    ending: str
    wanted_minor: int
    available_minor: int
    expires_at: datetime | None
    refusal: Problem | None


class CardPayment(NamedTuple):
    """What a card paid of what was asked, and by which entry; none where it paid nothing."""

    ending: str
    wanted_minor: int
    paid_minor: int
    entry_id: uuid.UUID | None


class CardRefund(NamedTuple):
    """What went back to a card. `taken_again`: at once it was taken from it, as that for which the card was given had
    come back before."""

    ending: str
    amount_minor: int
    taken_again: bool = False


def stand_cards(
    wanted: Mapping[ConcealedCode, int], *, at: PaidAt, currency: str, now: datetime
) -> Sequence[CardStanding]:
    """How cards stand that are to pay so much each, as whoever takes it would be told."""
    cards = _cards(wanted, at, lock=False)
    return [_stand(cards.get(code.code_hash), code, amount, at, currency, now) for code, amount in wanted.items()]


def pay_by_cards(
    wanted: Mapping[ConcealedCode, int],
    *,
    at: PaidAt,
    currency: str,
    source: str,
    now: datetime,
    as_far_as_possible: bool = False,
) -> Sequence[CardPayment]:
    """Take so much from each card, or nothing from any; with `as_far_as_possible` what can be taken, as it is paid
    already. `source` is what is paid, once.

    Raises `GiftCardUnknown`, `GiftCardBlocked`, `GiftCardCancelled`, `GiftCardOver`, `GiftCardCurrencyForeign`,
    `GiftCardShort`.
    """
    cards = _cards(wanted, at, lock=True)
    paid = []
    for code, amount in wanted.items():
        card = cards.get(code.code_hash)
        stands = _stand(card, code, amount, at, currency, now)
        if stands.refusal is not None and not as_far_as_possible:
            raise stands.refusal
        can_pay = stands.refusal is None or isinstance(stands.refusal, GiftCardShort)
        taken = min(amount, stands.available_minor) if can_pay else 0
        entry_id = None if card is None or not taken else _post(card, taken, at=at, source=source, now=now)
        paid.append(CardPayment(code.ending, amount, taken, entry_id))
    return paid


def give_back_to_cards(
    entry_ids: Sequence[uuid.UUID], amount_minor: int, *, source: str, now: datetime
) -> Sequence[CardRefund]:
    """Give up to this much back to the cards that paid by these entries, one after the other, each as much as it paid
    and was not given back yet. A card whose time is over, or nearly, can be used for a while again. One that was taken
    back keeps nothing: who got it for a purchase that is none does not get it by returning what it paid."""
    cards = {card.id: card for card in db.all_of(db.locked(queries.cards_that_paid(entry_ids)))}
    entries = {entry.id: entry for entry in db.all_of(queries.entries_of(entry_ids))}
    before = {about: int(amount) for about, amount in db.rows(queries.given_back_of(entry_ids))}
    refunds = []
    for entry in (entries[id] for id in entry_ids):
        card = cards[entry.card_id]
        share = min(entry.amount_minor - before.get(entry.id, 0), amount_minor)
        if share <= 0:
            continue
        amount_minor -= share
        is_gone = card.state == GiftCardState.CANCELLED
        card.balance_minor += 0 if is_gone else share
        if card.expires_at is not None:
            card.expires_at = max(card.expires_at, now + USABLE_AFTER_RETURN)
        said = {"move": GiftCardMove.GIVEN_BACK, "amount_minor": share, "source": source, "about_id": entry.id}
        db.add(GiftCardEntry(card_id=card.id, store_id=entry.store_id, at=now, **said))
        if is_gone:
            said = {"move": GiftCardMove.CANCELLED, "amount_minor": share, "source": source}
            db.add(GiftCardEntry(card_id=card.id, at=now, **said))
        refunds.append(CardRefund(card.ending, share, taken_again=is_gone))
    return refunds


def lock_cards(
    wanted: Collection[ConcealedCode],
    *,
    that_paid: Collection[uuid.UUID],
    given: Collection[uuid.UUID],
    brand_id: uuid.UUID,
) -> None:
    """Lock cards that are to pay together with those that paid by these entries and with these that were given, in the
    order in which everybody locks them: for an act that gives back to some and takes from others."""
    if wanted or that_paid or given:
        hashes = [code.code_hash for code in wanted]
        db.all_of(db.locked(queries.cards_touched(brand_id, hashes, list(that_paid), list(given))))


def _cards(wanted: Mapping[ConcealedCode, int], at: PaidAt, *, lock: bool) -> dict[bytes, GiftCard]:
    found = queries.cards_with_codes(at.brand_id, [code.code_hash for code in wanted])
    return {card.code_hash: card for card in db.all_of(db.locked(found) if lock else found)}


def _stand(
    card: GiftCard | None, code: ConcealedCode, wanted: int, at: PaidAt, currency: str, now: datetime
) -> CardStanding:
    if card is None:
        return CardStanding(code.ending, wanted, 0, None, GiftCardUnknown())
    refusal = _refusal(card, wanted, at, currency, now)
    return CardStanding(card.ending, wanted, card.balance_minor, card.expires_at, refusal)


def _refusal(card: GiftCard, wanted: int, at: PaidAt, currency: str, now: datetime) -> Problem | None:
    if card.state == GiftCardState.CANCELLED:
        return GiftCardCancelled(ending=card.ending)
    if card.state == GiftCardState.BLOCKED:
        return GiftCardBlocked(ending=card.ending)
    if card.expires_at is not None and card.expires_at <= now:
        return GiftCardOver(ending=card.ending, moment=Moment(card.expires_at, at.zone, has_year=True))
    if card.currency != currency:
        return GiftCardCurrencyForeign(ending=card.ending, currency=card.currency)
    if card.balance_minor < wanted:
        left, required = Money(card.balance_minor, card.currency), Money(wanted, card.currency)
        return GiftCardShort(ending=card.ending, available_minor=left, required_minor=required)
    return None


def _post(card: GiftCard, amount: int, *, at: PaidAt, source: str, now: datetime) -> uuid.UUID:
    card.balance_minor -= amount
    where = {"store_id": at.store_id, "terminal_id": at.terminal_id}
    said = {"move": GiftCardMove.PAID, "amount_minor": amount, "source": source, "at": now}
    return db.add(GiftCardEntry(card_id=card.id, **said, **where)).id
