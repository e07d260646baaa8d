"""Gift cards as people read them."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from app import clock
from app.languages import Language, Moment, Money, Text
from app.sql import db
from wallet.gift_cards import queries
from wallet.gift_cards.codes import conceal_code
from wallet.gift_cards.errors import GiftCardUnknown
from wallet.gift_cards.issuance import Issued
from wallet.gift_cards.models import GiftCard, GiftCardState

HAS = Text(fr="Carte cadeau …{ending} : {money}.", en="Gift card …{ending}: {money}.")
HAS_UNTIL = Text(
    fr="Carte cadeau …{ending} : {money}, à utiliser avant le {moment}.",
    en="Gift card …{ending}: {money}, to be used before {moment}.",
)
HAS_THROUGH = Text(
    fr="Carte cadeau …{ending} : {money}, valable jusqu'au {last_day}.",
    en="Gift card …{ending}: {money}, valid through {last_day}.",
)
BLOCKED = Text(fr="Carte cadeau …{ending} : bloquée.", en="Gift card …{ending}: blocked.")
CANCELLED = Text(fr="Carte cadeau …{ending} : annulée.", en="Gift card …{ending}: cancelled.")


def find_card(*, code: str, brand_id: uuid.UUID) -> GiftCard:
    """The card of this code, for whoever holds it. Raises `CodeMistyped`; `GiftCardUnknown`, also for one of another
    brand."""
    card = db.first(queries.cards_with_codes(brand_id, [conceal_code(code).code_hash]))
    if card is None:
        raise GiftCardUnknown
    return card


def card_of(card: GiftCard, *, zone: str, language: Language) -> dict[str, Any]:
    """A card as data, with a sentence. The end is read by the clock of `zone`."""
    names = ("id", "ending", "state", "currency", "amount_minor", "balance_minor", "issued_at", "expires_at")
    said = {GiftCardState.BLOCKED: BLOCKED, GiftCardState.CANCELLED: CANCELLED}.get(GiftCardState(card.state))
    money = Money(card.balance_minor, card.currency)
    text = (
        tell_money(card.ending, money, expires_at=card.expires_at, zone=zone, language=language)
        if said is None
        else said.say(language, {"ending": card.ending})
    )
    return {**{name: getattr(card, name) for name in names}, "text": text}


def tell_money(ending: str, money: Money, *, expires_at: datetime | None, zone: str, language: Language) -> str:
    """What is on a card, and until when, by the clock of `zone`."""
    text, facts = (HAS, {}) if expires_at is None else _tell_end(expires_at, zone)
    return text.say(language, {"ending": ending, "money": money} | facts)


def _tell_end(expires_at: datetime, zone: str) -> tuple[Text, dict[str, Any]]:
    """Until when a card can be used: its last whole day; where it ends within a day, as after a return, the instant."""
    day = clock.day_of(expires_at, zone)
    if clock.start_of(day, zone) == expires_at:
        return HAS_THROUGH, {"last_day": day - timedelta(days=1)}
    return HAS_UNTIL, {"moment": Moment(expires_at, zone, has_year=True)}


def sold_card(sold: Issued, *, zone: str, language: Language) -> dict[str, Any]:
    """A card that was made, with its code."""
    return card_of(sold.card, zone=zone, language=language) | {"code": sold.code}


def zone_of(brand_id: uuid.UUID) -> str:
    """Where the days of a brand begin."""
    [(_, zone)] = db.rows(queries.money_of_brand(brand_id))
    return str(zone)
