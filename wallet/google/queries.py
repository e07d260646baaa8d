"""Questions about copies at Google, their classes, and what rang."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.dialects.postgresql import Insert, insert

from wallet.google.models import GoogleClass, GoogleCopy, GoogleFarewell, GoogleIssuer, GoogleStanding
from wallet.issued.models import IssuedPass

NOTE_CHANGES = """
UPDATE google_copy AS known
   SET wanted_revision = said.revision, tries = 0,
       due_at = CASE WHEN known.removed_at IS NOT NULL THEN NULL
                     WHEN known.error IS NOT NULL THEN $4 ELSE COALESCE(known.due_at, $4) END
  FROM unnest($1::uuid[], $2::uuid[], $3::bigint[]) AS said (member_id, pass_id, revision)
 WHERE (known.member_id, known.pass_id) = (said.member_id, said.pass_id) AND known.wanted_revision < said.revision
"""
"""That passes changed, for those that are wanted at Google and still held there: however many changes, one is due."""

MOVE_COPIES = "UPDATE google_copy SET member_id = $3 WHERE member_id = $2 AND pass_id = ANY($1::uuid[])"
MOVE_RINGS = "UPDATE google_ring SET member_id = $3 WHERE member_id = $2 AND pass_id = ANY($1::uuid[])"

LEASE = """
UPDATE google_copy AS taken SET leased_until = $2
  FROM (SELECT member_id, pass_id FROM google_copy
         WHERE due_at <= $1 AND (leased_until IS NULL OR leased_until <= $1)
         ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
 WHERE (taken.member_id, taken.pass_id) = (due.member_id, due.pass_id)
RETURNING taken.pass_id
"""
"""Take what is due, passing over what another process has; nobody else takes it before `$2`."""

TAKE_LINKS = """
UPDATE google_copy AS taken SET link_due_at = $2
  FROM (SELECT offer.member_id, offer.pass_id, card.issuer || '.' || card.serial AS card_id,
               card.pass_id AS card_pass_id, card.saved_at AS card_saved_at
          FROM google_copy AS offer
          JOIN google_copy AS card ON (card.member_id, card.pass_id) = (offer.member_id, offer.card_pass_id)
         WHERE offer.link_due_at <= $1 AND offer.told_revision IS NOT NULL
           AND card.told_revision IS NOT NULL AND card.removed_at IS NULL AND card.issuer = offer.issuer
         ORDER BY offer.link_due_at LIMIT $3 FOR UPDATE OF offer SKIP LOCKED) AS due
 WHERE (taken.member_id, taken.pass_id) = (due.member_id, due.pass_id)
RETURNING taken.member_id, taken.pass_id, taken.issuer || '.' || taken.serial, due.card_id, due.card_pass_id,
          due.card_saved_at IS NOT NULL AND taken.created_at > due.card_saved_at
"""
"""Offers that are at Google beside a card that is, and not linked to it yet: member, pass, object, object and pass of
the card, whether it is news to whoever holds the card."""

LINK_ANEW = """
UPDATE google_copy AS offer SET card_pass_id = said.card_pass_id, linked_at = NULL, link_due_at = $4
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS said (member_id, pass_id, card_pass_id)
 WHERE (offer.member_id, offer.pass_id) = (said.member_id, said.pass_id)
"""
"""Let these offers be linked to a card at Google that is not the one which they were linked to."""

LINKED = "UPDATE google_copy SET linked_at = $3, link_due_at = NULL WHERE member_id = $1 AND pass_id = ANY($2::uuid[])"

RESERVE_RINGS = """
INSERT INTO google_ring (member_id, pass_id, about, rang_at)
SELECT asked.member_id, asked.pass_id, asked.about, $4
  FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS asked (member_id, pass_id, about)
 WHERE $6 > (SELECT count(*) FROM google_ring AS rang
              WHERE (rang.member_id, rang.pass_id) = (asked.member_id, asked.pass_id)
                AND rang.rang_at > $5 AND rang.about <> asked.about)
ON CONFLICT (member_id, pass_id, about) DO UPDATE SET about = EXCLUDED.about
RETURNING pass_id
"""
"""Write down that these ring, as far as the day bears it; what was written down before stays so."""

TAKE_FAREWELLS = """
UPDATE google_farewell AS taken SET due_at = $2, tries = tries + 1
  FROM (SELECT object_id FROM google_farewell WHERE due_at <= $1 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
 WHERE taken.object_id = due.object_id
RETURNING taken.object_id, taken.kind, taken.class_id
"""

FORGET_CLASS = "UPDATE google_class SET told_digest = NULL WHERE id = $1"

FORGET_FAREWELLS = "DELETE FROM google_farewell WHERE object_id = ANY($1::text[])"

NOTE_SUCCESS = """
INSERT INTO google_standing (issuer, told_at) VALUES ($1, $2)
ON CONFLICT (issuer) DO UPDATE SET told_at = GREATEST(google_standing.told_at, EXCLUDED.told_at)
"""
NOTE_FAILURE = """
INSERT INTO google_standing (issuer, failed_at, error) VALUES ($1, $2, $3)
ON CONFLICT (issuer) DO UPDATE SET failed_at = EXCLUDED.failed_at, error = EXCLUDED.error
"""


def copy_of(member_id: uuid.UUID, pass_id: uuid.UUID) -> Select[GoogleCopy]:
    """The copy of this pass, if the member wanted one."""
    return select(GoogleCopy).where(GoogleCopy.member_id == member_id, GoogleCopy.pass_id == pass_id)


def copies_of(pass_ids: Collection[uuid.UUID]) -> Select[GoogleCopy]:
    """The copies of these passes."""
    return select(GoogleCopy).where(GoogleCopy.pass_id.in_(pass_ids))


def copies_with_serial(serial: str) -> Select[GoogleCopy]:
    """The copy that Google calls by this serial."""
    return select(GoogleCopy).where(GoogleCopy.serial == serial)


def linked_copies(pass_ids: Collection[uuid.UUID]) -> Select[*tuple[Any, ...]]:
    """The pass of a card and the object of each offer that is linked to it, for these cards."""
    return (
        select(GoogleCopy.card_pass_id, GoogleCopy.issuer + "." + GoogleCopy.serial)
        .where(GoogleCopy.card_pass_id.in_(pass_ids), GoogleCopy.linked_at.is_not(None))
        .order_by(GoogleCopy.linked_at, GoogleCopy.pass_id)
    )


def passes_of(pass_ids: Collection[uuid.UUID]) -> Select[IssuedPass]:
    """These passes."""
    return select(IssuedPass).where(IssuedPass.id.in_(pass_ids))


def standing_pass(member_id: uuid.UUID, pass_id: uuid.UUID) -> Select[IssuedPass]:
    """The member's pass, unless it ended."""
    return select(IssuedPass).where(
        IssuedPass.member_id == member_id, IssuedPass.id == pass_id, IssuedPass.ended_at.is_(None)
    )


def pass_kept_still(member_id: uuid.UUID, pass_id: uuid.UUID) -> Select[IssuedPass]:
    """The member's pass, which changes no more before the running transaction ends."""
    return (
        select(IssuedPass)
        .where(IssuedPass.member_id == member_id, IssuedPass.id == pass_id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )


def targets_with_copies(targets: Collection[uuid.UUID]) -> Select[*tuple[Any, ...]]:
    """Those of these coupons that came to Google before: the coupon, its pass there, whether the member holds that
    still, and the card's pass that it is linked to."""
    return (
        select(
            IssuedPass.target_id,
            GoogleCopy.pass_id,
            and_(IssuedPass.ended_at.is_(None), GoogleCopy.removed_at.is_(None)).label("is_held"),
            GoogleCopy.card_pass_id,
        )
        .join(GoogleCopy, and_(GoogleCopy.member_id == IssuedPass.member_id, GoogleCopy.pass_id == IssuedPass.id))
        .where(IssuedPass.target_id.in_(targets), IssuedPass.kind == "coupon")
    )


def new_copies(rows: list[dict[str, Any]]) -> Insert:
    """Copies that are wanted from now on, unless they were before."""
    return insert(GoogleCopy).values(rows).on_conflict_do_nothing()


def classes_with(ids: Collection[str]) -> Select[GoogleClass]:
    """These classes, as far as they are known."""
    return select(GoogleClass).where(GoogleClass.id.in_(ids))


def classes_after(id: str, limit: int) -> Select[GoogleClass]:
    """Classes that Google has, in the order of their ids."""
    return (
        select(GoogleClass)
        .where(GoogleClass.id > id, GoogleClass.told_digest.is_not(None))
        .order_by(GoogleClass.id)
        .limit(limit)
    )


def known_class(**columns: Any) -> Insert:
    """Write down how a class was told."""
    written = insert(GoogleClass).values(**columns)
    return written.on_conflict_do_update(
        index_elements=[GoogleClass.id],
        set_={name: written.excluded[name] for name in ("told_digest", "told_at", "error")},
    )


def issuers() -> Select[str]:
    """The issuers that brands have of their own."""
    return select(GoogleIssuer.issuer)


def standings() -> Select[GoogleStanding]:
    """How it goes with each issuer."""
    return select(GoogleStanding).order_by(GoogleStanding.issuer)


def waiting() -> Select[*tuple[Any, ...]]:
    """How many copies wait to be told, since when the oldest of them, how many are held, and how many are refused."""
    return select(
        func.count().filter(GoogleCopy.due_at.is_not(None)),
        func.min(GoogleCopy.due_at),
        func.count().filter(GoogleCopy.saved_at.is_not(None), GoogleCopy.removed_at.is_(None)),
        func.count().filter(GoogleCopy.error.is_not(None), GoogleCopy.due_at.is_not(None)),
    )


def farewells() -> Select[*tuple[Any, ...]]:
    """How many objects are still to be ended at Google, and since when the oldest waits."""
    return select(func.count(), func.min(GoogleFarewell.due_at))


def forgotten_rings(before: datetime) -> tuple[str, list[datetime]]:
    """The statement that forgets what rang before, and its value."""
    return "DELETE FROM google_ring WHERE rang_at < $1 RETURNING pass_id", [before]
