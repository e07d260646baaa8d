"""A question that was put is not put again at once; after a no not for six months, unless the member starts it."""

from datetime import timedelta

import pytest

from app import clock
from app.consent.errors import AskedTooSoon, RecipientUnnamed
from app.consent.ledger import prompts
from app.consent.ledger.prompts import CLOSED, LEFT_OPEN, REMEMBERED
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
    make_reachable_member,
    make_recipient,
    say_no,
    states,
)
from tests.factories import NOON, make_area, make_store, member_token
from tests.racing import at_once


def ask(member, brand, now=NOON, **given):
    with db.system_transaction():
        return prompts.prompt_member(**{**CELL, "member_id": member.id, "brand_id": brand.id, "now": now, **given})


def dismiss(member, brand, now=NOON, **given):
    with db.system_transaction():
        return prompts.dismiss_prompt(**{**CELL, "member_id": member.id, "brand_id": brand.id, "now": now, **given})


def test_a_question_is_recorded(member, brand):
    assert ask(member, brand).state == "requested"
    assert [event.actor for event in ledger(member)] == ["controller"]


def test_a_question_permits_nothing(member, brand):
    assert not ask(member, brand).permits(NOON)


def test_a_question_that_was_just_put_is_not_put_again(member, brand):
    ask(member, brand)
    for later in (timedelta(), timedelta(seconds=1), LEFT_OPEN - timedelta(seconds=1)):
        with pytest.raises(AskedTooSoon):
            ask(member, brand, now=NOON + later)
    assert states(member) == ["requested"]


def test_a_day_later_it_may_be_put_again_and_counts_again(member, brand):
    ask(member, brand)
    tomorrow = NOON + LEFT_OPEN + timedelta(seconds=1)
    assert ask(member, brand, now=tomorrow).state == "requested"
    with pytest.raises(AskedTooSoon):
        ask(member, brand, now=tomorrow + timedelta(seconds=1))
    assert states(member) == ["requested", "requested"]


def test_a_question_of_the_brand_holds_in_its_stores(member, brand):
    ask(member, brand)
    with pytest.raises(AskedTooSoon):
        ask(member, brand, scope=in_store(make_store(brand)))


@pytest.mark.slow
def test_of_phones_that_ask_at_once_one_may(app, member, brand):
    def try_to_ask(_):
        try:
            with db.transaction():
                db.become(member_id=member.id)
                prompts.prompt_member(**CELL, member_id=member.id, brand_id=brand.id, now=NOON)
        except AskedTooSoon as refusal:
            return refusal.code()
        return "put"

    assert sorted(at_once(4, try_to_ask)) == ["asked_too_soon"] * 3 + ["put"]
    assert states(member) == ["requested"]


def test_a_question_that_was_closed_is_recorded_and_permits_nothing(member, brand):
    ask(member, brand)
    assert not dismiss(member, brand).permits(NOON)
    assert [(event.state, event.actor) for event in ledger(member)] == [
        ("requested", "controller"),
        ("deferred", "data_subject"),
    ]


def test_it_rests_for_a_month(member, brand):
    ask(member, brand)
    dismiss(member, brand)
    with pytest.raises(AskedTooSoon):
        ask(member, brand, now=NOON + CLOSED - timedelta(seconds=1))
    assert ask(member, brand, now=NOON + CLOSED + timedelta(seconds=1)).state == "requested"


def test_a_screen_that_was_never_announced_counts_when_it_is_closed(member, brand):
    assert dismiss(member, brand).state == "deferred"
    with pytest.raises(AskedTooSoon):
        ask(member, brand)


def test_closing_it_twice_is_closing_it_once(member, brand):
    dismiss(member, brand)
    dismiss(member, brand, now=NOON + timedelta(days=3))
    assert states(member) == ["deferred"]


def test_closing_a_question_takes_nothing_away(member, brand):
    give(member, brand)
    assert dismiss(member, brand).state == "given"
    say_no(member, brand)
    assert dismiss(member, brand).state == "withdrawn"
    assert states(member) == ["given", "withdrawn"]


def test_a_yes_that_waits_for_its_link_still_waits(brand):
    make_recipient(brand)
    member = make_reachable_member()
    partners = {"touchpoint": "email", "purpose": "partner_offers", "recipient": "acme"}
    give(member, brand, **partners)
    assert dismiss(member, brand, **partners).pending == "confirmation"
    assert ask(member, brand, **partners).pending == "confirmation"


def test_over_the_api_a_closed_question_says_from_when(anyone, member, brand):
    phone = anyone.with_token(member_token(member))
    assert phone.post(f"{cell_address(brand)}/prompts", {}).status_code == 201
    closed = phone.post(f"{cell_address(brand)}/dismissals", {})
    assert (closed.status_code, closed.json["state"], closed.json["effective"]) == (201, "deferred", False)
    again = phone.post(f"{cell_address(brand)}/prompts", {})
    assert (again.status_code, again.json["code"]) == (409, "asked_too_soon")
    assert again.json["facts"]["ask_again_at"] == closed.json["ask_again_at"]


def test_a_closed_question_has_a_receipt(anyone, member, brand):
    phone = anyone.with_token(member_token(member))
    phone.post(f"{cell_address(brand)}/dismissals", {})
    assert [one["state"] for one in phone.get("/v1/receipts").json["items"]] == ["deferred"]


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
