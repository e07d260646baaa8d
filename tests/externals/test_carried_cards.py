"""External cards are in what the member takes along, and come back from it."""

from datetime import date

import pytest

from app import clock
from app.rights.export import restoration
from app.sql import db
from tests.externals import files
from tests.externals.factories import CODES, add, held, wish_of
from tests.externals.test_card_import import imported
from tests.factories import make_member, member_token
from wallet.externals import external_cards
from wallet.externals.models import Encoding, Symbology


def restored(document, member):
    with db.system_transaction():
        return restoration.restore_wallet(document=document, member_id=member.id, now=clock.now())


def file_of(anyone, member):
    return anyone.with_token(member_token(member)).get("/v1/me/portability").json


def document(**row):
    return {"format": "urn:ici:portability:1", "records": {"external_card": [row]}, "names": {}}


def test_an_export_holds_the_card_with_its_reason(anyone, app):
    member = make_member()
    card = add(member, note="au fond du sac")
    said = anyone.with_token(member_token(member)).get("/v1/me/export").json
    (table,) = [one for one in said["data"] if one["table"] == "external_card"]
    assert (table["rows"][0]["note"], table["rows"][0]["code"]) == ("au fond du sac", card.code)


def test_every_card_comes_back_as_it_was(anyone, app):
    member, back = make_member(), make_member()
    for symbology, code in CODES.items():
        add(member, symbology=symbology, code=code, groups=("Livres",), note="a\nb", expires_on=date(2027, 2, 28))
    add(member, code="7", symbology=Symbology.NONE, balance_minor=-150, currency="JPY", number="N° 7")
    add(member, code="8", symbology=Symbology.NONE, balance_points=40, colour="#00ff00")
    add(member, code="Crème", symbology=Symbology.QR, encoding=Encoding.UTF_8)
    assert restored(file_of(anyone, member), back)["external_cards"] == len(CODES) + 3
    assert {wish_of(card) for card in held(back)} == {wish_of(card) for card in held(member)}


def test_a_card_and_its_coupon_come_back_both_and_once(anyone, app):
    member, back = make_member(), make_member()
    phone = anyone.with_token(member_token(member))
    for content in (files.pkpass(), files.coupon()):
        imported(phone, content)
    file = phone.get("/v1/me/portability").json
    assert [restored(file, wallet)["external_cards"] for wallet in (back, back, member)] == [2, 0, 0]
    assert {card.note for card in held(back)} == {card.note for card in held(member)}


def test_an_archived_card_comes_back_archived(anyone, app):
    member, back = make_member(), make_member()
    card = add(member)
    with db.system_transaction():
        external_cards.archive_card(member_id=member.id, card_id=card.id, now=clock.now())
    restored(file_of(anyone, member), back)
    assert held(back)[0].archived_at is not None


def test_giving_back_twice_changes_nothing_more(anyone, app):
    member = make_member()
    add(member)
    assert restored(file_of(anyone, member), member)["external_cards"] == 0


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"programme": "a", "code": 7, "symbology": "none"},
        {"programme": "a", "code": "12", "symbology": "ean_13"},
        {"programme": "a", "code": "x\ny", "symbology": "none"},
        {"programme": ["a"], "code": "x", "symbology": "none"},
    ],
)
def test_what_is_no_card_is_left_out(app, row):
    assert restored(document(**row), make_member())["external_cards"] == 0


@pytest.mark.parametrize(
    "field",
    [
        {"note": 7},
        {"colour": "red"},
        {"expires_on": "soon"},
        {"expires_on": 7},
        {"balance_minor": 5},
        {"balance_minor": 5, "currency": "XQZ"},
        {"balance_minor": True, "currency": "EUR"},
        {"balance_points": 10**15},
        {"groups": "Livres"},
        {"number": {"a": 1}},
    ],
)
def test_a_field_that_no_card_can_hold_is_left_empty(app, field):
    member = make_member()
    restored(document(programme="a", code="x", symbology="none", **field), member)
    (card,) = held(member)
    assert (card.note, card.colour, card.expires_on, card.balance, card.groups, card.number) == (None,) * 4 + ([], None)
