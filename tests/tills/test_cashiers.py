"""People at the tills have numbers and PINs; where a profile asks, what is sold, used, undone or given carries them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app import clock
from app.accounts import passwords
from app.sql import db
from app.staff.cashiers import cashiers as verbs
from app.staff.cashiers import jobs
from app.staff.cashiers.models import Cashier
from offers.checkout.models import Sale, SaleReturn
from offers.coupons.models import Redemption
from offers.tills.models import TillScan
from tests.factories import make_store, make_terminal
from tests.racing import at_once
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill, appoint_cashier


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a hash costs is held elsewhere."""
    monkeypatch.setattr(passwords, "hash_password", lambda pin: f"hashed {pin}")
    monkeypatch.setattr(passwords, "password_matches", lambda pin, known, **_: known == f"hashed {pin}")


@pytest.fixture
def cashier(till: RecordingTill) -> Cashier:
    return appoint_cashier(till.store, now=datetime.now(UTC))


def show_pin(speaks: Speaker, number: str = "7", pin: str = "4702") -> tuple[int, dict[str, Any]]:
    answer = speaks.post("/v1/terminal/cashier-sessions", {"number": number, "pin": pin})
    return answer.status_code, answer.get_json()


def staffed(till: RecordingTill) -> dict[str, str]:
    return {"X-Staff": show_pin(till.speaks)[1]["token"]}


def attend(till: RecordingTill) -> None:
    till.admin.put(f"/v1/terminals/{till.terminal.id}/profile", {"profile": "attended_till"})


def test_an_administrator_appoints_and_dismisses(till: RecordingTill) -> None:
    wish = {"store_id": str(till.store.id), "number": "12", "name": "Zoé", "pin": "4711"}
    made = till.admin.post("/v1/console/cashiers", wish).get_json()
    assert "pin" not in str(made)
    assert till.admin.post("/v1/console/cashiers", wish).get_json()["code"] == "cashier_number_taken"
    assert show_pin(till.speaks, "12", "4711")[0] == 201
    till.admin.put(f"/v1/console/cashiers/{made['id']}/pin", {"pin": "9024"})
    assert show_pin(till.speaks, "12", "4711")[1]["code"] == "pin_not_accepted"
    assert show_pin(till.speaks, "12", "9024")[0] == 201
    till.admin.post(f"/v1/console/cashiers/{made['id']}/dismissal")
    assert show_pin(till.speaks, "12", "9024")[1]["code"] == "pin_not_accepted"
    assert till.admin.post("/v1/console/cashiers", wish).status_code == 201


@pytest.mark.parametrize("pin", ["12", "1111", "2345", "8765", "abcd", "123456789"])
def test_a_pin_that_is_guessed_at_once_is_refused(till: RecordingTill, pin: str) -> None:
    wish = {"store_id": str(till.store.id), "number": "12", "name": "Zoé", "pin": pin}
    assert till.admin.post("/v1/console/cashiers", wish).get_json()["errors"][0]["pointer"] == "/pin"


def test_a_number_that_nobody_has_is_refused_as_a_wrong_pin(till: RecordingTill, cashier: Cashier) -> None:
    known = show_pin(till.speaks, pin="4703")[1]
    nobody = show_pin(till.speaks, "8")[1]
    assert {**known, "instance": ""} == {**nobody, "instance": ""}


def test_after_five_wrong_pins_the_right_one_waits_too(till: RecordingTill, cashier: Cashier) -> None:
    assert {show_pin(till.speaks, pin="4703")[0] for _ in range(5)} == {403}
    assert show_pin(till.speaks)[1]["code"] == "too_many_pins"


def test_of_sixteen_guesses_at_once_five_are_tried(till: RecordingTill, cashier: Cashier, crowd: None) -> None:
    app = till.speaks.client.application
    speakers = [Speaker(app.test_client(), till.speaks.token) for _ in range(16)]
    answers = at_once(16, lambda n: show_pin(speakers[n], pin="4703")[0])
    assert (answers.count(403), answers.count(429)) == (5, 11)


def test_where_the_profile_asks_a_sale_needs_somebody_and_carries_them(till: RecordingTill, cashier: Cashier) -> None:
    attend(till)
    refused = till.speaks.post("/v1/sales", till.sale())
    assert (refused.status_code, refused.get_json()["code"]) == (403, "cashier_awaited")
    sale = till.speaks.post("/v1/sales", till.sale(), headers=staffed(till)).get_json()
    with db.system_transaction():
        assert db.first(select(Sale.cashier_id).where(Sale.id == sale["id"])) == cashier.id


def test_where_the_profile_asks_a_recorded_scan_that_does_something_needs_somebody(
    till: RecordingTill, cashier: Cashier
) -> None:
    attend(till)
    coupon, burning = till.percent(10), till.burning(10)
    purchase = {"amount_minor": 100, "currency": "EUR", "terminal": "1", "receipt": "7"}
    scans = [
        till.scan("redeem", coupon.code),
        till.scan("burn", points=burning),
        till.scan("earn", purchase=purchase),
        till.scan("sale", sale=till.sale()),
    ]
    assert [till.says(scan)[1]["code"] for scan in scans] == ["cashier_awaited"] * 4
    assert [one["problem"]["code"] for one in till.brings(*scans)] == ["cashier_awaited"] * 4
    assert (till.available, till.says(till.scan())[1]["result"]) == (200, "ok")
    headers = staffed(till)
    assert [till.says(scan, headers=headers)[1]["result"] for scan in scans] == ["ok"] * 4
    assert [one["answer"]["replayed"] for one in till.brings(*scans)] == [True] * 4
    assert till.results(till.late("burn", points=burning, cashier_number="7"))[0][0] != "refused"


def test_a_redemption_and_a_recorded_scan_carry_them(till: RecordingTill, cashier: Cashier) -> None:
    coupon = till.percent(10)
    till.speaks.post("/v1/scans", till.scan("redeem", coupon.code), headers=staffed(till))
    with db.system_transaction():
        assert db.first(select(Redemption.cashier_id).where(Redemption.coupon_id == coupon.id)) == cashier.id


def test_whoever_undoes_returns_or_cancels_is_kept_with_it(till: RecordingTill, cashier: Cashier) -> None:
    by = {"headers": staffed(till)}
    coupon, scans = till.percent(10), [till.scan("redeem", till.percent(20).code), till.scan("sale", sale=till.sale())]
    used = till.speaks.post(f"/v1/coupons/{coupon.code}/redemptions").get_json()
    assert till.speaks.post(f"/v1/redemptions/{used['id']}/undoing", **by).status_code == 200
    sold = till.speaks.post("/v1/sales", till.sale()).get_json()
    lines = {"reference": "r1", "lines": [{"position": 1, "quantity": 1}]}
    assert till.speaks.post(f"/v1/sales/{sold['id']}/returns", lines, **by).status_code == 200
    for scan in scans:
        till.says(scan)
        assert till.speaks.post(f"/v1/scans/{scan['scan_id']}/reversal", **by).status_code == 200
    mine = {
        Redemption.undone_by_id: Redemption.brand_id,
        SaleReturn.cashier_id: SaleReturn.brand_id,
        Sale.cancelled_by_id: Sale.brand_id,
        TillScan.reversed_by_id: TillScan.brand_id,
    }
    with db.system_transaction():
        kept = [db.all_of(select(who).where(brand == till.brand.id, who.is_not(None))) for who, brand in mine.items()]
    assert [list(each) for each in kept] == [[cashier.id] * 2, [cashier.id] * 2, [cashier.id], [cashier.id] * 2]


def test_a_sale_carries_who_closed_it_and_not_who_opened_it(till: RecordingTill, cashier: Cashier) -> None:
    coupon, body = till.percent(10), till.sale()
    body["coupons"] = [coupon.code]
    till.speaks.post("/v1/sales/holds", body)
    sale = till.speaks.post("/v1/sales", body, headers=staffed(till)).get_json()
    till.speaks.post("/v1/sales/holds", other := till.sale(), headers=staffed(till))
    nobody = till.speaks.post("/v1/sales", other).get_json()
    with db.system_transaction():
        assert db.first(select(Redemption.cashier_id).where(Redemption.coupon_id == coupon.id)) == cashier.id
        by = {one.id: one.cashier_id for one in db.all_of(select(Sale).where(Sale.brand_id == till.brand.id))}
    assert by == {uuid.UUID(sale["id"]): cashier.id, uuid.UUID(nobody["id"]): None}


def test_where_the_profile_does_not_ask_all_works_without(till: RecordingTill) -> None:
    assert till.speaks.post("/v1/sales", till.sale()).status_code == 201


def test_a_repeat_needs_nobody_there_any_more(till: RecordingTill, cashier: Cashier) -> None:
    attend(till)
    body = till.sale()
    first = till.speaks.post("/v1/sales", body, key="k1", headers=staffed(till))
    second = till.speaks.post("/v1/sales", body, key="k1")
    assert (second.status_code, second.get_data()) == (201, first.get_data())


def test_the_token_is_of_one_terminal_one_day_and_somebody_who_works_there(
    till: RecordingTill, cashier: Cashier, anyone: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = staffed(till)
    _, key = make_terminal(till.store)
    other = anyone.with_token(key)
    assert other.post("/v1/sales", till.sale(), headers=headers).get_json()["code"] == "cashier_not_accepted"
    made_up = till.speaks.post("/v1/sales", till.sale(), headers={"X-Staff": "ici_s_x"})
    assert made_up.get_json()["code"] == "cashier_not_accepted"
    later = datetime.now(UTC) + timedelta(hours=12, seconds=1)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: later)
        assert till.speaks.post("/v1/sales", till.sale(), headers=headers).status_code == 403
    till.admin.post(f"/v1/console/cashiers/{cashier.id}/dismissal")
    assert till.speaks.post("/v1/sales", till.sale(), headers=headers).status_code == 403


def test_a_number_holds_in_its_own_store(till: RecordingTill, cashier: Cashier, anyone: Speaker) -> None:
    _, key = make_terminal(make_store(till.brand))
    assert show_pin(anyone.with_token(key))[0] == 403


def test_a_year_after_they_left_their_name_is_forgotten(till: RecordingTill, cashier: Cashier) -> None:
    now = datetime.now(UTC)
    with db.system_transaction():
        verbs.dismiss_cashier(brand_id=till.brand.id, cashier_id=cashier.id, now=now)
    names = []
    for days in (364, 365):
        with db.system_transaction():
            jobs.forget_cashiers(now=now + timedelta(days=days))
            found = db.get(Cashier, cashier.id)
            names.append(found and found.name)
    assert names == ["Camille", ""]


def test_a_late_scan_carries_the_number_that_the_till_said_and_not_who_uploads(
    till: RecordingTill, cashier: Cashier
) -> None:
    coupon = till.percent(10)
    scan = till.late("redeem", coupon.code, cashier_number="12")
    till.speaks.post("/v1/scans/batch", {"scans": [scan]}, headers=staffed(till))
    with db.system_transaction():
        assert db.first(select(Redemption.cashier_id).where(Redemption.coupon_id == coupon.id)) is None
    assert (till.conflicts()[0]["cashier_id"], till.conflicts()[0]["cashier_number"]) == (None, "12")
