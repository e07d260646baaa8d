"""Google says that a copy was saved or taken out: proven, once, and in its order."""

import json
import time
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock, config
from app.sql import db
from tests.factories import made
from tests.google.factories import ISSUER, balance, copy_of, object_id, tell, want
from tests.racing import at_once
from tests.speaking import Speaker
from wallet.google.callbacks import events, root_keys
from wallet.google.callbacks.events import CallbackTaken

DOOR = "/google/callbacks"


@pytest.fixture(autouse=True)
def fresh_keys():
    root_keys._fetched.clear()


@pytest.fixture
def told(google, held):
    want(held, now=clock.now())
    tell(now=clock.now())
    return held


def message(held, event="save", *, in_s=600, **given):
    copy = copy_of(held)
    said = {
        "classId": copy.class_id,
        "objectId": object_id(held),
        "eventType": event,
        "expTimeMillis": int((time.time() + in_s) * 1000),
        "count": 1,
        "nonce": str(uuid.uuid4()),
    }
    return said | given


def send(anyone, google, said):
    return anyone.post(DOOR, json=google.signer.envelope(said, issuer=ISSUER)).status_code


def test_a_saved_copy_is_known_since_then(anyone, google, told):
    assert send(anyone, google, message(told)) == 200
    assert copy_of(told).saved_at is not None


def test_a_copy_that_is_taken_out_is_emptied_and_told_nothing_more(anyone, google, sayings, told):
    send(anyone, google, message(told))
    send(anyone, google, message(told, "del", in_s=601))
    tell(now=clock.now())
    assert set(google.things["loyaltyObject"][object_id(told)]) == {"id", "classId", "state"}
    sayings.change(told, balances=balance(99), at=clock.now())
    assert tell(now=clock.now()) == 0
    assert copy_of(told).saved_at is None


def test_one_that_comes_back_is_whole_again(anyone, google, sayings, told):
    sayings.change(told, balances=balance(99), at=clock.now())
    send(anyone, google, message(told, "del"))
    tell(now=clock.now())
    send(anyone, google, message(told, "save", in_s=602))
    tell(now=clock.now())
    there = google.things["loyaltyObject"][object_id(told)]
    assert there["loyaltyPoints"]["balance"] == {"int": 99}
    assert there["state"] == "ACTIVE"


def test_wanting_it_again_brings_it_back(anyone, google, told):
    send(anyone, google, message(told, "del"))
    tell(now=clock.now())
    want(told, now=clock.now())
    tell(now=clock.now())
    assert google.things["loyaltyObject"][object_id(told)]["state"] == "ACTIVE"


def test_what_was_said_earlier_and_comes_later_changes_nothing(anyone, google, told):
    send(anyone, google, message(told, "save", in_s=600))
    assert send(anyone, google, message(told, "del", in_s=500)) == 200
    assert copy_of(told).saved_at is not None
    assert copy_of(told).removed_at is None


def test_a_message_counts_once_however_often_and_at_once_it_comes(app, google, told, crowd):
    body = google.signer.envelope(message(told), issuer=ISSUER)
    send_once = lambda _: Speaker(app.test_client()).post(DOOR, json=body).status_code  # noqa: E731
    assert set(at_once(16, send_once)) == {200}


def test_of_sixteen_at_once_one_takes_it(google, told, crowd):
    body = google.signer.envelope(message(told), issuer=ISSUER)

    def take(_):
        with db.transaction():
            return events.take_callback(body, now=clock.now())

    found = at_once(16, take)
    assert sorted(found) == [CallbackTaken.KNOWN] * 15 + [CallbackTaken.TAKEN]


def test_a_message_to_another_issuer_is_refused(anyone, google, told):
    other = google.signer.envelope(message(told), issuer="3388000000000000009")
    assert anyone.post(DOOR, json=other).status_code == 403
    assert copy_of(told).saved_at is None


def test_what_is_no_message_is_refused(anyone, google, told):
    assert anyone.post(DOOR, json={"hello": 1}).status_code == 403
    assert anyone.client.post(DOOR, data=b"\xff{").status_code == 403


def test_a_type_that_google_forgets_to_say_does_no_harm(anyone, google, told):
    body = json.dumps(google.signer.envelope(message(told), issuer=ISSUER))
    assert anyone.client.post(DOOR, data=body, content_type="text/plain").status_code == 200


def test_a_pass_of_nobody_is_no_fault_of_googles(anyone, google, told):
    assert send(anyone, google, message(told, objectId=f"{ISSUER}.{'x' * 22}")) == 200


def test_keys_that_cannot_be_fetched_ask_google_to_come_again(anyone, google, told):
    google.fault = lambda method, path, ahead: 503 if "issuer/keys" in path else None
    assert send(anyone, google, message(told)) == 503
    assert copy_of(told).saved_at is None


def test_keys_are_fetched_once_and_not_for_each_message(anyone, google, told):
    for _ in range(3):
        send(anyone, google, message(told))
    for _ in range(3):
        anyone.post(DOOR, json={"hello": 1})
    assert google.seen["GET /gp/m/issuer/keys"] == 1


def test_a_machine_without_a_network_has_the_keys_by_a_setting(anyone, google, told):
    before = config.current()
    keys = json.dumps(google.signer.roots())
    config.use_config(replace(before, google=replace(before.google, root_keys=keys)))
    assert send(anyone, google, message(told)) == 200
    assert google.seen["GET /gp/m/issuer/keys"] == 0


def test_without_an_account_nobody_is_believed(anyone):
    assert anyone.post(DOOR, json={}).status_code == 403


def test_nonces_are_forgotten_when_their_messages_are_too_old(anyone, google, told):
    send(anyone, google, message(told))
    with made():
        assert events.forget_nonces(now=clock.now()) == 0
        assert events.forget_nonces(now=clock.now() + timedelta(hours=1)) >= 1
