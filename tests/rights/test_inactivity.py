"""Wallets that sleep: only acts of the member's own count; a warning at 35 months, the end at 36."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import config, factory
from app.accounts.models import Member, MemberIdentifier, MemberSession
from app.config import Config
from app.data_map import INACTIVE, WARNED_BEFORE
from app.rights.models import Cause, Erasure, MemberActivity
from app.rights.retention import inactivity
from app.sql import db
from tests.accounts.factories import messages_to, new_email
from tests.carriers.mail_servers import MailServer, mail_server
from tests.consent.factories import give
from tests.factories import make_brand, make_member, save
from tests.wallet.factories import make_card

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - INACTIVE - timedelta(days=1)
ALMOST = NOW - INACTIVE + WARNED_BEFORE
A_MOMENT = timedelta(seconds=1)


def member_since(instant: datetime, **given: Any) -> tuple[Member, str]:
    """A member who joined then, and their address."""
    email, member = new_email(), make_member(created_at=instant, **given)
    save(MemberIdentifier(kind="email", value=email, member_id=member.id, verified_at=instant))
    return member, email


def note_acts() -> None:
    with db.system_transaction():
        inactivity.note_acts()


def warn(now: datetime = NOW) -> None:
    note_acts()
    with db.system_transaction():
        inactivity.warn_sleeping(now=now, most=100_000)


def erase(now: datetime) -> None:
    inactivity.erase_sleeping(now=now)


def activity(member: Member) -> MemberActivity:
    with db.system_transaction():
        found = db.get(MemberActivity, member.id)
    assert found is not None
    return found


def erasure(member: Member) -> Erasure | None:
    with db.system_transaction():
        return db.get(Erasure, member.id)


def test_joining_is_an_act() -> None:
    member, _ = member_since(LONG_AGO)
    note_acts()
    assert activity(member).last_act_at == LONG_AGO


def test_signing_in_is_an_act() -> None:
    member, _ = member_since(LONG_AGO)
    dates = {"created_at": NOW, "rotated_at": NOW, "expires_at": NOW}
    save(MemberSession(member_id=member.id, generation=0, **dates))
    note_acts()
    assert activity(member).last_act_at == NOW


def test_a_token_that_a_phone_refreshes_by_itself_is_none() -> None:
    member, _ = member_since(LONG_AGO)
    dates = {"created_at": LONG_AGO, "rotated_at": NOW, "expires_at": NOW}
    save(MemberSession(member_id=member.id, generation=9, **dates))
    note_acts()
    assert activity(member).last_act_at == LONG_AGO


def test_answering_is_an_act() -> None:
    member, _ = member_since(LONG_AGO)
    give(member, make_brand(), now=NOW)
    note_acts()
    assert activity(member).last_act_at == NOW


def test_joining_a_brand_is_an_act() -> None:
    member, _ = member_since(LONG_AGO)
    card = make_card(member, make_brand())
    note_acts()
    assert activity(member).last_act_at == card.joined_at


def test_every_act_is_a_column_of_a_table_that_exists() -> None:
    factory.import_models()
    named = {
        name
        for name, at in inactivity.acts().items()
        for column in db.Base.metadata.tables[name].c
        if column.name in at
    }
    assert named == set(inactivity.acts())


def test_a_member_is_told_a_month_before() -> None:
    _, email = member_since(ALMOST - A_MOMENT)
    warn()
    (message,) = messages_to(email)
    assert "effacerons" in message["text"]


def test_nobody_is_told_sooner() -> None:
    _, email = member_since(ALMOST + A_MOMENT)
    warn()
    assert messages_to(email) == []


def test_a_member_is_told_once() -> None:
    _, email = member_since(ALMOST - A_MOMENT)
    warn()
    warn(NOW + timedelta(days=1))
    assert len(messages_to(email)) == 1


@pytest.fixture
def server(settings: Config) -> Iterator[MailServer]:
    with mail_server() as made:
        config.use_config(replace(settings, mail=made.url))
        yield made
        config.use_config(settings)


@pytest.mark.parametrize("answer", ["450 4.2.0 greylisted", "421 busy"])
def test_whom_nothing_reached_is_told_by_a_later_run(server: MailServer, answer: str) -> None:
    member, email = member_since(ALMOST - A_MOMENT)
    server.of[email] = answer
    warn()
    assert activity(member).warned_at is None
    del server.of[email]
    warn()
    assert (activity(member).warned_at, len(server.to(email))) == (NOW, 1)


def test_whom_nothing_will_ever_reach_is_not_tried_again(server: MailServer) -> None:
    member, email = member_since(ALMOST - A_MOMENT)
    server.of[email] = "550 5.1.1 no such user"
    warn()
    assert activity(member).warned_at == NOW


def test_whom_nothing_reached_within_a_month_counts_as_told(server: MailServer) -> None:
    member, _ = member_since(LONG_AGO)
    server.said["greeting"] = "421 busy"
    warn()
    assert activity(member).warned_at == NOW


def test_a_member_is_told_in_their_language() -> None:
    _, email = member_since(ALMOST - A_MOMENT, language="en")
    warn()
    assert "We will erase it" in messages_to(email)[0]["text"]


def test_the_wallet_of_who_does_nothing_ends_a_month_after_the_warning() -> None:
    member, _ = member_since(ALMOST - A_MOMENT)
    warn()
    erase(NOW + WARNED_BEFORE)
    found = erasure(member)
    assert found is not None
    assert found.cause == Cause.INACTIVITY


def test_it_does_not_end_before() -> None:
    member, _ = member_since(ALMOST - A_MOMENT)
    warn()
    erase(NOW + WARNED_BEFORE - timedelta(days=1))
    assert erasure(member) is None


def test_nobody_is_erased_who_was_not_told() -> None:
    member, _ = member_since(LONG_AGO)
    note_acts()
    erase(NOW)
    assert erasure(member) is None


def test_one_act_after_the_warning_keeps_the_wallet() -> None:
    member, _ = member_since(ALMOST - A_MOMENT)
    warn()
    give(member, make_brand(), now=NOW + timedelta(days=3))
    note_acts()
    erase(NOW + WARNED_BEFORE)
    assert erasure(member) is None
    assert activity(member).warned_at is None


def test_the_ledger_of_somebody_who_is_gone_calls_nobody_back() -> None:
    member = make_member()
    give(member, make_brand(), now=NOW)
    with db.system_transaction():
        db.session().delete(db.get(Member, member.id))
    note_acts()
    with db.system_transaction():
        mine = select(MemberActivity).where(MemberActivity.member_id == member.id)
        assert db.first(mine) is None
