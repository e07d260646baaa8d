"""Forgetting: what is old goes, what still counts stays."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app import factory
from app.accounts import jobs
from app.accounts.models import ConsoleSession, MemberSession, OneTimeCode, SignInFailure, Terminal
from app.sql import db
from tests.factories import make_brand, make_console_user, make_member, make_store, save

NOW = datetime(2026, 5, 18, 10, 0, tzinfo=UTC)
JUST_OVER = timedelta(microseconds=1)


def code(expired_for: timedelta) -> OneTimeCode:
    expires_at = NOW - expired_for
    return save(
        OneTimeCode(
            address_hash=uuid.uuid4().bytes,
            code_hash=b"x",
            guesses_left=5,
            created_at=expires_at - timedelta(minutes=10),
            expires_at=expires_at,
        )
    )


def failure(age: timedelta) -> SignInFailure:
    return save(SignInFailure(address_hash=uuid.uuid4().bytes, failed_at=NOW - age))


def expired_session(ended_for: timedelta) -> MemberSession:
    dates = {"rotated_at": NOW, "created_at": NOW, "expires_at": NOW - ended_for}
    return save(MemberSession(member_id=make_member().id, generation=0, **dates))


def revoked_session(ended_for: timedelta) -> MemberSession:
    dates = {"rotated_at": NOW, "created_at": NOW, "expires_at": NOW + timedelta(days=90)}
    return save(MemberSession(member_id=make_member().id, generation=0, revoked_at=NOW - ended_for, **dates))


def console_session(ended_for: timedelta) -> ConsoleSession:
    user = make_console_user(make_brand())
    token_hash = uuid.uuid4().bytes
    return save(ConsoleSession(user_id=user.id, token_hash=token_hash, created_at=NOW, expires_at=NOW - ended_for))


def unpaired_terminal(waiting_over_for: timedelta) -> Terminal:
    store = make_store(make_brand())
    return save(
        Terminal(
            brand_id=store.brand_id,
            store_id=store.id,
            name="Caisse 1",
            pairing_hash=uuid.uuid4().bytes,
            pairing_expires_at=NOW - waiting_over_for,
            created_at=NOW,
        )
    )


CASES = [
    (jobs.forget_codes, code, timedelta(hours=1)),
    (jobs.forget_failures, failure, timedelta(days=1)),
    (jobs.forget_member_sessions, expired_session, timedelta(days=30)),
    (jobs.forget_member_sessions, revoked_session, timedelta(days=30)),
    (jobs.forget_console_sessions, console_session, timedelta(days=30)),
    (jobs.forget_unpaired_terminals, unpaired_terminal, timedelta(days=1)),
]
NAMES = [make.__name__ for _, make, _ in CASES]


def is_kept(thing: Any) -> bool:
    with db.system_transaction():
        key = (thing.member_id, thing.id) if isinstance(thing, MemberSession) else thing.id
        return db.get(type(thing), key) is not None


@pytest.mark.parametrize(("job", "make", "kept_for"), CASES, ids=NAMES)
def test_what_is_old_is_forgotten_and_counted(
    job: Callable[..., int], make: Callable[[timedelta], Any], kept_for: timedelta
) -> None:
    old = make(kept_for)
    with db.system_transaction():
        assert job(now=NOW) >= 1
    assert not is_kept(old)


@pytest.mark.parametrize(("job", "make", "kept_for"), CASES, ids=NAMES)
def test_what_is_not_yet_old_is_kept(
    job: Callable[..., int], make: Callable[[timedelta], Any], kept_for: timedelta
) -> None:
    recent = make(kept_for - JUST_OVER)
    with db.system_transaction():
        job(now=NOW)
    assert is_kept(recent)


def test_the_factory_finds_these_jobs() -> None:
    assert factory.jobs()["app.accounts.forget_codes"] is jobs.forget_codes
