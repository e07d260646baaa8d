"""Somebody joins at the till by a phone number and nothing else."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.accounts.addresses import phone_number
from app.accounts.models import MemberIdentifier
from app.accounts.sessions import sign_in_member
from app.consent.models import PermissionState
from app.sql import db
from tests.accounts.codes import send
from tests.accounts.factories import new_phone
from tests.factories import make_terminal
from tests.racing import at_once
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill
from tests.wallet.factories import print_some
from wallet.cards.models import Card, PrintedCard

JOIN = "/v1/counter-members"


def a_number() -> str:
    return "0" + new_phone().removeprefix("+33")


def joins(till: RecordingTill, number: str, **said: Any) -> tuple[int, dict[str, Any]]:
    answer = till.speaks.post(JOIN, {"phone": number} | said)
    return answer.status_code, answer.get_json()


def cards_of(till: RecordingTill, number: str) -> list[Card]:
    address = phone_number(number)
    with db.system_transaction():
        owner = select(MemberIdentifier.member_id).where(MemberIdentifier.value == address.value)
        return list(db.all_of(select(Card).where(Card.member_id.in_(owner), Card.brand_id == till.brand.id)))


def test_the_card_works_at_once(till: RecordingTill) -> None:
    status, body = joins(till, a_number())
    assert (status, body["member"]["balances"][0]["available"]) == (201, 0)
    sold = till.speaks.post("/v1/sales", till.sale(code=body["code"]))
    assert sold.status_code == 201, sold.get_json()
    assert till.speaks.post("/v1/scans", {"code": body["code"]}).get_json()["member"]["balances"][0]["available"] > 0


def test_it_permits_nothing(till: RecordingTill) -> None:
    number = a_number()
    joins(till, number)
    [card] = cards_of(till, number)
    with db.system_transaction():
        count = select(func.count()).select_from(PermissionState).where(PermissionState.member_id == card.member_id)
        assert db.all_of(count) == [0]


def test_signing_in_with_the_number_finds_the_card(till: RecordingTill) -> None:
    number = a_number()
    joins(till, number)
    [card] = cards_of(till, number)
    address, now = phone_number(number), datetime.now(UTC)
    code = send(address, now=now)
    with db.transaction():
        tokens = sign_in_member(address=address, code=code, handle=None, client="10.0.0.1", language="fr", now=now)
    assert (tokens.member_id, tokens.new_member) == (card.member_id, False)


def test_the_same_terminal_gets_the_same_card_again(till: RecordingTill) -> None:
    number = a_number()
    assert joins(till, number)[1]["code"] == joins(till, number)[1]["code"]


def test_whoever_holds_a_card_is_confirmed_first(till: RecordingTill, anyone: Speaker) -> None:
    number = a_number()
    joins(till, number)
    other = anyone.with_token(make_terminal(till.store)[1])
    refused = other.post(JOIN, {"phone": number})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "card_there")
    assert set(refused.get_json()) <= {"type", "title", "status", "code", "instance", "remedy"}


def test_a_member_of_another_brand_joins_like_anybody(till: RecordingTill, anyone: Speaker) -> None:
    number = a_number()
    first, second = joins(RecordingTill(anyone), number)[1], joins(till, number)[1]
    assert first["code"] != second["code"]
    assert first.keys() == second.keys()
    assert len(cards_of(till, number)) == 1


def test_the_same_number_at_many_tills_at_once_is_one_member(
    till: RecordingTill, anyone: Speaker, app: Flask, crowd: None
) -> None:
    number = a_number()
    speakers = [Speaker(app.test_client(), make_terminal(till.store)[1]) for _ in range(6)]
    answers = at_once(6, lambda n: speakers[n].post(JOIN, {"phone": number}))
    assert sorted(one.status_code for one in answers) == [201, *[409] * 5]
    assert len(cards_of(till, number)) == 1


def test_a_printed_card_is_handed_over_with_the_number(till: RecordingTill) -> None:
    (printed,) = print_some(till.brand)
    number = a_number()
    status, body = joins(till, number, card_code=printed.code)
    assert (status, body["code"]) == (201, printed.code)
    [card] = cards_of(till, number)
    with db.system_transaction():
        kept = db.get(PrintedCard, (card.member_id, card.id))
        assert kept is not None
        assert kept.registered_at is not None
    again = joins(till, a_number(), card_code=printed.code)
    assert (again[0], again[1]["code"]) == (422, "printed_card_refused")


def test_a_printed_card_is_handed_over_again_to_the_terminal_that_lost_the_answer(till: RecordingTill) -> None:
    (printed,) = print_some(till.brand)
    number = a_number()
    answers = [joins(till, number, card_code=printed.code) for _ in range(2)]
    assert [(status, body["code"]) for status, body in answers] == [(201, printed.code)] * 2


def test_how_many_join_at_a_terminal_is_counted(till: RecordingTill) -> None:
    answers = [joins(till, a_number())[0] for _ in range(31)]
    assert answers == [*[201] * 30, 429]
