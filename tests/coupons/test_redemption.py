"""Staff redeem a coupon once, where and while it holds, and undo it within a window."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import Terminal
from app.errors import Problem
from app.sql import db
from offers.coupons.errors import (
    CouponAlreadyRedeemed,
    CouponExpired,
    CouponUnknown,
    CouponWrongStore,
    OfferPaused,
    UndoElsewhere,
    UndoWindowOver,
)
from offers.coupons.models import Coupon, Redemption
from offers.coupons.redemption import UNDO_WINDOW
from tests.coupons.factories import Shop, claim, redeem, undo
from tests.factories import NOON, make_area, make_store, make_terminal, save
from tests.planning.factories import end, make_offer, new_version, pause, resume, stores_and_areas
from tests.racing import at_once
from tests.speaking import Speaker
from wallet.cards.errors import CardBlocked
from wallet.cards.models import Card


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone)


@pytest.fixture
def coupon(shop: Shop) -> Coupon:
    return claim(shop.member, shop.offer)


def standing(coupon: Coupon) -> int:
    asked = select(func.count()).where(Redemption.coupon_id == coupon.id, Redemption.undone_at.is_(None))
    with db.system_transaction():
        return db.session().execute(asked).scalar_one()


def status(coupon: Coupon) -> str:
    with db.system_transaction():
        return db.get(Coupon, (coupon.member_id, coupon.id)).status


def test_a_redeemed_coupon_is_used(shop: Shop, coupon: Coupon) -> None:
    redemption = redeem(coupon, shop.terminal)
    assert (redemption.store_id, redemption.terminal_id) == (shop.store.id, shop.terminal.id)
    assert status(coupon) == "redeemed"


def test_a_second_time_says_when_and_where_the_first_was(shop: Shop, coupon: Coupon) -> None:
    redeem(coupon, shop.terminal)
    with pytest.raises(CouponAlreadyRedeemed) as refusal:
        redeem(coupon, shop.terminal, now=NOON + timedelta(minutes=1))
    english = refusal.value.body(language="en", instance="")["title"]
    french = refusal.value.body(language="fr", instance="")["title"]
    assert (english, french) == ("Already used on 18 May 12:00 at Rivoli.", "Déjà utilisé le 18 mai à 12:00 à Rivoli.")


def test_a_coupon_holds_until_the_instant_it_expires(shop: Shop, coupon: Coupon) -> None:
    with pytest.raises(CouponExpired):
        redeem(coupon, shop.terminal, now=coupon.expires_at)
    assert redeem(coupon, shop.terminal, now=coupon.expires_at - timedelta(seconds=1))


def test_another_brands_till_does_not_know_it(shop: Shop, coupon: Coupon, anyone: Speaker) -> None:
    with pytest.raises(CouponUnknown):
        redeem(coupon, Shop(anyone).terminal)


def test_a_cards_code_is_no_coupon(shop: Shop, coupon: Coupon) -> None:
    from wallet.cards.enrolment import join_brand

    with db.system_transaction():
        card = join_brand(member_id=shop.member.id, brand_id=shop.brand.id, display_name="Ada", now=NOON)
    with pytest.raises(CouponUnknown):
        redeem(card, shop.terminal)  # type: ignore[arg-type]


def test_a_store_that_the_offer_does_not_name_is_refused_with_those_it_names(shop: Shop) -> None:
    names = [make_store(shop.brand, name=name) for name in ("Alésia", "Bastille", "Nation", "Zola")]
    coupon = claim(shop.member, make_offer(shop.brand, targets=stores_and_areas(*names)))
    with pytest.raises(CouponWrongStore) as refusal:
        redeem(coupon, shop.terminal)
    assert refusal.value.facts["stores"] == "Alésia, Bastille, Nation"


def test_a_store_of_a_named_area_is_right(shop: Shop) -> None:
    area = make_area(shop.brand, shop.store)
    coupon = claim(shop.member, make_offer(shop.brand, targets=stores_and_areas(areas=(area,))))
    assert redeem(coupon, shop.terminal)


def test_a_coupon_holds_where_its_own_version_did(shop: Shop) -> None:
    offer = make_offer(shop.brand, targets=stores_and_areas(shop.store))
    coupon = claim(shop.member, offer)
    new_version(offer, shop.brand, targets=stores_and_areas(make_store(shop.brand)))
    assert redeem(coupon, shop.terminal)


def test_a_coupon_of_a_paused_offer_waits(shop: Shop, coupon: Coupon) -> None:
    paused = pause(shop.offer, shop.brand)
    with pytest.raises(OfferPaused):
        redeem(coupon, shop.terminal)
    resume(paused, shop.brand)
    assert redeem(coupon, shop.terminal)


def test_a_coupon_of_an_ended_offer_still_holds(shop: Shop, coupon: Coupon) -> None:
    end(shop.offer, shop.brand)
    assert redeem(coupon, shop.terminal)


def test_a_blocked_card_blocks_its_coupons(shop: Shop, coupon: Coupon) -> None:
    save(
        Card(
            member_id=shop.member.id,
            brand_id=shop.brand.id,
            code="x",
            display_name="Ada",
            status="blocked",
            joined_at=NOON,
        )
    )
    with pytest.raises(CardBlocked):
        redeem(coupon, shop.terminal)


def test_an_undone_redemption_gives_the_coupon_back(shop: Shop, coupon: Coupon) -> None:
    undone = undo(redeem(coupon, shop.terminal), shop.terminal)
    assert undone.undone_at == NOON
    assert status(coupon) == "active"
    assert redeem(coupon, shop.terminal)


def test_undoing_twice_undoes_nothing_more(shop: Shop, coupon: Coupon) -> None:
    first = redeem(coupon, shop.terminal)
    undo(first, shop.terminal)
    redeem(coupon, shop.terminal)
    undo(first, shop.terminal, now=NOON + timedelta(minutes=1))
    assert (standing(coupon), status(coupon)) == (1, "redeemed")


def test_the_undo_window_ends(shop: Shop, coupon: Coupon) -> None:
    redemption = redeem(coupon, shop.terminal)
    over = NOON + UNDO_WINDOW
    with pytest.raises(UndoWindowOver):
        undo(redemption, shop.terminal, now=over)
    assert undo(redemption, shop.terminal, now=over - timedelta(seconds=1)).undone_at


def test_another_store_cannot_undo(shop: Shop, coupon: Coupon) -> None:
    redemption = redeem(coupon, shop.terminal)
    other, _ = make_terminal(make_store(shop.brand))
    with pytest.raises(UndoElsewhere):
        undo(redemption, other)


def test_an_undone_coupon_does_not_hold_longer(shop: Shop, coupon: Coupon) -> None:
    last = coupon.expires_at - timedelta(seconds=1)
    undo(redeem(coupon, shop.terminal, now=last), shop.terminal, now=coupon.expires_at)
    with pytest.raises(CouponExpired):
        redeem(coupon, shop.terminal, now=coupon.expires_at)


def outcome(coupon: Coupon, terminal: Terminal) -> str:
    try:
        redeem(coupon, terminal)
        return "redeemed"
    except Problem as refusal:
        return refusal.code()


@pytest.mark.usefixtures("crowd")
def test_of_64_tills_that_redeem_one_coupon_one_does_and_63_are_told(shop: Shop, coupon: Coupon) -> None:
    tills = [make_terminal(shop.store)[0] for _ in range(8)]
    found = at_once(64, lambda number: outcome(coupon, tills[number % 8]))
    assert sorted(found) == ["coupon_already_redeemed"] * 63 + ["redeemed"]
    assert standing(coupon) == 1


@pytest.mark.usefixtures("crowd")
def test_redeeming_and_undoing_at_once_leave_one_truth(shop: Shop, coupon: Coupon) -> None:
    first = redeem(coupon, shop.terminal)
    at_once(16, lambda number: undo(first, shop.terminal) if number % 2 else outcome(coupon, shop.terminal))
    assert (status(coupon) == "redeemed") == (standing(coupon) == 1)
    assert standing(coupon) in (0, 1)


def test_the_database_itself_refuses_a_second_standing_redemption(shop: Shop, coupon: Coupon) -> None:
    redeem(coupon, shop.terminal)
    with db.system_transaction():
        db.get(Coupon, (coupon.member_id, coupon.id)).status = "active"
    with pytest.raises(Exception, match="uq_redemption_standing"):
        redeem(coupon, shop.terminal)
