"""What manufacturers' coupons pay in a basket, and why others pay nothing. Pure: no tables, no time of day.

A coupon is a means of payment: the price of the article stays, and with it the tax (CGI, art. 266-1-a: what a third
party pays for a delivery is part of its price; CJCE, 16 January 2003, C-398/99). In this order:

1. those that name articles come before those for the whole basket, each kind in the order of their codes;
2. one that names articles takes so many units of them, the dearest first (for an article for nothing, the cheapest),
   and no other coupon that names articles pays for these;
3. it pays what it says, never more than is left of these units once offers and points are off, and never more than a
   law leaves: that caps all advantages of an article, whoever pays for them (`planning.caps`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from app.errors import Problem
from offers.manufacturers import errors
from offers.manufacturers.codes import ReadCoupon
from offers.manufacturers.series import EVERYTHING, KnownCoupons, Series, SeriesOfIssuer
from wallet.purchases.basket import Basket, BasketLine, shares

WHOLE_PERCENT = 100


class ScannedCoupon(NamedTuple):
    """A coupon as a till showed it: `key` is what it is called in the sale, `read` what its code says."""

    key: str
    read: ReadCoupon


@dataclass(frozen=True)
class CouponPayment:
    """What a coupon pays, and of which lines by their position. `face_minor` is what it says; null for a percentage and
    for an article for nothing. `is_cut`: it pays less, as there is not as much to pay, or a law leaves no more."""

    key: str
    code: str
    unique_number: str | None
    of: SeriesOfIssuer
    face_minor: int | None
    amount_minor: int
    lines: Mapping[int, int]
    article: str
    is_cut: bool


@dataclass(frozen=True)
class CouponsJudged:
    """What coupons pay in their order, and why the others do not, by their keys."""

    payments: Sequence[CouponPayment] = ()
    refusals: Mapping[str, Problem] = field(default_factory=dict)

    @property
    def amount_minor(self) -> int:
        """All that they pay."""
        return sum(one.amount_minor for one in self.payments)

    def by_line(self) -> dict[int, int]:
        """What they pay of each line, by its position."""
        found: dict[int, int] = {}
        for one in self.payments:
            for position, amount in one.lines.items():
                found[position] = found.get(position, 0) + amount
        return found


class CouponRoom:
    """What can still be paid by coupons: units of each line and what they cost, and of each line in all."""

    def __init__(self, basket: Basket, most: Mapping[int, int]) -> None:
        prices = {line.position: price_of(line, tax_included=basket.tax_included) for line in basket.lines}
        self.lines = basket.lines
        self.capped = {at for at, price in prices.items() if most.get(at, price) < price}
        self.left = {at: min(price, most.get(at, price)) for at, price in prices.items()}
        self.of_units = dict(self.left)
        self.units = {line.position: line.quantity for line in basket.lines}

    def take_units(self, series: Series, *, cheapest: bool) -> list[tuple[int, int, int]] | None:
        """So many units as a coupon of a series asks for, as position, units and what of them can be paid; None where
        there are not as many."""
        named = [line.position for line in self.lines if series.products.include(line) and self.units[line.position]]
        if sum(self.units[at] for at in named) < series.units:
            return None
        each = {at: self.of_units[at] // self.units[at] for at in named}
        wanted, taken = series.units, []
        for at in sorted(named, key=lambda at: (each[at] if cheapest else -each[at], at)):
            many = min(wanted, self.units[at])
            if many:
                taken.append((at, many, self.of_units[at] * many // self.units[at]))
            wanted -= many
        return taken

    def pay(self, lines: Mapping[int, int], taken: Sequence[tuple[int, int, int]]) -> None:
        """Let nobody else pay these units, or what was paid of these lines."""
        for at, many, worth in taken:
            self.units[at] -= many
            self.of_units[at] -= worth
        for at, amount in lines.items():
            self.left[at] -= amount


def judge_coupons(
    shown: Sequence[ScannedCoupon],
    *,
    known: KnownCoupons,
    basket: Basket,
    most: Mapping[int, int],
    day: date,
) -> CouponsJudged:
    """What these coupons pay in a basket of which offers and points are off, on a day of the store's calendar. `most`
    is what a law still leaves of a line that it is about, by its position."""
    refusals: dict[str, Problem] = {}
    holding: list[tuple[ScannedCoupon, SeriesOfIssuer]] = []
    numbers: set[str] = set()
    for one in shown:
        try:
            of = known.find_series(one.read)
            _check_coupon(one.read, of, known=known, numbers=numbers, currency=basket.currency, day=day)
        except Problem as refusal:
            refusals[one.key] = refusal
        else:
            holding.append((one, of))
    room, payments = CouponRoom(basket, most), []
    for one, of in sorted(holding, key=lambda held: (held[1].series.products == EVERYTHING, held[0].key)):
        try:
            payments.append(_pay(one, of, room))
        except Problem as refusal:
            refusals[one.key] = refusal
    return CouponsJudged(payments, refusals)


def price_of(line: BasketLine, *, tax_included: bool) -> int:
    """What is to be paid for a line in money, taxes included."""
    return line.net_minor + (0 if tax_included else line.tax_minor(tax_included=False))


def _check_coupon(
    read: ReadCoupon, of: SeriesOfIssuer, *, known: KnownCoupons, numbers: set[str], currency: str, day: date
) -> None:
    """Hold what a code says against the register, whatever the basket holds; `numbers` are those of this sale."""
    series = of.series
    said: dict[str, Any] = {"issuer": of.issuer}
    last = min((end for end in (series.last_day, read.expires_on) if end is not None), default=None)
    if last is not None and day > last:
        raise errors.ManufacturerCouponExpired(**said, last_day=last)
    if series.first_day is not None and day < series.first_day:
        raise errors.ManufacturerCouponNotStarted(**said, first_day=series.first_day)
    if of.currency != currency:
        raise errors.ManufacturerCouponForeign(**said, currency=of.currency)
    if not series.is_unique:
        return
    if read.unique_number is None:
        raise errors.ManufacturerCouponWithoutSerial(**said)
    if read.unique_number in known.used:
        at, store = known.used[read.unique_number]
        raise errors.ManufacturerCouponUsed(**said, at=at, store=store)
    if read.unique_number in numbers:
        raise errors.ManufacturerCouponTwice(**said)
    numbers.add(read.unique_number)


def _pay(one: ScannedCoupon, of: SeriesOfIssuer, room: CouponRoom) -> CouponPayment:
    series = of.series
    face = _face(one.read, of)
    taken: list[tuple[int, int, int]] = []
    if series.products != EVERYTHING:
        found = room.take_units(series, cheapest=face is None and one.read.percent is None)
        if found is None:
            raise errors.ManufacturerCouponWithoutArticle(issuer=of.issuer, units=series.units)
        taken = found
    there = {at: min(worth, room.left[at]) for at, _, worth in taken} if taken else dict(room.left)
    wanted = face if face is not None else _share(one.read, series, taken, there)
    amount = min(wanted, sum(there.values()))
    if not amount:
        # Of articles that are still to be paid it is a law that leaves nothing.
        is_capped = not room.capped.isdisjoint(there)
        refusal = errors.ManufacturerCouponCapped if is_capped else errors.ManufacturerCouponPaysNothing
        raise refusal(issuer=of.issuer)
    parts = shares(amount, list(there.values()))
    lines = {at: part for at, part in zip(there, parts, strict=True) if part}
    room.pay(lines, taken)
    return CouponPayment(
        key=one.key,
        code=one.read.code,
        unique_number=one.read.unique_number if series.is_unique else None,
        of=of,
        face_minor=face,
        amount_minor=amount,
        lines=lines,
        article=_article(room.lines, min(lines)),
        is_cut=amount < wanted,
    )


def _face(read: ReadCoupon, of: SeriesOfIssuer) -> int | None:
    """What a coupon says it is worth, or the register for it; null for a percentage, or an article for nothing.

    Raises `ManufacturerCouponWithoutValue`, `ManufacturerCouponValueRefused`.
    """
    series = of.series
    if read.percent is not None:
        return None
    face = read.amount_minor(of.currency) or (None if read.amount or read.has_points else series.face_minor)
    if face is None:
        if series.free_article and not (read.amount and read.amount[0]) and not read.has_points:
            return None
        raise errors.ManufacturerCouponWithoutValue(issuer=of.issuer)
    if not (series.least_minor or 0) <= face <= (series.most_minor or face):
        raise errors.ManufacturerCouponValueRefused(issuer=of.issuer)
    return face


def _share(read: ReadCoupon, series: Series, taken: Sequence[tuple[int, int, int]], there: Mapping[int, int]) -> int:
    """What a percentage comes to, rounded half up, or one unit for nothing: the cheapest of those that it takes."""
    if read.percent is None:
        value = min(worth // many for _, many, worth in taken)
    else:
        number, decimals = read.percent
        whole = WHOLE_PERCENT * 10**decimals
        value = (sum(there.values()) * min(number, whole) * 2 + whole) // (2 * whole)
    return value if series.most_minor is None else min(value, series.most_minor)


def _article(lines: Sequence[BasketLine], position: int) -> str:
    line = next(one for one in lines if one.position == position)
    return line.gtin or line.sku or line.label
