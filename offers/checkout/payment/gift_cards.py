"""Gift cards of the brand pay a part of a sale, and get back what they paid before any money is handed out."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from offers.checkout.models import Sale
from offers.checkout.payment.cards_given import GIVEN
from offers.checkout.pricing import Asked, Till
from offers.checkout.situation import Situation
from wallet.gift_cards import redemption
from wallet.gift_cards.codes import ConcealedCode, read_concealed
from wallet.gift_cards.redemption import CardRefund, CardStanding, PaidAt
from wallet.purchases.basket import Basket


def stand_gift_cards(asked: Asked, *, till: Till, found: Situation, now: datetime) -> Sequence[CardStanding]:
    """How the gift cards stand that a till says pay."""
    wanted = _wanted(asked.basket)
    if not wanted:
        return ()
    return redemption.stand_cards(wanted, at=_place(till, found), currency=asked.basket.currency, now=now)


def pay_by_gift_cards(
    sale: Sale, asked: Asked, *, closing: int, till: Till, found: Situation, now: datetime
) -> list[dict[str, Any]]:
    """Take what gift cards pay, of a sale that is paid already as far as it is there; what each paid, as the sale keeps
    it. Raises as `redemption.pay_by_cards`."""
    wanted = _wanted(asked.basket)
    if not wanted:
        return []
    paid = redemption.pay_by_cards(
        wanted,
        at=_place(till, found),
        currency=asked.basket.currency,
        source=f"sale:{sale.id}:{closing}",
        now=now,
        as_far_as_possible=asked.is_paid,
    )
    return [
        {
            "ending": one.ending,
            "wanted_minor": one.wanted_minor,
            "paid_minor": one.paid_minor,
            "entry_id": None if one.entry_id is None else str(one.entry_id),
        }
        for one in paid
    ]


def give_back_to_gift_cards(sale: Sale, refund_minor: int, *, source: str, now: datetime) -> Sequence[CardRefund]:
    """Put a refund back on the cards that paid, as far as they did: the rest is handed out."""
    entries = [uuid.UUID(one["entry_id"]) for one in sale.trace.get("gift_cards", ()) if one["entry_id"]]
    if not entries or refund_minor <= 0:
        return ()
    return redemption.give_back_to_cards(entries, refund_minor, source=source, now=now)


def lock_for_exchange(sale: Sale, asked: Asked) -> None:
    """Lock the gift cards that paid a sale, of which something comes back, and those that it gave, with those that pay
    what is bought instead."""
    paid = [uuid.UUID(one["entry_id"]) for one in sale.trace.get("gift_cards", ()) if one["entry_id"]]
    given = [uuid.UUID(one["id"]) for one in sale.trace.get(GIVEN, ())]
    redemption.lock_cards(_wanted(asked.basket), that_paid=paid, given=given, brand_id=sale.brand_id)


def missing_of(sale: Sale) -> int:
    """What gift cards were to pay of a sale that is paid already, and did not."""
    return sum(one["wanted_minor"] - one["paid_minor"] for one in sale.trace.get("gift_cards", ()))


def _wanted(basket: Basket) -> dict[ConcealedCode, int]:
    """What is to be taken from which card, those that are named twice together."""
    wanted: dict[ConcealedCode, int] = {}
    for tender in basket.tenders:
        if tender.card is not None and tender.amount_minor:
            code = read_concealed(tender.card)
            wanted[code] = wanted.get(code, 0) + tender.amount_minor
    return wanted


def _place(till: Till, found: Situation) -> PaidAt:
    return PaidAt(till.brand_id, till.store_id, till.terminal_id, found.store_zone)
