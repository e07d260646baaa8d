from dataclasses import replace
from datetime import timedelta

import pytest

from app.sql import db
from offers.planning.audiences.for_whom import ForWhom, RecentArticles
from offers.planning.audiences.use_limits import LimitedBy, LimitPeriod, UseLimit
from offers.planning.caps import capped_categories
from offers.planning.caps.price_caps import Goods
from offers.planning.drafts import InASale
from offers.planning.models import Stacking
from offers.planning.purchase_bounds import CountedTax
from offers.planning.review.errors import OfferVersionUnknown
from offers.planning.schedules.recurrence import Holidays, Schedule, schedule_in
from offers.planning.spending.periods import BudgetPeriod
from offers.rehearsal import wording
from offers.rehearsal.errors import OfferOnlyGiven
from offers.rehearsal.figures import round_to_two
from tests.factories import make_store
from tests.gift_cards.factories import TEN_EUROS, let_sell
from tests.planning.factories import make_offer, stores_and_areas
from tests.purchases.factories import line
from tests.rehearsal.factories import BEGINS, NOW, Regulars, last_week, set_budget
from wallet.purchases.basket import Products


def test_an_offer_reaches_the_members_who_came_while_it_would_have_held() -> None:
    shop = Regulars(12)
    shop.buy(at=last_week(), by=shop.members[:7])
    shop.buy(at=last_week() - timedelta(days=8), by=shop.members[7:])
    assert shop.figures(shop.draft())["reach"] == 5


def test_a_member_who_allows_nothing_is_not_reached() -> None:
    shop = Regulars(11, allowing=5)
    shop.buy(at=last_week())
    found = shop.figures(shop.draft())
    assert (found["members_in_time"], found["reach"]) == (10, 5)


def test_less_than_five_members_are_never_counted() -> None:
    shop = Regulars(9, allowing=4)
    shop.buy(at=last_week())
    found = shop.figures(shop.draft())
    assert found["members_in_time"] == 5
    assert {found[name] for name in ("reach", "members_able", "uses", "cost_minor", "most_cost_minor")} == {None}


def test_only_visits_to_its_stores_count() -> None:
    shop = Regulars(5)
    shop.buy(at=last_week())
    other = make_store(shop.brand)
    assert shop.figures(shop.draft(targets=stores_and_areas(other)))["members_in_stores"] is None


def test_what_it_takes_off_is_priced_as_at_the_till() -> None:
    shop = Regulars(5)
    shop.buy(line(1000), line(500, position=2, category="books", gtin=None), at=last_week())
    offer = shop.draft(benefit={"kind": "percent", "percent": 20}, in_a_sale=InASale(Products(frozenset({"food"}))))
    assert shop.figures(offer)["most_cost_minor"] == 5 * 200


def test_a_gift_card_costs_what_is_on_it() -> None:
    shop = Regulars(5)
    let_sell(shop.brand)
    shop.buy(line(5_000), at=last_week())
    assert shop.figures(shop.draft(benefit=TEN_EUROS))["most_cost_minor"] == 5 * 1_000


def test_a_minimum_that_is_not_reached_is_no_use() -> None:
    shop = Regulars(5)
    shop.buy(at=last_week())
    assert shop.figures(shop.draft(in_a_sale=InASale(minimum_minor=1001)))["members_able"] is None
    assert shop.figures(shop.draft(in_a_sale=InASale(minimum_minor=1000)))["members_able"] == 5


def test_a_maximum_that_is_exceeded_is_no_use() -> None:
    shop = Regulars(5)
    shop.buy(at=last_week())
    assert shop.figures(shop.draft(in_a_sale=InASale(maximum_minor=999)))["members_able"] is None
    assert shop.figures(shop.draft(in_a_sale=InASale(maximum_minor=1000)))["members_able"] == 5


def test_bounds_are_counted_on_the_taxes_of_what_was_bought() -> None:
    shop = Regulars(5)
    shop.buy(line(1000, tax_bp=2_000), at=last_week(), tax_included=False)
    assert shop.figures(shop.draft(in_a_sale=InASale(minimum_minor=1_200)))["members_able"] == 5
    before = InASale(minimum_minor=1_001, counted_tax=CountedTax.EXCLUDED)
    assert shop.figures(shop.draft(in_a_sale=before))["members_able"] is None


def test_one_member_uses_it_as_often_as_one_may() -> None:
    shop = Regulars(5)
    for day in range(4):
        shop.buy(at=last_week(days=day))
    assert shop.figures(shop.draft(member_limit=3))["most_uses"] == 15


def test_an_article_is_found_in_any_spelling_of_its_number() -> None:
    shop = Regulars(5)
    shop.buy(line(1000, gtin="04006381333931", category=""), at=last_week())
    wanted = InASale(Products(gtins=frozenset({"4006381333931"})))
    assert shop.figures(shop.draft(in_a_sale=wanted))["members_able"] == 5


def test_a_draft_is_played_unless_a_version_is_named() -> None:
    shop = Regulars(1)
    offer = shop.draft()
    assert shop.rehearse(offer).laid.version.version == 1
    with pytest.raises(OfferVersionUnknown):
        shop.rehearse(offer, version=2)


def test_what_is_only_given_has_nobody_to_be_played_against() -> None:
    shop = Regulars(1)
    with pytest.raises(OfferOnlyGiven):
        shop.rehearse(shop.draft(given_only=True))


def test_a_total_limit_runs_out_on_the_day_of_the_offer_that_stands_for_the_visit() -> None:
    shop = Regulars(40)
    shop.buy(at=last_week(days=2))
    [out] = shop.rehearse(shop.draft(total_limit=1)).run_outs
    assert out.code == "total_limit"
    assert out.expected == (BEGINS + timedelta(days=2)).date()


def test_a_limit_that_is_far_away_is_not_reached() -> None:
    shop = Regulars(5)
    shop.buy(at=last_week())
    [out] = shop.rehearse(shop.draft(daily_limit=1_000)).run_outs
    assert (out.earliest, out.expected, out.latest, out.days) == (None, None, None, 0)


def test_the_same_rehearsal_twice_says_the_same() -> None:
    shop = Regulars(8)
    shop.buy(at=last_week())
    offer = shop.draft()
    assert shop.rehearse(offer).estimate == shop.rehearse(offer).estimate


def test_an_offer_that_is_over_is_played_against_its_own_days() -> None:
    shop = Regulars(5)
    shop.buy(at=NOW - timedelta(days=20))
    offer = make_offer(
        shop.brand,
        now=NOW - timedelta(days=40),
        starts_local=BEGINS - timedelta(days=40),
        ends_local=BEGINS - timedelta(days=20),
    )
    assert shop.rehearse(offer).laid.overlay.weeks == 0
    assert shop.figures(offer)["reach"] == 5


def test_a_rehearsal_writes_nothing() -> None:
    shop = Regulars(1)
    offer = shop.draft()
    with db.system_transaction():
        before = db.fetch("SELECT pg_current_xact_id_if_assigned()::text")
    shop.rehearse(offer)
    assert before == [(None,)]


def test_an_offer_for_some_reaches_those_for_whom_it_is() -> None:
    shop = Regulars(12, cards=5)
    shop.buy(at=last_week())
    found = shop.figures(shop.draft(for_whom=ForWhom(new_member_days=30)))
    assert (found["members_permitting"], found["reach"]) == (10, 5)


def test_who_permits_no_profiling_is_not_reached_by_what_they_bought() -> None:
    shop = Regulars(6)
    shop.buy(at=last_week())
    asked = ForWhom(bought=RecentArticles(Products(frozenset({"food"})), 60))
    assert shop.figures(shop.draft(for_whom=asked))["reach"] is None


def test_limits_of_a_week_hold_in_a_rehearsal() -> None:
    shop = Regulars(5)
    for day in range(3):
        shop.buy(at=last_week(days=day))
    once_a_week = (UseLimit(LimitedBy.MEMBER, LimitPeriod.WEEK, 1),)
    assert shop.figures(shop.draft(member_limit=3, use_limits=once_a_week))["most_uses"] == 5


def test_a_budget_in_money_is_spent_on_a_day_of_the_offer() -> None:
    shop = Regulars(40)
    for day in range(5):
        shop.buy(line(10_000), at=last_week(days=day))
    offer = shop.draft(member_limit=5)
    set_budget(shop.brand, period=BudgetPeriod.LIFE, amount_minor=3_000, offer_id=offer.id)
    [out] = shop.rehearse(offer).run_outs
    assert (out.code, out.limit) == ("budget_life", 3_000)
    assert out.earliest is not None
    assert BEGINS.date() <= out.earliest <= (BEGINS + timedelta(days=4)).date()


def test_nothing_runs_out_of_which_fewer_than_five_members_would_take() -> None:
    shop = Regulars(4)
    shop.buy(at=last_week())
    card = wording.card(shop.rehearse(shop.draft(total_limit=1)), "en")
    assert card["run_outs"][0]["earliest"] is None
    assert "fewer than 5" in card["run_outs"][0]["text"]


def happy_hour(**given: object) -> Schedule:
    """Tuesdays from five to seven, unless told otherwise."""
    kept = {
        "rule": "FREQ=WEEKLY;BYDAY=TU",
        "times": [{"starts": "17:00", "ends": "19:00"}],
        "but_not": [],
        "and_on": [],
        "holidays": "any",
        "while_open": False,
    }
    return schedule_in(kept | given)


def test_a_happy_hour_reaches_those_who_came_at_its_hours() -> None:
    shop = Regulars(10)
    tuesday_at_six = last_week(days=1, hours=8)
    shop.buy(at=tuesday_at_six, by=shop.members[:5])
    shop.buy(at=tuesday_at_six + timedelta(hours=1), by=shop.members[5:])
    shop.buy(at=tuesday_at_six + timedelta(days=1), by=shop.members[5:])
    found = shop.figures(shop.draft(schedule=happy_hour()))
    assert (found["members_in_stores"], found["reach"]) == (10, 5)


def test_holidays_of_a_rehearsal_are_those_of_the_offer() -> None:
    """25 May 2026 is Whit Monday; the Monday over which it is laid is none."""
    shop = Regulars(5)
    shop.buy(at=last_week())
    on_mondays = happy_hour(rule="FREQ=WEEKLY;BYDAY=MO", times=[{"starts": "00:00", "ends": "24:00"}])
    assert shop.figures(shop.draft(schedule=on_mondays))["reach"] == 5
    but_not_then = replace(on_mondays, and_on=frozenset({BEGINS.date() + timedelta(days=3)}), holidays=Holidays.NEVER)
    assert shop.figures(shop.draft(schedule=but_not_then))["reach"] is None


def test_what_an_offer_meets_is_told_with_it() -> None:
    shop = Regulars(1)
    exclusive = InASale(stacking=Stacking.EXCLUSIVE)
    make_offer(shop.brand, in_a_sale=exclusive)
    card = wording.card(shop.rehearse(shop.draft(in_a_sale=exclusive)), "fr")
    assert card["conflicts"]


def test_what_the_law_caps_is_counted() -> None:
    shop = Regulars(5)
    shop.buy(at=last_week())
    with db.system_transaction():
        capped_categories.map_categories(brand_id=shop.brand.id, categories={Goods.FOOD: ["food"]})
    half = shop.draft(benefit={"kind": "percent", "percent": 50}, in_a_sale=InASale(capped_at_till=True))
    found = shop.figures(half)
    assert (found["cut_by_law"], found["most_cost_minor"]) == (5, 5 * 340)


def test_what_a_use_brings_in_is_told_less_its_cost() -> None:
    shop = Regulars(40)
    shop.buy(at=last_week())
    found = shop.figures(shop.draft(margin_minor=300))
    assert found["margin_minor"] == round_to_two(2 * 300 - 2 * 100)
    assert "margin_minor" not in shop.figures(shop.draft())
