"""What a till prints for a sale."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.slips import layout
from tests.programmes.factories import make_reward, rule
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill


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
