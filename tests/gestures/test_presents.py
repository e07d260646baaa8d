"""Staff give a small attention: to whom is there, out of the budget, within the limits, never to themselves."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.errors import Problem
from app.sql import db
from offers.coupons.models import Coupon
from offers.gestures import errors
from offers.gestures.givers import dismiss_giver
from offers.gestures.models import Gesture
from tests.factories import NOON, make_member, make_store, make_terminal
from tests.gestures.factories import Counter, allot, appoint
from tests.merges.factories import merge, split
from tests.racing import at_once
from tests.wallet.factories import make_card
from wallet.points import statements
from wallet.scanning.errors import ScanUnknown


@pytest.fixture
def counter(anyone) -> Counter:
    return Counter(anyone)


@pytest.fixture
def there(counter):
    """The scan of somebody's card."""
    return counter.scan(make_card(counter.member, counter.brand).code)


def points_of(counter: Counter) -> int:
    with db.system_transaction():
        return statements.read_balance(
            member_id=counter.member.id, currency_id=counter.budget.currency_id, now=NOON
        ).book.available


def test_points_that_are_given_can_be_spent_at_once(counter, there):
    counter.give(there, points=20)
    assert points_of(counter) == 20


def test_what_is_given_leaves_the_budget(counter, there):
    counter.give(there, points=20)
    counter.give(there, offer_id=counter.offer.id)
    assert counter.left() == (980, 4)


def test_a_free_item_is_a_coupon_of_an_offer(counter, there):
    gesture = counter.give(there, offer_id=counter.offer.id)
    with db.system_transaction():
        assert db.get(Coupon, (counter.member.id, gesture.coupon_id)).offer_id == counter.offer.id


def test_staff_give_less_than_a_manager(counter, there):
    with pytest.raises(errors.GestureTooLarge):
        counter.give(there, points=101)
    manager = appoint(counter.brand, counter.store, manager=True)
    assert counter.give(there, points=101, badge=manager.badge).points == 101


def test_a_member_gets_so_many_gestures_and_no_more(counter, there):
    counter.give(there)
    counter.give(there)
    with pytest.raises(errors.GestureLimitOfMember):
        counter.give(there)


def test_a_person_gives_so_often_a_day(anyone):
    counter = Counter(anyone, per_giver_a_day=1)
    counter.give(counter.scan(make_card(counter.member, counter.brand).code))
    with pytest.raises(errors.GestureLimitOfGiver):
        counter.give(counter.scan(make_card(make_member(), counter.brand).code))


def test_nobody_gives_to_themselves(counter, there):
    own = make_card(counter.member, counter.brand).code
    with pytest.raises(errors.GestureToOneself):
        counter.give(there, badge=appoint(counter.brand, counter.store, own_card=own).badge)


def test_whoever_was_dismissed_gives_nothing(counter, there):
    with db.system_transaction():
        dismiss_giver(brand_id=counter.brand.id, giver_id=counter.giver.id, now=NOON)
    with pytest.raises(errors.GiverUnknown):
        counter.give(there)


def test_a_badge_of_another_store_gives_nothing_here(counter, there):
    elsewhere = appoint(counter.brand, make_store(counter.brand))
    with pytest.raises(errors.GiverUnknown):
        counter.give(there, badge=elsewhere.badge)


def test_only_whoever_was_just_scanned_gets_something(counter, there):
    with pytest.raises(errors.ScanTooOld):
        counter.give(there, now=NOON + timedelta(minutes=15))


def test_a_scan_of_another_store_is_no_scan_here(counter, there):
    store = make_store(counter.brand)
    allot(counter.brand, store)
    counter.store, (counter.terminal, _) = store, make_terminal(store)
    with pytest.raises(ScanUnknown):
        counter.give(there, badge=appoint(counter.brand, store).badge)


def test_without_a_budget_nothing_is_given(counter):
    tomorrow = NOON + timedelta(days=1)
    with pytest.raises(errors.GestureBudgetMissing):
        counter.give(counter.scan(make_card(counter.member, counter.brand).code, now=tomorrow), now=tomorrow)


def test_a_budget_is_for_days_of_the_stores_own_calendar(anyone):
    """23:30 in Paris on the day of the budget is still its day; half an hour later is not."""
    counter = Counter(anyone)
    card = make_card(counter.member, counter.brand).code
    late = NOON.replace(hour=21, minute=30)
    assert counter.give(counter.scan(card, now=late), now=late).points == 20
    midnight = NOON.replace(hour=22)
    with pytest.raises(errors.GestureBudgetMissing):
        counter.give(counter.scan(card, now=midnight), now=midnight)


def test_what_two_wallets_of_one_person_were_given_counts_together(counter, there):
    counter.give(there)
    other = make_member()
    counter.give(counter.scan(make_card(other, counter.brand).code))
    merge(other, counter.member)
    with pytest.raises(errors.GestureLimitOfMember):
        counter.give(there)


def test_a_gesture_goes_back_with_a_wallet_that_is_parted_again(counter):
    other = make_member()
    gesture = counter.give(counter.scan(make_card(other, counter.brand).code))
    split(merge(other, counter.member))
    with db.system_transaction():
        assert db.get(Gesture, (other.id, gesture.id)) is not None


def test_what_is_refused_costs_nothing(counter, there):
    with pytest.raises(Problem):
        counter.give(there, points=101)
    assert counter.left() == (1_000, 5)


def test_two_budgets_of_a_store_never_share_a_day(counter):
    with pytest.raises(errors.GestureBudgetOverlaps):
        allot(counter.brand, counter.store)


def test_of_64_gestures_out_of_the_last_points_one_is_given(anyone):
    counter = Counter(anyone, points=20, per_giver_a_day=100)
    scans = [counter.scan(make_card(make_member(), counter.brand).code) for _ in range(64)]

    def outcome(number):
        try:
            return counter.give(scans[number]).kind
        except Problem as refusal:
            return refusal.code()

    outcomes = at_once(64, outcome)
    assert (outcomes.count("points"), outcomes.count("gesture_budget_spent")) == (1, 63)
    with db.system_transaction():
        assert db.first(select(func.count()).where(Gesture.budget_id == counter.budget.id)) == 1
    assert counter.left()[0] == 0
