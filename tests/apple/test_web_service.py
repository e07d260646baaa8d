"""Apple's five calls, as phones make them, and as strangers do."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from app.factory import Ici
from app.sql import db
from tests.apple.factories import TOKEN, Phone, make_pass, members_of, pass_type, proof, said_in
from tests.factories import made
from tests.issued.factories import as_now, end, refresh
from tests.racing import at_once
from wallet.apple import devices, registrations, web_service
from wallet.apple.models import ApplePush, AppleRegistration
from wallet.cards.models import Card
from wallet.issued.models import IssuedPass
from wallet.issued.revisions import refresh_some

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def change(held: IssuedPass) -> None:
    """Something that the pass says is another."""
    with made():
        refresh_some([held.id], now=datetime.now(UTC), anew=True)


def registered() -> list[AppleRegistration]:
    with made():
        return list(db.session().query(AppleRegistration).order_by(AppleRegistration.id))


def copies_of(held: IssuedPass) -> list[AppleRegistration]:
    return [one for one in registered() if one.pass_id == held.id]


def token_of(copy: AppleRegistration) -> str | None:
    return devices.open_push_token(copy.push_token, copy.device_hash)


def test_a_new_copy_is_201_and_a_known_one_200(phone: Phone) -> None:
    held = make_pass()
    assert [phone.register(held).status_code for _ in range(3)] == [201, 200, 200]


def test_of_registrations_at_once_one_is_new(phone: Phone, app: Ici, crowd: None) -> None:
    held = make_pass()
    phones = [Phone(app.test_client(), phone.id) for _ in range(8)]
    statuses = at_once(8, lambda number: phones[number].register(held).status_code)
    assert (sorted(statuses), len(copies_of(held))) == ([200] * 7 + [201], 1)


def test_passes_registered_at_once_are_all_listed(phone: Phone, app: Ici, crowd: None) -> None:
    passes = [make_pass() for _ in range(6)]
    phones = [Phone(app.test_client(), phone.id) for _ in passes]
    listed = set()

    def act(number: int) -> None:
        phones[number].register(passes[number])
        listed.update(phone.changed() if number == 0 else ())

    at_once(6, act)
    listed.update(phone.changed())
    assert (listed, phone.changed()) == ({held.serial for held in passes}, [])


def test_a_push_token_that_changed_is_kept_on_200(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    assert phone.register(held, "f" * 64).status_code == 200
    assert [token_of(one) for one in copies_of(held)] == ["f" * 64]


def test_a_holder_of_one_pass_cannot_redirect_the_pushes_of_another(phone: Phone) -> None:
    mine, theirs = make_pass(), make_pass()
    phone.register(theirs)
    Phone(phone.client, phone.id).register(mine, "e" * 64)
    assert [token_of(one) for one in copies_of(theirs)] == [TOKEN]


def test_what_is_kept_says_neither_phone_nor_token(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    [copy] = copies_of(held)
    assert phone.id.encode() not in copy.device_hash + copy.push_token
    assert TOKEN.encode() not in copy.push_token + copy.token_hash


def test_unregistering_is_200_twice_and_forgets_the_push_token(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    assert [phone.unregister(held).status_code for _ in range(2)] == [200, 200]
    assert copies_of(held) == []


Strange = Callable[[Phone, IssuedPass], TestResponse]


def wrong_token(phone: Phone, held: IssuedPass) -> TestResponse:
    return phone.client.get(f"/apple/v1/passes/{pass_type()}/{held.serial}", headers=proof(make_pass()))


def no_token(phone: Phone, held: IssuedPass) -> TestResponse:
    return phone.client.get(f"/apple/v1/passes/{pass_type()}/{held.serial}")


def another_scheme(phone: Phone, held: IssuedPass) -> TestResponse:
    return phone.client.get(f"/apple/v1/passes/{pass_type()}/{held.serial}", headers=proof(held, "Bearer"))


def unknown_serial(phone: Phone, held: IssuedPass) -> TestResponse:
    return phone.client.get(f"/apple/v1/passes/{pass_type()}/{'x' * 22}", headers=proof(held))


def another_type(phone: Phone, held: IssuedPass) -> TestResponse:
    return phone.client.get(f"/apple/v1/passes/pass.other/{held.serial}", headers=proof(held))


def wrong_token_to_register(phone: Phone, held: IssuedPass) -> TestResponse:
    return phone.client.post(phone.copy_at(held), headers=proof(make_pass()), json={"pushToken": TOKEN})


def wrong_token_to_unregister(phone: Phone, held: IssuedPass) -> TestResponse:
    return phone.client.delete(phone.copy_at(held), headers=proof(make_pass()))


@pytest.mark.parametrize(
    "strange",
    [
        wrong_token,
        no_token,
        another_scheme,
        unknown_serial,
        another_type,
        wrong_token_to_register,
        wrong_token_to_unregister,
    ],
)
def test_whatever_is_wrong_is_one_401_without_a_word(phone: Phone, strange: Strange) -> None:
    answer = strange(phone, make_pass())
    assert (answer.status_code, answer.data, answer.headers["WWW-Authenticate"]) == (401, b"", "ApplePass")


def test_an_erased_pass_is_401_for_its_own_token_too(phone: Phone) -> None:
    held = make_pass()
    with made():
        db.session().delete(db.session().merge(held))
    assert phone.fetch(held).status_code == 401


def test_the_list_is_200_once_and_then_204(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    assert [phone.changed(), phone.changed(), phone.changed()] == [[held.serial], [], []]


def test_every_pass_that_changed_is_listed_and_not_the_last_alone(phone: Phone) -> None:
    passes = [make_pass() for _ in range(3)]
    for held in passes:
        phone.register(held)
    phone.changed()
    for held in passes[:2]:
        change(held)
    assert phone.changed() == sorted(held.serial for held in passes[:2])
    assert phone.changed() == []


def test_two_changes_within_a_second_are_two(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    phone.changed()
    change(held)
    first = phone.changed(), phone.fetch(held).headers["Last-Modified"]
    change(held)
    assert (phone.changed(), phone.fetch(held, first[1]).status_code) == ([held.serial], 200)


def test_a_pass_that_changed_between_download_and_registration_is_listed(phone: Phone) -> None:
    """Another pass on the phone has moved its tag past the change."""
    early, other = make_pass(), make_pass()
    change(early)
    phone.register(other)
    change(other)
    phone.changed()
    phone.register(early)
    assert phone.changed() == [early.serial]


def test_a_pass_that_was_removed_and_added_again_is_listed(phone: Phone) -> None:
    held, other = make_pass(), make_pass()
    phone.register(other), phone.register(held)
    phone.changed()
    phone.unregister(held)
    phone.register(held)
    assert phone.changed() == [held.serial]


def test_a_pass_that_was_just_issued_moves_the_tag_past_nothing(phone: Phone) -> None:
    """Its number was not taken under the lock: a lower one may be under way."""
    held, fresh = make_pass(), make_pass()
    phone.register(held), phone.register(fresh)
    with made():
        db.execute(update(IssuedPass).where(IssuedPass.id == fresh.id).values(settling=0, revision=10**9))
    phone.changed()
    change(held)
    assert held.serial in phone.changed()


@pytest.mark.parametrize("tag", ["", "2026-05-18T10:00:00Z", "1780000000", "-1.0", "9" * 30, "1.2.3", "999999999.1"])
def test_a_tag_that_is_none_of_ours_lists_everything(phone: Phone, tag: str) -> None:
    held = make_pass()
    phone.register(held)
    assert phone.ask(tag).get_json()["serialNumbers"] == [held.serial]


def test_a_phone_that_is_unknown_is_told_as_much_as_one_without_news(phone: Phone) -> None:
    answer = phone.ask()
    assert (answer.status_code, answer.data, "Content-Type" in answer.headers) == (204, b"", False)


def test_a_pass_comes_whole_then_304(phone: Phone) -> None:
    held = make_pass()
    first = phone.fetch(held)
    assert (first.status_code, first.content_type) == (200, "application/vnd.apple.pkpass")
    again = phone.fetch(held, first.headers["Last-Modified"])
    assert (again.status_code, again.data) == (304, b"")


def test_last_modified_is_when_the_pass_changed(phone: Phone) -> None:
    held = make_pass()
    change(held)
    assert parsedate_to_datetime(phone.fetch(held).headers["Last-Modified"]) == as_now(held).changed_at


@pytest.mark.parametrize(
    ("since", "unchanged"),
    [
        (None, False),
        ("yesterday", False),
        ("Mon, 99 Jun 2026 12:00:00 GMT", False),
        ("Mon, 01 Jun 2026 11:59:59 GMT", False),
        ("Mon, 01 Jun 2026 12:00:00 GMT", True),
        ("Mon, 01 Jun 2026 12:00:00 -0000", True),
        ("Mon, 01 Jun 2026 12:00:30 GMT", True),
        ("Mon, 01 Jun 2026 12:02:00 GMT", False),
        ("Mon, 01 Jun 2099 12:00:00 GMT", False),
    ],
)
def test_only_an_instant_that_can_be_is_taken_at_its_word(since: str | None, unchanged: bool) -> None:
    assert web_service.is_unchanged(NOW, since, now=NOW + timedelta(minutes=1)) is unchanged


def test_our_own_instant_is_taken_also_while_it_is_still_to_come() -> None:
    assert web_service.is_unchanged(NOW, web_service.write_http_date(NOW), now=NOW - timedelta(seconds=5))


def test_an_ended_pass_comes_voided(phone: Phone) -> None:
    held = make_pass()
    end(held)
    refresh(now=datetime.now(UTC))
    assert said_in(phone.fetch(held).data)["voided"] is True


def test_another_device_than_a_phone_may_only_look(phone: Phone) -> None:
    """A reader that never registers, nor says what it has."""
    held = make_pass()
    assert [phone.fetch(held).status_code for _ in range(2)] == [200, 200]


@pytest.mark.parametrize("path", ["/apple//v1/passes", "/apple/v1//passes", "/apple///v1/passes"])
def test_a_slash_too_many_costs_nothing(phone: Phone, path: str) -> None:
    held = make_pass()
    assert phone.client.get(f"{path}/{pass_type()}/{held.serial}", headers=proof(held)).status_code == 200


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/json"])
def test_json_is_read_whatever_type_it_is_said_to_be(phone: Phone, kind: str | None) -> None:
    assert phone.register(make_pass(), content_type=kind).status_code == 201


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}", b'{"pushToken": 5}', b'{"pushToken": "a/b"}'])
def test_a_registration_without_a_push_token_is_400(phone: Phone, body: bytes) -> None:
    held = make_pass()
    assert (phone.register(held, data=body).status_code, copies_of(held)) == (400, [])


def test_head_says_what_get_says(phone: Phone) -> None:
    held = make_pass()
    answer = phone.client.head(f"/apple/v1/passes/{pass_type()}/{held.serial}", headers=proof(held))
    assert (answer.status_code, answer.data, "Last-Modified" in answer.headers) == (200, b"", True)


def test_a_storm_of_new_phones_is_slowed_and_known_ones_are_not(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    storm = [Phone(phone.client).register(held).status_code for _ in range(31)]
    assert (storm.count(201), storm[-1], phone.register(held).status_code) == (29, 429, 200)


def test_guessing_ids_of_phones_is_slowed(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registrations, "STRANGERS", registrations.STRANGERS._replace(name="apple-lists-few", most=3))
    assert [Phone(phone.client).ask().status_code for _ in range(4)] == [204, 204, 204, 429]


def test_a_registration_wakes_the_phone_once_for_what_it_may_have_missed(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    with made():
        waiting = db.session().get(ApplePush, (devices.hash_device(phone.id), pass_type()))
    assert waiting is not None


def test_a_card_that_is_renamed_reaches_the_phone(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    phone.changed()
    with made():
        db.execute(update(Card).where(Card.id == held.target_id).values(display_name="Léonie"))
    refresh(now=datetime.now(UTC))
    assert phone.changed() == [held.serial]
    assert "Léonie" in json.dumps(said_in(phone.fetch(held).data), ensure_ascii=False)


def test_a_pass_holds_what_a_phone_needs(phone: Phone) -> None:
    assert {"pass.json", "icon.png", "manifest.json", "signature"} <= members_of(phone.fetch(make_pass()).data).keys()
