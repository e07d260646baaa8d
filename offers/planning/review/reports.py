"""What an approver reads of an offer: the others that it meets, and what one version changes of another."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from app.languages import Language
from app.sql import db
from offers.benefits.basket_part import Worth
from offers.planning.brand_offers import the_offer
from offers.planning.caps.price_caps import Goods
from offers.planning.description import record_of
from offers.planning.models import Offer, OfferStatus, OfferVersion
from offers.planning.review import conflicts, differences, queries, wording
from offers.planning.review.conflicts import BrandRules, OfferConflict, OfferMet
from offers.planning.review.differences import Difference
from offers.planning.review.errors import OfferVersionUnknown

MOST_OTHERS = 500
MOST_LINES = 200


class Review(NamedTuple):
    """What a version of an offer meets; `more` where there is more than is told."""

    version: OfferVersion
    found: Sequence[OfferConflict]
    more: bool


class Comparison(NamedTuple):
    """What changes between two versions of an offer; `old` is null where there is none before."""

    old: int | None
    new: int
    found: Sequence[Difference]
    currency: str
    names: dict[str, str]
    starts: tuple[date, date]


def review_offer(*, brand_id: uuid.UUID, offer_id: uuid.UUID) -> Review:
    """What the draft of an offer, or else its version in force, would meet. Raises `OfferUnknown`."""
    offer = the_offer(brand_id=brand_id, offer_id=offer_id)
    mine = _newest(offer)
    met = [
        OfferMet(version, OfferStatus(status), *counts)
        for version, status, *counts in db.rows(queries.offers_met(mine, brand_id).limit(MOST_OTHERS + 1))
    ]
    row = db.rows(queries.rules_of(brand_id))[0]
    rules = BrandRules(
        countries=row.countries,
        capped={path: Goods(goods) for path, goods in (row.capped or {}).items()},
        worth=Worth(*row.worth) if row.worth and row.worth[0] else None,
        shared_budgets=sorted(set(row.budgets or ())),
    )
    found = conflicts.find_conflicts(mine, met[:MOST_OTHERS], rules)
    return Review(mine, found[:MOST_LINES], len(met) > MOST_OTHERS or len(found) > MOST_LINES)


def describe_review(review: Review, language: Language) -> dict[str, Any]:
    """What an offer meets, as a person of this language reads it."""
    items = [_describe(one, review.version, language) for one in review.found]
    return {"version": review.version.version, "items": items, "more": review.more}


def _describe(conflict: OfferConflict, mine: OfferVersion, language: Language) -> dict[str, Any]:
    facts = dict(conflict.facts)
    if "period" in facts:
        facts["period"] = wording.PERIODS[facts["period"]].say(language)
    unpriced = "percent" in facts and facts["percent"] is None
    text = wording.BOTH_APPLY if unpriced else wording.CONFLICTS[conflict.code]
    said = {"code": str(conflict.code), "is_certain": conflict.is_certain, "text": text.say(language, facts)}
    met = conflict.met
    if met is None:
        return said | dict.fromkeys(("offer_id", "title", "status", "first_day", "last_day")) | {"stores": 0, "at": []}
    first, last = conflicts.common_days(mine, met.version)
    title = met.version.title_fr if language == "fr" else met.version.title_en
    whose = {"offer_id": met.version.offer_id, "title": title, "status": str(met.status)}
    return said | whose | {"first_day": first, "last_day": last, "stores": met.stores, "at": met.names}


def compare_versions(*, brand_id: uuid.UUID, offer_id: uuid.UUID, old: int | None, new: int | None) -> Comparison:
    """What version `new` of an offer changes of `old`: unless said, what its draft changes of the version in force, or
    the last one of the one before. Raises `OfferUnknown`, `OfferVersionUnknown`."""
    offer = the_offer(brand_id=brand_id, offer_id=offer_id)
    new = _newest(offer).version if new is None else new
    if old is None:
        old = offer.live_version if offer.live_version not in (None, new) else new - 1 or None
    known = {one.version: one for one in db.all_of(queries.versions_numbered(offer.id, [new, *([old] if old else [])]))}
    missing = [number for number in (old, new) if number is not None and number not in known]
    if missing:
        raise OfferVersionUnknown(version=missing[0])
    found = differences.find_differences(record_of(known[old]), record_of(known[new])) if old is not None else []
    ids = [uuid.UUID(id) for one in found if one.field.startswith("targets.") for id in (*one.added, *one.removed)]
    names = {str(id): name for id, name in db.rows(queries.names_of(ids))} if ids else {}
    currency = db.rows(queries.rules_of(brand_id))[0].currency
    first = known[new if old is None else old].starts_local.date()
    return Comparison(old, new, found, currency, names, (first, known[new].starts_local.date()))


def describe_comparison(comparison: Comparison, language: Language) -> dict[str, Any]:
    """What changes, as a person of this language reads it."""
    said: dict[str, Any] = {name: getattr(comparison, name) for name in ("currency", "names", "starts")}
    items = [differences.describe_difference(one, language, **said) for one in comparison.found]
    return {"old": comparison.old, "new": comparison.new, "items": items}


def _newest(offer: Offer) -> OfferVersion:
    """The draft of an offer, or else its version in force: an offer has one of them."""
    found = offer.draft or offer.live
    if found is None:
        raise RuntimeError("an offer without a version")
    return found
