"""Why, or why not: gate by gate, and the same as "near me" says."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from offers.coupons import redemption
from offers.planning.audiences.for_whom import ForWhom, RecentArticles
from offers.planning.schedules.recurrence import read_schedule
from tests.consent.factories import give, in_store, say_no
from tests.coupons.factories import acting_at, claim
from tests.deciding.factories import Asker, make_shop, set_hours
from tests.employment.factories import mark
from tests.factories import console_token, make_brand, make_console_user, make_store, make_terminal
from tests.learning.factories import permit
from tests.planning.factories import make_draft, make_offer, on_the_clock, pause, stores_and_areas
from tests.purchases.factories import buy
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.purchases.basket import Products

NEVER_NOW = {
    "rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
    "times": [{"starts": "03:00", "ends": "04:00"}],
    "but_not": [],
    "and_on": [],
    "holidays": "any",
    "while_open": False,
}
"""A schedule that fires in one hour of four years."""


class Counter(Asker):
    """A member who shows their card at a store, and a merchandiser who asks why."""

    def __init__(self, anyone: Speaker) -> None:
        super().__init__(anyone)
        self.brand = make_brand()
        self.store = make_shop(self.brand)
        self.card = make_card(self.member, self.brand)
        self.merchandiser = anyone.with_token(console_token(make_console_user(self.brand)))
        self.allows(self.brand)

    def offer(self, **given: Any) -> Any:
        return make_offer(self.brand, now=clock.now(), **given)

    def why(self, offer: Any, **given: Any) -> dict[str, Any]:
        """The explanation of an offer, here and now."""
        asked = {"card": self.card.code, "store_id": str(self.store.id), "at": clock.write_instant(clock.now())}
        answer = self.merchandiser.post(f"/v1/offers/{offer.id}/explanations", asked | given)
        assert answer.status_code == 200, answer.get_json()
        found: dict[str, Any] = answer.get_json()
        return found

    def stopped(self, offer: Any, **given: Any) -> list[str]:
        """The gates that stop it."""
        return [gate["code"] for gate in self.why(offer, **given)["gates"] if gate["passed"] is False]


@pytest.fixture
def counter(anyone: Speaker) -> Counter:
    return Counter(anyone)


def used_up(counter: Counter) -> Any:
    offer = counter.offer()
    coupon = claim(counter.member, offer, now=clock.now())
    terminal, _ = make_terminal(counter.store)
    with acting_at(terminal):
        redemption.redeem_coupon(
            code=coupon.code,
            brand_id=counter.brand.id,
            store_id=counter.store.id,
            terminal_id=terminal.id,
            now=clock.now(),
        )
    return offer


def to_come(counter: Counter) -> Any:
    return counter.offer(starts_local=on_the_clock("2097-01-01"))


def out_of_hours(counter: Counter) -> Any:
    return counter.offer(schedule=read_schedule(NEVER_NOW))


def behind_closed_doors(counter: Counter) -> Any:
    set_hours(counter.store, open_now=False)
    return counter.offer()


def given_out(counter: Counter) -> Any:
    offer = counter.offer(total_limit=1)
    claim(Asker(counter.phone).member, offer, now=clock.now())
    return offer


def dismissed(counter: Counter) -> Any:
    offer = counter.offer()
    answer = counter.phone.post(f"/v1/offers/{offer.id}/dismissal")
    assert answer.status_code < 300, answer.get_json()
    return offer


def for_others(counter: Counter) -> Any:
    return counter.offer(for_whom=ForWhom(household=True))


def shown_to_all(counter: Counter) -> Any:
    return counter.offer()


@pytest.mark.parametrize("case", [shown_to_all, used_up, to_come, out_of_hours, given_out, dismissed, for_others])
def test_the_first_gate_that_stops_is_the_one_that_near_me_names(
    counter: Counter, case: Callable[[Counter], Any]
) -> None:
    offer = case(counter)
    outcome = counter.outcomes(counter.ask())[str(offer.id)]
    assert [*counter.stopped(offer), "shown"][0] == outcome


def test_every_gate_is_told_in_both_languages(counter: Counter) -> None:
    offer = counter.offer()
    english = counter.why(offer)["gates"]
    counter.merchandiser.language = "fr"
    french = counter.why(offer)["gates"]
    assert [gate["code"] for gate in english] == [gate["code"] for gate in french]
    assert all(one["text"] != other["text"] for one, other in zip(english, french, strict=True))


def test_why_an_offer_for_employees_is_not_for_them_and_then_is(counter: Counter) -> None:
    offer = counter.offer(for_whom=ForWhom(employees=True))
    [gate] = [gate for gate in counter.why(offer)["gates"] if gate["code"] == "not_for_you"]
    assert (gate["passed"], gate["text"]) == (
        False,
        "The member is not entered as an employee of the brand on that day.",
    )
    mark(counter.card, now=clock.now())
    assert counter.stopped(offer) == []


def test_all_that_stops_is_told_and_not_only_the_first(counter: Counter) -> None:
    say_no(counter.member, counter.brand, now=clock.now())
    offer = counter.offer(starts_local=on_the_clock("2097-01-01"), for_whom=ForWhom(household=True))
    assert counter.stopped(offer) == ["permission", "not_started", "not_for_you"]


def test_a_draft_is_judged_as_if_it_were_live(counter: Counter) -> None:
    offer = make_draft(counter.brand, now=clock.now())
    assert counter.why(offer)["shown"] is True


def test_a_paused_offer_is_stopped(counter: Counter) -> None:
    offer = counter.offer()
    pause(offer, counter.brand, now=clock.now())
    assert counter.stopped(offer) == ["offer_state"]


def test_another_store_or_another_hour_is_another_answer(counter: Counter) -> None:
    offer = counter.offer(targets=stores_and_areas(counter.store))
    other = make_store(counter.brand)
    assert counter.stopped(offer, store_id=str(other.id)) == ["place"]
    assert counter.stopped(offer, at="2025-05-01T12:00:00Z") == ["not_started"]


def test_what_was_bought_is_not_known_of_who_did_not_permit_it(counter: Counter) -> None:
    offer = counter.offer(for_whom=ForWhom(not_bought=RecentArticles(Products(frozenset({"food"})), 30)))
    before = counter.why(offer)
    buy(counter.member, counter.store, bought_at=clock.now() - timedelta(days=1), now=clock.now())
    after = counter.why(offer)
    assert before["gates"] == after["gates"]
    assert [gate["code"] for gate in after["gates"] if gate["passed"] is None] == ["not_for_you"]
    assert after["shown"] is None


def test_what_was_bought_is_judged_where_it_is_permitted(counter: Counter) -> None:
    permit(counter.member, counter.brand, now=clock.now() - timedelta(days=2))
    offer = counter.offer(for_whom=ForWhom(not_bought=RecentArticles(Products(frozenset({"food"})), 30)))
    assert counter.stopped(offer) == []
    buy(counter.member, counter.store, bought_at=clock.now() - timedelta(days=1), now=clock.now())
    assert counter.stopped(offer) == ["not_for_you"]


def test_what_a_member_dismissed_is_not_known_where_they_allow_no_offers(counter: Counter) -> None:
    offer = dismissed(counter)
    say_no(counter.member, counter.brand, now=clock.now())
    unknown = [gate["code"] for gate in counter.why(offer)["gates"] if gate["passed"] is None]
    assert unknown == ["dismissed"]


def test_the_member_reads_who_asked(counter: Counter) -> None:
    counter.why(counter.offer())
    [read] = counter.phone.get("/v1/me/reads").get_json()["items"]
    assert (read["role"], read["brand"]) == ("merchandiser", counter.brand.code)


def test_a_card_of_another_brand_and_a_store_of_another_are_unknown(counter: Counter, anyone: Speaker) -> None:
    offer, stranger = counter.offer(), Counter(anyone)
    asked = {"store_id": str(counter.store.id), "at": clock.write_instant(clock.now())}
    path = f"/v1/offers/{offer.id}/explanations"
    other_card = counter.merchandiser.post(path, asked | {"card": stranger.card.code})
    other_store = counter.merchandiser.post(
        path, asked | {"card": counter.card.code, "store_id": str(stranger.store.id)}
    )
    other_offer = stranger.merchandiser.post(path, asked | {"card": stranger.card.code})
    assert [one.get_json()["code"] for one in (other_card, other_store, other_offer)] == [
        "pass_unknown",
        "store_not_of_brand",
        "offer_unknown",
    ]


def test_a_permission_for_another_place_does_not_cover_this_one(counter: Counter) -> None:
    other = Counter(counter.phone)
    say_no(other.member, other.brand, now=clock.now())
    give(other.member, other.brand, scope=in_store(make_store(other.brand)), now=clock.now())
    assert other.stopped(other.offer()) == ["permission"]
