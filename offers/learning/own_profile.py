"""What a brand learnt of a member, for them to read: what they buy, where, how often, how they take offers."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from app import clock
from app.accounts.errors import BrandUnknown
from app.accounts.queries import brand_with_code
from app.languages import Language, Text
from app.sql import db
from offers.learning import decay, queries
from offers.learning.errors import NothingLearnt
from offers.learning.models import CountKind, Profile
from offers.learning.scores import PRIOR_COUPONS, PRIOR_USED

MOST, SAID = 10, 3
"""How many of each are told, and how many are in a sentence: those that count most."""

NOTHING = Text(fr="Rien n'a encore été retenu de vos achats.", en="Nothing has been learnt from your purchases yet.")
ARTICLES = Text(fr="Vous achetez surtout : {names}.", en="What you buy most: {names}.")
STORES = Text(fr="Vous venez surtout à : {names}.", en="Where you come most: {names}.")
RHYTHM = Text(
    fr="Il se passe en moyenne {days} {days:jour|jours} entre deux de vos visites.",
    en="On average {days} {days:day|days} pass between two of your visits.",
)
REACTION = Text(
    fr="Sur cent bons que vous recevez, vous en utiliseriez environ {percent}.",
    en="Of a hundred coupons that you get, you would use about {percent}.",
)


class Liked(NamedTuple):
    """Something, by the name that it has on receipts or in the brand, and its share of all of its kind in percent."""

    name: str
    percent: int


class OwnProfile(NamedTuple):
    """What was learnt, and by which permission; `said` are sentences about it. Amounts are minor units, and visits a
    number, as they count today."""

    brand: str
    said: Sequence[str]
    permission_event_id: uuid.UUID
    permitted_until: datetime | None
    learnt_from: date | None
    articles: Sequence[Liked]
    categories: Sequence[Liked]
    stores: Sequence[Liked]
    channels: Sequence[Liked]
    visits: float
    spend_minor: int
    currency: str
    last_visit_on: date | None
    days_between_visits: int | None
    coupons_used_percent: int
    offers_shown: float


def read_own_profile(*, member_id: uuid.UUID, brand: str, language: Language, now: datetime) -> OwnProfile:
    """What this brand learnt of the member. Raises `BrandUnknown`; `NothingLearnt` for one that they do not permit to,
    or not any more."""
    asked = db.first(brand_with_code(brand))
    if asked is None:
        raise BrandUnknown
    profile = db.first(queries.profile_of(member_id, asked.id))
    if profile is None or (profile.permitted_until is not None and profile.permitted_until <= now):
        raise NothingLearnt
    counts = db.rows(queries.counts_of(member_id, asked.id))
    today = clock.day_of(now, asked.time_zone)
    kinds = {kind: {key: weight for what, key, weight in counts if what == kind} for kind in CountKind}
    found = OwnProfile(
        brand=asked.code,
        said=(),
        permission_event_id=profile.permission_event_id,
        permitted_until=profile.permitted_until,
        learnt_from=profile.learnt_from,
        articles=_told(kinds[CountKind.ARTICLE], _labels(member_id, asked.id, kinds[CountKind.ARTICLE])),
        categories=_told(kinds[CountKind.CATEGORY], {}),
        stores=_told(_with_total(kinds[CountKind.STORE]), dict(db.rows(queries.stores_named(kinds[CountKind.STORE])))),
        channels=_told(_with_total(kinds[CountKind.CHANNEL]), {}),
        visits=round(decay.value_at(int(profile.visits), today, decay.VISIT), 1),
        spend_minor=round(decay.value_at(int(profile.spend), today, decay.SPEND)),
        currency=asked.currency,
        last_visit_on=profile.last_visit_on,
        days_between_visits=_rhythm(profile),
        coupons_used_percent=_used(profile, today),
        offers_shown=round(decay.value_at(int(sum(kinds[CountKind.SHOWN].values())), today, decay.REACTION), 1),
    )
    return found._replace(said=[text.say(language, facts) for text, facts in _sentences(found)])


def _sentences(found: OwnProfile) -> Iterator[tuple[Text, Mapping[str, object]]]:
    """What there is to say: nothing of what was not learnt."""
    if not found.articles and not found.categories:
        yield NOTHING, {}
    for text, liked in ((ARTICLES, found.articles), (STORES, found.stores)):
        if liked:
            yield text, {"names": ", ".join(one.name for one in liked[:SAID])}
    if found.days_between_visits is not None:
        yield RHYTHM, {"days": found.days_between_visits}
    yield REACTION, {"percent": found.coupons_used_percent}


def _told(weights: Mapping[str, Decimal], names: Mapping[str, str]) -> list[Liked]:
    total = weights.get("", Decimal())
    best = sorted((key for key in weights if key), key=lambda key: (-weights[key], key))[:MOST]
    return [Liked(names.get(key, key), round(100 * weights[key] / total)) for key in best if total]


def _with_total(weights: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    return {"": sum(weights.values(), Decimal()), **weights}


def _labels(member_id: uuid.UUID, brand_id: uuid.UUID, keys: Iterable[str]) -> Mapping[str, str]:
    """What receipts of the member call these articles, the last one first."""
    return dict(db.fetch(queries.LABELS, [member_id, brand_id, list(keys)]))


def _rhythm(profile: Profile) -> int | None:
    if profile.visit_days < 2 or profile.last_visit_on is None or profile.first_visit_on is None:
        return None
    return round((profile.last_visit_on - profile.first_visit_on).days / (profile.visit_days - 1))


def _used(profile: Profile, today: date) -> int:
    unit = decay.unit_on(today, decay.REACTION)
    return round(100 * (profile.redeemed + PRIOR_USED * unit) / (profile.received + PRIOR_COUPONS * unit))
