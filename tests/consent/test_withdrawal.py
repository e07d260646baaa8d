"""A no: one call without conditions, that ends every yes inside it and is remembered."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from app.consent.decision import verdicts
from app.consent.ledger.withdrawal import withdraw_everything
from app.sql import db
from tests.consent.factories import CELL, body, cell_address, give, in_area, in_store, ledger, say_no, states
from tests.factories import NOON, make_area, make_brand, make_store


def allowed(member, brand, **where):
    with db.system_transaction():
        return verdicts.decide_permission(member_id=member.id, brand_id=brand.id, now=NOON, **CELL, **where).allowed


def test_a_withdrawal_is_one_call_without_body_or_key(speaker, member, brand):
    give(member, brand)
    answer = speaker.client.delete(cell_address(brand), headers={"Authorization": f"Bearer {speaker.token}"})
    assert (answer.status_code, answer.json["state"], answer.json["effective"]) == (200, "withdrawn", False)


def test_a_withdrawal_without_a_yes_is_remembered_as_a_no(speaker, brand):
    answer = speaker.delete(cell_address(brand))
    assert (answer.status_code, answer.json["state"]) == (200, "refused")


@pytest.fixture
def asked_no_more(settings):
    """Ends the asking for the purpose of these tests, until the test is over."""
    owner = create_engine(settings.owner_database_url, isolation_level="AUTOCOMMIT")
    change = text("UPDATE purpose SET enabled = :enabled WHERE code = :code")

    def ask(enabled):
        with owner.connect() as connection:
            connection.execute(change, {"enabled": enabled, "code": CELL["purpose"]})

    yield lambda: ask(enabled=False)
    ask(enabled=True)
    owner.dispose()


def test_what_was_allowed_can_be_withdrawn_when_it_is_asked_no_more(speaker, member, brand, asked_no_more):
    give(member, brand)
    asked_no_more()
    assert speaker.delete(cell_address(brand)).json["state"] == "withdrawn"


def test_withdrawing_twice_is_withdrawing_once(speaker, member, brand):
    give(member, brand)
    first, second = speaker.delete(cell_address(brand)), speaker.delete(cell_address(brand))
    assert (second.status_code, second.json) == (200, first.json)


def test_withdrawing_twice_adds_nothing_to_the_ledger(member, brand):
    give(member, brand)
    say_no(member, brand)
    say_no(member, brand)
    assert states(member) == ["given", "withdrawn"]


def test_level_none_is_a_no_in_one_call(speaker, brand):
    assert speaker.put(cell_address(brand), {"level": "none"}).json["state"] == "refused"


def test_an_ended_yes_that_is_withdrawn_is_withdrawn(member, brand):
    give(member, brand)
    assert say_no(member, brand, now=NOON + timedelta(days=400)).state == "withdrawn"


def test_a_no_to_the_brand_ends_the_yes_of_its_stores(member, brand):
    store = make_store(brand)
    give(member, brand, scope=in_store(store))
    say_no(member, brand)
    assert not allowed(member, brand, store_id=store.id)


def test_a_no_to_an_area_ends_the_yes_of_its_stores(member, brand):
    store = make_store(brand)
    area = make_area(brand, store)
    give(member, brand, scope=in_store(store))
    say_no(member, brand, scope=in_area(area))
    assert not allowed(member, brand, store_id=store.id, area_ids=(area.id,))


def test_a_no_to_an_area_leaves_other_stores(member, brand):
    store = make_store(brand)
    give(member, brand, scope=in_store(store))
    say_no(member, brand, scope=in_area(make_area(brand)))
    assert allowed(member, brand, store_id=store.id)


def test_a_no_to_a_store_leaves_the_brand(member, brand):
    give(member, brand)
    say_no(member, brand, scope=in_store(make_store(brand)))
    assert allowed(member, brand)


def test_a_store_is_withdrawn_by_its_scope(speaker, member, brand):
    store = make_store(brand)
    give(member, brand, scope=in_store(store))
    answer = speaker.delete(f"{cell_address(brand)}?scope_kind=store&scope_id={store.id}").json
    assert (answer["scope"], answer["state"]) == ({"kind": "store", "id": str(store.id)}, "withdrawn")


def test_a_later_yes_for_a_store_opens_it_again(member, brand):
    store = make_store(brand)
    say_no(member, brand)
    give(member, brand, scope=in_store(store))
    assert allowed(member, brand, store_id=store.id)


def test_a_no_with_a_foreign_store_is_refused(speaker, brand):
    store = make_store(make_brand())
    answer = speaker.delete(f"{cell_address(brand)}?scope_kind=store&scope_id={store.id}")
    assert (answer.status_code, answer.json["code"]) == (422, "scope_foreign")


def test_everything_is_withdrawn_by_one_call_without_a_body(speaker, member, brand):
    give(member, brand)
    give(member, make_brand())
    answer = speaker.client.post("/v1/permissions/withdrawals", headers={"Authorization": f"Bearer {speaker.token}"})
    assert (answer.status_code, answer.json["withdrawn"]) == (200, 2)


def test_everything_of_one_brand_leaves_the_others(speaker, member, brand):
    other = make_brand()
    give(member, brand)
    give(member, other)
    speaker.post("/v1/permissions/withdrawals", {"brand": brand.code})
    assert (allowed(member, brand), allowed(member, other)) == (False, True)


def test_withdrawing_nothing_is_no_error(speaker):
    answer = speaker.post("/v1/permissions/withdrawals", {})
    assert (answer.status_code, answer.json) == (200, {"withdrawn": 0, "cells": []})


def test_withdrawing_everything_twice_adds_nothing(member, brand):
    give(member, brand)
    for _ in range(2):
        with db.system_transaction():
            withdraw_everything(member_id=member.id, now=NOON)
    assert len(ledger(member)) == 2


def test_an_unknown_brand_has_nothing_to_withdraw(speaker):
    answer = speaker.post("/v1/permissions/withdrawals", {"brand": "nobody"})
    assert (answer.status_code, answer.json["code"]) == (404, "brand_unknown")


def test_a_yes_costs_no_less_calls_than_a_no(speaker, brand):
    yes, no = speaker.put(cell_address(brand), body()), speaker.delete(cell_address(brand))
    assert (yes.status_code, no.status_code) == (200, 200)
