"""How many statements an erasure costs: who asks for it waits for them, and each is a trip to the database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.accounts.models import Member
from app.factory import Ici
from app.rights import jobs
from app.rights.erasure import steps
from app.sql import db
from tests.consent.factories import give
from tests.externals.factories import add as add_external_card
from tests.factories import make_brand, make_member, member_token
from tests.speaking import Speaker
from tests.tracing import sent_statements
from tests.wallet.factories import make_card

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

REQUEST = 15
"""By a member who permitted nothing, without BEGIN and COMMIT."""
WITHDRAWAL = 7
"""Besides, however many permissions that withdraws."""
JOB = 100
"""Of somebody with a card and two permissions, whose rows lie in some ten tables of sixty."""
SECOND_LOOK = 30


def counted(act: Callable[[], Any]) -> int:
    """How many statements this sends."""
    with sent_statements() as sent:
        act()
    return len(sent)


@pytest.fixture
def member() -> Member:
    found = make_member()
    make_card(found, make_brand())
    return found


@pytest.fixture
def phone(app: Ici, member: Member) -> Speaker:
    return Speaker(app.test_client()).with_token(member_token(member))


def ask(phone: Speaker) -> Callable[[], Any]:
    return lambda: phone.post("/v1/rights-requests", {"kind": "erasure"})


def test_a_request_asks_every_table_at_once(phone: Speaker) -> None:
    assert counted(ask(phone)) <= REQUEST


@pytest.mark.parametrize("brands", [1, 3])
def test_a_request_withdraws_many_permissions_as_one(phone: Speaker, member: Member, brands: int) -> None:
    for brand in [make_brand() for _ in range(brands)]:
        for touchpoint in ("geofence", "email"):
            give(member, brand, touchpoint=touchpoint, now=datetime.now(UTC))
    assert counted(ask(phone)) <= REQUEST + WITHDRAWAL


def test_the_job_takes_up_only_the_tables_that_hold_something(member: Member) -> None:
    give(member, make_brand(), now=NOW)
    asked(member)
    assert counted(lambda: jobs.finish_erasures(now=NOW, most=1)) <= JOB


def test_so_does_the_second_look(member: Member) -> None:
    asked(member)
    jobs.finish_erasures(now=NOW, most=1)
    assert counted(lambda: look_again(member)) <= SECOND_LOOK


def asked(member: Member) -> None:
    """The erasure is asked for long ago, so that it is the first that the job takes up."""
    with db.system_transaction():
        steps.request_erasure(member_id=member.id, now=NOW - timedelta(days=4000))


def look_again(member: Member) -> None:
    with db.system_transaction():
        steps.look_again(member_id=member.id, now=NOW)


def test_what_is_written_to_a_table_that_was_passed_over_is_found_at_the_end(member: Member) -> None:
    asked(member)
    with db.system_transaction():
        steps.skip_idle_steps(member_id=member.id, now=NOW)
    add_external_card(member)
    jobs.finish_erasures(now=NOW, most=1)
    with db.system_transaction():
        assert steps.unexpected(steps.residues(member.id)) == []
