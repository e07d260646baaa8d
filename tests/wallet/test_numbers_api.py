"""A card that is lost, and what else stands for a card, as apps and tills meet it."""

import pytest

from tests.factories import (
    console_token,
    make_brand,
    make_console_user,
    make_member,
    make_store,
    make_terminal,
    member_token,
)
from tests.wallet.factories import link, make_card
from wallet.cards.models import NumberKind


@pytest.fixture
def card(member, brand):
    return make_card(member, brand)


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


@pytest.fixture
def till(anyone, brand):
    return anyone.with_token(make_terminal(make_store(brand))[1])


def scan(till, code, **given):
    return till.post("/v1/scans", {"code": code} | given)


def test_a_lost_card_goes_on_under_a_new_code(phone, till, card):
    answer = phone.post(f"/v1/cards/{card.id}/replacement")
    assert (answer.status_code, answer.json["id"], answer.headers["ETag"]) == (201, str(card.id), '"2"')
    assert scan(till, answer.json["code"]).json["card_id"] == str(card.id)


def test_the_till_is_told_why_the_old_card_is_refused(phone, till, card):
    phone.post(f"/v1/cards/{card.id}/replacement")
    answer = scan(till, card.code)
    assert (answer.status_code, answer.json["code"]) == (409, "card_lost")
    assert answer.json["title"].startswith("This card was reported lost and replaced")


def test_another_brand_is_told_nothing_about_a_lost_card(phone, anyone, card):
    phone.post(f"/v1/cards/{card.id}/replacement")
    other = anyone.with_token(make_terminal(make_store(make_brand()))[1])
    assert scan(other, card.code).json["code"] == "pass_unknown"


def test_a_loss_sent_twice_is_one_loss(phone, card):
    first, second = (phone.post(f"/v1/cards/{card.id}/replacement", key="lost") for _ in range(2))
    assert first.data == second.data


def test_an_admin_replaces_the_card_of_whoever_calls(anyone, till, brand, card):
    desk = anyone.with_token(console_token(make_console_user(brand, "admin")))
    answer = desk.post(f"/v1/console/cards/{card.id}/replacement")
    assert scan(till, answer.json["code"]).json["card_id"] == str(card.id)


def test_the_member_reads_that_an_admin_saw_their_card(anyone, phone, brand, card):
    desk = anyone.with_token(console_token(make_console_user(brand, "admin")))
    desk.post(f"/v1/console/cards/{card.id}/replacement")
    assert [read["role"] for read in phone.get("/v1/me/reads").json["items"]] == ["admin"]


@pytest.mark.parametrize("kind", ["brand_number", "nfc", "transit"])
def test_what_a_till_links_it_can_scan(till, card, kind):
    shown = scan(till, card.code).json
    linked = till.post(f"/v1/scans/{shown['id']}/card-numbers", {"kind": kind, "number": "04A22F1B"})
    assert linked.status_code == 201
    again = scan(till, "04a22f1b", kind=kind).json
    assert (again["card_id"], again["code"], again["kind"]) == (str(card.id), card.code, "card")


def test_an_old_number_that_staff_type_needs_no_kind(till, card):
    link(card, "0042")
    assert scan(till, "0042").json["card_id"] == str(card.id)


def test_what_is_neither_a_code_nor_a_number_is_mistyped(till, card):
    assert scan(till, "0043").json["code"] == "code_mistyped"


def test_an_unknown_number_is_an_unknown_pass(till):
    answer = scan(till, "0042", kind="transit")
    assert (answer.status_code, answer.json["code"]) == (404, "pass_unknown")


def test_a_number_finds_the_card_after_it_was_replaced(phone, till, card):
    link(card, "0042")
    new = phone.post(f"/v1/cards/{card.id}/replacement").json["code"]
    assert scan(till, "0042").json["code"] == new


def test_a_tag_of_somebody_else_is_refused(till, card, brand):
    link(make_card(make_member(), brand), "04A22F1B", kind=NumberKind.NFC)
    shown = scan(till, card.code).json
    answer = till.post(f"/v1/scans/{shown['id']}/card-numbers", {"kind": "nfc", "number": "04A22F1B"})
    assert (answer.status_code, answer.json["code"]) == (409, "number_taken")


def test_a_member_sees_what_stands_for_their_card(phone, card):
    link(card, "0042")
    link(card, "04A22F1B", kind=NumberKind.NFC)
    numbers = phone.get(f"/v1/cards/{card.id}/numbers").json["items"]
    assert [(number["kind"], number["number"]) for number in numbers] == [("brand_number", "0042"), ("nfc", None)]


def test_a_member_unlinks_a_tag(phone, till, card):
    number = link(card, "04A22F1B", kind=NumberKind.NFC)
    assert phone.delete(f"/v1/cards/{card.id}/numbers/{number.id}").status_code == 204
    assert scan(till, "04A22F1B", kind="nfc").json["code"] == "pass_unknown"


def test_numbers_are_in_the_export(phone, card):
    link(card, "0042")
    said = phone.get("/v1/me/export").json
    assert [held["rows"][0]["value"] for held in said["data"] if held["table"] == "card_number"] == ["0042"]
