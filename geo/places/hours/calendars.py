"""Which days are holidays in a part of a country, as far as it is known without asking anybody.

Public holidays are those of the package `holidays`, parts of countries included: Alsace-Moselle, overseas departments
(which have country codes of their own), cantons, Länder. A day that only some keep, or that is kept on another day when
it falls on a weekend, may be one. School holidays are known for mainland France, whose three zones share most of them.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

ONLY_FOR_SOME = {"CH": ("de_facto", "half_day", "optional"), "DE": ("catholic",)}
"""Kinds of holidays, as the package names them, that some towns or trades of a country keep: such a day may be one."""

GOOD_FRIDAY_BY_CUSTOM = ("BL", "MF", "MQ")
"""Where in the French West Indies Good Friday is kept by custom, not by law."""

SCHOOL_ZONES = {"FR": ("Zone A", "Zone B", "Zone C")}


@dataclass(frozen=True)
class HolidayCalendar:
    """The holidays of a country, or of the parts of it in one of which a store lies (see `find_regions`)."""

    country: str
    regions: tuple[str, ...] = ("",)

    def is_known(self, year: int) -> bool:
        """Whether the public holidays of the country are known."""
        return _public(self.country, self.regions, year) is not None

    def is_holiday(self, kind: str, day: date) -> bool | None:
        """Whether `day` is a public (`PH`) or school (`SH`) holiday there; None when it may be."""
        known = _school(self.country, day.year) if kind == "SH" else _public(self.country, self.regions, day.year)
        if known is None or day in known[1] - known[0]:
            return None
        return day in known[0]


class NoHolidays:
    """A week without holidays."""

    def is_holiday(self, kind: str, day: date) -> bool:
        """No day is one."""
        return False


Sure = frozenset[date]
Possible = frozenset[date]


@lru_cache(maxsize=1024)
def _public(country: str, regions: tuple[str, ...], year: int) -> tuple[Sure, Possible] | None:
    try:
        days = [_days(country, region, year, observed=moved) for region in regions for moved in (True, False)]
        some = [_days(country, region, year, kind) for region in regions for kind in ONLY_FOR_SOME.get(country, ())]
    except NotImplementedError:  # a country that the package does not know
        return None
    if country in GOOD_FRIDAY_BY_CUSTOM:
        some.append(_days("GP", "", year) & _days("FR", "57", year))  # both keep it besides the days of all France
    return frozenset.intersection(*days), frozenset.union(*days, *some)


@lru_cache(maxsize=64)
def _school(country: str, year: int) -> tuple[Sure, Possible] | None:
    zones = SCHOOL_ZONES.get(country)
    if zones is None:
        return None
    days = [_days(country, zone, year, "school") for zone in zones]
    return frozenset.intersection(*days), frozenset.union(*days)


def _days(country: str, region: str, year: int, kind: str = "public", *, observed: bool = True) -> frozenset[date]:
    """`observed`: a holiday that falls on a weekend is kept on a day of the week where the law moves it."""
    return frozenset(
        holidays.country_holidays(country, subdiv=region or None, years=year, categories=kind, observed=observed)
    )
