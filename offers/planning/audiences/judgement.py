"""Whether an offer is for a member, by what is known of them: one row for each condition. Pure.

Some conditions are of the contract: the member's own card, tier and household, which the programme's rules name, and
that they work for the brand, which the brand says. Some are profiling: they look at what a member bought, or at what
was learnt from it, and hold for nobody who has not permitted that. Whoever has not is told only this, before anything
of the kind is looked at: their answer is the same whatever they bought, also where buying something would have ruled
them out.
"""

import calendar
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from app import clock
from offers.planning.audiences.for_whom import (
    BirthdayWindow,
    DaysAfter,
    ForWhom,
    MemberEvent,
    RecentArticles,
)
from offers.planning.audiences.member_facts import MemberFacts


class Ground(StrEnum):
    """By what right a condition looks at a member."""

    CONTRACT = "contract"
    BIRTHDAY = "birthday_treat"  # the purpose that a member permits
    PROFILING = "offers_from_purchases"  # the purpose that a member permits


class AudienceReason(StrEnum):
    """Why an offer is not for a member: the first condition that does not hold."""

    OTHER_TIER = "other_tier"
    NO_HOUSEHOLD = "no_household"
    NOT_EMPLOYED = "not_employed"
    NOT_NEW = "not_new"
    NOT_THE_DAYS = "not_the_days"
    BIRTHDAY_UNSAID = "birthday_unsaid"
    NOT_THE_BIRTHDAY = "not_the_birthday"
    PROFILING_REFUSED = "profiling_refused"
    OTHER_SEGMENT = "other_segment"
    VISITED_BEFORE = "visited_before"
    NOT_LAPSED = "not_lapsed"
    OTHER_HOME_STORE = "other_home_store"
    NOT_BOUGHT = "not_bought"
    BOUGHT_ALREADY = "bought_already"


class Today(NamedTuple):
    """The day of the judgement on the brand's calendar."""

    day: date
    zone: str

    def days_since(self, instant: datetime) -> int:
        """How many midnights have passed since then."""
        return (self.day - clock.day_of(instant, self.zone)).days


class AudienceCondition(NamedTuple):
    """Whether it holds, given what the offer asks; why the offer is not for the member where it does not."""

    ground: Ground
    reason: AudienceReason
    holds: Callable[[Any, MemberFacts, Today], bool]


def judge_audience(for_whom: ForWhom, facts: MemberFacts, *, now: datetime, zone: str) -> AudienceReason | None:
    """Why an offer is not for a member; None where it is. `zone` is the brand's."""
    today = Today(clock.day_of(now, zone), zone)
    for name, condition in CONDITIONS.items():
        asked = getattr(for_whom, name)
        if asked:
            unknown = _unknown(condition.ground, facts)
            if unknown is not None or not condition.holds(asked, facts, today):
                return unknown or condition.reason
    return None


def _unknown(ground: Ground, facts: MemberFacts) -> AudienceReason | None:
    if ground is Ground.PROFILING and not facts.profiled:
        return AudienceReason.PROFILING_REFUSED
    if ground is Ground.BIRTHDAY and facts.birthday is None:
        return AudienceReason.BIRTHDAY_UNSAID
    return None


def birthday_in(year: int, birthday: tuple[int, int]) -> date:
    """The birthday (day, month) in a year. Of who was born on 29 February it is the 28th where there is no 29th: a
    treat belongs to the month that they expect it in."""
    day, month = birthday
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))


def _has_tier(asked: frozenset[str], facts: MemberFacts, today: Today) -> bool:
    return facts.tier in asked


def _is_in_household(asked: bool, facts: MemberFacts, today: Today) -> bool:
    return facts.in_household


def _is_employed(asked: bool, facts: MemberFacts, today: Today) -> bool:
    if facts.employed_since is None or today.days_since(facts.employed_since) < 0:
        return False
    return facts.employed_until is None or today.day <= facts.employed_until


def _is_new(days: int, facts: MemberFacts, today: Today) -> bool:
    return facts.joined_at is not None and today.days_since(facts.joined_at) < days


def _is_within(asked: tuple[DaysAfter, ...], facts: MemberFacts, today: Today) -> bool:
    return any(_happened(one, facts, today) for one in asked)


def _happened(asked: DaysAfter, facts: MemberFacts, today: Today) -> bool:
    if _unknown(EVENT_GROUNDS[asked.event], facts) is not None:
        return False
    return any(asked.from_day <= since <= asked.until_day for since in _days_since(asked.event, facts, today))


def _days_since(event: MemberEvent, facts: MemberFacts, today: Today) -> list[int]:
    """How many days ago it happened, each time that may count."""
    if event is MemberEvent.BIRTHDAY:
        known = () if facts.birthday is None else _birthdays_around(facts.birthday, today)
        return [(today.day - birthday).days for birthday in known]
    at = {
        MemberEvent.JOINED: facts.joined_at,
        MemberEvent.TIER: facts.tier_since if facts.tier is not None else None,
        MemberEvent.PURCHASE: facts.last_bought_at,
    }[event]
    return [] if at is None else [today.days_since(at)]


def _birthdays_around(birthday: tuple[int, int], today: Today) -> list[date]:
    return [birthday_in(today.day.year + years, birthday) for years in (-1, 0, 1)]


def _has_birthday(asked: BirthdayWindow, facts: MemberFacts, today: Today) -> bool:
    before, after = timedelta(days=asked.days_before), timedelta(days=asked.days_after)
    known = () if facts.birthday is None else _birthdays_around(facts.birthday, today)
    return any(birthday - before <= today.day <= birthday + after for birthday in known)


def _is_in_segment(asked: frozenset[Any], facts: MemberFacts, today: Today) -> bool:
    return not asked.isdisjoint(facts.segments)


def _comes_first(asked: bool, facts: MemberFacts, today: Today) -> bool:
    return facts.last_bought_at is None and not facts.seen_before


def _has_lapsed(days: int, facts: MemberFacts, today: Today) -> bool:
    return facts.last_bought_at is not None and today.days_since(facts.last_bought_at) >= days


def _is_at_home(asked: frozenset[Any], facts: MemberFacts, today: Today) -> bool:
    return facts.home_store_id in asked


def _has_bought(asked: RecentArticles, facts: MemberFacts, today: Today) -> bool:
    recent = (one for one in facts.bought if today.days_since(one.bought_at) <= asked.within_days)
    return any(asked.products.include(one.line) for one in recent)


def _has_not_bought(asked: RecentArticles, facts: MemberFacts, today: Today) -> bool:
    return not _has_bought(asked, facts, today)


CONDITIONS: Mapping[str, AudienceCondition] = {
    "tiers": AudienceCondition(Ground.CONTRACT, AudienceReason.OTHER_TIER, _has_tier),
    "household": AudienceCondition(Ground.CONTRACT, AudienceReason.NO_HOUSEHOLD, _is_in_household),
    "employees": AudienceCondition(Ground.CONTRACT, AudienceReason.NOT_EMPLOYED, _is_employed),
    "new_member_days": AudienceCondition(Ground.CONTRACT, AudienceReason.NOT_NEW, _is_new),
    "days_after": AudienceCondition(Ground.CONTRACT, AudienceReason.NOT_THE_DAYS, _is_within),
    "birthday": AudienceCondition(Ground.BIRTHDAY, AudienceReason.NOT_THE_BIRTHDAY, _has_birthday),
    "segments": AudienceCondition(Ground.PROFILING, AudienceReason.OTHER_SEGMENT, _is_in_segment),
    "first_visit": AudienceCondition(Ground.PROFILING, AudienceReason.VISITED_BEFORE, _comes_first),
    "lapsed_days": AudienceCondition(Ground.PROFILING, AudienceReason.NOT_LAPSED, _has_lapsed),
    "home_stores": AudienceCondition(Ground.PROFILING, AudienceReason.OTHER_HOME_STORE, _is_at_home),
    "bought": AudienceCondition(Ground.PROFILING, AudienceReason.NOT_BOUGHT, _has_bought),
    "not_bought": AudienceCondition(Ground.PROFILING, AudienceReason.BOUGHT_ALREADY, _has_not_bought),
}
"""Every condition of `ForWhom`, in the order in which they are judged: profiling comes last, so that nothing of it is
looked at where another condition already says no. Days after an event are by the ground of that event."""

EVENT_GROUNDS: Mapping[MemberEvent, Ground] = {
    MemberEvent.JOINED: Ground.CONTRACT,
    MemberEvent.TIER: Ground.CONTRACT,
    MemberEvent.BIRTHDAY: Ground.BIRTHDAY,
    MemberEvent.PURCHASE: Ground.PROFILING,
}
