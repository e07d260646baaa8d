"""The one statement behind "I am here, what is there for me?", and the questions that explain its answer later.

Besides `geo`, this is the only module that speaks PostGIS.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, text, tuple_

from app.consent.models import OWN, PermissionState
from app.languages import Language
from geo.places.models import Store
from offers.deciding.models import Decision
from offers.deciding.policies.models import DecisionPolicy
from offers.planning.models import Offer, OfferVersion
from wallet.cards.models import Card, CardStatus
from wallet.purchases.models import PurchaseLine

PLACES_PER_BRAND = 12
"""How many of the nearest places of each brand are looked at first; see `answers` for the wider looks."""

NEARBY = """
SELECT asker.n, asker.language, answer.* FROM (
 SELECT n, set_config('ici.member_id', ($2::uuid[])[n]::text, true)::uuid AS member_id, ($3::uuid[])[n] AS session_id,
  ($1::timestamptz[])[n] AS asked_at, ST_MakePoint(($4::float8[])[n], ($5::float8[])[n])::geography AS here,
  ($6::float8[])[n] AS reach_m,
  COALESCE(($7::text[])[n], (SELECT language FROM member WHERE member_id = ($2::uuid[])[n])) AS language
 FROM generate_series(1, cardinality($2::uuid[])) AS n OFFSET 0
) AS asker CROSS JOIN LATERAL (
WITH cells AS MATERIALIZED (
 SELECT brand_id, scope_kind, scope_kind = 'brand' AS whole, scope_id, event_id, uses_left IS NOT NULL AS counted,
  state IN ('refused', 'withdrawn', 'revoked', 'invalidated') AS refused,
  state IN ('given', 'renewed') AND COALESCE(cell.expires_at > asker.asked_at, true)
   AND COALESCE(uses_left > 0, true) AS stands,
  level IN ('one_shot', 'this_visit', 'alert_on_request', 'proactive') AND NOT objected
   AND with_parent = COALESCE(signed_in.minor_until > asker.asked_at, false)
   AND COALESCE(notice_until > asker.asked_at, true)
   AND COALESCE(COALESCE(signed_in.os_location, cell.os_location) NOT IN ('denied', 'not_determined'), true) AS enough
 FROM (
  SELECT minor_until, os_location FROM member_session WHERE member_id = asker.member_id AND id = asker.session_id
   AND revoked_at IS NULL AND expires_at > asker.asked_at AND restricted_at IS NULL OFFSET 0
 ) AS signed_in CROSS JOIN permission_state AS cell
 WHERE cell.member_id = asker.member_id AND touchpoint = 'geofence' AND purpose = 'personalised_offers'
), shut AS MATERIALIZED (
 SELECT ARRAY(SELECT scope_id FROM cells WHERE refused OR stands AND NOT enough) AS closed,
  ARRAY(SELECT scope_id FROM cells WHERE stands AND enough) AS opened
), near AS MATERIALIZED (
 SELECT gate.event_id, gate.counted, gate.whole, gate.scope_kind, p.*
 FROM cells AS gate CROSS JOIN shut LEFT JOIN LATERAL (
  SELECT store_number, card, open_during @> asker.asked_at AS open, ST_Distance(location, asker.here) AS metres
  FROM place
  WHERE brand_id = gate.brand_id AND offered AND location && _ST_Expand(asker.here, asker.reach_m)
   AND (gate.whole OR store_id = gate.scope_id OR gate.scope_id = ANY (area_ids))
   AND (closed = '{}' OR NOT (store_id = ANY (closed) OR area_ids && closed AND NOT store_id = ANY (opened)))
  ORDER BY location <-> asker.here LIMIT $8
 ) AS p ON p.metres <= asker.reach_m WHERE gate.stands AND gate.enough
), best AS (
 SELECT DISTINCT ON (hit.offer_number, CASE WHEN hit.offer_number IS NULL THEN near.event_id END)
  hit.offer_number, hit.starts_at, hit.ends_at, COALESCE(hit.firings @> asker.asked_at, true) AS fires, near.*
 FROM near LEFT JOIN offer_place AS hit USING (store_number)
 ORDER BY hit.offer_number, CASE WHEN hit.offer_number IS NULL THEN near.event_id END,
  near.open IS NOT FALSE AND asker.asked_at >= hit.starts_at AND asker.asked_at < hit.ends_at
   AND COALESCE(hit.firings @> asker.asked_at, true) DESC,
  near.metres, near.whole, near.scope_kind DESC, near.event_id
), held AS MATERIALIZED (
 SELECT offer_id, count(*) FILTER (WHERE status = 'redeemed' OR expires_at <= asker.asked_at) AS used,
  max(code) FILTER (WHERE status = 'active' AND expires_at > asker.asked_at) AS code
 FROM coupon WHERE member_id = asker.member_id GROUP BY offer_id
)
SELECT best.counted, best.whole, EXISTS (SELECT FROM near WHERE store_number IS NOT NULL OFFSET $8 - 1) AS more,
 NULL::bytea AS taste, best.event_id::text, best.store_number, best.offer_number, live.version, live.priority,
 best.metres, best.open,
 CASE WHEN held.used >= live.member_limit THEN 2 WHEN asker.asked_at < best.starts_at THEN 3
  WHEN asker.asked_at >= best.ends_at THEN 4 WHEN NOT best.fires THEN 9 WHEN NOT best.open THEN 5
  WHEN live.sold_out_until > asker.asked_at AND held.code IS NULL THEN 6
  WHEN live.spent_until > asker.asked_at THEN 12
  WHEN live.offer_id = ANY (ARRAY(SELECT offer_id FROM offer_dismissal WHERE member_id = asker.member_id)) THEN 15
  ELSE 1 END AS outcome,
 held.code, best.card AS place_card, CASE asker.language WHEN 'fr' THEN live.card_fr ELSE live.card_en END AS
 offer_card, best.ends_at, live.traits, live.exposures, live.taken, live.usual_ppm, live.popularity_ppm
FROM best LEFT JOIN live_offer AS live USING (offer_number) LEFT JOIN held ON held.offer_id = live.offer_id
UNION ALL
SELECT NULL, false, NULL, COALESCE(profile.packed_taste, ici_pack_taste(profile.taste)), profile.brand_id::text,
 NULL, NULL, (
  SELECT version FROM decision_policy AS policy WHERE policy.brand_id = profile.brand_id ORDER BY version DESC LIMIT 1
 ), NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM cells JOIN profile ON profile.member_id = asker.member_id AND profile.brand_id = cells.brand_id
WHERE cells.stands AND cells.enough AND COALESCE(permitted_until > asker.asked_at, true)
 AND EXISTS (SELECT FROM near WHERE near.event_id = cells.event_id AND near.store_number IS NOT NULL)
) AS answer
ORDER BY asker.n, taste IS NOT NULL, offer_number, event_id
"""
"""What is there for each of those who ask. One row per offer that is live around a member, with the narrowest
permission that allows it; and one row without an offer per permission that found none. Without a permission, or without
an open session, there is no row at all, and the search for places is never executed. Last come the tastes: a row for
each brand that was found here and may profile the member now, with `offers.deciding.answers.TASTE` of it.

Parameters, an array with a value for each who asks: 1 when, 2 member, 3 session, 4 lon, 5 lat, 6 radius in metres,
7 language, null for that of the wallet; and 8 places per brand.
Columns: which of those who ask, from 1 (`n`), and their language; whether the permission is used up by being used
(`counted`), whether it covers its whole brand (`whole`), whether places were cut off (`more`); then
`offers.deciding.ranking.Candidate`, whose event is the permission's.

Why it is written so (measured in `docs/performance.md`):
* Those who ask together share the start of the plan, more than a third of the work for one who asks alone. They share
  nothing else: the search is done again for each, and while it runs, row-level security shows the rows of this one
  member. It is named to it by `asker`, which every personal table here is joined to, so that the statement can travel
  alone, without a transaction around it. Were a member ever named too early or too late, no row would be seen: closed,
  not open.
* The permissions (`cells`) come first: without one that permits (`stands` and `enough`), nothing else runs. They repeat
  `app.consent.decision.verdicts` in SQL; a property test holds both together. What else a decision needs (restriction,
  age, phone, objection, a newer text) is carried by the sign-in and by the cell, so that no other table is read.
* Places are searched brand by brand, nearest first, inside a box (`_ST_Expand` is what `ST_DWithin` itself uses): the
  search stops early in a dense town and does not wander in an empty one.
* A permission for a store or an area is a filter on that one search, and what was refused (`shut`) is gathered once.
* Distances are exact, on the spheroid; only the order of the search is on the sphere.
* It is sent prepared, with one plan for all members: planning takes longer than running.
* The rows are sorted at the end, and so sent together: as they are found, each eight kilobytes would wake who waits.
* The start of the plan grows with every expression in it. So nothing is said twice: the planner would copy `stands`
  wherever it is used if it were not a column of `cells`.
"""

NEARBY_OF_BRAND = NEARBY.replace(
    "AND purpose = 'personalised_offers'\n",
    "AND purpose = 'personalised_offers' AND brand_id = (SELECT id FROM brand WHERE code = ($9::text[])[asker.n])\n",
)
"""The same, each for one brand; parameter 9 holds the codes."""

BY_INDEX, BY_DISTANCE = "ORDER BY location <-> asker.here", "ORDER BY ST_Distance(location, asker.here)"


def measure_each(statement: str) -> str:
    """A search for places that measures each one in the box, instead of taking them in the order of the index: for the
    rare box about which PostGIS itself says that its index gave them in a wrong order."""
    return statement.replace(BY_INDEX, BY_DISTANCE)


RECORD = """
INSERT INTO decision (member_id, id, decided_at, policy, permission_event_ids, considered, shown, factors, propensities,
 placement, context)
SELECT set_config('ici.member_id', ($1::uuid[])[n]::text, true)::uuid, ($2::uuid[])[n], ($3::timestamptz[])[n],
 ($4::text[])[n], ($5::text[])[n]::uuid[], ($6::text[])[n]::bigint[], ($7::int[])[n], ($8::text[])[n]::int[],
 ($9::text[])[n]::int[], ($10::text[])[n], ($11::text[])[n]::jsonb
FROM generate_series(1, cardinality($1::uuid[])) AS n
"""
"""Keeps decisions, all or none; it too names each member itself, before the row is checked against the policy.

Parameters, an array with a value for each decision: 1 member, 2 id, 3 when, 4 policy, 5 permission events and 6 what
was considered (each the text of an array), 7 how many were shown, 8 factors and 9 propensities (texts of arrays, or
null), 10 placement, 11 context (JSON text).
"""

IN_PLACEMENT = """
WITH asker AS MATERIALIZED (
 SELECT named.*, COALESCE($3, (SELECT language FROM member WHERE member_id = named.member_id)) AS language,
  ARRAY(SELECT offer_id FROM offer_dismissal WHERE member_id = named.member_id) AS dismissed,
  EXISTS (SELECT FROM coupon WHERE member_id = named.member_id) AS holds
 FROM (
  SELECT set_config('ici.member_id', $1::text, true)::uuid AS member_id, $2::timestamptz AS asked_at OFFSET 0
 ) AS named
)
SELECT asked.event_id::text, best.store_number, live.offer_number, live.version, live.priority, 0::float8 AS metres,
 best.open, CASE WHEN held.used >= live.member_limit THEN 2 WHEN asker.asked_at < best.starts_at THEN 3
  WHEN asker.asked_at >= best.ends_at THEN 4 WHEN NOT best.fires THEN 9
  WHEN live.sold_out_until > asker.asked_at AND held.code IS NULL THEN 6
  WHEN live.spent_until > asker.asked_at THEN 12 WHEN live.offer_id = ANY (asker.dismissed) THEN 15
  ELSE 1 END AS outcome,
 held.code, ''::text AS place_card, CASE asker.language WHEN 'fr' THEN live.card_fr ELSE live.card_en END AS
 offer_card, best.ends_at, live.traits, live.exposures, live.taken, live.usual_ppm, live.popularity_ppm
FROM asker CROSS JOIN unnest($4::uuid[], $5::uuid[]) AS asked (brand_id, event_id)
JOIN live_offer AS live USING (brand_id) CROSS JOIN LATERAL (
 SELECT store_number, starts_at, ends_at, open_during @> asker.asked_at AS open,
  COALESCE(firings @> asker.asked_at, true) AS fires
 FROM offer_place AS hit JOIN place USING (store_number)
 WHERE hit.offer_number = live.offer_number
 ORDER BY asker.asked_at >= starts_at AND asker.asked_at < ends_at AND COALESCE(firings @> asker.asked_at, true) DESC,
  store_number LIMIT 1
) AS best LEFT JOIN LATERAL (
 SELECT count(*) FILTER (WHERE status = 'redeemed' OR expires_at <= asker.asked_at) AS used,
  max(code) FILTER (WHERE status = 'active' AND expires_at > asker.asked_at) AS code
 FROM coupon WHERE asker.holds AND coupon.member_id = asker.member_id AND coupon.offer_id = live.offer_id
) AS held ON true
ORDER BY live.priority DESC, live.offer_number LIMIT $6
"""
"""What is there for a member without a position: every offer that is live at the brands given (4, with the permission
event of each, 5), at one of its stores; 1 member, 2 when, 3 language, null for that of the wallet, 6 how many at most.
Columns: `offers.deciding.ranking.Candidate`. That a store is closed now is no gate: nobody stands before it; nobody
is told of one either, so its card is empty. What is the member's own is read once and not for each offer, and whoever
`holds` no coupon is looked for in none."""

_SOMEWHERE = IN_PLACEMENT[IN_PLACEMENT.index("JOIN live_offer") : IN_PLACEMENT.index(" LEFT JOIN LATERAL (")]
AT_STORE = IN_PLACEMENT.replace(
    _SOMEWHERE,
    """CROSS JOIN LATERAL (
 SELECT hit.offer_number, store_number, starts_at, ends_at, open_during @> asker.asked_at AS open,
  COALESCE(firings @> asker.asked_at, true) AS fires
 FROM place JOIN offer_place AS hit USING (store_number) WHERE place.store_id = $7::uuid
) AS best JOIN live_offer AS live ON live.offer_number = best.offer_number AND live.brand_id = asked.brand_id""",
)
"""The same at one store (7). Its offers are found by the store: most hold at all the many stores of a brand."""

TASTES = """
SELECT profile.brand_id::text, (
  SELECT version FROM decision_policy AS policy WHERE policy.brand_id = profile.brand_id ORDER BY version DESC LIMIT 1
 ), COALESCE(profile.packed_taste, ici_pack_taste(profile.taste))
FROM (
 SELECT set_config('ici.member_id', $1::text, true)::uuid AS member_id OFFSET 0
) AS asker JOIN profile ON profile.member_id = asker.member_id
WHERE profile.brand_id = ANY ($2::uuid[]) AND COALESCE(permitted_until > $3::timestamptz, true)
"""
"""What brands (2) may use of a member (1) now (3): the brand, the version of its weights, the taste."""

FACTS = """
SELECT offer.number, version.version, offer.brand_id::text, version.products::text, version.benefit,
 version.margin_minor, offer.id, brand.time_zone, version.for_whom, version.use_limits
FROM unnest($1::bigint[], $2::int[]) AS asked (number, version)
JOIN offer ON offer.number = asked.number
JOIN brand ON brand.id = offer.brand_id
JOIN offer_version AS version ON version.offer_id = offer.id AND version.version = asked.version
"""
"""What versions of offers say that never changes, as far as an order needs it: arrays of 1 numbers and 2 versions."""

LIVE_VERSIONS = "SELECT offer_number, version FROM live_offer WHERE offer_number > $1 ORDER BY offer_number LIMIT $2"
"""The offers that are live, each with its version, some at once in the order of their numbers."""

WEIGHTS = """
SELECT policy.brand_id::text, policy.version, policy.weights, policy.plain
FROM unnest($1::uuid[], $2::int[]) AS asked (brand_id, version)
JOIN decision_policy AS policy USING (brand_id, version)
"""
"""How much factors count: arrays of 1 brands and 2 versions of their policies."""


def cells_of(member_id: uuid.UUID, *, touchpoint: str, purpose: str) -> Select[PermissionState]:
    """What a member said about this, brand by brand."""
    return select(PermissionState).where(
        PermissionState.member_id == member_id,
        PermissionState.touchpoint == touchpoint,
        PermissionState.purpose == purpose,
        PermissionState.recipient == OWN,
    )


def brands_with_card(member_id: uuid.UUID) -> Select[uuid.UUID]:
    """The brands of which the member has a card that is in use."""
    return select(Card.brand_id).where(Card.member_id == member_id, Card.status == CardStatus.ACTIVE).distinct()


def lines_bought(member_id: uuid.UUID, brand_ids: Collection[uuid.UUID], *, most: int) -> Select[PurchaseLine]:
    """What the member bought last of these brands, line by line."""
    return (
        select(PurchaseLine)
        .where(PurchaseLine.member_id == member_id, PurchaseLine.brand_id.in_(brand_ids))
        .order_by(PurchaseLine.purchase_id.desc(), PurchaseLine.position)
        .limit(most)
    )


def decision_of(member_id: uuid.UUID, decision_id: uuid.UUID) -> Select[Decision]:
    """This member's decision with this id."""
    return select(Decision).where(Decision.member_id == member_id, Decision.id == decision_id)


def offers_numbered(numbers: Sequence[int]) -> Select[uuid.UUID, int, uuid.UUID]:
    """The offers with these numbers: id, number, brand."""
    return select(Offer.id, Offer.number, Offer.brand_id).where(Offer.number.in_(numbers))


def products_of(offer_ids: Sequence[uuid.UUID]) -> Select[uuid.UUID, int, dict[str, Any]]:
    """What every version of these offers is about: offer, version, articles."""
    return select(OfferVersion.offer_id, OfferVersion.version, OfferVersion.products).where(
        OfferVersion.offer_id.in_(offer_ids)
    )


def weights_by_offer(keys: Collection[tuple[int, int]]) -> Select[int, int, dict[str, Any]]:
    """The weights of an offer's brand at a version of them: offer number, version, weights."""
    return (
        select(Offer.number, DecisionPolicy.version, DecisionPolicy.weights)
        .join(DecisionPolicy, DecisionPolicy.brand_id == Offer.brand_id)
        .where(tuple_(Offer.number, DecisionPolicy.version).in_(keys))
    )


def titles_of(offer_ids: Sequence[uuid.UUID], language: Language) -> Select[uuid.UUID, int, str]:
    """What every version of these offers is called: offer, version, title."""
    title = OfferVersion.title_fr if language == "fr" else OfferVersion.title_en
    return select(OfferVersion.offer_id, OfferVersion.version, title).where(OfferVersion.offer_id.in_(offer_ids))


def stores_numbered(numbers: Sequence[int]) -> Select[uuid.UUID, int, str]:
    """The stores with these numbers: id, number, name."""
    return select(Store.id, Store.number, Store.name).where(Store.number.in_(numbers))


def decisions_between(since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """Everybody's decisions of a time, in the order of their ids, which begin with the time."""
    return (
        select(Decision.__table__)
        .where(Decision.id >= first_id(since), Decision.id < first_id(until))
        .order_by(Decision.id, Decision.member_id)
    )


def first_id(at: datetime) -> uuid.UUID:
    """The least UUIDv7 of an instant."""
    return uuid.UUID(int=int(at.timestamp() * 1000) << 80)


def priorities_of(keys: Collection[tuple[int, int]]) -> Select[int, int, int]:
    """The priority of versions of offers: offer number, version, priority."""
    return (
        select(Offer.number, OfferVersion.version, OfferVersion.priority)
        .join(OfferVersion, OfferVersion.offer_id == Offer.id)
        .where(tuple_(Offer.number, OfferVersion.version).in_(keys))
    )


CLAIMED_AFTER = text(
    """
    SELECT DISTINCT asked.id, asked.number AS offer_number
    FROM unnest(CAST(:members AS uuid[]), CAST(:ids AS uuid[]), CAST(:times AS timestamptz[]), CAST(:numbers AS
    bigint[])) AS asked (member_id, id, decided_at, number)
    JOIN offer ON offer.number = asked.number
    JOIN coupon ON coupon.member_id = asked.member_id AND coupon.offer_id = offer.id
        AND coupon.claimed_at >= asked.decided_at AND coupon.claimed_at < asked.decided_at + CAST(:within AS interval)
    """
)
"""Which offers of which decisions their members claimed within so long."""


def brands_answered(member_id: uuid.UUID, *, touchpoint: str, purpose: str) -> Select[uuid.UUID]:
    """The brands to which the member ever said something about this, the last one first."""
    return (
        select(PermissionState.brand_id)
        .where(
            PermissionState.member_id == member_id,
            PermissionState.touchpoint == touchpoint,
            PermissionState.purpose == purpose,
        )
        .group_by(PermissionState.brand_id)
        .order_by(func.max(PermissionState.changed_at).desc())
    )
