"""Rules on baskets, without a database."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.languages import Text
from tests.factories import NOON
from tests.programmes.factories import SILVER, multiplier, rule
from tests.purchases.factories import line
from wallet.programmes import rules, sentences
from wallet.programmes.accrual import MemberStanding, accrue_event_points, accrue_points
from wallet.programmes.errors import BasketCurrencyForeign
from wallet.programmes.rules import Conditions, Ladder, Period, Programme, Rounding, Rule, RuleKind
from wallet.purchases.basket import Basket, BasketLine, Products

POINTS = uuid.UUID(int=7)
PARIS = MemberStanding(zone="Europe/Paris")


def programme(*some: Rule) -> Programme:
    made = [one if one.kind is RuleKind.MULTIPLIER else of_points(one) for one in some]
    return Programme("EUR", tuple(made))


def of_points(one: Rule) -> Rule:
    return Rule(**{name: getattr(one, name) for name in Rule.__dataclass_fields__} | {"currency_id": POINTS})


def bag(*lines: BasketLine | int, **given: Any) -> Basket:
    made = tuple(
        one if isinstance(one, BasketLine) else line(one, position=at) for at, one in enumerate(lines, start=1)
    )
    return Basket(**({"currency": "EUR", "bought_at": NOON, "lines": made} | given))


def points(basket: Basket, *some: Rule, standing: MemberStanding = PARIS) -> dict[str, int]:
    return {one.rule_id: one.points for one in accrue_points(programme(*some), basket, standing)}


def test_a_point_per_euro_counts_full_euros() -> None:
    assert points(bag(1240), rule()) == {"euro": 12}


@pytest.mark.parametrize(("rounding", "earned"), [(Rounding.FLOOR, 12), (Rounding.HALF_UP, 13), (Rounding.CEILING, 13)])
def test_a_rule_says_what_becomes_of_a_step_that_is_not_full(rounding: Rounding, earned: int) -> None:
    assert points(bag(1250), rule(rounding=rounding)) == {"euro": earned}


def test_points_are_counted_on_what_was_paid_after_promotions() -> None:
    assert points(bag(line(1000, promotion_minor=250)), rule()) == {"euro": 7}


def test_rules_add_up_in_their_order() -> None:
    bonus = rule("milk", RuleKind.ITEM, points=5, products=Products(categories=frozenset({"food/dairy"})))
    visit = rule("visit", RuleKind.VISIT, points=10)
    assert list(points(bag(line(1000, quantity=3)), rule(), bonus, visit).items()) == [
        ("euro", 10),
        ("milk", 15),
        ("visit", 10),
    ]


def test_a_category_counts_once_however_much_of_it_is_bought() -> None:
    dairy = rule("dairy", RuleKind.CATEGORY, points=20, products=Products(categories=frozenset({"food/dairy"})))
    assert points(bag(500, 500), dairy) == {"dairy": 20}
    assert points(bag(line(500, category="toys")), dairy) == {}


def test_each_line_knows_what_it_earned() -> None:
    (award,) = accrue_points(programme(rule()), bag(2000, 8000), PARIS)
    assert award.shares == {1: 20, 2: 80}


def test_a_multiplier_makes_the_rules_that_it_names_more() -> None:
    visit = rule("visit", RuleKind.VISIT, points=10)
    assert points(bag(1240), rule(), visit, multiplier(multiplies=frozenset({"euro"}))) == {"euro": 24, "visit": 10}
    assert points(bag(1240), rule(), visit, multiplier()) == {"euro": 24, "visit": 20}


def test_multipliers_add_up_what_each_adds() -> None:
    assert points(bag(1000), rule(), multiplier("a", 200), multiplier("b", 300)) == {"euro": 40}


def test_a_multiplier_can_be_for_a_tier() -> None:
    silver = multiplier(when=Conditions(tiers=frozenset({"silver"})))
    assert points(bag(1000), rule(), silver) == {"euro": 10}
    assert points(bag(1000), rule(), silver, standing=MemberStanding(tier="silver")) == {"euro": 20}


def test_a_cap_cuts_to_what_is_left_of_it() -> None:
    capped = rule(caps={Period.SALE: 50, Period.DAY: 30})
    standing = MemberStanding(given={"euro": {Period.DAY: 12}})
    (award,) = accrue_points(programme(capped), bag(10000), standing)
    assert (award.points, award.facts["cut"], award.facts["cap"]) == (18, 82, {"period": "day", "most": 30})


def test_what_a_cap_took_away_altogether_is_told_all_the_same() -> None:
    (award,) = accrue_points(
        programme(rule(caps={Period.DAY: 30})), bag(1000), MemberStanding(given={"euro": {Period.DAY: 30}})
    )
    assert (award.points, award.shares, award.facts["cut"]) == (0, {1: 0}, 10)


@pytest.mark.parametrize(
    ("only", "holds"),
    [
        (Conditions(channels=frozenset({"web"})), False),
        (Conditions(channels=frozenset({"store"})), True),
        (Conditions(stores=frozenset({uuid.UUID(int=1)})), False),
        (Conditions(weekdays=frozenset({1})), True),
        (Conditions(weekdays=frozenset({2})), False),
        (Conditions(from_minute=12 * 60, until_minute=13 * 60), True),
        (Conditions(from_minute=10 * 60, until_minute=12 * 60), False),
        (Conditions(from_minute=22 * 60, until_minute=12 * 60 + 1), True),
        (Conditions(starts_at=NOON + timedelta(seconds=1)), False),
        (Conditions(ends_at=NOON), False),
        (Conditions(least_minor=1001), False),
        (Conditions(least_minor=1000), True),
    ],
    ids=[
        "another channel",
        "this channel",
        "another store",
        "its day",
        "another day",
        "its hours",
        "its hours are over",
        "its hours go over midnight",
        "not yet",
        "not any more",
        "too little",
        "enough",
    ],
)
def test_a_rule_holds_where_and_when_it_says(only: Conditions, holds: bool) -> None:
    assert (points(bag(1000), rule(when=only)) != {}) is holds


def test_weekdays_are_those_of_the_store() -> None:
    sunday_in_paris = datetime(2026, 5, 16, 22, 30, tzinfo=UTC)
    sundays = rule(when=Conditions(weekdays=frozenset({7})))
    assert points(bag(1000, bought_at=sunday_in_paris), sundays) == {"euro": 10}
    assert points(bag(1000, bought_at=sunday_in_paris), sundays, standing=MemberStanding(zone="UTC")) == {}


def test_money_of_another_currency_is_refused_and_never_converted() -> None:
    with pytest.raises(BasketCurrencyForeign):
        accrue_points(programme(rule()), bag(1000, currency="CHF"), PARIS)


def test_an_event_earns_by_its_own_rules() -> None:
    said = programme(rule(), rule("rating", RuleKind.EVENT, points=25, event="rating"))
    assert [one.points for one in accrue_event_points(said, "rating", at=NOON, standing=PARIS)] == [25]
    assert accrue_event_points(said, "birthday", at=NOON, standing=PARIS) == []


def test_an_award_says_why_in_both_languages() -> None:
    said = programme(rule(caps={Period.DAY: 20}), multiplier(factor_percent=250))
    (award,) = accrue_points(said, bag(1240), PARIS)
    assert sentences.sentences(said, "euro", award.facts) == {
        "fr": "1 point par euro, sur 12,40\xa0€ ; ×2,5 (Points doublés) ; au plus 20 points par jour : 10 de moins",
        "en": "1 point per euro, on €12.40; ×2.5 (Double points); at most 20 points a day: 10 less",
    }


def test_a_rule_about_an_article_counts_it_however_its_number_is_written() -> None:
    mine = rule(kind=RuleKind.ITEM, currency_id=POINTS, products=Products(gtins=frozenset({"0036000291452"})))
    sold = [BasketLine(at, 1, 100, gtin=gtin) for at, gtin in enumerate(("036000291452", "00036000291452"), start=1)]
    [award] = accrue_points(Programme("EUR", (mine,)), Basket("EUR", NOON, tuple(sold)), MemberStanding())
    assert award.points == 2


def test_a_programme_is_read_as_it_was_written() -> None:
    said = Programme(
        "EUR",
        (
            rule(
                when=Conditions(stores=frozenset({POINTS}), weekdays=frozenset({1, 7}), ends_at=NOON),
                caps={Period.WEEK: 9},
                products=Products(gtins=frozenset({"3270190022534"})),
            ),
            multiplier(),
        ),
        ladder=Ladder(POINTS, (SILVER,), grace="1M"),
        referral=rules.Referral(POINTS, 100, 50),
    )
    assert rules.read_rules(rules.write_rules(said)) == said


lines = st.builds(
    BasketLine,
    position=st.just(1),
    quantity=st.integers(1, 5),
    gross_minor=st.integers(0, 50_000),
    promotion_minor=st.integers(0, 3_000),
    category=st.sampled_from(["food/dairy", "food", "toys"]),
)
kinds = st.sampled_from([RuleKind.AMOUNT, RuleKind.VISIT, RuleKind.ITEM, RuleKind.CATEGORY])
some_rules = st.builds(
    Rule,
    code=st.sampled_from(["a", "b", "c"]),
    kind=kinds,
    title=st.just(Text(fr="R", en="R")),
    currency_id=st.just(POINTS),
    points=st.integers(1, 50),
    per_minor=st.sampled_from([1, 100, 250]),
    rounding=st.sampled_from(list(Rounding)),
    products=st.sampled_from([Products(), Products(categories=frozenset({"food"}))]),
    caps=st.dictionaries(st.sampled_from(list(Period)), st.integers(1, 400)),
)


def numbered(found: list[BasketLine]) -> tuple[BasketLine, ...]:
    return tuple(
        BasketLine(at, one.quantity, one.gross_minor, min(one.promotion_minor, one.gross_minor), category=one.category)
        for at, one in enumerate(found, start=1)
    )


@given(st.lists(lines, min_size=1, max_size=5), st.lists(some_rules, max_size=4), st.integers(100, 500))
def test_no_award_is_negative_and_its_shares_add_up(found: list[BasketLine], some: list[Rule], percent: int) -> None:
    said = Programme("EUR", (*some, multiplier(factor_percent=percent)))
    for award in accrue_points(said, Basket("EUR", NOON, numbered(found)), PARIS):
        assert award.points >= 0
        assert sum(award.shares.values()) == award.points
        assert all(share >= 0 for share in award.shares.values())


@given(some_rules, st.lists(st.lists(lines, min_size=1, max_size=3), max_size=8))
def test_caps_hold_in_whatever_order_purchases_come(one: Rule, baskets: list[list[BasketLine]]) -> None:
    given_so_far = 0
    for found in baskets:
        standing = MemberStanding(given={one.code: dict.fromkeys(set(one.caps) - {Period.SALE}, given_so_far)})
        for award in accrue_points(Programme("EUR", (one,)), Basket("EUR", NOON, numbered(found)), standing):
            assert award.points <= one.caps.get(Period.SALE, award.points)
            given_so_far += award.points
    assert all(given_so_far <= most for period, most in one.caps.items() if period is not Period.SALE)
