"""Coupons of manufacturers: the euro coupon in an EAN-13, and the global coupon number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.codes.article_numbers import check_digit
from wallet.passes.gs1 import EuroCoupon, read_euro_coupon, read_gcn, write_euro_coupon

DIGIT = "0123456789"
NUMBER = "401234567890"
GCN = NUMBER + check_digit(NUMBER)


@pytest.mark.parametrize("code", ["9813765030011", "9828508010106"])
def test_the_two_published_codes_are_ten_cents(code):
    assert read_euro_coupon(code).value_minor == 10


def test_a_euro_coupon_names_its_issuer_and_its_reference():
    assert read_euro_coupon("9828508010106") == EuroCoupon("8508", "01", 10)


def test_zero_is_an_article_for_nothing():
    assert read_euro_coupon(write_euro_coupon(EuroCoupon("8508", "01", None))).value_minor is None


@pytest.mark.parametrize(("value", "prefix"), [(1, "982"), (999, "982"), (1000, "981"), (9990, "981")])
def test_cents_go_as_far_as_they_can_then_tenths(value, prefix):
    code = write_euro_coupon(EuroCoupon("8508", "01", value))
    assert (code[:3], read_euro_coupon(code).value_minor) == (prefix, value)


@pytest.mark.parametrize("value", [1001, 10_000, -1])
def test_what_no_euro_coupon_can_say_is_refused(value):
    with pytest.raises(ValueError, match="euro coupon"):
        write_euro_coupon(EuroCoupon("8508", "01", value))


@given(st.text(DIGIT, min_size=4, max_size=4), st.text(DIGIT, min_size=2, max_size=2), st.integers(1, 999))
def test_a_euro_coupon_reads_as_it_was_written(issuer, reference, value):
    coupon = EuroCoupon(issuer, reference, value)
    assert read_euro_coupon(write_euro_coupon(coupon)) == coupon


@pytest.mark.parametrize(
    "code", ["9828508010107", "4006381333931", "982850801010", "98285080101O6", "", "٩828508010106"]
)
def test_what_is_no_euro_coupon_is_refused(code):
    with pytest.raises(ValueError, match=r"check digit|not a euro coupon"):
        read_euro_coupon(code)


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ("", {}),
        ("(3902)150", {"amount": (150, 2)}),
        ("(3940)0020", {"percent": (20, 0)}),
        ("(8111)0500", {"points": 500}),
        ("(17)270131", {"expires_on": date(2027, 1, 31)}),
        ("(17)270200", {"expires_on": date(2027, 2, 28)}),
        ("(3902)150(17)270131", {"amount": (150, 2), "expires_on": date(2027, 1, 31)}),
    ],
)
def test_a_coupon_number_says_its_value_and_its_end(rest, said):
    found = read_gcn(f"(255){GCN}{rest}")
    assert {name: getattr(found, name) for name in said} == said
    assert (found.number, found.serial) == (GCN, None)


def test_a_serial_follows_the_number():
    assert read_gcn(f"(255){GCN}000042").serial == "000042"


def test_what_a_scanner_reads_is_what_people_read():
    scanned = f"]C1255{GCN}42\x1d3902150\x1d17270131"
    assert read_gcn(scanned) == read_gcn(f"(255){GCN}42(3902)150(17)270131")


@pytest.mark.parametrize(
    "text",
    [
        f"(255){NUMBER}{(int(GCN[-1]) + 1) % 10}",
        f"(255){GCN[:-1]}",
        f"(255){GCN}1234567890123",
        f"(255){GCN}(3902)150(8111)0500",
        f"(255){GCN}(01)09501101530003",
        "(3902)150",
        f"(255){GCN}(17)271301",
        f"(255){GCN}(255){GCN}",
        "255",
        "nothing",
    ],
    ids=["check", "short", "serial", "two values", "article", "no number", "month 13", "twice", "bare", "text"],
)
def test_what_is_no_coupon_number_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says, it is refused
        read_gcn(text)
