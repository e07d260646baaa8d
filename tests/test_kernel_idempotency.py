"""A write that is sent twice is done once, and answered twice with the same bytes."""

import time
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Brand, Member
from app.factory import Ici
from app.http import idempotency
from app.http.idempotency import KEPT, KEPT_FOR_TERMINALS, IdempotencyKey
from app.sql import db
from tests.factories import make_brand, make_member, make_store, make_terminal, member_token
from tests.racing import at_once
from tests.speaking import Speaker


class Joiner:
    """A member who joins a brand's programme: a write that makes one thing."""

    def __init__(self, anyone: Speaker) -> None:
        self.brand: Brand = make_brand()
        self.member: Member = make_member()
        self.token = member_token(self.member)
        self.speaker = anyone.with_token(self.token)

    def join(self, key: str, **given: str) -> TestResponse:
        return self.speaker.post("/v1/cards", {"brand": self.brand.code} | given, key=key)

    def cards(self) -> int:
        return len(self.speaker.get("/v1/cards").get_json()["items"])


@pytest.fixture
def joiner(anyone: Speaker) -> Joiner:
    return Joiner(anyone)


def new_key() -> str:
    return str(uuid.uuid4())


def kept(member: Member) -> list[IdempotencyKey]:
    """What is kept of this member's writes."""
    with db.system_transaction():
        found = db.execute(text("SELECT key FROM idempotency_key WHERE principal_id = :id"), {"id": member.id}).all()
        rows = [db.get(IdempotencyKey, (member.id, "cards.join_brand", key)) for (key,) in found]
    return [row for row in rows if row is not None]


def test_the_answer_says_where_a_new_thing_is_read_also_when_it_is_sent_again(joiner: Joiner) -> None:
    first, again = joiner.join("one"), joiner.join("one")
    assert first.headers["Location"] == again.headers["Location"] == f"/v1/cards/{first.get_json()['id']}"
    assert joiner.speaker.get(first.headers["Location"]).get_json() == first.get_json()


def test_the_answer_about_a_known_thing_does_not_call_it_new(joiner: Joiner) -> None:
    joiner.join("one")
    assert "Location" not in joiner.join("another").headers


@pytest.mark.parametrize("key", ["", "   ", '""', "x" * 129])
def test_a_write_without_a_proper_key_is_refused(joiner: Joiner, key: str) -> None:
    answer = joiner.speaker.post("/v1/cards", {"brand": joiner.brand.code}, headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "idempotency_key_missing")


def test_a_write_without_the_header_is_refused(joiner: Joiner) -> None:
    headers = {"Authorization": f"Bearer {joiner.token}"}
    answer = joiner.speaker.client.post("/v1/cards", json={"brand": joiner.brand.code}, headers=headers)
    assert answer.get_json()["code"] == "idempotency_key_missing"


def test_a_longest_key_is_taken(joiner: Joiner) -> None:
    assert joiner.join("x" * 128).status_code == 201


def test_the_same_request_again_gives_the_same_bytes(joiner: Joiner) -> None:
    key = new_key()
    assert joiner.join(key).get_data() == joiner.join(key).get_data()


def test_a_repeated_answer_has_the_status_and_the_headers_of_the_first(joiner: Joiner) -> None:
    key = new_key()
    first, again = joiner.join(key), joiner.join(key)
    assert (again.status_code, again.mimetype, again.headers["ETag"]) == (201, first.mimetype, first.headers["ETag"])


def test_only_a_repeated_answer_says_that_it_is_one(joiner: Joiner) -> None:
    key = new_key()
    assert "Idempotency-Replayed" not in joiner.join(key).headers
    assert joiner.join(key).headers["Idempotency-Replayed"] == "true"


def test_a_key_in_quotes_is_the_same_key(joiner: Joiner) -> None:
    key = new_key()
    joiner.join(key)
    assert joiner.join(f'"{key}"').headers["Idempotency-Replayed"] == "true"


def test_a_repeated_request_has_one_effect(joiner: Joiner) -> None:
    key = new_key()
    joiner.join(key)
    joiner.join(key)
    assert joiner.cards() == 1


def test_a_key_for_another_body_is_refused(joiner: Joiner) -> None:
    key = new_key()
    joiner.join(key)
    answer = joiner.join(key, display_name="Zoé")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    "again",
    [
        '{"brand": "%s", "display_name": "Zoé"}',
        '{"display_name":"Zoé","brand":"%s"}',
        '{"display_name":"Zo\\u00e9","brand":"%s"}',
        '\n{"display_name":\t"Zoé" , "brand":"%s"}\n',
    ],
)
def test_the_same_content_in_another_spelling_is_the_same_request(joiner: Joiner, again: str) -> None:
    key = new_key()
    joiner.join(key, display_name="Zoé")
    answer = joiner.speaker.post("/v1/cards", data=again % joiner.brand.code, content_type="application/json", key=key)
    assert answer.headers.get("Idempotency-Replayed") == "true"


@pytest.mark.parametrize("body", ["[" * 900 + "]" * 900, '{"a": 9007199254740993}', '{"a": 1, "a": 2}', "{"])
def test_a_body_without_one_spelling_is_refused_as_any_other(joiner: Joiner, body: str) -> None:
    answer = joiner.speaker.post("/v1/cards", data=body, content_type="application/json")
    assert answer.status_code in (400, 422)


def test_a_key_from_before_contents_were_compared_still_answers(joiner: Joiner) -> None:
    key = new_key()
    joiner.join(key)
    with db.system_transaction():
        db.execute(
            text("UPDATE idempotency_key SET fingerprint = substr(fingerprint, 1, 32) WHERE key = :k"), {"k": key}
        )
    assert joiner.join(key).headers["Idempotency-Replayed"] == "true"


def test_a_key_for_another_thing_is_refused(joiner: Joiner) -> None:
    key, path = new_key(), "/v1/cards/{}"
    card = joiner.join(new_key())
    other = Joiner(joiner.speaker)
    other.speaker = joiner.speaker
    other_card = other.join(new_key())
    change = {"json": {"display_name": "Zoé"}, "key": key}
    joiner.speaker.put(path.format(card.get_json()["id"]), **change, headers={"If-Match": card.headers["ETag"]})
    headers = {"If-Match": other_card.headers["ETag"]}
    answer = joiner.speaker.put(path.format(other_card.get_json()["id"]), **change, headers=headers)
    assert answer.get_json()["code"] == "idempotency_key_reused"


def test_a_key_of_somebody_else_is_another_key(anyone: Speaker) -> None:
    key, one, other = new_key(), Joiner(anyone), Joiner(anyone)
    one.join(key)
    other.brand = one.brand
    assert "Idempotency-Replayed" not in other.join(key).headers


def test_a_key_on_another_route_is_another_key(joiner: Joiner) -> None:
    key = new_key()
    joiner.join(key)
    assert joiner.speaker.put("/v1/me", {"language": "en"}, key=key).status_code == 200


def test_a_refusal_is_not_kept(joiner: Joiner) -> None:
    key = new_key()
    refused = joiner.speaker.post("/v1/cards", {"brand": "nobody"}, key=key)
    assert refused.status_code == 404
    assert kept(joiner.member) == []


def test_after_a_refusal_the_key_is_free_for_the_mended_request(joiner: Joiner) -> None:
    key = new_key()
    joiner.speaker.post("/v1/cards", {"brand": "nobody"}, key=key)
    assert joiner.join(key).status_code == 201


def test_what_is_kept_is_the_bytes_of_the_answer(joiner: Joiner) -> None:
    answer = joiner.join(new_key())
    assert [bytes(row.body or b"") for row in kept(joiner.member)] == [answer.get_data()]


def test_a_request_is_kept_as_its_fingerprint_only(joiner: Joiner) -> None:
    joiner.join(new_key(), display_name="Zoé")
    assert [len(row.fingerprint) for row in kept(joiner.member)] == [64]


def test_an_answer_is_kept_for_a_day(joiner: Joiner) -> None:
    joiner.join(new_key())
    assert [row.expires_at - row.created_at for row in kept(joiner.member)] == [KEPT]


def test_an_answer_to_a_till_is_kept_for_weeks(anyone: Speaker) -> None:
    brand = make_brand()
    _, key = make_terminal(make_store(brand))
    joiner = Joiner(anyone)
    joiner.brand = brand
    code = joiner.join(new_key()).get_json()["code"]
    assert anyone.with_token(key).post("/v1/scans", {"code": code}).status_code == 201
    with db.system_transaction():
        lasting = db.execute(
            text(
                "SELECT expires_at - created_at FROM idempotency_key WHERE route = 'tills.scan_pass'"
                " ORDER BY created_at DESC LIMIT 1"
            )
        ).scalar_one()
    assert lasting == KEPT_FOR_TERMINALS


def expire(member: Member) -> None:
    with db.system_transaction():
        past = {"id": member.id, "past": clock.now() - timedelta(seconds=1)}
        db.execute(text("UPDATE idempotency_key SET expires_at = :past WHERE principal_id = :id"), past)


def test_an_expired_key_is_free_for_another_request(joiner: Joiner) -> None:
    key = new_key()
    joiner.join(key)
    expire(joiner.member)
    answer = joiner.join(key, display_name="Zoé")
    assert (answer.status_code, "Idempotency-Replayed" in answer.headers) == (200, False)


def test_expired_answers_are_forgotten(joiner: Joiner) -> None:
    joiner.join(new_key())
    expire(joiner.member)
    with db.system_transaction():
        assert idempotency.forget_expired(now=clock.now()) >= 1
    assert kept(joiner.member) == []


def test_answers_that_still_count_are_not_forgotten(joiner: Joiner) -> None:
    joiner.join(new_key())
    with db.system_transaction():
        idempotency.forget_expired(now=clock.now())
    assert len(kept(joiner.member)) == 1


def test_16_twins_get_one_answer(app: Ici, joiner: Joiner) -> None:
    key = new_key()

    def join(_: int) -> TestResponse:
        speaker = Speaker(app.test_client(), joiner.token)
        return speaker.post("/v1/cards", {"brand": joiner.brand.code}, key=key)

    answers = at_once(16, join)
    assert {(answer.status_code, answer.get_data()) for answer in answers} == {(201, answers[0].get_data())}
    assert sum("Idempotency-Replayed" not in answer.headers for answer in answers) == 1


def test_a_twin_that_waits_too_long_is_told_to_try_again(joiner: Joiner) -> None:
    key = new_key()
    with db.transaction():
        db.become(member_id=joiner.member.id, principal_id=joiner.member.id)
        db.execute(
            text(
                "INSERT INTO idempotency_key (principal_id, route, key, fingerprint, created_at, expires_at)"
                " VALUES (:id, 'cards.join_brand', :key, ''::bytea, now(), now() + interval '1 day')"
            ),
            {"id": joiner.member.id, "key": key},
        )
        db.session().flush()
        started = time.monotonic()
        answer = at_once(
            1,
            lambda _: Speaker(joiner.speaker.client.application.test_client(), joiner.token).post(
                "/v1/cards", {"brand": joiner.brand.code}, key=key
            ),
        )[0]
        waited = time.monotonic() - started
    assert (answer.status_code, answer.get_json()["code"], answer.headers["Retry-After"]) == (
        409,
        "request_in_flight",
        "1",
    )
    assert waited < 10


def test_no_write_with_a_key_refuses_and_keeps_its_effects(app: Ici) -> None:
    """Its key would be kept without an answer, and every retry would be told that it is still being served."""
    with_a_key = {
        name: view
        for name, view in app.view_functions.items()
        if any(header["name"] == "Idempotency-Key" for header in getattr(view, "headers", ()))
    }
    assert with_a_key
    assert [name for name, view in with_a_key.items() if any(p.keeps_effects for p in view.refusals)] == []  # type: ignore[attr-defined]
