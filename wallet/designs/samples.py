"""A member who does not exist, by whom a brand sees what its passes will look like, in its own currencies and tiers."""

import uuid
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

from app import clock
from app.sql import db
from wallet.ledger import queries as ledger
from wallet.points.currencies import money_counted
from wallet.programmes import versions
from wallet.stamps import queries as stamps

NAME, CODE = "Camille Martin", "7QK3-2M4P-9RTX"
AMOUNT = 1_234
A_MONTH = timedelta(days=30)


class SampleBalance(NamedTuple):
    """Points of the sample."""

    currency: str
    name_fr: str
    name_en: str
    amount: int
    expires_at: datetime | None
    money: str | None = None
    card_size: int | None = None


class SampleTier(NamedTuple):
    """A tier of the sample."""

    name_fr: str
    name_en: str


class SampleCoupon(NamedTuple):
    """A coupon of the sample."""

    title_fr: str
    title_en: str
    description_fr: str
    description_en: str
    ends_local: datetime


class SamplePass(NamedTuple):
    """What the pass of nobody says."""

    kind: str
    brand_name: str
    display_name: str = NAME
    code: str = CODE
    balances: tuple[SampleBalance, ...] = ()
    tier: SampleTier | None = None
    coupons: tuple[SampleCoupon, ...] = ()
    places: tuple[Any, ...] = ()
    beacon: object | None = None
    may_notify: bool = True


def make_sample(kind: str, *, brand_name: str, time_zone: str, now: datetime) -> SamplePass:
    """A pass of a brand of which nothing is known."""
    day = clock.day_of(now + A_MONTH, time_zone)
    soon, until = clock.start_of(day, time_zone), datetime.combine(day, time.min)
    coupon = SampleCoupon(
        "Dix pour cent sur un achat", "Ten per cent off a purchase", "Une fois par personne.", "Once per person.", until
    )
    return SamplePass(
        kind=kind,
        brand_name=brand_name,
        balances=(SampleBalance("points", "Points", "Points", AMOUNT, soon),),
        tier=SampleTier("Or", "Gold"),
        coupons=(coupon,),
    )


def read_sample(kind: str, *, brand_id: uuid.UUID, brand_name: str, time_zone: str, now: datetime) -> SamplePass:
    """A pass of this brand, in what it counts in, of its highest tier."""
    sample = make_sample(kind, brand_name=brand_name, time_zone=time_zone, now=now)
    currencies = db.all_of(ledger.currencies_of(brand_id))
    (usual,) = sample.balances
    sizes = {card.currency_id: card.size for card in db.all_of(stamps.cards_in(brand_id))}
    balances = tuple(
        SampleBalance(
            one.code,
            one.name_fr,
            one.name_en,
            _amount(sizes.get(one.id)),
            usual.expires_at,
            money_counted(one.id),
            sizes.get(one.id),
        )
        for one in currencies
    )
    rules = versions.in_force(brand_id=brand_id, at=now)
    ladder = None if rules is None else rules.programme.ladder
    tier = None if ladder is None or not ladder.tiers else ladder.tiers[-1].name
    return sample._replace(
        balances=balances or sample.balances, tier=sample.tier if tier is None else SampleTier(tier.fr, tier.en)
    )


def _amount(card_size: int | None) -> int:
    """Of stamps, all but three of a card."""
    return AMOUNT if card_size is None else max(card_size - 3, 1)
