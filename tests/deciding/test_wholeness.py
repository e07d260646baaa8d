"""Nothing that could be shown stays hidden because the nearest shops are closed: the answer against a brute search."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app import clock
from app.factory import Ici
from app.sql import db
from geo.places.models import Store
from offers.deciding import queries
from offers.deciding.ranking import MOST_SHOWN
from offers.planning.models import Offer
from tests.deciding.factories import LAT, STEP, Asker, offer_at, shown
from tests.factories import make_brand, make_store
from tests.planning.factories import publish, stores_and_areas
from tests.sizes import chosen
from tests.speaking import Speaker

STORES, OFFERS = 110, 36
STEP_M = 111.2  # of latitude, near enough to tell one step from the next
HOURS = {"open": "{(,)}", "closed": "{}", "unknown": None}


@dataclass(frozen=True, repr=False)
class Street:
    """Stores in a row to the north, a step apart, and offers that hold at some of them each."""

    asker: Asker
    stores: Sequence[Store]
    offers: Sequence[Offer]
    holds_at: Sequence[Sequence[int]]
    priorities: Sequence[int]

    def set_hours(self, hours: Sequence[str]) -> None:
        """Say of each store whether it is open."""
        rows = {"numbers": [s.number for s in self.stores], "hours": [HOURS[one] for one in hours]}
        with db.system_transaction():
            db.execute(SET_HOURS, rows)


SET_HOURS = text("""
UPDATE place SET open_during = said.hours::tstzmultirange
FROM unnest(CAST(:numbers AS bigint[]), CAST(:hours AS text[])) AS said (number, hours)
WHERE store_number = said.number
""")


@pytest.fixture(scope="module")
def street(app: Ici) -> Street:
    chance = random.Random(14)
    asker, brand = Asker(Speaker(app.test_client())), make_brand()
    stores = [make_store(brand, lat=LAT + (n + 1) * STEP) for n in range(STORES)]
    publish(*stores, now=clock.now())
    holds_at = [sorted(chance.sample(range(STORES), chance.choice([1, 2, 30]))) for _ in range(OFFERS)]
    priorities = [chance.choice([0, 0, 5]) for _ in holds_at]
    offers = [
        offer_at(brand, targets=stores_and_areas(*[stores[n] for n in where]), priority=priority)
        for where, priority in zip(holds_at, priorities, strict=True)
    ]
    asker.allows(brand)
    return Street(asker, stores, offers, holds_at, priorities)


hours_of_a_street = st.builds(
    lambda chance, closed: [
        "closed" if chance.random() < closed else chance.choice(["open", "unknown"]) for _ in range(STORES)
    ],
    st.randoms(use_true_random=False),
    st.sampled_from([0.0, 0.5, 0.9, 0.98, 1.0]),
)


def best_of(street: Street, hours: Sequence[str], reach: int) -> list[str]:
    """Every offer that can be shown within so many steps, in order: by looking at each store of each offer."""
    found = []
    for offer, where, priority in zip(street.offers, street.holds_at, street.priorities, strict=True):
        open_steps = [n for n in where if n < reach and hours[n] != "closed"]
        if open_steps:
            found.append((-priority, open_steps[0], offer.number, str(offer.id)))
    return [offer_id for *_, offer_id in sorted(found)]


@settings(max_examples=chosen().rows, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=hours_of_a_street, reach=st.integers(1, 88))
def test_whatever_can_be_shown_is_shown(street: Street, hours: list[str], reach: int) -> None:
    street.set_hours(hours)
    best = best_of(street, hours, reach)
    told = shown(street.asker.ask(radius_m=round((reach + 0.5) * STEP_M), accuracy_m=1))
    if len(best) <= MOST_SHOWN:
        assert told == best
    else:
        assert len(told) == MOST_SHOWN
        assert set(told) <= set(best)


@settings(max_examples=chosen().rows, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hours=hours_of_a_street, reach=st.integers(1, 88))
def test_no_store_near_you_was_open_is_said_only_when_none_was(street: Street, hours: list[str], reach: int) -> None:
    street.set_hours(hours)
    answer = street.asker.ask(radius_m=round((reach + 0.5) * STEP_M), accuracy_m=1)
    closed = [offer for offer, outcome in street.asker.outcomes(answer).items() if outcome == "store_closed"]
    assert not set(closed) & set(best_of(street, hours, reach))


def test_twelve_closed_shops_do_not_hide_the_open_one_behind(street: Street) -> None:
    hours = ["closed"] * STORES
    hours[min(street.holds_at[0])] = "open"
    street.set_hours(hours)
    assert str(street.offers[0].id) in shown(street.asker.ask(radius_m=9_900))


def test_an_answer_that_is_full_says_that_only_the_nearest_were_closed(street: Street) -> None:
    hours = ["open"] * STORES
    alone = next(n for n, where in enumerate(street.holds_at) if len(where) > 2 and where[0] < queries.PLACES_PER_BRAND)
    hours[street.holds_at[alone][0]] = "closed"
    street.set_hours(hours)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("offers.deciding.answers.MOST_SHOWN", 1)
        outcomes = street.asker.outcomes(street.asker.ask(radius_m=9_900))
    assert outcomes.get(str(street.offers[alone].id)) == "nearest_closed"
