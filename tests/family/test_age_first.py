"""A brand may ask for the age before anything else: until it is said, nothing is permitted, and aloud."""

import pytest

from app import clock
from tests.consent.factories import body, cell_address, states
from tests.factories import make_brand, make_member, member_token
from tests.family.test_minors import in_years
from tests.merges.factories import merge


@pytest.fixture
def brand(app):
    return make_brand(requires_age=True)


@pytest.fixture
def member(app):
    return make_member()


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


def test_a_yes_before_the_age_is_refused_with_what_to_do(phone, member, brand):
    for answer in (phone.put(cell_address(brand), body()), phone.post(f"{cell_address(brand)}/prompts", {})):
        assert (answer.status_code, answer.json["code"]) == (422, "age_undeclared")
        assert "PUT /v1/me/age" in answer.json["remedy"]
    assert states(member) == []


def test_an_adult_who_said_so_answers(phone, brand):
    assert phone.put("/v1/me/age", {"country": "FR"}).json["declared_at"]
    assert phone.put(cell_address(brand), body()).json["effective"]


def test_a_minor_who_said_so_waits_for_a_parent(phone, brand):
    phone.put("/v1/me/age", {"country": "FR", "of_age_from": in_years(2)})
    assert phone.put(cell_address(brand), body()).json["reason"] == "pending_parent"


def test_a_no_needs_no_age(phone, brand):
    assert phone.delete(cell_address(brand)).json["state"] == "refused"


def test_another_brand_asks_for_no_age(phone):
    assert phone.put(cell_address(make_brand()), body()).json["effective"]


def test_who_said_yes_before_goes_down_and_withdraws(phone, member):
    brand = make_brand()
    phone.put(cell_address(brand), body())
    assert phone.put(cell_address(brand), {"level": "one_shot"}).status_code == 200
    assert phone.delete(cell_address(brand)).json["state"] == "withdrawn"


def test_an_age_that_was_said_holds_for_the_wallet_that_two_become(anyone, member, phone, brand):
    phone.put("/v1/me/age", {"country": "FR"})
    target = make_member()
    merge(member, target, now=clock.now())
    assert anyone.with_token(member_token(target)).put(cell_address(brand), body()).json["effective"]
