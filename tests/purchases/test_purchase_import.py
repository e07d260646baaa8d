"""`ici import-purchases`: receipts come in whole or not at all, once, and the report says what became of each."""

import json
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from app import clock
from app.ops.imports.outcomes import JudgedRow
from app.ops.imports.reports import SOME_REFUSED
from app.sql import db
from tests.factories import make_member, make_store
from tests.purchases.factories import MILK, Shop, keep_another_hash, line, lines_of, purchases_of
from tests.racing import at_once
from tests.wallet.factories import link, make_card
from wallet.purchases import purchase_import, row_validation
from wallet.purchases.commands import import_purchases
from wallet.purchases.csv_rows import ReceiptReader
from wallet.purchases.models import Purchase

WHEN = (clock.now() - timedelta(days=3)).replace(microsecond=0)
HEADER = ("member", "store", "terminal", "receipt", "bought_at", "gtin", "quantity", "gross_minor", "promotion_minor")


class File:
    """A brand with a member whom it knows as `M-1`, and a file of what they bought."""

    def __init__(self, folder: Path) -> None:
        self.shop = Shop()
        self.card = make_card(self.shop.member, self.shop.brand)
        link(self.card, "M-1")
        self.path = folder / "purchases.csv"
        self.rows: list[dict[str, Any]] = []
        self.report: list[dict[str, Any]] = []

    def row(self, receipt: str = "1", **given: Any) -> dict[str, Any]:
        fields = {
            "member": "M-1",
            "store": self.shop.store.reference,
            "terminal": "4",
            "receipt": receipt,
            "bought_at": WHEN.isoformat(),
            "gtin": MILK,
            "quantity": 1,
            "gross_minor": 250,
            "promotion_minor": 0,
        }
        return fields | given

    def add(self, receipt: str = "1", **given: Any) -> None:
        self.rows.append(self.row(receipt, **given))

    def run(self, *words: str) -> str:
        """The last line of the report; its lines are in `report` then."""
        names = list(dict.fromkeys(name for row in [dict.fromkeys(HEADER), *self.rows] for name in row))
        lines = [",".join(names), *(",".join(str(row.get(name, "")) for name in names) for row in self.rows)]
        self.path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        report = self.path.with_suffix(".jsonl")
        ran = CliRunner().invoke(
            import_purchases,
            [str(self.path), "--brand", self.shop.brand.code, "--report", str(report), *words],
            catch_exceptions=False,
        )
        assert ran.exit_code == (0 if "refused 0," in ran.output else SOME_REFUSED), ran.output
        self.report = [json.loads(told) for told in report.read_text().splitlines()]
        self.said = ran.stdout
        return ran.stdout.splitlines()[-1]

    @property
    def reasons(self) -> list[str]:
        return [found["code"] for told in self.report for found in told["findings"]]

    @property
    def bought(self) -> list[Purchase]:
        return purchases_of(self.shop.member)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> File:
    monkeypatch.setattr("wallet.purchases.commands.preparation.connect", lambda: None)
    return File(tmp_path)


def test_lines_that_stand_together_are_one_purchase(file: File) -> None:
    file.add(gross_minor=250, promotion_minor=50)
    file.add(gross_minor=1000, quantity=4, gtin="")
    assert file.run() == "accepted 1, corrected 0, refused 0, unchanged 0"
    (bought,) = file.bought
    assert (bought.net_minor, bought.bought_at, bought.store_id) == (1200, WHEN, file.shop.store.id)
    assert [(found.position, found.gtin, found.quantity) for found in lines_of(bought)] == [(1, MILK, 1), (2, None, 4)]


def test_an_instant_may_be_written_small(file: File) -> None:
    file.add(bought_at=f"{WHEN:%Y-%m-%dt%H:%M:%Sz}")
    file.run()
    assert [bought.bought_at for bought in file.bought] == [WHEN]


def test_the_second_time_nothing_changes(file: File) -> None:
    file.add("1")
    file.add("2")
    file.run()
    before = {purchase.id for purchase in file.bought}
    assert file.run() == "accepted 0, corrected 0, refused 0, unchanged 2"
    assert {purchase.id for purchase in file.bought} == before


def test_a_run_that_was_cut_off_goes_on_where_it_was(file: File) -> None:
    file.add("1")
    file.run()
    file.add("2")
    assert file.run() == "accepted 1, corrected 0, refused 0, unchanged 1"


def test_a_dry_run_judges_everything_and_writes_nothing(file: File) -> None:
    file.add()
    assert file.run("--dry-run") == "accepted 1, corrected 0, refused 0, unchanged 0"
    assert file.bought == []


def test_a_purchase_that_a_till_sent_is_not_taken_again_from_a_file(file: File) -> None:
    given = {"terminal": "4", "receipt": "1", "bought_at": WHEN, "now": clock.now()}
    file.shop.buy(line(250, label="", category=""), **given)
    file.add()
    assert file.run() == "accepted 0, corrected 0, refused 0, unchanged 1"


def test_a_file_may_number_articles_otherwise_than_the_till(file: File) -> None:
    given = {"terminal": "4", "receipt": "1", "bought_at": WHEN, "now": clock.now()}
    file.shop.buy(line(250, label="", category="", gtin="036000291452"), **given)
    file.add(gtin="0036000291452")
    assert file.run() == "accepted 0, corrected 0, refused 0, unchanged 1"


def test_a_purchase_of_a_time_in_which_spellings_were_articles_is_known_in_a_file(file: File) -> None:
    file.add("1", gtin="0036000291452")
    file.run()
    keep_another_hash(file.bought[0])
    assert file.run() == "accepted 0, corrected 0, refused 0, unchanged 1"


def test_a_card_names_the_member_as_its_number_does(file: File) -> None:
    file.add(member="", card=file.card.code.lower().replace("-", " "))
    file.run()
    assert len(file.bought) == 1


REFUSED: dict[str, dict[str, Any]] = {
    "member_missing": {"member": ""},
    "member_unknown": {"member": "M-2"},
    "store_unknown": {"store": "elsewhere"},
    "channel_unknown": {"channel": "catalogue"},
    "receipt_missing": {"receipt": ""},
    "text_too_long": {"terminal": "x" * 41},
    "instant_unreadable": {"bought_at": "18 mai"},
    "in_future": {"bought_at": (WHEN + timedelta(days=9)).isoformat()},
    "too_old": {"bought_at": "2019-01-01T10:00"},
    "currency_unknown": {"currency": "ECU"},
    "amount_unreadable": {"gross_minor": "2.50 EUR"},
    "quantity_unreadable": {"quantity": "two"},
    "line_unsound": {"promotion_minor": 251},
    "gtin_wrong": {"gtin": MILK[:-1] + "5"},
    "tax_unreadable": {"tax_percent": "much"},
}


@pytest.mark.parametrize("why", REFUSED)
def test_a_faulty_line_refuses_its_receipt_and_no_other(file: File, why: str) -> None:
    file.add("good")
    file.add(**({"receipt": "bad"} | REFUSED[why]))
    file.add("also good")
    assert file.run() == "accepted 2, corrected 0, refused 1, unchanged 0"
    assert file.reasons == [why]


def test_a_receipt_is_refused_for_any_of_its_lines(file: File) -> None:
    file.add()
    file.add(gtin="123")
    assert file.run() == "accepted 0, corrected 0, refused 1, unchanged 0"
    assert (file.bought, file.report[0]["findings"][0]["facts"]) == ([], {"row": 3})


CORRECTED: dict[str, tuple[dict[str, Any], Callable[[Any], Any], Any]] = {
    "discount_sign": ({"promotion_minor": -50}, lambda line: line.promotion_minor, 50),
    "gtin_padded": ({"gtin": "36000291452"}, lambda line: line.gtin, "036000291452"),
    "weighed": ({"quantity": "0.345"}, lambda line: line.quantity, 1),
    "control_characters": ({"label": "Lait\x07"}, lambda line: line.label, "Lait"),
}


@pytest.mark.parametrize("what", CORRECTED)
def test_what_can_only_mean_one_thing_is_corrected(file: File, what: str) -> None:
    given, read, expected = CORRECTED[what]
    file.add(**given)
    assert file.run() == "accepted 0, corrected 1, refused 0, unchanged 0"
    (found,) = lines_of(file.bought[0])
    assert (file.reasons, read(found)) == ([what], expected)


def test_amounts_may_have_decimals(file: File) -> None:
    file.add(gross_minor="", gross="12.30", promotion_minor="", promotion="0.3", quantity="2.000")
    file.run()
    (found,) = lines_of(file.bought[0])
    assert (found.gross_minor, found.promotion_minor, found.quantity) == (1230, 30, 2)


@pytest.mark.parametrize("between", [" ", "\u00a0", "\u202f", "\u2009"])
def test_thousands_may_stand_apart(file: File, between: str) -> None:
    file.add(gross_minor="", gross=f"1{between}234.50", promotion_minor="", promotion="", quantity=f"1{between}000")
    file.run()
    (found,) = lines_of(file.bought[0])
    assert (found.gross_minor, found.quantity) == (123_450, 1_000)


def test_more_decimals_than_the_currency_has_are_refused(file: File) -> None:
    file.add(gross_minor="", gross="12.305")
    file.run()
    assert file.reasons == ["amount_unreadable"]


def test_a_time_without_an_offset_is_on_the_clock_of_the_shop(file: File) -> None:
    far = make_store(file.shop.brand, time_zone="America/Martinique")
    file.add(store=far.reference, bought_at=WHEN.strftime("%Y-%m-%d 12:00:00"))
    file.run()
    assert file.bought[0].bought_at.astimezone(UTC).hour == 16


def test_what_is_bought_at_a_distance_has_no_store(file: File) -> None:
    file.add(store="", channel="web")
    file.run()
    assert (file.bought[0].channel, file.bought[0].store_id) == ("web", None)


def test_a_number_that_is_another_purchase_is_refused(file: File) -> None:
    file.add()
    file.run()
    file.rows = [file.row(gross_minor=999)]
    assert file.run() == "accepted 0, corrected 0, refused 1, unchanged 0"
    assert file.reasons == ["receipt_reused"]


def test_lines_of_one_receipt_that_stand_apart_are_refused(file: File) -> None:
    for receipt in ("1", "2", "1"):
        file.add(receipt, gross_minor=len(file.rows) + 100)
    assert file.run() == "accepted 2, corrected 0, refused 1, unchanged 0"
    assert file.reasons == ["receipt_scattered"]


def test_names_positions_and_bank_details_stay_at_the_door_with_a_line_in_the_report(file: File) -> None:
    file.add(iban="FR7630006000011234567890189", lat="48.85", surname="Durand")
    file.run()
    assert "Left out: iban, in 1 row." in file.said
    assert not any(secret in file.said for secret in ("FR76", "48.85", "Durand"))


def test_a_file_without_the_columns_it_needs_is_refused_whole(file: File, tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text("member,receipt\nM-1,1\n")
    ran = CliRunner().invoke(import_purchases, [str(path), "--brand", file.shop.brand.code])
    assert (ran.exit_code, "lacks columns: terminal, bought_at" in ran.output) == (1, True)


def test_many_batches_are_written(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purchase_import, "BATCH", 3)
    for number in range(8):
        file.add(str(number))
    assert file.run() == "accepted 8, corrected 0, refused 0, unchanged 0"


def test_two_imports_of_one_file_at_once_take_each_receipt_once(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purchase_import, "BATCH", 5)
    for number in range(30):
        file.add(str(number))
    file.run("--dry-run")
    heard: list[JudgedRow] = []

    def attempt(_: int) -> None:
        purchase_import.import_purchases(
            brand_id=file.shop.brand.id,
            receipts=ReceiptReader(file.path).receipts(),
            now=clock.now(),
            report=heard.append,
            transaction=db.system_transaction,
        )

    at_once(3, attempt)
    assert len(file.bought) == 30
    assert sorted(str(judged.outcome) for judged in heard) == ["accepted"] * 30 + ["unchanged"] * 60


def test_members_of_other_brands_are_unknown(file: File) -> None:
    theirs = make_card(make_member(), Shop().brand)
    file.add(member="", card=theirs.code)
    file.run()
    assert file.reasons == ["member_unknown"]


def test_a_report_can_be_read_in_french(file: File) -> None:
    file.add(member="M-2")
    file.run("--language", "fr")
    assert "refusé" in file.said


def test_a_receipt_without_end_is_refused(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_validation, "MOST_LINES", 2)
    for _ in range(3):
        file.add()
    file.run()
    assert file.reasons == ["too_many_lines"]


def test_a_spreadsheet_of_western_europe_is_read(file: File, tmp_path: Path) -> None:
    row = file.row(label="Crème brûlée")
    path = tmp_path / "excel.csv"
    path.write_bytes("\r\n".join([";".join(row), ";".join(map(str, row.values())), ""]).encode("cp1252"))
    ran = CliRunner().invoke(import_purchases, [str(path), "--brand", file.shop.brand.code], catch_exceptions=False)
    assert ran.stdout.splitlines()[-1] == "accepted 1, corrected 0, refused 0, unchanged 0"
    assert lines_of(file.bought[0])[0].label == "Crème brûlée"


def test_texts_that_look_like_arrays_stay_texts(file: File) -> None:
    """Columns travel as arrays: what an article is called must not end one."""
    called = r'"} , {\ NULL'
    file.add(label='"' + called.replace('"', '""') + '"')
    file.add(label="NULL", gross_minor=1)
    file.run()
    assert [found.label for found in lines_of(file.bought[0])] == [called, "NULL"]


HUGE = [
    {"gross_minor": "", "promotion_minor": "", "gross": "1e99999"},
    {"gross_minor": "", "promotion_minor": "", "gross": "9e999999"},
    {"gross_minor": "", "promotion_minor": "", "gross": "1." + "0" * 100_000},
    {"gross_minor": "9" * 5_000},
    {"quantity": "9" * 5_000},
    {"quantity": "1e999999"},
    {"tax_percent": "9e999999"},
]


@pytest.mark.parametrize("given", HUGE)
def test_a_number_that_would_fill_the_memory_refuses_its_receipt_only(file: File, given: dict[str, Any]) -> None:
    row_validation._scaled.cache_clear()
    file.add("bad", **given)
    file.add("good")
    assert file.run() == "accepted 1, corrected 0, refused 1, unchanged 0"
    assert row_validation._scaled.cache_info().currsize == 0


def test_a_receipt_that_never_ends_is_not_kept_whole(file: File) -> None:
    for _ in range(3 * row_validation.MOST_LINES):
        file.add("endless")
    file.add("good")
    assert file.run() == "accepted 1, corrected 0, refused 1, unchanged 0"
    assert file.reasons == ["too_many_lines"]
    assert max(len(receipt.cells) for receipt in ReceiptReader(file.path).receipts()) == row_validation.MOST_LINES + 1


@pytest.mark.parametrize("given", [{"gross_minor": 10**30}, {"gross_minor": -(10**30)}, {"quantity": 10**12}])
def test_numbers_that_no_table_holds_refuse_their_receipt_only(file: File, given: dict[str, Any]) -> None:
    file.add("bad", **given)
    file.add("good")
    assert file.run() == "accepted 1, corrected 0, refused 1, unchanged 0"
