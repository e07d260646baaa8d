"""Tiers: reached at once, looked at again, lost by what the programme says."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.factories import NOON
from tests.programmes.factories import Club, multiplier, rule
from wallet.programmes.rules import Conditions, Downgrade

DAY = timedelta(days=1)
AGAIN = datetime(2027, 5, 18, 22, tzinfo=UTC)
"""The end, in Paris, of the day on which a tier that was reached at noon has lasted twelve months."""


def test_a_tier_is_reached_at_once() -> None:
    club = Club(ladder={})
    club.buys(9999)
    assert club.tier is None
    club.buys(100)
    assert (club.tier, club.changes()) == ("silver", [("reached", "silver", NOON)])


def test_a_tier_can_be_skipped() -> None:
    club = Club(ladder={})
    club.buys(60000)
    assert club.changes() == [("reached", "gold", NOON)]


def test_spending_does_not_demote() -> None:
    club = Club(ladder={})
    club.buys(10000)
    club.purse.spend(100)
    club.settle(until=NOON + 30 * DAY)
    assert (club.available, club.tier) == (0, "silver")


def test_it_does_not_matter_whether_points_expire_before_tiers_are_looked_at_or_after() -> None:
    clubs = [Club(ladder={}, currency={"lasts": "10D"}) for _ in range(2)]
    for points_first, club in zip((True, False), clubs, strict=True):
        club.buys(10000)
        for step in (0, 1):
            if (step == 0) is points_first:
                club.purse.settle(AGAIN)
            else:
                club.settle(until=AGAIN)
    assert clubs[0].changes() == clubs[1].changes()
    assert [club.available for club in clubs] == [0, 0]


def test_a_tier_that_is_earned_again_is_kept() -> None:
    club = Club(ladder={})
    club.buys(10000)
    club.buys(10000, now=NOON + 200 * DAY)
    club.settle(until=AGAIN)
    assert club.changes()[-1] == ("kept", "silver", AGAIN)


@pytest.mark.parametrize(
    ("downgrade", "left"),
    [(Downgrade.NONE, "gold"), (Downgrade.ONE_LEVEL, "silver"), (Downgrade.TO_EARNED, None)],
    ids=["never", "one level", "to what was earned"],
)
def test_a_tier_that_is_not_earned_again_falls_as_far_as_the_programme_says(
    downgrade: Downgrade, left: str | None
) -> None:
    club = Club(ladder={"downgrade": downgrade})
    club.buys(60000)
    club.settle(until=AGAIN)
    assert club.tier == left


def test_grace_is_a_last_time_to_earn_it() -> None:
    late, soon = Club(ladder={"grace": "1M"}), Club(ladder={"grace": "1M"})
    for club in (late, soon):
        club.buys(10000)
        club.settle(until=AGAIN)
        assert (club.tier, club.changes()[-1]) == ("silver", ("grace", "silver", AGAIN))
    soon.buys(10000, now=AGAIN + 10 * DAY)
    for club in (late, soon):
        club.settle(until=AGAIN + 60 * DAY)
    assert (late.tier, soon.tier) == (None, "silver")
    assert soon.changes()[-1] == ("kept", "silver", AGAIN + 10 * DAY)


def test_a_calendar_year_is_judged_when_it_is_over() -> None:
    club = Club(ladder={"months": None, "keeps": "1Y_U"})
    club.buys(10000)
    assert club.standing is not None
    assert club.standing.check_at == datetime(2027, 12, 31, 23, tzinfo=UTC)
    club.buys(9900, now=datetime(2027, 3, 1, tzinfo=UTC))
    club.settle(until=datetime(2028, 1, 5, tzinfo=UTC))
    assert club.changes()[-1] == ("lost", None, datetime(2027, 12, 31, 23, tzinfo=UTC))


def test_late_or_early_and_however_often_gives_the_same_changes() -> None:
    clubs = [Club(ladder={"grace": "2W"}) for _ in range(3)]
    for club in clubs:
        club.buys(60000)
    daily, late, twice = clubs
    for days in range(0, 1200, 30):
        daily.settle(until=NOON + days * DAY)
    late.settle(until=NOON + 1199 * DAY)
    for _ in range(2):
        twice.settle(until=NOON + 1199 * DAY)
    assert daily.changes() == late.changes() == twice.changes()
    assert [(reason, tier) for reason, tier, _ in late.changes()] == [
        ("reached", "gold"),
        ("grace", "gold"),
        ("lost", "silver"),
        ("grace", "silver"),
        ("lost", None),
    ]


def test_buying_and_returning_leaves_no_tier() -> None:
    club = Club(ladder={})
    club.returns(club.buys(60000), {1: 1})
    assert (club.tier, club.changes()[-1][0]) == (None, "unfounded")


def test_a_return_takes_away_only_the_tier_that_stood_on_it() -> None:
    club = Club(ladder={})
    club.buys(20000)
    more = club.buys(40000, now=NOON + DAY)
    assert club.tier == "gold"
    club.returns(more, {1: 1}, now=NOON + 2 * DAY)
    assert club.tier == "silver"
    assert club.standing is not None
    assert club.standing.check_at == AGAIN


def test_two_returns_take_both_tiers_away() -> None:
    club = Club(ladder={})
    first, second = club.buys(10000), club.buys(40000)
    club.returns(first, {1: 1})
    assert club.tier == "silver"
    club.returns(second, {1: 1})
    assert club.tier is None


def test_a_tier_multiplies_from_the_next_purchase_on() -> None:
    silver = multiplier(when=Conditions(tiers=frozenset({"silver"})))
    club = Club(rule(), silver, ladder={})
    club.buys(10000)
    club.buys(1000, now=NOON + DAY)
    assert [award.points for award in club.awards()] == [100, 20]


def test_a_purchase_that_comes_late_is_judged_by_the_tier_of_its_day() -> None:
    club = Club(rule(), multiplier(when=Conditions(tiers=frozenset({"silver"}))), ladder={})
    club.buys(10000, now=NOON + 10 * DAY)
    club.buys(1000, now=NOON + 11 * DAY, at=NOON)
    assert [award.points for award in club.awards()] == [100, 10]
