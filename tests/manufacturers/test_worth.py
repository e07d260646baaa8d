"""What a manufacturer's coupon pays in a basket, and why another pays nothing."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Problem
from offers.manufacturers import errors, worth
from offers.manufacturers.codes import key_of, keys_of, read_code, said_minor, spell_code
from offers.manufacturers.series import KnownCoupons, Series, SeriesOfIssuer, read_series, write_series
from offers.manufacturers.worth import CouponsJudged, ScannedCoupon
from tests.factories import NOON
from tests.manufacturers.factories import COFFEE, COMPANY, EURO, TEA, article, euro, gcn, of
from wallet.purchases.basket import Basket, BasketLine

DAY = date(2026, 5, 18)
ISSUER = uuid.uuid4()
ANY = Series(EURO)
FOR_COFFEE = Series(EURO, products=of(COFFEE))


def judge(codes: Sequence[str], *lines: BasketLine, series: Sequence[Series], **given: Any) -> CouponsJudged:
    known = {one.prefix: SeriesOfIssuer(ISSUER, "Torref", "EUR", one) for one in series}
    shown = [ScannedCoupon(key_of(code, at), read_code(code)) for at, code in enumerate(codes)]
    basket = Basket("EUR", NOON, lines, tax_included=given.pop("tax_included", True))
    fields: dict[str, Any] = {"most": {}, "day": DAY} | given
    return worth.judge_coupons(shown, known=KnownCoupons(known, {}), basket=basket, **fields)


def refused(found: CouponsJudged) -> list[type[Problem]]:
    assert not found.payments
    return [type(refusal) for refusal in found.refusals.values()]


def test_a_coupon_pays_what_it_says_of_its_article() -> None:
    found = judge([euro(50)], article(1, 300, TEA), article(2, 400), series=[FOR_COFFEE])
    assert [(one.amount_minor, one.lines, one.article, one.is_cut) for one in found.payments] == [
        (50, {2: 50}, COFFEE, False)
    ]


def test_an_article_is_the_same_with_however_many_digits() -> None:
    assert judge([euro(50)], article(1, 400, f"0{COFFEE}"), series=[FOR_COFFEE]).amount_minor == 50


def test_it_never_pays_more_than_its_units_cost() -> None:
    [one] = judge([euro(500)], article(1, 300), article(2, 900, TEA), series=[FOR_COFFEE]).payments
    assert (one.amount_minor, one.face_minor, one.is_cut) == (300, 500, True)


def test_each_coupon_needs_a_unit_of_its_own() -> None:
    found = judge([euro(50), euro(50), euro(50)], article(1, 600, quantity=2), series=[FOR_COFFEE])
    assert (found.amount_minor, len(found.payments)) == (100, 2)
    assert [type(one) for one in found.refusals.values()] == [errors.ManufacturerCouponWithoutArticle]


def test_some_ask_for_several_units() -> None:
    two = Series(EURO, products=of(COFFEE), units=2)
    assert refused(judge([euro(50)], article(1, 300), series=[two])) == [errors.ManufacturerCouponWithoutArticle]
    assert judge([euro(50)], article(1, 300), article(2, 100), series=[two]).by_line() == {1: 38, 2: 12}


def test_a_coupon_without_articles_pays_for_all_of_the_basket_and_comes_last() -> None:
    series = [ANY, Series(f"{EURO}02", products=of(COFFEE))]
    found = judge([euro(500, "01"), euro(300, "02")], article(1, 400), article(2, 300, TEA), series=series)
    assert [one.amount_minor for one in found.payments] == [300, 400]
    assert found.by_line() == {1: 400, 2: 300}


def test_of_several_prefixes_the_longest_holds() -> None:
    series = [ANY, Series(f"{EURO}02", last_day=DAY - timedelta(days=1))]
    assert judge([euro(50, "01")], article(1, 400), series=series).amount_minor == 50
    assert refused(judge([euro(50, "02")], article(1, 400), series=series)) == [errors.ManufacturerCouponExpired]


def test_a_code_without_a_value_pays_the_cheapest_unit_where_the_register_says_so() -> None:
    lines = article(1, 500, quantity=1), article(2, 800, quantity=2)
    assert refused(judge([euro(None)], *lines, series=[FOR_COFFEE])) == [errors.ManufacturerCouponWithoutValue]
    free = Series(EURO, products=of(COFFEE), free_article=True)
    [one] = judge([euro(None)], *lines, series=[free]).payments
    assert (one.lines, one.face_minor) == ({2: 400}, None)
    most = Series(EURO, products=of(COFFEE), free_article=True, most_minor=150)
    assert judge([euro(None)], *lines, series=[most]).amount_minor == 150


@pytest.mark.parametrize(
    ("rest", "pays"),
    [("(3902)150", 150), ("(3900)2", 200), ("(3901)15", 150), ("(3940)0020", 80), ("(3941)0125", 50), ("", 120)],
)
def test_a_global_number_says_an_amount_or_a_percentage_or_the_register_does(rest: str, pays: int) -> None:
    series = Series(COMPANY, products=of(COFFEE), face_minor=120)
    assert judge([gcn(rest=rest)], article(1, 400), series=[series]).amount_minor == pays


@pytest.mark.parametrize("rest", ["(8111)0500", "(3903)1505"])
def test_points_and_parts_of_a_cent_are_no_value(rest: str) -> None:
    series = Series(COMPANY, products=of(COFFEE), face_minor=120)
    found = judge([gcn(rest=rest)], article(1, 400), series=[series])
    assert refused(found) == [errors.ManufacturerCouponWithoutValue]


@pytest.mark.parametrize(("value", "taken"), [(99, False), (100, True), (200, True), (201, False)])
def test_the_register_says_which_values_are_refunded(value: int, taken: bool) -> None:
    bounded = Series(EURO, least_minor=100, most_minor=200)
    found = judge([euro(value)], article(1, 400), series=[bounded])
    assert [one.amount_minor for one in found.payments] == ([value] if taken else [])
    assert [type(one) for one in found.refusals.values()] == ([] if taken else [errors.ManufacturerCouponValueRefused])


@pytest.mark.parametrize(
    ("code", "series", "refusal"),
    [
        (euro(50), Series(EURO, last_day=DAY - timedelta(days=1)), errors.ManufacturerCouponExpired),
        (gcn(rest="(3902)150(17)260517"), Series(COMPANY), errors.ManufacturerCouponExpired),
        (euro(50), Series(EURO, first_day=DAY + timedelta(days=1)), errors.ManufacturerCouponNotStarted),
        (euro(50), Series("9810000"), errors.CouponIssuerUnknown),
        (gcn(), Series(COMPANY, is_unique=True, face_minor=1), errors.ManufacturerCouponWithoutSerial),
        (euro(50), Series(EURO, products=of(TEA)), errors.ManufacturerCouponWithoutArticle),
    ],
)
def test_each_refusal_is_its_own(code: str, series: Series, refusal: type[Problem]) -> None:
    assert refused(judge([code], article(1, 400), series=[series])) == [refusal]


@pytest.mark.parametrize("day", [DAY, DAY - timedelta(days=2)])
def test_both_days_are_included(day: date) -> None:
    series = Series(EURO, first_day=DAY - timedelta(days=2), last_day=DAY)
    assert judge([euro(50)], article(1, 400), series=[series], day=day).amount_minor == 50
    assert judge([gcn(rest="(3902)50(17)260518")], article(1, 400), series=[Series(COMPANY)]).amount_minor == 50


def test_a_number_that_is_unique_pays_once_in_a_sale() -> None:
    unique = Series(COMPANY, is_unique=True, face_minor=50)
    found = judge([gcn("1"), gcn("1"), gcn("2")], article(1, 400), series=[unique])
    assert found.amount_minor == 100
    assert [type(one) for one in found.refusals.values()] == [errors.ManufacturerCouponTwice]


def test_a_law_that_caps_advantages_caps_this_one() -> None:
    found = judge([euro(50)], article(1, 100), series=[FOR_COFFEE], most={1: 34})
    assert (found.amount_minor, found.payments[0].is_cut) == (34, True)
    found = judge([euro(50)], article(1, 100), series=[FOR_COFFEE], most={1: 0})
    assert refused(found) == [errors.ManufacturerCouponCapped]


def test_what_offers_and_points_took_it_cannot_pay() -> None:
    line = article(1, 400, promotion_minor=300, points_minor=100)
    assert refused(judge([euro(50)], line, series=[FOR_COFFEE])) == [errors.ManufacturerCouponPaysNothing]


def test_it_pays_taxes_that_come_on_top() -> None:
    found = judge([euro(900)], article(1, 100, tax_bp=2_000), series=[FOR_COFFEE], tax_included=False)
    assert found.amount_minor == 120


@pytest.mark.parametrize(
    ("code", "refusal"),
    [
        ("", errors.ManufacturerCouponUnreadable),
        ("hello", errors.ManufacturerCouponUnreadable),
        (COFFEE, errors.ManufacturerCouponUnreadable),
        ("9828508010107", errors.ManufacturerCouponMistyped),
        (gcn()[:-1] + str((int(gcn()[-1]) + 1) % 10), errors.ManufacturerCouponMistyped),
        (gcn(rest="(3902)150(8111)0500"), errors.ManufacturerCouponUnreadable),
        (gcn(rest="(17)271301"), errors.ManufacturerCouponUnreadable),
    ],
)
def test_what_is_no_coupon_says_so(code: str, refusal: type[Problem]) -> None:
    with pytest.raises(refusal):
        read_code(code)


def test_a_code_is_the_same_scanned_and_typed() -> None:
    typed = gcn("42", "(3902)150(17)270131")
    scanned = "]C1255" + typed[5:20] + "\x1d3902150\x1d17270131"
    assert spell_code(scanned) == spell_code(typed) == typed
    assert keys_of(["b", "a", "b"]) == {"manufacturer:0:a": "a", "manufacturer:1:b": "b", "manufacturer:2:b": "b"}
    assert (said_minor(typed, "EUR"), said_minor("no", "EUR")) == (150, 0)


def test_a_series_reads_as_it_was_written() -> None:
    told = Series(COMPANY, is_unique=True, products=of(COFFEE), units=2, most_minor=9, first_day=DAY)
    assert read_series(COMPANY, write_series(told)) == told


VALUES = st.one_of(st.none(), st.integers(1, 999))
LINES = st.lists(
    st.tuples(st.integers(0, 2_000), st.integers(1, 4), st.sampled_from([COFFEE, TEA])), min_size=1, max_size=5
)


@given(
    lines=LINES,
    values=st.lists(st.tuples(VALUES, st.sampled_from(["01", "02", "03"])), max_size=6),
    units=st.integers(1, 3),
    caps=st.dictionaries(st.integers(1, 5), st.integers(0, 700), max_size=5),
    included=st.booleans(),
)
def test_no_line_is_paid_twice_and_none_below_zero(
    lines: list[tuple[int, int, str]],
    values: list[tuple[int | None, str]],
    units: int,
    caps: dict[int, int],
    included: bool,
) -> None:
    basket = [article(at, gross, gtin, many) for at, (gross, many, gtin) in enumerate(lines, start=1)]
    series = [
        ANY,
        Series(f"{EURO}02", products=of(COFFEE), units=units, free_article=True),
        Series(f"{EURO}03", products=of(COFFEE, TEA), free_article=True),
    ]
    codes = [euro(value, reference) for value, reference in values]
    found = judge(codes, *basket, series=series, most=caps, tax_included=included)
    assert len(found.payments) + len(found.refusals) == len(codes)
    for line in basket:
        price = worth.price_of(line, tax_included=included)
        assert 0 <= found.by_line().get(line.position, 0) <= min(price, caps.get(line.position, price))
    for one in found.payments:
        assert sum(one.lines.values()) == one.amount_minor > 0
        assert one.face_minor is None or one.amount_minor <= one.face_minor
