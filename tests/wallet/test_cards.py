"""A member joins brands, and looks after their cards."""

import pytest
from sqlalchemy import func, select

from app.sql import db
from tests.factories import (
    NOON,
    console_token,
    make_brand,
    make_console_user,
    make_member,
    make_store,
    make_terminal,
)
from tests.racing import at_once
from tests.wallet.factories import make_card
from wallet.cards.enrolment import join_brand
from wallet.cards.models import Card
from wallet.passes.codes import read_code
from wallet.passes.models import PassCode


def test_joining_gives_a_card_with_a_code(speaker, brand):
    answer = speaker.post("/v1/cards", {"brand": brand.code, "display_name": "Zoé"})
    assert (answer.status_code, answer.json["display_name"], answer.json["brand"]["code"]) == (201, "Zoé", brand.code)
    assert read_code(answer.json["code"]) == answer.json["code"]


def test_joining_again_gives_the_same_card(speaker, brand):
    first = speaker.post("/v1/cards", {"brand": brand.code, "display_name": "Zoé"})
    second = speaker.post("/v1/cards", {"brand": brand.code, "display_name": "Max"})
    assert (second.status_code, second.json) == (200, first.json)


def test_the_same_joining_sent_twice_has_the_same_answer(speaker, brand):
    first, second = (speaker.post("/v1/cards", {"brand": brand.code}, key="the-same") for _ in range(2))
    assert (second.status_code, second.data, second.headers["Idempotency-Replayed"]) == (201, first.data, "true")


def test_a_member_without_a_name_is_called_by_the_end_of_the_code(speaker, brand):
    card = speaker.post("/v1/cards", {"brand": brand.code}).json
    assert card["display_name"] == f"Membre {card['code'][-4:]}"


def test_many_joinings_at_once_make_one_card(app, member, brand):
    def join(_):
        with db.transaction():
            db.become(member_id=member.id)
            return join_brand(member_id=member.id, brand_id=brand.id, now=NOON).code

    assert len(set(at_once(8, join))) == 1


def test_many_joinings_at_once_leave_one_code(app, member, brand):
    def join(_):
        with db.transaction():
            db.become(member_id=member.id)
            join_brand(member_id=member.id, brand_id=brand.id, now=NOON)

    at_once(8, join)
    with db.system_transaction():
        codes = select(func.count()).select_from(PassCode).where(PassCode.member_id == member.id)
        assert db.execute(codes).scalar() == 1


def test_joining_needs_no_permission(speaker, brand):
    speaker.post("/v1/permissions/withdrawals", {})
    assert speaker.post("/v1/cards", {"brand": brand.code}).status_code == 201


def test_an_unknown_brand_cannot_be_joined(speaker):
    answer = speaker.post("/v1/cards", {"brand": "nobody"})
    assert (answer.status_code, answer.json["code"]) == (404, "brand_unknown")


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\0b", "a\nb", "\ud800", 7])
def test_a_name_that_cannot_be_shown_is_refused(speaker, brand, name):
    assert speaker.post("/v1/cards", {"brand": brand.code, "display_name": name}).status_code == 422


def test_cards_are_listed_with_their_brand(speaker, member, brand):
    make_card(member, brand)
    assert [card["brand"]["name"] for card in speaker.get("/v1/cards").json["items"]] == [brand.name]


def test_cards_are_paged(speaker, member):
    cards = {make_card(member, make_brand()).id for _ in range(3)}
    first = speaker.get("/v1/cards?limit=2").json
    second = speaker.get(first["next"]).json
    assert {card["id"] for card in first["items"] + second["items"]} == set(map(str, cards))


def test_a_card_is_read_with_its_etag(speaker, member, brand):
    answer = speaker.get(f"/v1/cards/{make_card(member, brand).id}")
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')


def test_a_card_is_renamed(speaker, member, brand):
    path = f"/v1/cards/{make_card(member, brand).id}"
    answer = speaker.put(path, {"display_name": "Max"}, headers={"If-Match": '"1"'})
    assert (answer.json["display_name"], answer.headers["ETag"]) == ("Max", '"2"')


def test_a_card_is_not_renamed_blindly(speaker, member, brand):
    path = f"/v1/cards/{make_card(member, brand).id}"
    assert speaker.put(path, {"display_name": "Max"}).status_code == 428


def test_a_card_is_not_renamed_over_somebody_elses_change(speaker, member, brand):
    path = f"/v1/cards/{make_card(member, brand).id}"
    speaker.put(path, {"display_name": "Max"}, headers={"If-Match": '"1"'})
    assert speaker.put(path, {"display_name": "Ada"}, headers={"If-Match": '"1"'}).status_code == 412


def other_card():
    return make_card(make_member(), make_brand())


def test_somebody_elses_card_is_not_there(speaker):
    assert speaker.get(f"/v1/cards/{other_card().id}").status_code == 404


def test_somebody_elses_card_cannot_be_renamed(speaker):
    answer = speaker.put(f"/v1/cards/{other_card().id}", {"display_name": "Max"}, headers={"If-Match": '"1"'})
    assert answer.status_code == 404


def test_somebody_elses_cards_are_not_listed(speaker):
    other_card()
    assert speaker.get("/v1/cards").json["items"] == []


def test_row_security_hides_somebody_elses_card(app, member):
    card = other_card()
    with db.transaction():
        db.become(member_id=member.id)
        assert db.first(select(Card).where(Card.id == card.id)) is None


CALLS = [
    ("GET", "/v1/cards", None),
    ("POST", "/v1/cards", {"brand": "x1"}),
    ("GET", "/v1/cards/01234567-89ab-7def-8123-456789abcdef", None),
    ("PUT", "/v1/cards/01234567-89ab-7def-8123-456789abcdef", {"display_name": "Max"}),
]


@pytest.mark.parametrize(("method", "path", "sent"), CALLS)
def test_a_stranger_has_no_cards(anyone, method, path, sent):
    assert anyone.send(method, path, json=sent).status_code == 401


@pytest.mark.parametrize(("method", "path", "sent"), CALLS)
@pytest.mark.parametrize("role", ["terminal", "admin"])
def test_a_brand_has_no_cards(anyone, brand, method, path, sent, role):
    token = make_terminal(make_store(brand))[1] if role == "terminal" else console_token(make_console_user(brand, role))
    assert anyone.with_token(token).send(method, path, json=sent).status_code == 403
