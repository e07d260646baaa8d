"""Purchases earn, returns give back: on the ledger."""

from datetime import timedelta

import pytest

from tests.factories import NOON, make_member
from tests.points.factories import count
from tests.programmes.factories import Club, multiplier, put_in_force, rule
from tests.purchases.factories import line
from tests.racing import at_once
from wallet.points.returns import Policy
from wallet.programmes.errors import BasketCurrencyForeign, ProgrammeStartPast
from wallet.programmes.rules import Period, RuleKind

DAY = timedelta(days=1)


def test_a_purchase_earns_by_the_rules() -> None:
    club = Club()
    club.buys(1240)
    assert (club.available, club.purse.faults()) == (12, [])


def test_what_it_would_earn_can_be_asked_and_changes_nothing() -> None:
    club = Club()
    assert [award.points for award in club.quote(line(1240))] == [12]
    assert club.awards() == []


def test_the_same_purchase_earns_once() -> None:
    club = Club()
    bought = club.buys(1240)
    assert [award.points for award in club.award(bought)] == [12]
    assert (club.available, count(club.purse, kind="earned")) == (12, 1)


@pytest.mark.usefixtures("crowd")
def test_of_many_who_count_one_purchase_at_once_one_does() -> None:
    club = Club()
    bought = club.purchase(1240)
    at_once(16, lambda _: club.award(bought))
    assert (club.available, count(club.purse, kind="earned"), club.purse.faults()) == (12, 1, [])


@pytest.mark.usefixtures("crowd")
def test_a_cap_holds_when_many_purchases_are_counted_at_once() -> None:
    club = Club(rule(caps={Period.DAY: 30}))
    bought = [club.purchase(1000) for _ in range(16)]
    at_once(16, lambda number: club.award(bought[number]))
    assert (club.available, sum(award.points for award in club.awards())) == (30, 30)


def test_points_of_a_late_purchase_are_as_old_as_the_purchase() -> None:
    club = Club(currency={"lasts": "10D"})
    club.buys(1000, at=NOON - 20 * DAY)
    club.buys(2000, at=NOON - 5 * DAY)
    assert (club.available, club.purse.lots()) == (20, [0, 20])


def test_a_purchase_is_judged_by_the_version_in_force_when_it_was_bought() -> None:
    club = Club()
    put_in_force(club.brand, club.programme(rule(points=3)), starts_at=NOON + DAY)
    club.buys(1000, now=NOON + 2 * DAY, at=NOON)
    assert club.available == 10
    club.buys(1000, now=NOON + 2 * DAY)
    assert club.available == 40


def test_a_second_version_cannot_begin_in_the_past() -> None:
    club = Club()
    with pytest.raises(ProgrammeStartPast):
        put_in_force(club.brand, club.programme(), starts_at=NOON - DAY)


def test_a_purchase_from_before_the_first_version_earns_nothing() -> None:
    club = Club(starts_at=NOON - DAY)
    early = club.purchase(1000, at=NOON - 2 * DAY)
    assert club.award(early) == []
    assert club.read(early).awarded_at == NOON


def test_a_first_version_counts_what_waited_for_it() -> None:
    club = Club(in_force=False)
    waiting = club.purchase(1000)
    assert club.award(waiting) == []
    assert club.read(waiting).awarded_at is None
    put_in_force(club.brand, club.programme(), starts_at=NOON - DAY, now=NOON + DAY)
    assert [award.points for award in club.award(waiting, now=NOON + DAY)] == [10]


def test_a_cap_counts_days_of_the_brand_and_late_purchases_by_their_own_day() -> None:
    club = Club(rule(caps={Period.DAY: 15}))
    club.buys(1000)
    club.buys(1000, at=NOON - DAY)
    club.buys(1000)
    assert [award.points for award in club.awards()] == [10, 10, 5]


def test_a_lifetime_cap_is_never_passed() -> None:
    club = Club(rule(caps={Period.LIFETIME: 15}))
    for days in (0, 400, 800):
        club.buys(1000, now=NOON + days * DAY)
    assert [award.points for award in club.awards()] == [10, 5, 0]


def test_what_came_back_frees_the_cap() -> None:
    club = Club(rule(caps={Period.DAY: 15}))
    club.returns(club.buys(1000), {1: 1})
    club.buys(2000)
    assert club.available == 15


def test_money_of_another_currency_earns_nothing() -> None:
    club = Club()
    with pytest.raises(BasketCurrencyForeign):
        club.buys(1000, currency="CHF")


def test_buying_and_returning_everything_leaves_nothing() -> None:
    club = Club(rule(), rule("visit", RuleKind.VISIT, points=7), multiplier())
    bought = club.buys(line(1999, quantity=3), 850)
    club.returns(bought, {1: 3, 2: 1})
    assert (club.available, club.purse.faults()) == (0, [])


def test_unit_by_unit_comes_to_the_same_as_all_at_once() -> None:
    club = Club(rule(points=7), rule("visit", RuleKind.VISIT, points=10))
    bought = club.buys(line(1000, quantity=3), 500)
    left = []
    for units in ({1: 1}, {1: 1}, {2: 1}, {1: 1}):
        club.returns(bought, units)
        left.append(club.available)
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
    one = Club(rule(points=7), rule("visit", RuleKind.VISIT, points=10))
    all_at_once = one.returns(one.buys(line(1000, quantity=3), 500), {1: 2})
    assert sum(part.points for part in all_at_once) == 115 - left[1]


def test_the_same_return_takes_back_once() -> None:
    club = Club()
    bought = club.buys(line(1000, quantity=2))
    for _ in range(2):
        club.returns(bought, {1: 1}, source="till 1, return 7")
    assert club.available == 5


@pytest.mark.usefixtures("crowd")
def test_sixteen_returns_of_one_line_take_back_what_it_earned_and_no_more() -> None:
    club = Club()
    bought = club.buys(line(1600, quantity=16))
    at_once(16, lambda _: club.returns(bought, {1: 1}))
    assert (club.available, club.purse.faults()) == (0, [])


def test_refunds_do_not_keep_points_even_when_they_were_spent() -> None:
    club = Club(policy=Policy.UNLIMITED, currency={"may_go_negative": True})
    bought = club.buys(1000)
    club.purse.spend(8)
    club.returns(bought, {1: 1})
    assert (club.available, club.purse.balance().debt) == (0, 8)


def test_a_policy_may_leave_what_was_spent() -> None:
    club = Club()
    bought = club.buys(1000)
    club.purse.spend(8)
    (taken,) = club.returns(bought, {1: 1})
    assert (taken.points, taken.taken, club.available, club.purse.balance().debt) == (10, 2, 0, 0)


def test_what_waits_is_taken_back_before_it_can_be_spent() -> None:
    club = Club(rule(waits="14D"), policy=Policy.ONLY_PENDING)
    club.returns(club.buys(1000), {1: 1})
    assert (club.purse.balance().pending, club.available) == (0, 0)


def test_each_movement_says_by_which_rule_and_on_what() -> None:
    club = Club()
    club.buys(1240)
    (entry,) = club.purse.entries()
    assert entry.facts["fr"] == "1 point par euro, sur 12,40\xa0€"


def test_members_do_not_share_caps() -> None:
    club = Club(rule(caps={Period.LIFETIME: 15}))
    club.buys(2000)
    club.member = make_member()
    club.buys(2000)
    assert club.available == 15
