"""Which noes of the notebook a database knows nothing of."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.consent.noes.notes import NoKind

CELLS = """
SELECT noted.n::int FROM unnest($1::uuid[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::text[],
  $8::uuid[], $9::timestamptz[]) WITH ORDINALITY
  AS noted (member_id, touchpoint, purpose, brand_id, scope_kind, scope_id, recipient, event_id, at, n)
 JOIN member USING (member_id) JOIN brand ON brand.id = noted.brand_id
 JOIN touchpoint ON touchpoint.code = noted.touchpoint JOIN purpose ON purpose.code = noted.purpose
 LEFT JOIN permission_state AS cell
  USING (member_id, touchpoint, purpose, brand_id, scope_kind, scope_id, recipient)
 LEFT JOIN permission_event AS event ON event.member_id = noted.member_id AND event.id = noted.event_id
WHERE event.id IS NULL AND (cell.changed_at IS NULL OR cell.changed_at < noted.at)
"""
"""Noes to cells: the event is not in the ledger, and nothing was said of the cell since."""

OBJECTIONS = """
SELECT noted.n::int FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) WITH ORDINALITY
  AS noted (member_id, brand_id, at, n)
 JOIN member USING (member_id)
WHERE (noted.brand_id IS NULL OR EXISTS (SELECT FROM brand WHERE brand.id = noted.brand_id))
 AND NOT EXISTS (SELECT FROM objection WHERE objection.member_id = noted.member_id
  AND objection.brand_id IS NOT DISTINCT FROM noted.brand_id
  AND (objection.lifted_at IS NULL OR objection.lifted_at >= noted.at))
"""
"""Objections to marketing: none stands, and none was lifted since."""

RESTRICTIONS = """
SELECT noted.n::int FROM unnest($1::uuid[], $2::timestamptz[]) WITH ORDINALITY AS noted (member_id, at, n)
 JOIN member USING (member_id) WHERE member.restricted_at IS NULL
"""
"""Restrictions of processing: the member is not restricted."""

PARTS: Mapping[NoKind, tuple[str, tuple[str, ...]]] = {
    NoKind.CELL: (
        CELLS,
        ("member_id", "touchpoint", "purpose", "brand_id", "scope_kind", "scope_id", "recipient", "event_id", "at"),
    ),
    NoKind.MARKETING: (OBJECTIONS, ("member_id", "brand_id", "at")),
    NoKind.PROCESSING: (RESTRICTIONS, ("member_id", "at")),
}
"""For each kind: the statement, and what of the subjects its arrays hold. What is about nobody here is never missing:
their wallet is not in this database, and nothing can be permitted in their name."""


def arrays(names: tuple[str, ...], subjects: Sequence[Mapping[str, Any]]) -> list[Any]:
    """The parameters of a statement: an array for each of these parts of the subjects."""
    return [[subject[name] for subject in subjects] for name in names]
