"""Questions about the phones that hold passes in Apple Wallet."""

import uuid
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, Update, delete, func, select, update
from sqlalchemy.sql.dml import Delete

from wallet.apple.models import ApplePhoneLog, ApplePush, AppleRegistration

LISTED = """
SELECT held.serial, held.revision, own.number, held.settling IS NULL AS is_settled,
 pg_sequence_last_value('pass_revision'::regclass) AS newest
FROM apple_registration AS own JOIN issued_pass AS held ON held.member_id = own.member_id AND held.id = own.pass_id
WHERE own.device_hash = $1 AND own.pass_type = $2
ORDER BY own.number
"""
"""The passes of a type on a phone, each with its revision, its registration's number, and whether all that ran when it
was issued has ended; and the newest revision of all."""

NEXT_NUMBER = "SELECT nextval('apple_registration_number')"
"""The number of a registration; whoever takes it has the lock of the phone, so those of one phone are seen in order."""

CHANGED_AT = "SELECT changed_at, brand_id FROM issued_pass WHERE serial = $1"
"""When the pass with this serial last changed, and whose it is."""

ASK_PUSHES = """
INSERT INTO apple_push AS known (device_hash, pass_type, first_asked_at, asked_at, due_at)
SELECT DISTINCT device_hash, pass_type, $2::timestamptz, $2::timestamptz, $2::timestamptz
FROM apple_registration WHERE (member_id, pass_id) IN (SELECT * FROM unnest($1::uuid[], $3::uuid[]))
ORDER BY device_hash, pass_type
ON CONFLICT (device_hash, pass_type) DO UPDATE SET asked_at = greatest(known.asked_at, excluded.asked_at)
"""
"""Let every phone be woken that holds one of these passes; one that waits already is woken once, when it was to be."""

ASK_PUSH = """
INSERT INTO apple_push AS known (device_hash, pass_type, first_asked_at, asked_at, due_at) VALUES ($1, $2, $3, $3, $3)
ON CONFLICT (device_hash, pass_type) DO UPDATE SET asked_at = greatest(known.asked_at, excluded.asked_at)
"""
"""Let one phone be woken."""

LEASE = """
WITH due AS (
 SELECT device_hash, pass_type FROM apple_push
 WHERE due_at <= $1 AND pass_type = $4 AND NOT EXISTS (
  SELECT FROM apple_push AS other WHERE other.pass_type = $4 AND other.refused IS NOT NULL AND other.due_at > $1)
 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED),
taken AS (
 UPDATE apple_push AS one SET due_at = $2, tries = tries + 1 FROM due
 WHERE one.device_hash = due.device_hash AND one.pass_type = due.pass_type
 RETURNING one.device_hash, one.pass_type, one.asked_at, one.first_asked_at, one.tries)
SELECT taken.device_hash, taken.pass_type, taken.asked_at, taken.first_asked_at, taken.tries, tokens.push_tokens
FROM taken CROSS JOIN LATERAL (
 SELECT coalesce(array_agg(push_token), '{}') AS push_tokens FROM (
  SELECT DISTINCT ON (token_hash) push_token FROM apple_registration AS own
  WHERE own.device_hash = taken.device_hash AND own.pass_type = taken.pass_type ORDER BY token_hash, registered_at DESC
 ) AS each) AS tokens
"""
"""Take some phones that are to be woken, each with its push tokens: one, unless its passes were registered with
several. Nobody else takes them until the lease ends. None while one waits for which our certificate was refused."""

DONE = """
WITH told AS (
 SELECT * FROM unnest($1::bytea[], $2::text[], $3::timestamptz[]) AS told (device_hash, pass_type, asked_at)),
gone AS (
 DELETE FROM apple_push AS one USING told
 WHERE one.device_hash = told.device_hash AND one.pass_type = told.pass_type AND one.asked_at = told.asked_at)
UPDATE apple_push AS one SET due_at = $4, first_asked_at = one.asked_at, tries = 0, refused = NULL FROM told
WHERE one.device_hash = told.device_hash AND one.pass_type = told.pass_type AND one.asked_at <> told.asked_at
"""
"""Forget pushes that Apple took; one that was asked for again meanwhile is due at once."""

PUT_OFF = """
UPDATE apple_push AS one SET due_at = late.due_at, refused = late.refused
FROM unnest($1::bytea[], $2::text[], $3::timestamptz[], $4::text[]) AS late (device_hash, pass_type, due_at, refused)
WHERE one.device_hash = late.device_hash AND one.pass_type = late.pass_type
"""
"""Try these pushes again at an instant each, and say what Apple refused us for, if it did."""

DROP_LATE = "DELETE FROM apple_push WHERE asked_at < $1 RETURNING 1"
"""Wake phones no more for what changed before this instant."""

FORGET_TOKENS = """
DELETE FROM apple_registration AS own
USING unnest($1::bytea[], $2::bytea[], $3::timestamptz[]) AS dead (device_hash, token_hash, since)
WHERE own.device_hash = dead.device_hash AND own.token_hash = dead.token_hash AND own.registered_at <= dead.since
"""
"""Delete the registrations by push tokens that Apple gave up, but for those that were made after that."""

NOTE_SENTENCES = """
INSERT INTO apple_phone_log AS known (day, digest, words, count, last_at)
SELECT $1::date, digest, words, count, $5::timestamptz
FROM unnest($2::bytea[], $3::text[], $4::int[]) AS new (digest, words, count)
WHERE (SELECT count(*) FROM apple_phone_log WHERE day = $1::date) < $6
ON CONFLICT (day, digest) DO UPDATE SET count = known.count + excluded.count, last_at = excluded.last_at
"""
"""Count what phones complained of, by sentence and day; beyond so many sentences a day no more are kept."""


def registration_of(member_id: uuid.UUID, pass_id: uuid.UUID, device_hash: bytes) -> Select[AppleRegistration]:
    """The registration of a phone for a pass."""
    return select(AppleRegistration).where(
        AppleRegistration.member_id == member_id,
        AppleRegistration.pass_id == pass_id,
        AppleRegistration.device_hash == device_hash,
    )


def move_registrations(ids: Sequence[uuid.UUID], source_id: uuid.UUID, target_id: uuid.UUID) -> Update:
    """Let the copies of these passes belong to another member."""
    mine = (AppleRegistration.member_id == source_id, AppleRegistration.pass_id.in_(ids))
    return update(AppleRegistration).where(*mine).values(member_id=target_id)


def waiting_pushes() -> Select[int, object, int]:
    """How many phones wait to be woken, since when the first does, and how many for our certificate's sake."""
    return select(func.count(), func.min(ApplePush.first_asked_at), func.count(ApplePush.refused))


def refusals_of_us() -> Select[str, str | None]:
    """What Apple says of our certificates, by pass type, while it does not take our pushes."""
    found = select(ApplePush.pass_type, func.min(ApplePush.refused)).where(ApplePush.refused.is_not(None))
    return found.group_by(ApplePush.pass_type).order_by(ApplePush.pass_type)


def copies_by_type() -> Select[str, int, int]:
    """How many phones hold how many copies of passes, by pass type."""
    phones = func.count(AppleRegistration.device_hash.distinct())
    found = select(AppleRegistration.pass_type, phones, func.count()).group_by(AppleRegistration.pass_type)
    return found.order_by(AppleRegistration.pass_type)


def sentences_since(day: date, limit: int) -> Select[ApplePhoneLog]:
    """What phones complained of, the newest first."""
    found = select(ApplePhoneLog).where(ApplePhoneLog.day >= day)
    return found.order_by(ApplePhoneLog.last_at.desc(), ApplePhoneLog.digest).limit(limit)


def sentences_before(day: date) -> Delete:
    """Forget what phones complained of before this day."""
    return delete(ApplePhoneLog).where(ApplePhoneLog.day < day)
