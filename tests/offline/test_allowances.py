"""What a terminal is trusted with is counted by the server, period by period, in whatever order it uploads."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.accounts.models import Terminal
from app.sql import db
from offers.offline.entitlement import OfflineAction, OfflineFault
from offers.offline.late_acts import LateAct, LateVerdict, TillAction, judge_late_act
from offers.offline.leases import end_of_lease
from offers.offline.limits import OfflineLimits
from tests.coupons.factories import acting_at, claim
from tests.factories import NOON
from tests.offline.factories import DarkShop, admit, at, lease, read_snapshot, set_policy
from tests.racing import at_once
from wallet.authenticity import voucher_keys

A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LIMITS = {"points_per_use": 100, "points_per_terminal": 250, "minor_per_use": 500, "minor_per_terminal": 800}


@pytest.fixture
def shop(anyone) -> DarkShop:
    made = DarkShop(anyone)
    set_policy(made.brand, LIMITS)
    return made


@pytest.fixture
def till(shop) -> Terminal:
    read_snapshot(shop.terminal)
    return shop.terminal


def burn(till: Terminal, points: int = 100, **given):
    return admit(till, OfflineAction.BURN, points=points, **given)


def act(shop: DarkShop, action: TillAction, **given) -> LateVerdict:
    fields = {**at(shop.terminal), "scan_id": shop.member.id, "action": action, "code": shop.card.code}
    with acting_at(shop.terminal):
        return judge_late_act(LateAct(**(fields | {"occurred_at": NOON} | given)), now=NOON)


def voucher(shop: DarkShop, *, value_minor: int | None = 300) -> str:
    code = claim(shop.member, shop.offer).code
    said = {"brand_id": shop.brand.id, "offer_id": shop.offer.id, "code": code, "value_minor": value_minor}
    return voucher_keys.sign_voucher(**said, expires_at=NOON + A_DAY, now=NOON)


def test_the_third_use_is_over_the_limit_of_the_terminal(till):
    assert [burn(till).fault for _ in range(3)] == [None, None, OfflineFault.OVER_TERMINAL]


def test_a_use_that_was_not_entitled_does_not_count(till):
    burn(till, 101)
    assert [burn(till).is_entitled for _ in range(2)] == [True, True]


def test_a_new_snapshot_begins_a_new_period(till):
    later = NOON + AN_HOUR
    assert all(burn(till).is_entitled for _ in range(2))
    read_snapshot(till, now=later)
    assert burn(till, happened_at=later, now=later).is_entitled


def test_what_comes_late_counts_in_the_period_when_it_happened(till):
    later = NOON + AN_HOUR
    burn(till), burn(till)
    read_snapshot(till, now=later)
    assert burn(till, happened_at=NOON + A_MINUTE, now=later).fault is OfflineFault.OVER_TERMINAL


def test_reading_again_and_again_begins_no_period_while_nothing_was_used(till):
    first = read_snapshot(till, now=NOON + A_MINUTE)
    assert first.version == read_snapshot(till, now=NOON + 2 * A_MINUTE).version
    assert burn(till, happened_at=NOON + A_DAY, now=NOON + A_DAY).is_entitled


def test_a_till_that_was_dark_goes_by_the_limits_that_it_was_told(shop, till):
    set_policy(shop.brand, {"may_burn": False}, version=1)
    assert burn(till).is_entitled
    read_snapshot(till, now=NOON + A_MINUTE)
    assert burn(till, happened_at=NOON + A_MINUTE, now=NOON + A_MINUTE).fault is OfflineFault.NOT_ALLOWED


def test_a_store_says_what_is_different_there(shop):
    set_policy(shop.brand, {"points_per_use": 7}, store_id=shop.store.id)
    found = read_snapshot(shop.terminal).policy
    assert (found.points_per_use, found.points_per_terminal) == (7, 250)


def test_a_till_that_never_read_a_snapshot_is_trusted_with_nothing(shop):
    assert burn(shop.terminal).fault is OfflineFault.NO_SNAPSHOT


def test_what_a_revoked_till_did_before_counts_and_what_it_did_later_does_not(till):
    with db.system_transaction():
        db.execute(update(Terminal).where(Terminal.id == till.id).values(revoked_at=NOON + AN_HOUR))
    now = NOON + 2 * AN_HOUR
    assert burn(till, happened_at=NOON + A_MINUTE, now=now).is_entitled
    assert burn(till, happened_at=NOON + AN_HOUR, now=now).fault is OfflineFault.REVOKED


def test_uploads_at_once_never_go_beyond_the_limits(till, crowd):
    found = at_once(16, lambda _: burn(till))
    assert sum(one.points_at_risk for one in found if one.is_entitled) == 200


def test_no_lease_outlives_the_snapshot():
    limits = OfflineLimits(snapshot_age_s=600)
    assert end_of_lease(limits, lasts_s=3600, now=NOON) == NOON + timedelta(seconds=600)


def test_tills_are_judged_by_this_room(shop, till):
    assert act(shop, TillAction.BURN, points=100) == LateVerdict(True, None, "limits")
    assert act(shop, TillAction.BURN, points=101) == LateVerdict(False, "offline_limit", None)
    assert act(shop, TillAction.EARN) == LateVerdict(True, None, "nothing_scarce")


def test_a_signed_voucher_is_taken_without_a_network(shop, till):
    shown = voucher(shop)
    assert act(shop, TillAction.REDEEM, code=shown, coupons=(shown,), value_minor=300).covered_by == "limits"


def test_a_voucher_is_not_worth_more_than_it_says(shop, till):
    shown = voucher(shop)
    assert act(shop, TillAction.REDEEM, code=shown, coupons=(shown,), value_minor=301).reason == "offline_limit"


def test_a_voucher_that_somebody_else_signed_is_not_taken(shop, till):
    shown = voucher(shop)
    forged = shown[:-1] + ("A" if shown[-1] != "A" else "B")
    assert not act(shop, TillAction.REDEEM, code=forged, coupons=(forged,), value_minor=1).is_entitled


def test_a_voucher_that_had_ended_is_not_taken(shop):
    later = NOON + 2 * A_DAY
    read_snapshot(shop.terminal, now=later)
    shown = voucher(shop)
    found = act(shop, TillAction.REDEEM, code=shown, coupons=(shown,), value_minor=1, occurred_at=later)
    assert not found.is_entitled


def test_a_plain_coupon_needs_a_lease(shop, till):
    code = claim(shop.member, shop.offer).code
    asked = {"code": code, "coupons": (code,), "value_minor": 100}
    assert not act(shop, TillAction.REDEEM, **asked).is_entitled
    lease(till, code=code)
    assert act(shop, TillAction.REDEEM, **asked) == LateVerdict(True, None, "lease")


def test_points_of_a_card_are_found_by_its_code(shop, till):
    shop.earn(100)
    lease(till, code=shop.card.code, currency_id=shop.currency.id, points=100)
    assert act(shop, TillAction.BURN, points=100) == LateVerdict(True, None, "lease")
    assert act(shop, TillAction.BURN, points=100) == LateVerdict(True, None, "limits")
