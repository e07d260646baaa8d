"""A member asks what is near: how far we look, in which order we tell, and why sometimes nothing is searched."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from app import clock, config
from app.consent.models import Level, PermissionState, State
from app.factory import Ici
from app.settings import ConfigIncomplete, coarsest_fix_in
from app.sql import db
from tests.consent.factories import in_area, in_store, say_no
from tests.deciding.factories import LAT, STEP, Asker, Town, make_shop, offer_at, set_hours, shown
from tests.factories import make_area, make_brand, make_store, make_terminal, member_token
from tests.planning.factories import publish, stores_and_areas
from tests.speaking import Speaker

HERE = {"lat": LAT, "lon": 2.3522, "accuracy_m": 10}


@pytest.fixture
def town(anyone: Speaker) -> Town:
    return Town(anyone)


def refusal(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_a_stranger_is_asked_to_sign_in(anyone: Speaker) -> None:
    assert refusal(anyone.post("/v1/nearby-offers", HERE)) == (401, "unauthenticated")


def test_a_till_has_no_place_to_ask_for(anyone: Speaker) -> None:
    till = anyone.with_token(make_terminal(make_store(make_brand()))[1])
    assert refusal(till.post("/v1/nearby-offers", HERE)) == (403, "forbidden")


def test_an_offer_is_told_in_the_readers_language(town: Town) -> None:
    titles = {
        language: town.phone.post("/v1/nearby-offers", HERE, headers={"Accept-Language": language}).get_json()
        for language in ("fr", "en")
    }
    told = {language: answer["offers"][0]["offer"]["title"] for language, answer in titles.items()}
    assert told == {"fr": "Café offert", "en": "Free coffee"}


def test_an_open_store_is_said_to_be_open(town: Town) -> None:
    set_hours(town.store, open_now=True)
    ((found),) = town.ask().get_json()["offers"]
    assert (found["open"], found["reason"]["text"]) == (True, "111 m away, open now.")


def test_what_is_out_of_reach_is_not_found(town: Town) -> None:
    assert shown(town.ask(lat=LAT - 0.1)) == []


def test_reach_grows_with_the_radius(town: Town) -> None:
    far = LAT + STEP - 0.027  # some 3 km from the store
    assert shown(town.ask(lat=far)) == []
    assert shown(town.ask(lat=far, radius_m=4000)) == [str(town.offer.id)]


def test_an_inaccurate_fix_does_not_hide_a_store_next_door(town: Town) -> None:
    assert shown(town.ask(lat=LAT + STEP - 0.027, accuracy_m=1500)) == [str(town.offer.id)]


def test_higher_priority_comes_first_and_nearer_comes_next(anyone: Speaker) -> None:
    asker, brand = Asker(anyone), make_brand()
    near, far = make_shop(brand, north=1), make_shop(brand, north=5)
    at_far = offer_at(brand, targets=stores_and_areas(far))
    at_near = offer_at(brand, targets=stores_and_areas(near))
    important = offer_at(brand, targets=stores_and_areas(far), priority=90)
    asker.allows(brand)
    assert shown(asker.ask()) == [str(important.id), str(at_near.id), str(at_far.id)]


def test_an_offer_beyond_the_nearest_places_is_found_by_a_second_look(anyone: Speaker) -> None:
    asker, brand = Asker(anyone), make_brand()
    stores = [make_shop(brand, north=1, lon=2.3522 + number / 10_000) for number in range(30)]
    crowded = offer_at(brand, targets=stores_and_areas(*stores[:-1]))
    beyond = offer_at(brand, targets=stores_and_areas(stores[-1]))
    asker.allows(brand)
    assert shown(asker.ask()) == [str(crowded.id), str(beyond.id)]


def test_one_brand_may_be_asked_for(anyone: Speaker, town: Town) -> None:
    other = make_brand()
    make_shop(other)
    offer_at(other)
    town.allows(other)
    assert shown(town.ask(brand=town.brand.code)) == [str(town.offer.id)]
    assert len(shown(town.ask())) == 2


def test_an_unknown_brand_is_said_to_be_unknown(town: Town) -> None:
    assert refusal(town.ask(brand="nobody-at-all")) == (404, "brand_unknown")


def test_whoever_was_never_asked_is_told_how_to_allow_it(anyone: Speaker) -> None:
    answer = Asker(anyone).ask()
    assert refusal(answer) == (403, "permission_not_given")
    assert answer.get_json()["remedy"]


def change(town: Town, **values: Any) -> None:
    with db.system_transaction():
        mine = PermissionState.member_id == town.member.id
        db.execute(update(PermissionState).where(mine).values(**values))


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"expires_at": datetime(2026, 1, 1).astimezone()}, "permission_expired"),
        ({"uses_left": 0}, "permission_exhausted"),
        ({"state": State.WITHDRAWN}, "permission_withdrawn"),
        ({"state": State.REFUSED}, "permission_refused"),
        ({"state": State.REVOKED}, "permission_revoked"),
        ({"state": State.UNKNOWN}, "permission_unknown"),
        ({"state": State.DEFERRED}, "permission_not_given"),
        ({"level": Level.CONTACT_ONCE}, "permission_level_insufficient"),
        ({"os_location": "denied"}, "permission_os_insufficient"),
    ],
)
def test_a_permission_that_does_not_stand_says_why(town: Town, values: dict[str, Any], code: str) -> None:
    change(town, **values)
    assert refusal(town.ask()) == (403, code)


def test_a_permission_for_another_place_says_so(anyone: Speaker, town: Town) -> None:
    asker = Asker(anyone)
    asker.allows(town.brand, scope=in_store(make_shop(town.brand, north=900)))
    assert refusal(asker.ask()) == (403, "permission_out_of_scope")


def test_a_permission_for_a_store_shows_that_store_only(anyone: Speaker, town: Town) -> None:
    asker, other = Asker(anyone), make_shop(town.brand, north=2)
    asker.allows(town.brand, scope=in_store(other))
    ((found),) = asker.ask().get_json()["offers"]
    assert found["store"]["id"] == str(other.id)


def test_a_permission_for_an_area_shows_its_stores_only(anyone: Speaker, town: Town) -> None:
    asker, other = Asker(anyone), make_shop(town.brand, north=2)
    area = make_area(town.brand, other)
    publish(other, now=clock.now())
    asker.allows(town.brand, scope=in_area(area))
    ((found),) = asker.ask().get_json()["offers"]
    assert found["store"]["id"] == str(other.id)


def test_a_no_to_a_store_hides_that_store(town: Town) -> None:
    other = make_shop(town.brand, north=2)
    say_no(town.member, town.brand, scope=in_store(town.store), now=clock.now())
    ((found),) = town.ask().get_json()["offers"]
    assert found["store"]["id"] == str(other.id)


def test_two_places_with_the_same_answer_leave_the_same_record(town: Town) -> None:
    """So neither the position nor a distance is in it."""
    here, there = (
        town.decision(town.ask()),
        town.decision(town.ask(lat=LAT - STEP, lon=2.36, accuracy_m=50, radius_m=3000)),
    )
    kept = [(one.policy, one.permission_event_ids, one.considered, one.shown, one.context) for one in (here, there)]
    assert kept[0] == kept[1]


def test_a_signed_out_phone_gets_nothing(town: Town) -> None:
    assert town.phone.delete("/v1/sessions/current").status_code == 204
    assert refusal(town.ask()) == (401, "unauthenticated")


def test_a_session_that_is_over_gets_nothing(anyone: Speaker, town: Town) -> None:
    old = anyone.with_token(member_token(town.member, now=clock.now() - timedelta(days=1)))
    assert refusal(old.post("/v1/nearby-offers", HERE)) == (401, "unauthenticated")


@pytest.mark.parametrize("accuracy_m", [1_000, 4_000, 20_000])
def test_a_phone_without_precise_location_is_answered(town: Town, accuracy_m: int) -> None:
    assert shown(town.ask(lat=LAT + 0.02, accuracy_m=accuracy_m)) == [str(town.offer.id)]


def test_a_coarse_question_is_told_no_metres(town: Town) -> None:
    set_hours(town.store, open_now=True)
    ((found),) = town.ask(accuracy_m=5_000).get_json()["offers"]
    assert found["reason"]["text"] == "In your area, open now."


def test_a_guess_of_the_network_is_refused_with_a_remedy(town: Town) -> None:
    answer = town.ask(accuracy_m=60_000)
    assert refusal(answer) == (422, "fix_too_coarse")
    assert answer.get_json()["remedy"]


def test_how_coarse_a_fix_may_be_is_a_setting(town: Town, app: Ici, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "_current", replace(config.current(), coarsest_fix_m=1_000))
    assert refusal(town.ask(accuracy_m=1_001)) == (422, "fix_too_coarse")


@pytest.mark.parametrize("metres", ["0", "999", "100001", "25 km", "-5000"])
def test_a_setting_that_is_no_accuracy_stops_the_start(metres: str) -> None:
    with pytest.raises(ConfigIncomplete):
        coarsest_fix_in({"ICI_COARSEST_FIX_M": metres})
