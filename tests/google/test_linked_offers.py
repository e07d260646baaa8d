"""A member's coupons appear beside their card by themselves, and end by their state."""

from datetime import timedelta

import pytest

from tests.factories import NOON
from tests.google.factories import (
    ISSUER,
    SOON,
    balance,
    copy_of,
    make_shown_coupon,
    object_id,
    pass_of,
    run,
    tell,
    want,
)
from tests.issued.factories import end, issue
from wallet.issued.models import PassKind

LATER = SOON + timedelta(minutes=10)


@pytest.fixture
def told(google, sayings, held):
    """The pass, which Google has and somebody saved."""
    sayings.change(held, balances=balance(120), at=NOON)
    want(held)
    tell()
    run("UPDATE google_copy SET saved_at = :at WHERE pass_id = :id", id=held.id, at=NOON)
    return held


def linked(google, held):
    return google.things["loyaltyObject"][object_id(held)].get("linkedObjectIds", [])


def offers(google):
    return google.things["offerObject"]


def test_a_coupon_of_the_card_is_an_offer_linked_to_it(google, sayings, told):
    coupon = sayings.hold(make_shown_coupon())
    sayings.change(told, coupons=(coupon,))
    tell()
    [offer] = offers(google).values()
    assert linked(google, told) == [offer["id"]]
    assert offer["state"] == "ACTIVE"
    assert offer["barcode"]["value"] == coupon.code
    assert google.things["offerClass"][offer["classId"]]["title"] == "Un café offert"


def test_it_is_linked_once(google, sayings, told):
    sayings.change(told, coupons=(sayings.hold(make_shown_coupon()),))
    for minutes in (0, 10, 20):
        tell(now=SOON + timedelta(minutes=minutes))
    assert sum(method == "link" for method, _, _ in google.taken) == 1


def test_many_coupons_are_linked_in_one_call(google, sayings, told):
    sayings.change(told, coupons=tuple(sayings.hold(make_shown_coupon(code=f"C{n}")) for n in range(5)))
    tell()
    assert len(linked(google, told)) == 5
    assert sum(method == "link" for method, _, _ in google.taken) == 1


def test_a_used_coupon_is_completed_and_one_that_is_over_expired(google, sayings, told):
    coupon = sayings.hold(make_shown_coupon())
    sayings.change(told, coupons=(coupon,))
    tell()
    held = pass_of(told.member_id, PassKind.COUPON, coupon.id)
    sayings.change(held, at=LATER, coupons=(coupon,), code=coupon.code, is_void=True)
    tell(now=LATER)
    assert offers(google)[object_id(held)]["state"] == "COMPLETED"
    sayings.change(held, at=LATER, coupons=(), code="", expires_at=NOON)
    tell(now=LATER)
    assert offers(google)[object_id(held)]["state"] == "EXPIRED"


def test_a_coupon_that_was_over_before_google_heard_of_it_is_never_sent(google, sayings, told):
    coupon = make_shown_coupon()
    sayings.targets[coupon.id] = {"coupons": (), "is_void": True}
    sayings.change(told, coupons=(coupon,))
    tell()
    held = pass_of(told.member_id, PassKind.COUPON, coupon.id)
    assert offers(google) == {}
    assert copy_of(held).due_at is None


def test_a_link_waits_while_google_is_away(google, sayings, told):
    google.fault = lambda method, path, ahead: 503 if ahead and "modifyLinked" in path else None
    sayings.change(told, coupons=(sayings.hold(make_shown_coupon()),))
    tell()
    assert linked(google, told) == []
    google.fault = lambda method, path, ahead: None
    tell(now=LATER)
    assert len(linked(google, told)) == 1


def test_a_new_coupon_is_news_only_where_that_is_permitted(google, sayings, told):
    coupon = sayings.hold(make_shown_coupon())
    sayings.change(told, coupons=(coupon,))
    tell()
    other = sayings.hold(make_shown_coupon(title_fr="Un thé offert"), may_notify=True)
    sayings.change(told, coupons=(coupon, other), may_notify=True)
    tell()
    messages = google.things["loyaltyObject"][object_id(told)]["messages"]
    assert [(each["header"], each["body"]) for each in messages] == [("Un nouveau bon", "Un thé offert")]


def test_three_rings_a_day_are_all(google, sayings, told):
    coupons = tuple(sayings.hold(make_shown_coupon(code=f"C{n}"), may_notify=True) for n in range(5))
    sayings.change(told, coupons=coupons, may_notify=True)
    tell()
    assert len(google.things["loyaltyObject"][object_id(told)]["messages"]) == 3
    assert google.seen[f"POST /walletobjects/v1/loyaltyObject/{object_id(told)}/addMessage"] == 3


def test_a_quota_of_googles_is_no_alarm(google, sayings, told):
    google.fault = lambda method, path, ahead: None
    google.rang[object_id(told)] = [2e9] * 3
    sayings.change(told, coupons=(sayings.hold(make_shown_coupon(), may_notify=True),))
    assert tell() >= 1
    assert len(linked(google, told)) == 1


def test_linked_offers_stay_linked_when_the_whole_card_is_sent(google, sayings, told):
    sayings.change(told, coupons=(sayings.hold(make_shown_coupon()),), expires_at=NOON + timedelta(days=3))
    tell()
    sayings.change(told, expires_at=None)
    tell()
    whole = [body for method, id, body in google.taken if method == "PUT" and id == object_id(told)]
    assert whole[-1]["linkedObjectIds"] == linked(google, told)
    assert len(linked(google, told)) == 1


def test_a_coupon_goes_under_the_issuer_of_its_card(google, sayings, told):
    sayings.change(told, coupons=(sayings.hold(make_shown_coupon()),))
    tell()
    assert all(id.startswith(f"{ISSUER}.") for id in offers(google))


def test_a_coupon_that_its_member_ended_does_not_come_again_by_itself(google, sayings, told):
    coupon = sayings.hold(make_shown_coupon())
    sayings.change(told, coupons=(coupon,))
    tell()
    end(pass_of(told.member_id, PassKind.COUPON, coupon.id), now=SOON)
    sayings.change(told, at=LATER, balances=balance(130))
    tell(now=LATER)
    assert len(offers(google)) == 1


def test_coupons_go_over_to_the_next_pass_of_the_card(google, sayings, told, card):
    coupon = sayings.hold(make_shown_coupon())
    sayings.change(told, coupons=(coupon,))
    tell()
    end(told, now=SOON)
    after = issue(card, now=SOON)
    sayings.change(after, at=LATER, coupons=(coupon,))
    want(after)
    tell(now=LATER)
    assert linked(google, after) == list(offers(google))
