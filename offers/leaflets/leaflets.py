"""A leaflet as it is read: of the offers that were chosen those that still hold, each with its reason and coupon."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from app.accounts.errors import BrandUnknown
from app.accounts.queries import brand_with_code
from app.languages import Language, Text
from app.sql import db
from offers.deciding.factors import LAST_DAYS, OFTEN, Factors
from offers.deciding.facts import read_offer_facts
from offers.deciding.models import Decision
from offers.leaflets import choice, queries
from offers.learning.tastes.affinities import is_bought
from offers.learning.tastes.packed_tastes import open_taste

REASONS: dict[str, Text] = {
    "coupon_held": Text(fr="Votre bon vous attend.", en="Your coupon is waiting."),
    "bought_often": Text(
        fr="Parce que vous achetez souvent ce genre d'articles.", en="Because you often buy this kind of thing."
    ),
    "ends_soon": Text(fr="Elle se termine bientôt.", en="It ends soon."),
    "chosen": Text(
        fr="Choisie pour vous parmi les offres de votre magasin.", en="Chosen for you among the offers of your store."
    ),
}


class LeafletItem(NamedTuple):
    """An offer as the member reads it, why it is there, and the code of the coupon that they hold of it."""

    offer: dict[str, Any]
    reason: str
    coupon_code: str | None


class Leaflet(NamedTuple):
    """A member's offers of a week at a store, best first."""

    brand_name: str
    store_id: uuid.UUID
    store_name: str
    first_day: date
    last_day: date
    decision_id: uuid.UUID
    items: Sequence[LeafletItem]

    def card(self, language: Language) -> dict[str, Any]:
        """The leaflet on the wire. Shape: `schemas.LeafletOut`."""
        items = [
            {
                "offer": item.offer,
                "coupon_code": item.coupon_code,
                "reason": {"code": item.reason, "text": REASONS[item.reason].say(language)},
            }
            for item in self.items
        ]
        return self._asdict() | {"items": items}


def read_leaflet(
    *, member_id: uuid.UUID, brand: str, store_id: uuid.UUID | None, language: Language, now: datetime
) -> Leaflet:
    """The member's leaflet of this week: the same all week, but for offers that ended or were dismissed since.

    Raises `BrandUnknown`, and what `choice.choose_leaflet` raises.
    """
    found = db.first(brand_with_code(brand))
    if found is None:
        raise BrandUnknown
    chosen = choice.choose_leaflet(member_id=member_id, brand=found, store_id=store_id, language=language, now=now)
    numbers = choice.chosen_numbers(chosen.decision)
    cards = queries.cards_of(numbers, member_id=member_id, store_number=chosen.store.number, language=language, now=now)
    known = {number: (card, code) for number, card, code in db.rows(cards)}
    return Leaflet(
        brand_name=found.name,
        store_id=chosen.store.id,
        store_name=chosen.store.name,
        first_day=chosen.week.first_day,
        last_day=chosen.week.last_day,
        decision_id=chosen.decision.id,
        items=list(_items(chosen.decision, numbers, known, bought=_bought_often(chosen.decision))),
    )


def _items(
    decision: Decision, numbers: Sequence[int], known: dict[int, tuple[str, str | None]], *, bought: Collection[int]
) -> Iterator[LeafletItem]:
    for place, number in enumerate(numbers):
        if number in known:
            card, code = known[number]
            factors = _factors_at(decision, place)
            yield LeafletItem(orjson.loads(card), _reason(factors, code, is_bought=number in bought), code)


def _reason(factors: Factors | None, code: str | None, *, is_bought: bool) -> str:
    if code is not None:
        return "coupon_held"
    if is_bought:
        return "bought_often"
    return "ends_soon" if factors is not None and factors.days_left < LAST_DAYS else "chosen"


def _bought_often(decision: Decision) -> frozenset[int]:
    """The numbers of the offers for which the member's own purchases speak most, and not what everybody buys."""
    versions = {choice.version_at(decision, place): place for place in range(decision.shown)}
    often = [
        version
        for version, place in versions.items()
        if (factors := _factors_at(decision, place)) is not None and factors.affinity >= OFTEN
    ]
    offers = read_offer_facts(db.driver_connection(), often)
    [packed, *_] = db.all_of(queries.taste_by(decision.permission_event_ids, decision.member_id))
    taste = open_taste(packed, None)
    return frozenset(one[0] for one, offer in zip(often, offers, strict=True) if is_bought(taste, offer.wanted))


def _factors_at(decision: Decision, place: int) -> Factors | None:
    """What spoke for the offer in this place; None where the order was the plain one."""
    width = len(Factors._fields)
    kept = (decision.factors or [])[width * place : width * (place + 1)]
    return Factors._make(kept) if kept else None
