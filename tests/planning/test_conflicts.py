"""What an offer does beside others is known before it goes live."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.accounts.models import Brand
from app.sql import db
from offers.planning.drafts import InASale, Targets
from offers.planning.models import Offer, OfferVersion
from offers.planning.review import reports, wording
from offers.planning.review.articles import Meeting, compare_articles
from offers.planning.review.conflicts import ConflictCode
from offers.planning.review.times import compare_times
from offers.planning.schedules.recurrence import read_schedule
from offers.planning.spending.money_budgets import BudgetScope, set_budget
from offers.planning.spending.periods import BudgetPeriod
from tests.factories import NOON, made, make_brand, make_console_user, make_store
from tests.gift_cards.factories import TEN_EUROS, let_sell
from tests.planning.factories import end, make_draft, make_offer, on_the_clock, redraft
from tests.points.factories import make_currency
from tests.tracing import sent_statements
from wallet.purchases.basket import BasketLine, Products

EAN = "4006381333931"


@pytest.fixture
def brand(app: Any) -> Brand:
    brand = make_brand()
    make_store(brand, name="Gare du Nord")
    return brand


def percent(of: int, **rules: Any) -> dict[str, Any]:
    return {"benefit": {"kind": "percent", "percent": of}, "in_a_sale": InASale(**rules)}


def amount(minor: int, **rules: Any) -> dict[str, Any]:
    benefit = {"kind": "amount", "amount_minor": minor, "currency": "EUR"}
    return {"benefit": benefit, "in_a_sale": InASale(**rules)}


def codes(brand: Brand, offer: Offer) -> list[str]:
    return [one["code"] for one in lines(brand, offer)]


def lines(brand: Brand, offer: Offer) -> list[dict[str, Any]]:
    with db.system_transaction():
        found = reports.review_offer(brand_id=brand.id, offer_id=offer.id)
        return reports.describe_review(found, "fr")["items"]


def set_columns(offer: Offer, **values: Any) -> None:
    """What other rooms write."""
    with db.system_transaction():
        for name, value in values.items():
            db.execute(
                text(f"UPDATE offer_version SET {name} = :value WHERE offer_id = :id"), {"value": value, "id": offer.id}
            )


def test_two_offers_on_one_article_say_what_both_come_to(brand: Brand) -> None:
    make_offer(brand, **percent(20))
    [found] = lines(brand, make_draft(brand, **percent(10)))
    assert (found["code"], found["stores"], found["at"], found["is_certain"]) == (
        "both_apply",
        1,
        ["Gare du Nord"],
        True,
    )
    assert found["text"] == "« Café offert » s'applique en plus sur un même article : 28 % au total."


def test_an_offer_alone_has_no_conflict(brand: Brand) -> None:
    assert codes(brand, make_draft(brand)) == []


@pytest.mark.parametrize(
    "other",
    [
        {"starts_local": on_the_clock("2027-01-01"), "ends_local": on_the_clock("2027-06-01")},
        {"in_a_sale": InASale(products=Products(categories=frozenset({"drinks"})))},
    ],
)
def test_what_never_meets_is_no_conflict(brand: Brand, other: dict[str, Any]) -> None:
    make_offer(brand, **other)
    mine = InASale(products=Products(categories=frozenset({"food"})))
    window = {"starts_local": on_the_clock("2026-05-01"), "ends_local": on_the_clock("2027-01-01")}
    assert codes(brand, make_draft(brand, in_a_sale=mine, **window)) == []


def test_offers_of_other_stores_never_meet(brand: Brand) -> None:
    here, there = make_store(brand), make_store(brand)
    make_offer(brand, targets=Targets(stores=[there.id]))
    assert codes(brand, make_draft(brand, targets=Targets(stores=[here.id]))) == []


def test_offers_for_other_people_never_meet(brand: Brand) -> None:
    other, mine = make_offer(brand), make_draft(brand)
    set_columns(other, for_whom='{"tier": "gold"}')
    assert codes(brand, mine) == ["both_apply"]
    set_columns(mine, for_whom='{"tier": "silver"}')
    assert codes(brand, mine) == []


def happy_hour(day: str, starts: str = "17:00", ends: str = "19:00", **said: Any) -> dict[str, Any]:
    """A schedule of a day of the week."""
    times = [{"starts": starts, "ends": ends}]
    kept = {"rule": f"FREQ=WEEKLY;BYDAY={day}", "times": times, "but_not": [], "and_on": []}
    return kept | {"holidays": "any", "while_open": False} | said


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (happy_hour("TU"), None, Meeting.CERTAINLY),
        (happy_hour("TU"), happy_hour("TU", "18:59", "20:00"), Meeting.CERTAINLY),
        (happy_hour("TU"), happy_hour("TU", "19:00", "20:00"), Meeting.NEVER),
        (happy_hour("TU"), happy_hour("WE"), Meeting.NEVER),
        (happy_hour("TU", "22:00", "02:00"), happy_hour("WE", "01:00", "03:00"), Meeting.CERTAINLY),
        (happy_hour("TU"), happy_hour("TU", while_open=True), Meeting.PERHAPS),
        (happy_hour("TU", holidays="never"), happy_hour("WE"), Meeting.NEVER),
    ],
)
def test_happy_hours_meet_where_both_fire(mine: Any, theirs: Any, expected: Meeting) -> None:
    window = {"starts_local": on_the_clock("2026-05-01"), "ends_local": on_the_clock("2027-01-01")}
    one, other = OfferVersion(**window, schedule=mine), OfferVersion(**window, schedule=theirs)
    assert compare_times(one, other) is compare_times(other, one) is expected


def test_offers_that_never_fire_together_are_no_conflict(brand: Brand) -> None:
    tuesdays, wednesdays = read_schedule(happy_hour("TU")), read_schedule(happy_hour("WE"))
    make_offer(brand, schedule=tuesdays)
    mine = make_draft(brand, schedule=wednesdays)
    assert codes(brand, mine) == []
    [found] = lines(brand, redraft(mine, brand, schedule=tuesdays))
    assert (found["code"], found["is_certain"]) == ("both_apply", True)


def test_what_has_ended_or_is_another_brands_is_no_conflict(brand: Brand) -> None:
    end(make_offer(brand), brand)
    make_offer(make_brand())
    assert codes(brand, make_draft(brand)) == []


def test_drafts_and_what_is_paused_count_too(brand: Brand) -> None:
    make_draft(brand)
    [found] = lines(brand, make_draft(brand))
    assert found["status"] == "draft"


def test_two_exclusive_offers_apply_one_at_a_time(brand: Brand) -> None:
    make_offer(brand, **percent(20, stacking="exclusive"))
    mine = make_draft(brand, **percent(10, stacking="exclusive"))
    assert codes(brand, mine) == ["exclusive_with_exclusive"]
    assert codes(brand, redraft(mine, brand, **percent(10))) == ["exclusive_hides"]


def test_what_always_applies_goes_with_an_exclusive_one(brand: Brand) -> None:
    make_offer(brand, **percent(20, stacking="exclusive"))
    assert codes(brand, make_draft(brand, **percent(10, stacking="always"))) == ["both_apply"]


def test_percentages_of_the_initial_price_can_make_an_article_free(brand: Brand) -> None:
    make_offer(brand, **percent(60, base="initial"))
    mine = make_draft(brand, **percent(40, base="initial"))
    assert codes(brand, mine) == ["article_free", "both_apply"]
    assert codes(brand, redraft(mine, brand, **percent(40, rank=60))) == ["both_apply"]


def test_amounts_are_tried_on_a_price_that_somebody_stated(brand: Brand) -> None:
    make_offer(brand, **amount(300))
    unpriced = lines(brand, make_draft(brand, **amount(200)))
    assert [one["text"] for one in unpriced] == [
        "« Café offert » s'applique en plus sur un même article ; le total dépend du prix."
    ]
    assert "article_free" in codes(brand, make_draft(brand, **amount(200), prior_price_minor=500))


def test_two_advantages_under_the_cap_of_a_law_can_be_above_it_together(brand: Brand) -> None:
    with made():
        db.execute(
            text("INSERT INTO capped_category (brand_id, path, goods) VALUES (:b, 'food', 'food')"), {"b": brand.id}
        )
    food = Products(categories=frozenset({"food/dairy"}))
    make_offer(brand, **percent(20, products=food))
    [capped, _] = lines(brand, make_draft(brand, **percent(20, products=food)))
    assert capped["code"] == "cap_exceeded"
    assert "36 %" in capped["text"]
    assert "34 %" in capped["text"]
    assert codes(brand, make_draft(brand, **percent(10, products=food)))[-1] == "both_apply"


def test_points_are_an_advantage_of_the_law_and_make_nothing_free(brand: Brand) -> None:
    make_currency(brand, worth_points=1, worth_minor=1)
    with made():
        db.execute(
            text("INSERT INTO capped_category (brand_id, path, goods) VALUES (:b, 'food', 'food')"), {"b": brand.id}
        )
    food = InASale(products=Products(categories=frozenset({"food"})))
    make_offer(brand, benefit={"kind": "points", "points": 9_000}, in_a_sale=food)
    found = codes(brand, make_draft(brand, benefit={"kind": "percent", "percent": 30}, in_a_sale=food))
    assert "article_free" not in found


def test_a_gift_card_is_an_advantage_of_the_law_beside_others(brand: Brand) -> None:
    let_sell(brand)
    with made():
        db.execute(
            text("INSERT INTO capped_category (brand_id, path, goods) VALUES (:b, 'food', 'food')"), {"b": brand.id}
        )
    food = InASale(products=Products(categories=frozenset({"food"})))
    make_offer(brand, benefit=TEN_EUROS | {"amount_minor": 200}, in_a_sale=food, prior_price_minor=1_000)
    mine = {"benefit": {"kind": "percent", "percent": 20}, "in_a_sale": food, "prior_price_minor": 1_000}
    assert "cap_exceeded" in codes(brand, make_draft(brand, **mine))


def test_a_rank_that_both_have_is_said_where_the_order_changes_the_price(brand: Brand) -> None:
    make_offer(brand, **amount(300))
    assert "same_rank" in codes(brand, make_draft(brand, **percent(10), prior_price_minor=1_000))
    assert "same_rank" not in codes(brand, make_draft(brand, **percent(10, rank=10), prior_price_minor=1_000))


def test_a_budget_that_many_share_is_said_once(brand: Brand) -> None:
    make_offer(brand)
    make_offer(brand)
    with made():
        set_budget(
            brand_id=brand.id,
            scope=BudgetScope(BudgetPeriod.MONTH),
            amount_minor=1,
            by=make_console_user(brand).id,
            now=NOON,
        )
    shared = [one for one in lines(brand, make_draft(brand)) if one["code"] == "budget_shared"]
    assert [one["text"] for one in shared] == [
        "Un budget de l'enseigne paie aussi 2 autres offres (par mois) : il sera épuisé pour toutes en même temps."
    ]


def test_a_fallback_that_never_shows_is_told(brand: Brand) -> None:
    always, fallback = make_offer(brand), make_draft(brand)
    set_columns(fallback, is_fallback=True)
    assert codes(brand, fallback)[0] == "fallback_never_shows"
    assert codes(brand, always)[0] == "fallback_never_shows"
    set_columns(always, for_whom='{"tier": "gold"}')
    assert "fallback_never_shows" not in codes(brand, fallback)


def test_a_fallback_with_a_store_of_its_own_shows_there(brand: Brand) -> None:
    store = make_store(brand)
    make_offer(brand, targets=Targets(stores=[store.id]))
    fallback = make_draft(brand)
    set_columns(fallback, is_fallback=True)
    assert "fallback_never_shows" not in codes(brand, fallback)


def test_three_questions_however_many_offers(brand: Brand) -> None:
    mine = make_draft(brand)
    for _ in range(4):
        make_offer(brand)
    with db.system_transaction(), sent_statements() as sent:
        reports.review_offer(brand_id=brand.id, offer_id=mine.id)
    assert len(sent) == 3


def test_every_code_has_words() -> None:
    assert wording.CONFLICTS.keys() == set(ConflictCode)
    assert wording.PERIODS.keys() == set(BudgetPeriod)


CATEGORIES = st.frozensets(
    st.sampled_from(["food", "food/dairy", "food/dairy/milk", "drinks", "drinks/tea"]), max_size=2
)
GTINS = st.frozensets(st.sampled_from([EAN, f"0{EAN}", "96385074", "00000096385074"]), max_size=2)
PRODUCTS = st.builds(
    Products,
    categories=CATEGORIES,
    gtins=GTINS,
    skus=st.frozensets(st.sampled_from(["A", "B"]), max_size=1),
    but_not=st.frozensets(st.sampled_from(["food/dairy", "drinks"]), max_size=1),
)
LINES = [
    BasketLine(1, 1, 100, category=category, gtin=gtin, sku=sku)
    for category in ("food", "food/dairy", "food/dairy/milk", "drinks", "drinks/tea", "garden")
    for gtin in (None, EAN, "96385074")
    for sku in (None, "A", "B")
]


@given(PRODUCTS, PRODUCTS)
def test_articles_meet_where_a_line_can_be_of_both(one: Products, other: Products) -> None:
    found = compare_articles(one, other)
    assert found is compare_articles(other, one)
    meets = any(one.include(line) and other.include(line) for line in LINES)
    if found is Meeting.NEVER:
        assert not meets
    if found is Meeting.CERTAINLY:
        assert meets


def test_a_number_is_the_same_article_in_any_spelling() -> None:
    one, other = Products(gtins=frozenset({EAN})), Products(gtins=frozenset({f"0{EAN}"}))
    assert compare_articles(one, other) is Meeting.CERTAINLY


def test_a_number_may_be_in_a_category() -> None:
    one, other = Products(gtins=frozenset({EAN})), Products(categories=frozenset({"food"}))
    assert compare_articles(one, other) is Meeting.PERHAPS
