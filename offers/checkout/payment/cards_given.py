"""Gift cards that a sale gives: made when it is closed, told to whoever closes it, taken back when all of it came back.

A code is kept nowhere, neither in the sale nor in a stored answer: it is computed from the card's id whenever the same
sale is sent again.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from app.languages import Language, Money
from offers.benefits.given.gift_card_amount import GiftCardAmount
from offers.checkout import wording
from offers.checkout.models import Sale, SaleState
from offers.checkout.pricing import PricedSale
from offers.checkout.situation import Situation
from wallet.gift_cards import card_texts, issuance, redemption
from wallet.gift_cards.issuance import CardTakenBack, WorthGiven

GIVEN = "gift_cards_given"
"""Under which name a sale keeps them, and tells them."""
SOME_GIVEN = re.compile(rf'"{GIVEN}":\s*\[\s*\{{'.encode())
"""Where an answer tells of one: within a text its quotation marks would be escaped."""
STANDING = (SaleState.CLOSED, SaleState.PARTIALLY_RETURNED)
"""While a sale stands so does what it gave."""


def give_cards(
    sale: Sale, weighed: PricedSale, *, closing: int, found: Situation, now: datetime
) -> list[dict[str, Any]]:
    """Make the gift cards that a sale gives; what it keeps of them."""
    given = []
    for step in weighed.stacked.steps:
        if not isinstance(step.incentive.effect, GiftCardAmount):
            continue
        card = issuance.give_gift_card(
            brand_id=sale.brand_id,
            worth=WorthGiven(step.amount_minor, weighed.stacked.basket.currency),
            source=f"sale:{sale.id}:{closing}",
            zone=found.zone,
            now=now,
        )
        ends_at = card.expires_at.isoformat() if card.expires_at else None
        said = {"id": str(card.id), "ending": card.ending, "amount_minor": card.amount_minor}
        given.append({"key": step.incentive.key, **said, "expires_at": ends_at, "zone": found.zone})
    return given


def lock_cards(sale: Sale) -> None:
    """Lock the cards that a sale gave together with those that paid it, where it gave any."""
    given = [uuid.UUID(one["id"]) for one in sale.trace.get(GIVEN, ())]
    if given:
        paid = [uuid.UUID(one["entry_id"]) for one in sale.trace.get("gift_cards", ()) if one["entry_id"]]
        redemption.lock_cards((), that_paid=paid, given=given, brand_id=sale.brand_id)


def take_cards_back(sale: Sale, *, source: str, now: datetime) -> Mapping[str, CardTakenBack]:
    """Take back the cards that a sale gave, by the key of what gave them, as all of it came back.

    Not article by article, as a cagnotte does: a card may be on its way to somebody else, with its worth printed on it,
    and nobody at a till may find it worth less than it says while the purchase that earned it still stands. Like points
    of a coupon it goes with the last of the sale. What is still on it is taken then; what it paid stays paid, and is
    said.
    """
    given: Sequence[Mapping[str, Any]] = sale.trace.get(GIVEN, ())
    found = {}
    for one in given:
        for taken in issuance.take_back_given(card_ids=[uuid.UUID(one["id"])], source=source, now=now):
            found[one["key"]] = taken
    return found


def tell_cards(
    trace: Mapping[str, Any], *, state: SaleState, currency: str, language: Language
) -> list[dict[str, Any]]:
    """The cards that a sale gave, by the end of their codes, or would give when it is closed; of one that does not
    stand any more none."""
    if state in STANDING:
        return [_tell(one, currency, language) for one in trace.get(GIVEN, ())]
    if state is not SaleState.OPEN:
        return []
    steps = [step for step in trace["steps"] if step["kind"] == GiftCardAmount.code]
    return [_tell_planned(step["amount_minor"], currency, language) for step in steps]


def _tell(one: Mapping[str, Any], currency: str, language: Language) -> dict[str, Any]:
    expires_at = datetime.fromisoformat(one["expires_at"]) if one["expires_at"] else None
    money = Money(one["amount_minor"], currency)
    text = card_texts.tell_money(one["ending"], money, expires_at=expires_at, zone=one["zone"], language=language)
    said = {name: one[name] for name in ("id", "ending", "amount_minor")}
    return {**said, "expires_at": expires_at, "code": None, "text": text}


def _tell_planned(amount_minor: int, currency: str, language: Language) -> dict[str, Any]:
    text = wording.GIFT_CARD_GIVEN.say(language, {"amount_minor": Money(amount_minor, currency)})
    said = {"id": None, "ending": None, "expires_at": None, "code": None}
    return {**said, "amount_minor": amount_minor, "text": text}


def add_codes(told: dict[str, Any], *, brand_id: uuid.UUID) -> dict[str, Any]:
    """A sale as it is told, with the codes of the cards that it gave: for whoever closes it, or sends it again because
    the answer was lost. Nobody else is told them."""
    if told["state"] == SaleState.CLOSED:
        for one in told.get(GIVEN, ()):
            one["code"] = issuance.code_of_given(brand_id=brand_id, card_id=one["id"])
    return told


def add_codes_to_answer(body: bytes, *, brand_id: uuid.UUID) -> bytes:
    """The answer to a sale, or to a scan that made one, with these codes."""
    if not SOME_GIVEN.search(body):
        return body
    answer = orjson.loads(body)
    sale = answer if GIVEN in answer else answer.get("sale")
    if sale is not None:
        add_codes(sale, brand_id=brand_id)
    return orjson.dumps(answer)
