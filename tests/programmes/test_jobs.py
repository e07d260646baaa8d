"""What is counted later: imported purchases, tiers whose time is over."""

from dataclasses import replace
from datetime import datetime, timedelta

from tests.factories import NOON, make_member
from tests.programmes.factories import GOLD, SILVER, Club, put_in_force, rule
from tests.purchases.factories import line, take_back
from wallet.programmes import jobs
from wallet.programmes.rules import Period

DAY = timedelta(days=1)


def count(club: Club, *, now: datetime = NOON) -> int:
    return sum(jobs.award_brand(brand_id=club.brand.id, now=now))


def test_purchases_that_waited_are_counted_the_oldest_first() -> None:
    club = Club(rule(caps={Period.LIFETIME: 15}))
    late, early = club.purchase(1000), club.purchase(1000, at=NOON - 5 * DAY)
    assert count(club) == 2
    points = {award.purchase_id: award.points for award in club.awards()}
    assert points == {early.id: 10, late.id: 5}
    assert (club.available, club.purse.faults()) == (15, [])


def test_counting_twice_changes_nothing() -> None:
    club = Club()
    club.purchase(1000)
    assert (count(club), count(club), club.available) == (1, 0, 10)


def test_many_purchases_at_once_come_to_the_same_as_one_after_the_other() -> None:
    one_by_one, at_once = (Club(rule(caps={Period.WEEK: 40}), ladder={"grace": "1W"}) for _ in range(2))
    days = [0, 0, 1, 3, 8, 9, 40, 41, 420, 421, 500]
    for day in days:
        one_by_one.buys(3000, now=NOON + day * DAY)
        at_once.purchase(3000, now=NOON + 500 * DAY, at=NOON + day * DAY)
    count(at_once, now=NOON + 500 * DAY)
    one, other = ([(award.bought_at, award.points) for award in club.awards()] for club in (one_by_one, at_once))
    assert sorted(one) == sorted(other)
    assert one_by_one.changes() == at_once.changes()
    assert one_by_one.available == at_once.available


def test_what_came_back_before_it_was_counted_keeps_no_points() -> None:
    club = Club()
    bought = club.purchase(line(1000, quantity=2))
    take_back(bought, {1: 1})
    count(club)
    assert club.available == 5
    club.returns(bought, {1: 1})
    assert club.available == 0


def test_each_member_is_a_transaction_of_their_own() -> None:
    club = Club()
    for _ in range(3):
        club.purchase(1000)
    club.member = make_member()
    club.purchase(1000)
    steps = list(jobs.award_brand(brand_id=club.brand.id, now=NOON))
    assert sorted(steps) == [1, 3]


def test_a_member_whose_points_cannot_be_counted_keeps_nobody_waiting() -> None:
    club = Club()
    stuck = club.purchase(1000)
    club.purse.earn(3, source=f"purchase:{stuck.id}:euro")  # this source has another number of points already
    first, club.member = club.member, make_member()
    club.purchase(1000)
    count(club)
    assert club.available == 10
    club.member = first
    assert club.available == 3


def test_new_tiers_are_reached_with_what_was_earned_before_them() -> None:
    club = Club()
    club.buys(12000)
    put_in_force(club.brand, club.programme(ladder={}), starts_at=NOON + DAY)
    jobs.settle_tiers(now=NOON)
    assert club.tier is None
    for _ in range(2):
        jobs.settle_tiers(now=NOON + 2 * DAY)
    assert club.changes() == [("reached", "silver", NOON + 2 * DAY)]


def test_a_lower_threshold_lifts_whoever_is_above_it() -> None:
    club = Club(ladder={})
    club.buys(12000)
    lower = {"tiers": (SILVER, replace(GOLD, from_points=120))}
    put_in_force(club.brand, club.programme(ladder=lower), starts_at=NOON + DAY)
    jobs.settle_tiers(now=NOON + 2 * DAY)
    assert club.tier == "gold"


def test_the_job_looks_again_at_tiers_whose_time_is_over() -> None:
    club = Club(ladder={})
    club.buys(10000)
    jobs.settle_tiers(now=NOON + 500 * DAY)
    assert club.tier is None
    jobs.settle_tiers(now=NOON + 500 * DAY)
    assert len(club.changes()) == 2
