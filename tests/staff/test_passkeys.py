"""A passkey signs in by itself: for this site alone, once for each question, and only when its owner unlocked it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from app import clock
from app.accounts.models import Brand
from app.http.access import Role
from tests.accounts.factories import PASSWORD, make_admin
from tests.racing import at_once
from tests.sizes import chosen
from tests.speaking import Speaker
from tests.staff.factories import Person, answer_sign_in
from tests.staff.soft_key import SoftKey


@pytest.fixture
def person(anyone: Speaker, brand: Brand) -> Person:
    return Person(anyone, brand)


@pytest.fixture
def key(person: Person) -> SoftKey:
    """A passkey of that person."""
    made = SoftKey()
    assert person.add_passkey(made).status_code == 201
    return made


def send(anyone: Speaker, credential: Any) -> tuple[int, str | None]:
    answer = anyone.post("/v1/console/sessions/passkey", {"credential": credential})
    return answer.status_code, answer.get_json().get("code")


REFUSED = (401, "passkey_not_accepted")


def test_it_opens_without_a_password(person: Person, key: SoftKey) -> None:
    answer = person.anyone.post("/v1/console/sessions/passkey", {"credential": answer_sign_in(person.anyone, key)})
    assert (answer.status_code, answer.get_json()["name"]) == (201, "Camille")
    assert person.anyone.with_token(answer.get_json()["token"]).get("/v1/console/me").status_code == 200


def test_it_is_a_second_factor_by_itself(anyone: Speaker, brand: Brand) -> None:
    approver, mine = Person(anyone, brand, Role.APPROVER), SoftKey()
    make_admin(anyone, brand).put("/v1/console/sign-in-rules", {"second_factor_roles": ["approver"]})
    assert approver.me.get("/v1/stores").status_code == 403
    approver.add_passkey(mine)
    assert approver.me.get("/v1/stores").status_code == 200
    answer = anyone.post("/v1/console/sessions/passkey", {"credential": answer_sign_in(anyone, mine)})
    assert anyone.with_token(answer.get_json()["token"]).get("/v1/stores").status_code == 200


def test_with_the_first_factor_come_recovery_codes(person: Person) -> None:
    first, second = (person.add_passkey().get_json() for _ in range(2))
    assert (len(first["recovery_codes"]), second["recovery_codes"]) == (10, None)
    assert first["passkey"]["name"] == "Téléphone"


def test_a_password_alone_is_no_longer_enough(person: Person, key: SoftKey) -> None:
    answer = person.sign_in().get_json()
    assert (answer["code"], answer["facts"]) == ("second_factor_needed", {"factors": ["passkey", "recovery_code"]})


def test_an_answer_counts_once(person: Person, key: SoftKey) -> None:
    answer = answer_sign_in(person.anyone, key)
    assert [send(person.anyone, answer) for _ in range(2)] == [(201, None), REFUSED]


def test_an_answer_of_a_key_that_does_not_count_counts_once_too(person: Person) -> None:
    mine = SoftKey()
    person.add_passkey(mine)
    mine.count = -1  # phones that share a passkey leave their counter at nought
    answer = answer_sign_in(person.anyone, mine)
    assert [send(person.anyone, answer) for _ in range(2)] == [(201, None), REFUSED]


def test_of_eight_who_send_one_answer_at_once_one_is_let_in(person: Person, key: SoftKey, crowd: None) -> None:
    answer = answer_sign_in(person.anyone, key)

    def post(_: int) -> tuple[int, str | None]:
        return send(Speaker(person.anyone.client.application.test_client()), answer)

    assert sorted(at_once(8, post), key=str) == [(201, None)] + [REFUSED] * 7


def of_another_site(_: SoftKey) -> SoftKey:
    return SoftKey(site="evil.example")


def of_another_page(_: SoftKey) -> SoftKey:
    return SoftKey(origin="https://evil.example")


def not_unlocked(_: SoftKey) -> SoftKey:
    return SoftKey(verifies=False)


def with_another_private_key(_: SoftKey) -> SoftKey:
    return SoftKey()


@pytest.mark.parametrize("wrong", [of_another_site, of_another_page, not_unlocked, with_another_private_key])
def test_whatever_is_wrong_the_answer_is_the_same(
    person: Person, key: SoftKey, wrong: Callable[[SoftKey], SoftKey]
) -> None:
    other = wrong(key)
    other.id, other.count = key.id, 10
    if wrong is not with_another_private_key:
        other.private = key.private
    assert send(person.anyone, answer_sign_in(person.anyone, other)) == REFUSED


def test_a_stranger_hears_the_same(anyone: Speaker) -> None:
    assert send(anyone, answer_sign_in(anyone, SoftKey())) == REFUSED


def test_a_counter_that_goes_back_is_a_copy(person: Person, key: SoftKey) -> None:
    key.count = 7
    assert send(person.anyone, answer_sign_in(person.anyone, key))[0] == 201
    key.count = 3
    assert send(person.anyone, answer_sign_in(person.anyone, key)) == REFUSED


def test_a_question_ends_after_five_minutes(person: Person, key: SoftKey, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = answer_sign_in(person.anyone, key)
    later = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert send(person.anyone, answer) == REFUSED


def test_a_question_of_ones_own_making_is_none(person: Person, key: SoftKey) -> None:
    assert send(person.anyone, key.get({"challenge": bytes_to_base64url(bytes(64))})) == REFUSED


def test_a_question_for_a_new_passkey_signs_nobody_in(person: Person, key: SoftKey) -> None:
    asked = person.me.post("/v1/console/me/passkey-challenges", {"password": PASSWORD}).get_json()
    assert send(person.anyone, key.get(asked["public_key"])) == REFUSED


def test_a_question_of_another_person_registers_nothing(person: Person) -> None:
    other = Person(person.anyone, person.brand)
    asked = other.me.post("/v1/console/me/passkey-challenges", {"password": PASSWORD}).get_json()
    sent = {"name": "Clé", "credential": SoftKey().create(asked["public_key"])}
    assert person.me.post("/v1/console/me/passkeys", sent).get_json()["code"] == "passkey_not_accepted"


def test_one_passkey_belongs_to_one_person(person: Person, key: SoftKey) -> None:
    answer = Person(person.anyone, person.brand).add_passkey(key)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "passkey_known")


def test_a_passkey_is_added_with_the_password_only(person: Person) -> None:
    answer = person.me.post("/v1/console/me/passkey-challenges", {"password": "not the password"})
    assert answer.status_code == 401


def test_a_passkey_that_nobody_unlocked_is_not_added(person: Person) -> None:
    assert person.add_passkey(SoftKey(verifies=False)).get_json()["code"] == "passkey_not_accepted"


def test_who_is_disabled_does_not_come_in(person: Person, key: SoftKey) -> None:
    make_admin(person.anyone, person.brand).post(f"/v1/console/users/{person.user.id}/disabling")
    assert send(person.anyone, answer_sign_in(person.anyone, key)) == REFUSED


def test_a_passkey_that_was_removed_opens_nothing(person: Person, key: SoftKey) -> None:
    [mine] = person.me.get("/v1/console/me").get_json()["passkeys"]
    sent = {"password": PASSWORD, "passkey_id": mine["id"]}
    statuses = [person.me.post("/v1/console/me/passkeys/removal", sent).status_code for _ in range(2)]
    assert statuses == [204, 404]
    assert send(person.anyone, answer_sign_in(person.anyone, key)) == REFUSED
    assert person.sign_in().status_code == 201


def test_another_persons_passkey_is_not_found(person: Person, key: SoftKey) -> None:
    [mine] = person.me.get("/v1/console/me").get_json()["passkeys"]
    other = Person(person.anyone, person.brand)
    answer = other.me.post("/v1/console/me/passkeys/removal", {"password": PASSWORD, "passkey_id": mine["id"]})
    assert answer.status_code == 404


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9), lambda inner: st.lists(inner, max_size=2)
)
PARTS = ("rawId", "id", "type", "clientDataJSON", "authenticatorData", "signature", "attestationObject")


@pytest.mark.parametrize("path", ["/v1/console/sessions/passkey", "/v1/console/me/passkeys"])
def test_whatever_a_stranger_makes_of_an_answer_is_refused(person: Person, key: SoftKey, path: str) -> None:
    @settings(max_examples=chosen().malformed * 3, deadline=None)
    @given(st.sampled_from(PARTS), JSON | st.binary(max_size=60).map(bytes_to_base64url))
    def refuse(part: str, value: Any) -> None:
        registers = path.endswith("passkeys")
        if registers:
            asked = person.me.post("/v1/console/me/passkey-challenges", {"password": PASSWORD}).get_json()
            credential = SoftKey().create(asked["public_key"])
        else:
            credential = answer_sign_in(person.anyone, key)
        holder = credential["response"] if part in credential["response"] else credential
        if part not in holder or holder[part] == value:
            return
        holder[part] = value
        sent = {"credential": credential} | ({"name": "Clé"} if registers else {})
        assert person.me.post(path, sent).status_code in (401, 422)

    refuse()


def test_the_document_of_the_question_is_what_browsers_take(person: Person) -> None:
    asked = person.me.post("/v1/console/me/passkey-challenges", {"password": PASSWORD}).get_json()["public_key"]
    assert asked["rp"] == {"id": "localhost", "name": person.brand.name}
    assert base64url_to_bytes(asked["user"]["id"]) == person.user.id.bytes
    assert asked["authenticatorSelection"]["userVerification"] == "required"
