"""What a till prints for a sale."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from offers.slips import layout
from tests.factories import made, member_token
from tests.gestures.factories import allot
from tests.planning.audience_factories import permit
from tests.programmes.factories import make_reward, rule
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill
from wallet.programmes.rewards import orders


@pytest.fixture
def sold(till: RecordingTill) -> str:
    sale = till.speaks.post("/v1/sales", till.sale()).get_json()
    return str(sale["id"])


def slip_of(till: RecordingTill, sale_id: str) -> dict[str, Any]:
    answer = till.speaks.get(f"/v1/sales/{sale_id}/slip")
    assert answer.status_code == 200, answer.get_json()
    slip: dict[str, Any] = answer.get_json()
    return slip


def test_a_slip_says_what_was_won_and_why(till: RecordingTill, sold: str) -> None:
    slip = slip_of(till, sold)
    [earned] = slip["earned"]
    assert earned["points"] > 0
    assert earned["why"]
    assert slip["balances"][0]["available"] == 200 + earned["points"]


def test_it_says_what_to_bring_next_time_and_no_whole_code(till: RecordingTill, sold: str) -> None:
    coupon = till.percent(10)
    make_reward(till.brand, till.currency, price=150)
    slip = slip_of(till, sold)
    assert [one["code"] for one in slip["coupons"]] == [coupon.code]
    assert [one["price"] for one in slip["rewards"]] == [150]
    printed = "\n".join(slip["lines_42"])
    assert till.card.code[-4:] in printed
    assert till.card.code not in printed
    assert coupon.code not in printed


def test_it_says_which_reward_was_ordered(till: RecordingTill, sold: str) -> None:
    reward = make_reward(till.brand, till.currency, price=150)
    with made():
        orders.order_reward(member_id=till.card.member_id, reward_id=reward.id, now=clock.now())
    slip = slip_of(till, sold)
    assert [one["text"] in slip["lines_42"] for one in slip["orders"]] == [True]


@pytest.mark.parametrize("columns", layout.WIDTHS)
def test_no_line_is_wider_than_the_paper(till: RecordingTill, sold: str, columns: int) -> None:
    till.speaks.language = "fr"
    answer = till.speaks.get(f"/v1/sales/{sold}/slip.txt", query_string={"columns": columns})
    assert answer.content_type.startswith("text/plain")
    assert answer.text.startswith("VOS POINTS\n")
    assert max(map(len, answer.text.splitlines())) <= columns


def test_a_width_that_no_printer_has_is_refused(till: RecordingTill, sold: str) -> None:
    assert till.speaks.get(f"/v1/sales/{sold}/slip.txt", query_string={"columns": 40}).status_code == 422


def test_points_that_came_back_are_not_printed(till: RecordingTill, sold: str) -> None:
    till.speaks.post(f"/v1/sales/{sold}/cancellation")
    assert slip_of(till, sold)["earned"] == []


def bonus_of(till: RecordingTill) -> str:
    benefit = {"kind": "points", "points": 50}
    return till.coupon(benefit=benefit).code


def test_a_bonus_is_printed_until_the_sale_came_back(till: RecordingTill) -> None:
    sale_id = till.speaks.post("/v1/sales", till.sale(coupons=[bonus_of(till)])).get_json()["id"]
    assert 50 in [one["points"] for one in slip_of(till, sale_id)["earned"]]
    till.speaks.post(f"/v1/sales/{sale_id}/cancellation")
    assert slip_of(till, sale_id)["earned"] == []


def test_points_that_paid_are_printed_less_what_came_back(till: RecordingTill) -> None:
    paid = {"currency_id": str(till.currency.id), "points": 100}
    sale_id = till.speaks.post("/v1/sales", till.sale(points=paid)).get_json()["id"]
    assert slip_of(till, sale_id)["points_spent"] == 100
    till.speaks.post(f"/v1/sales/{sale_id}/cancellation")
    slip = slip_of(till, sale_id)
    assert (slip["points_spent"], "Points used" in "\n".join(slip["lines_32"])) == (0, False)


def test_a_sale_that_is_not_closed_has_no_slip(till: RecordingTill) -> None:
    sale_id = till.speaks.post("/v1/sales/holds", till.sale()).get_json()["id"]
    refused = till.speaks.get(f"/v1/sales/{sale_id}/slip")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "sale_open")


def test_a_slip_reads_no_birthday(till: RecordingTill, sold: str, anyone: Speaker) -> None:
    now = datetime.now(UTC)
    permit(till.member, till.brand, "birthday_treat", changed_at=now)
    allot(till.brand, till.store, currency=till.currency, now=now)
    phone = anyone.with_token(member_token(till.member))
    phone.put("/v1/me/birthday", {"day": now.day, "month": now.month})
    slip_of(till, sold)
    reads = phone.get("/v1/me/reads").get_json()["items"]
    assert "birthday" not in {one["code"] for read in reads for one in read["data"]}


def test_another_brands_sale_is_unknown(till: RecordingTill, sold: str, anyone: Speaker) -> None:
    assert RecordingTill(anyone).speaks.get(f"/v1/sales/{sold}/slip").status_code == 404


@given(st.text(max_size=80), st.integers(-(10**9), 10**9), st.sampled_from(layout.WIDTHS))
def test_a_label_and_its_points_fit_any_paper(label: str, points: int, columns: int) -> None:
    lines = layout.spread_line(label, f"{points:+d}", columns=columns)
    assert all(len(line) <= columns for line in lines)
    assert lines[-1].endswith(f"{points:+d}")


def test_a_slip_prints_a_cagnotte_in_euros(anyone: Speaker) -> None:
    money = {"kind": "money", "name_fr": "Cagnotte", "name_en": "Cagnotte"}
    till = RecordingTill(anyone, rule(points=5), points=200, counts=money)
    till.speaks.language = "fr"
    tenders = [{"kind": "cagnotte", "amount_minor": 150}, {"kind": "card", "amount_minor": 850}]
    sold = till.speaks.post("/v1/sales", till.sale(tenders=tenders)).get_json()
    slip = slip_of(till, sold["id"])
    assert ([one["text"] for one in slip["earned"]], slip["spent"]) == (["+0,40\xa0€"], "-1,50\xa0€")
    printed = "\n".join(slip["lines_32"])
    assert printed.startswith("VOTRE FIDÉLITÉ\n")
    assert "Payé par la cagnotte" in printed
    assert "Cagnotte : 0,90\xa0€." in printed
    assert "oint" not in printed.replace("1 point par euro", "")
