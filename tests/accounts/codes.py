"""Codes as a verb sees them: asked for and tried by somebody from somewhere, at an instant."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from app.accounts import one_time_codes
from app.accounts.addresses import Address, email_address
from app.accounts.errors import CodeNotAccepted
from app.accounts.models import SignInFailure
from app.accounts.one_time_codes import AskedCode
from app.sql import db
from tests.accounts.factories import last_code, new_email, other_than

NOW = datetime(2026, 5, 18, 10, 0, tzinfo=UTC)
HOME, ELSEWHERE, THIRD = "192.0.2.1", "198.51.100.7", "203.0.113.9"
"""Networks."""


def new_address() -> Address:
    return email_address(new_email())


def ask(address: Address, *, client: str = HOME, now: datetime = NOW) -> AskedCode:
    with db.transaction():
        return one_time_codes.send_code(address=address, client=client, language="fr", now=now)


def send(address: Address, *, client: str = HOME, now: datetime = NOW) -> str:
    """The code that is sent."""
    ask(address, client=client, now=now)
    return last_code(address.value)


def prove(address: Address, code: str, *, handle: str | None = None, client: str = HOME, now: datetime = NOW) -> None:
    with db.transaction():
        one_time_codes.prove_address(address=address, code=code, handle=handle, client=client, now=now)


def guess_wrong(
    address: Address, code: str, *, times: int = 1, handle: str | None = None, client: str = HOME, now: datetime = NOW
) -> None:
    for _ in range(times):
        with pytest.raises(CodeNotAccepted):
            prove(address, other_than(code), handle=handle, client=client, now=now)


def failures_of(address: Address) -> int:
    with db.transaction():
        counted = select(func.count()).select_from(SignInFailure)
        return db.execute(counted.where(SignInFailure.address_hash == address.hashed())).scalar_one()
