"""Many noes at once leave what as many noes one after the other leave."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.accounts.models import Brand, Member
from app.consent import queries
from app.consent.ledger.withdrawal import say_no, withdraw_everything
from app.receipts.models import LeafSalt, Receipt
from app.rights.models import Remnant
from app.sql import db
from tests.consent.factories import NEWEST, give, in_store, ledger
from tests.factories import NOON, make_brand, make_store
from tests.messages.factories import allow, make_addressee, make_sink, notices, queue, standing
from tests.receipts.factories import record

LATER = NOON + timedelta(minutes=5)


def at_once(member: Member) -> None:
    with db.system_transaction():
        withdraw_everything(member_id=member.id, now=LATER)


def one_by_one(member: Member) -> None:
    with db.system_transaction():
        for cell in db.all_of(queries.cells_without_answer_no(member_id=member.id, brand_id=None)):
            say_no(cell, now=LATER)


@pytest.fixture
def brand() -> Brand:
    found = make_brand()
    make_sink(found)
    return found


def member_of(brand: Brand) -> Member:
    """Somebody who allows two things."""
    member = make_addressee()
    allow(member, brand)
    give(member, brand, now=NOON)
    return member


def left(member: Member) -> dict[str, Any]:
    """What an act left, without the ids that are its own."""
    events = [event for event in ledger(member) if event.state == "withdrawn"]
    with db.system_transaction():
        remnants = db.all_of(select(Remnant).where(Remnant.member_id == member.id).order_by(Remnant.purpose))
        cells = db.all_of(queries.projection_of(member.id))
        salts = {salt.event_id for salt in db.all_of(select(LeafSalt).where(LeafSalt.member_id == member.id))}
        receipts = db.all_of(select(Receipt).where(Receipt.member_id == member.id))
    return {
        "events": sorted((one.touchpoint, one.purpose, one.actor, str(one.recorded_at)) for one in events),
        "chained": all(one.previous_event_id is not None for one in events),
        "cells": sorted((one.touchpoint, one.state, one.level, one.version, str(one.changed_at)) for one in cells),
        "receipts": (len(receipts), {one.event_id for one in receipts} == salts),
        "remnants": [(one.purpose, one.since) for one in remnants],
        "notices": sorted((one.touchpoint or "", one.purpose or "", one.kind) for one in notices(member)),
    }


def test_it_leaves_the_same(brand: Brand) -> None:
    acts: list[Callable[[Member], None]] = [at_once, one_by_one]
    found = []
    for act in acts:
        act(member := member_of(brand))
        found.append(left(member))
    assert found[0] == found[1]
    assert len(found[0]["events"]) == 2


def test_a_receipt_tells_what_was_allowed_before(brand: Brand) -> None:
    member = member_of(brand)
    given = [record(member, number)["processing"]["level"] for number in (0, 1)]
    at_once(member)
    assert [record(member, number)["processing"]["level"] for number in (2, 3)] == given
    assert [record(member, number)["event"]["event_state"] for number in (2, 3)] == ["withdrawn"] * 2


def test_what_waits_is_cancelled(brand: Brand) -> None:
    message = queue(member := member_of(brand), brand)
    at_once(member)
    assert standing(message) == ("cancelled", "withdrawn")


def test_a_receipt_without_one_before_shows_the_newest_words(brand: Brand) -> None:
    """As it is for what was given before there were receipts."""
    for act in (at_once, one_by_one):
        member = member_of(brand)
        forget_receipts(member)
        act(member)
        assert record(member)["processing"]["privacy_notice"]["version"] == str(NEWEST)


def forget_receipts(member: Member) -> None:
    with db.system_transaction():
        for model in (Receipt, LeafSalt):
            for row in db.all_of(select(model).where(model.member_id == member.id)):
                db.session().delete(row)


def test_a_no_to_one_store_among_many_is_one_of_them(brand: Brand) -> None:
    member = member_of(brand)
    give(member, brand, scope=in_store(make_store(brand)), now=NOON)
    at_once(member)
    assert [event.state for event in ledger(member)].count("withdrawn") == 3
