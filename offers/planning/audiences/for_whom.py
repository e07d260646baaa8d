"""The members that an offer is for: a closed language of conditions. Pure.

All conditions that are named must hold; where one names several things, any of them is enough. Nothing named is
everybody.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from wallet.purchases.basket import Products


class MemberEvent(StrEnum):
    """What happens once in a member's life with a brand, or again, and from which days are counted."""

    JOINED = "joined"
    TIER = "tier"  # the tier that they have was reached
    BIRTHDAY = "birthday"
    PURCHASE = "purchase"  # the latest


@dataclass(frozen=True, slots=True)
class DaysAfter:
    """From one day after an event until another, both included; 0 is the day of the event."""

    event: MemberEvent
    from_day: int
    until_day: int


@dataclass(frozen=True, slots=True)
class BirthdayWindow:
    """So many days before a birthday, the day itself, and so many after it."""

    days_before: int = 0
    days_after: int = 0


@dataclass(frozen=True, slots=True)
class RecentArticles:
    """Some articles, and how many days back somebody is looked for who bought one."""

    products: Products
    within_days: int


@dataclass(frozen=True, slots=True)
class ForWhom:
    """The conditions. Tiers are codes of the brand's ladder; days are those of the brand's calendar."""

    tiers: frozenset[str] = frozenset()
    household: bool = False
    """In one, with somebody else."""
    employees: bool = False
    """The brand says that they work for it."""
    new_member_days: int = 0
    """Their card is younger."""
    days_after: tuple[DaysAfter, ...] = ()
    birthday: BirthdayWindow | None = None
    segments: frozenset[uuid.UUID] = frozenset()
    first_visit: bool = False
    """They have bought nothing yet, and their pass was shown on no day before."""
    lapsed_days: int = 0
    """They bought something once, and nothing for so many days."""
    home_stores: frozenset[uuid.UUID] = frozenset()
    """Where they bought most often within a year."""
    bought: RecentArticles | None = None
    not_bought: RecentArticles | None = None

    @property
    def is_everybody(self) -> bool:
        """Whether nothing is asked of anybody."""
        return self == EVERYBODY

    @property
    def looks_back_days(self) -> int:
        """How many days of what was bought must be known; 0 where no article is asked for."""
        return max((asked.within_days for asked in (self.bought, self.not_bought) if asked), default=0)

    def record(self) -> dict[str, Any]:
        """As `OfferVersion.for_whom` keeps it, and the wire says it: what is not asked is not there."""
        said: dict[str, Any] = {
            "tiers": sorted(self.tiers),
            "household": self.household,
            "employees": self.employees,
            "new_member_days": self.new_member_days,
            "days_after": [
                {"event": str(one.event), "from_day": one.from_day, "until_day": one.until_day}
                for one in self.days_after
            ],
            "birthday": self.birthday
            and {"days_before": self.birthday.days_before, "days_after": self.birthday.days_after},
            "segments": sorted(map(str, self.segments)),
            "first_visit": self.first_visit,
            "lapsed_days": self.lapsed_days,
            "home_stores": sorted(map(str, self.home_stores)),
            "bought": self.bought and _record_articles(self.bought),
            "not_bought": self.not_bought and _record_articles(self.not_bought),
        }
        return {name: value for name, value in said.items() if value}


EVERYBODY = ForWhom()


def read_for_whom(kept: Mapping[str, Any]) -> ForWhom:
    """The conditions that `OfferVersion.for_whom` keeps. Raises `TypeError` for one that this release does not know:
    it must not be taken for everybody."""
    if not kept:
        return EVERYBODY
    said = dict(kept)
    said["tiers"] = frozenset(said.get("tiers", ()))
    said["days_after"] = tuple(
        DaysAfter(MemberEvent(one["event"]), one["from_day"], one["until_day"]) for one in said.get("days_after", ())
    )
    said["birthday"] = BirthdayWindow(**said["birthday"]) if "birthday" in said else None
    for name in ("segments", "home_stores"):
        said[name] = frozenset(uuid.UUID(str(id)) for id in said.get(name, ()))
    for name in ("bought", "not_bought"):
        said[name] = _read_articles(said[name]) if name in said else None
    return ForWhom(**said)


ARTICLE_FIELDS = ("categories", "gtins", "skus")


def _record_articles(asked: RecentArticles) -> dict[str, Any]:
    named = {name: sorted(getattr(asked.products, name)) for name in ARTICLE_FIELDS}
    return {"within_days": asked.within_days} | {name: values for name, values in named.items() if values}


def _read_articles(kept: Mapping[str, Any]) -> RecentArticles:
    named = {name: frozenset(kept.get(name, ())) for name in ARTICLE_FIELDS}
    return RecentArticles(Products(**named), kept["within_days"])
