"""Roles as data: `app/access.toml` says who may knock on which door, and every door is tried by everybody else."""

import re
import tomllib
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask
from sqlalchemy import update

import app as kernel
from app.accounts import tokens
from app.accounts.models import ConsoleSession, ConsoleUser, MemberSession, Terminal
from app.http.access import CONSOLE_ROLES, Role
from app.sql import db
from tests.factories import (
    console_token,
    make_brand,
    make_console_user,
    make_member,
    make_store,
    make_terminal,
    member_token,
)
from tests.speaking import Speaker

TABLE = Path(kernel.__file__).parent / "access.toml"
WRITTEN_WITHOUT_ROLES = ("health.",)
"""Views for operators and developers: they are open to anyone, and stand outside the rooms."""

PARAMETER = re.compile(r"<(?:(?P<kind>\w+)(?:\(.*?\))?:)?(?P<name>\w+)>")
MADE_UP = {"uuid": str(uuid.uuid4()), "int": "1", "number": "1"}
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


class Door(NamedTuple):
    name: str
    """`METHOD /path/{parameter}`, as in the table."""
    method: str
    path: str
    """With a made-up value for every parameter."""
    roles: frozenset[str]


def doors_of(app: Flask) -> Iterator[Door]:
    for rule in app.url_map.iter_rules():
        roles = getattr(app.view_functions[rule.endpoint], "roles", frozenset())
        if rule.endpoint.startswith(WRITTEN_WITHOUT_ROLES):
            roles = frozenset({Role.ANYONE})
        shown = PARAMETER.sub(r"{\g<name>}", rule.rule)
        path = PARAMETER.sub(lambda found: MADE_UP.get(found["kind"], "x"), rule.rule)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield Door(f"{method} {shown}", method, path, roles)


@pytest.fixture(scope="module")
def doors(app: Flask) -> list[Door]:
    return list(doors_of(app))


@pytest.fixture(scope="module")
def guarded(doors: list[Door]) -> list[Door]:
    return [door for door in doors if Role.ANYONE not in door.roles]


def knock(speaker: Speaker, door: Door) -> int:
    return speaker.send(door.method, door.path).status_code


def answers(speaker: Speaker, doors: list[Door]) -> dict[str, int]:
    return {door.name: knock(speaker, door) for door in doors}


def token_of(role: Role) -> str:
    """A good credential of somebody in this role."""
    if role is Role.MEMBER:
        return member_token(make_member())
    if role is Role.TERMINAL:
        return make_terminal(make_store(make_brand()))[1]
    if role is Role.NEWCOMER:
        return console_token(make_console_user(make_brand(second_factor_roles=[Role.ADMIN]), Role.ADMIN))
    return console_token(make_console_user(make_brand(), role))


def test_every_door_is_in_the_table_and_only_doors_are(doors: list[Door]) -> None:
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    assert {door.name for door in doors} == set(table)


def test_every_door_opens_to_the_roles_of_the_table(doors: list[Door]) -> None:
    table = {name: set(roles) for name, roles in tomllib.loads(TABLE.read_text(encoding="utf-8")).items()}
    assert {door.name: set(door.roles) for door in doors if door.name in table} == {
        door.name: table[door.name] for door in doors if door.name in table
    }


def test_every_door_says_who_may_knock(doors: list[Door]) -> None:
    assert [door.name for door in doors if not door.roles] == []


def test_a_stranger_is_let_in_nowhere(anyone: Speaker, guarded: list[Door]) -> None:
    assert {name: status for name, status in answers(anyone, guarded).items() if status != 401} == {}


@pytest.mark.parametrize("role", [Role.MEMBER, Role.TERMINAL, *CONSOLE_ROLES, Role.NEWCOMER])
def test_the_wrong_role_is_forbidden_everywhere(anyone: Speaker, guarded: list[Door], role: Role) -> None:
    speaker = anyone.with_token(token_of(role))
    closed = [door for door in guarded if role not in door.roles]
    assert closed
    assert {name: status for name, status in answers(speaker, closed).items() if status != 403} == {}


def revoked_session_of_a_member() -> str:
    token = member_token(make_member())
    session_id = tokens.read_access_token(token, now=datetime.now(UTC)).session_id
    with db.system_transaction():
        db.execute(update(MemberSession).where(MemberSession.id == session_id).values(revoked_at=LONG_AGO))
    return token


def access_token_of_yesterday() -> str:
    return member_token(make_member(), now=datetime.now(UTC) - timedelta(days=1))


def key_of_a_revoked_terminal() -> str:
    terminal, key = make_terminal(make_store(make_brand()))
    with db.system_transaction():
        db.execute(update(Terminal).where(Terminal.id == terminal.id).values(revoked_at=LONG_AGO))
    return key


def token_of_a_disabled_user() -> str:
    user = make_console_user(make_brand(), Role.ADMIN)
    with db.system_transaction():
        db.execute(update(ConsoleUser).where(ConsoleUser.id == user.id).values(disabled_at=LONG_AGO))
    return console_token(user)


def revoked_session_of_a_user() -> str:
    return _console_token_with(revoked_at=LONG_AGO)


def session_of_a_user_that_is_over() -> str:
    return _console_token_with(expires_at=LONG_AGO)


def _console_token_with(**changed: datetime) -> str:
    user = make_console_user(make_brand(), Role.ADMIN)
    token = console_token(user)
    with db.system_transaction():
        db.execute(update(ConsoleSession).where(ConsoleSession.user_id == user.id).values(**changed))
    return token


@pytest.mark.parametrize(
    "credential",
    [
        revoked_session_of_a_member,
        access_token_of_yesterday,
        key_of_a_revoked_terminal,
        token_of_a_disabled_user,
        revoked_session_of_a_user,
        session_of_a_user_that_is_over,
    ],
)
def test_a_credential_that_is_no_longer_good_opens_nothing(
    anyone: Speaker, guarded: list[Door], credential: Callable[[], str]
) -> None:
    speaker = anyone.with_token(credential())
    assert {name: status for name, status in answers(speaker, guarded).items() if status != 401} == {}
