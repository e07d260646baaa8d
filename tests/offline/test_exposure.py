"""The most that can be lost if all tills go dark now; and that no behaviour of tills loses more."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.accounts.models import Terminal
from app.sql import db
from offers.offline.entitlement import OfflineAction
from offers.offline.exposure import Exposure, WorstLoss, describe_exposure, worst_loss
from tests.coupons.factories import acting_at
from tests.factories import NOON, made, make_store, make_terminal
from tests.offline.factories import DarkShop, admit, lease, read_snapshot, set_policy
from tests.sizes import chosen
from tests.speaking import Speaker

AN_HOUR = timedelta(hours=1)
LIMITS = {
    "points_per_use": 100,
    "points_per_terminal": 250,
    "minor_per_use": 500,
    "minor_per_terminal": 800,
    "coupons_per_terminal": 3,
}


@pytest.fixture
def shop(anyone) -> DarkShop:
    made = DarkShop(anyone, points=500, total_limit=10)
    set_policy(made.brand, LIMITS)
    return made


def exposed(shop: DarkShop, *, now: Any = NOON) -> Exposure:
    with acting_at(shop.terminal):
        return worst_loss(brand_id=shop.brand.id, now=now)


def revoke(till: Terminal) -> None:
    with db.system_transaction():
        db.execute(update(Terminal).where(Terminal.id == till.id).values(revoked_at=NOON))


def test_each_till_counts_with_its_limits(shop):
    shop.more_tills(2)
    assert exposed(shop).worst == WorstLoss(750, 2_400, 9)


def test_each_store_counts_with_its_own_limits(shop):
    other = make_store(shop.brand, name="Bastille")
    make_terminal(other)
    set_policy(shop.brand, {"points_per_terminal": 40}, store_id=other.id)
    found = exposed(shop)
    assert [(one.store_name, one.worst.points) for one in found.stores] == [("Rivoli", 250), ("Bastille", 40)]
    assert found.worst.points == 290


def test_what_is_not_allowed_is_not_lost(shop):
    set_policy(shop.brand, {"may_burn": False, "may_redeem": False}, version=1)
    assert exposed(shop).worst == WorstLoss()


def test_a_till_that_is_dark_counts_with_what_it_was_told(shop):
    read_snapshot(shop.terminal)
    set_policy(shop.brand, LIMITS | {"points_per_terminal": 10}, version=1)
    assert exposed(shop).worst.points == 250
    assert exposed(shop, now=NOON + timedelta(days=2)).worst.points == 10


def test_a_revoked_till_counts_until_its_data_is_too_old(shop):
    read_snapshot(shop.terminal)
    revoke(shop.terminal)
    assert exposed(shop).worst.points == 250
    assert exposed(shop, now=NOON + timedelta(days=2)).worst == WorstLoss()


def test_a_till_that_waits_for_its_pairing_loses_nothing(shop):
    with made():
        make_terminal(shop.store, paired_at=None)
    assert exposed(shop).terminals == 1


def test_what_is_leased_is_told_beside_and_is_not_lost(shop):
    lease(shop.terminal, offer_id=shop.offer.id, units=4)
    lease(shop.terminal, code=shop.card.code, currency_id=shop.currency.id, points=70)
    found = exposed(shop)
    assert (found.leased_units, found.leased_points, found.worst.points) == (4, 70, 250)


def test_the_console_is_told_in_words_how_it_is_computed(shop):
    said = describe_exposure(exposed(shop), language="fr")["how"]
    assert said[0].endswith("jusqu'à ses plafonds : 1 caisse.")
    assert "250 points, 8,00 € de réductions et 3 bons" in said[1].replace("\xa0", " ")


USE = st.tuples(
    st.integers(0, 2),  # which till
    st.sampled_from(list(OfflineAction)),
    st.integers(0, 130),  # points
    st.integers(0, 600),  # money
    st.booleans(),  # whether it shows a voucher
    st.integers(-30, 30),  # hours by its clock
    st.sampled_from([None, 0.0, 60.0, -86_400.0]),  # how far its clock is ahead
)


@settings(max_examples=chosen().worlds)
@given(uses=st.lists(USE, max_size=60), revoked=st.integers(0, 3))
def test_no_behaviour_of_tills_loses_more_than_the_number_that_the_console_is_told(app, uses, revoked):
    shop = DarkShop(Speaker(app.test_client()))
    set_policy(shop.brand, LIMITS)
    tills = [shop.terminal, *shop.more_tills(2)]
    for till in tills:
        read_snapshot(till)
    bound = exposed(shop).worst
    lost = WorstLoss()
    for place, (number, action, points, minor, shown, hours, ahead) in enumerate(uses):
        if place == len(uses) // 2 and revoked < 3:
            revoke(tills[revoked])
        found = admit(
            tills[number],
            action,
            happened_at=NOON + hours * AN_HOUR,
            now=NOON + 40 * AN_HOUR,
            points=points,
            minor=minor,
            has_voucher=shown,
            clock_ahead_s=ahead,
        )
        if found.is_entitled:  # at worst all of it is lost
            lost = lost.plus(WorstLoss(found.points_at_risk, found.minor_at_risk, found.coupons_at_risk))
    assert all(one <= most for one, most in zip(lost, bound, strict=True))
