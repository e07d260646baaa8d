"""Questions about passes that members hold, and what they say."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, any_, bindparam, case, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from app.accounts.models import Brand
from app.sql import db
from wallet.authenticity.models import CodeSecret
from wallet.cards.models import Card
from wallet.issued.models import IssuedPass, PassKind
from wallet.ledger.currency_kinds import CurrencyKind
from wallet.ledger.models import PointsBalance, PointsCurrency, PointsLotState
from wallet.ledger.queries import ACTIVE, NOTHING
from wallet.programmes.models import MemberTier
from wallet.stamps.models import StampCard

MEMBERS = any_(bindparam("members", type_=ARRAY(UUID())))
BRANDS = any_(bindparam("brands", type_=ARRAY(UUID())))

BRAND_NAMES = db.put_together(select(Brand.id, Brand.name).where(Brand.id == BRANDS))
"""What these brands are called."""

CARDS = db.put_together(
    select(
        *(Card.member_id, Card.brand_id, Card.id, Card.code, Card.display_name, Card.status),
        CodeSecret.used_revision,
    )
    .outerjoin(CodeSecret, and_(CodeSecret.member_id == Card.member_id, CodeSecret.code == Card.code))
    .where(Card.member_id == MEMBERS, Card.brand_id == BRANDS)
)
"""The cards of these members with these brands, and the last revision by whose code each was used."""

_NEXT = (
    select(func.min(PointsLotState.expires_at).label("expires_at"))
    .where(
        PointsLotState.member_id == PointsBalance.member_id,
        PointsLotState.currency_id == PointsBalance.currency_id,
        PointsLotState.remaining > NOTHING,
        PointsLotState.state == ACTIVE,
    )
    .lateral("next_lot")
)

BALANCES = db.put_together(
    select(
        Card.member_id,
        Card.brand_id,
        PointsCurrency.code,
        PointsCurrency.name_fr,
        PointsCurrency.name_en,
        func.coalesce(PointsBalance.available, 0).label("available"),
        _NEXT.c.expires_at,
        case((PointsCurrency.kind == CurrencyKind.MONEY, Brand.currency)).label("money"),
        StampCard.size.label("card_size"),
    )
    .join(Brand, Brand.id == Card.brand_id)
    .join(PointsCurrency, PointsCurrency.brand_id == Card.brand_id)
    .outerjoin(
        PointsBalance,
        and_(PointsBalance.member_id == Card.member_id, PointsBalance.currency_id == PointsCurrency.id),
    )
    .outerjoin(StampCard, StampCard.currency_id == PointsCurrency.id)
    .join(_NEXT, true())
    .where(Card.member_id == MEMBERS, Card.brand_id == BRANDS)
    .order_by(PointsCurrency.created_at, PointsCurrency.code)
)
"""What these members have of all that these brands count in, also where that is nothing yet, and when the next of it is
over, and of stamps the size of their card; the oldest currency first."""

TIERS = db.put_together(
    select(MemberTier.member_id, MemberTier.brand_id, MemberTier.tier, MemberTier.check_at).where(
        MemberTier.member_id == MEMBERS, MemberTier.brand_id == BRANDS, MemberTier.tier.is_not(None)
    )
)
"""The tiers of these members with these brands, of those who have one."""


def standing_pass(member_id: uuid.UUID, kind: PassKind, target_id: uuid.UUID) -> Select[IssuedPass]:
    """The pass of a card or coupon that did not end."""
    return select(IssuedPass).where(
        IssuedPass.member_id == member_id,
        IssuedPass.kind == str(kind),
        IssuedPass.target_id == target_id,
        IssuedPass.ended_at.is_(None),
    )


def pass_of(member_id: uuid.UUID, pass_id: uuid.UUID) -> Select[IssuedPass]:
    """This pass, if it is the member's."""
    return select(IssuedPass).where(IssuedPass.member_id == member_id, IssuedPass.id == pass_id)


PASS_WITH_SERIAL = db.put_together(
    select(*IssuedPass.__table__.columns).where(IssuedPass.serial == bindparam("serial"))
)
"""The pass that wallets know by this serial."""


def passes_alone(member_id: uuid.UUID) -> Select[IssuedPass]:
    """A member's passes, also those that ended, as they can be locked."""
    return select(IssuedPass).where(IssuedPass.member_id == member_id).order_by(IssuedPass.id)


def passes_with_ids(ids: Sequence[uuid.UUID]) -> Select[IssuedPass]:
    """These passes, in the order of their ids, which is that of locking them."""
    return select(IssuedPass).where(IssuedPass.id.in_(ids)).order_by(IssuedPass.id)


def standing_targets(member_id: uuid.UUID) -> Select[uuid.UUID]:
    """Of what the member has a pass that did not end."""
    return select(IssuedPass.target_id).where(IssuedPass.member_id == member_id, IssuedPass.ended_at.is_(None))


PASSES_HELD = """
SELECT made_at, id, kind, brand_id, target_id, changed_at FROM issued_pass
WHERE member_id = $1 AND ended_at IS NULL AND ($2::timestamptz IS NULL OR (made_at, id) < ($2, $3::uuid))
ORDER BY made_at DESC, id DESC
LIMIT $4
"""
"""A page of a member's passes that did not end: of this member, after this place, so many."""


def held_pass(row: Sequence[Any]) -> dict[str, Any]:
    """A row of `PASSES_HELD` as it is answered."""
    made_at, id, kind, brand_id, target_id, changed_at = row
    return {
        "id": id,
        "kind": PassKind(kind),
        "brand_id": brand_id,
        "target_id": target_id,
        "made_at": made_at,
        "changed_at": changed_at,
    }


TAKE_NOTES = """
WITH taken AS (
 SELECT member_id, brand_id, changed_by FROM pass_change ORDER BY changed_by LIMIT $1 FOR UPDATE SKIP LOCKED)
DELETE FROM pass_change USING taken
WHERE pass_change.member_id = taken.member_id AND pass_change.brand_id = taken.brand_id
 AND pass_change.changed_by = taken.changed_by
RETURNING pass_change.member_id, pass_change.brand_id
"""
"""Take so many notes of changes, the oldest first; they are gone if the transaction commits. A note that is not
visible yet stays, and so does what it is about."""

NOTED = """
SELECT DISTINCT held.id FROM issued_pass AS held
JOIN unnest($1::uuid[], $2::uuid[]) AS noted (member_id, brand_id) USING (member_id, brand_id)
WHERE held.ended_at IS NULL
"""
"""The passes of these members with these brands."""

DUE = "SELECT id FROM issued_pass WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2"
"""Passes that time has changed, the oldest first."""

COALESCE_BRANDS = """
DELETE FROM brand_pass_change AS one USING brand_pass_change AS other
WHERE one.brand_id = other.brand_id AND one.after_id IS NULL AND other.after_id IS NULL AND one.id < other.id
 AND (other.anew OR NOT one.anew)
"""
"""Of notes about a brand that nobody has begun with, one that says as much as the others is enough."""

TAKE_BRAND = "SELECT id, brand_id, anew, after_id FROM brand_pass_change ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
"""A note about a brand, the oldest that nobody works on."""

OF_BRAND = """
SELECT id FROM issued_pass
WHERE brand_id = $1 AND ($2::uuid IS NULL OR id > $2::uuid) AND ended_at IS NULL ORDER BY id LIMIT $3
"""
"""The next passes of a brand, after this one."""

BRAND_GONE_ON = "UPDATE brand_pass_change SET after_id = $2 WHERE id = $1"
BRAND_DONE = "DELETE FROM brand_pass_change WHERE id = $1"

REVISE = """
UPDATE issued_pass AS held
SET revision = nextval('pass_revision'), digest = fresh.digest,
 changed_at = greatest(date_trunc('second', $3::timestamptz), held.changed_at + interval '1 second')
FROM unnest($1::uuid[], $2::bytea[]) AS fresh (id, digest)
WHERE held.id = fresh.id
RETURNING held.id, held.revision, held.changed_at
"""
"""Give these passes their next revision; whoever runs it holds the lock of the numbers."""

PUT_OFF = """
UPDATE issued_pass SET due_at = $2, digest = CASE WHEN $3 THEN ''::bytea ELSE digest END WHERE id = ANY($1::uuid[])
"""
"""Look at these passes again at this instant, and let them say something new then whatever they say."""

LOOKED_AT = """
UPDATE issued_pass AS held SET due_at = fresh.due_at, settling = fresh.settling
FROM unnest($1::uuid[], $2::timestamptz[], $3::bigint[]) AS fresh (id, due_at, settling)
WHERE held.id = fresh.id
"""
"""When these passes are to be looked at next, and what for."""

TRANSACTIONS = (
    "SELECT pg_snapshot_xmin(now.seen)::text::bigint, pg_snapshot_xmax(now.seen)::text::bigint"
    " FROM (SELECT pg_current_snapshot() AS seen) AS now"
)
"""The oldest transaction that still runs, and the number that the next one will have at least."""

NOTE = (
    "INSERT INTO pass_change (member_id, brand_id) SELECT $1::uuid, $2::uuid"
    " WHERE EXISTS (SELECT FROM issued_pass"
    " WHERE member_id = $1::uuid AND brand_id = $2::uuid AND ended_at IS NULL)"
    " ON CONFLICT DO NOTHING"
)
"""Note a change of what a member's passes of a brand say, if they have any."""


def values_for(passes: Sequence[IssuedPass]) -> dict[str, Any]:
    """The members and brands of these passes, as the statements above take them."""
    return {
        "members": list({held.member_id for held in passes}),
        "brands": list({held.brand_id for held in passes}),
    }
