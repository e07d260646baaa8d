"""What a recorded scan did is taken back by entries of its own, once; and a person settles conflicts."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.rights import jobs
from app.sql import db
from offers.tills.models import TillScan
from tests.coupons.factories import redeem
from tests.factories import console_token, make_console_user, make_store, make_terminal, member_token
from tests.racing import at_once
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill


def reverse(speaks: Speaker, scan: dict[str, object]) -> tuple[int, dict[str, object]]:
    answer = speaks.post(f"/v1/scans/{scan['scan_id']}/reversal")
    return answer.status_code, answer.get_json()


def test_points_come_back_and_nothing_is_deleted(till: RecordingTill) -> None:
    scan = till.scan("burn", points=till.burning(150))
    till.says(scan)
    status, said = reverse(till.speaks, scan)
    assert (status, said["reversed_at"] is not None, till.available) == (200, True, 200)
    assert till.purse.kinds()[-2:] == ["spent", "refunded"]


def test_a_coupon_can_be_used_again(till: RecordingTill) -> None:
    coupon = till.percent(10)
    scan = till.scan("redeem", coupon.code)
    till.says(scan)
    reverse(till.speaks, scan)
    assert till.says(till.scan("redeem", coupon.code))[1]["result"] == "ok"


def test_a_sale_is_cancelled(till: RecordingTill) -> None:
    scan = till.scan("sale", sale=till.sale())
    till.says(scan)
    assert reverse(till.speaks, scan)[1]["sale"]["state"] == "cancelled"
    assert till.available == 200


def test_twice_is_once_and_what_did_nothing_is_marked(till: RecordingTill) -> None:
    scan, refused = till.scan("burn", points=till.burning(10)), till.scan("burn", points=till.burning(999))
    for one in (scan, refused):
        till.says(one)
        first, second = reverse(till.speaks, one), reverse(till.speaks, one)
        assert first == second
    assert till.available == 200


def test_a_scan_of_nobody_or_of_another_store_is_not_reversed(till: RecordingTill, anyone: Speaker) -> None:
    scan = till.scan()
    assert reverse(till.speaks, scan)[1]["code"] == "till_scan_unknown"
    till.says(scan)
    _, key = make_terminal(make_store(till.brand))
    assert reverse(anyone.with_token(key), scan)[1]["code"] == "scan_elsewhere"


def test_of_eight_reversals_at_once_one_gives_back(till: RecordingTill, crowd: None) -> None:
    scan = till.scan("burn", points=till.burning(150))
    till.says(scan)
    app = till.speaks.client.application
    senders = [Speaker(app.test_client(), till.speaks.token) for _ in range(8)]
    answers = at_once(8, lambda n: reverse(senders[n], scan))
    assert {status for status, _ in answers} == {200}
    assert till.available == 200


def test_a_reversal_and_a_return_at_once_give_back_once(till: RecordingTill, crowd: None) -> None:
    scan = till.scan("sale", sale=till.sale(points=till.burning(100)))
    sale_id = till.says(scan)[1]["sale"]["id"]
    app = till.speaks.client.application
    senders = [Speaker(app.test_client(), till.speaks.token) for _ in range(6)]
    line = {"position": 1, "quantity": 1}

    def act(n: int) -> int:
        if n % 2:
            return reverse(senders[n], scan)[0]
        body = {"reference": f"r{n}", "lines": [line]}
        return senders[n].post(f"/v1/sales/{sale_id}/returns", body).status_code

    assert set(at_once(6, act)) <= {200, 409}
    assert till.available == 200
    assert till.speaks.get(f"/v1/sales/{sale_id}").get_json()["state"] in ("cancelled", "returned")


def test_a_loss_is_accepted_and_what_is_owed_forgiven(till: RecordingTill) -> None:
    till.allow_debts()
    till.says(till.scan("burn", points=till.burning(150)))
    till.brings(till.late("burn", points=till.burning(80)))
    [conflict] = till.conflicts()
    assert till.owed > 0
    assert till.settles(conflict, "loss_accepted").get_json()["settlement"] == "loss_accepted"
    assert (till.owed, till.conflicts()) == (0, [])
    assert till.conflicts("settled")[0]["settled_words"] == "Vu avec le magasin."


def test_a_conflict_is_taken_back_whatever_the_hour(till: RecordingTill) -> None:
    till.says(till.scan("burn", points=till.burning(150)))
    till.brings(till.late("burn", points=till.burning(80)))
    [conflict] = till.conflicts()
    said = till.settles(conflict, "taken_back").get_json()
    assert (said["loss_points"], said["reversed_at"] is not None) == (0, True)
    assert till.available == 50


def test_a_conflict_is_corrected_in_points(till: RecordingTill) -> None:
    coupon = till.percent(10)
    redeem(coupon, till.terminal, now=datetime.now(UTC))
    till.brings(till.late("redeem", coupon.code))
    [conflict] = till.conflicts()
    bad = till.settles(conflict, "corrected", points=-5)
    assert (bad.status_code, bad.get_json()["errors"][0]["pointer"]) == (422, "/currency_id")
    till.settles(conflict, "corrected", points=-5, currency_id=str(till.currency.id))
    assert till.available == 195


def test_a_conflict_is_settled_once(till: RecordingTill, crowd: None) -> None:
    coupon = till.percent(10)
    redeem(coupon, till.terminal, now=datetime.now(UTC))
    till.brings(till.late("redeem", coupon.code))
    [conflict] = till.conflicts()
    assert till.settles(conflict, "loss_accepted").status_code == 200
    assert till.settles(conflict, "loss_accepted").status_code == 200
    again = till.settles(conflict, "taken_back")
    assert (again.status_code, again.get_json()["code"]) == (409, "scan_conflict_settled")


@pytest.mark.parametrize("role", ["merchandiser", "auditor"])
def test_only_an_administrator_settles(till: RecordingTill, role: str) -> None:
    someone = till.anyone.with_token(console_token(make_console_user(till.brand, role)))
    assert someone.post(f"/v1/console/scan-conflicts/{till.brand.id}/settlement", {}).status_code == 403


def test_a_scan_stays_known_after_its_member_is_erased(till: RecordingTill) -> None:
    scan = till.scan("burn", points=till.burning(10))
    till.says(scan)
    phone = till.anyone.with_token(member_token(till.member))
    phone.post("/v1/rights-requests", {"kind": "erasure", "statement": "Effacez-moi."})
    with db.system_transaction():
        jobs.finish_erasures(now=datetime.now(UTC))
    status, said = till.says(scan)
    assert (status, said["result"], said["replayed"]) == (200, "ok", True)
    assert "card_id" not in said
    assert reverse(till.speaks, scan)[1]["code"] == "scan_not_reversible"
    with db.system_transaction():
        row = db.session().scalars(select(TillScan).where(TillScan.terminal_id == till.terminal.id)).one()
    assert str(row.scan_id) == scan["scan_id"]


def test_the_ledger_holds_after_all_of_it(till: RecordingTill) -> None:
    till.allow_debts()
    scan = till.scan("burn", points=till.burning(150))
    till.says(scan)
    till.brings(till.late("burn", points=till.burning(80), ago=timedelta(hours=2)))
    reverse(till.speaks, scan)
    till.settles(till.conflicts()[0], "taken_back")
    assert till.purse.faults() == []
    assert (till.available, till.owed) == (200, 0)
