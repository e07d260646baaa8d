"""The store of the next visit: that of the last weeks, and the same for the same visits."""

from datetime import date, timedelta

from offers.learning import decay, next_store

TODAY = date(2026, 6, 1)


def visits(**days_ago: list[int]) -> dict[str, int]:
    return {
        store: sum(decay.unit_on(TODAY - timedelta(days=one), decay.STORE) for one in some)
        for store, some in days_ago.items()
    }


def guessed(weights: dict[str, int]) -> str | None:
    likely = next_store.guess_store(weights)
    return likely.store if likely else None


def test_the_store_of_late_goes_before_the_store_of_old() -> None:
    assert guessed(visits(old=[200, 210, 220, 230], new=[3, 10])) == "new"


def test_one_visit_elsewhere_does_not_change_the_store() -> None:
    assert guessed(visits(usual=[7, 14, 21, 28], other=[1])) == "usual"


def test_of_equals_the_first_by_its_name_is_guessed() -> None:
    assert guessed(visits(b=[7], a=[7])) == "a"


def test_nobody_who_has_visited_none_has_a_next_store() -> None:
    assert guessed({}) is None
    assert guessed({"returned": 0}) is None


def test_the_shares_of_all_stores_are_one() -> None:
    shares = [one.share for one in next_store.rank_stores(visits(a=[7, 90], b=[14], c=[300]))]
    assert shares == sorted(shares, reverse=True)
    assert abs(sum(shares) - 1) < 1e-12
