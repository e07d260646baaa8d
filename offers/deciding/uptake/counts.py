"""Count how live offers do: recent showings and coupons, what such offers usually do, how popular their articles are.

Only members who permit that a brand looks at what they buy are counted (`offers.learning`), as only their order depends
on it. What is rare is known by its like: offers of the same kind of articles at the same brand.
"""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.sql import db
from app.sql.queues import work_through
from offers.learning import decay
from offers.learning.popularity import shares_of
from offers.planning.models import LiveOffer, OfferUptake, OfferVersion
from offers.planning.read_model import uptake
from wallet.purchases.basket import Products

MOST_KNOWN = 2_000
"""Nobody is surer of an offer than after so many showings: tastes change."""

FIRST_TAKEN, FIRST_SHOWN = 1, 50
"""What is known of a kind of offer before anything is: one showing in fifty leads to a coupon."""

LEAST_PPM, MOST_PPM, STEP_PPM = 2_000, 500_000, 1_000

COUNTED = text(
    """
    SELECT CAST(key AS bigint) AS number, sum(weight) FILTER (WHERE kind = 'shown') AS shown,
        sum(weight) FILTER (WHERE kind = 'taken') AS taken
    FROM learnt_count WHERE brand_id = :brand_id AND kind IN ('shown', 'taken') GROUP BY key
    """
)


class Live(NamedTuple):
    """A live offer, and what it is about."""

    offer_id: uuid.UUID
    number: int
    products: Products


class Uptake(NamedTuple):
    """Recent showings of an offer, and how many led to a coupon."""

    exposures: int
    taken: int


def count_uptake(*, now: datetime) -> int:
    """Count how the live offers of each brand do; return of how many brands. In steps."""

    def waiting(most: int) -> Sequence[uuid.UUID]:
        return db.all_of(select(LiveOffer.brand_id).distinct().order_by(LiveOffer.brand_id).limit(most))

    return work_through(waiting, lambda id: count_brand(id, now=now), what="offers.deciding.uptake", at_once=100_000)


def count_brand(brand_id: uuid.UUID, *, now: datetime) -> int:
    """Count how the live offers of one brand do, and tell the read model; 1 if it has any."""
    live = _live_offers(brand_id)
    if not live:
        return 0
    unit = decay.unit_on(now.date(), decay.REACTION)
    counted = {
        row.number: _known(int(row.shown or 0) // unit, int(row.taken or 0) // unit)
        for row in db.execute(COUNTED, {"brand_id": brand_id})
    }
    usual = usual_of(live, counted)
    popular = shares_of(brand_id=brand_id, products=[one.products for one in live])
    rows = [
        {
            "offer_id": one.offer_id,
            **counted.get(one.number, Uptake(0, 0))._asdict(),
            "usual_ppm": usual[kind_of(one.products)],
            "popularity_ppm": round(share * 1_000_000),
            "counted_at": now,
        }
        for one, share in zip(live, popular, strict=True)
    ]
    written = insert(OfferUptake)
    anew = {name: written.excluded[name] for name in rows[0] if name != "offer_id"}
    db.execute(written.on_conflict_do_update(index_elements=["offer_id"], set_=anew), rows)
    uptake.note_uptake(brand_id=brand_id)
    return 1


def usual_of(live: Sequence[Live], counted: Mapping[int, Uptake]) -> dict[str, int]:
    """How many of a million showings of each kind of offer lead to a coupon."""
    shown, taken = defaultdict[str, int](int), defaultdict[str, int](int)
    for one in live:
        kind, found = kind_of(one.products), counted.get(one.number, Uptake(0, 0))
        shown[kind] += found.exposures
        taken[kind] += found.taken
    shares = {kind: 1_000_000 * (taken[kind] + FIRST_TAKEN) // (shown[kind] + FIRST_SHOWN) for kind in shown}
    return {kind: min(max(ppm // STEP_PPM * STEP_PPM, LEAST_PPM), MOST_PPM) for kind, ppm in shares.items()}


def kind_of(products: Products) -> str:
    """The broadest category of what an offer is about; nothing where it names articles, or several."""
    broad = {path.partition("/")[0] for path in products.categories}
    return broad.pop() if len(broad) == 1 else ""


def _known(shown: int, taken: int) -> Uptake:
    taken = min(taken, shown)
    if shown > MOST_KNOWN:
        return Uptake(MOST_KNOWN, taken * MOST_KNOWN // shown)
    return Uptake(shown, taken)


def _live_offers(brand_id: uuid.UUID) -> list[Live]:
    rows = db.rows(
        select(LiveOffer.offer_id, LiveOffer.offer_number, OfferVersion.products)
        .join(
            OfferVersion,
            (OfferVersion.offer_id == LiveOffer.offer_id) & (OfferVersion.version == LiveOffer.version),
        )
        .where(LiveOffer.brand_id == brand_id)
        .order_by(LiveOffer.offer_number)
    )
    return [
        Live(offer_id, number, Products(**{name: frozenset(values) for name, values in said.items()}))
        for offer_id, number, said in rows
    ]
