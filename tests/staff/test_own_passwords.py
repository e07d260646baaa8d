"""One's own password: forgotten, replaced, and never too easy to guess."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.accounts import console_users, passwords
from app.accounts.models import Brand, ConsoleUser
from app.carriers import outgoing_mail
from app.carriers.errors import ChannelUnavailable
from app.sql import db
from app.staff.tickets import choose_password
from tests.accounts.factories import PASSWORD, make_user_with_password, messages_to, new_email
from tests.factories import NOON, console_token, make_brand
from tests.racing import at_once
from tests.speaking import Speaker
from tests.staff.factories import OTHER_PASSWORD, Person, make_ticket, secret_sent_to


@pytest.fixture
def person(anyone: Speaker, brand: Brand) -> Person:
    return Person(anyone, brand)


def ask_reset(anyone: Speaker, brand: str, email: str) -> tuple[int, dict[str, Any]]:
    answer = anyone.post("/v1/console/password-resets", {"brand": brand, "email": email})
    return answer.status_code, {name: said for name, said in answer.get_json().items() if name != "instance"}


def choose(anyone: Speaker, secret: str, password: str = OTHER_PASSWORD) -> int:
    return anyone.post("/v1/console/passwords", {"secret": secret, "password": password}).status_code


def change(person: Person, old: str = PASSWORD, new: str = OTHER_PASSWORD) -> int:
    return person.me.put("/v1/console/me/password", {"old_password": old, "new_password": new}).status_code


def test_a_forgotten_password_is_replaced_by_mail(person: Person) -> None:
    assert ask_reset(person.anyone, person.brand.code, person.user.email) == (202, {"expires_in_s": 3600})
    assert choose(person.anyone, secret_sent_to(person.user.email)) == 201
    assert [person.sign_in(one).status_code for one in (PASSWORD, OTHER_PASSWORD)] == [401, 201]


def test_a_reset_ends_every_session(person: Person) -> None:
    choose(person.anyone, make_ticket(person.user, now=clock.now()))
    assert person.me.get("/v1/console/me").status_code == 401


def test_a_reset_tells_its_owner(person: Person) -> None:
    choose(person.anyone, make_ticket(person.user, now=clock.now()))
    assert "vient d'être changé" in messages_to(person.user.email)[-1]["text"]


def strangers(brand: Brand) -> list[tuple[str, str]]:
    gone = make_user_with_password(brand, disabled_at=NOON)
    return [(brand.code, new_email()), ("no-such-brand", new_email()), (brand.code, gone.email)]


def test_nothing_tells_whether_an_address_is_known(person: Person) -> None:
    known = ask_reset(person.anyone, person.brand.code, person.user.email)
    assert [ask_reset(person.anyone, *one) for one in strangers(person.brand)] == [known] * 3


def test_a_stranger_is_mailed_nothing(anyone: Speaker, brand: Brand) -> None:
    for code, email in strangers(brand):
        ask_reset(anyone, code, email)
        assert messages_to(email) == []


def test_a_mail_server_that_is_away_tells_nothing_either(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise ChannelUnavailable

    monkeypatch.setattr(outgoing_mail, "post_letter", away)
    assert ask_reset(person.anyone, person.brand.code, person.user.email)[0] == 202


@pytest.mark.parametrize("known", [True, False])
def test_five_links_an_hour_known_or_not(person: Person, known: bool) -> None:
    email = person.user.email if known else new_email()
    statuses = [ask_reset(person.anyone, person.brand.code, email)[0] for _ in range(6)]
    assert statuses == [202] * 5 + [429]


def test_a_stranger_who_asks_for_links_closes_nothing(person: Person) -> None:
    mine = make_ticket(person.user, now=clock.now())
    ask_reset(person.anyone, person.brand.code, person.user.email)
    assert person.sign_in().status_code == 201
    assert choose(person.anyone, mine) == 201


def test_using_one_link_voids_the_others(person: Person) -> None:
    first, second = (make_ticket(person.user, now=clock.now()) for _ in range(2))
    assert [choose(person.anyone, one) for one in (first, second)] == [201, 401]


def test_two_links_of_one_person_at_once_choose_once(person: Person) -> None:
    links = [make_ticket(person.user, now=clock.now()) for _ in range(4)]

    def send(number: int) -> int:
        return choose(Speaker(person.anyone.client.application.test_client()), links[number])

    assert sorted(at_once(4, send)) == [201, 401, 401, 401]


def test_a_link_of_a_reset_ends_after_an_hour(person: Person) -> None:
    assert choose(person.anyone, make_ticket(person.user, now=clock.now() - timedelta(hours=1))) == 401


def test_a_changed_password_opens_and_the_old_one_does_not(person: Person) -> None:
    assert change(person) == 204
    assert [person.sign_in(one).status_code for one in (PASSWORD, OTHER_PASSWORD)] == [401, 201]


def test_a_change_ends_my_other_sessions_and_keeps_this_one(person: Person) -> None:
    there = person.anyone.with_token(console_token(person.user))
    change(person)
    assert [one.get("/v1/console/me").status_code for one in (person.me, there)] == [200, 401]


def test_a_change_voids_links_that_were_open(person: Person) -> None:
    link = make_ticket(person.user, now=clock.now())
    change(person)
    assert choose(person.anyone, link) == 401


def test_a_change_needs_the_old_password(person: Person) -> None:
    assert change(person, old="not the password") == 401
    assert person.sign_in().status_code == 201


def test_ten_wrong_old_passwords_close_the_change_and_not_the_door(person: Person) -> None:
    assert [change(person, old="not the password") for _ in range(11)] == [401] * 10 + [429]
    assert person.sign_in().status_code == 201


def test_of_two_changes_at_once_one_holds(person: Person) -> None:
    token = person.me.token

    def send(number: int) -> int:
        me = Speaker(person.anyone.client.application.test_client(), token)
        sent = {"old_password": PASSWORD, "new_password": f"{OTHER_PASSWORD} {number}"}
        return me.put("/v1/console/me/password", sent).status_code

    assert sorted(at_once(2, send)) == [204, 401]


def test_a_password_that_was_replaced_while_it_was_checked_opens_nothing(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = make_ticket(person.user, now=clock.now())

    def replaced_meanwhile(*given: Any, **named: Any) -> bool:
        def replace(_: int) -> None:
            with db.system_transaction():
                choose_password(secret=link, password=OTHER_PASSWORD, now=clock.now())

        at_once(1, replace)
        return passwords.password_matches(*given, **named)

    monkeypatch.setattr(console_users, "password_matches", replaced_meanwhile)
    assert person.sign_in().status_code == 401


def test_a_password_has_one_form_whatever_keyboard_wrote_it(person: Person) -> None:
    decomposed, composed = "e\u0301picerie \ufb01lante cactus", "épicerie filante cactus"
    assert change(person, new=decomposed) == 204
    assert person.sign_in(composed).status_code == 201


EASY: dict[str, Callable[[ConsoleUser, Brand], str]] = {
    "common in English": lambda _u, _b: "password1234567",
    "common in French": lambda _u, _b: "motdepasse123456",
    "twice a common word": lambda _u, _b: "bonjourbonjour1",
    "digits in a row": lambda _u, _b: "123456789012345",
    "one key": lambda _u, _b: "aaaaaaaaaaaaaaaaa",
    "keys in a row": lambda _u, _b: "azertyuiop123456",
    "the job": lambda _u, _b: "Administrateur1!",
    "the brand": lambda _u, b: f"{b.name} 2026",
    "its code": lambda _u, b: f"{b.code}{b.code}",
    "the person's address": lambda u, _b: f"{u.email}1",
    "the person's name": lambda u, _b: f"{u.name}{u.name}{u.name}1",
}


@pytest.mark.parametrize("easy", EASY.values(), ids=EASY)
def test_what_is_guessed_first_is_refused(person: Person, easy: Callable[[ConsoleUser, Brand], str]) -> None:
    sent = {"old_password": PASSWORD, "new_password": easy(person.user, person.brand)}
    answer = person.me.put("/v1/console/me/password", sent)
    said = [(one["pointer"], one["code"]) for one in answer.get_json()["errors"]]
    assert said == [("/new_password", "password_guessable")]


@pytest.mark.parametrize("good", ["violon brouette cactus", "trois vélos sous la pluie", "ñandú über žluťoučký"])
def test_no_kind_of_sign_is_asked_for(person: Person, good: str) -> None:
    assert change(person, new=good) == 204


@pytest.mark.parametrize(("length", "status"), [(14, 422), (15, 204), (200, 204), (201, 422)])
def test_a_password_has_15_to_200_characters(person: Person, length: int, status: int) -> None:
    words = "lampadaire violet sous le cactus endormi de la brouette " * 4
    assert change(person, new=words[:length].strip().ljust(length, "k")) == status


def test_another_brands_user_of_that_address_keeps_their_password(person: Person) -> None:
    twin = make_user_with_password(make_brand(), email=person.user.email)
    choose(person.anyone, make_ticket(person.user, now=clock.now()))
    with db.system_transaction():
        kept = db.session().get_one(ConsoleUser, twin.id)
    assert passwords.password_matches(PASSWORD, kept.password_hash)
