"""What is set aside for a till: never more than there is, there again when it is released or over."""

from datetime import timedelta

import pytest

from app.sql import db
from offers.coupons import errors as coupon_errors
from offers.coupons.models import Coupon
from offers.offline import errors, leases
from offers.offline.entitlement import Cover, OfflineAction, OfflineFault
from offers.planning import budgets
from tests.coupons.factories import claim, redeem
from tests.factories import NOON, make_member, make_store, make_terminal
from tests.merges.factories import merge
from tests.offline.factories import DarkShop, admit, lease, read_snapshot, release
from tests.planning.factories import make_offer, new_version
from tests.racing import at_once
from wallet.ledger.errors import NotEnoughPoints

LATER = NOON + timedelta(hours=3)


@pytest.fixture
def shop(anyone) -> DarkShop:
    return DarkShop(anyone, points=100, total_limit=10)


def left(shop: DarkShop) -> int | None:
    with db.system_transaction():
        return budgets.remaining(shop.offer.id, budgets.TOTAL)


def held_until(coupon: Coupon) -> object:
    with db.system_transaction():
        known = db.get(Coupon, (coupon.member_id, coupon.id))
        assert known is not None
        return known.held_until


def test_leased_units_leave_the_budget(shop):
    assert lease(shop.terminal, offer_id=shop.offer.id, units=4).units == 4
    assert left(shop) == 6


def test_of_what_is_left_a_till_has_as_much_as_there_is(shop):
    assert lease(shop.terminal, offer_id=shop.offer.id, units=400).units == 10
    with pytest.raises(coupon_errors.OfferSoldOut):
        claim(shop.member, shop.offer)


def test_nothing_is_leased_of_what_is_sold_out(shop):
    lease(shop.terminal, offer_id=shop.offer.id, units=10)
    with pytest.raises(coupon_errors.OfferSoldOut):
        lease(shop.terminal, offer_id=shop.offer.id, units=1)


def test_the_budget_of_the_day_is_taken_from_too(anyone):
    shop = DarkShop(anyone, total_limit=10, daily_limit=3)
    assert lease(shop.terminal, offer_id=shop.offer.id, units=5).units == 3
    assert left(shop) == 7


def test_what_was_not_used_comes_back(shop):
    held = lease(shop.terminal, offer_id=shop.offer.id, units=4)
    read_snapshot(shop.terminal)
    assert admit(shop.terminal, OfflineAction.REDEEM, lease=held).covered_by is Cover.LEASE
    release(shop.terminal, held)
    release(shop.terminal, held)
    assert left(shop) == 9


def test_a_member_can_claim_again_what_a_till_released(shop):
    release(shop.terminal, lease(shop.terminal, offer_id=shop.offer.id, units=10))
    assert claim(shop.member, shop.offer).ordinal == 1


def test_a_lease_that_is_over_comes_back_by_itself(shop):
    lease(shop.terminal, offer_id=shop.offer.id, units=4)
    leases.end_leases(now=LATER)
    assert left(shop) == 10


def test_a_limit_that_was_lowered_meanwhile_is_kept(shop):
    claim(shop.member, shop.offer)
    held = lease(shop.terminal, offer_id=shop.offer.id, units=6)
    new_version(shop.offer, shop.brand, total_limit=3)
    release(shop.terminal, held)
    assert left(shop) == 2


def test_a_use_that_comes_after_the_end_is_judged_by_what_is_left(shop):
    read_snapshot(shop.terminal)
    held = lease(shop.terminal, offer_id=shop.offer.id, units=10)
    leases.end_leases(now=LATER)
    late = {"happened_at": NOON, "now": LATER, "lease": held}
    assert admit(shop.terminal, OfflineAction.REDEEM, **late).covered_by is Cover.LEASE
    lease(shop.more_tills(1)[0], offer_id=shop.offer.id, units=9, now=LATER)
    assert admit(shop.terminal, OfflineAction.REDEEM, **late).fault is OfflineFault.NOT_RESERVED


def test_more_uses_than_units_are_not_covered(shop):
    read_snapshot(shop.terminal)
    held = lease(shop.terminal, offer_id=shop.offer.id, units=1)
    found = [admit(shop.terminal, OfflineAction.REDEEM, lease=held) for _ in range(2)]
    assert [one.fault for one in found] == [None, OfflineFault.NOT_RESERVED]


def test_an_offer_without_a_limit_needs_no_lease(shop):
    with pytest.raises(errors.LeaseNotNeeded):
        lease(shop.terminal, offer_id=make_offer(shop.brand).id, units=1)


def test_a_till_holds_so_many_leases_and_no_more(shop, monkeypatch):
    monkeypatch.setattr(leases, "MOST_LEASES", 1)
    lease(shop.terminal, offer_id=shop.offer.id, units=1)
    with pytest.raises(errors.LeasesFull):
        lease(shop.terminal, offer_id=shop.offer.id, units=1)


def test_another_till_releases_nothing(shop):
    held = lease(shop.terminal, offer_id=shop.offer.id, units=1)
    with pytest.raises(errors.LeaseUnknown):
        release(shop.more_tills(1)[0], held)


def test_of_64_tills_none_has_more_than_there_is(anyone, crowd):
    shop = DarkShop(anyone, total_limit=100)
    tills = shop.more_tills(64)

    def take(number: int) -> int:
        try:
            return lease(tills[number], offer_id=shop.offer.id, units=3).units
        except coupon_errors.OfferSoldOut:
            return 0

    assert sum(at_once(64, take)) == 100
    assert left(shop) == 0


def test_claims_leases_and_releases_at_once_add_up(anyone, crowd):
    shop = DarkShop(anyone, total_limit=40)
    tills, members = shop.more_tills(16), [make_member() for _ in range(16)]

    def act(number: int) -> int:
        try:
            if number % 2:
                claim(members[number // 2], shop.offer)
                return 1
            held = lease(tills[number // 2], offer_id=shop.offer.id, units=3)
            if number % 4:
                return held.units
            release(tills[number // 2], held)
        except coupon_errors.OfferSoldOut:
            return 0
        return 0

    assert sum(at_once(32, act)) + (left(shop) or 0) == 40


def test_leased_points_can_be_spent_nowhere_else(shop):
    held = lease(shop.terminal, code=shop.card.code, currency_id=shop.currency.id, points=70)
    assert shop.available() == 30
    release(shop.terminal, held)
    assert shop.available() == 100


def test_more_points_than_there_are_cannot_be_leased(shop):
    with pytest.raises(NotEnoughPoints):
        lease(shop.terminal, code=shop.card.code, currency_id=shop.currency.id, points=101)


def test_points_are_free_for_the_use_that_they_were_leased_for(shop):
    read_snapshot(shop.terminal)
    held = lease(shop.terminal, code=shop.card.code, currency_id=shop.currency.id, points=70)
    assert admit(shop.terminal, OfflineAction.BURN, points=70, lease=held).covered_by is Cover.LEASE
    assert shop.available() == 100


def test_points_of_a_lease_that_is_over_count_if_they_are_there_still(shop):
    read_snapshot(shop.terminal)
    held = lease(shop.terminal, code=shop.card.code, currency_id=shop.currency.id, points=70)
    late = {"happened_at": NOON, "now": LATER, "lease": held, "points": 70}
    assert admit(shop.terminal, OfflineAction.BURN, **late).points_at_risk == 0


def test_points_that_were_spent_after_the_end_are_at_risk(shop):
    read_snapshot(shop.terminal)
    held = lease(shop.terminal, code=shop.card.code, currency_id=shop.currency.id, points=70)
    lease(shop.more_tills(1)[0], code=shop.card.code, currency_id=shop.currency.id, points=90, now=LATER)
    late = {"happened_at": NOON, "now": LATER, "lease": held, "points": 70}
    assert admit(shop.terminal, OfflineAction.BURN, **late).points_at_risk == 70


def test_a_leased_coupon_can_be_used_nowhere_else(shop):
    coupon = claim(shop.member, shop.offer)
    lease(shop.terminal, code=coupon.code)
    with pytest.raises(coupon_errors.CouponKept):
        redeem(coupon, make_terminal(make_store(shop.brand))[0])


def test_a_leased_coupon_is_used_in_the_transaction_that_admits_it(shop):
    read_snapshot(shop.terminal)
    coupon = claim(shop.member, shop.offer)
    held = lease(shop.terminal, code=coupon.code)
    assert admit(shop.terminal, OfflineAction.REDEEM, lease=held).covered_by is Cover.LEASE
    assert redeem(coupon, shop.terminal).coupon_id == coupon.id


def test_a_coupon_that_was_used_cannot_be_leased(shop):
    coupon = claim(shop.member, shop.offer)
    redeem(coupon, shop.terminal)
    with pytest.raises(coupon_errors.CouponAlreadyRedeemed):
        lease(shop.terminal, code=coupon.code)


def test_a_coupon_that_was_used_after_the_end_is_not_covered(shop):
    read_snapshot(shop.terminal)
    coupon = claim(shop.member, shop.offer)
    held = lease(shop.terminal, code=coupon.code)
    redeem(coupon, shop.more_tills(1)[0], now=LATER)
    late = {"happened_at": NOON, "now": LATER, "lease": held}
    assert admit(shop.terminal, OfflineAction.REDEEM, **late).fault is OfflineFault.NOT_RESERVED


def test_a_coupon_is_let_go_with_its_lease(shop):
    coupon = claim(shop.member, shop.offer)
    release(shop.terminal, lease(shop.terminal, code=coupon.code))
    assert held_until(coupon) is None


def test_wallets_that_become_one_let_go_what_was_set_aside(shop):
    held = lease(shop.terminal, code=shop.card.code, currency_id=shop.currency.id, points=70)
    merge(shop.member, make_member())
    release(shop.terminal, held)


def test_what_is_a_conflict_anyway_uses_up_nothing(shop):
    held = lease(shop.terminal, offer_id=shop.offer.id, units=2)
    assert admit(shop.terminal, OfflineAction.REDEEM, lease=held).fault is OfflineFault.NO_SNAPSHOT
    assert [one.used for one in read_snapshot(shop.terminal).leases] == [0]
