"""What an offer does beside the others that hold at the same stores and times, for the same people. Pure."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from offers.benefits.basket_part import Worth
from offers.planning import windows
from offers.planning.caps.price_caps import CAPS, Goods, goods_among
from offers.planning.models import OfferStatus, OfferVersion, Stacking
from offers.planning.review.articles import Meeting, compare_articles
from offers.planning.review.reductions import Reduction, price_of, reduce_price
from offers.planning.review.times import compare_times


class ConflictCode(StrEnum):
    """What two offers do to each other, what is worst first."""

    ARTICLE_FREE = "article_free"
    CAP_EXCEEDED = "cap_exceeded"
    EXCLUSIVE_WITH_EXCLUSIVE = "exclusive_with_exclusive"
    EXCLUSIVE_HIDES = "exclusive_hides"
    FALLBACK_NEVER_SHOWS = "fallback_never_shows"
    SAME_RANK = "same_rank"
    BUDGET_SHARED = "budget_shared"
    BOTH_APPLY = "both_apply"


class OfferMet(NamedTuple):
    """Another offer that holds at some of the same stores while this one does. `stores` are those that both have, of
    `mine` and of `theirs`; `names` are some of them."""

    version: OfferVersion
    status: OfferStatus
    stores: int
    mine: int
    theirs: int
    names: Sequence[str]


class BrandRules(NamedTuple):
    """What else decides how offers go together in a brand: its countries, capped categories, what its points are worth,
    and how many of its budgets in money bear this offer with others, by their periods."""

    countries: Collection[str]
    capped: Mapping[str, Goods]
    worth: Worth | None
    shared_budgets: Sequence[str]


class OfferConflict(NamedTuple):
    """One thing to know. `is_certain` is false where only a till will tell: whether an article is in a category, or
    whether both fire at one time. `facts` fill its sentence."""

    code: ConflictCode
    met: OfferMet | None
    is_certain: bool
    facts: Mapping[str, Any]

    @property
    def offer_id(self) -> uuid.UUID | None:
        return self.met.version.offer_id if self.met else None


def find_conflicts(mine: OfferVersion, others: Sequence[OfferMet], rules: BrandRules) -> list[OfferConflict]:
    """Everything to know of an offer beside these, what is worst first."""
    met = [other for other in others if share_members(mine, other.version)]
    found = [one for other in met for one in _beside(mine, other, rules)]
    if met:
        found += [
            OfferConflict(ConflictCode.BUDGET_SHARED, None, True, {"count": len(met), "period": period})
            for period in rules.shared_budgets
        ]
    order = list(ConflictCode)
    return sorted(found, key=lambda one: (order.index(one.code), not one.is_certain, str(one.offer_id)))


def share_members(one: OfferVersion, other: OfferVersion) -> bool:
    """Whether somebody can have both: one of them is for everybody, or both are for the same."""
    return not one.for_whom or not other.for_whom or one.for_whom == other.for_whom


def common_days(one: OfferVersion, other: OfferVersion) -> tuple[date, date]:
    """The first and the last day on which the windows of both hold."""
    starts, ends = max(one.starts_local, other.starts_local), min(one.ends_local, other.ends_local)
    return starts.date(), windows.last_day(ends)


def _beside(mine: OfferVersion, other: OfferMet, rules: BrandRules) -> Iterator[OfferConflict]:
    theirs = other.version
    articles = compare_articles(mine.articles, theirs.articles)
    times = compare_times(mine, theirs)
    if times is Meeting.NEVER:
        return
    certain = min(articles, times) is Meeting.CERTAINLY
    facts = {"fr": theirs.title_fr, "en": theirs.title_en}
    hidden = _hidden_fallback(mine, other)
    if hidden is not None:
        whose = facts if hidden is theirs else {"fr": mine.title_fr, "en": mine.title_en}
        by = {"by_fr": mine.title_fr, "by_en": mine.title_en} if hidden is theirs else _by(facts)
        yield OfferConflict(ConflictCode.FALLBACK_NEVER_SHOWS, other, True, whose | by)
    exclusive = [one for one in (mine, theirs) if one.stacking == Stacking.EXCLUSIVE]
    if len(exclusive) == 2:
        yield OfferConflict(ConflictCode.EXCLUSIVE_WITH_EXCLUSIVE, other, times is Meeting.CERTAINLY, facts)
    elif exclusive and Stacking.ALWAYS not in (mine.stacking, theirs.stacking):
        yield OfferConflict(ConflictCode.EXCLUSIVE_HIDES, other, times is Meeting.CERTAINLY, facts)
    elif articles is not Meeting.NEVER:
        yield from (OfferConflict(code, other, certain, facts | said) for code, said in _together(mine, theirs, rules))


def _by(facts: Mapping[str, str]) -> dict[str, str]:
    return {f"by_{language}": title for language, title in facts.items()}


def _hidden_fallback(mine: OfferVersion, other: OfferMet) -> OfferVersion | None:
    """Of an offer that stands in for others and one that never leaves it room, the first."""
    theirs = other.version
    if mine.is_fallback == theirs.is_fallback:
        return None
    fallback, always = (mine, theirs) if mine.is_fallback else (theirs, mine)
    whole = other.stores == (other.mine if mine.is_fallback else other.theirs)
    covers = always.starts_local <= fallback.starts_local and always.ends_local >= fallback.ends_local
    shown = not (always.given_only or always.for_whom or always.schedule is not None)
    return fallback if whole and covers and shown else None


def _together(
    mine: OfferVersion, theirs: OfferVersion, rules: BrandRules
) -> Iterator[tuple[ConflictCode, dict[str, Any]]]:
    """What becomes of an article of both, where both apply. Of equals it is the coupon that expires first which comes
    first, so either order is tried, and the larger advantage told."""
    price = price_of([mine, theirs])
    if price is None:
        yield ConflictCode.BOTH_APPLY, {"percent": None}
        return
    first, second = sorted([mine, theirs], key=lambda one: one.rank)
    orders = [[first, second]] if first.rank < second.rank else [[first, second], [second, first]]
    together = [reduce_price(these, price_minor=price, worth=rules.worth) for these in orders]
    both = max(together, key=_all_of)
    alone = [reduce_price([one], price_minor=price, worth=rules.worth) for one in (first, second)]
    if both.is_free and not any(one.is_free for one in alone):
        yield ConflictCode.ARTICLE_FREE, {}
    cap = _broken_cap(mine, theirs, both, alone, rules)
    if cap is not None:
        yield ConflictCode.CAP_EXCEEDED, {"percent": both.percent, "most": cap.share_bp // 100, "law": cap.law}
    if together[0] != together[-1]:
        yield ConflictCode.SAME_RANK, {"rank": mine.rank}
    yield ConflictCode.BOTH_APPLY, {"percent": both.percent}


def _broken_cap(
    mine: OfferVersion, theirs: OfferVersion, both: Reduction, alone: Sequence[Reduction], rules: BrandRules
) -> Any:
    """The lowest cap that both together go beyond, and neither by itself."""
    first, last = common_days(mine, theirs)
    goods = goods_among(mine.articles, rules.capped) & goods_among(theirs.articles, rules.capped)
    broken = [
        cap
        for cap in CAPS
        if cap.goods in goods
        and cap.country in rules.countries
        and cap.since <= last
        and first <= cap.until
        and _all_of(both) > cap.most_off(both.price_minor) >= max(map(_all_of, alone))
    ]
    return min(broken, key=lambda cap: cap.share_bp, default=None)


def _all_of(reduction: Reduction) -> int:
    return reduction.off_minor + reduction.points_minor
