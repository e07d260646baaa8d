"""A member opens the link of their pass, waits a moment, and is at Google."""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from app import clock, config
from tests.factories import member_token
from tests.google.factories import ISSUER, balance, copy_of, object_id, tell
from tests.google.wallet_api import claims_in
from wallet.google import accounts, save_links
from wallet.issued.models import PassKind


@pytest.fixture
def link(speaker, google, card):
    """What the app is given for its button, as an address of ours."""
    answer = speaker.post(f"/v1/cards/{card.id}/pass")
    [url] = [each["url"] for each in answer.json["wallets"] if each["wallet"] == "google"]
    return urlsplit(url).path


def test_asking_for_the_pass_tells_google_nothing(link, google, held):
    assert copy_of(held) is None
    assert tell(now=clock.now()) == 0


def test_whoever_opens_it_waits_until_google_has_the_pass(link, anyone, google):
    waits = anyone.get(link)
    assert waits.status_code == 200
    assert waits.headers["Refresh"] == "2"
    assert "moment" in waits.get_data(as_text=True)
    tell(now=clock.now())
    goes = anyone.get(link)
    assert goes.status_code == 303
    assert "/gp/v/save/" in goes.headers["Location"]


def test_the_link_of_google_names_the_object_and_says_no_more(link, anyone, google, held):
    anyone.get(link)
    tell(now=clock.now())
    address = anyone.get(link).headers["Location"]
    claims = claims_in(address.rpartition("/")[2])
    class_id = copy_of(held).class_id
    assert claims["payload"] == {"loyaltyObjects": [{"id": object_id(held), "classId": class_id}]}
    assert (claims["aud"], claims["typ"], claims["iss"]) == ("google", "savetowallet", "ici@project.example")
    assert len(address) < 1800
    head = address.rpartition("/")[2].split(".")[0]
    assert json.loads(urlsafe_b64decode(head + "=="))["kid"] == "k1"


def test_when_google_is_away_the_member_is_told_so(link, anyone, google):
    google.fault = lambda method, path, ahead: 503 if ahead and "walletobjects" in path else None
    anyone.get(link)
    tell(now=clock.now())
    waits = anyone.get(link)
    assert waits.headers["Refresh"] == "15"
    assert "not answering" in waits.get_data(as_text=True)


def test_a_link_ends_after_a_quarter_of_an_hour(link, google):
    at = clock.now() + timedelta(minutes=16)
    assert save_links.follow_link(link.rpartition("/")[2], now=at).state == "gone"


def test_a_link_that_is_none_of_ours_says_that_it_is_no_longer_valid(anyone, google, link):
    gone = anyone.get(link[:-4] + "AAAA")
    assert gone.status_code == 410
    assert "no longer valid" in gone.get_data(as_text=True)


def test_an_ended_pass_is_not_added(link, anyone, speaker, google, held):
    speaker.delete(f"/v1/passes/{held.id}")
    assert anyone.get(link).status_code == 410


def test_the_page_is_in_french_for_who_reads_french(link, anyone, google):
    anyone.language = "fr"
    assert "Un instant" in anyone.get(link).get_data(as_text=True)


def test_without_an_account_the_wallet_is_not_available(speaker, card):
    answer = speaker.post(f"/v1/cards/{card.id}/pass")
    assert {each["wallet"]: each["state"] for each in answer.json["wallets"]}["google"] == "not_available"


def test_a_longest_link_is_short_enough(google):
    known = replace(accounts.access(), email="a" * 64 + "@" + "p" * 30 + ".iam.gserviceaccount.com", issuer="3" * 25)
    named = {"object_id": "3" * 25 + "." + "s" * 22, "class_id": "3" * 25 + ".card-" + "f" * 32}
    before = config.current()
    config.use_config(replace(before, public_url="https://" + "w" * 60 + ".example.org"))
    try:
        link = save_links.sign_save_link(kind=PassKind.CARD, known=known, now=clock.now(), **named)
    finally:
        config.use_config(before)
    assert len(link) < 1400


def test_somebody_elses_pass_needs_their_link(anyone, google, link, member, held):
    assert anyone.with_token(member_token(member)).get("/google/passes/" + str(held.id)).status_code == 410


def test_points_of_before_are_in_the_first_copy(link, anyone, google, sayings, held):
    sayings.change(held, balances=balance(77))
    anyone.get(link)
    tell(now=clock.now())
    assert google.things["loyaltyObject"][f"{ISSUER}.{held.serial}"]["loyaltyPoints"]["balance"] == {"int": 77}


def test_no_log_holds_a_link_a_serial_or_a_token(link, anyone, google, sayings, held, capfd):
    anyone.get(link)
    tell(now=clock.now())
    there = anyone.get(link).headers["Location"]
    google.fault = lambda method, path, ahead: 403 if ahead and "walletobjects" in path else None
    sayings.change(held, balances=balance(3), at=clock.now())
    tell(now=clock.now())
    written = "".join(capfd.readouterr())
    assert "google_not_told" in written
    secrets = [link.rpartition("/")[2], there.rpartition("/")[2], held.serial, *google.tokens]
    assert [secret for secret in secrets if secret in written] == []
