"""Rectification of what opens the wallet: a new address counts once a code that went there came back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import clock
from app.messages.models import Sink, SinkNotice
from app.rights.models import RequestKind
from app.rights.requests import answers
from app.sql import db
from tests.accounts.factories import ask_code, new_email, other_than, sign_in
from tests.factories import NOON, make_brand, make_member
from tests.messages.factories import make_sink
from tests.racing import at_once
from tests.rights.factories import ask
from tests.speaking import Speaker

Signed = tuple[Speaker, str]


@pytest.fixture
def me(anyone: Speaker) -> Signed:
    email = new_email()
    return anyone.with_token(sign_in(anyone, email)["access_token"]), email


def addresses(phone: Speaker) -> set[str]:
    return {address["value"] for address in phone.get("/v1/me").get_json()["addresses"]}


def test_a_new_address_opens_the_same_wallet(anyone: Speaker, me: Signed) -> None:
    phone, old = me
    new = new_email()
    answer = phone.post("/v1/me/addresses", {"email": new, "code": ask_code(anyone, new)})
    assert answer.status_code == 200
    assert addresses(phone) == {old, new}
    assert sign_in(anyone, new)["member_id"] == sign_in(anyone, old)["member_id"]


def test_a_new_address_may_replace_the_old_one(anyone: Speaker, me: Signed) -> None:
    phone, old = me
    new = new_email()
    phone.post("/v1/me/addresses", {"email": new, "code": ask_code(anyone, new), "replaces": {"email": old}})
    assert addresses(phone) == {new}
    assert sign_in(anyone, old)["new_member"] is True


def test_an_address_that_is_not_proved_is_not_added(anyone: Speaker, me: Signed) -> None:
    phone, old = me
    new = new_email()
    answer = phone.post("/v1/me/addresses", {"email": new, "code": other_than(ask_code(anyone, new))})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "code_not_accepted")
    assert addresses(phone) == {old}


def test_wrong_codes_are_counted(anyone: Speaker, me: Signed) -> None:
    phone, _ = me
    new = new_email()
    code = ask_code(anyone, new)
    for _ in range(5):
        phone.post("/v1/me/addresses", {"email": new, "code": other_than(code)})
    assert phone.post("/v1/me/addresses", {"email": new, "code": code}).status_code == 401


def grown_old(anyone: Speaker, signed: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Speaker:
    """The same sign-in, a quarter of an hour later."""
    instant = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: instant)
    answer = anyone.post("/v1/sessions/refresh", {"refresh_token": signed["refresh_token"]})
    return anyone.with_token(answer.get_json()["access_token"])


def test_a_sign_in_of_long_ago_adds_no_address_and_uses_up_no_code(
    anyone: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, new = new_email(), new_email()
    thief = grown_old(anyone, sign_in(anyone, mine), monkeypatch)
    wish = {"email": new, "code": ask_code(anyone, new)}
    answer = thief.post("/v1/me/addresses", wish)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "sign_in_stale")
    assert addresses(thief) == {mine}
    again = anyone.with_token(sign_in(anyone, mine)["access_token"])
    assert again.post("/v1/me/addresses", wish).status_code == 200


def test_a_sign_in_of_long_ago_takes_no_address(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = new_email(), new_email()
    signed = sign_in(anyone, mine)
    anyone.with_token(signed["access_token"]).post(
        "/v1/me/addresses", {"email": other, "code": ask_code(anyone, other)}
    )
    thief = grown_old(anyone, signed, monkeypatch)
    answer = thief.post("/v1/me/addresses/removal", {"email": mine})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "sign_in_stale")
    assert addresses(thief) == {mine, other}


def test_an_address_of_another_wallet_is_refused(anyone: Speaker, me: Signed) -> None:
    phone, old = me
    theirs = new_email()
    sign_in(anyone, theirs)
    answer = phone.post("/v1/me/addresses", {"email": theirs, "code": ask_code(anyone, theirs)})
    assert (answer.status_code, answer.get_json()["code"]) == (409, "address_taken")
    assert addresses(phone) == {old}


def test_an_address_that_is_not_mine_cannot_be_replaced(anyone: Speaker, me: Signed) -> None:
    phone, old = me
    new, theirs = new_email(), new_email()
    sign_in(anyone, theirs)
    body = {"email": new, "code": ask_code(anyone, new), "replaces": {"email": theirs}}
    answer = phone.post("/v1/me/addresses", body)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "address_unknown")
    assert addresses(phone) == {old}


def test_an_address_is_removed_as_long_as_another_stays(anyone: Speaker, me: Signed) -> None:
    phone, old = me
    new = new_email()
    phone.post("/v1/me/addresses", {"email": new, "code": ask_code(anyone, new)})
    assert phone.post("/v1/me/addresses/removal", {"email": old}).status_code == 200
    assert addresses(phone) == {new}
    kept = phone.post("/v1/me/addresses/removal", {"email": new})
    assert (kept.status_code, kept.get_json()["code"]) == (409, "last_address_kept")


def test_of_two_removals_at_once_one_address_stays(anyone: Speaker, me: Signed) -> None:
    phone, old = me
    new = new_email()
    phone.post("/v1/me/addresses", {"email": new, "code": ask_code(anyone, new)})

    def remove(n: int) -> TestResponse:
        mine = Speaker(phone.client.application.test_client(), phone.token)
        return mine.post("/v1/me/addresses/removal", {"email": (old, new)[n]})

    answers = at_once(2, remove)
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert len(addresses(phone)) == 1


def notices_to(sink: Sink) -> list[str]:
    """What this sink must be told."""
    with db.system_transaction():
        return list(db.all_of(select(SinkNotice.kind).where(SinkNotice.sink_id == sink.id)))


def test_those_who_were_given_the_address_hear_that_it_changed(anyone: Speaker, me: Signed) -> None:
    phone, _ = me
    sink, new = make_sink(make_brand()), new_email()
    phone.post("/v1/me/addresses", {"email": new, "code": ask_code(anyone, new)})
    assert notices_to(sink) == ["rectification"]


def test_those_who_were_given_data_hear_that_it_was_corrected() -> None:
    brand, other = make_brand(), make_brand()
    sink, theirs = make_sink(brand), make_sink(other)
    asked = ask(make_member(), RequestKind.RECTIFICATION, brand=brand)
    with db.system_transaction():
        answers.answer_request(brand_id=brand.id, request_id=asked.id, text="Corrigé.", now=NOON)
    assert (notices_to(sink), notices_to(theirs)) == (["rectification"], [])
