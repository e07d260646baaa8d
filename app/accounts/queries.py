"""Questions about who may sign in and who is signed in."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Select, select, tuple_, update
from sqlalchemy.sql.dml import ReturningUpdate

from app.accounts.models import (
    Brand,
    ConsoleSession,
    ConsoleUser,
    Member,
    MemberIdentifier,
    MemberSession,
    OneTimeCode,
    SignInFailure,
    StaffEvent,
    Terminal,
)
from app.sql.store_tables import STORE

ADMIT = "SELECT * FROM ici_admit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
"""Who asks, for whom the transaction acts, and the idempotency key. A function of the database, so that they are one
trip; it sees no more than the application itself does (decision 26)."""

ADMIT_TERMINAL = """
SELECT a.*, t.profile FROM ici_admit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) AS a
LEFT JOIN terminal AS t ON t.id = a.who
"""
"""The same for a terminal, with what it may do."""

SEE_SIGN_IN = "SELECT ici_see_sign_in($1, $2, $3)"
"""A token of this generation of a sign-in arrived: the answer that carried it was not lost. It waits for nobody:
whoever changes the sign-in at this moment goes first, and the next request says it again."""

SEE_SIGN_INS = """
SELECT ici_see_sign_in(($1::uuid[])[n], ($2::uuid[])[n], ($3::int[])[n])
FROM generate_series(1, cardinality($1::uuid[])) AS n
"""
"""The same for several at once: arrays of members, sign-ins and generations."""

KEEP_CONSOLE_OPEN = """
WITH used AS (
 SELECT id, LEAST(created_at + make_interval(secs => $3), $2::timestamptz + make_interval(secs => $4)) AS until
 FROM console_session WHERE id = $1 FOR UPDATE SKIP LOCKED
)
UPDATE console_session AS s SET expires_at = used.until FROM used
WHERE s.id = used.id AND s.expires_at < used.until - INTERVAL '1 minute'
"""
"""A console session was used at `$2`: it lasts `$3` seconds in all, and `$4` without a use, to a minute. It waits for
nobody, as above."""


def brand_locked(brand_id: uuid.UUID) -> Select[Brand]:
    """A brand, for whoever changes it."""
    return select(Brand).where(Brand.id == brand_id).with_for_update().execution_options(populate_existing=True)


def brand_with_code(code: str) -> Select[Brand]:
    """The brand that people call `code`."""
    return select(Brand).where(Brand.code == code)


def owner_of_address(kind: str, value: str) -> Select[MemberIdentifier]:
    """Whose wallet this address opens."""
    return select(MemberIdentifier).where(MemberIdentifier.kind == kind, MemberIdentifier.value == value)


def owners_of_addresses(addresses: Collection[tuple[str, str]]) -> Select[MemberIdentifier]:
    """Whose wallets these addresses open: pairs of kind and value."""
    return select(MemberIdentifier).where(tuple_(MemberIdentifier.kind, MemberIdentifier.value).in_(addresses))


def with_an_address(member_ids: Collection[uuid.UUID]) -> Select[uuid.UUID]:
    """Those of these members whose wallet an address opens."""
    return select(MemberIdentifier.member_id).where(MemberIdentifier.member_id.in_(member_ids)).distinct()


def member_shared(member_id: uuid.UUID) -> Select[Member]:
    """This member, who stays as they are until this transaction ends."""
    mine = select(Member).where(Member.id == member_id)
    return mine.with_for_update(read=True).execution_options(populate_existing=True)


def member_locked(member_id: uuid.UUID) -> Select[Member]:
    """This member, for whoever changes what sign-ins carry of them; rows that point at the member do not wait."""
    mine = select(Member).where(Member.id == member_id)
    return mine.with_for_update(key_share=True).execution_options(populate_existing=True)


def living_codes(address_hash: bytes, *, now: datetime) -> Select[OneTimeCode]:
    """The requests for codes of an address whose code may still open something, newest first."""
    unused = select(OneTimeCode).where(OneTimeCode.address_hash == address_hash, OneTimeCode.used_at.is_(None))
    living = unused.where(OneTimeCode.expires_at > now)
    return living.order_by(OneTimeCode.created_at.desc(), OneTimeCode.id.desc())


def refusal_since(address_hash: bytes, instant: datetime) -> Select[datetime | None]:
    """When a message to an address was refused, if that was after an instant."""
    refused = select(OneTimeCode.refused_at).where(OneTimeCode.address_hash == address_hash)
    return refused.where(OneTimeCode.refused_at > instant).limit(1)


def nth_failure_within(address_hash: bytes, n: int, window: timedelta, *, now: datetime) -> Select[datetime]:
    """When the n-th last failure was, if that was within the window."""
    failed = select(SignInFailure.failed_at).where(SignInFailure.address_hash == address_hash)
    return failed.where(SignInFailure.failed_at > now - window).order_by(SignInFailure.failed_at.desc()).offset(n - 1)


def nth_failure_of_client(
    address_hash: bytes, client_hash: bytes, n: int, window: timedelta, *, now: datetime
) -> Select[datetime]:
    """When this client failed for the n-th last time at this address, if that was within the window."""
    return nth_failure_within(address_hash, n, window, now=now).where(SignInFailure.client_hash == client_hash)


def open_member_sessions(member_id: uuid.UUID, *, now: datetime) -> Select[MemberSession]:
    """The sign-ins of this member that were not revoked and are not over."""
    return select(MemberSession).where(
        MemberSession.member_id == member_id, MemberSession.revoked_at.is_(None), MemberSession.expires_at > now
    )


def end_open_member_sessions(
    member_id: uuid.UUID, *, now: datetime, reason: str, but: uuid.UUID | None
) -> ReturningUpdate[uuid.UUID]:
    """End the open sign-ins of this member, except `but`; the ids of those that were open."""
    others = () if but is None else (MemberSession.id != but,)
    return (
        update(MemberSession)
        .where(
            MemberSession.member_id == member_id,
            MemberSession.revoked_at.is_(None),
            MemberSession.expires_at > now,
            *others,
        )
        .values(revoked_at=now, revoked_reason=reason)
        .returning(MemberSession.id)
    )


def end_all_member_sessions(*, now: datetime, reason: str) -> ReturningUpdate[uuid.UUID]:
    """End the open sign-ins of all members; the ids of those that were open."""
    still_open = update(MemberSession).where(MemberSession.revoked_at.is_(None), MemberSession.expires_at > now)
    return still_open.values(revoked_at=now, revoked_reason=reason).returning(MemberSession.id)


def member_session(member_id: uuid.UUID, session_id: uuid.UUID) -> Select[MemberSession]:
    """This sign-in of this member, even one that is over."""
    return select(MemberSession).where(MemberSession.member_id == member_id, MemberSession.id == session_id)


def console_users_of(brand_id: uuid.UUID) -> Select[ConsoleUser]:
    """Who works for this brand at the console, disabled or not."""
    return select(ConsoleUser).where(ConsoleUser.brand_id == brand_id)


def console_user_with(brand_code: str, email: str) -> Select[ConsoleUser]:
    """Who signs in to this brand with this e-mail address, unless disabled."""
    working = select(ConsoleUser).join(Brand, Brand.id == ConsoleUser.brand_id)
    return working.where(Brand.code == brand_code, ConsoleUser.email == email, ConsoleUser.disabled_at.is_(None))


def console_user_locked(user_id: uuid.UUID) -> Select[ConsoleUser]:
    """A console user, for whoever changes how they come in: two such changes take their turn."""
    mine = select(ConsoleUser).where(ConsoleUser.id == user_id)
    return mine.with_for_update(key_share=True).execution_options(populate_existing=True)


def console_users_signed_in(*, now: datetime) -> Select[ConsoleUser]:
    """Who is signed in to the console of any brand."""
    still_open = select(ConsoleSession.user_id).where(
        ConsoleSession.revoked_at.is_(None), ConsoleSession.expires_at > now
    )
    return select(ConsoleUser).where(ConsoleUser.id.in_(still_open)).order_by(ConsoleUser.id)


def open_console_sessions(user_id: uuid.UUID, *, now: datetime) -> Select[ConsoleSession]:
    """The sessions of this console user that were not ended and are not over."""
    mine = select(ConsoleSession).where(ConsoleSession.user_id == user_id, ConsoleSession.revoked_at.is_(None))
    return mine.where(ConsoleSession.expires_at > now)


def staff_events_of(brand_id: uuid.UUID) -> Select[StaffEvent]:
    """What opened or closed the console of this brand to somebody."""
    return select(StaffEvent).where(StaffEvent.brand_id == brand_id)


def store_of_brand(brand_id: uuid.UUID, store_id: uuid.UUID) -> Select[str]:
    """The name of this store, if it is a store of this brand."""
    return select(STORE.c.name).where(STORE.c.brand_id == brand_id, STORE.c.id == store_id)


def terminals_of(brand_id: uuid.UUID) -> Select[Terminal]:
    """The terminals of this brand: waiting, paired and revoked."""
    return select(Terminal).where(Terminal.brand_id == brand_id)


def terminal(terminal_id: uuid.UUID) -> Select[Terminal]:
    """This terminal."""
    return select(Terminal).where(Terminal.id == terminal_id)


def terminal_waiting_for(pairing_hash: bytes, *, now: datetime) -> Select[Terminal]:
    """The terminal that this pairing token pairs."""
    waiting = select(Terminal).where(Terminal.pairing_hash == pairing_hash, Terminal.pairing_expires_at > now)
    return waiting.where(Terminal.revoked_at.is_(None))


def addresses_of(member_id: uuid.UUID) -> Select[MemberIdentifier]:
    """The proved addresses of a member."""
    mine = select(MemberIdentifier).where(MemberIdentifier.member_id == member_id)
    return mine.order_by(MemberIdentifier.kind, MemberIdentifier.value)
