"""Audiences, limits of use and birthdays on the wire. Days are those of the brand's calendar."""

import calendar
from collections.abc import Callable
from typing import Any

import marshmallow as ma

from app import complaints
from app.http.api import In, Instant, Out
from app.http.fields import MOST_ARTICLES, Pattern, category_paths
from offers.planning.audiences.for_whom import (
    BirthdayWindow,
    DaysAfter,
    ForWhom,
    MemberEvent,
    RecentArticles,
)
from offers.planning.audiences.use_limits import LimitedBy, LimitPeriod, UseLimit, UseLimits
from wallet.purchases.basket import Products

LONGEST_DAYS = 730
MOST_NAMED = 100
LEAP_YEAR = 2000
SEVERAL = ma.validate.Length(min=1, max=MOST_NAMED)
CODE = Pattern(r"^[a-z][a-z0-9_-]{0,39}$", complaints.NOT_A_CODE)
GTIN = Pattern(r"^[0-9]{8,14}$", complaints.NOT_AN_ARTICLE_NUMBER)
SKU = Pattern(r"^[!-~]{1,64}$", complaints.NOT_AN_ARTICLE_NUMBER)


def _days(least: int, **options: Any) -> ma.fields.Integer:
    return ma.fields.Integer(strict=True, validate=ma.validate.Range(least, LONGEST_DAYS), **options)


def _numbers(shape: Callable[[str], Any]) -> ma.fields.List[str]:
    number = ma.fields.String(validate=shape)
    return ma.fields.List(number, load_default=list, validate=ma.validate.Length(max=MOST_ARTICLES))


def _true(**options: Any) -> ma.fields.Boolean:
    return ma.fields.Boolean(truthy={True}, falsy={False}, **options)


def _some_of(field: ma.fields.Field[Any]) -> ma.fields.List[Any]:
    return ma.fields.List(field, validate=SEVERAL)


class DaysAfterIn(In):
    """From one day after an event until another, both included; 0 is the day of the event."""

    event = ma.fields.Enum(MemberEvent, by_value=True, required=True)
    from_day = _days(0, load_default=0)
    until_day = _days(0, required=True)

    @ma.validates_schema
    def order(self, data: dict[str, Any], **_: Any) -> None:
        if data["from_day"] > data["until_day"]:
            raise ma.ValidationError({"until_day": [complaints.END_BEFORE_START]})

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> DaysAfter:
        return DaysAfter(**data)


class BirthdayWindowIn(In):
    days_before = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 60))
    days_after = ma.fields.Integer(strict=True, load_default=0, validate=ma.validate.Range(0, 60))

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> BirthdayWindow:
        return BirthdayWindow(**data)


class RecentArticlesIn(In):
    """Articles in one of the categories or of one of the numbers; any at all where none is named."""

    within_days = _days(1, required=True)
    categories = category_paths()
    gtins = _numbers(GTIN)
    skus = _numbers(SKU)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> RecentArticles:
        within_days = data.pop("within_days")
        return RecentArticles(Products(**{name: frozenset(values) for name, values in data.items()}), within_days)


class ForWhomIn(In):
    """The members that an offer is for: all that is named must hold; of a list, any. Nothing named: everybody.

    From `segments` on it is profiling: it holds for nobody who has not permitted `offers_from_purchases`.
    """

    tiers = _some_of(ma.fields.String(validate=CODE))
    household = _true(metadata={"description": "In one, with somebody else"})
    employees = _true(metadata={"description": "The brand says that they work for it"})
    new_member_days = _days(1, metadata={"description": "Their card is younger"})
    days_after = _some_of(ma.fields.Nested(DaysAfterIn))
    birthday = ma.fields.Nested(BirthdayWindowIn)
    segments = _some_of(ma.fields.UUID())
    first_visit = _true()
    lapsed_days = _days(1, metadata={"description": "Bought once, and nothing for so long"})
    home_stores = _some_of(ma.fields.UUID())
    bought = ma.fields.Nested(RecentArticlesIn)
    not_bought = ma.fields.Nested(RecentArticlesIn)

    @ma.post_load
    def make(self, data: dict[str, Any], **_: Any) -> ForWhom:
        sets = {name: frozenset(data[name]) for name in ("tiers", "segments", "home_stores") if name in data}
        return ForWhom(**data | sets | {"days_after": tuple(data.get("days_after", ()))})


class LimitsOfUseIn(In):
    per_week = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 1_000))
    per_month = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 1_000))
    ever = ma.fields.Integer(strict=True, validate=ma.validate.Range(1, 1_000))


class UseLimitsIn(In):
    """How often coupons of the offer may be used. Weeks begin on Monday; a sale that is taken back does not count."""

    member = ma.fields.Nested(LimitsOfUseIn)
    household = ma.fields.Nested(LimitsOfUseIn)
    installation = ma.fields.Nested(
        LimitsOfUseIn, metadata={"description": "The phone that claimed; without one, the member"}
    )

    @ma.post_load
    def make(self, data: dict[str, dict[str, int]], **_: Any) -> UseLimits:
        return tuple(
            UseLimit(by, period, data[by][period])
            for by in LimitedBy
            for period in LimitPeriod
            if period in data.get(by, {})
        )


class BirthdayIn(In):
    """A day of the year; the year of birth is not asked."""

    day = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(1, 31))
    month = ma.fields.Integer(strict=True, required=True, validate=ma.validate.Range(1, 12))

    @ma.validates_schema
    def exists(self, data: dict[str, int], **_: Any) -> None:
        last = calendar.monthrange(LEAP_YEAR, data["month"])[1]
        if data["day"] > last:
            too_late = complaints.out_of_range(min=1, max=last)
            raise ma.ValidationError({"day": [too_late]})


class BirthdayOut(Out):
    day = ma.fields.Integer(required=True)
    month = ma.fields.Integer(required=True)
    said_at = Instant(required=True)
