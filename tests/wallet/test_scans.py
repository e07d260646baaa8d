"""A terminal scans a pass, and learns no more than it needs."""

import uuid

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
from tests.wallet.factories import make_card, make_coupon_code, revoke
from wallet.passes.codes import new_code


@pytest.fixture
def store(brand):
    return make_store(brand)


@pytest.fixture
def till(anyone, store):
    return anyone.with_token(make_terminal(store)[1])


@pytest.fixture
def card(brand):
    return make_card(make_member(), brand)


def test_a_card_names_its_member(till, card):
    answer = till.post("/v1/scans", {"code": card.code})
    assert (answer.status_code, answer.json["kind"], answer.json["display_name"], answer.json["card_id"]) == (
        201,
        "card",
        "Zoé",
        str(card.id),
    )


def test_a_scan_tells_nothing_of_the_person_but_what_the_brand_gave_them(till, card):
    answer = till.post("/v1/scans", {"code": card.code})
    assert set(answer.json) == {
        "id",
        "kind",
        "code",
        "display_name",
        "card_id",
        "coupon_id",
        "coupons_url",
        "scanned_at",
        "standing",
        "member",
    }
    assert str(card.member_id) not in answer.text


def test_a_scan_says_where_the_coupons_are(till, card):
    answer = till.post("/v1/scans", {"code": card.code}).json
    assert answer["coupons_url"] == f"/v1/scans/{answer['id']}/coupons"


def test_a_coupon_names_the_same_member(till, brand):
    member, coupon_id = make_member(), uuid.uuid4()
    card = make_card(member, brand)
    answer = till.post("/v1/scans", {"code": make_coupon_code(member, brand, target_id=coupon_id)}).json
    assert (answer["kind"], answer["coupon_id"], answer["card_id"], answer["display_name"]) == (
        "coupon",
        str(coupon_id),
        str(card.id),
        "Zoé",
    )


def test_a_coupon_of_a_member_without_a_card_has_no_name(till, brand):
    answer = till.post("/v1/scans", {"code": make_coupon_code(make_member(), brand)})
    assert (answer.status_code, answer.json["display_name"], answer.json["card_id"]) == (201, None, None)


def test_a_code_may_be_typed_as_people_type(till, card):
    assert till.post("/v1/scans", {"code": card.code.lower().replace("-", " ")}).json["code"] == card.code


def test_a_mistyped_code_says_where(till, card):
    wrong = card.code[:5] + ("3" if card.code[5] != "3" else "4") + card.code[6:]
    answer = till.post("/v1/scans", {"code": wrong})
    assert (answer.status_code, answer.json["code"], answer.json["facts"]) == (422, "code_mistyped", {"group": 2})


def refusal(till, code):
    answer = till.post("/v1/scans", {"code": code})
    return answer.status_code, {name: value for name, value in answer.json.items() if name != "instance"}


def test_unknown_foreign_revoked_and_closed_codes_have_one_answer(till, brand):
    other = make_brand()
    revoked = make_coupon_code(make_member(), brand)
    revoke(revoked, brand)
    closed = make_card(make_member(), brand, status="closed")
    codes = [new_code(), make_card(make_member(), other).code, revoked, closed.code]
    answers = [refusal(till, code) for code in codes]
    assert [(status, body["code"]) for status, body in answers] == [(404, "pass_unknown")] * 4
    assert all(answer == answers[0] for answer in answers)


def test_a_blocked_card_is_refused_with_its_reason(till, brand):
    card = make_card(make_member(), brand, status="blocked")
    assert refusal(till, card.code)[1]["code"] == "card_blocked"


def test_a_coupon_of_a_blocked_card_is_refused(till, brand):
    member = make_member()
    make_card(member, brand, status="blocked")
    assert refusal(till, make_coupon_code(member, brand))[0] == 409


def test_a_scan_sent_twice_is_one_scan(till, card):
    first, second = (till.post("/v1/scans", {"code": card.code}, key="the-same") for _ in range(2))
    assert first.data == second.data


def test_a_till_that_lost_the_answer_reads_the_scan(till, card):
    scan = till.post("/v1/scans", {"code": card.code}).json
    assert till.get(f"/v1/scans/{scan['id']}").json == scan


def test_another_till_of_the_store_reads_the_scan(till, anyone, store, card):
    scan = till.post("/v1/scans", {"code": card.code}).json
    assert anyone.with_token(make_terminal(store)[1]).get(f"/v1/scans/{scan['id']}").json == scan


SENT = {
    "card-numbers": {"kind": "nfc", "number": "04A22F1B"},
    "coupon-codes": {"code": "XXXX-XXXX-XXXX"},
    "coupons": {"offer_id": "01234567-89ab-7def-8123-456789abcdef"},
}


def test_every_door_of_another_store_knows_no_such_scan(app, till, anyone, brand, card):
    scan = till.post("/v1/scans", {"code": card.code}).json
    elsewhere = anyone.with_token(make_terminal(make_store(brand))[1])
    doors = [rule for rule in app.url_map.iter_rules() if "scan_id" in rule.arguments]
    assert len(doors) >= 4
    for rule in doors:
        method = "GET" if "GET" in rule.methods else "POST"
        path = rule.rule.replace("<uuid:scan_id>", scan["id"])
        answer = elsewhere.send(method, path, json=SENT.get(path.rpartition("/")[2]))
        assert (rule.rule, answer.status_code, answer.json["code"]) == (rule.rule, 404, "scan_unknown")


def test_a_scan_of_another_brand_is_not_there(till, anyone, card):
    scan = till.post("/v1/scans", {"code": card.code}).json
    other = anyone.with_token(make_terminal(make_store(make_brand()))[1])
    answer = other.get(f"/v1/scans/{scan['id']}")
    assert (answer.status_code, answer.json["code"]) == (404, "scan_unknown")


@pytest.mark.parametrize("code", ["", "a\0b", "\ud800", "x" * 201, 7, None])
def test_what_cannot_be_a_code_is_malformed(till, code):
    answer = till.post("/v1/scans", {"code": code})
    assert (answer.status_code, answer.json["code"]) == (422, "malformed")


CALLS = [("POST", "/v1/scans", {"code": "x"}), ("GET", "/v1/scans/01234567-89ab-7def-8123-456789abcdef", None)]


@pytest.mark.parametrize(("method", "path", "sent"), CALLS)
def test_a_stranger_scans_nothing(anyone, method, path, sent):
    assert anyone.send(method, path, json=sent).status_code == 401


@pytest.mark.parametrize(("method", "path", "sent"), CALLS)
@pytest.mark.parametrize("role", ["member", "merchandiser"])
def test_nobody_but_a_terminal_scans(anyone, brand, method, path, sent, role):
    token = member_token(make_member()) if role == "member" else console_token(make_console_user(brand, role))
    assert anyone.with_token(token).send(method, path, json=sent).status_code == 403
