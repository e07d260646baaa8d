"""The order of candidates from purchases alone: what a purchase is, which day it is of, who is new, and what changes
nothing."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from offers.learning import decay, relevance
from offers.learning.tastes import affinities, tastes

NEW_YORK = "America/New_York"
TODAY = date(2026, 6, 1)
ROWS: list[tuple[Any, ...]] = [
    ("ann", 1, date(2026, 5, 1), 11, "food/dairy"),
    ("ann", 1, date(2026, 5, 1), 12, "food/bread"),
    ("ann", 2, date(2026, 5, 8), 11, "food/dairy"),
    ("bob", 3, date(2026, 5, 9), 13, "home/soap"),
    ("bob", 4, date(2026, 5, 16), 13, "home/soap"),
    ("bob", 4, date(2026, 5, 16), 11, "food/dairy"),
]
COUPONS = {"milk": [11], "bread": [12], "soap": [13], "tea": [14], "dairy": "food/dairy", "home": "home"}


def history(rows: list[tuple[Any, ...]] = ROWS, day: str = "day") -> dict[str, list[Any]]:
    columns = [list(column) for column in zip(*rows, strict=True)]
    return dict(zip(("member", "basket", day, "article", "category"), columns, strict=True))


def order(member: str, rows: list[tuple[Any, ...]] = ROWS, **asked: Any) -> list[str]:
    scores = relevance.rank(history(rows), COUPONS, on=TODAY, **asked)[member]
    return sorted(COUPONS, key=lambda name: -scores[list(COUPONS).index(name)])


def weight_of(bought_at: datetime) -> int:
    rows = [("ann", 1, bought_at, 11, "food")]
    learnt = relevance.learn_tastes(history(rows, "bought_at"), on=date(2027, 1, 1), zone=NEW_YORK)
    return learnt.tastes["ann"].articles["sku:11"]


def test_each_member_has_an_order_of_their_own() -> None:
    assert order("ann").index("milk") < order("ann").index("soap")
    assert order("bob").index("soap") < order("bob").index("milk")


def test_what_nobody_bought_comes_last() -> None:
    assert order("ann")[-1] == order("bob")[-1] == "tea"


def test_who_is_new_gets_what_everybody_buys() -> None:
    assert [one for one in order("new", members=["new"]) if one in ("milk", "bread", "soap", "tea")] == [
        *("milk", "soap", "bread", "tea")
    ]


def test_a_candidate_is_a_category_a_list_of_articles_or_one() -> None:
    scores = relevance.rank(history(), {1: "food", 2: [11, 12], 3: [11]}, on=TODAY)["ann"]
    assert all(affinities.LEAST < one < affinities.MOST for one in scores)


def test_lines_and_units_of_one_article_in_one_purchase_count_once() -> None:
    six_lines = [*ROWS, *[ROWS[0]] * 5]
    assert relevance.rank(history(six_lines), COUPONS) == relevance.rank(history(), COUPONS)


def test_two_articles_of_a_category_in_one_purchase_are_one_purchase_of_the_category() -> None:
    taste = relevance.learn_tastes(history(), on=TODAY).tastes["ann"]
    first, second = (decay.unit_on(day, decay.CATEGORY) for day in (date(2026, 5, 1), date(2026, 5, 8)))
    assert taste.categories["food"] == first + second
    assert taste.categories_total == 2 * first + second


def test_the_scores_are_those_of_the_house_for_the_taste_that_it_keeps() -> None:
    learnt = relevance.learn_tastes(history(), on=TODAY)
    kept = tastes.read_taste(tastes.write_taste(learnt.tastes["bob"]).encode())
    products = relevance.read_candidate([13])
    share = relevance.share_of(products, learnt.shares)
    ours = relevance.rank(history(), {"soap": [13]}, on=TODAY)["bob"]
    assert ours == [affinities.affinity_of(kept, products, share, on=TODAY)]


def test_two_members_who_are_one_have_the_taste_of_one_who_did_both() -> None:
    one = [("ann", *row[1:]) for row in ROWS]
    apart = relevance.learn_tastes(history(), on=TODAY).tastes
    together = relevance.learn_tastes(history(one), on=TODAY).tastes
    assert tastes.add_tastes(apart["ann"], apart["bob"]) == together["ann"]


def test_the_order_of_rows_says_nothing() -> None:
    mixed = random.Random(1).sample(ROWS, len(ROWS))
    assert relevance.rank(history(mixed), COUPONS, members=["ann"]) == relevance.rank(
        history(), COUPONS, members=["ann"]
    )


def test_an_old_history_is_as_good_as_a_new_one() -> None:
    def moved(days: int) -> list[list[float]]:
        rows = [(member, basket, day - timedelta(days=days), *rest) for member, basket, day, *rest in ROWS]
        return list(relevance.rank(history(rows), COUPONS, on=TODAY - timedelta(days=days)).values())

    assert np.allclose(moved(0), moved(9 * 365), rtol=0.01)


def test_arrays_are_columns_as_well_as_lists() -> None:
    arrays = {name: np.array(column) for name, column in history().items()}
    arrays["day"] = arrays["day"].astype("datetime64[D]")
    assert relevance.rank(arrays, COUPONS) == relevance.rank(history(), COUPONS)


def test_a_purchase_is_of_the_day_in_the_store_and_not_of_the_day_in_utc() -> None:
    late = datetime(2026, 7, 2, 3, 30, tzinfo=UTC)
    assert weight_of(late) == decay.unit_on(date(2026, 7, 1), decay.ARTICLE)
    assert weight_of(late.replace(tzinfo=None)) == weight_of(late)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ((2026, 3, 8, 4, 59), date(2026, 3, 7)),  # before the clocks change, midnight is 5:00 in UTC
        ((2026, 3, 8, 5, 0), date(2026, 3, 8)),
        ((2026, 3, 9, 3, 59), date(2026, 3, 8)),  # after it, 4:00
        ((2026, 3, 9, 4, 0), date(2026, 3, 9)),
        ((2026, 11, 1, 4, 0), date(2026, 11, 1)),
        ((2026, 11, 2, 4, 59), date(2026, 11, 1)),
        ((2026, 11, 2, 5, 0), date(2026, 11, 2)),
    ],
)
def test_the_offset_is_that_of_the_day_of_the_purchase_and_not_that_of_now(instant: Any, day: date) -> None:
    assert weight_of(datetime(*instant, tzinfo=UTC)) == decay.unit_on(day, decay.ARTICLE)


def test_instants_without_a_zone_are_no_days() -> None:
    rows = [("ann", 1, datetime(2026, 5, 1, tzinfo=UTC), 11, "food")]
    with pytest.raises(ValueError, match="time zone"):
        relevance.rank(history(rows, "bought_at"), COUPONS)


def test_nothing_is_learnt_from_what_is_to_come() -> None:
    with pytest.raises(ValueError, match="2026-05-16 or later"):
        relevance.rank(history(), COUPONS, on=date(2026, 5, 16))


def test_without_purchases_everything_is_alike() -> None:
    nothing = {name: [] for name in history()}
    assert relevance.rank(nothing, COUPONS) == {}
    assert set(relevance.rank(nothing, COUPONS, members=["new"])["new"]) == {affinities.LEAST}
