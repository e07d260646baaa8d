"""Passwords of console users: how many may be tried by whom, whom that keeps out, and what it costs the machine."""

import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock, config
from app.accounts import console_users, passwords
from app.accounts.errors import CredentialsNotAccepted, TooManyGuesses
from app.accounts.models import Brand, ConsoleUser
from app.accounts.passwords import NICENESS, PARAMETERS, is_outdated
from app.config import Config
from app.errors import CostlyDoorBusy
from app.ops import costly_doors
from app.ops.costly_doors import Door, keep_place
from app.sql import db
from tests.accounts.factories import PASSWORD, make_user_with_password, new_email
from tests.factories import make_brand, make_console_user
from tests.racing import at_once
from tests.speaking import Speaker
from tests.staff.factories import make_ticket
from tests.test_house import ROOT

WRONG = "not the password"


def somewhere(anyone: Speaker) -> Speaker:
    """A caller in a network of their own."""
    client: FlaskClient = anyone.client.application.test_client()
    return Speaker(client)


def sign_in(caller: Speaker, brand: Brand, email: str, password: str = PASSWORD, **given: str) -> TestResponse:
    body = {"brand": brand.code, "email": email, "password": password} | given
    return caller.post("/v1/console/sessions", body)


def fail(caller: Speaker, brand: Brand, email: str, times: int, **given: str) -> list[int]:
    return [sign_in(caller, brand, email, WRONG, **given).status_code for _ in range(times)]


@pytest.fixture
def user(brand: Brand) -> ConsoleUser:
    return make_user_with_password(brand)


def test_a_strangers_failures_do_not_keep_the_right_person_out(
    anyone: Speaker, brand: Brand, user: ConsoleUser
) -> None:
    assert fail(somewhere(anyone), brand, user.email, 11) == [401] * 10 + [429]
    assert sign_in(anyone, brand, user.email).status_code == 201


@pytest.mark.parametrize("known", [True, False])
def test_ten_failures_close_the_door_to_the_network_that_tries(anyone: Speaker, brand: Brand, known: bool) -> None:
    email = make_user_with_password(brand).email if known else new_email()
    assert fail(anyone, brand, email, 10) == [401] * 10
    answer = sign_in(anyone, brand, email)
    assert (answer.status_code, answer.get_json()["code"]) == (429, "too_many_guesses")
    assert answer.headers["RateLimit-Policy"] == '"passwords";q=10;w=900'


def test_the_door_opens_again_little_by_little(
    anyone: Speaker, brand: Brand, user: ConsoleUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(anyone, brand, user.email, 10)
    instant = clock.now() + timedelta(seconds=90)
    monkeypatch.setattr(clock, "now", lambda: instant)
    assert sign_in(anyone, brand, user.email).status_code == 201


def test_signing_in_uses_nothing_up(anyone: Speaker, brand: Brand, user: ConsoleUser) -> None:
    assert {sign_in(anyone, brand, user.email).status_code for _ in range(12)} == {201}


def test_a_closed_door_does_not_close_another_brands(anyone: Speaker, brand: Brand) -> None:
    other = make_brand()
    user = make_user_with_password(other)
    fail(anyone, brand, user.email, 10)
    assert sign_in(anyone, other, user.email).status_code == 201


def test_one_network_fails_thirty_times_whatever_the_address(anyone: Speaker, brand: Brand) -> None:
    answers = [sign_in(anyone, brand, new_email(), WRONG) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [401] * 30 + [429]
    assert answers[30].get_json()["code"] == "too_many_passwords"


def test_a_hundred_failures_a_day_close_an_address_to_unknown_devices_alone(
    anyone: Speaker, brand: Brand, user: ConsoleUser
) -> None:
    device = sign_in(anyone, brand, user.email).get_json()["device"]
    for _ in range(10):
        fail(somewhere(anyone), brand, user.email, 10)
    assert sign_in(somewhere(anyone), brand, user.email).status_code == 429
    assert sign_in(somewhere(anyone), brand, user.email, device=device).status_code == 201


def test_a_known_device_may_fail_ten_times_too(anyone: Speaker, brand: Brand, user: ConsoleUser) -> None:
    device = sign_in(anyone, brand, user.email).get_json()["device"]
    statuses = [fail(somewhere(anyone), brand, user.email, 1, device=device)[0] for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    assert sign_in(somewhere(anyone), brand, user.email).status_code == 201


def test_a_device_is_known_for_its_own_user_and_for_a_time(
    anyone: Speaker, brand: Brand, user: ConsoleUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = sign_in(anyone, brand, user.email).get_json()["device"]
    other = make_user_with_password(brand)
    fail(anyone, brand, other.email, 10)
    assert sign_in(anyone, brand, other.email, device=device).status_code == 429
    now, much_later = clock.now(), clock.now() + timedelta(days=91)
    assert console_users._read_device(device, brand.code, user.email, now=now) is not None
    assert console_users._read_device(device, brand.code, user.email, now=much_later) is None


@pytest.mark.parametrize("device", ["ici_d_", "ici_d_AAAA", "x" * 100])
def test_what_is_no_device_of_ours_is_none(anyone: Speaker, brand: Brand, user: ConsoleUser, device: str) -> None:
    assert sign_in(anyone, brand, user.email, device=device).status_code == 201


@pytest.fixture
def roomy(settings: Config, crowd: None) -> Iterator[None]:
    """A process of many threads, so that the door is what bounds them."""
    config.use_config(replace(settings, pool_size=64))
    yield
    config.use_config(settings)


@pytest.mark.usefixtures("roomy")
def test_of_thirty_wrong_passwords_at_once_ten_are_tried(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_behind_door", lambda door, work, asker: work())  # so that quotas alone bound them
    email = new_email()

    def attempt(_: int) -> str:
        given = {"brand": brand.code, "email": email, "password": WRONG, "device": None, "client": "192.0.2.1"}
        try:
            with db.transaction():
                console_users.prove_console_password(**given, now=clock.now())
        except (CredentialsNotAccepted, TooManyGuesses) as refusal:
            return refusal.code()
        return "in"

    outcomes = at_once(30, attempt)
    assert (outcomes.count("credentials_not_accepted"), outcomes.count("too_many_guesses")) == (10, 20)


def test_hashes_are_made_one_after_the_other(monkeypatch: pytest.MonkeyPatch, roomy: None) -> None:
    inside, most, counting = 0, 0, threading.Lock()

    class Slow:
        def hash(self, password: str) -> str:
            nonlocal inside, most
            with counting:
                inside, most = inside + 1, max(most, inside + 1)
            time.sleep(0.01)
            with counting:
                inside -= 1
            return password

    monkeypatch.setattr(passwords, "HASHER", Slow())
    at_once(8, lambda _: passwords.hash_password(PASSWORD))
    assert most <= costly_doors.KNOWN_PASSWORDS.at_once


def test_a_network_that_hashes_is_not_in_the_way_of_another(anyone: Speaker, brand: Brand, user: ConsoleUser) -> None:
    device = sign_in(anyone, brand, user.email).get_json()["device"]
    busy = anyone.client.environ_base["REMOTE_ADDR"]
    with keep_place(door=costly_doors.PASSWORDS, whose=busy):
        assert sign_in(anyone, brand, user.email).status_code == 503
        assert sign_in(anyone, brand, user.email, device=device).status_code == 201
    assert sign_in(anyone, brand, user.email).status_code == 201


def test_a_known_device_finds_a_thread_when_strangers_have_all_that_are_lent(
    anyone: Speaker, brand: Brand, user: ConsoleUser
) -> None:
    device = sign_in(anyone, brand, user.email).get_json()["device"]
    with keep_place(door=Door("one", 9)), keep_place(door=Door("two", 9)):
        assert sign_in(anyone, brand, user.email).status_code == 503
        assert sign_in(anyone, brand, user.email, device=device).status_code == 201


def test_a_hash_gives_way_to_everything_else() -> None:
    niceness = passwords._behind_door(
        costly_doors.PASSWORDS, lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    )
    assert niceness >= NICENESS


@pytest.fixture
def no_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> bool:
        raise CostlyDoorBusy(retry_after_s=1)

    monkeypatch.setattr(passwords, "_behind_door", busy)


def test_where_too_many_hash_already_one_is_told_to_come_again(
    anyone: Speaker, brand: Brand, user: ConsoleUser, no_place: None
) -> None:
    answers = [sign_in(anyone, brand, user.email) for _ in range(12)]
    assert {answer.status_code for answer in answers} == {503}
    assert (answers[0].get_json()["code"], answers[0].headers["Retry-After"]) == ("costly_door_busy", "1")


def test_a_chosen_password_is_hashed_behind_the_door(anyone: Speaker, brand: Brand, no_place: None) -> None:
    chosen = {"secret": make_ticket(make_console_user(brand), now=clock.now()), "password": PASSWORD}
    assert anyone.post("/v1/console/passwords", chosen).status_code == 503


def test_an_unknown_address_costs_as_many_hashes_and_statements_as_a_known_one(
    anyone: Speaker, brand: Brand, user: ConsoleUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords._decoy()
    counted: list[str] = []
    verify = passwords.HASHER.verify

    class Counting:
        def verify(self, password_hash: str, password: str) -> bool:
            counted.append("hash")
            return verify(password_hash, password)

    monkeypatch.setattr(passwords, "HASHER", Counting())
    fail(anyone, brand, user.email, 1)
    known = list(counted)
    counted.clear()
    fail(anyone, brand, new_email(), 1)
    assert counted == known == ["hash"]


def test_a_password_hashed_with_old_parameters_is_hashed_again(anyone: Speaker, brand: Brand) -> None:
    other = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash(PASSWORD)
    user = make_console_user(brand, password_hash=other)
    assert sign_in(anyone, brand, user.email).status_code == 201
    with db.system_transaction():
        found = db.get(ConsoleUser, user.id)
        assert found is not None
        assert not is_outdated(found.password_hash)


def test_passwords_are_hashed_with_the_parameters_of_rfc_9106() -> None:
    assert PasswordHasher.from_parameters(PARAMETERS).hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_nothing_else_makes_slow_hashes() -> None:
    files = [file for top in ("app", "geo", "wallet", "offers") for file in (ROOT / top).rglob("*.py")]
    makers = re.compile(r"\b(?:argon2|bcrypt|scrypt|pbkdf2\w*|(?<!google.auth import )crypt)\b")
    lines = [(file.name, line) for file in files for line in file.read_text().splitlines()]
    importing = {name for name, line in lines if line.startswith(("from ", "import ")) and makers.search(line)}
    assert importing == {"passwords.py"}
