"""Terminals: made for a store, paired once, revoked at once."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.accounts.models import Brand
from tests.accounts.factories import make_admin
from tests.factories import make_brand, make_store, make_terminal
from tests.racing import at_once
from tests.speaking import Speaker


def make_waiting(anyone: Speaker, brand: Brand, **given: Any) -> dict[str, Any]:
    """A terminal that waits for its pairing, as its administrator sees it."""
    body = {"store_id": str(make_store(brand).id), "name": "Caisse 1"} | given
    answer = make_admin(anyone, brand).post("/v1/terminals", body)
    assert answer.status_code == 201
    return answer.get_json()


def pair(anyone: Speaker, token: str) -> tuple[int, dict[str, Any]]:
    answer = anyone.post("/v1/terminals/pairing", {"pairing_token": token})
    return answer.status_code, answer.get_json()


def is_known(anyone: Speaker, key: str) -> bool:
    """A terminal that we know is forbidden a member's door; one that we do not know is not let in at all."""
    return {403: True, 401: False}[anyone.with_token(key).get("/v1/me").status_code]


def test_a_pairing_token_gives_a_key_that_works(anyone: Speaker, brand: Brand) -> None:
    status, paired = pair(anyone, make_waiting(anyone, brand)["pairing_token"])
    assert status == 201
    assert is_known(anyone, paired["key"])


def test_the_terminal_learns_its_store_and_brand(anyone: Speaker, brand: Brand) -> None:
    store = make_store(brand, name="Bastille")
    waiting = make_waiting(anyone, brand, store_id=str(store.id))
    _, paired = pair(anyone, waiting["pairing_token"])
    assert (paired["store_id"], paired["store_name"], paired["brand"]) == (str(store.id), "Bastille", brand.code)


def test_a_pairing_token_works_once(anyone: Speaker, brand: Brand) -> None:
    token = make_waiting(anyone, brand)["pairing_token"]
    pair(anyone, token)
    status, answer = pair(anyone, token)
    assert (status, answer["code"]) == (401, "pairing_not_accepted")


def test_of_eight_pairings_at_once_one_wins(anyone: Speaker, brand: Brand) -> None:
    token = make_waiting(anyone, brand)["pairing_token"]
    answers = at_once(8, lambda _: pair(Speaker(anyone.client.application.test_client()), token))
    assert sorted(status for status, _ in answers) == [201] + [401] * 7


def test_a_pairing_token_is_over_after_fifteen_minutes(
    anyone: Speaker, brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = make_waiting(anyone, brand)["pairing_token"]
    instant = clock.now() + timedelta(minutes=15)
    monkeypatch.setattr(clock, "now", lambda: instant)
    assert pair(anyone, token)[0] == 401


def test_a_terminal_revoked_while_it_waits_cannot_be_paired(anyone: Speaker, brand: Brand) -> None:
    waiting = make_waiting(anyone, brand)
    make_admin(anyone, brand).post(f"/v1/terminals/{waiting['id']}/revocation")
    assert pair(anyone, waiting["pairing_token"])[0] == 401


def test_a_key_does_not_pair(anyone: Speaker, brand: Brand) -> None:
    _, key = make_terminal(make_store(brand))
    assert pair(anyone, key)[0] == 401


@pytest.mark.parametrize("token", ["", "a\0b", "x" * 201, None])
def test_a_malformed_pairing_token_is_refused(anyone: Speaker, token: str) -> None:
    assert pair(anyone, token)[0] == 422


def test_a_revoked_terminal_stops_at_once(anyone: Speaker, brand: Brand) -> None:
    terminal, key = make_terminal(make_store(brand))
    answer = make_admin(anyone, brand).post(f"/v1/terminals/{terminal.id}/revocation")
    assert (answer.status_code, answer.get_json()["revoked_at"] is not None) == (200, True)
    assert not is_known(anyone, key)


def test_revoking_twice_keeps_the_first_instant(anyone: Speaker, brand: Brand) -> None:
    terminal, _ = make_terminal(make_store(brand))
    admin = make_admin(anyone, brand)
    first, second = (admin.post(f"/v1/terminals/{terminal.id}/revocation").get_json() for _ in range(2))
    assert first == second


def test_another_brands_terminal_is_not_found(anyone: Speaker, brand: Brand) -> None:
    terminal, key = make_terminal(make_store(make_brand()))
    assert make_admin(anyone, brand).post(f"/v1/terminals/{terminal.id}/revocation").status_code == 404
    assert is_known(anyone, key)


@pytest.mark.parametrize("whose", ["another brand's", "nobody's"])
def test_a_store_that_is_not_ours_is_not_found(anyone: Speaker, brand: Brand, whose: str) -> None:
    store_id = make_store(make_brand()).id if whose == "another brand's" else uuid.uuid4()
    answer = make_admin(anyone, brand).post("/v1/terminals", {"store_id": str(store_id), "name": "Caisse 1"})
    assert answer.status_code == 404


def test_i_see_my_brands_terminals_only(anyone: Speaker, brand: Brand) -> None:
    make_terminal(make_store(make_brand()))
    terminal, _ = make_terminal(make_store(brand))
    listed = make_admin(anyone, brand).get("/v1/terminals").get_json()["items"]
    assert [item["id"] for item in listed] == [str(terminal.id)]


def test_a_list_shows_no_secret(anyone: Speaker, brand: Brand) -> None:
    make_waiting(anyone, brand)
    listed = make_admin(anyone, brand).get("/v1/terminals").get_json()["items"][0]
    told = {
        "hardware",
        "software",
        "reported_at",
        "clock_drift_s",
        "queue_length",
        "oldest_queued_at",
        "battery_percent",
    }
    assert set(listed) == told | {
        "id",
        "store_id",
        "name",
        "profile",
        "created_at",
        "paired_at",
        "revoked_at",
        "signs",
    }
