"""Price lists as retailers have them: what a row says, or the reason why it cannot be taken."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.languages import LANGUAGES
from app.ops.imports.outcomes import RowFault
from app.ops.imports.tables import TableLine
from geo.availability.findings import PriceFinding, RefusedPrice
from geo.availability.price_rows import JudgedPrice, OpenStore, PriceRules, judge_price
from geo.availability.price_values import read_price
from tests.availability.factories import FULL_TEA, TEA
from tests.factories import NOON

RULES = PriceRules({"S1": OpenStore(7, "Europe/Paris")}, "EUR", NOON, as_of=NOON - timedelta(hours=1))


def line(**values: str | None) -> TableLine:
    said = {"store": "S1", "gtin": TEA, "price": "2,49"} | values
    return TableLine(2, said, len(said), len(said), False, ())


def judged(rules: PriceRules = RULES, **values: str | None) -> JudgedPrice:
    return judge_price(line(**values), rules)


def refused(**values: str | None) -> Any:
    with pytest.raises(RefusedPrice) as refusal:
        judged(**values)
    return refusal.value.found.finding


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("2,49", "2.49", None),
        ("2.49", "2.49", None),
        ("1 299,00 €", "1299.00", "EUR"),
        ("1\u202f299,00", "1299.00", None),
        ("1.299,00", "1299.00", None),
        ("1,299.00", "1299.00", None),
        ("12.90 EUR", "12.90", "EUR"),
        ("CHF 4.20", "4.20", "CHF"),
        ("£3", "3", "GBP"),
        ("5,", "5.0", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: str, currency: str | None) -> None:
    assert read_price(text) == (Decimal(amount), currency)


@pytest.mark.parametrize("text", ["", "abc", "1.299.000", "2,49 € 3", "EUR 2 EUR", "2e5", "--3"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        read_price(text)


def test_a_price_is_in_minor_units_of_the_brands_currency() -> None:
    told = judged().told
    assert (told.store_number, told.gtin, told.price_minor, told.currency) == (7, FULL_TEA, 249, "EUR")


def test_a_currency_beside_the_amount_or_in_its_column_counts() -> None:
    said = [judged(price="250 JPY"), judged(price="250", currency="jpy"), judged(price=None, price_minor="1 299")]
    assert [(one.told.price_minor, one.told.currency) for one in said] == [(250, "JPY"), (250, "JPY"), (1299, "EUR")]


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"store": None}, PriceFinding.STORE_MISSING),
        ({"store": "S9"}, PriceFinding.STORE_NOT_OURS),
        ({"gtin": None}, PriceFinding.ARTICLE_MISSING),
        ({"gtin": "3017620422004"}, PriceFinding.GTIN_IMPOSSIBLE),
        ({"sku": "x" * 201}, PriceFinding.WORD_TOO_LONG),
        ({"price": "2,495"}, PriceFinding.PRICE_UNREADABLE),
        ({"price": "-1"}, PriceFinding.PRICE_UNREADABLE),
        ({"price": "9" * 15}, PriceFinding.PRICE_UNREADABLE),
        ({"price": "2 ZZZ"}, PriceFinding.MONEY_UNKNOWN),
        ({"price": None, "price_minor": "2", "currency": "ZZZ"}, PriceFinding.MONEY_UNKNOWN),
        ({"stock": "plenty"}, PriceFinding.STOCK_UNREADABLE),
        ({"stock": "1e99"}, PriceFinding.STOCK_UNREADABLE),
        ({"in_stock": "perhaps"}, PriceFinding.STOCK_UNREADABLE),
        ({"price": None}, PriceFinding.NOTHING_SAID),
        ({"price": "0"}, PriceFinding.NOTHING_SAID),
        ({"as_of": "yesterday"}, PriceFinding.AS_OF_UNREADABLE),
        ({"as_of": "31/02/2026"}, PriceFinding.AS_OF_UNREADABLE),
        ({"as_of": "2026-05-18T12:06"}, PriceFinding.AS_OF_AHEAD),
        ({"as_of": "2025-12-01"}, PriceFinding.AS_OF_TOO_OLD),
    ],
)
def test_a_row_is_refused_with_its_reason(values: dict[str, str | None], finding: PriceFinding) -> None:
    assert refused(**values) is finding


def test_a_row_that_cannot_be_kept_or_is_shifted_is_refused() -> None:
    found = []
    for spoilt in (line()._replace(storable=False), line()._replace(overfull=True)):
        with pytest.raises(RefusedPrice) as refusal:
            judge_price(spoilt, RULES)
        found.append(refusal.value.found.finding)
    assert found == [RowFault.TEXT_UNSTORABLE, PriceFinding.CELLS_BEYOND]


@pytest.mark.parametrize(
    ("values", "finding"),
    [
        ({"gtin": "3017620422004", "sku": "T1"}, PriceFinding.GTIN_LEFT_OUT),
        ({"gtin": "12345678905"}, PriceFinding.GTIN_MENDED),
        ({"price": "0,00", "stock": "4"}, PriceFinding.PRICE_OF_ZERO),
        ({"stock": "-3"}, PriceFinding.STOCK_BELOW_ZERO),
    ],
)
def test_a_row_is_corrected_and_says_so(values: dict[str, str | None], finding: PriceFinding) -> None:
    assert [one.finding for one in judged(**values).found] == [finding]


@pytest.mark.parametrize(
    ("values", "stock", "is_stocked"),
    [
        ({}, None, None),
        ({"stock": "12"}, 12, True),
        ({"stock": "12,000"}, 12, True),
        ({"stock": "0"}, 0, False),
        ({"stock": "0,435"}, None, True),
        ({"stock": "-3"}, 0, False),
        ({"stock": "oui"}, None, True),
        ({"in_stock": "in stock"}, None, True),
        ({"in_stock": "limited_availability"}, None, True),
        ({"in_stock": "on display to order"}, None, False),
        ({"in_stock": "Épuisé"}, None, False),
        ({"in_stock": "1"}, None, True),
        ({"in_stock": "FAUX"}, None, False),
    ],
)
def test_a_stock_is_a_count_or_yes_or_no(values: dict[str, str], stock: int | None, is_stocked: bool | None) -> None:
    told = judged(**values).told
    assert (told.stock, told.is_stocked) == (stock, is_stocked)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-05-18T08:00:00Z", datetime(2026, 5, 18, 8, tzinfo=UTC)),
        ("2026-05-18 08:00", datetime(2026, 5, 18, 6, tzinfo=UTC)),
        ("18/05/2026 08:00", datetime(2026, 5, 18, 6, tzinfo=UTC)),
        ("18.05.2026 8h00", datetime(2026, 5, 18, 6, tzinfo=UTC)),
        ("2026-05-18", datetime(2026, 5, 17, 22, tzinfo=UTC)),
        (None, NOON - timedelta(hours=1)),
    ],
)
def test_an_instant_is_on_the_clock_of_the_store(text: str | None, at: datetime) -> None:
    assert judged(as_of=text).told.as_of == at


def test_a_file_that_says_no_instant_anywhere_is_refused() -> None:
    with pytest.raises(RefusedPrice) as refusal:
        judged(PriceRules(RULES.stores, "EUR", NOON))
    assert refusal.value.found.finding is PriceFinding.AS_OF_MISSING


def test_the_path_of_a_feed_becomes_ours() -> None:
    assert judged(category="Thé > Vert >").told.category == "Thé/Vert"


@pytest.mark.parametrize("finding", PriceFinding)
def test_every_finding_has_words_in_both_languages(finding: PriceFinding) -> None:
    assert all(finding.heading.outline(language) for language in LANGUAGES)
