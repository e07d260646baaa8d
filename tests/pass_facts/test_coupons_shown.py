"""The coupons on passes: a card shows those that can be used, a coupon has a pass of its own if its member wants."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from app.sql import db
from offers.coupons.models import Coupon
from offers.coupons.redemption import redeem_coupon
from offers.pass_facts import jobs
from offers.pass_facts.coupon_passes import give_coupon_pass
from offers.pass_facts.errors import CouponNotUsable
from tests.coupons.factories import accept, acting_at, claim, give_away, redeem, undo
from tests.factories import NOON, made, make_member, make_store, make_terminal
from tests.issued.factories import as_now, code_on, issue, refresh, says, settle
from tests.planning.factories import end, make_offer, pause, resume
from tests.wallet.factories import make_card
from wallet.issued import issuance
from wallet.issued.models import IssuedPass, PassKind


def pass_of(coupon) -> IssuedPass:
    """The coupon's own pass."""
    with made():
        held = issuance.issue_pass(
            member_id=coupon.member_id,
            brand_id=coupon.brand_id,
            kind=PassKind.COUPON,
            target_id=coupon.id,
            now=NOON,
        )
    settle(held)
    return held


@pytest.fixture(autouse=True)
def store(brand):
    return make_store(brand)


@pytest.fixture
def terminal(store):
    return make_terminal(store)[0]


def test_a_claimed_coupon_comes_onto_the_card_and_goes_when_it_is_used(member, brand, terminal):
    held = issue(make_card(member, brand))
    coupon = claim(member, make_offer(brand))
    assert refresh(held) == [held.id]
    [shown] = says(held).coupons
    assert (shown.id, shown.code, shown.ends_at) == (coupon.id, coupon.code, coupon.expires_at)
    assert shown.title_fr
    used = redeem(coupon, terminal)
    assert refresh(held) == [held.id]
    assert says(held).coupons == ()
    undo(used, terminal)
    assert refresh(held) == [held.id]
    assert [one.id for one in says(held).coupons] == [coupon.id]


def test_time_alone_takes_a_coupon_off_the_card(member, brand):
    held = issue(make_card(member, brand))
    coupon = claim(member, make_offer(brand))
    refresh(held)
    assert refresh(held, now=coupon.expires_at - timedelta(seconds=1)) == []
    assert refresh(held, now=coupon.expires_at) == [held.id]
    assert says(held, now=coupon.expires_at).coupons == ()


def test_a_gift_that_waits_is_off_the_card_and_comes_back_when_nobody_took_it(member, brand):
    held = issue(make_card(member, brand))
    coupon = claim(member, make_offer(brand, transferable=True))
    refresh(held)
    gift = give_away(coupon)
    assert refresh(held) == [held.id]
    assert says(held).coupons == ()
    assert refresh(held, now=gift.expires_at) == [held.id]
    assert len(says(held, now=gift.expires_at).coupons) == 1


def test_a_gift_that_is_accepted_voids_its_givers_pass(member, brand):
    coupon = claim(member, make_offer(brand, transferable=True))
    held = pass_of(coupon)
    accept(give_away(coupon), make_member())
    assert refresh(held) == [held.id]
    assert says(held).is_void


def test_a_paused_offer_takes_its_coupons_off_until_it_goes_on(member, brand):
    offer = make_offer(brand)
    coupon = claim(member, offer)
    card, own = issue(make_card(member, brand)), pass_of(coupon)
    offer = pause(offer, brand)
    assert sorted(refresh(card, own)) == sorted([card.id, own.id])
    assert says(card).coupons == ()
    assert says(own).is_void
    resume(offer, brand)
    assert sorted(refresh(card, own)) == sorted([card.id, own.id])
    assert not says(own).is_void


def test_an_offer_that_ends_takes_those_coupons_that_end_with_it(member, brand):
    with_it, without = make_offer(brand, coupon_ends_with_offer=True), make_offer(brand)
    passes = [pass_of(claim(member, with_it)), pass_of(claim(member, without))]
    end(with_it, brand)
    end(without, brand)
    refresh()
    assert [says(one).is_void for one in passes] == [True, False]


def test_a_coupons_pass_says_its_code_and_its_end(member, brand):
    coupon = claim(member, make_offer(brand))
    said = says(pass_of(coupon))
    assert (said.code, said.expires_at, said.balances, said.places) == (coupon.code, coupon.expires_at, (), ())
    assert [one.id for one in said.coupons] == [coupon.id]


def test_a_coupon_whose_use_is_undone_at_once_shows_another_code(anyone, member, brand, terminal):
    held = pass_of(claim(member, make_offer(brand)))
    shown = code_on(held)
    where = {"brand_id": brand.id, "store_id": terminal.store_id, "terminal_id": terminal.id}
    with acting_at(terminal):
        used = redeem_coupon(code=shown, **where, now=NOON)
    undo(used, terminal)
    assert refresh(held) == [held.id]
    after = code_on(held)
    assert after != shown
    with acting_at(terminal):
        assert redeem_coupon(code=after, **where, now=NOON).coupon_id == used.coupon_id


def test_a_used_coupon_gets_no_pass(member, brand, terminal):
    coupon = claim(member, make_offer(brand))
    redeem(coupon, terminal)
    with pytest.raises(CouponNotUsable), made():
        give_coupon_pass(member_id=member.id, code=coupon.code, language="fr", now=NOON)


def test_the_pass_of_a_coupon_that_is_not_kept_any_more_ends(member, brand):
    coupon = claim(member, make_offer(brand))
    held = pass_of(coupon)
    with made():
        db.execute(delete(Coupon).where(Coupon.id == coupon.id))
    with made():
        jobs.end_coupon_passes(now=NOON)
    assert refresh(held) == [held.id]
    assert as_now(held).ended_at is not None
