"""Opening balances: points that were earned elsewhere, with their own age and end."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.ops.imports.reports import SOME_REFUSED
from app.sql import db
from tests.factories import make_brand, make_member
from tests.points.factories import make_currency
from tests.wallet.factories import link, make_card
from wallet.ledger.models import PointsBalance, PointsEntry, PointsLotState
from wallet.ledger.proof import replay
from wallet.points import spending
from wallet.points.commands import import_balances

TODAY = datetime.now(UTC)
AGO, AHEAD = (TODAY - timedelta(days=200)).date().isoformat(), (TODAY + timedelta(days=100)).date().isoformat()


@pytest.fixture
def currency(brand):
    return make_currency(brand, code="points", lasts="1Y")


@pytest.fixture
def card(brand):
    card = make_card(make_member(), brand)
    link(card, "001")
    return card


@pytest.fixture
def bring(monkeypatch, tmp_path, brand, currency, card):
    monkeypatch.setattr("wallet.points.commands.preparation.connect", lambda: None)

    def run(text, *words):
        file = tmp_path / "balances.csv"
        file.write_text(text, encoding="utf-8")
        answer = CliRunner().invoke(import_balances, [str(file), "--brand", brand.code, *words])
        assert answer.exit_code == (0 if "refused 0," in answer.output else SOME_REFUSED), answer.output
        return answer.stdout

    return run


def counted(said: str) -> str:
    return said.splitlines()[-1]


def lots(card):
    with db.system_transaction():
        mine = select(PointsLotState).where(PointsLotState.member_id == card.member_id)
        return db.all_of(mine.order_by(PointsLotState.earned_at))


def balance(card) -> int:
    with db.system_transaction():
        mine = select(PointsBalance.available).where(PointsBalance.member_id == card.member_id)
        return db.first(mine) or 0


def test_each_row_is_a_lot_with_its_own_age_and_end(bring, card):
    bring(f"number;points;earned;expires\n001;575;{AGO};{AHEAD}\n001;230;{TODAY.date()};\n")
    first, second = lots(card)
    assert (first.remaining, second.remaining) == (575, 230)
    assert (first.earned_at.date() - TODAY.date()).days in (-201, -200)
    assert (first.expires_at.date() - TODAY.date()).days == 100


def test_a_day_is_good_to_its_end_in_the_zone_of_the_brand(bring, card):
    bring("number;points;expires\n001;10;2999-01-31\n")
    assert lots(card)[0].expires_at == datetime(2999, 1, 31, 23, 0, tzinfo=UTC)


def test_without_an_end_the_rule_of_the_currency_counts_from_the_age(bring, card):
    bring(f"number;points;earned\n001;10;{AGO}\n")
    assert 150 < (lots(card)[0].expires_at - TODAY).days < 170


def test_the_same_file_twice_changes_nothing(bring, card):
    file = f"number;points;earned;expires;reference\n001;575;{AGO};;L1\n001;230;;{AHEAD};\n001;5;;;\n"
    bring(file)
    assert counted(bring(file)) == "accepted 0, corrected 0, refused 0, unchanged 3"
    assert balance(card) == 810


def test_two_lots_of_the_same_dates_need_references(bring, card):
    assert counted(bring("number;points;reference\n001;5;A\n001;5;B\n")).startswith("accepted 2")
    said = bring("number;points\n001;7\n001;8\n")
    assert counted(said) == "accepted 1, corrected 0, refused 1, unchanged 0"
    assert "has other points" in said


def test_a_dry_run_writes_nothing(bring, card):
    assert counted(bring("number;points\n001;5\n", "--dry-run")).startswith("accepted 1")
    assert balance(card) == 0


def test_a_card_may_stand_for_the_member(bring, card):
    bring(f"card;points\n{card.code.lower()};5\n")
    assert balance(card) == 5


def test_the_member_reads_where_the_points_come_from(bring, card, currency):
    bring("number;points\n001;5\n")
    with db.system_transaction():
        (entry,) = db.all_of(select(PointsEntry).where(PointsEntry.member_id == card.member_id))
    assert (entry.kind, entry.reason) == ("earned", "opening")


def test_the_ledger_holds_after_an_import(bring, brand, card):
    bring(f"number;points;earned\n001;5;{AGO}\n001;6;\n")
    with db.system_transaction():
        assert replay.verify_some(after=None, brand_id=brand.id).faults == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (";5;;;", "neither a member number nor a card"),
        ("999;5;;;", "no card has this number"),
        ("001;5;stars;;", "does not count in “stars”"),
        ("001;0;;;", "whole number from 1"),
        ("001;-5;;;", "whole number from 1"),
        ("001;1.5;;;", "whole number from 1"),
        ("001;9999999999999;;;", "whole number from 1"),
        ("001;5;;18/05/2024;", "date of earning unreadable"),
        ("001;5;;2999-01-01;", "earned in the future"),
        ("001;5;;;soon", "end unreadable"),
        ("001;5;;;2020-01-01", "expired already"),
        ("001;5;;2020-01-01;", "expired already"),
        ("001;5;;;;x", "6 cells for 5 columns"),
    ],
)
def test_a_row_that_nobody_could_mean_is_refused_with_why(bring, card, row, said):
    answer = bring(f"number;points;currency;earned;expires\n{row}\n")
    assert (said in answer, counted(answer)) == (True, "accepted 0, corrected 0, refused 1, unchanged 0")
    assert balance(card) == 0


def test_a_refused_row_leaves_the_others_alone(bring, card):
    assert counted(bring("number;points\n001;5\n999;5\n001;x\n")) == "accepted 1, corrected 0, refused 2, unchanged 0"
    assert balance(card) == 5


def test_another_brands_number_is_unknown(bring):
    link(make_card(make_member(), make_brand()), "777")
    assert "no card has this number" in bring("number;points\n777;5\n")


def test_a_file_of_several_batches_comes_in_whole(bring, card):
    rows = "".join(f"001;1;R{number}\n" for number in range(1200))
    assert counted(bring(f"number;points;reference\n{rows}", "--quiet")).startswith("accepted 1200")
    assert balance(card) == 1200


def test_points_that_end_first_are_spent_first_wherever_they_come_from(bring, card, currency):
    bring(f"number;points;expires\n001;805;2999-01-01\n001;75;{AHEAD}\n")
    with db.system_transaction():
        spending.spend_points(
            member_id=card.member_id,
            currency_id=currency.id,
            points=500,
            source="s",
            reason="test",
            now=datetime.now(UTC),
        )
    assert sorted(lot.remaining for lot in lots(card)) == [0, 380]
