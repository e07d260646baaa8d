"""What a request does by itself: restriction and objection in its transaction, the erasure of a wallet right after."""

import uuid

import pytest

from app import clock
from app.accounts.models import Brand, Member
from app.rights import jobs
from app.rights.models import RequestKind, RightsRequest
from app.sql import db
from tests.consent.factories import body as yes
from tests.factories import make_brand, member_token
from tests.messages.factories import make_sink, notices
from tests.rights.factories import as_it_is, ask
from tests.speaking import Speaker

CELL = "/v1/permissions/{}/email/personalised_offers"


@pytest.fixture
def phone(anyone: Speaker, member: Member) -> Speaker:
    return anyone.with_token(member_token(member))


@pytest.fixture
def allowed(phone: Speaker, brand: Brand) -> str:
    """A cell to which the member said yes: its address."""
    cell = CELL.format(brand.code)
    answer = phone.put(cell, yes(evidence=yes()["evidence"] | {"os_permission": None}))
    assert answer.status_code == 200, answer.get_json()
    return cell


def effective(phone: Speaker, brand: Brand) -> tuple[bool, str]:
    """Whether e-mail may be sent now, and why."""
    cells = phone.get(f"/v1/permissions?brand={brand.code}").get_json()["cells"]
    (cell,) = [c for c in cells if (c["touchpoint"], c["purpose"]) == ("email", "personalised_offers")]
    return cell["effective"], cell["reason"]


def request(phone: Speaker, kind: str, brand: Brand | None = None) -> str:
    answer = phone.post("/v1/rights-requests", {"kind": kind, "brand": brand and brand.code})
    assert answer.status_code == 201
    return str(answer.get_json()["state"])


def test_a_restriction_keeps_everything_and_uses_nothing(phone: Speaker, brand: Brand, allowed: str) -> None:
    assert request(phone, "restriction") == "answered"
    assert effective(phone, brand)[0] is False
    phone.delete("/v1/me/restriction")
    assert effective(phone, brand) == (True, "allowed")


def test_a_restricted_member_can_still_read_everything(phone: Speaker) -> None:
    request(phone, "restriction")
    assert phone.get("/v1/me/export").status_code == 200


def test_an_objection_ends_marketing_for_good(phone: Speaker, brand: Brand, allowed: str) -> None:
    assert request(phone, "objection") == "answered"
    assert effective(phone, brand)[0] is False
    assert phone.delete("/v1/me/objection").get_json() == {"lifted": 1}
    assert effective(phone, brand)[0] is False


def test_an_objection_may_be_to_one_brand(phone: Speaker, brand: Brand, allowed: str) -> None:
    request(phone, "objection", make_brand())
    assert effective(phone, brand)[0] is True
    assert phone.delete(f"/v1/me/objection?brand={brand.code}").get_json() == {"lifted": 0}


@pytest.mark.parametrize("kind", ["restriction", "objection"])
def test_those_who_were_given_data_hear_of_it(phone: Speaker, member: Member, brand: Brand, kind: str) -> None:
    sink = make_sink(brand)
    request(phone, kind)
    assert kind in {notice.kind for notice in notices(member) if notice.sink_id == sink.id}


def test_an_erasure_begins_at_once_and_closes_its_request_when_it_is_complete(phone: Speaker, member: Member) -> None:
    made = phone.post("/v1/rights-requests", {"kind": "erasure"}).get_json()
    assert made["state"] == "in_progress"
    assert phone.get("/v1/me").status_code == 401
    jobs.finish_erasures(now=clock.now())
    assert state_of(member, made["id"]) == "answered"


def test_what_one_brand_should_forget_is_judged_there(phone: Speaker, brand: Brand) -> None:
    assert request(phone, "erasure", brand) == "received"
    assert phone.get("/v1/me").status_code == 200


def state_of(member: Member, request_id: str) -> str:
    """Where a request of somebody who cannot sign in any more stands."""
    with db.system_transaction():
        found = db.get(RightsRequest, (member.id, uuid.UUID(request_id)))
    assert found is not None
    return found.state


def test_the_kinds_that_are_done_at_once_are_answered_when_asked(member: Member) -> None:
    for kind in (RequestKind.ACCESS, RequestKind.PORTABILITY, RequestKind.RESTRICTION, RequestKind.OBJECTION):
        asked = as_it_is(ask(member, kind))
        assert (asked.state, asked.closed_at) == ("answered", asked.received_at)
