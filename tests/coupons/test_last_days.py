"""When a coupon ends: on the wall clock of each store, perhaps with its offer; and how its last day is said."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from app.accounts.models import Terminal
from offers.coupons import claims, own_coupons
from offers.coupons.errors import CouponEndedWithOffer, CouponExpired, OfferOutsideWindow
from offers.coupons.models import CouponStatus
from offers.planning import windows
from tests.checkout.factories import Counter
from tests.coupons.factories import Shop, accept, acting_as, acting_at, claim, give_away, redeem, scan
from tests.factories import NOON, make_brand, make_member, make_store, make_terminal
from tests.planning.factories import end, make_offer, on_the_clock, stores_and_areas
from tests.speaking import Speaker
from tests.tracing import sent_statements

WEST, EAST = "America/Martinique", "Indian/Reunion"
ZONES = ["Europe/Paris", WEST, EAST, "Pacific/Noumea", "America/Miquelon"]


class Chain:
    """A brand of Paris with a till in Paris and one in Fort-de-France."""

    def __init__(self) -> None:
        self.brand = make_brand()
        self.paris: Terminal = make_terminal(make_store(self.brand))[0]
        self.west_store = make_store(self.brand, name="Fort-de-France", time_zone=WEST)
        self.west: Terminal = make_terminal(self.west_store)[0]


@pytest.fixture
def chain() -> Chain:
    return Chain()


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_coupon_ends_at_the_midnight_of_the_stores_where_it_holds(chain: Chain) -> None:
    """Claimed in Fort-de-France on 28 November at nine in the evening, when it is the 29th in Paris."""
    offer = make_offer(chain.brand, targets=stores_and_areas(chain.west_store), coupon_valid_days=0)
    coupon = claim(make_member(), offer, now=at("2026-11-29T01:00"))
    assert (coupon.ends_local, coupon.expires_at) == (on_the_clock("2026-11-29"), at("2026-11-29T04:00"))


def test_a_coupon_of_the_whole_brand_ends_at_the_own_midnight_of_each_store(chain: Chain) -> None:
    offer = make_offer(chain.brand, coupon_valid_days=0)
    paris, west = (claim(make_member(), offer, now=at("2026-11-28T12:00")) for _ in range(2))
    with pytest.raises(CouponExpired):
        redeem(paris, chain.paris, now=at("2026-11-28T23:00"))
    assert redeem(west, chain.west, now=at("2026-11-29T03:59"))
    assert west.status_at(at("2026-11-29T03:59")) == CouponStatus.ACTIVE
    assert west.status_at(at("2026-11-29T04:00")) == CouponStatus.EXPIRED


def test_a_coupon_ends_where_its_offer_does_not_hold_any_more_when_it_was_to(chain: Chain) -> None:
    ends_local = on_the_clock("2026-11-28T19:00")
    offer = make_offer(chain.brand, ends_local=ends_local, coupon_ends_with_offer=True)
    coupon = claim(make_member(), offer, now=at("2026-11-28T12:00"))
    assert (coupon.ends_local, coupon.expires_at) == (ends_local, at("2026-11-28T23:00"))
    with pytest.raises(CouponExpired):
        redeem(coupon, chain.paris, now=at("2026-11-28T18:00"))
    assert redeem(coupon, chain.west, now=at("2026-11-28T22:00"))


def test_a_coupon_that_may_outlive_its_offer_does(chain: Chain) -> None:
    coupon = claim(make_member(), make_offer(chain.brand, ends_local=on_the_clock("2026-05-19"), coupon_valid_days=30))
    assert coupon.ends_local == on_the_clock("2026-06-18")


def test_a_window_is_told_on_the_clock_of_the_stores(chain: Chain) -> None:
    window = {"starts_local": on_the_clock("2026-12-24"), "ends_local": on_the_clock("2026-12-25")}
    offer = make_offer(chain.brand, targets=stores_and_areas(chain.west_store), **window)
    with pytest.raises(OfferOutsideWindow) as refused:
        claim(make_member(), offer)
    said = refused.value.body(language="fr", instance="")["title"]
    assert said == "Cette offre vaut du 24 décembre à 00:00 au 25 décembre à 00:00."


@given(
    zones=st.sets(st.sampled_from(ZONES), min_size=1),
    now=st.datetimes(on_the_clock("2020-01-01"), on_the_clock("2040-01-01"), timezones=st.just(UTC)),
    days=st.integers(0, 60),
)
def test_nobody_gets_less_than_the_days_that_were_promised(zones: set[str], now: datetime, days: int) -> None:
    ends_local = windows.end_after_days(now, days, zones)
    for zone in zones:
        assert clock.instant_of(ends_local, zone) >= clock.start_of(
            clock.day_of(now, zone) + timedelta(days=days + 1), zone
        )


def test_a_sale_takes_a_coupon_until_the_midnight_of_its_store() -> None:
    counter = Counter()
    coupon = counter.percent(10, coupon_valid_days=0)
    with pytest.raises(CouponExpired):
        counter.sells(1_000, coupons=[coupon], now=coupon.expires_at)
    assert counter.sells(1_000, coupons=[coupon], now=coupon.expires_at - timedelta(minutes=1)).payable_minor == 900


def test_the_till_is_told_of_its_own_midnight(chain: Chain) -> None:
    coupon = claim(make_member(), make_offer(chain.brand, coupon_valid_days=0), now=at("2026-11-28T12:00"))
    with pytest.raises(CouponExpired) as refused:
        redeem(coupon, chain.paris, now=at("2026-11-29T00:30"))
    assert refused.value.body(language="en", instance="")["title"] == "This coupon expired on 29 November 00:00."


def test_an_offer_that_takes_its_coupons_along_ends_them_when_it_is_ended(anyone: Speaker) -> None:
    shop = Shop(anyone, coupon_ends_with_offer=True)
    coupon = claim(shop.member, shop.offer)
    end(shop.offer, shop.brand)
    with pytest.raises(CouponEndedWithOffer):
        redeem(coupon, shop.terminal)


def test_an_offer_that_does_not_leaves_them(anyone: Speaker) -> None:
    shop = Shop(anyone)
    coupon = claim(shop.member, shop.offer)
    end(shop.offer, shop.brand)
    assert redeem(coupon, shop.terminal)


def test_a_coupon_that_was_given_away_ends_when_the_first_did(anyone: Speaker) -> None:
    shop = Shop(anyone, transferable=True)
    old = claim(shop.member, shop.offer)
    new = accept(give_away(old), make_member())
    assert (new.ends_local, new.expires_at) == (old.ends_local, old.expires_at)


def test_a_claim_at_a_chain_with_other_clocks_asks_once_more(chain: Chain, anyone: Speaker) -> None:
    shop, member = Shop(anyone), make_member()
    sent: dict[str, int] = {}
    for name, offer in (("one clock", shop.offer), ("two clocks", make_offer(chain.brand))):
        claim(make_member(), offer)
        with acting_as(member), sent_statements() as statements:
            claims.claim_offer(member_id=member.id, offer_id=offer.id, now=NOON)
        sent[name] = len(statements)
    assert sent["two clocks"] == sent["one clock"] + 1


def claimed(anyone: Speaker, **offer: Any) -> dict[str, Any]:
    """The JSON of a coupon."""
    shop = Shop(anyone, **offer)
    said: dict[str, Any] = shop.phone.post(
        f"/v1/offers/{shop.offer.id}/coupons", headers={"Accept-Language": "fr"}
    ).json
    return said


def test_a_coupon_and_its_offer_say_their_last_day_in_words(anyone: Speaker) -> None:
    coupon = claimed(
        anyone, ends_local=on_the_clock("2098-01-02"), coupon_ends_with_offer=True, coupon_valid_days=1_000
    )
    assert (coupon["offer"]["last_day"], coupon["offer"]["until"]) == ("2098-01-01", "Jusqu'au 1er janvier 2098")
    day = clock.day_of(clock.now(), "Europe/Paris") + timedelta(days=1_000)
    assert coupon["last_day"] == day.isoformat()
    assert coupon["until"].endswith(str(day.year))


def test_what_a_gift_is_says_its_last_day(anyone: Speaker) -> None:
    shop = Shop(anyone, transferable=True)
    gift = give_away(claim(shop.member, shop.offer, now=clock.now()), now=clock.now())
    day = clock.day_of(clock.now(), "Europe/Paris") + timedelta(days=30)
    assert shop.phone.get(f"/v1/gifts/{gift.code}").json["coupon_last_day"] == day.isoformat()


def test_the_coupons_of_a_scan_are_judged_by_the_clock_of_the_store(chain: Chain) -> None:
    member, now = make_member(), at("2026-11-29T00:30")
    coupon = claim(member, make_offer(chain.brand, coupon_valid_days=0), now=at("2026-11-28T12:00"))
    usable = []
    for terminal in (chain.paris, chain.west):
        seen = scan(coupon, terminal, now=now)
        with acting_at(terminal):
            judged = own_coupons.coupons_for_scan(
                scan_id=seen.id, brand_id=chain.brand.id, store_id=terminal.store_id, now=now
            )
        usable.append([refusal is None for _, refusal in judged])
    assert usable == [[False], [True]]
