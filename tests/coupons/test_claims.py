"""A member claims an offer: within its window, its limits, its budget."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from app.accounts.models import Brand
from app.errors import Problem
from app.sql import db
from offers.coupons.errors import MemberLimitReached, OfferOutsideWindow, OfferSoldOut, OfferSoldOutToday
from offers.coupons.models import Coupon
from offers.planning import budgets, jobs
from offers.planning.errors import OfferNotLive, OfferUnknown
from offers.planning.models import Offer
from tests.coupons.factories import claim
from tests.factories import NOON, make_brand, make_member, make_store
from tests.planning.factories import end, make_draft, make_offer, new_version, on_the_clock, pause, resume
from tests.racing import at_once
from wallet.cards.models import Card
from wallet.passes.models import PassCode

TOMORROW = NOON + timedelta(days=1)
MIDNIGHT = datetime(2026, 5, 18, 22, tzinfo=UTC)  # in Paris


@pytest.fixture
def brand() -> Brand:
    brand = make_brand()
    make_store(brand)
    return brand


def sold_out_until(offer: Offer) -> str | None:
    with db.system_transaction():
        asked = text("SELECT to_json(sold_out_until)::text FROM live_offer WHERE offer_id = :offer")
        return db.execute(asked, {"offer": offer.id}).scalar()


def coupons_of(offer: Offer) -> int:
    with db.system_transaction():
        return len(db.all_of(select(Coupon.id).where(Coupon.offer_id == offer.id)))


def left(offer: Offer) -> int | None:
    with db.system_transaction():
        return budgets.remaining(offer.id, budgets.TOTAL)


def outcome(offer: Offer, *, now: datetime = NOON) -> str:
    """What happens when somebody new claims: `claimed`, or the code of the refusal."""
    try:
        claim(make_member(), offer, now=now)
        return "claimed"
    except Problem as refusal:
        return refusal.code()


def test_a_coupon_is_of_the_version_in_force(brand: Brand) -> None:
    offer = new_version(make_offer(brand), brand)
    assert claim(make_member(), offer).offer_version == 2


def test_a_coupon_has_a_code_that_the_brand_can_look_up(brand: Brand) -> None:
    coupon = claim(make_member(), make_offer(brand))
    with db.system_transaction():
        known = db.get(PassCode, coupon.code)
    assert (known.kind, known.brand_id, known.target_id) == ("coupon", brand.id, coupon.id)


def test_a_coupon_holds_through_its_last_day(brand: Brand) -> None:
    coupon = claim(make_member(), make_offer(brand, coupon_valid_days=1))
    assert coupon.expires_at == MIDNIGHT + timedelta(days=1)


def test_claiming_joins_no_programme(brand: Brand) -> None:
    member = make_member()
    claim(member, make_offer(brand))
    with db.system_transaction():
        assert db.first(select(Card).where(Card.member_id == member.id)) is None


def test_a_draft_does_not_exist_for_members(brand: Brand) -> None:
    with pytest.raises(OfferUnknown):
        claim(make_member(), make_draft(brand))


@pytest.mark.parametrize("stop", [pause, end])
def test_a_stopped_offer_cannot_be_claimed(brand: Brand, stop: object) -> None:
    with pytest.raises(OfferNotLive):
        claim(make_member(), stop(make_offer(brand), brand))  # type: ignore[operator]


def test_an_offer_without_an_open_store_is_not_live() -> None:
    with pytest.raises(OfferNotLive):
        claim(make_member(), make_offer(make_brand()))


@pytest.mark.parametrize(("minutes", "found"), [(-1, False), (0, True), (119, True), (120, False)])
def test_a_window_includes_its_start_and_not_its_end(brand: Brand, minutes: int, found: bool) -> None:
    window = {"starts_local": on_the_clock("2026-05-18T12:00"), "ends_local": on_the_clock("2026-05-18T14:00")}
    offer = make_offer(brand, **window)
    expected = "claimed" if found else OfferOutsideWindow.code()
    assert outcome(offer, now=NOON + timedelta(minutes=minutes)) == expected


def test_a_window_that_is_open_in_one_store_is_enough(brand: Brand) -> None:
    make_store(brand, time_zone="America/New_York")
    offer = make_offer(brand, ends_local=on_the_clock("2026-05-18T13:00"))
    assert outcome(offer, now=NOON + timedelta(hours=6)) == "claimed"


def test_the_limit_per_member_counts_every_coupon(brand: Brand) -> None:
    offer, member = make_offer(brand, member_limit=2), make_member()
    assert [claim(member, offer).ordinal, claim(member, offer).ordinal] == [1, 2]
    with pytest.raises(MemberLimitReached):
        claim(member, offer, now=NOON + timedelta(days=90))


def test_one_members_limit_is_not_anothers(brand: Brand) -> None:
    offer = make_offer(brand)
    claim(make_member(), offer)
    assert outcome(offer) == "claimed"


def test_a_total_that_is_used_up_is_for_good(brand: Brand) -> None:
    offer = make_offer(brand, total_limit=1)
    assert [outcome(offer), outcome(offer), outcome(offer, now=TOMORROW)] == [
        "claimed",
        "offer_sold_out",
        "offer_sold_out",
    ]
    assert sold_out_until(offer) == '"infinity"'


def test_a_day_that_is_used_up_says_when_there_is_more(brand: Brand) -> None:
    offer = make_offer(brand, daily_limit=1)
    claim(make_member(), offer)
    with pytest.raises(OfferSoldOutToday) as refusal:
        claim(make_member(), offer)
    assert refusal.value.facts["again_at"].at == MIDNIGHT


def test_a_new_day_has_its_own_budget(brand: Brand) -> None:
    offer = make_offer(brand, daily_limit=1)
    before, after = MIDNIGHT - timedelta(seconds=1), MIDNIGHT
    found = [outcome(offer, now=now) for now in (before, before, after, after)]
    assert found == ["claimed", "offer_sold_out_today", "claimed", "offer_sold_out_today"]


def test_a_claim_refused_for_the_day_costs_nothing_of_the_total(brand: Brand) -> None:
    offer = make_offer(brand, total_limit=10, daily_limit=1)
    assert [outcome(offer), outcome(offer)] == ["claimed", "offer_sold_out_today"]
    assert left(offer) == 9


def test_a_higher_limit_gives_what_was_not_given_yet(brand: Brand) -> None:
    offer = make_offer(brand, total_limit=2)
    assert [outcome(offer) for _ in range(3)] == ["claimed", "claimed", "offer_sold_out"]
    more = new_version(offer, brand, total_limit=3)
    assert [outcome(more) for _ in range(2)] == ["claimed", "offer_sold_out"]


def test_a_limit_below_what_was_given_leaves_nothing(brand: Brand) -> None:
    offer = make_offer(brand)
    assert [outcome(offer) for _ in range(3)] == ["claimed"] * 3
    less = new_version(offer, brand, total_limit=2)
    assert outcome(less) == "offer_sold_out"
    assert [outcome(new_version(less, brand, total_limit=4)) for _ in range(1)] == ["claimed"]


def test_a_new_daily_limit_counts_what_was_claimed_today(brand: Brand) -> None:
    offer = make_offer(brand)
    outcome(offer, now=NOON - timedelta(days=1))
    outcome(offer)
    limited = new_version(offer, brand, daily_limit=2)
    assert [outcome(limited), outcome(limited)] == ["claimed", "offer_sold_out_today"]


def test_an_offer_resumed_is_as_sold_out_as_before(brand: Brand) -> None:
    offer = make_offer(brand, total_limit=1)
    outcome(offer)
    assert sold_out_until(resume(pause(offer, brand), brand)) == '"infinity"'


def test_what_a_claim_could_not_note_is_noted_by_the_job(brand: Brand) -> None:
    offer = make_offer(brand, daily_limit=1)
    outcome(offer)
    with db.system_transaction():
        db.execute(text("UPDATE live_offer SET sold_out_until = NULL WHERE offer_id = :offer"), {"offer": offer.id})
        jobs.note_sold_out(now=NOON)
    assert sold_out_until(offer) == '"2026-05-18T22:00:00+00:00"'


@pytest.mark.usefixtures("crowd")
def test_of_64_who_claim_the_last_coupon_one_gets_it_and_63_are_told(brand: Brand) -> None:
    offer = make_offer(brand, total_limit=1)
    found = at_once(64, lambda _: outcome(offer))
    assert sorted(found) == ["claimed"] + ["offer_sold_out"] * 63
    assert (coupons_of(offer), left(offer), sold_out_until(offer)) == (1, 0, '"infinity"')


@pytest.mark.usefixtures("crowd")
def test_of_64_at_once_as_many_as_there_are_coupons_get_one(brand: Brand) -> None:
    offer = make_offer(brand, total_limit=40)
    found = at_once(64, lambda _: outcome(offer))
    assert (found.count("claimed"), found.count("offer_sold_out")) == (40, 24)
    assert (coupons_of(offer), left(offer), sold_out_until(offer)) == (40, 0, '"infinity"')


@pytest.mark.usefixtures("crowd")
def test_the_daily_limit_holds_for_64_at_once(brand: Brand) -> None:
    offer = make_offer(brand, daily_limit=20, total_limit=100)
    found = at_once(64, lambda _: outcome(offer))
    assert (found.count("claimed"), found.count("offer_sold_out_today")) == (20, 44)
    assert (coupons_of(offer), left(offer)) == (20, 80)
    assert sold_out_until(offer) is not None


@pytest.mark.usefixtures("crowd")
def test_one_member_on_64_phones_gets_no_more_than_the_limit(brand: Brand) -> None:
    offer, member = make_offer(brand, member_limit=3), make_member()

    def one(_: int) -> str:
        try:
            claim(member, offer)
            return "claimed"
        except MemberLimitReached:
            return "limit"

    found = at_once(64, one)
    assert (found.count("claimed"), found.count("limit")) == (3, 61)


@pytest.mark.usefixtures("crowd")
def test_after_the_answer_to_pause_no_coupon_appears(brand: Brand) -> None:
    offer = make_offer(brand)
    counted: list[int] = []

    def act(number: int) -> None:
        if number == 16:
            pause(offer, brand)
            counted.append(coupons_of(offer))
        else:
            outcome(offer)

    at_once(32, act)
    assert counted == [coupons_of(offer)]


@pytest.mark.usefixtures("crowd")
def test_a_limit_changed_among_claims_is_kept(brand: Brand) -> None:
    offer = make_offer(brand, total_limit=1000)

    def act(number: int) -> str:
        return outcome(offer) if number else new_version(offer, brand, total_limit=10).status

    at_once(48, act)
    at_once(16, lambda _: outcome(offer))
    more_than_before = max(10, coupons_of(offer))
    assert left(offer) == 0
    assert outcome(offer) == OfferSoldOut.code()
    assert coupons_of(offer) == more_than_before
