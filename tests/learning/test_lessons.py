"""What happened is learnt once, however it arrives, and what came back is taken off to the last unit."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete

from app.data_map import YEAR
from app.sql import db
from offers.learning import decay, lessons
from offers.learning.models import CountKind
from offers.learning.tastes.tastes import read_taste, write_taste
from tests.coupons.factories import claim, redeem, undo
from tests.factories import NOON, made, make_member, make_store, make_terminal
from tests.learning.factories import (
    A_DAY,
    BREAD,
    Regular,
    counts_of,
    learn,
    learnt_rows,
    notes_of,
    permit,
    profile_of,
    relearn,
    taste_of,
)
from tests.planning.factories import make_offer
from tests.purchases.factories import MILK, line, take_back
from tests.racing import at_once
from wallet.purchases.models import Purchase

DAY = date(2026, 5, 18)
MILK_KEY = f"gtin:0{MILK}"


@pytest.fixture
def regular() -> Regular:
    return Regular()


def test_a_purchase_counts_its_article_its_categories_and_all_above_them(regular: Regular) -> None:
    regular.buy()
    regular.learn()
    once, wide = decay.weigh_event(1, DAY, decay.ARTICLE), decay.weigh_event(1, DAY, decay.CATEGORY)
    counts = regular.counts
    assert {key: weight for (kind, key), weight in counts.items() if kind == CountKind.ARTICLE} == {
        "": once,
        MILK_KEY: once,
    }
    paths = {key: weight for (kind, key), weight in counts.items() if kind == CountKind.CATEGORY}
    assert paths == dict.fromkeys(("", "food", "food/dairy", "food/dairy/milk"), wide)


def test_six_yogurts_on_one_line_or_on_six_are_one_yogurt(regular: Regular) -> None:
    regular.buy(line(600, quantity=6))
    regular.learn()
    one_line = regular.counts
    other = Regular()
    other.buy(*(line(100, position=place) for place in range(1, 7)), store=other.store)
    other.learn()
    assert {key: weight for key, weight in other.counts.items() if key[0] != CountKind.STORE} == {
        key: weight for key, weight in one_line.items() if key[0] != CountKind.STORE
    }


def test_looking_again_counts_nothing_again(regular: Regular) -> None:
    regular.buy()
    assert (regular.learn(), regular.learn(now=NOON + A_DAY)) == (1, 0)
    assert regular.counts[CountKind.DAY, DAY.isoformat()] == 1


def test_what_arrives_late_and_out_of_order_is_learnt_all_the_same(regular: Regular) -> None:
    regular.buy(bought_at=NOON)
    regular.learn()
    regular.buy(line(gtin=BREAD, category="food/bread"), bought_at=NOON - 90 * A_DAY, now=NOON + A_DAY)
    assert regular.learn(now=NOON + 2 * A_DAY) == 1
    before = regular.counts
    relearn(regular.member, regular.brand)
    assert regular.counts == before


def test_what_came_back_entirely_leaves_nothing(regular: Regular) -> None:
    bought = regular.buy(line(999, quantity=3))
    regular.learn()
    for _ in range(3):
        take_back(bought, {1: 1})
        regular.learn()
    assert regular.counts == {}
    profile = profile_of(regular.member, regular.brand)
    assert profile is not None
    assert (profile.visits, profile.spend, profile.last_visit_on, profile.visit_days) == (0, 0, None, 0)


def test_what_came_back_before_anybody_looked_was_never_counted(regular: Regular) -> None:
    take_back(regular.buy(), {1: 1})
    assert regular.learn() == 2
    assert regular.counts == {}


def test_a_part_that_comes_back_takes_its_amount_and_leaves_its_article(regular: Regular) -> None:
    bought = regular.buy(line(1000, quantity=2))
    regular.learn()
    take_back(bought, {1: 1})
    regular.learn()
    assert regular.counts[CountKind.SPEND, "EUR"] == decay.weigh_event(500, DAY, decay.SPEND)
    assert regular.counts[CountKind.ARTICLE, MILK_KEY] == decay.weigh_event(1, DAY, decay.ARTICLE)


def test_a_part_of_what_was_weighed_takes_its_amount_and_leaves_its_article(regular: Regular) -> None:
    bought = regular.buy(line(1000, quantity_thousandths=500, unit="kg", unit_price_minor=2000))
    regular.learn()
    take_back(bought, {1: 250})
    regular.learn()
    assert regular.counts[CountKind.SPEND, "EUR"] == decay.weigh_event(500, DAY, decay.SPEND)
    assert regular.counts[CountKind.ARTICLE, MILK_KEY] == decay.weigh_event(1, DAY, decay.ARTICLE)


def test_the_day_is_that_of_the_store_not_of_greenwich() -> None:
    regular = Regular()
    late = NOON.replace(hour=22, minute=30)  # half past midnight in Paris
    regular.buy(bought_at=late, now=late)
    regular.learn(now=NOON + A_DAY)
    assert (CountKind.DAY, "2026-05-19") in regular.counts


def test_coupons_and_their_use_are_reactions_and_an_undoing_takes_one_off(regular: Regular) -> None:
    offer, (terminal, _) = make_offer(regular.brand), make_terminal(regular.store)
    used = redeem(claim(regular.member, offer), terminal)
    regular.learn()
    once = decay.weigh_event(1, DAY, decay.REACTION)
    counts = regular.counts
    assert counts[CountKind.RECEIVED, ""] == counts[CountKind.REDEEMED, ""] == once
    assert counts[CountKind.TAKEN, str(offer.number)] == once
    undo(used, terminal, now=NOON)
    regular.learn()
    assert (CountKind.REDEEMED, "") not in regular.counts
    assert notes_of(regular.member) == ["coupon", "redemption", "undoing"]


def test_the_text_is_the_one_that_the_taste_writes(regular: Regular) -> None:
    regular.buy(line(gtin=None, sku='A "quoted" é\\', category="épicerie/thé"), line(position=2))
    regular.learn()
    profile = profile_of(regular.member, regular.brand)
    assert profile is not None
    assert write_taste(read_taste(profile.taste.encode())) == profile.taste


def test_the_taste_holds_what_was_counted(regular: Regular) -> None:
    regular.buy()
    claim(regular.member, offer := make_offer(regular.brand))
    regular.learn()
    taste, counts = taste_of(regular.member, regular.brand), regular.counts
    assert taste.articles == {MILK_KEY: counts[CountKind.ARTICLE, MILK_KEY]}
    assert taste.articles_total == counts[CountKind.ARTICLE, ""]
    assert taste.categories["food"] == taste.categories_total == counts[CountKind.CATEGORY, ""]
    assert taste.taken == {offer.number: counts[CountKind.TAKEN, str(offer.number)]}


def test_a_taste_names_what_counts_most(regular: Regular, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lessons, "NAMED", 1)
    regular.buy()
    regular.buy(line(), line(position=2, gtin=BREAD))
    regular.learn()
    taste = taste_of(regular.member, regular.brand)
    assert set(taste.articles) == {MILK_KEY}
    assert taste.articles_total == 3 * taste.articles[MILK_KEY] // 2


def test_a_new_profile_learns_the_purchases_that_are_kept() -> None:
    regular = Regular(permits=False)
    regular.buy(bought_at=NOON - 300 * A_DAY, now=NOON - 300 * A_DAY)
    permit(regular.member, regular.brand)
    assert regular.learn() == 1


def test_learning_again_from_what_is_kept_gives_the_same_counts(regular: Regular) -> None:
    bought = regular.buy(line(quantity=2), line(250, position=2, gtin=BREAD, category="food/bread"))
    regular.buy(store=make_store(regular.brand), bought_at=NOON - 40 * A_DAY)
    claim(regular.member, make_offer(regular.brand))
    regular.learn()
    take_back(bought, {2: 1})
    regular.learn()
    before, text = regular.counts, taste_of(regular.member, regular.brand)
    assert relearn(regular.member, regular.brand) == 4
    assert (regular.counts, taste_of(regular.member, regular.brand)) == (before, text)


def test_nothing_is_learnt_of_whoever_did_not_permit_it() -> None:
    regular = Regular(permits=False)
    regular.buy()
    assert (regular.learn(), learnt_rows(regular.member)) == (0, 0)


def test_what_was_bought_elsewhere_is_another_brands(regular: Regular) -> None:
    other = Regular()
    regular.buy(member=regular.member)
    learn(regular.member, other.brand)
    assert counts_of(regular.member, other.brand) == {}


def test_two_who_learn_at_once_count_once(regular: Regular, crowd: None) -> None:
    for _ in range(3):
        regular.buy()
    learnt = at_once(8, lambda _: regular.learn())
    assert sum(learnt) == 3
    assert regular.counts[CountKind.DAY, DAY.isoformat()] == 3


def test_what_is_deleted_is_forgotten_within_a_month_of_its_end(regular: Regular) -> None:
    regular.buy(bought_at=NOON)
    regular.learn()
    later = NOON + 2 * YEAR + lessons.SLACK + 2 * A_DAY
    permit(regular.member, regular.brand, now=later)
    with made():
        db.execute(delete(Purchase).where(Purchase.member_id == regular.member.id))
    assert regular.learn(now=later) == 0
    assert regular.counts != {}
    lessons.renew_outgrown(now=later, at_once=10_000)
    assert regular.counts == {}


def test_a_crash_leaves_nothing_and_the_next_one_learns_it_all(
    regular: Regular, monkeypatch: pytest.MonkeyPatch
) -> None:
    regular.buy()

    def crash(*_: object) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as broken:
        broken.setattr(lessons, "_add", crash)
        with pytest.raises(RuntimeError):
            regular.learn()
    assert (notes_of(regular.member), regular.counts) == ([], {})
    assert regular.learn() == 1


def test_the_job_finds_who_bought_something_lately(regular: Regular) -> None:
    now = datetime.now(UTC)
    regular.learn(now=now)
    regular.buy(bought_at=now, now=now)
    lessons.learn_waiting(now=now + timedelta(minutes=1), at_once=10_000)
    assert notes_of(regular.member) == ["purchase"]


def test_the_job_looks_at_everybody_in_turn(regular: Regular) -> None:
    regular.learn(now=NOON)
    claim(make_member(), make_offer(regular.brand))
    claim(regular.member, make_offer(regular.brand))
    lessons.learn_waiting(now=NOON + lessons.TURN + timedelta(seconds=1), at_once=10_000)
    assert notes_of(regular.member) == ["coupon"]
