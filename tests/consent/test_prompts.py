"""After a no the same question is not put again for six months, unless the member starts it."""

from datetime import timedelta

import pytest

from app import clock
from app.consent.errors import AskedTooSoon, RecipientUnnamed
from app.consent.ledger import prompts
from app.consent.ledger.prompts import REMEMBERED
from app.sql import db
from tests.consent.factories import (
    CELL,
    body,
    cell_address,
    evidence,
    give,
    in_area,
    in_store,
    ledger,
    make_recipient,
    say_no,
    states,
)
from tests.factories import NOON, make_area, make_store, member_token


def ask(member, brand, now=NOON, **given):
    with db.system_transaction():
        return prompts.prompt_member(**{**CELL, "member_id": member.id, "brand_id": brand.id, "now": now, **given})


def test_a_question_is_recorded(member, brand):
    assert ask(member, brand).state == "requested"
    assert [event.actor for event in ledger(member)] == ["controller"]


def test_a_question_permits_nothing(member, brand):
    assert not ask(member, brand).permits(NOON)


def test_a_question_that_is_open_is_not_recorded_again(member, brand):
    ask(member, brand)
    ask(member, brand)
    assert states(member) == ["requested"]


def test_a_yes_that_stands_is_not_asked_for(member, brand):
    give(member, brand)
    assert ask(member, brand).state == "given"
    assert states(member) == ["given"]


@pytest.mark.parametrize("before", ["withdrawn", "refused"])
def test_after_a_no_it_is_too_soon_for_six_months(member, brand, before):
    if before == "withdrawn":
        give(member, brand)
    say_no(member, brand)
    with pytest.raises(AskedTooSoon) as refused:
        ask(member, brand, now=NOON + REMEMBERED - timedelta(seconds=1))
    assert refused.value.facts["ask_again_at"].at >= NOON + REMEMBERED
    assert states(member)[-1] == before


def test_six_months_later_it_may_be_asked(member, brand):
    say_no(member, brand)
    assert ask(member, brand, now=NOON + REMEMBERED + timedelta(seconds=1)).state == "requested"


def test_the_member_may_change_their_mind_at_any_time(member, brand):
    say_no(member, brand)
    later = NOON + timedelta(days=1)
    assert give(member, brand, now=later, evidence=evidence(now=later)).state == "given"


def test_a_no_to_the_brand_holds_in_its_stores(member, brand):
    say_no(member, brand)
    with pytest.raises(AskedTooSoon):
        ask(member, brand, scope=in_store(make_store(brand)))


def test_a_no_to_an_area_holds_in_its_stores(member, brand):
    store = make_store(brand)
    say_no(member, brand, scope=in_area(make_area(brand, store)))
    with pytest.raises(AskedTooSoon):
        ask(member, brand, scope=in_store(store))


def test_a_no_to_one_store_leaves_another_to_be_asked(member, brand):
    say_no(member, brand, scope=in_store(make_store(brand)))
    assert ask(member, brand, scope=in_store(make_store(brand))).state == "requested"


def test_a_no_to_one_purpose_leaves_another_to_be_asked(member, brand):
    say_no(member, brand)
    assert ask(member, brand, purpose="in_store_offers").state == "requested"


def test_a_question_about_a_recipient_names_it(member, brand):
    with pytest.raises(RecipientUnnamed):
        ask(member, brand, touchpoint="email", purpose="partner_offers")


def test_a_no_to_all_recipients_is_a_no_to_each(member, brand):
    make_recipient(brand)
    partners = {"touchpoint": "email", "purpose": "partner_offers"}
    say_no(member, brand, **partners)
    with pytest.raises(AskedTooSoon):
        ask(member, brand, **partners, recipient="acme")


def test_over_the_api_it_says_from_when(anyone, member, brand):
    phone = anyone.with_token(member_token(member))
    phone.delete(cell_address(brand))
    answer = phone.post(f"{cell_address(brand)}/prompts", {})
    (cell,) = [
        c
        for c in phone.get(f"/v1/permissions?brand={brand.code}").json["cells"]
        if (c["touchpoint"], c["purpose"]) == ("geofence", "personalised_offers")
    ]
    assert (answer.status_code, answer.json["code"]) == (409, "asked_too_soon")
    assert answer.json["facts"]["ask_again_at"] == cell["ask_again_at"]
    assert cell["ask_again_at"] > (clock.now() + timedelta(days=180)).isoformat()


def test_and_the_answer_of_the_member_is_taken_all_the_same(anyone, member, brand):
    phone = anyone.with_token(member_token(member))
    phone.delete(cell_address(brand))
    assert phone.put(cell_address(brand), body()).json["effective"]
