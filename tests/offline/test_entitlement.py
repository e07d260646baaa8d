"""Whether a till was entitled to what it did without a network."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offers.offline.entitlement import (
    Cover,
    Entitlement,
    LeaseStanding,
    OfflineAction,
    OfflineClaim,
    OfflineFault,
    SnapshotStanding,
    TerminalStanding,
    judge_offline,
)
from offers.offline.limits import OfflineLimits
from tests.factories import NOON

A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
LIMITS = OfflineLimits(points_per_use=100, points_per_terminal=250, minor_per_use=500, minor_per_terminal=1_200)
FRESH = SnapshotStanding(version=1, read_at=NOON - A_MINUTE)
LEASED = LeaseStanding(points=60, coupons=1, ends_at=NOON + A_MINUTE)


def judge(action: OfflineAction, *, at: datetime = NOON, now: datetime = NOON, **given: Any) -> Entitlement:
    known = {name: given.pop(name) for name in ("policy", "terminal", "lease", "snapshot") if name in given}
    whose: dict[str, Any] = {"policy": LIMITS, "terminal": TerminalStanding(), "lease": None, "snapshot": FRESH}
    return judge_offline(claim=OfflineClaim(action, at, **given), now=now, **(whose | known))


def burn(points: int = 50, **given: Any) -> Entitlement:
    return judge(OfflineAction.BURN, points=points, **given)


def redeem(minor: int = 200, **given: Any) -> Entitlement:
    return judge(OfflineAction.REDEEM, minor=minor, **({"has_voucher": True} | given))


def test_earning_costs_nothing_that_is_scarce_and_needs_no_snapshot():
    assert judge(OfflineAction.EARN, snapshot=None) == Entitlement(True, None, Cover.NOTHING_SCARCE)


def test_points_are_earned_by_a_clock_that_is_right():
    assert judge(OfflineAction.EARN, clock_ahead_s=86_400.0).fault is OfflineFault.CLOCK


def test_who_only_looks_needs_nothing_but_a_key():
    looked = {"snapshot": None, "clock_ahead_s": 86_400.0}
    assert judge(OfflineAction.IDENTIFY, **looked).is_entitled
    assert not judge(
        OfflineAction.IDENTIFY, **looked, terminal=TerminalStanding(revoked_at=NOON - 3 * A_DAY)
    ).is_entitled


def test_points_within_the_limits_are_at_the_brands_risk():
    assert burn(50) == Entitlement(True, None, Cover.LIMITS, points_at_risk=50)


def test_leased_points_are_at_nobodys_risk():
    assert burn(60, lease=LEASED) == Entitlement(True, None, Cover.LEASE)


def test_what_a_lease_does_not_reach_is_within_the_limits():
    assert burn(90, lease=LEASED) == Entitlement(True, None, Cover.LIMITS, points_at_risk=30)


def test_a_lease_that_had_ended_covers_nothing():
    assert burn(60, lease=LEASED._replace(ends_at=NOON)).points_at_risk == 60


def test_a_voucher_is_at_the_brands_risk():
    assert redeem(200) == Entitlement(True, None, Cover.LIMITS, minor_at_risk=200, coupons_at_risk=1)


def test_a_leased_coupon_needs_no_voucher():
    assert redeem(200, has_voucher=False, lease=LEASED) == Entitlement(True, None, Cover.LEASE)


@pytest.mark.parametrize(
    ("judged", "fault"),
    [
        (lambda: burn(terminal=TerminalStanding(revoked_at=NOON)), OfflineFault.REVOKED),
        (lambda: burn(clock_ahead_s=86_400.0), OfflineFault.CLOCK),
        (lambda: burn(at=NOON + A_DAY), OfflineFault.CLOCK),
        (lambda: burn(snapshot=None), OfflineFault.NO_SNAPSHOT),
        (lambda: burn(snapshot=FRESH._replace(read_at=NOON - 2 * A_DAY)), OfflineFault.OLD_SNAPSHOT),
        (lambda: burn(policy=LIMITS._replace(may_burn=False)), OfflineFault.NOT_ALLOWED),
        (lambda: judge(OfflineAction.SALE, policy=LIMITS._replace(may_earn=False)), OfflineFault.NOT_ALLOWED),
        (lambda: redeem(has_voucher=False), OfflineFault.NOT_RESERVED),
        (lambda: burn(101), OfflineFault.OVER_USE),
        (lambda: redeem(501), OfflineFault.OVER_USE),
        (lambda: redeem(300, voucher_minor=299), OfflineFault.OVER_USE),
        (lambda: burn(50, terminal=TerminalStanding(points_used=201)), OfflineFault.OVER_TERMINAL),
        (lambda: redeem(200, terminal=TerminalStanding(minor_used=1_001)), OfflineFault.OVER_TERMINAL),
        (lambda: redeem(0, terminal=TerminalStanding(coupons_used=20)), OfflineFault.OVER_TERMINAL),
    ],
)
def test_a_till_is_told_why_it_was_not_entitled(judged, fault):
    found = judged()
    assert (found.is_entitled, found.fault) == (False, fault)
    assert found.reason == ("revoked" if fault is OfflineFault.REVOKED else "offline_limit")


def test_what_was_done_before_the_revocation_counts():
    assert burn(at=NOON - A_MINUTE, terminal=TerminalStanding(revoked_at=NOON)).is_entitled


def test_a_clock_that_is_off_a_little_is_put_right():
    """Four minutes ahead: by our clock it was before the revocation."""
    terminal = TerminalStanding(revoked_at=NOON)
    assert burn(at=NOON + A_MINUTE, clock_ahead_s=240.0, terminal=terminal).is_entitled


def test_a_clock_that_never_reported_is_believed_unless_it_is_in_the_future():
    assert burn(clock_ahead_s=None).is_entitled
    assert burn(clock_ahead_s=None, at=NOON + A_DAY).fault is OfflineFault.CLOCK


@given(
    st.lists(st.tuples(st.integers(0, 150), st.integers(0, 700), st.booleans()), max_size=15),
    st.integers(0, 1_000),
    st.integers(0, 5_000),
)
def test_what_is_at_risk_never_exceeds_the_limits_of_a_terminal(uses, most_points, most_minor):
    limits = LIMITS._replace(points_per_terminal=most_points, minor_per_terminal=most_minor, coupons_per_terminal=3)
    terminal = TerminalStanding()
    for points, minor, shown in uses:
        found = judge(
            OfflineAction.SALE, points=points, minor=minor, has_voucher=shown, policy=limits, terminal=terminal
        )
        if found.is_entitled:
            terminal = TerminalStanding(
                terminal.points_used + found.points_at_risk,
                terminal.minor_used + found.minor_at_risk,
                terminal.coupons_used + found.coupons_at_risk,
            )
    used = (terminal.points_used, terminal.minor_used, terminal.coupons_used)
    assert all(one <= most for one, most in zip(used, (most_points, most_minor, 3), strict=True))
