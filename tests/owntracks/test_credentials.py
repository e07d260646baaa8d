"""A user and a password for one phone: shown once, ended by whoever gave them and by the end of their sign-in."""

import base64
import threading
import uuid

import pytest
from sqlalchemy import text

from app.sql import db
from tests.factories import made, make_member, member_token
from tests.owntracks.factories import OwntracksPhone
from tests.tracing import sent_statements


def status(phone, **other):
    return phone.send(b"", **other).status_code


def test_a_member_connects_a_phone_and_it_may_speak(phone):
    assert status(phone) == 200


def test_what_is_shown_once_is_kept_nowhere(phone, speaker, settings):
    (listed,) = speaker.get("/v1/owntracks-phones").json["items"]
    assert (listed["installation_id"], listed["watched"]) == (str(phone.installation_id), 0)
    with made():
        row = str(
            db.execute(
                text("SELECT * FROM owntracks_access WHERE installation_id = :i"), {"i": phone.installation_id}
            ).one()
        )
    assert phone.given["password"] not in row
    assert base64.b64encode(phone.given["password"].encode()).decode() not in row


def test_the_link_and_the_code_say_what_is_shown(phone):
    inline = phone.given["link"].removeprefix("owntracks:///config?inline=")
    assert phone.given["url"] == "http://localhost/v1/owntracks"
    assert phone.given["qr_svg"].startswith("<?xml")
    assert inline


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic ?", "Basic QQ==", "Bearer x", "Basic w6k6w6k=", "Basic " + "A" * 4000]
)
def test_whoever_proves_nothing_is_told_how_to(anyone, header):
    refused = anyone.client.post("/v1/owntracks", headers={"Authorization": header})
    assert (refused.status_code, refused.json["code"]) == (401, "owntracks_not_accepted")
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")


def test_a_token_of_the_wallet_is_no_password_and_a_password_no_token(phone, member, anyone):
    assert status(phone, password=member_token(member)) == 401
    assert anyone.with_token(phone.given["password"]).get("/v1/me").status_code == 401


def test_a_password_is_that_of_its_user(phone):
    assert status(phone, user="somebody") == 401
    assert status(phone, password=phone.given["password"].swapcase()) == 401


def test_a_wrong_password_costs_no_statement(phone):
    with sent_statements() as sent:
        assert status(phone, password="ici_o_" + "A" * 86) == 401
        assert status(phone, password="guess") == 401
    assert sent == []


def test_what_is_given_anew_ends_what_was_given_before(phone, speaker):
    before = phone.given
    phone.given = speaker.put(phone.address, {"platform": "ios"}).json
    assert status(phone) == 200
    assert status(phone, password=before["password"]) == 401


def test_of_credentials_that_are_given_at_once_the_last_ones_open(phone, speaker, crowd):
    given = []

    def connect():
        given.append(speaker.put(phone.address, {"platform": "ios"}).json)

    threads = [threading.Thread(target=connect) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(status(phone, password=one["password"]) for one in given) == [200] + [401] * 5


def test_a_member_disconnects_a_phone_at_once(phone, speaker):
    assert speaker.delete(phone.address).status_code == 204
    assert status(phone) == 401
    assert speaker.delete(phone.address).json["code"] == "owntracks_access_unknown"


def test_it_ends_with_the_sign_in_that_gave_it(phone, speaker):
    assert speaker.delete("/v1/sessions/current").status_code == 204
    assert status(phone) == 401


def test_it_ends_with_the_wallet(phone, member):
    with made():
        db.execute(text("DELETE FROM member WHERE member_id = :m"), {"m": member.id})
    assert status(phone) == 401


def test_a_phone_of_somebody_else_is_nobodys(phone, anyone):
    other = anyone.with_token(member_token(make_member()))
    assert other.delete(phone.address).status_code == 404
    assert other.get("/v1/owntracks-phones").json["items"] == []
    assert status(phone) == 200


def test_two_members_may_have_made_up_one_id(phone, anyone):
    other = OwntracksPhone(anyone.with_token(member_token(make_member())))
    other.installation_id = phone.installation_id
    other.given = other.member_phone.put(other.address, {"platform": "android"}).json
    assert (status(other), status(phone)) == (200, 200)
    assert status(phone, password=other.given["password"]) == 200  # the user is the same, the wallet the other's


def test_a_key_is_given_only_where_one_is_asked_for(speaker):
    assert OwntracksPhone(speaker).given["key"] is None
    assert len(OwntracksPhone(speaker, sealed=True).given["key"]) == 32


def test_an_unknown_system_is_refused(speaker):
    assert speaker.put(f"/v1/owntracks-phones/{uuid.uuid4()}", {"platform": "symbian"}).status_code == 422
