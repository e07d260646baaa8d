"""A member sees what was sent, what waits and what was stopped; rights that stop everything stop what waits."""

from uuid import UUID

import pytest

from tests.factories import NOON, member_token
from tests.messages.factories import Post, allow, deliver, forbid, make_addressee, queue, standing


@pytest.fixture
def member(app):
    return make_addressee()


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


def items(phone):
    return phone.get("/v1/messages").get_json()["items"]


def test_my_messages_say_what_became_of_them(phone, member, brand):
    allow(member, brand)
    sent, stopped = queue(member, brand), queue(member, brand)
    deliver(sent, Post())
    forbid(member, brand)
    assert {(UUID(x["id"]), x["status"], x["reason"]) for x in items(phone)} == {
        (sent.id, "sent", None),
        (stopped.id, "cancelled", "withdrawn"),
    }


def test_a_sent_message_names_the_event_of_my_ledger_that_allowed_it(phone, member, brand):
    allow(member, brand)
    deliver(queue(member, brand), Post())
    ledger = phone.get("/v1/permissions/events").get_json()["items"]
    assert items(phone)[0]["permission_event_id"] == ledger[0]["id"]


def test_its_subject_is_in_my_language(phone, member, brand):
    allow(member, brand)
    queue(member, brand)
    assert items(phone)[0]["subject"] == "Three cheeses"


def test_a_member_sees_nobody_elses_messages(anyone, member, brand):
    allow(member, brand)
    queue(member, brand)
    assert items(anyone.with_token(member_token(make_addressee()))) == []


def test_withdrawing_everything_stops_what_waits(phone, member, brand):
    allow(member, brand)
    message = queue(member, brand)
    assert phone.post("/v1/permissions/withdrawals", json={}).status_code == 200
    assert standing(message) == ("cancelled", "withdrawn")


@pytest.mark.parametrize(("right", "reason"), [("objection", "withdrawn"), ("restriction", "restricted")])
def test_a_right_stops_what_waits(phone, member, brand, right, reason):
    allow(member, brand)
    message = queue(member, brand)
    assert phone.post("/v1/rights-requests", json={"kind": right}).status_code == 201
    assert standing(message) == ("cancelled", reason)


def test_a_restricted_member_gets_nothing_that_was_missed(phone, member, brand):
    allow(member, brand)
    message, post = queue(member, brand, due_at=NOON), Post()
    phone.post("/v1/rights-requests", json={"kind": "restriction"})
    deliver(message, post)
    assert post.taken == []
