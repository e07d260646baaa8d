"""What issuers owe for a month: every entry in one file, totals that are the ledger's, and nothing changes
afterwards."""

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from app.commands import preparation
from app.sql import db
from offers.checkout.models import Sale
from offers.manufacturers.clearing import contents, months
from offers.manufacturers.clearing.errors import ClearingMonthOpen, ClearingMonthPassed, ClearingUnknown
from offers.manufacturers.clearing.models import ClearingFile
from offers.manufacturers.commands import clearing
from offers.manufacturers.errors import CouponIssuerUnknown
from offers.manufacturers.series import Series
from tests.manufacturers.factories import COFFEE, COMPANY, EURO, CouponCounter, article, enter_issuer, euro, gcn, of
from tests.racing import at_once
from tests.sizes import chosen

APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)
MAY_20, MAY_31 = datetime(2026, 5, 20, 10, tzinfo=UTC), datetime(2026, 5, 31, 21, 59, tzinfo=UTC)
JUNE_1, JUNE_20 = datetime(2026, 5, 31, 22, tzinfo=UTC), datetime(2026, 6, 20, 10, tzinfo=UTC)
JULY_1, AUGUST_1 = datetime(2026, 7, 1, 10, tzinfo=UTC), datetime(2026, 8, 1, 10, tzinfo=UTC)


@pytest.fixture
def counter() -> CouponCounter:
    return CouponCounter(Series(EURO, products=of(COFFEE)), Series(COMPANY, is_unique=True, face_minor=80))


def sells(counter: CouponCounter, value: int, *, now: datetime) -> Sale:
    return counter.takes(article(1, 1_000, quantity=2), codes=(euro(value),), now=now)


def amounts(file: ClearingFile) -> tuple[int, int, int]:
    return file.uses_minor, file.corrections_minor, file.total_minor


def written(counter: CouponCounter, file: ClearingFile) -> str:
    with db.system_transaction():
        return contents.write_csv(*months.read_clearing(brand_id=counter.brand.id, clearing_id=file.id))


def test_a_file_has_the_month_on_the_stores_calendar(counter: CouponCounter) -> None:
    for value, now in ((100, MAY_20), (30, MAY_31), (7, JUNE_1)):
        sells(counter, value, now=now)
    assert amounts(counter.clears(MAY, now=JUNE_1)) == (130, 0, 130)
    assert amounts(counter.clears(JUNE, now=JULY_1)) == (7, 0, 7)


def test_a_return_after_the_month_is_a_correction_of_the_next(counter: CouponCounter) -> None:
    sale = sells(counter, 100, now=MAY_20)
    first = counter.clears(MAY, now=JUNE_1)
    before = written(counter, first)
    counter.returns(sale, {1: 1}, now=JUNE_20)
    second = counter.clears(JUNE, now=JULY_1)
    assert (amounts(second), second.number) == ((0, -50, -50), first.number + 1)
    assert written(counter, counter.clears(MAY, now=AUGUST_1)) == before


def test_a_month_that_is_closed_again_is_the_same_file(counter: CouponCounter) -> None:
    sells(counter, 100, now=MAY_20)
    first = counter.clears(MAY, now=JUNE_1)
    sells(counter, 50, now=MAY_31)  # of a till that had no network, and came in late
    again = counter.clears(MAY, now=JUNE_20)
    assert (again.id, again.sha256, amounts(again)) == (first.id, first.sha256, (100, 0, 100))
    assert amounts(counter.clears(JUNE, now=JULY_1)) == (50, 0, 50)


def test_a_month_that_is_not_over_stays_open(counter: CouponCounter) -> None:
    with pytest.raises(ClearingMonthOpen) as refused:
        counter.clears(MAY, now=MAY_31)
    assert refused.value.facts["from_day"] == JUNE


def test_a_month_before_a_closed_one_has_no_file(counter: CouponCounter) -> None:
    counter.clears(MAY, now=JUNE_1)
    with pytest.raises(ClearingMonthPassed):
        counter.clears(APRIL, now=JUNE_1)


def test_numbers_are_the_brands_and_an_issuer_is_its_own(counter: CouponCounter) -> None:
    enter_issuer(counter.brand, Series("9810001"), code="other")
    numbers = [counter.clears(MAY, now=JUNE_1, issuer=issuer).number for issuer in ("torref", "other")]
    assert numbers == [1, 2]
    with pytest.raises(CouponIssuerUnknown):
        counter.clears(MAY, now=JUNE_1, issuer="nobody")
    mine = counter.clears(MAY, now=JUNE_1).id
    other = CouponCounter().brand.id
    with db.system_transaction(), pytest.raises(ClearingUnknown):
        months.read_clearing(brand_id=other, clearing_id=mine)


def test_the_csv_has_each_use_and_the_total(counter: CouponCounter) -> None:
    sale = counter.takes(article(1, 1_000), codes=(euro(100), gcn("7")), now=MAY_20)
    counter.returns(sale, {1: 1}, now=MAY_31)
    file = counter.clears(MAY, now=JUNE_1)
    rows = list(csv.DictReader(io.StringIO(written(counter, file))))
    assert [(row["kind"], row["code"], row["amount_minor"]) for row in rows] == [
        ("use", euro(100), "100"),
        ("use", gcn("7"), "80"),
        ("correction", euro(100), "-100"),
        ("correction", gcn("7"), "-80"),
        ("total", "", "0"),
    ]
    assert {row["sale_id"] for row in rows[:4]} == {str(sale.id)}
    assert (rows[0]["article"], rows[0]["day"], rows[0]["store_name"]) == (COFFEE, "2026-05-20", "Rivoli")


def test_the_command_writes_what_the_file_says(
    counter: CouponCounter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preparation, "connect", lambda: None)
    monkeypatch.setattr("app.clock.now", lambda: JUNE_1)
    sells(counter, 100, now=MAY_20)
    asked = [str(tmp_path), "--brand", counter.brand.code, "--month", "2026-05"]
    for _ in range(2):
        said = CliRunner().invoke(clearing, asked)
        assert said.exit_code == 0, said.output
        assert said.output == "000001-torref-2026-05.csv: 1 uses, 0 corrections, €1.00.\n"
    file = counter.clears(MAY, now=JUNE_1)
    assert (tmp_path / "000001-torref-2026-05.csv").read_bytes().decode() == written(counter, file)
    assert CliRunner().invoke(clearing, [*asked, "--format", "json"]).exit_code == 0
    told = json.loads((tmp_path / "000001-torref-2026-05.json").read_text())
    assert (told["total_minor"], [line["amount_minor"] for line in told["lines"]]) == (100, [100])


def test_of_many_who_close_a_month_at_once_one_makes_the_file(counter: CouponCounter) -> None:
    sells(counter, 100, now=MAY_20)
    made = at_once(8, lambda _: counter.clears(MAY, now=JUNE_1).id)
    assert len(set(made)) == 1


@settings(max_examples=chosen().worlds, deadline=None)
@given(acts=st.lists(st.tuples(st.sampled_from(["sell", "return", "cancel"]), st.integers(1, 700)), max_size=8))
def test_the_files_together_are_the_ledger_and_the_ledger_is_the_sales(acts: list[tuple[str, int]]) -> None:
    counter = CouponCounter(Series(EURO, products=of(COFFEE)))
    made: list[Sale] = []
    standing: dict[Any, int] = {}
    for at, (act, value) in enumerate(acts):
        now = MAY_20 if at % 2 else JUNE_20
        if act == "sell" or not made:
            made.append(sells(counter, value, now=now))
            standing[made[-1].id] = min(value, 500)
        elif act == "return" and counter.reads(made[-1]).state == "closed":
            back = counter.returns(made[-1], {1: 1}, now=now)
            standing[made[-1].id] -= back.outcome["manufacturer_minor"]
        elif act == "cancel":
            counter.cancels(made[-1], now=now)
            standing[made[-1].id] = 0
    files = [counter.clears(month, now=AUGUST_1) for month in (MAY, JUNE, date(2026, 7, 1))]
    entries = counter.ledger()
    assert sum(file.total_minor for file in files) == sum(one.amount_minor for one in entries) == sum(standing.values())
    for file in files:
        assert file.total_minor == sum(one.amount_minor for one in entries if one.clearing_id == file.id)
    assert all(one.clearing_id for one in entries)
