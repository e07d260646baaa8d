"""Coupons of manufacturers as GS1 writes them: the euro coupon in an EAN-13, and the global coupon number (GCN).

Euro coupon (GS1 Ireland, GS1 Greece): `981` or `982`, four digits of the issuer, two of its reference, three of the
value, a check digit. 982 counts cents, 981 tenths of a euro, and 000 is an article for nothing.
GCN (GS1 General Specifications, 3.2 and the syntax dictionary): AI (255) with 13 digits and a serial of up to 12, and
beside it an amount (390n), a percentage (394n) or points (8111), and an expiry (17).
"""

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.codes.article_numbers import check_digit

EURO_PREFIXES = {"981": 10, "982": 1}
"""Prefix → cents for one."""
MOST_VALUE = 999
EURO_DIGITS = 13

SEPARATOR = "\x1d"
"""FNC1 as scanners pass it on: it ends what has no fixed length."""
FIXED = {"17": 6}
VARIABLE = {
    "255": (13, 25),
    "8111": (4, 4),
    **{f"390{decimals}": (1, 15) for decimals in range(4)},
    **{f"394{decimals}": (4, 4) for decimals in range(4)},
}
"""Application identifier → how many characters follow: exactly, or from and to."""
EXCLUDED = ("01", "02", "415", "8006", "8020", "8026")
"""What may not stand beside a GCN."""


class CouponDigitWrong(ValueError):
    """A code of the right layout of which a digit is wrong."""


@dataclass(frozen=True)
class EuroCoupon:
    """A manufacturer's coupon in euros; `value_minor` is null for an article for nothing."""

    issuer: str
    reference: str
    value_minor: int | None


@dataclass(frozen=True)
class Gcn:
    """A global coupon number; at most one of amount (in units of 10^-decimals), percentage and points."""

    number: str
    serial: str | None = None
    amount: tuple[int, int] | None = None
    percent: tuple[int, int] | None = None
    points: int | None = None
    expires_on: date | None = None


def read_euro_coupon(code: str) -> EuroCoupon:
    """What an EAN-13 says as a euro coupon. ValueError when it is none, `CouponDigitWrong` when its check digit is."""
    found = re.fullmatch(r"(98[12])([0-9]{4})([0-9]{2})([0-9]{3})([0-9])", code)
    if found is None:
        raise ValueError("not a euro coupon")
    if check_digit(code[:-1]) != code[-1]:
        raise CouponDigitWrong("wrong check digit")
    value = int(found[4])
    return EuroCoupon(found[2], found[3], value * EURO_PREFIXES[found[1]] or None)


def write_euro_coupon(coupon: EuroCoupon) -> str:
    """The EAN-13 of a coupon: in cents as long as that goes, then in tenths. ValueError when neither can say it."""
    value = coupon.value_minor or 0
    if not re.fullmatch(r"[0-9]{4}", coupon.issuer) or not re.fullmatch(r"[0-9]{2}", coupon.reference) or value < 0:
        raise ValueError("not a euro coupon")
    prefix, shown = ("982", value) if value <= MOST_VALUE else ("981", value // 10)
    if shown > MOST_VALUE or (prefix == "981" and value % 10):
        raise ValueError("no euro coupon has this value")
    digits = f"{prefix}{coupon.issuer}{coupon.reference}{shown:03}"
    return digits + check_digit(digits)


def read_gcn(text: str) -> Gcn:
    """What an element string says, scanned (with FNC1) or as people read it (with brackets).

    ValueError when it is no coupon, or says two things at once; `CouponDigitWrong` when its check digit is wrong.
    """
    parts = _bracketed(text) if text.startswith("(") else _scanned(text)
    if "255" not in parts or any(ai in parts for ai in EXCLUDED):
        raise ValueError("not a global coupon number")
    number, serial = parts["255"][:13], parts["255"][13:]
    if check_digit(number[:-1]) != number[-1]:
        raise CouponDigitWrong("wrong check digit")
    values = {ai: value for ai, value in parts.items() if ai not in ("255", "17")}
    if len(values) > 1:
        raise ValueError("more than one value")
    ai, value = next(iter(values.items()), ("", "0"))
    return Gcn(
        number,
        serial or None,
        amount=(int(value), int(ai[3])) if ai.startswith("390") else None,
        percent=(int(value), int(ai[3])) if ai.startswith("394") else None,
        points=int(value) if ai == "8111" else None,
        expires_on=_day(parts["17"]) if "17" in parts else None,
    )


def write_gcn(gcn: Gcn) -> str:
    """The element string of a coupon as people read it: its number, what it is worth, its end."""
    said = {
        "255": gcn.number + (gcn.serial or ""),
        **({f"390{gcn.amount[1]}": str(gcn.amount[0])} if gcn.amount else {}),
        **({f"394{gcn.percent[1]}": f"{gcn.percent[0]:04}"} if gcn.percent else {}),
        **({"8111": f"{gcn.points:04}"} if gcn.points is not None else {}),
        **({"17": f"{gcn.expires_on:%y%m%d}"} if gcn.expires_on else {}),
    }
    return "".join(f"({ai}){value}" for ai, value in said.items())


def _bracketed(text: str) -> Mapping[str, str]:
    found = re.findall(r"\(([0-9]{2,4})\)([0-9]+)", text)
    if "".join(f"({ai}){value}" for ai, value in found) != text or len(dict(found)) != len(found):
        raise ValueError("not an element string")
    for ai, value in found:
        _check_length(ai, value)
    return dict(found)


def _scanned(text: str) -> Mapping[str, str]:
    parts: dict[str, str] = {}
    rest = re.sub(r"^\][A-Za-z][0-9]", "", text).lstrip(SEPARATOR)
    while rest:
        ai = next((known for known in (*FIXED, *VARIABLE) if rest.startswith(known)), None)
        if ai is None or ai in parts:
            raise ValueError("not an element string")
        rest = rest[len(ai) :]
        value, rest = (rest[: FIXED[ai]], rest[FIXED[ai] :]) if ai in FIXED else rest.partition(SEPARATOR)[::2]
        _check_length(ai, value)
        parts[ai], rest = value, rest.removeprefix(SEPARATOR)
    return parts


def _check_length(ai: str, value: str) -> None:
    fewest, most = (FIXED[ai], FIXED[ai]) if ai in FIXED else VARIABLE.get(ai, (1, 90))
    if not fewest <= len(value) <= most or not (value.isascii() and value.isdigit()):
        raise ValueError("an element of the wrong length")


def _day(yymmdd: str) -> date:
    """Of this century, as a coupon's always is; day 00 is the last of the month (GS1 General Specifications, 3.4.7)."""
    year, month, day = 2000 + int(yymmdd[:2]), int(yymmdd[2:4]), int(yymmdd[4:])
    return date(year, month, day or calendar.monthrange(year, month)[1])
