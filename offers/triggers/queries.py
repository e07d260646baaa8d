"""Questions about triggers: what came before in a visit, what is around a moment, what a member had."""

import uuid

from sqlalchemy import Select, select

from app.accounts.models import Brand
from app.consent.models import PermissionEvent
from app.sql.store_tables import STORE
from geo.places.models import AreaStore
from geo.presence.models import Visit
from geo.zones.models import Zone
from offers.deciding.models import Decision
from offers.triggers.models import Trigger

AROUND = """
SELECT (SELECT language FROM member WHERE member_id = $1),
 (SELECT jsonb_agg(jsonb_build_array(was.visit_id, was.kind, was.zone_id, was.occurred_at, seen.offers))
  FROM trigger AS was JOIN decision AS made ON made.member_id = was.member_id AND made.id = was.decision_id
  CROSS JOIN LATERAL (
   SELECT jsonb_agg(made.considered[at]) AS offers FROM generate_series(1, cardinality(made.considered), 4) AS at
   WHERE made.considered[at + 3] = 1
  ) AS seen
  WHERE was.member_id = $1 AND was.visit_id = ANY ($2::uuid[]) AND seen.offers IS NOT NULL),
 (SELECT jsonb_agg(jsonb_build_array(said.id, said.touchpoint, said.purpose, brand.code,
   said.max_uses IS NOT NULL))
  FROM permission_event AS said JOIN brand ON brand.id = said.brand_id
  WHERE said.member_id = $1 AND said.id = ANY ($3::uuid[])),
 (SELECT jsonb_agg(jsonb_build_array(id, name_fr, name_en, products || COALESCE((
    SELECT jsonb_build_object('lists', jsonb_agg(DISTINCT list.code)) FROM product_list AS list
    WHERE list.brand_id = zone.brand_id AND list.ended_at IS NULL AND (products -> 'lists' ? list.code OR EXISTS (
     SELECT FROM jsonb_array_elements_text(products -> 'gtins') AS named (gtin)
     JOIN product_list_article AS article ON article.brand_id = zone.brand_id AND article.gtin = named.gtin::bigint
      AND article.list_id = list.id AND article.until IS NULL
    )) HAVING count(*) > 0), '{}'))) FROM zone
  WHERE id = ANY ($4::uuid[]) AND status = 'open')
"""
"""What must be known of moments of a member (1), in one row: their language; what earlier triggers of these visits (2)
showed; what these permissions (3) are about, and whether they are counted; those of these zones (4) that are still
there, with the lists on which their articles are."""

_BEFORE, _SAID, _ZONES = (
    AROUND.index(f" (SELECT jsonb_agg(jsonb_build_array({one}") for one in ("was.visit_id", "said.id", "id")
)
AT_NO_SHELF = f"{AROUND[:_ZONES]} NULL::jsonb"
"""The same where no zone is known: most moments have none, and the start of a part of the plan costs as much as its
rest."""

AT_ENTRY = f"{AT_NO_SHELF[:_BEFORE]} NULL::jsonb,\n{AT_NO_SHELF[_SAID:]}".replace("$3", "$2")
"""The same where the visits begin as well, so that nothing came before in them; 2 are the permissions."""

KEEP = """
INSERT INTO trigger (member_id, id, brand_id, kind, visit_id, store_id, fence_id, zone_id, tag_id, evidence, confidence,
 occurred_at, permission_event_id, decision_id, nothing, is_unseen, day)
SELECT $1, one.*, (one.occurred_at AT TIME ZONE COALESCE(store.time_zone, brand.time_zone))::date
FROM json_to_recordset($2::json) AS one (id uuid, brand_id uuid, kind text, visit_id uuid, store_id uuid, fence_id uuid,
 zone_id uuid, tag_id uuid, evidence text, confidence int, occurred_at timestamptz, permission_event_id uuid,
 decision_id uuid, nothing text, is_unseen bool)
JOIN brand ON brand.id = one.brand_id LEFT JOIN store ON store.id = one.store_id
"""
"""Keeps triggers of a member (1): a JSON array (2) of objects with each column after the first, but for the day."""

FORGET_REFUSED = """
DELETE FROM trigger AS kept
USING unnest($2::uuid[], $3::text[], $4::text[], $5::uuid[]) AS no (brand_id, touchpoint, scope_kind, scope_id),
 permission_event AS said
WHERE kept.member_id = $1 AND kept.brand_id = no.brand_id AND said.member_id = $1 AND said.id = kept.permission_event_id
 AND said.touchpoint = no.touchpoint AND (no.scope_kind = 'brand' OR kept.store_id = no.scope_id
  OR no.scope_kind = 'area' AND (said.scope_id = no.scope_id
   OR kept.store_id IN (SELECT store_id FROM area_store WHERE area_id = no.scope_id)))
"""
"""Deletes the triggers of a member (1) that noes are about: arrays of 2 brands, 3 touchpoints, 4 and 5 scopes."""

FORGET_OBJECTED = """
DELETE FROM trigger AS kept USING permission_event AS said, permission_state AS cell
WHERE kept.member_id = $1 AND said.member_id = $1 AND said.id = kept.permission_event_id AND cell.member_id = $1
 AND cell.objected AND cell.purpose = said.purpose AND cell.touchpoint = said.touchpoint
 AND cell.brand_id = said.brand_id
"""
"""Deletes the triggers of a member (1) that an objection of theirs is about."""

COARSEN = """
WITH old AS (SELECT member_id, id FROM trigger WHERE occurred_at < $1 ORDER BY occurred_at LIMIT $2)
UPDATE trigger AS kept SET fence_id = NULL, zone_id = NULL, tag_id = NULL, evidence = NULL, confidence = NULL,
 occurred_at = NULL
FROM old WHERE kept.member_id = old.member_id AND kept.id = old.id RETURNING 1
"""
"""Leaves of triggers before an instant (1), so many at once (2), where they were and on which day."""

FORGET = """
WITH old AS (SELECT member_id, id FROM trigger WHERE day < $1 ORDER BY day LIMIT $2)
DELETE FROM trigger AS kept USING old WHERE kept.member_id = old.member_id AND kept.id = old.id RETURNING 1
"""
"""Deletes triggers of days before one (1), so many at once (2)."""


def triggers_of(member_id: uuid.UUID) -> Select[Trigger]:
    """A member's triggers."""
    return select(Trigger).where(Trigger.member_id == member_id)


def open_visit(member_id: uuid.UUID, store_id: uuid.UUID) -> Select[uuid.UUID]:
    """The visit of a member that is open at a store."""
    return select(Visit.id).where(
        Visit.member_id == member_id,
        Visit.store_id == store_id,
        Visit.entered_at.is_not(None),
        Visit.exited_at.is_(None),
    )


def areas_of_store(store_id: uuid.UUID) -> Select[uuid.UUID]:
    """The areas that a store is in."""
    return select(AreaStore.area_id).where(AreaStore.store_id == store_id)


def shown_by(member_id: uuid.UUID, decision_ids: list[uuid.UUID]) -> Select[uuid.UUID, int]:
    """How many offers these decisions of a member showed."""
    return select(Decision.id, Decision.shown).where(Decision.member_id == member_id, Decision.id.in_(decision_ids))


def stores_named(store_ids: set[uuid.UUID]) -> Select[uuid.UUID, str]:
    """The names of stores."""
    return select(STORE.c.id, STORE.c.name).where(STORE.c.id.in_(store_ids))


def zones_named(zone_ids: set[uuid.UUID]) -> Select[uuid.UUID, str, str]:
    """What zones are called, in French and in English."""
    return select(Zone.id, Zone.name_fr, Zone.name_en).where(Zone.id.in_(zone_ids))


def addresses_of(member_id: uuid.UUID, event_ids: set[uuid.UUID]) -> Select[uuid.UUID, str, str, str]:
    """What permission events of a member are about: touchpoint, purpose, and the code of the brand."""
    return (
        select(PermissionEvent.id, PermissionEvent.touchpoint, PermissionEvent.purpose, Brand.code)
        .join(Brand, Brand.id == PermissionEvent.brand_id)
        .where(PermissionEvent.member_id == member_id, PermissionEvent.id.in_(event_ids))
    )
