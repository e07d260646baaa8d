"""Tills without a network over HTTP: what a till reads and leases, and what the console says."""

import pytest

from app.http.access import Role
from tests.factories import console_token, make_brand, make_console_user, make_store
from tests.offline.dark_till import DarkTill
from tests.offline.factories import DarkShop
from tests.speaking import Speaker

POLICY, EXPOSURE = "/v1/console/offline-policy", "/v1/console/offline-exposure"
SNAPSHOT, LEASES = "/v1/terminal/snapshot", "/v1/terminal/leases"


@pytest.fixture
def shop(anyone) -> DarkShop:
    return DarkShop(anyone, points=100, total_limit=10)


@pytest.fixture
def admin(shop, anyone) -> Speaker:
    return anyone.with_token(console_token(make_console_user(shop.brand, Role.ADMIN)))


def say(admin: Speaker, body: dict, *, version: int = 0, query: str = ""):
    return admin.put(POLICY + query, body, headers={"If-Match": f'"{version}"'})


def test_a_till_reads_a_snapshot_and_then_only_what_changed(shop):
    first = shop.till.get(SNAPSHOT)
    body = first.get_json()
    assert (body["since"], body["is_complete"], len(body["offers"])) == (None, True, 1)
    assert body["voucher_keys"][0]["public_key"]
    since = f"{SNAPSHOT}?since={body['version']}"
    assert shop.till.get(since, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    shop.till.post(LEASES, {"offer_id": str(shop.offer.id), "units": 2})
    changed = shop.till.get(since, headers={"If-None-Match": first.headers["ETag"]}).get_json()
    assert (changed["offers"], changed["policy"]) == (None, None)
    assert [(one["kind"], one["left"]) for one in changed["leases"]] == [("units", 2)]


def test_a_lease_asked_for_twice_is_one(shop):
    asked = {"offer_id": str(shop.offer.id), "units": 2}
    first, again = (shop.till.post(LEASES, asked, key="once") for _ in range(2))
    assert (first.status_code, first.data) == (201, again.data)


def test_a_lease_is_released_and_others_have_it_at_once(shop):
    made = shop.till.post(LEASES, {"offer_id": str(shop.offer.id), "units": 10}).get_json()
    assert shop.phone.post(f"/v1/offers/{shop.offer.id}/coupons").get_json()["code"] == "offer_sold_out"
    assert shop.till.delete(f"{LEASES}/{made['id']}").status_code == 204
    assert shop.phone.post(f"/v1/offers/{shop.offer.id}/coupons").status_code == 201


def test_points_and_coupons_are_leased_by_the_code_that_is_shown(shop):
    points = {"code": shop.card.code, "currency_id": str(shop.currency.id), "points": 60}
    assert shop.till.post(LEASES, points).get_json()["left"] == 60
    code = shop.phone.post(f"/v1/offers/{shop.offer.id}/coupons").get_json()["code"]
    assert shop.till.post(LEASES, {"code": code}).get_json()["kind"] == "coupon"


@pytest.mark.parametrize(
    "given",
    [{}, {"units": 2}, {"code": "X", "points": 3}, {"code": "X", "units": 3}],
    ids=["nothing", "units of nothing", "points of no currency", "units of a code"],
)
def test_a_lease_that_makes_no_sense_is_refused(shop, given):
    answer = shop.till.post(LEASES, given)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["code"] == "one_lease"


def test_what_nothing_was_said_of_is_as_the_house_has_it(admin):
    found = admin.get(POLICY).get_json()
    assert (found["version"], found["said"], found["limits"]["may_earn"]) == (0, {}, True)


def test_the_brand_speaks_and_a_store_says_what_is_different(shop, admin):
    assert say(admin, {"points_per_use": 90, "minor_per_use": 5}).headers["ETag"] == '"1"'
    query = f"?store_id={shop.store.id}"
    found = say(admin, {"points_per_use": 7}, query=query).get_json()
    assert (found["limits"]["points_per_use"], found["limits"]["minor_per_use"]) == (7, 5)
    assert admin.get(POLICY).get_json()["limits"]["points_per_use"] == 90


def test_who_read_an_older_version_is_refused(admin):
    say(admin, {"may_burn": False})
    assert say(admin, {"may_burn": True}).status_code == 412
    assert admin.put(POLICY, {}).status_code == 428


def test_limits_have_bounds(admin):
    assert say(admin, {"snapshot_age_s": 10}).status_code == 422


def test_a_store_of_somebody_else_has_no_policy_here(admin):
    theirs = make_store(make_brand())
    assert admin.get(f"{POLICY}?store_id={theirs.id}").get_json()["code"] == "store_unknown"


def test_the_console_is_told_what_can_be_lost(shop, admin):
    say(admin, {"points_per_terminal": 300, "minor_per_terminal": 700, "coupons_per_terminal": 2})
    found = admin.get(EXPOSURE).get_json()
    assert (found["points"], found["minor"], found["coupons"], found["terminals"]) == (300, 700, 2, 1)
    assert found["stores"][0]["store_name"] == "Rivoli"
    assert len(found["how"]) == 5


def test_a_dark_till_takes_one_of_the_many_vouchers_of_a_coupon(shop, admin):
    say(admin, {"minor_per_use": 300, "minor_per_terminal": 900, "coupons_per_terminal": 9})
    code = shop.phone.post(f"/v1/offers/{shop.offer.id}/coupons").get_json()["code"]
    vouchers = [shop.phone.post(f"/v1/coupons/{code}/voucher").get_json()["voucher"] for _ in range(2)]
    till = DarkTill(shop.till, shop.brand.id, shop.terminal.id)
    assert till.read()
    till.is_dark = True
    assert [till.redeem(one, minor=100)["local_result"] for one in vouchers] == ["ok", "refused"]
    till.is_dark = False
    assert till.bring()
    assert [one["result"] for one in till.told.values()] == ["ok", "refused"]
