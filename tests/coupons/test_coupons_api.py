"""Coupons over HTTP: the member's phone and the till."""

import uuid
from typing import Any

import pytest

from app.factory import Ici
from app.sql import db
from offers.coupons.models import Coupon
from tests.coupons.factories import Shop, redeem
from tests.factories import console_token, make_area, make_console_user, make_member, make_store, member_token
from tests.planning.factories import make_offer, pause, stores_and_areas
from tests.racing import at_once
from tests.speaking import Speaker

CODE = "0000-0000-0000-0000-0000"
OF_MEMBERS = [("POST", "/v1/offers/{id}/coupons"), ("GET", "/v1/coupons"), ("GET", "/v1/coupons/{code}")]
OF_TILLS = [
    ("GET", "/v1/scans/{id}/coupons"),
    ("POST", "/v1/coupons/{code}/redemptions"),
    ("POST", "/v1/redemptions/{id}/undoing"),
]
OPERATIONS = [*OF_MEMBERS, *OF_TILLS, ("GET", "/v1/redemptions/{id}")]


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone)


def claimed(shop: Shop, **options: Any) -> Any:
    answer = shop.phone.post(f"/v1/offers/{shop.offer.id}/coupons", **options)
    assert answer.status_code == 201, answer.json
    return answer


def redeemed(shop: Shop) -> Any:
    answer = shop.till.post(f"/v1/coupons/{claimed(shop).json['code']}/redemptions")
    assert answer.status_code == 201, answer.json
    return answer


def scanned(shop: Shop, code: str) -> str:
    answer = shop.till.post("/v1/scans", {"code": code})
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def at_till(shop: Shop, code: str) -> list[Any]:
    answer = shop.till.get(f"/v1/scans/{scanned(shop, code)}/coupons")
    assert answer.status_code == 200, answer.json
    return list(answer.json["items"])


def test_the_same_answer_again_is_in_the_same_language(shop: Shop) -> None:
    first = claimed(shop, key="one", headers={"Accept-Language": "fr"})
    again = claimed(shop, key="one", headers={"Accept-Language": "en"})
    assert again.data == first.data
    assert first.headers["Content-Language"] == again.headers["Content-Language"] == "fr"


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_stranger_is_asked_to_sign_in(anyone: Speaker, method: str, path: str) -> None:
    assert anyone.send(method, path.format(id=uuid.uuid4(), code=CODE)).status_code == 401


@pytest.mark.parametrize(("method", "path"), OF_MEMBERS)
def test_a_till_does_not_act_for_a_member(shop: Shop, method: str, path: str) -> None:
    assert shop.till.send(method, path.format(id=uuid.uuid4(), code=CODE)).status_code == 403


@pytest.mark.parametrize(("method", "path"), [*OF_TILLS, ("GET", "/v1/redemptions/{id}")])
def test_a_member_does_not_act_for_a_till(shop: Shop, method: str, path: str) -> None:
    assert shop.phone.send(method, path.format(id=uuid.uuid4(), code=CODE)).status_code == 403


def test_a_claimed_coupon_says_what_it_gives(shop: Shop) -> None:
    coupon = claimed(shop).json
    assert (coupon["status"], coupon["brand_id"]) == ("active", str(shop.brand.id))
    assert (coupon["offer"]["id"], coupon["offer"]["title"]) == (str(shop.offer.id), "Free coffee")


def test_a_coupon_speaks_the_readers_language(shop: Shop) -> None:
    shop.phone.language = "fr"
    assert claimed(shop).json["offer"]["title"] == "Café offert"


def test_an_unknown_offer_cannot_be_claimed(shop: Shop) -> None:
    answer = shop.phone.post(f"/v1/offers/{uuid.uuid4()}/coupons")
    assert (answer.status_code, answer.json["code"]) == (404, "offer_unknown")


def test_a_limit_reached_is_a_conflict(shop: Shop) -> None:
    claimed(shop)
    answer = shop.phone.post(f"/v1/offers/{shop.offer.id}/coupons")
    assert (answer.status_code, answer.json["code"]) == (409, "member_limit_reached")
    assert answer.json["facts"] == {"limit": 1}


def test_sold_out_for_today_says_when_there_is_more(shop: Shop) -> None:
    shop.offer = make_offer(shop.brand, daily_limit=1)
    other = shop.phone.with_token(member_token(make_member()))
    other.post(f"/v1/offers/{shop.offer.id}/coupons")
    answer = shop.phone.post(f"/v1/offers/{shop.offer.id}/coupons")
    assert answer.json["code"] == "offer_sold_out_today"
    assert answer.json["remedy"].startswith("There will be more on ")
    assert "T" in answer.json["facts"]["again_at"]


def test_a_claim_sent_again_is_one_coupon_and_the_same_answer(shop: Shop) -> None:
    first, again = claimed(shop, key="k1"), claimed(shop, key="k1")
    assert again.data == first.data
    assert again.headers["Idempotency-Replayed"] == "true"


@pytest.mark.usefixtures("crowd")
def test_a_claim_sent_16_times_at_once_has_one_effect_and_one_answer(app: Ici, shop: Shop) -> None:
    def send(_: int) -> Any:
        speaker = Speaker(app.test_client(), shop.phone.token)
        while True:  # as a client does that is told to try again
            answer = speaker.post(f"/v1/offers/{shop.offer.id}/coupons", key="k16")
            if answer.status_code != 409:
                return answer

    answers = at_once(16, send)
    assert {(answer.status_code, answer.data) for answer in answers} == {(201, answers[0].data)}
    assert len(shop.phone.get("/v1/coupons").json["items"]) == 1


def test_my_coupons_are_newest_first_and_nobody_elses(shop: Shop) -> None:
    other = shop.phone.with_token(member_token(make_member()))
    other.post(f"/v1/offers/{shop.offer.id}/coupons")
    first = claimed(shop).json["id"]
    shop.offer = make_offer(shop.brand)
    second = claimed(shop).json["id"]
    assert [coupon["id"] for coupon in shop.phone.get("/v1/coupons").json["items"]] == [second, first]


def test_my_coupons_come_in_pages(shop: Shop) -> None:
    made = {claimed(shop).json["id"]}
    shop.offer = make_offer(shop.brand)
    made.add(claimed(shop).json["id"])
    first = shop.phone.get("/v1/coupons?limit=1")
    second = shop.phone.get(first.json["next"])
    assert {first.json["items"][0]["id"], second.json["items"][0]["id"]} == made
    assert second.json["next"] is None


@pytest.mark.parametrize(("status", "found"), [("active", 0), ("redeemed", 1), ("expired", 0)])
def test_my_coupons_can_be_narrowed_to_a_status(shop: Shop, status: str, found: int) -> None:
    redeemed(shop)
    assert len(shop.phone.get(f"/v1/coupons?status={status}").json["items"]) == found


def test_a_coupon_whose_time_is_over_is_expired(shop: Shop) -> None:
    coupon = claimed(shop).json
    with db.system_transaction():
        known = db.get(Coupon, (shop.member.id, uuid.UUID(coupon["id"])))
        known.expires_at = known.claimed_at
    assert shop.phone.get(f"/v1/coupons/{coupon['code']}").json["status"] == "expired"
    assert len(shop.phone.get("/v1/coupons?status=expired").json["items"]) == 1


def test_a_code_is_read_as_people_type_it(shop: Shop) -> None:
    code = claimed(shop).json["code"]
    assert shop.phone.get(f"/v1/coupons/{code.lower().replace('-', ' ')}").json["code"] == code


def test_a_mistyped_code_says_so(shop: Shop) -> None:
    assert shop.phone.get("/v1/coupons/nonsense").json["code"] == "code_mistyped"


def test_another_members_coupon_does_not_exist(shop: Shop) -> None:
    code = claimed(shop).json["code"]
    answer = shop.phone.with_token(member_token(make_member())).get(f"/v1/coupons/{code}")
    assert (answer.status_code, answer.json["code"]) == (404, "coupon_unknown")


def test_a_redemption_says_what_to_give_and_until_when_it_can_be_undone(shop: Shop) -> None:
    redemption = redeemed(shop).json
    assert (redemption["store"], redemption["store_id"]) == ("Rivoli", str(shop.store.id))
    assert redemption["offer"]["title"] == "Free coffee"
    assert redemption["redeemed_at"] < redemption["undo_until"]


def test_a_redemption_takes_an_empty_object_too(shop: Shop) -> None:
    answer = shop.till.post(f"/v1/coupons/{claimed(shop).json['code']}/redemptions", {})
    assert answer.status_code == 201


def test_a_redemption_takes_nothing_else(shop: Shop) -> None:
    answer = shop.till.post(f"/v1/coupons/{claimed(shop).json['code']}/redemptions", {"force": True})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/force")


def test_a_second_redemption_is_refused_with_the_facts(shop: Shop) -> None:
    first = redeemed(shop).json
    answer = shop.till.post(f"/v1/coupons/{first['coupon_code']}/redemptions")
    assert (answer.status_code, answer.json["code"]) == (409, "coupon_already_redeemed")
    assert answer.json["facts"]["store"] == "Rivoli"
    assert answer.json["facts"]["at"][:19] == first["redeemed_at"][:19]


def test_a_redemption_sent_again_is_the_same(shop: Shop) -> None:
    code = claimed(shop).json["code"]
    first = shop.till.post(f"/v1/coupons/{code}/redemptions", key="r1")
    again = shop.till.post(f"/v1/coupons/{code}/redemptions", key="r1")
    assert (again.status_code, again.data) == (201, first.data)


def test_another_brands_till_knows_neither_coupon_nor_redemption_nor_scan(shop: Shop, anyone: Speaker) -> None:
    coupon, foreign = claimed(shop).json, Shop(anyone).till
    scan = scanned(shop, coupon["code"])
    assert foreign.post(f"/v1/coupons/{coupon['code']}/redemptions").json["code"] == "coupon_unknown"
    assert foreign.get(f"/v1/scans/{scan}/coupons").json["code"] == "scan_unknown"
    redemption = shop.till.post(f"/v1/coupons/{coupon['code']}/redemptions").json["id"]
    assert foreign.get(f"/v1/redemptions/{redemption}").json["code"] == "redemption_unknown"
    assert foreign.post(f"/v1/redemptions/{redemption}/undoing").json["code"] == "redemption_unknown"


def test_the_brands_console_reads_a_redemption(shop: Shop, anyone: Speaker) -> None:
    auditor = anyone.with_token(console_token(make_console_user(shop.brand, "auditor")))
    redemption = redeemed(shop).json
    assert auditor.get(f"/v1/redemptions/{redemption['id']}").json == redemption


def test_an_undone_redemption_gives_the_coupon_back(shop: Shop) -> None:
    redemption = redeemed(shop).json
    undone = shop.till.post(f"/v1/redemptions/{redemption['id']}/undoing")
    assert (undone.status_code, undone.json["undone_at"] is not None) == (200, True)
    assert shop.phone.get(f"/v1/coupons/{redemption['coupon_code']}").json["status"] == "active"


def test_another_store_is_told_who_can_undo(shop: Shop, anyone: Speaker) -> None:
    redemption = redeemed(shop).json
    _, elsewhere = shop.other_store(anyone)
    answer = elsewhere.post(f"/v1/redemptions/{redemption['id']}/undoing")
    assert (answer.status_code, answer.json["code"], answer.json["facts"]) == (
        403,
        "undo_elsewhere",
        {"store": "Rivoli"},
    )


def test_a_scan_shows_the_scanned_coupon_first(shop: Shop) -> None:
    first = claimed(shop).json
    shop.offer = make_offer(shop.brand, coupon_valid_days=0)  # expires sooner
    second = claimed(shop).json
    assert [coupon["id"] for coupon in at_till(shop, first["code"])] == [first["id"], second["id"]]


def test_a_usable_coupon_has_no_reason(shop: Shop) -> None:
    [coupon] = at_till(shop, claimed(shop).json["code"])
    assert (coupon["usable_here"], coupon["reason"]) == (True, None)


def test_a_used_coupon_that_is_scanned_says_when_and_where(shop: Shop) -> None:
    [coupon] = at_till(shop, redeemed(shop).json["coupon_code"])
    assert (coupon["usable_here"], coupon["reason"]["code"]) == (False, "coupon_already_redeemed")
    assert coupon["reason"]["title"].startswith("Already used ")


def test_a_coupon_for_other_stores_names_them(shop: Shop) -> None:
    bastille = make_store(shop.brand, name="Bastille")
    shop.offer = make_offer(shop.brand, targets=stores_and_areas(areas=(make_area(shop.brand, bastille),)))
    [coupon] = at_till(shop, claimed(shop).json["code"])
    assert coupon["reason"]["remedy"] == "It holds for instance at: Bastille."


def test_a_coupon_of_a_paused_offer_says_so(shop: Shop) -> None:
    code = claimed(shop).json["code"]
    pause(shop.offer, shop.brand)
    [coupon] = at_till(shop, code)
    assert coupon["reason"]["code"] == "offer_paused"


def test_a_scan_does_not_show_other_members_coupons_nor_used_ones(shop: Shop) -> None:
    other = shop.phone.with_token(member_token(make_member()))
    other.post(f"/v1/offers/{shop.offer.id}/coupons")
    redeemed(shop)
    shop.offer = make_offer(shop.brand)
    coupon = claimed(shop).json
    assert [shown["id"] for shown in at_till(shop, coupon["code"])] == [coupon["id"]]


def test_a_scan_is_of_its_own_store(shop: Shop, anyone: Speaker) -> None:
    scan = scanned(shop, claimed(shop).json["code"])
    _, elsewhere = shop.other_store(anyone)
    assert elsewhere.get(f"/v1/scans/{scan}/coupons").status_code == 404


def test_a_coupon_redeemed_meanwhile_shows_at_the_till(shop: Shop) -> None:
    code = claimed(shop).json["code"]
    scan = scanned(shop, code)
    with db.system_transaction():
        coupon = db.session().query(Coupon).filter_by(code=code).one()
    redeem(coupon, shop.terminal)
    [shown] = shop.till.get(f"/v1/scans/{scan}/coupons").json["items"]
    assert shown["usable_here"] is False
