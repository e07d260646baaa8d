"""What a stranger tries at somebody's address takes nothing from that person, and stays a guess among millions."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from app import config
from app.accounts.addresses import Address, email_address
from app.accounts.errors import CodeNotAccepted, TooManyCodes, TooManyGuesses
from app.accounts.models import OneTimeCode
from app.config import Config
from app.sql import db
from tests.accounts.codes import (
    ELSEWHERE,
    NOW,
    THIRD,
    ask,
    failures_of,
    guess_wrong,
    new_address,
    prove,
    send,
)
from tests.accounts.factories import ask_code, last_code, messages_to, new_email, other_than
from tests.racing import at_once
from tests.speaking import Speaker


def besiege(address: Address) -> None:
    """Strangers in two networks try all that may be tried at an address."""
    then = NOW - timedelta(hours=2)
    requests = [(client, ask(address, client=client, now=then).handle) for client in (ELSEWHERE, THIRD) * 2]
    for client, handle in requests:
        guess_wrong(address, last_code(address.value), times=5, handle=handle, client=client, now=then)


def has_left(address: Address) -> int:
    return len(messages_to(address.value))


def test_twenty_four_requests_of_a_stranger_take_nothing_from_the_person() -> None:
    address = new_address()
    for hour in range(2):
        now = NOW + timedelta(hours=hour)
        handle, code = ask(address, client=ELSEWHERE, now=now).handle, last_code(address.value)
        guess_wrong(address, code, times=5, handle=handle, client=ELSEWHERE, now=now)
        with pytest.raises((CodeNotAccepted, TooManyGuesses)):
            prove(address, code, handle=handle, client=ELSEWHERE, now=now)
    later = NOW + timedelta(hours=2)
    mine = ask(address, now=later)
    code = last_code(address.value)
    assert len(code) == 6
    prove(address, code, handle=mine.handle, now=later)


def test_a_strangers_guesses_use_up_their_own_request_alone() -> None:
    address = new_address()
    mine, theirs = ask(address), ask(address, client=ELSEWHERE)
    code = last_code(address.value)
    guess_wrong(address, code, times=5, handle=theirs.handle, client=ELSEWHERE)
    prove(address, code, handle=mine.handle)


def test_a_used_up_request_is_refused_even_with_the_right_code() -> None:
    address = new_address()
    asked = ask(address)
    code = last_code(address.value)
    guess_wrong(address, code, times=5, handle=asked.handle)
    with pytest.raises(CodeNotAccepted):
        prove(address, code, handle=asked.handle)


def test_the_mail_that_came_last_is_right_whoever_asked_for_it() -> None:
    address = new_address()
    mine = ask(address)
    code = send(address, client=ELSEWHERE, now=NOW + timedelta(minutes=6))
    prove(address, code, handle=mine.handle, now=NOW + timedelta(minutes=7))


def test_whoever_asks_again_within_five_minutes_is_sent_the_same_code() -> None:
    address = new_address()
    codes = [send(address, now=NOW + timedelta(seconds=second)) for second in (0, 299, 300)]
    assert codes[0] == codes[1]
    assert codes[1] != codes[2]


def test_a_code_that_two_requests_share_works_once() -> None:
    address = new_address()
    first, second = ask(address), ask(address)
    prove(address, last_code(address.value), handle=first.handle)
    with pytest.raises(CodeNotAccepted):
        prove(address, last_code(address.value), handle=second.handle)


@pytest.mark.parametrize("handle", ["", "ici_h_AAAA", "another"])
def test_a_handle_that_is_none_of_this_address_tries_nothing(handle: str) -> None:
    address = new_address()
    code = send(address)
    with pytest.raises(CodeNotAccepted):
        prove(address, code, handle=handle)
    with pytest.raises(CodeNotAccepted):
        prove(address, code, handle=ask(new_address()).handle)
    assert failures_of(address) == 0


def test_without_a_handle_guesses_belong_to_the_network_that_asked() -> None:
    address = new_address()
    ask(address)
    code = send(address, client=ELSEWHERE)
    guess_wrong(address, code, times=5, client=ELSEWHERE)
    prove(address, code)


def test_a_phone_that_changed_networks_gets_in_without_a_handle() -> None:
    address = new_address()
    prove(address, send(address), client=ELSEWHERE)


def test_five_guesses_a_day_are_taken_from_networks_that_asked_for_nothing() -> None:
    address = new_address()
    code = send(address)
    for number in range(5):
        guess_wrong(address, code, client=f"198.51.100.{number}")
    with pytest.raises(TooManyGuesses):
        prove(address, code, client=THIRD)
    prove(address, code)


def test_one_network_tries_so_many_codes_over_all_addresses(settings: Config) -> None:
    config.use_config(replace(settings, mailed_codes_per_network=3))
    try:
        for number in range(3):
            address = new_address()
            guess_wrong(address, send(address, client=f"198.51.100.{number}"), client=ELSEWHERE)
        with pytest.raises(TooManyGuesses) as refusal:
            prove(address, last_code(address.value), client=ELSEWHERE)
    finally:
        config.use_config(settings)
    assert refusal.value.retry_after_s == 1200
    prove(address, last_code(address.value))


def test_right_codes_use_up_nothing_of_a_network(settings: Config) -> None:
    config.use_config(replace(settings, mailed_codes_per_network=1))
    try:
        for number in range(3):
            address = new_address()
            prove(address, send(address, client=f"198.51.100.{number}"))
    finally:
        config.use_config(settings)


def test_one_network_tries_ten_codes_a_day_at_an_address() -> None:
    address = new_address()
    for hour in range(2):
        guess_wrong(address, send(address, now=NOW + timedelta(hours=hour)), times=5, now=NOW + timedelta(hours=hour))
    now = NOW + timedelta(hours=2)
    code = send(address, client=ELSEWHERE, now=now)
    with pytest.raises(TooManyGuesses):
        prove(address, code, now=now)
    prove(address, code, client=ELSEWHERE, now=now)


def test_after_twenty_wrong_codes_a_day_no_short_one_is_taken_until_the_day_is_over() -> None:
    address = new_address()
    short = ask(address, now=NOW - timedelta(minutes=1))
    code = last_code(address.value)
    besiege(address)
    with pytest.raises(TooManyGuesses) as refusal:
        prove(address, code, handle=short.handle)
    assert refusal.value.retry_after_s == 22 * 3600


def test_a_besieged_person_gets_in_with_a_long_code() -> None:
    address = new_address()
    besiege(address)
    ask(address)
    message = messages_to(address.value)[-1]["text"]
    code = last_code(address.value)
    assert len(code) == 12
    assert "plusieurs codes erronés" in message
    prove(address, code, client="203.0.113.77")


def test_guesses_at_a_long_code_close_nothing() -> None:
    address = new_address()
    besiege(address)
    code = send(address)
    wrong = f"{(int(code) + 1) % 10**12:012d}"
    for _ in range(30):
        with pytest.raises(CodeNotAccepted):
            prove(address, wrong, client=ELSEWHERE)
    prove(address, code)


def test_whoever_mistypes_ten_times_gets_a_long_code_too() -> None:
    address = new_address()
    for hour in range(2):
        guess_wrong(address, send(address, now=NOW + timedelta(hours=hour)), times=5, now=NOW + timedelta(hours=hour))
    later = NOW + timedelta(hours=2)
    code = send(address, now=later)
    assert len(code) == 12
    prove(address, code, now=later)


def test_a_stranger_makes_a_person_receive_five_mails_at_once_and_one_in_two_hours_in_the_end() -> None:
    address = new_address()
    for minute in range(0, 24 * 60, 10):
        try:
            ask(address, client=ELSEWHERE, now=NOW + timedelta(minutes=minute))
        except TooManyCodes:
            continue
    assert 12 <= has_left(address) <= 24


def test_where_no_more_mail_may_leave_the_last_code_works_with_a_new_handle() -> None:
    address = new_address()
    for number in range(6):
        ask(address, client=f"198.51.100.{number}")
    mine = ask(address)
    assert (mine.sent, has_left(address)) == (False, 6)
    prove(address, last_code(address.value), handle=mine.handle)


def test_handles_for_which_nothing_leaves_are_few_too() -> None:
    address = new_address()
    for _ in range(15):
        ask(address)
    with pytest.raises(TooManyCodes) as refusal:
        ask(address)
    assert refusal.value.retry_after_s == 360


def test_a_person_whose_mails_are_used_up_always_has_a_code_that_lives() -> None:
    address = new_address()
    for minute in range(120):
        now = NOW + timedelta(minutes=minute)
        for number in range(3):
            try:
                ask(address, client=f"198.51.100.{(minute * 3 + number) % 250}", now=now)
            except TooManyCodes:
                continue
        asked = ask(address, client=f"2001:db8::{minute}", now=now + timedelta(seconds=30))
        assert asked.lasting >= timedelta(minutes=4)


def test_a_sixth_code_for_one_network_is_refused_once_the_last_is_over() -> None:
    address = new_address()
    for _ in range(5):
        ask(address)
    with pytest.raises(TooManyCodes) as refusal:
        ask(address, now=NOW + timedelta(minutes=10))
    assert refusal.value.retry_after_s == 120
    assert ask(address, now=NOW + timedelta(minutes=12)).sent


def requests_at_once(anyone: Speaker, email: str, count: int) -> list[bool]:
    client = anyone.client

    def ask_by_http(_: int) -> bool:
        other = client.application.test_client()
        other.environ_base["REMOTE_ADDR"] = client.environ_base["REMOTE_ADDR"]
        answer = Speaker(other).post("/v1/sign-in-codes", {"email": email})
        assert answer.status_code == 202
        return bool(answer.get_json()["sent"])

    return at_once(count, ask_by_http)


def test_ten_requests_at_once_send_five_codes(anyone: Speaker) -> None:
    email = new_email()
    assert sorted(requests_at_once(anyone, email, 10)) == [False] * 5 + [True] * 5
    assert len({last["text"] for last in messages_to(email)}) == 1
    assert len(messages_to(email)) == 5


def test_twenty_guesses_at_once_are_five_tries(anyone: Speaker) -> None:
    email = new_email()
    handle = anyone.post("/v1/sign-in-codes", {"email": email}).get_json()["handle"]
    wrong = {"email": email, "code": other_than(last_code(email)), "handle": handle}

    def guess(_: int) -> int:
        return Speaker(anyone.client.application.test_client()).post("/v1/sessions", wrong).status_code

    assert set(at_once(20, guess)) == {401}
    assert failures_of(email_address(email)) == 5


def test_an_app_signs_in_with_code_and_handle(anyone: Speaker) -> None:
    email = new_email()
    handle = anyone.post("/v1/sign-in-codes", {"email": email}).get_json()["handle"]
    answer = anyone.post("/v1/sessions", {"email": email, "code": last_code(email), "handle": handle})
    assert answer.status_code == 201


def test_an_app_of_before_signs_in_with_the_code_alone(anyone: Speaker) -> None:
    email = new_email()
    assert anyone.post("/v1/sessions", {"email": email, "code": ask_code(anyone, email)}).status_code == 201


def test_a_code_that_a_server_of_the_release_before_made_can_be_tried() -> None:
    address = new_address()
    ask(address)
    code = last_code(address.value)
    with db.system_transaction():
        mine = OneTimeCode.address_hash == address.hashed()
        db.execute(update(OneTimeCode).where(mine).values(code_id=None, client_hash=None))
    assert ask(address).sent
    prove(address, code)
