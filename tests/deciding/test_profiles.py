"""Who permits it gets an order of their own, and says "not this"; who does not, gets the plain one, whatever they
buy."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from app.errors import PreconditionFailed
from app.factory import Ici
from app.sql import db, hot_statements
from offers.deciding.answers import Fix, Question, search_offers, tastes_in
from offers.deciding.placements.placements import AT_TILL
from offers.deciding.policies import policies
from offers.deciding.policies.policies import PolicyInForce
from offers.planning.models import LiveOffer, OfferUptake
from tests.consent.factories import give, session_of
from tests.deciding.factories import LAT, LON, Asker, Shopper, Town, certain, make_shop, offer_at, shown
from tests.factories import make_brand, make_terminal
from tests.learning.factories import learn, permit
from tests.planning.factories import Desk, match, new_version
from tests.purchases.factories import buy, line
from tests.racing import at_once
from tests.sizes import chosen
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.cards.models import Card


@pytest.fixture
def shopper(anyone: Speaker) -> Shopper:
    return Shopper(anyone)


def scanned_at(till: Speaker, shopper: Shopper, card: Card) -> str:
    """The id of a scan of the member's card."""
    [shown_card] = shopper.phone.get("/v1/cards").get_json()["items"]
    assert shown_card["id"] == str(card.id)
    found: str = till.post("/v1/scans", {"code": shown_card["code"]}).get_json()["id"]
    return found


def titled(shopper: Shopper, answer: object) -> list[str]:
    names = {str(shopper.milk.id): "milk", str(shopper.bread.id): "bread"}
    return [names.get(offer_id, offer_id) for offer_id in shown(answer)]  # type: ignore[arg-type]


def test_what_somebody_buys_comes_first_if_they_permit_it(shopper: Shopper) -> None:
    shopper.buys_bread()
    assert titled(shopper, shopper.ask()) == ["milk", "bread"]
    shopper.permits_profiling()
    with certain():
        assert titled(shopper, shopper.ask()) == ["bread", "milk"]


def test_a_withdrawal_gives_the_plain_order_back_at_once(shopper: Shopper) -> None:
    shopper.buys_bread()
    shopper.permits_profiling()
    shopper.forbids_profiling()
    answer = shopper.ask()
    assert titled(shopper, answer) == ["milk", "bread"]
    assert shopper.decision(answer).policy == "priority-then-near/1"


def test_the_taste_of_a_brand_that_is_not_here_does_not_travel(shopper: Shopper) -> None:
    elsewhere = make_brand()
    offer_at(elsewhere)
    make_shop(elsewhere, north=200)
    for brand in (shopper.brand, elsewhere):
        shopper.allows(brand)
        permit(shopper.member, brand, now=clock.now())
        learn(shopper.member, brand, now=clock.now())
    question = Question(Fix(LAT, LON, 10.0), shopper.member.id, session_of(shopper.member).id, "en", clock.now())
    with hot_statements.kept_connection() as connection:
        [rows] = search_offers(connection, [question])
    assert list(tastes_in(rows)) == [str(shopper.brand.id).encode()]


@pytest.fixture(scope="module")
def refusing(app: Ici) -> Shopper:
    """One who never permitted it."""
    return Shopper(Speaker(app.test_client()))


@settings(max_examples=chosen().rows, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["food/bakery/bread", "food/dairy/milk", "garden"]), max_size=3))
def test_who_refuses_is_answered_alike_whatever_they_buy(refusing: Shopper, bought: list[str]) -> None:
    for category in bought:
        buy(refusing.member, refusing.store, line(category=category), bought_at=clock.now(), now=clock.now())
    answer = refusing.ask()
    kept = refusing.decision(answer)
    body = {name: value for name, value in answer.get_json().items() if name == "offers"}
    assert json.dumps(body) == json.dumps({"offers": refusing.ask().get_json()["offers"]})
    assert titled(refusing, answer) == ["milk", "bread"]
    assert (kept.factors, kept.propensities, kept.context) == (None, None, {})


def test_who_refuses_one_brand_gets_its_offers_in_the_plain_order(shopper: Shopper) -> None:
    other = make_brand()
    make_shop(other)
    first, second = offer_at(other, priority=60), offer_at(other, priority=55)
    shopper.allows(other)
    shopper.buys_bread()
    shopper.permits_profiling()
    of_other = [one for one in shown(shopper.ask()) if one in (str(first.id), str(second.id))]
    assert of_other == [str(first.id), str(second.id)]


def test_the_reason_is_what_the_member_buys(shopper: Shopper) -> None:
    shopper.buys_bread()
    shopper.permits_profiling()
    with certain():
        first = shopper.ask().get_json()["offers"][0]["reason"]
    assert first["code"] == "bought_often"
    assert first["text"].startswith("Because you often buy this kind of thing.")


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("fr", "Parce que vous achetez souvent : Baguette."), ("en", "Because you often buy: Baguette.")],
)
def test_the_explanation_names_what_they_buy(shopper: Shopper, language: str, sentence: str) -> None:
    shopper.buys_bread()
    shopper.permits_profiling()
    shopper.phone.language = language
    with certain():
        told = shopper.explained(shopper.ask())["considered"]
    assert told[0]["explanation"].endswith(sentence)
    assert {one["code"] for one in told[0]["factors"]} == {
        *("priority", "affinity", "proximity", "value", "urgency", "fatigue", "discovery")
    }


def test_a_decision_keeps_factors_and_how_likely_its_leader_was(shopper: Shopper) -> None:
    shopper.buys_bread()
    shopper.permits_profiling()
    kept = shopper.decision(shopper.ask())
    assert (kept.policy, len(kept.factors or ()), len(kept.propensities or ())) == ("score/1", 16, 1)


def test_not_this_hides_an_offer_until_it_is_taken_back(shopper: Shopper) -> None:
    where = f"/v1/offers/{shopper.milk.id}/dismissal"
    assert shopper.phone.post(where).status_code == 200
    assert shopper.phone.post(where).status_code == 200
    answer = shopper.ask()
    assert titled(shopper, answer) == ["bread"]
    assert shopper.outcomes(answer)[str(shopper.milk.id)] == "dismissed"
    assert [one["offer_id"] for one in shopper.phone.get("/v1/offer-dismissals").get_json()["items"]] == [
        str(shopper.milk.id)
    ]
    assert shopper.phone.delete(where).status_code == 204
    assert titled(shopper, shopper.ask()) == ["milk", "bread"]


def test_not_this_of_no_offer_is_refused(shopper: Shopper) -> None:
    answer = shopper.phone.post(f"/v1/offers/{shopper.brand.id}/dismissal")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "offer_unknown")


def test_not_this_is_said_by_one_member_alone(shopper: Shopper, anyone: Speaker) -> None:
    shopper.phone.post(f"/v1/offers/{shopper.milk.id}/dismissal")
    other = Asker(anyone)
    other.allows(shopper.brand)
    assert titled(shopper, other.ask()) == ["milk", "bread"]


def test_a_fallback_is_shown_and_flagged_when_there_is_nothing_else(anyone: Speaker) -> None:
    town = Town(anyone, is_fallback=True)
    assert [one["fallback"] for one in town.ask().get_json()["offers"]] == [True]
    better = offer_at(town.brand)
    answer = town.ask()
    assert shown(answer) == [str(better.id)]
    assert town.outcomes(answer)[str(town.offer.id)] == "fallback_not_needed"


def test_the_wallet_shows_offers_without_a_position(shopper: Shopper) -> None:
    make_card(shopper.member, shopper.brand)
    asked = lambda: shopper.phone.post("/v1/feed-offers", {})  # noqa: E731
    assert (asked().status_code, asked().get_json()["code"]) == (403, "permission_not_given")
    give(shopper.member, shopper.brand, touchpoint="in_app", now=clock.now())
    assert titled(shopper, asked()) == ["milk", "bread"]
    assert shopper.explained(asked())["placement"] == "feed"


def test_the_wallet_shows_no_brand_without_a_card(shopper: Shopper) -> None:
    give(shopper.member, shopper.brand, touchpoint="in_app", now=clock.now())
    assert shopper.phone.post("/v1/feed-offers", {}).status_code == 403


def test_a_till_shows_three_offers_to_staff_if_the_member_allows_it(shopper: Shopper) -> None:
    for _ in range(3):
        offer_at(shopper.brand)
    card = make_card(shopper.member, shopper.brand)
    till = shopper.phone.with_token(make_terminal(shopper.store)[1])
    scanned = {"scan_id": scanned_at(till, shopper, card)}
    refused = till.post("/v1/till-offers", scanned)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "permission_not_given")
    give(shopper.member, shopper.brand, touchpoint="till", now=clock.now())
    answer = till.post("/v1/till-offers", scanned)
    assert len(shown(answer)) == AT_TILL
    assert answer.get_json()["offers"][0]["reason"]["code"] == "live"
    reads = shopper.phone.get("/v1/me/reads").get_json()["items"]
    assert "decision" in {data["code"] for read in reads for data in read["data"]}


def test_another_store_may_not_ask_for_a_scan(shopper: Shopper) -> None:
    card = make_card(shopper.member, shopper.brand)
    scanned = scanned_at(shopper.phone.with_token(make_terminal(shopper.store)[1]), shopper, card)
    other = shopper.phone.with_token(make_terminal(make_shop(shopper.brand, north=3))[1])
    assert other.post("/v1/till-offers", {"scan_id": scanned}).status_code == 404


def test_a_brand_weighs_factors_within_bounds(anyone: Speaker) -> None:
    desk = Desk(anyone)
    first = desk.merchandiser.get("/v1/ranking-policy")
    assert (first.get_json()["version"], first.get_json()["policy"]) == (0, "score/1")
    beyond = desk.merchandiser.put("/v1/ranking-policy", {"weights": {"discovery": 0}}, headers=match(first))
    assert beyond.status_code == 422
    second = desk.merchandiser.put("/v1/ranking-policy", {"weights": {"affinity": 150}}, headers=match(first))
    weights = {one["code"]: one["weight"] for one in second.get_json()["weights"]}
    assert (second.get_json()["version"], weights["affinity"], weights["priority"]) == (1, 150, 100)
    late = desk.merchandiser.put("/v1/ranking-policy", {}, headers=match(first))
    assert late.status_code == 412
    assert desk.auditor.get("/v1/ranking-policy").get_json()["history"][0]["weights"] == {"affinity": 150}


def weigh(shopper: Shopper, *, version: int = 0, plain: bool = False, **weights: int) -> PolicyInForce:
    """The brand's people weigh factors."""
    with db.system_transaction():
        said = {"weights": weights, "plain": plain, "version": version, "by": shopper.milk.created_by}
        return policies.set_policy(brand_id=shopper.brand.id, **said, now=clock.now())


def test_of_two_who_weigh_at_once_one_is_told_to_read_again(shopper: Shopper) -> None:
    def try_to_weigh(number: int) -> bool:
        try:
            weigh(shopper, affinity=100 + number)
        except PreconditionFailed:
            return False
        return True

    assert sorted(at_once(8, try_to_weigh)) == [False] * 7 + [True]


def test_not_this_said_at_once_is_said_once(shopper: Shopper) -> None:
    where = f"/v1/offers/{shopper.milk.id}/dismissal"
    phones = [Speaker(shopper.phone.client.application.test_client(), shopper.phone.token) for _ in range(8)]
    assert at_once(8, lambda n: phones[n].post(where).status_code) == [200] * 8
    assert len(shopper.phone.get("/v1/offer-dismissals").get_json()["items"]) == 1


def test_the_weights_of_a_brand_hold_from_the_next_decision_on(shopper: Shopper) -> None:
    shopper.buys_bread()
    shopper.permits_profiling()
    weigh(shopper, affinity=0, discovery=10)
    answer = shopper.ask()
    weights = {one["code"]: one["weight"] for one in shopper.explained(answer)["considered"][0]["factors"]}
    assert (weights["affinity"], weights["discovery"], weights["priority"]) == (0, 10, 100)
    assert shopper.decision(answer).context == {"versions": [1, 1]}


def test_a_brand_goes_back_to_the_plain_order_at_once(shopper: Shopper) -> None:
    shopper.buys_bread()
    shopper.permits_profiling()
    weigh(shopper, plain=True)
    answer = shopper.ask()
    assert titled(shopper, answer) == ["milk", "bread"]
    assert shopper.decision(answer).policy == "priority-then-near/1"


def test_what_is_counted_of_an_offer_outlives_its_publication(shopper: Shopper) -> None:
    said = {"exposures": 120, "taken": 7, "usual_ppm": 30_000, "popularity_ppm": 5_000, "counted_at": clock.now()}
    with db.system_transaction():
        db.add(OfferUptake(offer_id=shopper.milk.id, **said))
    new_version(shopper.milk, shopper.brand, now=clock.now())
    with db.system_transaction():
        live = db.get(LiveOffer, shopper.milk.number)
        assert live is not None
        assert (live.exposures, live.taken, live.usual_ppm, live.popularity_ppm) == (120, 7, 30_000, 5_000)
